"""Visitors: who was here, kept in PostgreSQL."""

import os
from datetime import UTC, datetime

from flask import Flask, jsonify, request
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

db = SQLAlchemy()

LONGEST_NAME = 80
MOST_LISTED = 100


def now() -> datetime:
    return datetime.now(UTC)


class Visitor(db.Model):
    __tablename__ = "visitors"

    id = db.Column(db.Integer, primary_key=True)
    name = db.Column(db.String(LONGEST_NAME), nullable=False)
    visited_at = db.Column(db.DateTime(timezone=True), nullable=False, default=now)

    def to_dict(self) -> dict:
        return {"id": self.id, "name": self.name, "visited_at": self.visited_at.isoformat()}


def create_app(database_url: str | None = None) -> Flask:
    app = Flask(__name__)
    app.config["SQLALCHEMY_DATABASE_URI"] = database_url or os.environ["DATABASE_URL"]
    # A connection that the database has closed is found out before it is used.
    app.config["SQLALCHEMY_ENGINE_OPTIONS"] = {"pool_pre_ping": True}
    db.init_app(app)
    with app.app_context():
        db.create_all()
    add_routes(app)
    return app


def add_routes(app: Flask) -> None:
    @app.get("/health")
    def health():
        """Tells the truth about the database: asked every time, never remembered."""
        try:
            db.session.execute(text("SELECT 1"))
        except SQLAlchemyError:
            db.session.rollback()
            return jsonify(status="unhealthy", database="unreachable"), 503
        return jsonify(status="healthy", database="reachable")

    @app.get("/api/visitors")
    def list_visitors():
        newest = db.select(Visitor).order_by(Visitor.id.desc()).limit(MOST_LISTED)
        return jsonify(visitors=[visitor.to_dict() for visitor in db.session.scalars(newest)])

    @app.post("/api/visitors")
    def add_visitor():
        body = request.get_json(silent=True)
        name = body.get("name") if isinstance(body, dict) else None
        if not isinstance(name, str) or not name.strip():
            return jsonify(error="a visitor needs a name"), 400
        if len(name.strip()) > LONGEST_NAME:
            return jsonify(error=f"a name has at most {LONGEST_NAME} letters"), 400
        visitor = Visitor(name=name.strip())
        db.session.add(visitor)
        db.session.commit()
        return jsonify(visitor.to_dict()), 201

"""The application on the workspace's own PostgreSQL and Redis, apart from the developer's data.

The tests live in a schema of their own, made by the migrations and dropped at the end, and under
Redis keys of their own.
"""

import os
from collections.abc import Iterator
from uuid import uuid4

import flask_migrate
import pytest
import redis
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import create_engine, make_url, text
from sqlalchemy.schema import CreateSchema, DropSchema

from app import create_app
from app.models import Base, db

NAME = f"test_{uuid4().hex}"


@pytest.fixture(name="migrated_app", scope="session")
def fixture_migrated_app() -> Iterator[Flask]:
    """Make the schema and bring it to the newest revision."""
    url = make_url(os.environ["DATABASE_URL"])
    owner = create_engine(url)
    with owner.begin() as connection:
        connection.execute(CreateSchema(NAME))
    try:
        app = create_app(
            {
                "TESTING": True,
                "SQLALCHEMY_DATABASE_URI": url.update_query_dict(
                    {"options": f"-csearch_path={NAME}"}
                ),
                "REDIS_URL": os.environ["REDIS_URL"],
                "REDIS_KEY_PREFIX": f"{NAME}:",
            }
        )
        with app.app_context():
            # A connection pooler may drop `options`: stop before the developer's tables change.
            assert db.session.scalar(text("SELECT current_schema()")) == NAME
            flask_migrate.upgrade()
        yield app
        with app.app_context():
            db.engine.dispose()
    finally:
        with owner.begin() as connection:
            connection.execute(DropSchema(NAME, cascade=True))
        owner.dispose()


@pytest.fixture(name="app")
def fixture_app(migrated_app: Flask) -> Iterator[Flask]:
    """Give each test empty tables and no Redis keys, and its context pushed."""
    with migrated_app.app_context():
        yield migrated_app
        db.session.rollback()
        tables = ", ".join(Base.metadata.tables)
        db.session.execute(text(f"TRUNCATE {tables} RESTART IDENTITY"))
        db.session.commit()
    client: redis.Redis = migrated_app.extensions["redis"]
    client.delete(f"{NAME}:hits")
    client.close()


@pytest.fixture(name="client")
def fixture_client(app: Flask) -> FlaskClient:
    """Speak to the application as a browser or a program would."""
    return app.test_client()

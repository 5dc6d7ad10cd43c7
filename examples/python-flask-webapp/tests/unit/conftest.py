"""The application on SQLite in memory and a Redis that is away: no service is needed."""

from collections.abc import Iterator

import pytest
from flask import Flask

from app import create_app
from app.models import db


@pytest.fixture(name="app")
def fixture_app() -> Iterator[Flask]:
    """Give each test an empty application, its context pushed."""
    app = create_app(
        {
            "TESTING": True,
            "SQLALCHEMY_DATABASE_URI": "sqlite://",
            # Port 1 has no listener: every connection is refused at once.
            "REDIS_URL": "redis://127.0.0.1:1/0",
        }
    )
    with app.app_context():
        db.create_all()
        yield app
        db.session.remove()
        db.engine.dispose()

"""The tables' rows."""

from datetime import UTC, datetime

import pytest
from flask import Flask
from sqlalchemy.exc import IntegrityError

from app.models import Entry, db


def test_entry_shows_its_fields_to_the_api() -> None:
    moment = datetime(2026, 1, 12, 9, 30, tzinfo=UTC)
    entry = Entry(id=7, author="Ada", message="Hello", created_at=moment)

    assert entry.to_dict() == {
        "id": 7,
        "author": "Ada",
        "message": "Hello",
        "created_at": "2026-01-12T09:30:00+00:00",
    }


@pytest.mark.usefixtures("app")
def test_database_sets_the_id_and_the_time() -> None:
    entry = Entry(author="Ada", message="Hello")
    db.session.add(entry)
    db.session.commit()

    assert entry.id == 1
    assert isinstance(entry.created_at, datetime)


def test_entry_needs_a_message(app: Flask) -> None:
    with app.app_context():
        db.session.add(Entry(author="Ada"))
        with pytest.raises(IntegrityError):
            db.session.commit()

"""What the application does, without the services it is made for."""

import pytest
from sqlalchemy import func, select

from app import services
from app.models import AUTHOR_LENGTH, Entry, db
from app.utils import InvalidInputError

pytestmark = pytest.mark.usefixtures("app")


def count_entries() -> int:
    """Ask the database, not the session."""
    return db.session.scalar(select(func.count(Entry.id))) or 0


def test_entries_are_listed_newest_first_up_to_the_limit() -> None:
    for message in ("one", "two", "three"):
        services.add_entry("Ada", message)

    assert [entry.message for entry in services.list_entries(2)] == ["three", "two"]


def test_an_added_entry_is_found_by_its_id() -> None:
    entry = services.add_entry("  Ada ", "Hello\r\nthere")

    found = services.find_entry(entry.id)

    assert found is not None
    assert (found.author, found.message) == ("Ada", "Hello\nthere")
    assert services.find_entry(entry.id + 1) is None


@pytest.mark.parametrize("author", ["", None, "x" * (AUTHOR_LENGTH + 1)])
def test_an_invalid_entry_is_not_stored(author: object) -> None:
    with pytest.raises(InvalidInputError):
        services.add_entry(author, "Hello")

    assert count_entries() == 0


def test_seeding_twice_loads_the_samples_once() -> None:
    samples = len(services.SAMPLE_ENTRIES)

    assert services.seed_entries() == samples
    assert services.seed_entries() == 0
    assert count_entries() == samples


def test_seeding_restores_only_what_is_missing() -> None:
    services.seed_entries()
    db.session.delete(services.list_entries(1)[0])
    services.add_entry("Visitor", "Kept")

    assert services.seed_entries() == 1
    assert count_entries() == len(services.SAMPLE_ENTRIES) + 1


def test_a_hit_is_not_counted_while_redis_is_away() -> None:
    assert services.count_hit() is None


def test_health_tells_which_service_is_away() -> None:
    assert services.check_health() == {"database": True, "redis": False}

"""What the application does, apart from HTTP."""

import redis
from flask import Flask, current_app
from redis.backoff import NoBackoff
from redis.retry import Retry
from sqlalchemy import select, text, tuple_
from sqlalchemy.exc import SQLAlchemyError

from app.models import AUTHOR_LENGTH, MESSAGE_LENGTH, Entry, db
from app.utils import clean_text

SAMPLE_ENTRIES = (
    ("Ada", "The first entry of this guestbook."),
    ("Grace", "It is easier to ask forgiveness than it is to get permission."),
    ("Alan", "We can only see a short distance ahead, but plenty that needs to be done."),
)


def init_redis(app: Flask) -> None:
    """Give `app` its Redis client. It connects when first used and never waits long."""
    app.extensions["redis"] = redis.Redis.from_url(
        app.config["REDIS_URL"],
        socket_connect_timeout=1,
        socket_timeout=1,
        # One more try at once: Redis may have restarted since the pooled connection was made.
        retry=Retry(NoBackoff(), 1),
    )


def list_entries(limit: int) -> list[Entry]:
    """Return the newest entries, the newest first."""
    newest_first = select(Entry).order_by(Entry.id.desc()).limit(limit)
    return list(db.session.scalars(newest_first))


def find_entry(entry_id: int) -> Entry | None:
    """Return the entry with this id, if there is one."""
    return db.session.get(Entry, entry_id)


def add_entry(author: object, message: object) -> Entry:
    """Check and store an entry; raises InvalidInputError."""
    entry = Entry(
        author=clean_text("author", author, AUTHOR_LENGTH),
        message=clean_text("message", message, MESSAGE_LENGTH, multiline=True),
    )
    db.session.add(entry)
    db.session.commit()
    return entry


def seed_entries() -> int:
    """Store the sample entries that are missing and return how many were."""
    is_sample = tuple_(Entry.author, Entry.message).in_(SAMPLE_ENTRIES)
    present = {
        (entry.author, entry.message)
        for entry in db.session.scalars(select(Entry).where(is_sample))
    }
    missing = [sample for sample in SAMPLE_ENTRIES if sample not in present]
    db.session.add_all(Entry(author=author, message=message) for author, message in missing)
    db.session.commit()
    return len(missing)


def count_hit() -> int | None:
    """Count a view of the page and return the total, or None while Redis is away."""
    try:
        return _get_redis().incr(current_app.config["REDIS_KEY_PREFIX"] + "hits")
    except redis.RedisError as error:
        current_app.logger.warning("The hit was not counted: %s", error)
        return None


def check_health() -> dict[str, bool]:
    """Ask each service that the application needs whether it answers."""
    health = {"database": True, "redis": True}
    try:
        db.session.execute(text("SELECT 1"))
    except SQLAlchemyError as error:
        current_app.logger.warning("The database does not answer: %s", error)
        health["database"] = False
    try:
        _get_redis().ping()
    except redis.RedisError as error:
        current_app.logger.warning("Redis does not answer: %s", error)
        health["redis"] = False
    return health


def _get_redis() -> redis.Redis:
    client: redis.Redis = current_app.extensions["redis"]
    return client

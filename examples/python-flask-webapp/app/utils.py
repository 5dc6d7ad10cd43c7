"""Checks on what comes from outside, and how values are shown. No service is needed here."""

import unicodedata
from datetime import UTC, datetime
from urllib.parse import urlsplit

from werkzeug.wrappers import Request

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


class InvalidInputError(ValueError):
    """What a visitor sent cannot be stored; the text is for the visitor."""


def clean_text(name: str, value: object, max_length: int, *, multiline: bool = False) -> str:
    """Return `value` trimmed; raises InvalidInputError unless it is text that can be stored."""
    if not isinstance(value, str):
        raise InvalidInputError(f"{name} must be text.")
    cleaned = value.replace("\r\n", "\n").strip()
    if not cleaned:
        raise InvalidInputError(f"{name} must not be empty.")
    if len(cleaned) > max_length:
        raise InvalidInputError(f"{name} must have at most {max_length} characters.")
    if any(_is_unprintable(character, multiline) for character in cleaned):
        raise InvalidInputError(f"{name} must not have control characters.")
    return cleaned


def _is_unprintable(character: str, multiline: bool) -> bool:
    # PostgreSQL stores neither NUL nor lone surrogates (Cs), which JSON can carry.
    return unicodedata.category(character) in {"Cc", "Cs"} and not (
        multiline and character in "\n\t"
    )


def is_cross_site_write(request: Request) -> bool:
    """Tell whether a browser sends this changing request on behalf of another site.

    Browsers say so in Sec-Fetch-Site, or in Origin where the page is not on a secure address.
    Clients that send neither are not browsers, and nobody's page can make them write.
    """
    if request.method in SAFE_METHODS:
        return False
    fetch_site = request.headers.get("Sec-Fetch-Site")
    if fetch_site is not None:
        return fetch_site not in {"same-origin", "none"}
    origin = request.headers.get("Origin")
    return origin is not None and urlsplit(origin).netloc != request.host


def format_time(moment: datetime) -> str:
    """Write a moment as a reader wants it, in UTC."""
    return moment.astimezone(UTC).strftime("%Y-%m-%d %H:%M UTC")

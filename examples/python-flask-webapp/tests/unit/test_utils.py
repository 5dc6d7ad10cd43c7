"""Checks on input, and how values are shown."""

from datetime import datetime, timedelta, timezone

import pytest
from werkzeug.test import EnvironBuilder
from werkzeug.wrappers import Request

from app.utils import InvalidInputError, clean_text, format_time, is_cross_site_write


def make_request(method: str, **headers: str) -> Request:
    """Build a request to http://guestbook.example:5000/ with these headers."""
    builder = EnvironBuilder(
        method=method,
        base_url="http://guestbook.example:5000/",
        headers=[(name.replace("_", "-"), value) for name, value in headers.items()],
    )
    return Request(builder.get_environ())


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("  Ada  ", "Ada"),
        ("<b>", "<b>"),
        ("a\r\nb", "a\nb"),
        ("é漢🙂", "é漢🙂"),
        ("x" * 10, "x" * 10),
    ],
)
def test_text_is_trimmed_and_otherwise_kept(value: str, expected: str) -> None:
    assert clean_text("message", value, 10, multiline=True) == expected


@pytest.mark.parametrize("value", [None, 7, ["Ada"], "", " \n ", "x" * 11, "a\0b", "a\ud800b"])
def test_text_that_cannot_be_stored_is_refused(value: object) -> None:
    with pytest.raises(InvalidInputError, match=r"^message must "):
        clean_text("message", value, 10, multiline=True)


def test_a_single_line_has_no_line_break() -> None:
    with pytest.raises(InvalidInputError):
        clean_text("author", "Ada\nGrace", 10)


@pytest.mark.parametrize(
    ("request_", "expected"),
    [
        (make_request("GET", Sec_Fetch_Site="cross-site"), False),
        (make_request("POST", Sec_Fetch_Site="same-origin"), False),
        (make_request("POST", Sec_Fetch_Site="none"), False),
        (make_request("POST", Sec_Fetch_Site="same-site"), True),
        (make_request("POST", Sec_Fetch_Site="cross-site"), True),
        (make_request("POST", Origin="http://guestbook.example:5000"), False),
        (make_request("POST", Origin="http://guestbook.example:8000"), True),
        (make_request("POST", Origin="null"), True),
        (make_request("POST"), False),
    ],
)
def test_a_write_for_another_site_is_recognised(request_: Request, expected: bool) -> None:
    assert is_cross_site_write(request_) is expected


def test_time_is_shown_in_utc() -> None:
    moment = datetime(2026, 1, 12, 0, 30, tzinfo=timezone(timedelta(hours=2)))

    assert format_time(moment) == "2026-01-11 22:30 UTC"

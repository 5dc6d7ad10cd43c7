"""The API and the pages, on a real PostgreSQL and a real Redis."""

import pytest
from flask.testing import FlaskClient

from app.models import MESSAGE_LENGTH

ENTRY = {"author": "Ada", "message": "Hello"}


def test_a_created_entry_is_answered_found_and_listed(client: FlaskClient) -> None:
    created = client.post("/api/entries", json=ENTRY)

    assert created.status_code == 201
    assert created.json is not None and created.json.items() >= ENTRY.items()
    assert created.location == f"/api/entries/{created.json['id']}"
    assert client.get(created.location).json == created.json
    assert client.get("/api/entries").json == {"entries": [created.json]}


def test_the_list_has_the_newest_entries_up_to_the_limit(client: FlaskClient) -> None:
    for message in ("one", "two", "three"):
        client.post("/api/entries", json={**ENTRY, "message": message})

    listed = client.get("/api/entries?limit=2").json

    assert listed is not None
    assert [entry["message"] for entry in listed["entries"]] == ["three", "two"]


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"author": "Ada"},
        {**ENTRY, "author": 7},
        {**ENTRY, "message": "x" * (MESSAGE_LENGTH + 1)},
        {**ENTRY, "message": "a\0b"},
        {**ENTRY, "message": "a\ud800b"},
    ],
)
def test_an_invalid_entry_is_refused_and_not_stored(client: FlaskClient, body: object) -> None:
    refused = client.post("/api/entries", json=body)

    assert refused.status_code == 422
    assert refused.json is not None and refused.json["error"]
    assert client.get("/api/entries").json == {"entries": []}


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/api/entries/1", 404),
        ("GET", "/api/entries/99999999999999999999", 404),
        ("GET", "/api/entries?limit=0", 400),
        ("GET", "/api/entries?limit=101", 400),
        ("GET", "/api/nothing", 404),
        ("DELETE", "/api/entries", 405),
        ("POST", "/api/entries", 415),
    ],
)
def test_api_errors_are_json(client: FlaskClient, method: str, path: str, status: int) -> None:
    answer = client.open(path, method=method)

    assert answer.status_code == status
    assert answer.json is not None and answer.json["error"]


@pytest.mark.parametrize("body", ["[]", "null", "{", "[" * 10_000])
def test_a_body_that_is_no_json_object_is_refused(client: FlaskClient, body: str) -> None:
    refused = client.post("/api/entries", data=body, content_type="application/json")

    assert refused.status_code == 400


def test_a_large_body_is_refused(client: FlaskClient) -> None:
    assert client.post("/", data={"message": "x" * 100_000}).status_code == 413


def test_the_form_adds_an_entry_and_leads_back_to_the_page(client: FlaskClient) -> None:
    answer = client.post("/", data=ENTRY)

    assert (answer.status_code, answer.location) == (303, "/")
    page = client.get("/").text
    assert "Ada" in page and "Hello" in page


def test_the_page_escapes_what_visitors_wrote(client: FlaskClient) -> None:
    client.post("/", data={"author": "<i>Eve</i>", "message": "<script>alert(1)</script>"})

    page = client.get("/").text

    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page and "&lt;i&gt;Eve&lt;/i&gt;" in page
    assert "<script" not in page and "<i>" not in page


def test_an_invalid_form_is_shown_again_with_what_was_typed(client: FlaskClient) -> None:
    answer = client.post("/", data={"author": 'A"da', "message": " "})

    assert answer.status_code == 422
    assert "message must not be empty." in answer.text
    assert 'value="A&#34;da"' in answer.text


def test_another_site_cannot_write(client: FlaskClient) -> None:
    refused = client.post("/", data=ENTRY, headers={"Sec-Fetch-Site": "cross-site"})

    assert refused.status_code == 403
    assert client.get("/api/entries").json == {"entries": []}


def test_each_view_of_the_page_is_counted(client: FlaskClient) -> None:
    assert "Page views: 1" in client.get("/").text
    assert "Page views: 2" in client.get("/").text


def test_health_is_good_when_both_services_answer(client: FlaskClient) -> None:
    answer = client.get("/health")

    assert answer.status_code == 200
    assert answer.json == {"ok": True, "database": True, "redis": True}


def test_pages_forbid_content_of_others(client: FlaskClient) -> None:
    assert "default-src 'self'" in client.get("/").headers["Content-Security-Policy"]

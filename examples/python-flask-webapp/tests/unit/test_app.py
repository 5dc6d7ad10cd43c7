"""How the application starts, and what it answers while its services are away."""

import pytest
from flask.testing import FlaskClient

from app import create_app


@pytest.fixture(name="client")
def fixture_client() -> FlaskClient:
    """Speak to an application whose services refuse every connection."""
    settings = {
        # Port 1 has no listener.
        "SQLALCHEMY_DATABASE_URI": "postgresql://nobody@127.0.0.1:1/nothing",
        "REDIS_URL": "redis://127.0.0.1:1/0",
    }
    return create_app(settings).test_client()


def test_start_names_what_the_environment_lacks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "sqlite://")
    monkeypatch.delenv("REDIS_URL", raising=False)

    with pytest.raises(RuntimeError, match="Not set in the environment: REDIS_URL"):
        create_app()


def test_start_reads_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "sqlite://")
    monkeypatch.setenv("REDIS_URL", "redis://127.0.0.1:1/0")

    assert create_app().config["SQLALCHEMY_DATABASE_URI"] == "sqlite://"


def test_health_is_bad_while_the_services_are_away(client: FlaskClient) -> None:
    answer = client.get("/health")

    assert answer.status_code == 503
    assert answer.json == {"ok": False, "database": False, "redis": False}


def test_the_page_says_that_the_database_is_away(client: FlaskClient) -> None:
    answer = client.get("/")

    assert answer.status_code == 503
    assert "The database does not answer." in answer.text


def test_the_api_says_so_in_json(client: FlaskClient) -> None:
    answer = client.get("/api/entries")

    assert (answer.status_code, answer.json) == (503, {"error": "The database does not answer."})

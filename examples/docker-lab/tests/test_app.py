"""What every route answers, and that gunicorn's settings are taken from the environment."""

import os
import runpy
from pathlib import Path

import pytest

from app import app

SETTINGS = Path(__file__).parent.parent / "gunicorn.conf.py"


@pytest.fixture
def client():
    return app.test_client()


def test_greets(client, monkeypatch):
    monkeypatch.delenv("GREETING", raising=False)
    assert client.get("/").get_json() == {"message": "Hello from the Docker lab"}
    monkeypatch.setenv("GREETING", "Bom dia")
    assert client.get("/").get_json() == {"message": "Bom dia"}


def test_is_healthy(client):
    answer = client.get("/healthz")
    assert (answer.status_code, answer.get_json()) == (200, {"status": "ok"})


@pytest.mark.parametrize("given", ["", "Bearer ", "Bearer wrong", "Bearer sécret", "secret2"])
def test_shows_the_runtime_to_nobody_without_the_token(client, monkeypatch, given):
    monkeypatch.setenv("RUNTIME_TOKEN", "secret")
    assert client.get("/runtime", headers={"Authorization": given}).status_code == 404


def test_shows_the_runtime_to_nobody_when_there_is_no_token(client, monkeypatch):
    monkeypatch.delenv("RUNTIME_TOKEN", raising=False)
    assert client.get("/runtime", headers={"Authorization": "Bearer "}).status_code == 404


def test_shows_the_runtime_to_who_has_the_token(client, monkeypatch):
    monkeypatch.setenv("RUNTIME_TOKEN", "secret")
    answer = client.get("/runtime", headers={"Authorization": "Bearer secret"})
    assert (answer.status_code, answer.get_json()["user"]) == (200, os.getuid())


def test_serves_as_the_environment_says(monkeypatch):
    monkeypatch.setenv("PORT", "9000")
    monkeypatch.setenv("WEB_CONCURRENCY", "3")
    settings = runpy.run_path(str(SETTINGS))
    assert (settings["bind"], settings["workers"]) == ("0.0.0.0:9000", 3)


def test_ends_before_an_engine_ends_it_by_force():
    assert runpy.run_path(str(SETTINGS))["graceful_timeout"] < 10

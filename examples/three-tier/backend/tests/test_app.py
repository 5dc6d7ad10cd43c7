"""The application by itself, with a database in memory."""

import pytest
from sqlalchemy.exc import OperationalError

from app import LONGEST_NAME, create_app, db


@pytest.fixture
def client():
    app = create_app("sqlite:///:memory:")
    return app.test_client()


def test_a_visitor_is_added_and_listed_newest_first(client):
    for name in ["Ada", "  Grace "]:
        assert client.post("/api/visitors", json={"name": name}).status_code == 201
    visitors = client.get("/api/visitors").get_json()["visitors"]
    assert [visitor["name"] for visitor in visitors] == ["Grace", "Ada"]
    assert all(visitor["visited_at"] for visitor in visitors)


@pytest.mark.parametrize(
    "body", [None, {}, {"name": ""}, {"name": "  "}, {"name": 1}, [], {"name": "x" * (LONGEST_NAME + 1)}]
)
def test_what_is_no_name_is_refused(client, body):
    answer = client.post("/api/visitors", json=body)
    assert answer.status_code == 400
    assert "error" in answer.get_json()
    assert client.get("/api/visitors").get_json() == {"visitors": []}


def test_health_asks_the_database_each_time(client, monkeypatch):
    assert client.get("/health").get_json() == {"status": "healthy", "database": "reachable"}

    def fail(*_arguments, **_options):
        raise OperationalError("SELECT 1", {}, Exception("the database is gone"))

    with monkeypatch.context() as patch:
        patch.setattr(db.session, "execute", fail)
        assert client.get("/health").status_code == 503
    assert client.get("/health").status_code == 200

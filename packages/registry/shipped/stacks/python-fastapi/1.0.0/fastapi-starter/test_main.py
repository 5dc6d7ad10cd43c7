from fastapi.testclient import TestClient

from main import app


def test_greeting():
    assert TestClient(app).get("/", params={"name": "you"}).json() == {"message": "Hello, you!"}

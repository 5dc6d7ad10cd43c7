from app import app


def test_visits_are_counted():
    first = app.test_client().get("/").get_json()
    assert first["visits"] >= 1

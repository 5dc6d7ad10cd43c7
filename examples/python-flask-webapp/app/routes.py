"""The pages for people, the API for programs."""

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app import services
from app.models import AUTHOR_LENGTH, MESSAGE_LENGTH
from app.utils import InvalidInputError

PAGE_SIZE = 20
MAX_PAGE_SIZE = 100
# The largest value of the id's column; PostgreSQL refuses to look for a larger one.
MAX_ID = 2**31 - 1

pages = Blueprint("pages", __name__)
api = Blueprint("api", __name__, url_prefix="/api")


@pages.get("/")
def show_entries() -> ResponseReturnValue:
    """Show the newest entries and a form for one more."""
    return _render_index()


@pages.post("/")
def submit_entry() -> ResponseReturnValue:
    """Store what the form sent, or show it again with what is wrong."""
    try:
        services.add_entry(request.form.get("author"), request.form.get("message"))
    except InvalidInputError as error:
        return _render_index(problem=str(error)), 422
    return redirect(url_for("pages.show_entries"), code=303)


@pages.get("/health")
def show_health() -> ResponseReturnValue:
    """Answer 200 while every service answers, else 503."""
    health = services.check_health()
    return {**health, "ok": all(health.values())}, 200 if all(health.values()) else 503


@api.get("/entries")
def list_entries() -> ResponseReturnValue:
    """List the newest entries, as many as `limit` says."""
    limit = request.args.get("limit", PAGE_SIZE, type=int)
    if not 1 <= limit <= MAX_PAGE_SIZE:
        abort(400, f"limit must be from 1 to {MAX_PAGE_SIZE}.")
    return {"entries": [entry.to_dict() for entry in services.list_entries(limit)]}


@api.post("/entries")
def create_entry() -> ResponseReturnValue:
    """Store the JSON object that was sent and answer with the entry."""
    body = _read_json_object()
    try:
        entry = services.add_entry(body.get("author"), body.get("message"))
    except InvalidInputError as error:
        abort(422, str(error))
    location = url_for("api.show_entry", entry_id=entry.id)
    return entry.to_dict(), 201, {"Location": location}


@api.get(f"/entries/<int(max={MAX_ID}):entry_id>")
def show_entry(entry_id: int) -> ResponseReturnValue:
    """Show one entry."""
    entry = services.find_entry(entry_id)
    if entry is None:
        abort(404, "There is no such entry.")
    return entry.to_dict()


def _read_json_object() -> dict[str, object]:
    try:
        body = request.get_json()
    except RecursionError:
        abort(400, "The body is nested too deeply.")
    if not isinstance(body, dict):
        abort(400, "The body must be a JSON object.")
    return body


def _render_index(problem: str | None = None) -> str:
    return render_template(
        "index.html",
        entries=services.list_entries(PAGE_SIZE),
        hits=services.count_hit(),
        problem=problem,
        author_length=AUTHOR_LENGTH,
        message_length=MESSAGE_LENGTH,
    )

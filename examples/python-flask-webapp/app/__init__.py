"""A guestbook: entries in PostgreSQL, a hit counter in Redis."""

import os
from collections.abc import Mapping

import click
from flask import Flask, Response, current_app, request
from flask.typing import ResponseReturnValue
from flask_migrate import Migrate
from sqlalchemy.exc import OperationalError
from werkzeug.exceptions import HTTPException, ServiceUnavailable, abort

from app import routes, services, utils
from app.models import db

MAX_REQUEST_BYTES = 16 * 1024


def create_app(settings: Mapping[str, object] | None = None) -> Flask:
    """Build the application from `settings`, or from the environment if none are given."""
    app = Flask(__name__)
    app.config.from_mapping(
        MAX_CONTENT_LENGTH=MAX_REQUEST_BYTES,
        SQLALCHEMY_ENGINE_OPTIONS={"pool_pre_ping": True},
        REDIS_KEY_PREFIX="webapp:",
    )
    app.config.from_mapping(_read_environment() if settings is None else settings)

    db.init_app(app)
    Migrate(app, db)
    services.init_redis(app)
    app.register_blueprint(routes.pages)
    app.register_blueprint(routes.api)
    app.add_template_filter(utils.format_time)

    app.before_request(_refuse_cross_site_writes)
    app.after_request(_add_security_headers)
    app.register_error_handler(HTTPException, _show_error)
    app.register_error_handler(OperationalError, _show_outage)
    app.cli.add_command(seed)
    return app


@click.command()
def seed() -> None:
    """Load the sample entries that are not there yet."""
    click.echo(f"Sample entries added: {services.seed_entries()}")


def _read_environment() -> dict[str, object]:
    names = {"SQLALCHEMY_DATABASE_URI": "DATABASE_URL", "REDIS_URL": "REDIS_URL"}
    missing = [name for name in names.values() if not os.environ.get(name)]
    if missing:
        raise RuntimeError(f"Not set in the environment: {', '.join(missing)}")
    return {setting: os.environ[name] for setting, name in names.items()}


def _refuse_cross_site_writes() -> None:
    if utils.is_cross_site_write(request):
        abort(403, "This request came from another site.")


def _add_security_headers(response: Response) -> Response:
    policy = "default-src 'self'; form-action 'self'; frame-ancestors 'none'"
    response.headers["Content-Security-Policy"] = policy
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response


def _show_error(error: HTTPException) -> ResponseReturnValue:
    """Answer in JSON under /api/, and with the standard page elsewhere."""
    if error.code is None or not request.path.startswith("/api/"):
        return error.get_response()
    return {"error": error.description}, error.code


def _show_outage(error: OperationalError) -> ResponseReturnValue:
    current_app.logger.error("The database does not answer: %s", error)
    return _show_error(ServiceUnavailable("The database does not answer."))

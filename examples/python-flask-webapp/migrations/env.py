"""Runs the migrations on the application's database, or prints their SQL (`--sql`)."""

import logging
from logging.config import fileConfig

from alembic import context
from flask import current_app

# Loggers that exist already, such as the application's, go on.
fileConfig(context.config.config_file_name, disable_existing_loggers=False)
logger = logging.getLogger("alembic.env")

migrate = current_app.extensions["migrate"]
target_metadata = migrate.db.metadata


def leave_out_empty_migrations(_context, _revision, directives):
    """Write no file when the models and the database are the same."""
    autogenerates = getattr(context.config.cmd_opts, "autogenerate", False)
    if autogenerates and directives[0].upgrade_ops.is_empty():
        directives[:] = []
        logger.info("No changes in schema detected.")


def print_sql():
    """Print what the migrations would execute; connects to nothing."""
    context.configure(
        url=migrate.db.engine.url, target_metadata=target_metadata, literal_binds=True
    )
    with context.begin_transaction():
        context.run_migrations()


def run():
    """Bring the database to the revision that was asked for."""
    arguments = {
        "process_revision_directives": leave_out_empty_migrations,
        **migrate.configure_args,
    }
    with migrate.db.engine.connect() as connection:
        context.configure(connection=connection, target_metadata=target_metadata, **arguments)
        with context.begin_transaction():
            context.run_migrations()


if context.is_offline_mode():
    print_sql()
else:
    run()

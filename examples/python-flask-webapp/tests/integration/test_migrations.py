"""The migrations and the commands that use them."""

import flask_migrate
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from flask import Flask
from sqlalchemy import inspect

from app.models import Base, db
from app.services import SAMPLE_ENTRIES, list_entries


@pytest.mark.usefixtures("app")
def test_migrations_make_the_tables_of_the_models() -> None:
    with db.engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), Base.metadata) == []


@pytest.mark.usefixtures("app")
def test_migrations_can_be_undone_and_done_again() -> None:
    flask_migrate.downgrade(revision="base")
    assert inspect(db.engine).get_table_names() == ["alembic_version"]

    flask_migrate.upgrade()
    assert inspect(db.engine).has_table("entries")


def test_seed_command_can_run_again(app: Flask) -> None:
    runner = app.test_cli_runner()

    first, second = (runner.invoke(args=["seed"]) for _ in range(2))

    assert (first.exit_code, second.exit_code) == (0, 0)
    assert first.output == f"Sample entries added: {len(SAMPLE_ENTRIES)}\n"
    assert second.output == "Sample entries added: 0\n"
    assert len(list_entries(limit=100)) == len(SAMPLE_ENTRIES)

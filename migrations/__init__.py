"""Brings a database to the tables that `reports.store` describes, step by step."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy.engine import Connection, Engine


def upgrade(engine: Engine) -> None:
    """Applies what has not been applied. Safe to call at every start."""
    with engine.connect() as connection, connection.begin():
        command.upgrade(alembic_config(connection), "head")


def pending(engine: Engine) -> bool:
    """Whether there is something that `upgrade` would apply."""
    with engine.connect() as connection:
        script = ScriptDirectory.from_config(alembic_config(connection))
        return MigrationContext.configure(connection).get_current_revision() != (
            script.get_current_head()
        )


def alembic_config(connection: Connection) -> Config:
    """Alembic's configuration, which needs no file: the connection says where."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent))
    config.attributes["connection"] = connection
    return config

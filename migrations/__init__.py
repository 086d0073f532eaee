"""Brings a database to the tables that `reports.store` describes, step by step."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy.engine import Connection, Engine

from reports.ports import Sealer


def upgrade(engine: Engine, sealer: Sealer | None = None) -> None:
    """Applies what has not been applied. Safe to call at every start. `sealer`: seals what was
    plain; None does for a database that holds no words yet.

    Raises:
        LookupError: there are words to seal and nothing to seal them with, or a row would point
            nowhere; nothing was changed.
    """
    with engine.connect() as connection, _rewritable(connection), connection.begin():
        command.upgrade(alembic_config(connection, sealer), "head")
        if connection.dialect.name == "sqlite":
            astray = connection.exec_driver_sql("PRAGMA foreign_key_check").first()
            if astray is not None:
                raise LookupError("a row would point at one that is not there; nothing was changed")


@contextmanager
def _rewritable(connection: Connection) -> Iterator[None]:
    """SQLite alters a table by writing it anew under its name: meanwhile others point at none.

    Its foreign keys can be let go of only outside of a transaction, so not through SQLAlchemy,
    which begins one (https://www.sqlite.org/lang_altertable.html#otheralter, steps 1, 10 and 12).
    """
    if connection.dialect.name != "sqlite":
        yield
        return
    driver = connection.connection.driver_connection
    assert driver is not None  # noqa: S101  # it is open
    driver.execute("PRAGMA foreign_keys = OFF")
    try:
        yield
    finally:
        driver.execute("PRAGMA foreign_keys = ON")


def pending(engine: Engine) -> bool:
    """Whether there is something that `upgrade` would apply."""
    with engine.connect() as connection:
        script = ScriptDirectory.from_config(alembic_config(connection))
        return MigrationContext.configure(connection).get_current_revision() != (
            script.get_current_head()
        )


def alembic_config(connection: Connection, sealer: Sealer | None = None) -> Config:
    """Alembic's configuration, which needs no file: the connection says where."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent))
    config.attributes["connection"] = connection
    config.attributes["sealer"] = sealer
    return config

"""Databases of tests: made once in each process, then copied."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Engine

from migrations import upgrade
from reports.store import connect, metadata


def migrated(file: Path) -> str:
    """The URL of a new database there that has what the migrations leave in one."""
    shutil.copyfile(_first(upgrade), file)
    return f"sqlite:///{file}"


def migrated_engine(file: Path) -> Engine:
    """Of such a database. What it is told need not survive a power cut, unlike the line's own."""
    return _hurried(migrated(file))


def empty_engine(file: Path) -> Engine:
    """Of a database with the tables alone: no migration has told the custody log of itself, at an
    hour after the one that a story plays at."""
    shutil.copyfile(_first(metadata.create_all), file)
    return _hurried(f"sqlite:///{file}")


def _hurried(url: str) -> Engine:
    engine = connect(url)

    @sa.event.listens_for(engine, "connect")
    def hurries(connection: Any, _record: object) -> None:
        connection.execute("PRAGMA synchronous = OFF")

    return engine


@cache
def _first(make: Callable[[Engine], None]) -> Path:
    folder = tempfile.TemporaryDirectory(prefix="line-tests-")
    file = Path(folder.name) / "first.db"
    engine = connect(f"sqlite:///{file}")
    make(engine)
    engine.dispose()
    _KEPT.append(folder.cleanup)
    return file


_KEPT: list[Callable[[], None]] = []
"""A folder that nothing refers to is removed."""

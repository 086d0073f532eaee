"""What all tables of the line have in common, and reading and writing one row of any of them."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy.engine import Connection, RowMapping

T = TypeVar("T")


class UtcDateTime(sa.types.TypeDecorator[datetime]):
    """An aware datetime, kept in UTC; databases without zones get and give naive UTC."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, _dialect: sa.Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a time without a zone was about to be stored")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, _dialect: sa.Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def states(of: type[StrEnum], name: str) -> sa.Enum:
    """Kept as text with a check, so that a new state needs no special type in the database."""
    return sa.Enum(
        of,
        name=name,
        native_enum=False,
        create_constraint=True,
        values_callable=lambda members: [member.value for member in members],
        length=32,
    )


def words(of: type[StrEnum], length: int) -> sa.Enum:
    """Kept as text without a check: SQLite would have to copy a table that gets such a column."""
    return sa.Enum(
        of,
        native_enum=False,
        values_callable=lambda members: [member.value for member in members],
        length=length,
    )


metadata = sa.MetaData(
    naming_convention={
        "ix": "ix_%(column_0_label)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def columns(value: Any, *, without: frozenset[str] = frozenset()) -> dict[str, Any]:
    """The fields of a frozen value by name: each has a column of the same name."""
    return {
        field.name: getattr(value, field.name)
        for field in dataclasses.fields(value)
        if field.name not in without
    }


def plain(kind: Callable[..., T]) -> Callable[[RowMapping], T]:
    return lambda row: kind(**row)


class Rows:
    """Rows over one connection in a transaction; `hold`: what is read is held until the commit."""

    def __init__(self, connection: Connection, *, hold: bool) -> None:
        self._connection = connection
        self._hold = hold

    def _one(
        self,
        table: sa.Table,
        key: str | int,
        make: Callable[[RowMapping], T],
        *,
        by: str | None = None,
    ) -> T | None:
        column = table.c[by] if by else next(iter(table.primary_key.columns))
        query = sa.select(table).where(column == key)
        if self._hold:
            query = query.with_for_update()
        row = self._connection.execute(query).mappings().first()
        return None if row is None else make(row)

    def _many(self, query: sa.Select[Any], make: Callable[[RowMapping], T]) -> list[T]:
        return [make(row) for row in self._connection.execute(query).mappings()]

    def _add(self, table: sa.Table, columns: Mapping[str, Any]) -> bool:
        """False when a row with the same key stands there: decided by the database, not before."""
        try:
            with self._connection.begin_nested():
                self._connection.execute(table.insert().values(**columns))
        except sa.exc.IntegrityError:
            return False
        return True

    def _save(self, table: sa.Table, columns: Mapping[str, Any]) -> None:
        key = next(iter(table.primary_key.columns))
        done = self._connection.execute(
            table.update().where(key == columns[key.name]).values(**columns)
        )
        if done.rowcount != 1:
            raise LookupError(f"no row in {table.name} to save")

"""Tables of people and of the roster, and `reports.people.People` over them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, time
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import RowMapping

from reports.people import Cover, Duty, Person, QuietHours, Reach, Shift
from reports.pin_tries import PinTries
from reports.tables import Rows, UtcDateTime, columns, metadata, plain, states

people = sa.Table(
    "people",
    metadata,
    sa.Column("person_id", sa.String(32), primary_key=True),
    sa.Column("name", sa.String(128), nullable=False),
    sa.Column("languages", sa.JSON, nullable=False),
    sa.Column("username", sa.String(64), index=True),
    sa.Column("is_emergency", sa.Boolean, nullable=False),
    sa.Column("observes", sa.Boolean, nullable=False),
    sa.Column("areas", sa.JSON, nullable=False),
    sa.Column("pin_hash", sa.String(64)),
    sa.Column("left_at", UtcDateTime),
    sa.Column("feed_epoch", sa.Integer, nullable=False, server_default="0"),
    sa.Column("changed_at", UtcDateTime, nullable=False),
    sa.Column("changed_by", sa.String(64), nullable=False),
)
pin_tries = sa.Table(
    "pin_tries",
    metadata,
    sa.Column("person_id", sa.String(32), sa.ForeignKey("people.person_id"), primary_key=True),
    sa.Column("wrong", sa.Integer, nullable=False),
    sa.Column("last_at", UtcDateTime, nullable=False),
    sa.Column("shut_until", UtcDateTime),
)
reaches = sa.Table(
    "reaches",
    metadata,
    sa.Column("number", sa.Integer, primary_key=True),
    sa.Column("reach_id", sa.String(64), nullable=False, unique=True),
    sa.Column(
        "person_id", sa.String(32), sa.ForeignKey("people.person_id"), nullable=False, index=True
    ),
    sa.Column("channel", sa.String(32), nullable=False),
    sa.Column("address", sa.LargeBinary, nullable=False),
    sa.Column("address_hash", sa.String(64), nullable=False, index=True),
    sa.Column("quiet", sa.String(11)),
    sa.UniqueConstraint("person_id", "channel", "address_hash"),
)
shifts = sa.Table(
    "shifts",
    metadata,
    sa.Column("shift_id", sa.Integer, primary_key=True),
    sa.Column(
        "person_id", sa.String(32), sa.ForeignKey("people.person_id"), nullable=False, index=True
    ),
    sa.Column("duty", states(Duty, "duty"), nullable=False),
    sa.Column("first_on", sa.Date, nullable=False),
    sa.Column("begins", sa.String(5), nullable=False),
    sa.Column("ends", sa.String(5), nullable=False),
    sa.Column("weekdays", sa.JSON, nullable=False),
    sa.Column("last_on", sa.Date),
    sa.Column("made_at", UtcDateTime, nullable=False),
    sa.Column("made_by", sa.String(64), nullable=False),
    sa.Column("removed_at", UtcDateTime),
    sa.Column("removed_by", sa.String(64)),
)
covers = sa.Table(
    "covers",
    metadata,
    sa.Column("cover_id", sa.Integer, primary_key=True),
    sa.Column("shift_id", sa.Integer, sa.ForeignKey("shifts.shift_id"), nullable=False, index=True),
    sa.Column("on", sa.Date, nullable=False),
    sa.Column("person_id", sa.String(32), sa.ForeignKey("people.person_id")),
    sa.Column("at", UtcDateTime, nullable=False),
    sa.Column("who", sa.String(64), nullable=False),
    sa.Column("undone_at", UtcDateTime),
    sa.Column("undone_by", sa.String(64)),
)


class SqlPeople(Rows):
    """`reports.people.People` over one connection in a transaction."""

    def person(self, person_id: str) -> Person | None:
        return self._one(people, person_id, _person)

    def everybody(self) -> Sequence[Person]:
        return self._many(sa.select(people).order_by(people.c.name, people.c.person_id), _person)

    def put_person(self, person: Person) -> None:
        row = {
            **columns(person),
            "languages": list(person.languages),
            "areas": list(person.areas),
        }
        if not self._add(people, row):
            self._save(people, row)

    def pin_tries(self, person_id: str) -> PinTries | None:
        return self._one(pin_tries, person_id, plain(PinTries))

    def put_pin_tries(self, tries: PinTries) -> None:
        if not self._add(pin_tries, columns(tries)):
            self._save(pin_tries, columns(tries))

    def forget_pin_tries(self, person_id: str) -> None:
        self._connection.execute(pin_tries.delete().where(pin_tries.c.person_id == person_id))

    def reaches(self, person_id: str | None = None) -> Sequence[Reach]:
        query = sa.select(reaches).order_by(reaches.c.number)
        if person_id is not None:
            query = query.where(reaches.c.person_id == person_id)
        return self._many(query, _reach)

    def reached_at(self, address_hash: str) -> Sequence[Person]:
        there = sa.select(reaches.c.person_id).where(reaches.c.address_hash == address_hash)
        query = (
            sa.select(people)
            .where(people.c.person_id.in_(there), people.c.left_at.is_(None))
            .order_by(people.c.person_id)
        )
        return self._many(query, _person)

    def add_reach(self, reach: Reach) -> bool:
        quiet = None if reach.quiet is None else str(reach.quiet)
        return self._add(reaches, {**columns(reach), "quiet": quiet})

    def set_quiet(self, reach_id: str, quiet: QuietHours | None) -> bool:
        which = reaches.c.reach_id == reach_id
        return self._change(reaches, which, quiet=None if quiet is None else str(quiet))

    def remove_reach(self, reach_id: str) -> None:
        self._connection.execute(reaches.delete().where(reaches.c.reach_id == reach_id))

    def add_shift(self, shift: Shift) -> int:
        row = {
            **columns(shift, without=frozenset({"shift_id"})),
            "begins": f"{shift.begins:%H:%M}",
            "ends": f"{shift.ends:%H:%M}",
            "weekdays": sorted(shift.weekdays),
        }
        return self._insert(shifts, row)

    def shift(self, shift_id: int) -> Shift | None:
        return self._one(shifts, shift_id, _shift)

    def remove_shift(self, shift_id: int, at: datetime, who: str) -> bool:
        stands = (shifts.c.shift_id == shift_id) & shifts.c.removed_at.is_(None)
        return self._change(shifts, stands, removed_at=at, removed_by=who)

    def shifts(self) -> Sequence[Shift]:
        return self._many(sa.select(shifts).order_by(shifts.c.shift_id), _shift)

    def add_cover(self, cover: Cover) -> int:
        return self._insert(covers, columns(cover, without=frozenset({"cover_id"})))

    def undo_cover(self, cover_id: int, at: datetime, who: str) -> bool:
        stands = (covers.c.cover_id == cover_id) & covers.c.undone_at.is_(None)
        return self._change(covers, stands, undone_at=at, undone_by=who)

    def covers(self) -> Sequence[Cover]:
        return self._many(sa.select(covers).order_by(covers.c.cover_id), lambda row: Cover(**row))

    def _insert(self, table: sa.Table, row: Mapping[str, Any]) -> int:
        done = self._connection.execute(table.insert().values(**row))
        assert done.inserted_primary_key is not None  # noqa: S101  # each has one
        return int(done.inserted_primary_key[0])

    def _change(self, table: sa.Table, which: sa.ColumnElement[bool], **to: Any) -> bool:
        return self._connection.execute(table.update().where(which).values(**to)).rowcount == 1


def _person(row: RowMapping) -> Person:
    return Person(
        **{**row, "languages": tuple(row["languages"]), "areas": tuple(row["areas"])},
    )


def _reach(row: RowMapping) -> Reach:
    kept = {name: row[name] for name in row if name != "number"}
    quiet = None if row["quiet"] is None else QuietHours.parse(row["quiet"])
    return Reach(**{**kept, "quiet": quiet})


def _shift(row: RowMapping) -> Shift:
    return Shift(
        **{
            **row,
            "begins": time.fromisoformat(row["begins"]),
            "ends": time.fromisoformat(row["ends"]),
            "weekdays": frozenset(row["weekdays"]),
        }
    )

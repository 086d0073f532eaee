"""Tables of requests to observe, and `reports.observing.Observing` over them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, RowMapping

from reports.observing import Ask, Dispatch, DispatchEnd, Finding, ObserverAnswer, Said
from reports.sealed import Seals, dispatch_context
from reports.tables import Rows, UtcDateTime, columns, metadata, plain, states

dispatches = sa.Table(
    "dispatches",
    metadata,
    sa.Column("dispatch_id", sa.Integer, primary_key=True),
    sa.Column("press", sa.String(64), nullable=False, unique=True),
    sa.Column(
        "incident_id",
        sa.Integer,
        sa.ForeignKey("incidents.incident_id"),
        nullable=False,
        index=True,
    ),
    sa.Column("reference", sa.String(12), sa.ForeignKey("reports.reference"), nullable=False),
    sa.Column("words", sa.LargeBinary, nullable=False),
    sa.Column("who", sa.String(64), nullable=False),
    sa.Column("at", UtcDateTime, nullable=False),
)
observer_asks = sa.Table(
    "observer_asks",
    metadata,
    sa.Column("ask_id", sa.String(64), primary_key=True),
    sa.Column("dispatch_id", sa.Integer, sa.ForeignKey("dispatches.dispatch_id"), nullable=False),
    sa.Column(
        "person_id", sa.String(32), sa.ForeignKey("people.person_id"), nullable=False, index=True
    ),
    sa.UniqueConstraint("dispatch_id", "person_id"),
)
observer_answers = sa.Table(
    "observer_answers",
    metadata,
    sa.Column("answer_id", sa.Integer, primary_key=True),
    sa.Column(
        "ask_id",
        sa.String(64),
        sa.ForeignKey("observer_asks.ask_id"),
        nullable=False,
        index=True,
    ),
    sa.Column("at", UtcDateTime, nullable=False),
    sa.Column("said", states(Said, "said"), nullable=False),
    sa.Column("minutes", sa.Integer),
    sa.Column("said_with", sa.String(64), unique=True),
)
dispatch_ends = sa.Table(
    "dispatch_ends",
    metadata,
    sa.Column("end_id", sa.Integer, primary_key=True),
    sa.Column(
        "dispatch_id",
        sa.Integer,
        sa.ForeignKey("dispatches.dispatch_id"),
        nullable=False,
        index=True,
    ),
    sa.Column("at", UtcDateTime, nullable=False),
    sa.Column("who", sa.String(64), nullable=False),
    sa.Column("undone_at", UtcDateTime),
    sa.Column("undone_by", sa.String(64)),
)
findings = sa.Table(
    "findings",
    metadata,
    sa.Column("call_sid", sa.String(64), sa.ForeignKey("calls.call_sid"), primary_key=True),
    sa.Column(
        "ask_id", sa.String(64), sa.ForeignKey("observer_asks.ask_id"), nullable=False, index=True
    ),
)


class SqlObserving(Rows):
    """`reports.observing.Observing` over one connection in a transaction."""

    def __init__(self, connection: Connection, seals: Seals, *, hold: bool) -> None:
        super().__init__(connection, hold=hold)
        self._seals = seals

    def dispatch(self, dispatch_id: int) -> Dispatch | None:
        held = self._one(dispatches, dispatch_id, self._bare)
        return None if held is None else self._whole([held])[0]

    def dispatch_pressed(self, press: str) -> Dispatch | None:
        return self._only(sa.select(dispatches).where(dispatches.c.press == press))

    def add_dispatch(self, dispatch: Dispatch) -> int | None:
        row = columns(dispatch, without=frozenset({"dispatch_id", "asks", "ends"}))
        row["words"] = self._seals.text_in(dispatch.words, dispatch_context(dispatch.press))
        if not self._add(dispatches, row):
            return None
        added = sa.select(dispatches.c.dispatch_id).where(dispatches.c.press == dispatch.press)
        dispatch_id = int(self._connection.execute(added).scalar_one())
        for ask in dispatch.asks:
            kept = columns(replace(ask, dispatch_id=dispatch_id), without=frozenset({"answers"}))
            self._connection.execute(observer_asks.insert().values(**kept))
        return dispatch_id

    def dispatches_of(self, incident_ids: Iterable[int]) -> Sequence[Dispatch]:
        query = (
            sa.select(dispatches)
            .where(dispatches.c.incident_id.in_(list(incident_ids)))
            .order_by(dispatches.c.dispatch_id)
        )
        return self._whole(self._many(query, self._bare))

    def dispatches_to(self, person_ids: Iterable[str], since: datetime) -> Sequence[Dispatch]:
        theirs = sa.select(observer_asks.c.dispatch_id).where(
            observer_asks.c.person_id.in_(list(person_ids))
        )
        query = (
            sa.select(dispatches)
            .where(dispatches.c.dispatch_id.in_(theirs), dispatches.c.at >= since)
            .order_by(dispatches.c.at.desc(), dispatches.c.dispatch_id.desc())
        )
        return self._whole(self._many(query, self._bare))

    def asked(self, ask_id: str) -> Dispatch | None:
        of = sa.select(observer_asks.c.dispatch_id).where(observer_asks.c.ask_id == ask_id)
        return self._only(sa.select(dispatches).where(dispatches.c.dispatch_id.in_(of)))

    def add_observer_answer(self, answer: ObserverAnswer) -> bool:
        return self._add(observer_answers, columns(answer))

    def add_dispatch_end(self, end: DispatchEnd) -> int:
        added = dispatch_ends.insert().values(**columns(end, without=frozenset({"end_id"})))
        returned = self._connection.execute(added.returning(dispatch_ends.c.end_id))
        return int(returned.scalar_one())

    def undo_dispatch_end(self, end_id: int, at: datetime, who: str) -> bool:
        done = self._connection.execute(
            dispatch_ends.update()
            .where(dispatch_ends.c.end_id == end_id, dispatch_ends.c.undone_at.is_(None))
            .values(undone_at=at, undone_by=who)
        )
        return done.rowcount == 1

    def add_finding(self, finding: Finding) -> bool:
        return self._add(findings, {"call_sid": finding.call_sid, "ask_id": finding.ask_id})

    def findings_of(self, dispatch_ids: Iterable[int]) -> Sequence[Finding]:
        return self._findings(observer_asks.c.dispatch_id.in_(list(dispatch_ids)))

    def findings_in(self, call_sids: Iterable[str]) -> Sequence[Finding]:
        return self._findings(findings.c.call_sid.in_(list(call_sids)))

    def _findings(self, which: sa.ColumnElement[bool]) -> Sequence[Finding]:
        query = (
            sa.select(
                findings.c.call_sid,
                findings.c.ask_id,
                observer_asks.c.dispatch_id,
                observer_asks.c.person_id,
            )
            .join(observer_asks, observer_asks.c.ask_id == findings.c.ask_id)
            .where(which)
            .order_by(findings.c.call_sid)
        )
        return self._many(query, plain(Finding))

    def _only(self, query: sa.Select[Any]) -> Dispatch | None:
        return next(iter(self._whole(self._many(query, self._bare))), None)

    def _bare(self, row: RowMapping) -> Dispatch:
        words = self._seals.text_out(row["words"], dispatch_context(row["press"]))
        return Dispatch(**{**row, "words": words})

    def _whole(self, bare: Sequence[Dispatch]) -> list[Dispatch]:
        """With all that hangs on them, in one query a table."""
        ids = [each.dispatch_id for each in bare]
        if not ids:
            return []
        asking = (
            sa.select(observer_asks)
            .where(observer_asks.c.dispatch_id.in_(ids))
            .order_by(observer_asks.c.person_id)
        )
        asks = self._many(asking, lambda row: Ask(**row))
        given: dict[str, list[ObserverAnswer]] = defaultdict(list)
        answered = (
            sa.select(observer_answers)
            .where(observer_answers.c.ask_id.in_([each.ask_id for each in asks]))
            .order_by(observer_answers.c.answer_id)
        )
        for answer in self._many(answered, _answer):
            given[answer.ask_id].append(answer)
        ended = (
            sa.select(dispatch_ends)
            .where(dispatch_ends.c.dispatch_id.in_(ids))
            .order_by(dispatch_ends.c.end_id)
        )
        ends = self._many(ended, plain(DispatchEnd))
        return [
            replace(
                each,
                asks=tuple(
                    replace(ask, answers=tuple(given[ask.ask_id]))
                    for ask in asks
                    if ask.dispatch_id == each.dispatch_id
                ),
                ends=tuple(end for end in ends if end.dispatch_id == each.dispatch_id),
            )
            for each in bare
        ]


def _answer(row: RowMapping) -> ObserverAnswer:
    return ObserverAnswer(**{name: row[name] for name in row if name != "answer_id"})

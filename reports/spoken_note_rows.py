"""The table of spoken notes, and `reports.spoken_notes.SpokenNotes` over it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import sqlalchemy as sa

from reports.spoken_notes import SpokenNote, SpokenState
from reports.tables import Rows, UtcDateTime, columns, metadata, plain, states

spoken_notes = sa.Table(
    "spoken_notes",
    metadata,
    sa.Column("recording_sid", sa.String(64), primary_key=True),
    sa.Column(
        "reference", sa.String(12), sa.ForeignKey("reports.reference"), nullable=False, index=True
    ),
    sa.Column("who", sa.String(64), nullable=False),
    sa.Column("at", UtcDateTime, nullable=False),
    sa.Column("changed_at", UtcDateTime, nullable=False),
    sa.Column("language", sa.String(35), nullable=False),
    sa.Column("state", states(SpokenState, "state"), nullable=False, index=True),
    sa.Column("seconds", sa.Float),
    sa.Column("stored_at", UtcDateTime),
    sa.Column("sha256", sa.String(64)),
    sa.Column("erased_at_provider_at", UtcDateTime),
    sa.Column("reason", sa.String(200)),
    sa.Column("attempts", sa.Integer, nullable=False),
    sa.Column("next_attempt_at", UtcDateTime),
    sa.Column("note_id", sa.Integer, sa.ForeignKey("notes.note_id")),
)


class SqlSpokenNotes(Rows):
    """`reports.spoken_notes.SpokenNotes` over one connection in a transaction."""

    def add(self, note: SpokenNote) -> bool:
        return self._add(spoken_notes, columns(note))

    def get(self, recording_sid: str) -> SpokenNote | None:
        return self._one(spoken_notes, recording_sid, plain(SpokenNote))

    def save(self, note: SpokenNote) -> None:
        self._save(spoken_notes, columns(note))

    def of_report(self, reference: str) -> Sequence[SpokenNote]:
        return self._in_order(spoken_notes.c.reference == reference)

    def in_states(self, states: Iterable[SpokenState]) -> Sequence[SpokenNote]:
        return self._in_order(spoken_notes.c.state.in_(list(states)))

    def to_erase(self) -> Sequence[SpokenNote]:
        held = spoken_notes.c.stored_at.is_not(None)
        return self._in_order(held & spoken_notes.c.erased_at_provider_at.is_(None))

    def _in_order(self, which: sa.ColumnElement[bool]) -> Sequence[SpokenNote]:
        query = sa.select(spoken_notes).where(which)
        ordered = query.order_by(spoken_notes.c.at, spoken_notes.c.recording_sid)
        return self._many(ordered, plain(SpokenNote))

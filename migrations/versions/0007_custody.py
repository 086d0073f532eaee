"""The custody log, which only ever grows, and what was stored before it

Nothing here may be rewritten by a later `batch_alter_table`: SQLite would lose the triggers.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from itertools import islice

import sqlalchemy as sa
from alembic import op

from reports.custody import (
    NOTHING,
    SYSTEM,
    Deed,
    Occurrence,
    attachment_subject,
    chained,
    reached,
    recording_subject,
    row_of,
    words_hash,
)
from reports.tables import UtcDateTime

revision = "0007"
down_revision = "0006"

AT_ONCE = 1000
WHO = f"{SYSTEM}migration"

SQLITE = (
    "CREATE TRIGGER custody_entries_unchanged BEFORE UPDATE ON custody_entries"
    " BEGIN SELECT RAISE(ABORT, 'custody_entries is append-only'); END",
    "CREATE TRIGGER custody_entries_kept BEFORE DELETE ON custody_entries"
    " BEGIN SELECT RAISE(ABORT, 'custody_entries is append-only'); END",
    # INSERT OR REPLACE removes a row without asking the trigger above.
    "CREATE TRIGGER custody_entries_at_the_end BEFORE INSERT ON custody_entries"
    " WHEN NEW.number <> (SELECT COALESCE(MAX(number), 0) + 1 FROM custody_entries)"
    " BEGIN SELECT RAISE(ABORT, 'custody_entries is append-only'); END",
)
POSTGRESQL = (
    "CREATE OR REPLACE FUNCTION custody_entries_append_only() RETURNS trigger LANGUAGE plpgsql AS"
    " $$ BEGIN RAISE EXCEPTION 'custody_entries is append-only'"
    " USING ERRCODE = 'integrity_constraint_violation'; END $$",
    "CREATE OR REPLACE FUNCTION custody_entries_next() RETURNS trigger LANGUAGE plpgsql AS"
    " $$ BEGIN IF NEW.number <> (SELECT COALESCE(MAX(number), 0) + 1 FROM custody_entries)"
    " THEN RAISE EXCEPTION 'custody_entries is append-only'"
    " USING ERRCODE = 'integrity_constraint_violation'; END IF; RETURN NEW; END $$",
    "CREATE TRIGGER custody_entries_unchanged BEFORE UPDATE OR DELETE ON custody_entries"
    " FOR EACH ROW EXECUTE FUNCTION custody_entries_append_only()",
    "CREATE TRIGGER custody_entries_kept BEFORE TRUNCATE ON custody_entries"
    " FOR EACH STATEMENT EXECUTE FUNCTION custody_entries_append_only()",
    "CREATE TRIGGER custody_entries_at_the_end BEFORE INSERT ON custody_entries"
    " FOR EACH ROW EXECUTE FUNCTION custody_entries_next()",
)


def upgrade() -> None:
    entries = op.create_table(
        "custody_entries",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", sa.String(length=32), nullable=False),
        sa.Column("who", sa.String(length=64), nullable=False),
        sa.Column("deed", sa.String(length=32), nullable=False),
        sa.Column("subject", sa.String(length=100), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("previous", sa.String(length=64), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_custody_entries")),
    )
    op.create_index(op.f("ix_custody_entries_subject"), "custody_entries", ["subject"])
    _write(entries, _what_was_stored(datetime.now(UTC)))
    for statement in SQLITE if op.get_bind().dialect.name == "sqlite" else POSTGRESQL:
        op.execute(statement)


def _write(entries: sa.Table, occurred: Iterator[Occurrence]) -> None:
    head = NOTHING
    while some := chained(head, islice(occurred, AT_ONCE)):
        op.bulk_insert(entries, [row_of(entry) for entry in some])
        head = reached(some[-1])


def _what_was_stored(at: datetime) -> Iterator[Occurrence]:
    """From today on it cannot be changed unnoticed; what was before, nobody can say."""
    yield Occurrence(at, WHO, Deed.LOG_BEGUN, "log:custody", {})
    yield from _files(at, Deed.RECORDING_STORED, "recordings", "recording_sid")
    yield from _files(at, Deed.ATTACHMENT_STORED, "attachments", "media_sid")
    written = sa.table(
        "transcripts",
        *(sa.column(name) for name in ("transcript_id", "recording_sid", "language", "kind")),
        sa.column("segments", sa.JSON),
    )
    for row in _rows(sa.select(written).order_by(written.c.transcript_id)):
        corrected = row.kind == "correction"
        yield Occurrence(
            at,
            WHO,
            Deed.TRANSCRIPT_CORRECTED if corrected else Deed.TRANSCRIPT_MADE,
            recording_subject(row.recording_sid),
            {
                "transcript": str(row.transcript_id),
                "kind": row.kind,
                "sha256": words_hash(row.language, row.segments),
            },
        )


def _files(at: datetime, deed: Deed, name: str, key: str) -> Iterator[Occurrence]:
    stored = sa.table(
        name,
        *(sa.column(each) for each in (key, "sha256", "size")),
        sa.column("stored_at", UtcDateTime),
    )
    subject = recording_subject if deed is Deed.RECORDING_STORED else attachment_subject
    there = sa.select(stored).where(stored.c.stored_at.is_not(None)).order_by(stored.c.stored_at)
    for row in _rows(there):
        yield Occurrence(
            at,
            WHO,
            deed,
            subject(getattr(row, key)),
            {
                "sha256": row.sha256 or "",
                "size": str(row.size),
                "stored_at": row.stored_at.isoformat(),
            },
        )


def _rows(query: sa.Select[tuple[object, ...]]) -> Iterable[sa.Row[tuple[object, ...]]]:
    return op.get_bind().execute(query.execution_options(yield_per=AT_ONCE))


def downgrade() -> None:
    op.drop_table("custody_entries")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION custody_entries_append_only()")
        op.execute("DROP FUNCTION custody_entries_next()")

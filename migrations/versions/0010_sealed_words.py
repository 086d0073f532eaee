"""What callers said and wrote, sealed; and what nobody takes up is told again"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import sqlalchemy as sa
from alembic import context, op

from migrations.states import restate
from reports.ports import Sealer
from reports.sealed import alert_context, body_context, words_context
from reports.tables import UtcDateTime

revision = "0010"
down_revision = "0009"

KINDS = ("alert", "update", "addition")
AT_ONCE = 200
"""Rows that are held in memory at a time."""

transcripts = sa.table(
    "transcripts",
    sa.column("transcript_id", sa.Integer),
    sa.column("recording_sid", sa.String),
    sa.column("kind", sa.String),
    sa.column("made_at", UtcDateTime),
    sa.column("segments", sa.JSON),
)
text_messages = sa.table(
    "text_messages",
    sa.column("message_sid", sa.String),
    sa.column("body", sa.Text),
)

notifications = sa.table(
    "notifications", sa.column("notification_id", sa.String), sa.column("body", sa.Text)
)


def upgrade() -> None:
    _change(transcripts, "segments", sa.JSON(), sa.LargeBinary(), _sealed_segments)
    _change(text_messages, "body", sa.Text(), sa.LargeBinary(), _sealed_body)
    _change(notifications, "body", sa.Text(), sa.LargeBinary(), _sealed_alert)
    restate("notifications", "kind", (*KINDS, "reminder"))


def downgrade() -> None:
    restate("notifications", "kind", KINDS)
    _change(notifications, "body", sa.LargeBinary(), sa.Text(), _opened_alert)
    _change(text_messages, "body", sa.LargeBinary(), sa.Text(), _opened_body)
    _change(transcripts, "segments", sa.LargeBinary(), sa.JSON(), _opened_segments)


def _change(
    table: sa.TableClause,
    column: str,
    before: sa.types.TypeEngine[Any],
    after: sa.types.TypeEngine[Any],
    change: Callable[[Any, Any], Any],
) -> None:
    """Gives a column another type, with every value changed; what stood there is taken away row by
    row, for PostgreSQL keeps what stands in a column that is dropped."""
    sealer: Sealer | None = context.config.attributes["sealer"]
    with op.batch_alter_table(table.name, schema=None) as batch:
        batch.add_column(sa.Column("changed", after, nullable=True))
        batch.alter_column(column, existing_type=before, nullable=True)
    key = next(iter(table.columns))
    held = sa.table(
        table.name,
        *(sa.column(each.name, each.type) for each in table.columns if each.name != column),
        sa.column(column, before),
        sa.column("changed", after),
    )
    for row in _rows(held, key.name):
        if sealer is None:
            raise LookupError("there are words to seal, and no data key to seal them with")
        op.get_bind().execute(
            held.update()
            .where(held.c[key.name] == row[key.name])
            .values({"changed": change(sealer, row), column: sa.null()})
        )
    with op.batch_alter_table(table.name, schema=None) as batch:
        batch.drop_column(column)
    with op.batch_alter_table(table.name, schema=None) as batch:
        batch.alter_column("changed", existing_type=after, new_column_name=column, nullable=False)


def _rows(table: sa.TableClause, key: str) -> Iterator[sa.RowMapping]:
    wanted = [each for each in table.columns if each.name != "changed"]
    query = sa.select(*wanted).order_by(table.c[key]).limit(AT_ONCE)
    rows = op.get_bind().execute(query).mappings().all()
    while rows:
        yield from rows
        after = query.where(table.c[key] > rows[-1][key])
        rows = op.get_bind().execute(after).mappings().all()


def _words_context(row: sa.RowMapping) -> str:
    return words_context(row["recording_sid"], row["kind"], row["made_at"])


def _sealed_segments(sealer: Sealer, row: sa.RowMapping) -> bytes:
    written = json.dumps(row["segments"], separators=(",", ":"))
    return sealer.seal(written.encode(), _words_context(row))


def _opened_segments(sealer: Sealer, row: sa.RowMapping) -> Any:
    return json.loads(sealer.unseal(row["segments"], _words_context(row)))


def _sealed_body(sealer: Sealer, row: sa.RowMapping) -> bytes:
    return sealer.seal(row["body"].encode(), body_context(row["message_sid"]))


def _opened_body(sealer: Sealer, row: sa.RowMapping) -> str:
    return sealer.unseal(row["body"], body_context(row["message_sid"])).decode()


def _sealed_alert(sealer: Sealer, row: sa.RowMapping) -> bytes:
    return sealer.seal(row["body"].encode(), alert_context(row["notification_id"]))


def _opened_alert(sealer: Sealer, row: sa.RowMapping) -> str:
    return sealer.unseal(row["body"], alert_context(row["notification_id"])).decode()

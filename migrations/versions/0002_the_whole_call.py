"""Additions to earlier reports, and talks with people on shift"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from migrations.states import restate
from reports.tables import UtcDateTime

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    with op.batch_alter_table("calls") as batch_op:
        batch_op.add_column(sa.Column("adds_to", sa.String(length=12), nullable=True))
        batch_op.create_index(batch_op.f("ix_calls_adds_to"), ["adds_to"], unique=False)
        batch_op.create_index("ix_calls_started_at", ["started_at"], unique=False)
    op.create_table(
        "bridges",
        sa.Column("call_sid", sa.String(length=64), nullable=False),
        sa.Column("person_hash", sa.String(length=64), nullable=False),
        sa.Column("since", UtcDateTime, nullable=False),
        sa.Column("until", UtcDateTime, nullable=True),
        sa.ForeignKeyConstraint(["call_sid"], ["calls.call_sid"], name=op.f("fk_bridges_call_sid")),
        sa.PrimaryKeyConstraint("call_sid", "person_hash", "since", name=op.f("pk_bridges")),
    )
    restate("notifications", "kind", ("alert", "update", "addition"))

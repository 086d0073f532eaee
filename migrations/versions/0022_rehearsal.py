"""Rehearsals: who rehearses stands at the call, and whether they want the alert"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0020"


def upgrade() -> None:
    # One by one, which SQLite does without writing the table anew.
    op.add_column("calls", sa.Column("rehearsed_by", sa.String(length=64), nullable=True))
    op.add_column(
        "calls",
        sa.Column("rehearsal_tells", sa.Boolean(), server_default=sa.false(), nullable=False),
    )
    op.create_index(op.f("ix_calls_rehearsed_by"), "calls", ["rehearsed_by"])


def downgrade() -> None:
    op.drop_index(op.f("ix_calls_rehearsed_by"), table_name="calls")
    op.drop_column("calls", "rehearsal_tells")
    op.drop_column("calls", "rehearsed_by")

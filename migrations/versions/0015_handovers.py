"""What one shift writes for the next, sealed, and who has read it"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from reports.tables import UtcDateTime

revision = "0015"
down_revision = "0017"


def upgrade() -> None:
    op.create_table(
        "handovers",
        sa.Column("handover_id", sa.Integer(), nullable=False),
        sa.Column("at", UtcDateTime, nullable=False),
        sa.Column("who", sa.String(length=64), nullable=False),
        sa.Column("words", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("handover_id", name=op.f("pk_handovers")),
    )
    op.create_table(
        "handover_readings",
        sa.Column("handover_id", sa.Integer(), nullable=False),
        sa.Column("who", sa.String(length=64), nullable=False),
        sa.Column("at", UtcDateTime, nullable=False),
        sa.ForeignKeyConstraint(
            ["handover_id"],
            ["handovers.handover_id"],
            name=op.f("fk_handover_readings_handover_id"),
        ),
        sa.PrimaryKeyConstraint("handover_id", "who", name=op.f("pk_handover_readings")),
    )


def downgrade() -> None:
    op.drop_table("handover_readings")
    op.drop_table("handovers")

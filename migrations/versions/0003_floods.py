"""Floods: how calls were let in, blocked callers, when the line was flooded"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from migrations.states import restate
from reports.tables import UtcDateTime

revision = "0003"
down_revision = "0002"

KINDS = ("handling", "verdict", "number_shown")


def upgrade() -> None:
    with op.batch_alter_table("calls", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column(
                "admission",
                sa.Enum(
                    "normal",
                    "flood",
                    "limited",
                    "blocked",
                    name="admission",
                    native_enum=False,
                    create_constraint=True,
                    length=32,
                ),
                nullable=False,
                server_default="normal",
            )
        )
        batch_op.add_column(
            sa.Column(
                "attestation",
                sa.Enum(
                    "full",
                    "partial",
                    "gateway",
                    "failed",
                    name="attestation",
                    native_enum=False,
                    create_constraint=True,
                    length=32,
                ),
                nullable=True,
            )
        )
        batch_op.add_column(sa.Column("check_passed", sa.Boolean(), nullable=True))
        batch_op.create_index("ix_calls_of_caller", ["caller_hash", "started_at"], unique=False)
        batch_op.create_index("ix_calls_let_in", ["started_at", "admission"], unique=False)
    restate("acts", "kind", (*KINDS, "blocked", "unblocked", "admitted"))
    op.create_table(
        "blocks",
        sa.Column("block_id", sa.String(length=64), nullable=False),
        sa.Column("caller_hash", sa.String(length=64), nullable=True),
        sa.Column("reference", sa.String(length=12), nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column("who", sa.String(length=64), nullable=False),
        sa.Column("at", UtcDateTime, nullable=False),
        sa.Column("expires_at", UtcDateTime, nullable=False),
        sa.Column("undone_by", sa.String(length=64), nullable=True),
        sa.Column("undone_at", UtcDateTime, nullable=True),
        sa.ForeignKeyConstraint(
            ["reference"], ["reports.reference"], name=op.f("fk_blocks_reference")
        ),
        sa.PrimaryKeyConstraint("block_id", name=op.f("pk_blocks")),
    )
    with op.batch_alter_table("blocks", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_blocks_caller_hash"), ["caller_hash"], unique=False)
        batch_op.create_index(batch_op.f("ix_blocks_reference"), ["reference"], unique=False)

    op.create_table(
        "floods",
        sa.Column("flood_id", sa.Integer(), nullable=False),
        sa.Column("at", UtcDateTime, nullable=False),
        sa.Column(
            "mode",
            sa.Enum(
                "auto",
                "on",
                "off",
                name="mode",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("is_on", sa.Boolean(), nullable=False),
        sa.Column("who", sa.String(length=64), nullable=True),
        sa.Column("calls", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("flood_id", name=op.f("pk_floods")),
    )


def downgrade() -> None:
    op.drop_table("floods")
    op.drop_table("blocks")
    restate("acts", "kind", KINDS)
    with op.batch_alter_table("calls", schema=None) as batch_op:
        batch_op.drop_index("ix_calls_let_in")
        batch_op.drop_index("ix_calls_of_caller")
        batch_op.drop_column("check_passed")
        batch_op.drop_column("attestation")
        batch_op.drop_column("admission")

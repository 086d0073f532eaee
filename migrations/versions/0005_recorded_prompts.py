"""Prompts that people recorded, and which of them callers hear"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from reports.tables import UtcDateTime

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    op.create_table(
        "prompt_takes",
        sa.Column("take_id", sa.String(length=64), nullable=False),
        sa.Column("language", sa.String(length=35), nullable=False),
        sa.Column("prompt", sa.String(length=64), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("seconds", sa.Float(), nullable=False),
        sa.Column("made_at", UtcDateTime, nullable=False),
        sa.Column("made_by", sa.String(length=64), nullable=False),
        sa.Column(
            "source",
            sa.Enum(
                "upload",
                "microphone",
                "telephone",
                name="source",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("words", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("take_id", name=op.f("pk_prompt_takes")),
    )
    with op.batch_alter_table("prompt_takes", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_prompt_takes_sha256"), ["sha256"], unique=False)
        batch_op.create_index(
            "ix_prompt_takes_language_prompt", ["language", "prompt"], unique=False
        )

    op.create_table(
        "prompt_choices",
        sa.Column("choice_id", sa.Integer(), nullable=False),
        sa.Column("language", sa.String(length=35), nullable=False),
        sa.Column("prompt", sa.String(length=64), nullable=False),
        sa.Column("take_id", sa.String(length=64), nullable=True),
        sa.Column("at", UtcDateTime, nullable=False),
        sa.Column("who", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["take_id"], ["prompt_takes.take_id"], name=op.f("fk_prompt_choices_take_id")
        ),
        sa.PrimaryKeyConstraint("choice_id", name=op.f("pk_prompt_choices")),
    )
    with op.batch_alter_table("prompt_choices", schema=None) as batch_op:
        batch_op.create_index(
            "ix_prompt_choices_language_prompt", ["language", "prompt"], unique=False
        )


def downgrade() -> None:
    with op.batch_alter_table("prompt_choices", schema=None) as batch_op:
        batch_op.drop_index("ix_prompt_choices_language_prompt")

    op.drop_table("prompt_choices")
    with op.batch_alter_table("prompt_takes", schema=None) as batch_op:
        batch_op.drop_index("ix_prompt_takes_language_prompt")
        batch_op.drop_index(batch_op.f("ix_prompt_takes_sha256"))

    op.drop_table("prompt_takes")

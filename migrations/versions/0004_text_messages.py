"""Text messages, what came with them, and who wants none"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from reports.tables import UtcDateTime

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    with op.batch_alter_table("calls", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("medium", sa.String(length=16), server_default="voice", nullable=False)
        )
    op.create_table(
        "opt_outs",
        sa.Column("caller_hash", sa.String(length=64), nullable=False),
        sa.Column("at", UtcDateTime, nullable=False),
        sa.PrimaryKeyConstraint("caller_hash", name=op.f("pk_opt_outs")),
    )
    op.create_table(
        "text_messages",
        sa.Column("message_sid", sa.String(length=64), nullable=False),
        sa.Column("call_sid", sa.String(length=64), nullable=False),
        sa.Column("at", UtcDateTime, nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("sender_hash", sa.String(length=64), nullable=True),
        sa.Column("mentions", sa.String(length=12), nullable=True),
        sa.ForeignKeyConstraint(
            ["call_sid"], ["calls.call_sid"], name=op.f("fk_text_messages_call_sid")
        ),
        sa.PrimaryKeyConstraint("message_sid", name=op.f("pk_text_messages")),
    )
    with op.batch_alter_table("text_messages", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_text_messages_call_sid"), ["call_sid"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_text_messages_sender_hash"), ["sender_hash"], unique=False
        )

    op.create_table(
        "attachments",
        sa.Column("media_sid", sa.String(length=64), nullable=False),
        sa.Column("message_sid", sa.String(length=64), nullable=False),
        sa.Column("call_sid", sa.String(length=64), nullable=False),
        sa.Column("content_type", sa.String(length=100), nullable=False),
        sa.Column("announced_at", UtcDateTime, nullable=False),
        sa.Column("changed_at", UtcDateTime, nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "announced",
                "stored",
                "refused",
                "failed",
                name="state",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("stored_at", UtcDateTime, nullable=True),
        sa.Column("sha256", sa.String(length=64), nullable=True),
        sa.Column("size", sa.Integer(), nullable=True),
        sa.Column("erased_at_provider_at", UtcDateTime, nullable=True),
        sa.Column("reason", sa.String(length=200), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_attempt_at", UtcDateTime, nullable=True),
        sa.ForeignKeyConstraint(
            ["call_sid"], ["calls.call_sid"], name=op.f("fk_attachments_call_sid")
        ),
        sa.ForeignKeyConstraint(
            ["message_sid"],
            ["text_messages.message_sid"],
            name=op.f("fk_attachments_message_sid"),
        ),
        sa.PrimaryKeyConstraint("media_sid", name=op.f("pk_attachments")),
    )
    with op.batch_alter_table("attachments", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_attachments_call_sid"), ["call_sid"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_attachments_message_sid"), ["message_sid"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_attachments_state"), ["state"], unique=False)

    op.create_table(
        "caller_texts",
        sa.Column("call_sid", sa.String(length=64), nullable=False),
        sa.Column("asked_at", UtcDateTime, nullable=False),
        sa.Column("changed_at", UtcDateTime, nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "pending",
                "sending",
                "sent",
                "failed",
                name="state",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_attempt_at", UtcDateTime, nullable=True),
        sa.Column("provider_id", sa.String(length=64), nullable=True),
        sa.Column("sent_at", UtcDateTime, nullable=True),
        sa.Column("reason", sa.String(length=200), nullable=True),
        sa.ForeignKeyConstraint(
            ["call_sid"], ["calls.call_sid"], name=op.f("fk_caller_texts_call_sid")
        ),
        sa.PrimaryKeyConstraint("call_sid", name=op.f("pk_caller_texts")),
    )
    with op.batch_alter_table("caller_texts", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_caller_texts_state"), ["state"], unique=False)


def downgrade() -> None:
    op.drop_table("caller_texts")
    op.drop_table("attachments")
    op.drop_table("text_messages")
    op.drop_table("opt_outs")
    with op.batch_alter_table("calls", schema=None) as batch_op:
        batch_op.drop_column("medium")

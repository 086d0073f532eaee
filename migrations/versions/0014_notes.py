"""What organizers write on reports, sealed, and whom they mention"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from reports.tables import UtcDateTime

revision = "0014"
down_revision = "0012"


def upgrade() -> None:
    op.create_table(
        "notes",
        sa.Column("note_id", sa.Integer(), nullable=False),
        sa.Column("reference", sa.String(length=12), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("who", sa.String(length=64), nullable=False),
        sa.Column("at", UtcDateTime, nullable=False),
        sa.Column("withdrawn_at", UtcDateTime, nullable=True),
        sa.ForeignKeyConstraint(
            ["reference"], ["reports.reference"], name=op.f("fk_notes_reference")
        ),
        sa.PrimaryKeyConstraint("note_id", name=op.f("pk_notes")),
    )
    with op.batch_alter_table("notes", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_notes_reference"), ["reference"], unique=False)
    op.create_table(
        "mentions",
        sa.Column("note_id", sa.Integer(), nullable=False),
        sa.Column("username", sa.String(length=64), nullable=False),
        sa.Column("seen_at", UtcDateTime, nullable=True),
        sa.ForeignKeyConstraint(["note_id"], ["notes.note_id"], name=op.f("fk_mentions_note_id")),
        sa.PrimaryKeyConstraint("note_id", "username", name=op.f("pk_mentions")),
    )
    with op.batch_alter_table("mentions", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_mentions_username"), ["username"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("mentions", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_mentions_username"))

    op.drop_table("mentions")
    with op.batch_alter_table("notes", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_notes_reference"))

    op.drop_table("notes")

"""Wrong PINs by telephone, and the notes that are spoken there"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from reports.tables import UtcDateTime

revision = "0018"
down_revision = "0016"

STATES = ("announced", "stored", "written", "unwritten", "failed")


def upgrade() -> None:
    op.create_table(
        "pin_tries",
        sa.Column("person_id", sa.String(length=32), nullable=False),
        sa.Column("wrong", sa.Integer(), nullable=False),
        sa.Column("last_at", UtcDateTime, nullable=False),
        sa.Column("shut_until", UtcDateTime, nullable=True),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.person_id"], name=op.f("fk_pin_tries_person_id")
        ),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_pin_tries")),
    )
    op.create_table(
        "spoken_notes",
        sa.Column("recording_sid", sa.String(length=64), nullable=False),
        sa.Column("reference", sa.String(length=12), nullable=False),
        sa.Column("who", sa.String(length=64), nullable=False),
        sa.Column("at", UtcDateTime, nullable=False),
        sa.Column("changed_at", UtcDateTime, nullable=False),
        sa.Column("language", sa.String(length=35), nullable=False),
        sa.Column(
            "state",
            sa.Enum(*STATES, name="state", native_enum=False, create_constraint=True, length=32),
            nullable=False,
        ),
        sa.Column("seconds", sa.Float(), nullable=True),
        sa.Column("stored_at", UtcDateTime, nullable=True),
        sa.Column("sha256", sa.String(length=64), nullable=True),
        sa.Column("erased_at_provider_at", UtcDateTime, nullable=True),
        sa.Column("reason", sa.String(length=200), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_attempt_at", UtcDateTime, nullable=True),
        sa.Column("note_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["reference"], ["reports.reference"], name=op.f("fk_spoken_notes_reference")
        ),
        sa.ForeignKeyConstraint(
            ["note_id"], ["notes.note_id"], name=op.f("fk_spoken_notes_note_id")
        ),
        sa.PrimaryKeyConstraint("recording_sid", name=op.f("pk_spoken_notes")),
    )
    with op.batch_alter_table("spoken_notes", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_spoken_notes_reference"), ["reference"], unique=False)
        batch_op.create_index(batch_op.f("ix_spoken_notes_state"), ["state"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("spoken_notes", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_spoken_notes_state"))
        batch_op.drop_index(batch_op.f("ix_spoken_notes_reference"))

    op.drop_table("spoken_notes")
    op.drop_table("pin_tries")

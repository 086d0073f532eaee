"""How a recording sounds, what is struck out, corrections and English beside"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from migrations.states import restate
from reports.tables import UtcDateTime

revision = "0006"
down_revision = "0005"

KINDS = ("handling", "verdict", "number_shown", "blocked", "unblocked", "admitted")


def upgrade() -> None:
    with op.batch_alter_table("recordings", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column(
                "rank",
                sa.Enum(
                    "place_now",
                    "details_now",
                    "earlier",
                    "limited",
                    name="rank",
                    native_enum=False,
                    create_constraint=True,
                    length=32,
                ),
                nullable=True,
            )
        )
        batch_op.add_column(sa.Column("turn_at", UtcDateTime, nullable=True))
        batch_op.create_index("ix_recordings_in_turn", ["state", "turn_at"])
        batch_op.add_column(sa.Column("language", sa.String(length=35), nullable=True))
        batch_op.add_column(sa.Column("detected", sa.String(length=35), nullable=True))
        batch_op.add_column(sa.Column("detected_probability", sa.Float(), nullable=True))
        batch_op.add_column(sa.Column("sound", sa.JSON(none_as_null=True), nullable=True))
        batch_op.add_column(
            sa.Column(
                "translation",
                sa.Enum(
                    "wanted",
                    "made",
                    "failed",
                    name="translation",
                    native_enum=False,
                    create_constraint=True,
                    length=32,
                ),
                nullable=True,
            )
        )
        batch_op.create_index(batch_op.f("ix_recordings_translation"), ["translation"])
    # What waits just now goes first.
    op.execute(
        "UPDATE recordings SET rank = 'place_now', turn_at = stored_at WHERE state = 'stored'"
    )
    with op.batch_alter_table("transcripts", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column(
                "kind",
                sa.Enum(
                    "machine",
                    "rival",
                    "translation",
                    "correction",
                    name="kind",
                    native_enum=False,
                    create_constraint=True,
                    length=32,
                ),
                nullable=False,
                server_default="machine",
            )
        )
        batch_op.add_column(sa.Column("made_by", sa.String(length=64), nullable=True))
    restate("acts", "kind", (*KINDS, "corrected", "heard_as"))


def downgrade() -> None:
    restate("acts", "kind", KINDS)
    with op.batch_alter_table("transcripts", schema=None) as batch_op:
        batch_op.drop_column("made_by")
        batch_op.drop_column("kind")
    with op.batch_alter_table("recordings", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_recordings_translation"))
        batch_op.drop_column("translation")
        batch_op.drop_column("sound")
        batch_op.drop_column("detected_probability")
        batch_op.drop_column("detected")
        batch_op.drop_column("language")
        batch_op.drop_index("ix_recordings_in_turn")
        batch_op.drop_column("turn_at")
        batch_op.drop_column("rank")

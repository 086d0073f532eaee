"""People, the roster, and who is told what of a report as whom"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from migrations.states import restate
from reports.tables import UtcDateTime

revision = "0011"
down_revision = "0010"

KINDS = ("alert", "update", "addition", "reminder")
STATES = ("pending", "sending", "delivered", "failed")


def upgrade() -> None:
    op.create_table(
        "people",
        sa.Column("person_id", sa.String(length=32), nullable=False),
        sa.Column("name", sa.String(length=128), nullable=False),
        sa.Column("languages", sa.JSON(), nullable=False),
        sa.Column("username", sa.String(length=64), nullable=True),
        sa.Column("is_emergency", sa.Boolean(), nullable=False),
        sa.Column("observes", sa.Boolean(), nullable=False),
        sa.Column("areas", sa.JSON(), nullable=False),
        sa.Column("pin_hash", sa.String(length=64), nullable=True),
        sa.Column("left_at", UtcDateTime, nullable=True),
        sa.Column("changed_at", UtcDateTime, nullable=False),
        sa.Column("changed_by", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_people")),
    )
    with op.batch_alter_table("people", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_people_username"), ["username"], unique=False)

    op.create_table(
        "reaches",
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("reach_id", sa.String(length=64), nullable=False),
        sa.Column("person_id", sa.String(length=32), nullable=False),
        sa.Column("channel", sa.String(length=32), nullable=False),
        sa.Column("address", sa.LargeBinary(), nullable=False),
        sa.Column("address_hash", sa.String(length=64), nullable=False),
        sa.Column("quiet", sa.String(length=11), nullable=True),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.person_id"], name=op.f("fk_reaches_person_id")
        ),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_reaches")),
        sa.UniqueConstraint(
            "person_id", "channel", "address_hash", name=op.f("uq_reaches_person_id")
        ),
        sa.UniqueConstraint("reach_id", name=op.f("uq_reaches_reach_id")),
    )
    with op.batch_alter_table("reaches", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_reaches_address_hash"), ["address_hash"], unique=False)
        batch_op.create_index(batch_op.f("ix_reaches_person_id"), ["person_id"], unique=False)

    op.create_table(
        "shifts",
        sa.Column("shift_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.String(length=32), nullable=False),
        sa.Column(
            "duty",
            sa.Enum(
                "primary",
                "backup",
                "listener",
                name="duty",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("first_on", sa.Date(), nullable=False),
        sa.Column("begins", sa.String(length=5), nullable=False),
        sa.Column("ends", sa.String(length=5), nullable=False),
        sa.Column("weekdays", sa.JSON(), nullable=False),
        sa.Column("last_on", sa.Date(), nullable=True),
        sa.Column("made_at", UtcDateTime, nullable=False),
        sa.Column("made_by", sa.String(length=64), nullable=False),
        sa.Column("removed_at", UtcDateTime, nullable=True),
        sa.Column("removed_by", sa.String(length=64), nullable=True),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.person_id"], name=op.f("fk_shifts_person_id")
        ),
        sa.PrimaryKeyConstraint("shift_id", name=op.f("pk_shifts")),
    )
    with op.batch_alter_table("shifts", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_shifts_person_id"), ["person_id"], unique=False)

    op.create_table(
        "covers",
        sa.Column("cover_id", sa.Integer(), nullable=False),
        sa.Column("shift_id", sa.Integer(), nullable=False),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("person_id", sa.String(length=32), nullable=True),
        sa.Column("at", UtcDateTime, nullable=False),
        sa.Column("who", sa.String(length=64), nullable=False),
        sa.Column("undone_at", UtcDateTime, nullable=True),
        sa.Column("undone_by", sa.String(length=64), nullable=True),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.person_id"], name=op.f("fk_covers_person_id")
        ),
        sa.ForeignKeyConstraint(["shift_id"], ["shifts.shift_id"], name=op.f("fk_covers_shift_id")),
        sa.PrimaryKeyConstraint("cover_id", name=op.f("pk_covers")),
    )
    with op.batch_alter_table("covers", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_covers_shift_id"), ["shift_id"], unique=False)

    with op.batch_alter_table("notifications", schema=None) as batch_op:
        batch_op.add_column(sa.Column("person", sa.String(length=64), nullable=True))
        batch_op.add_column(
            sa.Column(
                "tier",
                sa.Enum(
                    "first",
                    "backup",
                    "everybody",
                    "emergency",
                    name="tier",
                    native_enum=False,
                    length=16,
                ),
                nullable=True,
            )
        )
        batch_op.add_column(
            sa.Column("about", sa.String(length=64), server_default="", nullable=False)
        )
        batch_op.add_column(sa.Column("bundled_in", sa.String(length=64), nullable=True))
        batch_op.add_column(sa.Column("passed_on_at", UtcDateTime, nullable=True))
        batch_op.drop_constraint(batch_op.f("uq_notifications_reference"), type_="unique")
        batch_op.create_unique_constraint(
            batch_op.f("uq_notifications_reference"),
            ["reference", "kind", "about", "channel", "recipient_hash"],
        )
        batch_op.create_index(batch_op.f("ix_notifications_person"), ["person"], unique=False)

    restate(
        "notifications",
        "kind",
        (*KINDS, "taken_up", "verdict", "left", "corroborated", "bundle"),
    )
    restate("notifications", "state", (*STATES, "held", "bundled"))


def downgrade() -> None:
    restate("notifications", "state", STATES)
    restate("notifications", "kind", KINDS)
    with op.batch_alter_table("notifications", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_notifications_person"))
        batch_op.drop_constraint(batch_op.f("uq_notifications_reference"), type_="unique")
        batch_op.create_unique_constraint(
            batch_op.f("uq_notifications_reference"),
            ["reference", "kind", "channel", "recipient_hash"],
        )
        batch_op.drop_column("passed_on_at")
        batch_op.drop_column("bundled_in")
        batch_op.drop_column("about")
        batch_op.drop_column("tier")
        batch_op.drop_column("person")

    with op.batch_alter_table("covers", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_covers_shift_id"))

    op.drop_table("covers")
    with op.batch_alter_table("shifts", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_shifts_person_id"))

    op.drop_table("shifts")
    with op.batch_alter_table("reaches", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_reaches_person_id"))
        batch_op.drop_index(batch_op.f("ix_reaches_address_hash"))

    op.drop_table("reaches")
    with op.batch_alter_table("people", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_people_username"))

    op.drop_table("people")

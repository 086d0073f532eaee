"""Requests to observe: whom they were sent to, what each answered, and what they found"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from migrations.states import restate
from reports.tables import UtcDateTime

revision = "0019"
down_revision = "0018"

KINDS = (
    *("alert", "update", "addition", "reminder", "taken_up", "verdict", "left", "corroborated"),
    "bundle",
)


def upgrade() -> None:
    op.create_table(
        "dispatches",
        sa.Column("dispatch_id", sa.Integer(), nullable=False),
        sa.Column("press", sa.String(length=64), nullable=False),
        sa.Column("incident_id", sa.Integer(), nullable=False),
        sa.Column("reference", sa.String(length=12), nullable=False),
        sa.Column("words", sa.LargeBinary(), nullable=False),
        sa.Column("who", sa.String(length=64), nullable=False),
        sa.Column("at", UtcDateTime, nullable=False),
        sa.ForeignKeyConstraint(
            ["incident_id"], ["incidents.incident_id"], name=op.f("fk_dispatches_incident_id")
        ),
        sa.ForeignKeyConstraint(
            ["reference"], ["reports.reference"], name=op.f("fk_dispatches_reference")
        ),
        sa.PrimaryKeyConstraint("dispatch_id", name=op.f("pk_dispatches")),
        sa.UniqueConstraint("press", name=op.f("uq_dispatches_press")),
    )
    with op.batch_alter_table("dispatches", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_dispatches_incident_id"), ["incident_id"], unique=False
        )

    op.create_table(
        "observer_asks",
        sa.Column("ask_id", sa.String(length=64), nullable=False),
        sa.Column("dispatch_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(
            ["dispatch_id"],
            ["dispatches.dispatch_id"],
            name=op.f("fk_observer_asks_dispatch_id"),
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.person_id"], name=op.f("fk_observer_asks_person_id")
        ),
        sa.PrimaryKeyConstraint("ask_id", name=op.f("pk_observer_asks")),
        sa.UniqueConstraint("dispatch_id", "person_id", name=op.f("uq_observer_asks_dispatch_id")),
    )
    with op.batch_alter_table("observer_asks", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_observer_asks_person_id"), ["person_id"], unique=False)

    op.create_table(
        "observer_answers",
        sa.Column("answer_id", sa.Integer(), nullable=False),
        sa.Column("ask_id", sa.String(length=64), nullable=False),
        sa.Column("at", UtcDateTime, nullable=False),
        sa.Column(
            "said",
            sa.Enum(
                "coming",
                "not_coming",
                "here",
                "done",
                name="said",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("minutes", sa.Integer(), nullable=True),
        sa.Column("said_with", sa.String(length=64), nullable=True),
        sa.ForeignKeyConstraint(
            ["ask_id"], ["observer_asks.ask_id"], name=op.f("fk_observer_answers_ask_id")
        ),
        sa.PrimaryKeyConstraint("answer_id", name=op.f("pk_observer_answers")),
        sa.UniqueConstraint("said_with", name=op.f("uq_observer_answers_said_with")),
    )
    with op.batch_alter_table("observer_answers", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_observer_answers_ask_id"), ["ask_id"], unique=False)

    op.create_table(
        "dispatch_ends",
        sa.Column("end_id", sa.Integer(), nullable=False),
        sa.Column("dispatch_id", sa.Integer(), nullable=False),
        sa.Column("at", UtcDateTime, nullable=False),
        sa.Column("who", sa.String(length=64), nullable=False),
        sa.Column("undone_at", UtcDateTime, nullable=True),
        sa.Column("undone_by", sa.String(length=64), nullable=True),
        sa.ForeignKeyConstraint(
            ["dispatch_id"],
            ["dispatches.dispatch_id"],
            name=op.f("fk_dispatch_ends_dispatch_id"),
        ),
        sa.PrimaryKeyConstraint("end_id", name=op.f("pk_dispatch_ends")),
    )
    with op.batch_alter_table("dispatch_ends", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_dispatch_ends_dispatch_id"), ["dispatch_id"], unique=False
        )

    op.create_table(
        "findings",
        sa.Column("call_sid", sa.String(length=64), nullable=False),
        sa.Column("ask_id", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["ask_id"], ["observer_asks.ask_id"], name=op.f("fk_findings_ask_id")
        ),
        sa.ForeignKeyConstraint(
            ["call_sid"], ["calls.call_sid"], name=op.f("fk_findings_call_sid")
        ),
        sa.PrimaryKeyConstraint("call_sid", name=op.f("pk_findings")),
    )
    with op.batch_alter_table("findings", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_findings_ask_id"), ["ask_id"], unique=False)

    restate("notifications", "kind", (*KINDS, "observe", "observed"))


def downgrade() -> None:
    # Older versions know no such message.
    op.execute("DELETE FROM notifications WHERE kind IN ('observe', 'observed')")
    restate("notifications", "kind", KINDS)
    op.drop_table("findings")
    op.drop_table("dispatch_ends")
    op.drop_table("observer_answers")
    op.drop_table("observer_asks")
    op.drop_table("dispatches")

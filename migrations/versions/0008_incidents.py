"""Reports that speak of the same thing, as people put them together, and what they say of it"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from reports.tables import UtcDateTime

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    op.create_table(
        "incidents",
        sa.Column("incident_id", sa.Integer(), nullable=False),
        sa.Column("created_at", UtcDateTime, nullable=False),
        sa.Column("changed_at", UtcDateTime, nullable=False),
        sa.PrimaryKeyConstraint("incident_id", name=op.f("pk_incidents")),
    )
    with op.batch_alter_table("incidents", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_incidents_changed_at"), ["changed_at"], unique=False)

    op.create_table(
        "incident_acts",
        sa.Column("act_id", sa.Integer(), nullable=False),
        sa.Column("incident_id", sa.Integer(), nullable=True),
        sa.Column("at", UtcDateTime, nullable=False),
        sa.Column("who", sa.String(length=64), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "merged",
                "split",
                "apart",
                "judged",
                name="kind",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("undone_by", sa.String(length=64), nullable=True),
        sa.Column("undone_at", UtcDateTime, nullable=True),
        sa.ForeignKeyConstraint(
            ["incident_id"], ["incidents.incident_id"], name=op.f("fk_incident_acts_incident_id")
        ),
        sa.PrimaryKeyConstraint("act_id", name=op.f("pk_incident_acts")),
    )
    with op.batch_alter_table("incident_acts", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_incident_acts_incident_id"), ["incident_id"], unique=False
        )

    op.create_table(
        "incident_apart",
        sa.Column("act_id", sa.Integer(), nullable=False),
        sa.Column("one", sa.String(length=12), nullable=False),
        sa.Column("other", sa.String(length=12), nullable=False),
        sa.ForeignKeyConstraint(
            ["act_id"], ["incident_acts.act_id"], name=op.f("fk_incident_apart_act_id")
        ),
        sa.ForeignKeyConstraint(["one"], ["reports.reference"], name=op.f("fk_incident_apart_one")),
        sa.ForeignKeyConstraint(
            ["other"], ["reports.reference"], name=op.f("fk_incident_apart_other")
        ),
        sa.PrimaryKeyConstraint("act_id", "one", "other", name=op.f("pk_incident_apart")),
    )
    with op.batch_alter_table("incident_apart", schema=None) as batch_op:
        batch_op.create_index("ix_incident_apart_one", ["one"], unique=False)
        batch_op.create_index(batch_op.f("ix_incident_apart_other"), ["other"], unique=False)

    op.create_table(
        "incident_moves",
        sa.Column("act_id", sa.Integer(), nullable=False),
        sa.Column("reference", sa.String(length=12), nullable=False),
        sa.Column("before", sa.Integer(), nullable=True),
        sa.Column("after", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["act_id"], ["incident_acts.act_id"], name=op.f("fk_incident_moves_act_id")
        ),
        sa.ForeignKeyConstraint(
            ["after"], ["incidents.incident_id"], name=op.f("fk_incident_moves_after")
        ),
        sa.ForeignKeyConstraint(
            ["before"], ["incidents.incident_id"], name=op.f("fk_incident_moves_before")
        ),
        sa.ForeignKeyConstraint(
            ["reference"], ["reports.reference"], name=op.f("fk_incident_moves_reference")
        ),
        sa.PrimaryKeyConstraint("act_id", "reference", name=op.f("pk_incident_moves")),
    )
    with op.batch_alter_table("incident_moves", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_incident_moves_after"), ["after"], unique=False)
        batch_op.create_index(batch_op.f("ix_incident_moves_before"), ["before"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_incident_moves_reference"), ["reference"], unique=False
        )

    op.create_table(
        "incident_judgements",
        sa.Column("act_id", sa.Integer(), nullable=False),
        sa.Column(
            "verdict",
            sa.Enum(
                "unverified",
                "confirmed",
                "false_alarm",
                "not_enforcement",
                "unable_to_verify",
                name="verdict",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column(
            "how",
            sa.Enum(
                "on_scene",
                "photo",
                "second_source",
                "other",
                name="how",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=True,
        ),
        sa.Column("instead", sa.String(length=200), nullable=False),
        sa.Column("note", sa.String(length=500), nullable=False),
        sa.ForeignKeyConstraint(
            ["act_id"], ["incident_acts.act_id"], name=op.f("fk_incident_judgements_act_id")
        ),
        sa.PrimaryKeyConstraint("act_id", name=op.f("pk_incident_judgements")),
    )


def downgrade() -> None:
    op.drop_table("incident_judgements")
    with op.batch_alter_table("incident_moves", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_incident_moves_reference"))
        batch_op.drop_index(batch_op.f("ix_incident_moves_before"))
        batch_op.drop_index(batch_op.f("ix_incident_moves_after"))

    op.drop_table("incident_moves")
    with op.batch_alter_table("incident_apart", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_incident_apart_other"))
        batch_op.drop_index("ix_incident_apart_one")

    op.drop_table("incident_apart")
    with op.batch_alter_table("incident_acts", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_incident_acts_incident_id"))

    op.drop_table("incident_acts")
    with op.batch_alter_table("incidents", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_incidents_changed_at"))

    op.drop_table("incidents")

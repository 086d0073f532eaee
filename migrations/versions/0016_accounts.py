"""Accounts: roles, sessions, invitations, second factors, and what was done about them"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from reports.tables import UtcDateTime

revision = "0016"
down_revision = "0015"

ROLES = ("viewer", "reviewer", "organizer", "admin")


def upgrade() -> None:
    # Before others point at the table: SQLite writes it anew.
    with op.batch_alter_table("organizers") as batch:
        batch.add_column(sa.Column("role", sa.String(length=32), nullable=True))
        batch.add_column(sa.Column("suspended_at", UtcDateTime, nullable=True))
    # Whoever was there could do everything, and still can.
    op.execute("UPDATE organizers SET role = 'admin'")
    listed = ", ".join(f"'{role}'" for role in ROLES)
    with op.batch_alter_table("organizers") as batch:
        batch.alter_column("role", existing_type=sa.String(length=32), nullable=False)
        batch.create_check_constraint(op.f("ck_organizers_role"), f"role IN ({listed})")

    op.create_table(
        "account_acts",
        sa.Column("act_id", sa.Integer(), nullable=False),
        sa.Column("at", UtcDateTime, nullable=False),
        sa.Column("who", sa.String(length=64), nullable=False),
        sa.Column("about", sa.String(length=128), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "invited",
                "invitation_revoked",
                "joined",
                "role_changed",
                "suspended",
                "restored",
                "factor_reset",
                "sessions_ended",
                "password_changed",
                "factor_added",
                "factor_removed",
                "codes_renewed",
                "code_used",
                name="kind",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("before", sa.String(length=64), nullable=False),
        sa.Column("after", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("act_id", name=op.f("pk_account_acts")),
    )
    with op.batch_alter_table("account_acts", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_account_acts_about"), ["about"], unique=False)

    op.create_table(
        "invitations",
        sa.Column("invitation_id", sa.String(length=64), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("display_name", sa.String(length=128), nullable=False),
        sa.Column(
            "role",
            sa.Enum(
                "viewer",
                "reviewer",
                "organizer",
                "admin",
                name="role",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("made_by", sa.String(length=64), nullable=False),
        sa.Column("made_at", UtcDateTime, nullable=False),
        sa.Column("expires_at", UtcDateTime, nullable=False),
        sa.Column("used_at", UtcDateTime, nullable=True),
        sa.Column("used_by", sa.String(length=64), nullable=True),
        sa.Column("revoked_at", UtcDateTime, nullable=True),
        sa.Column("revoked_by", sa.String(length=64), nullable=True),
        sa.PrimaryKeyConstraint("invitation_id", name=op.f("pk_invitations")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_invitations_token_hash")),
    )
    op.create_table(
        "authenticators",
        sa.Column("username", sa.String(length=64), nullable=False),
        sa.Column("secret", sa.LargeBinary(), nullable=False),
        sa.Column("begun_at", UtcDateTime, nullable=False),
        sa.Column("confirmed_at", UtcDateTime, nullable=True),
        sa.Column("last_step", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["username"], ["organizers.username"], name=op.f("fk_authenticators_username")
        ),
        sa.PrimaryKeyConstraint("username", name=op.f("pk_authenticators")),
    )
    op.create_table(
        "passkeys",
        sa.Column("credential_id", sa.String(length=1364), nullable=False),
        sa.Column("username", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("public_key", sa.LargeBinary(), nullable=False),
        sa.Column("sign_count", sa.BigInteger(), nullable=False),
        sa.Column("added_at", UtcDateTime, nullable=False),
        sa.Column("used_at", UtcDateTime, nullable=True),
        sa.ForeignKeyConstraint(
            ["username"], ["organizers.username"], name=op.f("fk_passkeys_username")
        ),
        sa.PrimaryKeyConstraint("credential_id", name=op.f("pk_passkeys")),
    )
    with op.batch_alter_table("passkeys", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_passkeys_username"), ["username"], unique=False)

    op.create_table(
        "recovery_codes",
        sa.Column("code_hash", sa.String(length=64), nullable=False),
        sa.Column("username", sa.String(length=64), nullable=False),
        sa.Column("made_at", UtcDateTime, nullable=False),
        sa.Column("used_at", UtcDateTime, nullable=True),
        sa.ForeignKeyConstraint(
            ["username"], ["organizers.username"], name=op.f("fk_recovery_codes_username")
        ),
        sa.PrimaryKeyConstraint("code_hash", name=op.f("pk_recovery_codes")),
    )
    with op.batch_alter_table("recovery_codes", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_recovery_codes_username"), ["username"], unique=False)

    op.create_table(
        "sessions",
        sa.Column("session_hash", sa.String(length=64), nullable=False),
        sa.Column("username", sa.String(length=64), nullable=False),
        sa.Column("epoch", sa.Integer(), nullable=False),
        sa.Column("began_at", UtcDateTime, nullable=False),
        sa.Column("seen_at", UtcDateTime, nullable=False),
        sa.Column("browser", sa.String(length=32), nullable=False),
        sa.Column("system", sa.String(length=32), nullable=False),
        sa.Column("ended_at", UtcDateTime, nullable=True),
        sa.Column("ended_by", sa.String(length=64), nullable=True),
        sa.ForeignKeyConstraint(
            ["username"], ["organizers.username"], name=op.f("fk_sessions_username")
        ),
        sa.PrimaryKeyConstraint("session_hash", name=op.f("pk_sessions")),
    )
    with op.batch_alter_table("sessions", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_sessions_seen_at"), ["seen_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_sessions_username"), ["username"], unique=False)


def downgrade() -> None:
    for table in (
        "sessions",
        "recovery_codes",
        "passkeys",
        "authenticators",
        "invitations",
        "account_acts",
    ):
        op.drop_table(table)
    with op.batch_alter_table("organizers") as batch:
        batch.drop_constraint(op.f("ck_organizers_role"), type_="check")
        batch.drop_column("suspended_at")
        batch.drop_column("role")

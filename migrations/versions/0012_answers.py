"""What those who are told answer with"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    with op.batch_alter_table("notifications") as batch:
        batch.add_column(sa.Column("answered_with", sa.String(64), nullable=True))
        batch.create_index("ix_notifications_of_recipient", ["recipient_hash", "sent_at"])


def downgrade() -> None:
    with op.batch_alter_table("notifications") as batch:
        batch.drop_index("ix_notifications_of_recipient")
        batch.drop_column("answered_with")

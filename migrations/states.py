"""Another set of states for a column: the check that guards it, made anew."""

from __future__ import annotations

from collections.abc import Sequence

from alembic import op


def restate(table: str, column: str, values: Sequence[str]) -> None:
    """Lets a column hold just these values. The check is called as the naming convention of
    `reports.tables.metadata` has it, for one named as its column."""
    name = op.f(f"ck_{table}_{column}")
    listed = ", ".join(f"'{value}'" for value in values)
    with op.batch_alter_table(table) as batch:
        batch.drop_constraint(name, type_="check")
        batch.create_check_constraint(name, f"{column} IN ({listed})")

"""Alembic's entry: runs the migrations over the connection that `migrations.upgrade` gives it."""

from __future__ import annotations

from alembic import context

from reports.store import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    # SQLite alters a table by writing it anew.
    render_as_batch=True,
    compare_type=True,
)
with context.begin_transaction():
    context.run_migrations()

"""Alembic's entry: runs migrations on the connection that `store.engine.migrate` hands over."""

from __future__ import annotations

from alembic import context
from sqlmodel import SQLModel

import store.clients
import store.fleet
import store.heartbeats
import store.limit_counts
import store.matters
import store.measured
import store.pausing
import store.people
import store.reviewing
import store.saved_views
import store.tables  # noqa: F401  (registers the tables)

connection = context.config.attributes["connection"]
context.configure(
    connection=connection, target_metadata=SQLModel.metadata, render_as_batch=connection.dialect.name == "sqlite"
)
with context.begin_transaction():
    context.run_migrations()

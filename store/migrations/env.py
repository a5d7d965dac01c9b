"""Alembic's entry: runs migrations on the connection that `store.engine.migrate` hands over."""

from __future__ import annotations

from alembic import context
from sqlmodel import SQLModel

import store.bank_tables
import store.channel_tables
import store.clients
import store.connections
import store.crm_notes
import store.fleet
import store.heartbeats
import store.last_resort_tables
import store.ledger_changes
import store.limit_counts
import store.matters
import store.measured
import store.outreach
import store.pausing
import store.people
import store.remote_records
import store.reviewing
import store.saved_views
import store.tables  # noqa: F401  (registers the tables)

connection = context.config.attributes["connection"]
context.configure(
    connection=connection, target_metadata=SQLModel.metadata, render_as_batch=connection.dialect.name == "sqlite"
)
with context.begin_transaction():
    context.run_migrations()

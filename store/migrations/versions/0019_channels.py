"""Letters, calls and SMS; telephone numbers of contacts, postal addresses of customers."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from store.columns import JsonColumn, Moment
from store.row_security import protect, unprotect

revision = "0019"
down_revision = "0018"

_TABLES = ("channel_task", "channel_stop")


def upgrade() -> None:
    """Apply."""
    op.add_column("contact", sa.Column("phone", sa.String(), nullable=False, server_default=""))
    op.add_column("customer", sa.Column("address", sa.String(), nullable=False, server_default=""))
    op.add_column("customer", sa.Column("country", sa.String(), nullable=False, server_default=""))
    op.create_table(
        "channel_task",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("step", sa.String(), nullable=False),
        sa.Column("customer_id", sa.String(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=True),
        sa.Column("proposal_id", sa.Integer(), nullable=False),
        sa.Column("contact_id", sa.Integer(), nullable=True),
        sa.Column("invoices", JsonColumn, nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("recipient", sa.String(), nullable=False),
        sa.Column("words", sa.String(), nullable=False),
        sa.Column("paper", sa.LargeBinary(), nullable=True),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("not_before", Moment(), nullable=False),
        sa.Column("ledger_digest", sa.String(), nullable=False),
        sa.Column("newest_message", sa.Integer(), nullable=False),
        sa.Column("approved_by", sa.String(), nullable=False),
        sa.Column("created_at", Moment(), nullable=False),
        sa.Column("tries", JsonColumn, nullable=False),
        sa.Column("done_on", sa.Date(), nullable=True),
        sa.Column("done_at", Moment(), nullable=True),
        sa.Column("carried_out_by", sa.String(), nullable=True),
        sa.Column("outcome", sa.String(), nullable=True),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("provider_ref", sa.String(), nullable=True),
        sa.Column("provider_state", sa.String(), nullable=True),
        sa.Column("claimed_by", sa.String(), nullable=True),
        sa.Column("claimed_until", Moment(), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("last_error", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"]),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"]),
        sa.ForeignKeyConstraint(["proposal_id"], ["proposal.id"]),
        sa.ForeignKeyConstraint(["contact_id"], ["contact.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("proposal_id"),
    )
    op.create_index("ix_channel_task_customer_id", "channel_task", ["customer_id"])
    op.create_index("ix_channel_task_provider_ref", "channel_task", ["provider_ref"])
    op.create_index("ix_channel_task_open", "channel_task", ["state", "channel", "not_before"])
    op.create_table(
        "channel_stop",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("customer_id", sa.String(), nullable=False),
        sa.Column("contact_id", sa.Integer(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("phone", sa.String(), nullable=False),
        sa.Column("told_at", Moment(), nullable=False),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"]),
        sa.ForeignKeyConstraint(["contact_id"], ["contact.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("contact_id", "channel", "phone"),
    )
    op.create_index("ix_channel_stop_customer_id", "channel_stop", ["customer_id"])
    op.create_index("ix_channel_stop_contact_id", "channel_stop", ["contact_id"])
    if op.get_bind().dialect.name == "postgresql":
        for table in _TABLES:
            for statement in protect(table):
                op.execute(statement)


def downgrade() -> None:
    """Take back."""
    if op.get_bind().dialect.name == "postgresql":
        for table in _TABLES:
            for statement in unprotect(table):
                op.execute(statement)
    for table in _TABLES:
        op.drop_table(table)
    for table, column in (("customer", "country"), ("customer", "address"), ("contact", "phone")):
        op.drop_column(table, column)

"""Connected systems with their sealed tokens, which record there is which row here, and what is to be noted in a CRM."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from store.columns import JsonColumn, Moment
from store.row_security import protect, unprotect

revision = "0013"
down_revision = "0012"

_GUARDED = ("remote_record", "crm_note")


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "connection",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("account", sa.String(), nullable=False),
        sa.Column("sealed", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("refreshing_by", sa.String(), nullable=True),
        sa.Column("refreshing_until", Moment(), nullable=True),
        sa.Column("read_to", Moment(), nullable=True),
        sa.Column("full_at", Moment(), nullable=True),
        sa.Column("due_at", Moment(), nullable=False),
        sa.Column("pulling_by", sa.String(), nullable=True),
        sa.Column("pulling_until", Moment(), nullable=True),
        sa.Column("connected_at", Moment(), nullable=False),
        sa.Column("connected_by", sa.String(), nullable=False),
        sa.Column("tried_at", Moment(), nullable=True),
        sa.Column("good_at", Moment(), nullable=True),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("last_code", sa.String(), nullable=False),
        sa.Column("last_error", sa.String(), nullable=False),
        sa.Column("left_out", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("name"),
    )
    op.create_table(
        "remote_record",
        sa.Column("connection", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("remote_id", sa.String(), nullable=False),
        sa.Column("customer_id", sa.String(), nullable=False),
        sa.Column("ledger_ids", JsonColumn, nullable=False),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"]),
        sa.PrimaryKeyConstraint("connection", "kind", "remote_id"),
    )
    op.create_index("ix_remote_record_customer_id", "remote_record", ["customer_id"])
    op.create_table(
        "crm_note",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("connection", sa.String(), nullable=False),
        sa.Column("customer_id", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("subject_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_attempt_at", Moment(), nullable=False),
        sa.Column("claimed_by", sa.String(), nullable=True),
        sa.Column("claimed_until", Moment(), nullable=True),
        sa.Column("remote_id", sa.String(), nullable=True),
        sa.Column("last_error", sa.String(), nullable=True),
        sa.Column("created_at", Moment(), nullable=False),
        sa.Column("written_at", Moment(), nullable=True),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("connection", "key"),
    )
    op.create_index("ix_crm_note_due", "crm_note", ["state", "next_attempt_at"])
    op.create_index("ix_crm_note_customer_id", "crm_note", ["customer_id"])
    if op.get_bind().dialect.name == "postgresql":
        for table in _GUARDED:
            for statement in protect(table):
                op.execute(statement)


def downgrade() -> None:
    """Take back."""
    if op.get_bind().dialect.name == "postgresql":
        for table in reversed(_GUARDED):
            for statement in unprotect(table):
                op.execute(statement)
    for table in ("crm_note", "remote_record", "connection"):
        op.drop_table(table)

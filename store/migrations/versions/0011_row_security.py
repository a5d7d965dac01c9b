"""On PostgreSQL the database itself keeps one customer's rows from what is done for another; SQLite cannot."""

from __future__ import annotations

from alembic import op

from store.row_security import protect, unprotect

revision = "0011"
down_revision = "0010"

#: As they were then: a later table is guarded by the migration that makes it.
_TABLES = (
    "customer",
    "contact",
    "invoice",
    "payment",
    "case",
    "message",
    "proposal",
    "outgoing",
    "followup",
    "hold",
    "promise",
    "plan",
    "dispute",
    "resubmission",
    "escalation",
    "portal_item",
    "payment_check",
    "closure",
    "instalment",
    "message_raw",
    "sighting",
    "model_call",
    "effect",
    "filed_draft",
    "decision",
    "revision",
    "comment",
    "presence",
    "document",
    "company_document",
)
_QUEUE = (
    "CREATE INDEX ix_proposal_queue ON proposal (rank DESC, id, reason, tier, owner, language, assigned_to, flags, safe, "
    "stake, currency, snoozed_until, status) {more} WHERE NOT (status <> 'held')"
)


def upgrade() -> None:
    """Apply. The queue's index takes the customer in, which every read is now asked for."""
    if op.get_bind().dialect.name == "postgresql":
        op.drop_index("ix_proposal_queue", table_name="proposal")
        op.execute(_QUEUE.format(more="INCLUDE (customer_id)"))
        for table in _TABLES:
            for statement in protect(table):
                op.execute(statement)


def downgrade() -> None:
    """Take back."""
    if op.get_bind().dialect.name == "postgresql":
        op.drop_index("ix_proposal_queue", table_name="proposal")
        op.execute(_QUEUE.format(more=""))
        for table in _TABLES:
            for statement in unprotect(table):
                op.execute(statement)

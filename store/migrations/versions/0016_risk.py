"""How risky each open invoice is, who slips, and the trained models."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from store.columns import JsonColumn, Moment
from store.row_security import protect, unprotect

revision = "0016"
down_revision = "0015"

_GUARDED = ("risk", "slipping")


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "risk",
        sa.Column("invoice_number", sa.String(), nullable=False),
        sa.Column("customer_id", sa.String(), nullable=False),
        sa.Column("as_of", sa.Date(), nullable=False),
        sa.Column("late_probability", sa.Float(), nullable=False),
        sa.Column("expected_days_late", sa.Float(), nullable=False),
        sa.Column("days", JsonColumn, nullable=False),
        sa.Column("reasons", JsonColumn, nullable=False),
        sa.Column("model_digest", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["invoice_number"], ["invoice.number"]),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"]),
        sa.PrimaryKeyConstraint("invoice_number"),
    )
    op.create_index("ix_risk_customer_id", "risk", ["customer_id"])
    op.create_table(
        "slipping",
        sa.Column("customer_id", sa.String(), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("as_of", sa.Date(), nullable=False),
        sa.Column("usual_days", sa.Float(), nullable=False),
        sa.Column("lately_days", sa.Float(), nullable=False),
        sa.Column("reasons", JsonColumn, nullable=False),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"]),
        sa.PrimaryKeyConstraint("customer_id"),
    )
    op.create_table(
        "risk_model",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("made_at", Moment(), nullable=False),
        sa.Column("made_by", sa.String(), nullable=False),
        sa.Column("trained_on", sa.Date(), nullable=False),
        sa.Column("card", JsonColumn, nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("in_use", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("digest"),
    )
    if op.get_bind().dialect.name == "postgresql":
        for table in _GUARDED:
            for statement in protect(table):
                op.execute(statement)


def downgrade() -> None:
    """Take back."""
    if op.get_bind().dialect.name == "postgresql":
        for table in _GUARDED:
            for statement in unprotect(table):
                op.execute(statement)
    op.drop_table("risk_model")
    op.drop_table("slipping")
    op.drop_index("ix_risk_customer_id", table_name="risk")
    op.drop_table("risk")

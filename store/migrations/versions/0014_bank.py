"""Statements of our own accounts, their lines, what each part of a line pays, and remittance advices."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from store.columns import JsonColumn, Moment, Money
from store.row_security import protect, unprotect

revision = "0014"
down_revision = "0013"

_GUARDED = ("bank_line", "bank_part", "bank_advice")


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "bank_statement",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("account", sa.String(), nullable=False),
        sa.Column("currency", sa.String(), nullable=False),
        sa.Column("form", sa.String(), nullable=False),
        sa.Column("statement_ref", sa.String(), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("opened_on", sa.Date(), nullable=True),
        sa.Column("closed_on", sa.Date(), nullable=True),
        sa.Column("opening", Money(), nullable=True),
        sa.Column("closing", Money(), nullable=True),
        sa.Column("imported_at", Moment(), nullable=False),
        sa.Column("created_by", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("account", "digest"),
    )
    op.create_index("ix_bank_statement_account", "bank_statement", ["account"])
    op.create_table(
        "bank_line",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("bank_statement_id", sa.Integer(), nullable=False),
        sa.Column("account", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("customer_id", sa.String(), nullable=True),
        sa.Column("booked_on", sa.Date(), nullable=False),
        sa.Column("value_on", sa.Date(), nullable=True),
        sa.Column("amount", Money(), nullable=False),
        sa.Column("currency", sa.String(), nullable=False),
        sa.Column("reversal", sa.Boolean(), nullable=False),
        *(sa.Column(name, sa.String(), nullable=False) for name in ("bank_reference", "end_to_end", "structured")),
        *(sa.Column(name, sa.String(), nullable=False) for name in ("remittance", "payer_name", "payer_iban", "payer_bic")),
        sa.Column("charges", Money(), nullable=False),
        sa.Column("named", JsonColumn, nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("confidence", sa.Float(), nullable=False),
        sa.Column("match", sa.String(), nullable=False),
        sa.Column("explanation", sa.String(), nullable=False),
        sa.Column("ways", JsonColumn, nullable=False),
        sa.Column("payments", JsonColumn, nullable=False),
        sa.Column("reverses", sa.Integer(), nullable=True),
        sa.Column("decided_by", sa.String(), nullable=True),
        sa.Column("decided_at", Moment(), nullable=True),
        sa.Column("note", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["bank_statement_id"], ["bank_statement.id"]),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("account", "key"),
    )
    op.create_index("ix_bank_line_bank_statement_id", "bank_line", ["bank_statement_id"])
    op.create_index("ix_bank_line_customer_id", "bank_line", ["customer_id"])
    op.create_index("ix_bank_line_state", "bank_line", ["state", "booked_on"])
    op.create_table(
        "bank_part",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("bank_line_id", sa.Integer(), nullable=False),
        sa.Column("customer_id", sa.String(), nullable=False),
        sa.Column("invoice_number", sa.String(), nullable=True),
        sa.Column("booked_on", sa.Date(), nullable=False),
        sa.Column("currency", sa.String(), nullable=False),
        sa.Column("amount", Money(), nullable=False),
        sa.Column("deducted", Money(), nullable=False),
        sa.Column("deduction", sa.String(), nullable=False),
        sa.Column("credit_number", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("confidence", sa.Float(), nullable=False),
        sa.Column("balance_before", Money(), nullable=True),
        sa.ForeignKeyConstraint(["bank_line_id"], ["bank_line.id"]),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"]),
        sa.ForeignKeyConstraint(["invoice_number"], ["invoice.number"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_bank_part_bank_line_id", "bank_part", ["bank_line_id"])
    op.create_index("ix_bank_part_invoice_number", "bank_part", ["invoice_number"])
    op.create_index("ix_bank_part_customer", "bank_part", ["customer_id", "state"])
    op.create_table(
        "bank_advice",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("customer_id", sa.String(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("reference", sa.String(), nullable=False),
        sa.Column("total", Money(), nullable=False),
        sa.Column("currency", sa.String(), nullable=False),
        sa.Column("parts", JsonColumn, nullable=False),
        sa.Column("imported_at", Moment(), nullable=False),
        sa.Column("created_by", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("digest"),
    )
    op.create_index("ix_bank_advice_customer_id", "bank_advice", ["customer_id"])
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
    for table in ("bank_advice", "bank_part", "bank_line", "bank_statement"):
        op.drop_table(table)

"""What imports changed of invoices, and the numbers and names that customers had before."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from store.columns import Moment
from store.row_security import protect, unprotect

revision = "0018"
down_revision = "0017"

_TABLES = ("ledger_change", "customer_alias")
_NUMBERS = sa.text("kind = 'number'")


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "ledger_change",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("customer_id", sa.String(), nullable=False),
        sa.Column("invoice_number", sa.String(), nullable=True),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("before", sa.String(), nullable=False),
        sa.Column("after", sa.String(), nullable=False),
        sa.Column("origin", sa.String(), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_ledger_change_customer_id", "ledger_change", ["customer_id"])
    op.create_index("ix_ledger_change_invoice_number", "ledger_change", ["invoice_number"])
    op.create_table(
        "customer_alias",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("customer_id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("alias", sa.String(), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("since", Moment(), nullable=False),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_customer_alias_customer_id", "customer_alias", ["customer_id"])
    op.create_index("uq_customer_alias", "customer_alias", ["customer_id", "kind", "alias"], unique=True)
    op.create_index(
        "uq_customer_alias_number",
        "customer_alias",
        ["alias"],
        unique=True,
        sqlite_where=_NUMBERS,
        postgresql_where=_NUMBERS,
    )
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
    op.drop_table("customer_alias")
    op.drop_table("ledger_change")

"""Steps of cadences, pauses of them, the days that were looked at; a waking that follows no act of ours."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from store.columns import JsonColumn, Moment
from store.row_security import protect, unprotect

revision = "0015"
down_revision = "0014"

_TABLES = ("outreach_step", "outreach_pause", "outreach_look")


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "outreach_step",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("customer_id", sa.String(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=True),
        sa.Column("step", sa.String(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("internal", sa.Boolean(), nullable=False),
        sa.Column("invoices", JsonColumn, nullable=False),
        sa.Column("taken", JsonColumn, nullable=False),
        sa.Column("why", JsonColumn, nullable=False),
        sa.Column("newest_message", sa.Integer(), nullable=False),
        sa.Column("created_at", Moment(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"]),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("customer_id", "day", "internal"),
    )
    op.create_index("ix_outreach_step_customer_id", "outreach_step", ["customer_id"], unique=False)
    op.create_table(
        "outreach_pause",
        sa.Column("customer_id", sa.String(), nullable=False),
        sa.Column("until", sa.Date(), nullable=True),
        sa.Column("paused_by", sa.String(), nullable=False),
        sa.Column("paused_at", Moment(), nullable=False),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"]),
        sa.PrimaryKeyConstraint("customer_id"),
    )
    op.create_table(
        "outreach_look",
        sa.Column("customer_id", sa.String(), nullable=False),
        sa.Column("looked_on", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"]),
        sa.PrimaryKeyConstraint("customer_id"),
    )
    with op.batch_alter_table("followup", schema=None) as batch_op:
        batch_op.alter_column("effect_id", existing_type=sa.Integer(), nullable=True)
    if op.get_bind().dialect.name == "postgresql":
        for table in _TABLES:
            for statement in protect(table):
                op.execute(statement)


def downgrade() -> None:
    """Take back. A waking that follows no act has no place in the older tables: it goes, with what was proposed for it left as it is."""
    if op.get_bind().dialect.name == "postgresql":
        for table in reversed(_TABLES):
            for statement in unprotect(table):
                op.execute(statement)
    op.execute("DELETE FROM followup WHERE effect_id IS NULL")
    with op.batch_alter_table("followup", schema=None) as batch_op:
        batch_op.alter_column("effect_id", existing_type=sa.Integer(), nullable=False)
    for table in reversed(_TABLES):
        op.drop_table(table)

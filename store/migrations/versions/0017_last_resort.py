"""The last steps: account holds, reviews, settlements, hand-offs to an agency or an attorney, write-offs."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from store.columns import JsonColumn, Moment, Money
from store.row_security import protect

revision = "0017"
down_revision = "0016"

_OPEN = "status IN ('proposed', 'approved', 'carried_out')"
#: As they were then.
_APPROVED = "status IN ('proposed', 'refused', 'lapsed') OR (approved_by IS NOT NULL AND approved_at IS NOT NULL)"
_TWO = (
    "NOT second_person OR approved_by IS NULL OR (approved_first_by IS NOT NULL AND approved_first_by <> approved_by "
    "AND approved_first_version = approved_version)"
)
_WHOLE = (
    "(kind <> 'settlement' OR (amount IS NOT NULL AND pay_by IS NOT NULL)) AND (kind <> 'write_off' OR cause IS NOT NULL) "
    "AND (kind <> 'hand_off' OR status <> 'carried_out' OR (receiver IS NOT NULL AND packet_sha256 IS NOT NULL))"
)


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "last_resort",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("customer_id", sa.String(), sa.ForeignKey("customer.id"), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("invoices", JsonColumn, nullable=False),
        sa.Column("currency", sa.String(), nullable=False),
        sa.Column("claim", Money(), nullable=False),
        sa.Column("amount", Money(), nullable=True),
        sa.Column("pay_by", sa.Date(), nullable=True),
        sa.Column("cause", sa.String(), nullable=True),
        sa.Column("receiver", sa.String(), nullable=True),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("proposed_by", sa.String(), nullable=False),
        sa.Column("proposed_at", Moment(), nullable=False),
        sa.Column("second_person", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.Column("approved_first_by", sa.String(), nullable=True),
        sa.Column("approved_first_version", sa.Integer(), nullable=True),
        sa.Column("approved_by", sa.String(), nullable=True),
        sa.Column("approved_at", Moment(), nullable=True),
        sa.Column("approved_version", sa.Integer(), nullable=True),
        sa.Column("carried_out_by", sa.String(), nullable=True),
        sa.Column("carried_out_at", Moment(), nullable=True),
        sa.Column("exported_at", Moment(), nullable=True),
        sa.Column("packet_sha256", sa.String(), nullable=True),
        sa.Column("reported", JsonColumn, nullable=False),
        sa.Column("end_reason", sa.String(), nullable=True),
        sa.Column("end_proposed_at", Moment(), nullable=True),
        sa.Column("end_note", sa.String(), nullable=False),
        sa.Column("ended_by", sa.String(), nullable=True),
        sa.Column("ended_at", Moment(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
        sa.CheckConstraint(_APPROVED, name="ck_last_resort_approved"),
        sa.CheckConstraint(_TWO, name="ck_last_resort_second_person"),
        sa.CheckConstraint(_WHOLE, name="ck_last_resort_whole"),
    )
    op.create_index("ix_last_resort_customer_id", "last_resort", ["customer_id"])
    op.create_index("ix_last_resort_status", "last_resort", ["status", "kind", "id"])
    op.create_index(
        "uq_last_resort_open",
        "last_resort",
        ["customer_id", "kind"],
        unique=True,
        sqlite_where=sa.text(_OPEN),
        postgresql_where=sa.text(_OPEN),
    )
    if op.get_bind().dialect.name == "postgresql":
        for statement in protect("last_resort"):
            op.execute(statement)


def downgrade() -> None:
    """Take back. What stood is lost with the table."""
    op.drop_table("last_resort")

"""Remittance advices that came with a mail, which mails were looked at for one, and lines that may be known from another file."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from store.columns import JsonColumn, Moment, Money
from store.row_security import protect, unprotect

revision = "0021"
down_revision = "0020"


def upgrade() -> None:
    """Apply."""
    with op.batch_alter_table("bank_advice", schema=None) as batch_op:
        batch_op.add_column(sa.Column("message_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("file", sa.String(), nullable=False, server_default=""))
        batch_op.create_foreign_key("fk_bank_advice_message_id", "message", ["message_id"], ["id"])
        batch_op.create_index("ix_bank_advice_message_id", ["message_id"])
    op.add_column("bank_line", sa.Column("same_as", sa.Integer(), nullable=True))
    # Filled by the first matching of all lines; until then every line is looked at.
    op.add_column("bank_line", sa.Column("touches", JsonColumn, nullable=False, server_default='["*"]'))
    for name in ("stood_at", "stood_last"):
        op.add_column("bank_part", sa.Column(name, Money(), nullable=True))
    op.create_table(
        "advice_look",
        sa.Column("message_id", sa.Integer(), nullable=False),
        sa.Column("customer_id", sa.String(), nullable=False),
        sa.Column("outcome", sa.String(), nullable=False),
        sa.Column("looked_at", Moment(), nullable=False),
        sa.ForeignKeyConstraint(["message_id"], ["message.id"]),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"]),
        sa.PrimaryKeyConstraint("message_id"),
    )
    op.create_index("ix_advice_look_customer_id", "advice_look", ["customer_id"])
    if op.get_bind().dialect.name == "postgresql":
        for statement in protect("advice_look"):
            op.execute(statement)


def downgrade() -> None:
    """Take back."""
    # What the words before did not know: a mail's word is not believed as a person's, and what is in doubt counts as it did.
    op.execute("DELETE FROM bank_advice WHERE message_id IS NOT NULL AND created_by = 'code'")
    op.execute("UPDATE bank_line SET state = 'confirmed' WHERE state = 'maybe_booked'")
    op.execute("UPDATE bank_line SET state = 'dismissed' WHERE state = 'maybe_known'")
    if op.get_bind().dialect.name == "postgresql":
        for statement in unprotect("advice_look"):
            op.execute(statement)
    op.drop_table("advice_look")
    for name in ("stood_last", "stood_at"):
        op.drop_column("bank_part", name)
    op.drop_column("bank_line", "touches")
    op.drop_column("bank_line", "same_as")
    with op.batch_alter_table("bank_advice", schema=None) as batch_op:
        batch_op.drop_index("ix_bank_advice_message_id")
        batch_op.drop_constraint("fk_bank_advice_message_id", type_="foreignkey")
        batch_op.drop_column("file")
        batch_op.drop_column("message_id")

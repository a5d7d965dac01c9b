"""What the queue is ordered, filtered and searched by; saved views of it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from store.columns import JsonColumn, Moment
from store.queue_fts import DROP, MAKE_TABLE, MAKE_TRIGGERS, TAKE_IN

revision = "0005"
down_revision = "0004"

_TEXTS = ("reason", "language", "tier", "owner", "currency", "flags", "words")
_OTHERS = ("stake", "due_on", "flagged", "safe", "rank", "came_at", "line")


def upgrade() -> None:
    """Apply. The columns are filled at the first start (`store.queue_filling.fill_missing`): code derives them, not SQL."""
    for name in _TEXTS:
        op.add_column("proposal", sa.Column(name, sa.String(), nullable=False, server_default=""))
    op.add_column("proposal", sa.Column("stake", sa.BigInteger(), nullable=False, server_default="0"))
    op.add_column("proposal", sa.Column("rank", sa.BigInteger(), nullable=False, server_default="0"))
    for name in ("flagged", "safe"):
        op.add_column("proposal", sa.Column(name, sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("proposal", sa.Column("due_on", sa.Date(), nullable=True))
    op.add_column("proposal", sa.Column("came_at", Moment(), nullable=True))
    op.add_column("proposal", sa.Column("line", JsonColumn, nullable=False, server_default=sa.text("'{}'")))
    op.create_table(
        "saved_view",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("owner", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("query", sa.String(), nullable=False),
        sa.Column("created_by", sa.String(), nullable=False),
        sa.Column("created_at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("owner", "name"),
    )
    if op.get_bind().dialect.name == "sqlite":
        for statement in (MAKE_TABLE, *MAKE_TRIGGERS, TAKE_IN):
            op.execute(statement)
    else:
        op.execute(
            "CREATE INDEX ix_proposal_words ON proposal USING gin (array_to_tsvector(string_to_array(words, ' '))) "
            "WHERE NOT (status <> 'held')"
        )


def downgrade() -> None:
    """Take back."""
    if op.get_bind().dialect.name == "sqlite":
        for statement in DROP:
            op.execute(statement)
    else:
        op.drop_index("ix_proposal_words", table_name="proposal")
    op.drop_table("saved_view")
    for name in (*_TEXTS, *_OTHERS):
        op.execute(f"ALTER TABLE proposal DROP COLUMN {name}")

"""Signs of life of the daemon."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from store.columns import Moment

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Apply."""
    op.create_table('heartbeat',
    sa.Column('worker', sa.String(), nullable=False),
    sa.Column('mailbox', sa.String(), nullable=False),
    sa.Column('whole_at', Moment(), nullable=True),
    sa.Column('failed_at', Moment(), nullable=True),
    sa.Column('failures', sa.Integer(), nullable=False),
    sa.Column('login_failures', sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint('worker', 'mailbox')
    )


def downgrade() -> None:
    """Take back."""
    op.drop_table('heartbeat')

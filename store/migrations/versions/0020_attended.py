"""How long a person had an item open before they decided about it: what the hours that are saved are measured by."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"


def upgrade() -> None:
    """Apply."""
    op.add_column("decision", sa.Column("attended_seconds", sa.Integer(), nullable=True))


def downgrade() -> None:
    """Take back."""
    op.drop_column("decision", "attended_seconds")

"""Contacts are found by their address in whatever case a mail writes it, without reading all of them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    """Apply."""
    op.create_index("ix_contact_lower_email", "contact", [sa.text("lower(email)")])


def downgrade() -> None:
    """Take back."""
    op.drop_index("ix_contact_lower_email", table_name="contact")

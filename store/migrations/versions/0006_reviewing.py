"""What reviewing leaves: revisions, comments, who looks at what, put-off proposals, approvals that can be taken back."""

from __future__ import annotations

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Apply."""


def downgrade() -> None:
    """Take back."""

"""A pause of the outbox, as a restore opens one; the log lets a payload be blanked, and nothing else be changed."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from store.columns import Moment

revision = "0009"
down_revision = "0008"

_KEPT = ("seq", "at", "actor", "event", "subject", "previous", "hash")
# A colon would begin a parameter.
_BLANK = "'{\"erased\"\\:true}'"
_REFUSE = "BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END"


def _but_blanking(same: str) -> str:
    return f"NOT (NEW.payload = {_BLANK} AND " + " AND ".join(f"NEW.{n} {same} OLD.{n}" for n in _KEPT) + ")"


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "outbox_pause",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("since", Moment(), nullable=False),
        sa.Column("why", sa.String(), nullable=False),
        sa.Column("ended_at", Moment(), nullable=True),
        sa.Column("ended_by", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    if op.get_bind().dialect.name == "sqlite":
        but = _but_blanking("IS")
        op.execute("DROP TRIGGER audit_no_update")
        op.execute(f"CREATE TRIGGER audit_no_update BEFORE UPDATE ON audit WHEN {but} {_REFUSE}")
    else:
        but = _but_blanking("IS NOT DISTINCT FROM")
        op.execute("DROP TRIGGER audit_no_change ON audit")
        op.execute(
            "CREATE TRIGGER audit_no_change BEFORE UPDATE ON audit "
            f"FOR EACH ROW WHEN ({but}) EXECUTE FUNCTION audit_refuse()"
        )
        op.execute(
            "CREATE TRIGGER audit_no_removal BEFORE DELETE OR TRUNCATE ON audit "
            "FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse()"
        )


def downgrade() -> None:
    """Take back."""
    if op.get_bind().dialect.name == "sqlite":
        op.execute("DROP TRIGGER audit_no_update")
        op.execute(f"CREATE TRIGGER audit_no_update BEFORE update ON audit {_REFUSE}")
    else:
        for name in ("audit_no_removal", "audit_no_change"):
            op.execute(f"DROP TRIGGER {name} ON audit")
        op.execute(
            "CREATE TRIGGER audit_no_change BEFORE UPDATE OR DELETE OR TRUNCATE ON audit "
            "FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse()"
        )
    op.drop_table("outbox_pause")

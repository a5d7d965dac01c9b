"""What model calls cost so far. Counts records; keeps no budget itself."""

from __future__ import annotations

from datetime import UTC, datetime, time

from sqlalchemy import func
from sqlmodel import Session, col, select

from store.tables import ModelCallRow


def used_on(session: Session, moment: datetime) -> tuple[int, int]:
    """Give the calls and tokens recorded on the UTC day of `moment`."""
    start = datetime.combine(moment.astimezone(UTC).date(), time(), UTC)
    calls, tokens = session.exec(
        select(
            func.count(col(ModelCallRow.id)),
            func.coalesce(func.sum(ModelCallRow.prompt_tokens + ModelCallRow.completion_tokens), 0),
        ).where(col(ModelCallRow.created_at) >= start)
    ).one()
    return int(calls), int(tokens)

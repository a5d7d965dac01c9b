"""What model calls cost so far. Counts records; keeps no budget itself."""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC, datetime, time

from sqlalchemy import func
from sqlmodel import Session, col, select

from store.tables import ModelCallRow


def used_on(session: Session, moment: datetime, *, without: Collection[str] = ()) -> tuple[int, int]:
    """Give the calls and tokens recorded on the UTC day of `moment`; not counted are calls with an outcome `without` costs."""
    start = datetime.combine(moment.astimezone(UTC).date(), time(), UTC)
    calls, tokens = session.exec(
        select(
            func.count(col(ModelCallRow.id)),
            func.coalesce(func.sum(ModelCallRow.prompt_tokens + ModelCallRow.completion_tokens), 0),
        ).where(col(ModelCallRow.created_at) >= start, col(ModelCallRow.outcome).not_in(sorted(without)))
    ).one()
    return int(calls), int(tokens)

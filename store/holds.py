"""Ends pauses: a hold is released, never removed, so that the log of what rested when stays whole."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ColumnElement
from sqlmodel import Session, col, select

from store.tables import Hold


def release(session: Session, *which: ColumnElement[bool] | bool, now: datetime) -> int:
    """Release the holds that meet the conditions and are not released yet; give how many. In the caller's transaction."""
    holds = session.exec(select(Hold).where(*which, col(Hold.released_at).is_(None))).all()
    for hold in holds:
        hold.released_at = now
        session.add(hold)
    return len(holds)

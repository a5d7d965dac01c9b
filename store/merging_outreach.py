"""Joins what a customer can have only one of, before all the rest moves: pauses, warnings, steps of the same day. More careful wins."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from sqlalchemy import delete, update
from sqlmodel import Session, col, select

from store.channel_tables import ChannelStop
from store.outreach import OutreachLook, OutreachPause, OutreachStepRow
from store.risks import Slipping


def join_outreach(session: Session, old: str, new: str) -> None:
    """Make room at `new` for what is `old`'s, in the caller's transaction; nothing that was done is forgotten."""
    _pauses(session, old, new)
    for table in (OutreachLook, Slipping):
        # Both are found out anew each day.
        session.execute(delete(table).where(col(table.customer_id) == old))
    _steps(session, old, new)
    session.flush()


def _pauses(session: Session, old: str, new: str) -> None:
    theirs, ours = session.get(OutreachPause, old), session.get(OutreachPause, new)
    if theirs is None or ours is None:
        return
    longer = [theirs.until, ours.until]
    ours.until = None if None in longer else max(day for day in longer if day is not None)
    session.add(ours)
    session.delete(theirs)


def _steps(session: Session, old: str, new: str) -> None:
    """Let a step of a day on which the other had one as well count for the day before: one a day is held by the database."""
    taken = {(row.day, row.internal) for row in _of(session, new)}
    days: dict[int | None, dt.date] = {}
    for row in reversed(_of(session, old)):
        day = row.day
        while (day, row.internal) in taken:
            day -= dt.timedelta(days=1)
        taken.add((day, row.internal))
        days[row.id] = day
    # From the earliest on: a row that gives way never meets one that has not yet moved.
    for row in _of(session, old):
        if days[row.id] != row.day:
            session.execute(update(OutreachStepRow).where(col(OutreachStepRow.id) == row.id).values(day=days[row.id]))


def _of(session: Session, customer_id: str) -> Sequence[OutreachStepRow]:
    query = select(OutreachStepRow).where(OutreachStepRow.customer_id == customer_id)
    return session.exec(query.order_by(col(OutreachStepRow.day))).all()


def join_stops(session: Session, old_contact: int, new_contact: int) -> None:
    """Leave out the stops of a number that the contact has already under its other row."""
    known = {
        (s.channel, s.phone) for s in session.exec(select(ChannelStop).where(ChannelStop.contact_id == new_contact))
    }
    for stop in session.exec(select(ChannelStop).where(ChannelStop.contact_id == old_contact)).all():
        if (stop.channel, stop.phone) in known:
            session.delete(stop)
    session.flush()

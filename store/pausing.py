"""Holds the whole outbox: while a pause is open, no mail of ours is claimed and none leaves. It sends nothing and decides nothing.

A restored database knows less than the world does: what it holds as approved may have left since the backup. So a restore opens
a pause, and only a person ends it.
"""

from __future__ import annotations

import datetime as dt

from sqlalchemy import Column, ColumnElement, Exists
from sqlmodel import Field, Session, SQLModel, col, select

from store import audit
from store.columns import Moment
from store.tables import Outgoing
from store.vocabulary import SendState

#: What a pause is opened for after a restore; the queue page and the command line show it.
RESTORED = "a backup was restored"


class OutboxPause(SQLModel, table=True):
    """A time in which nothing leaves. Open while `ended_at` is empty."""

    __tablename__ = "outbox_pause"
    id: int | None = Field(default=None, primary_key=True)
    since: dt.datetime = Field(sa_column=Column(Moment(), nullable=False))
    why: str
    ended_at: dt.datetime | None = Field(default=None, sa_column=Column(Moment(), nullable=True))
    ended_by: str | None = None


def is_open() -> Exists:
    """Give the condition that a pause is open, for a query over the outbox."""
    return select(OutboxPause.id).where(_open()).exists()


def paused(session: Session) -> OutboxPause | None:
    """Give the pause that is open; None where mail may leave."""
    return session.exec(select(OutboxPause).where(_open()).order_by(col(OutboxPause.id)).limit(1)).first()


def pause(session: Session, *, why: str, actor: str, now: dt.datetime) -> OutboxPause:
    """Open a pause, or give the one that is open already."""
    audit.take_turn(session)
    if (there := paused(session)) is not None:
        return there
    row = OutboxPause(since=now, why=why)
    session.add(row)
    session.flush()
    audit.append(session, at=now, actor=actor, event="outbox.paused", subject="outbox", payload={"why": why})
    return row


def resume(session: Session, *, actor: str, now: dt.datetime) -> bool:
    """End every open pause; False where there was none. What waits leaves with the daemon's next round."""
    audit.take_turn(session)
    rows = session.exec(select(OutboxPause).where(_open())).all()
    for row in rows:
        row.ended_at, row.ended_by = now, actor
        session.add(row)
    if rows:
        audit.append(session, at=now, actor=actor, event="outbox.resumed", subject="outbox")
    return bool(rows)


def waiting(session: Session) -> list[Outgoing]:
    """List what would leave when the pause ends, oldest first."""
    query = select(Outgoing).where(Outgoing.state == SendState.QUEUED).order_by(col(Outgoing.id))
    return list(session.exec(query))


def _open() -> ColumnElement[bool]:
    return col(OutboxPause.ended_at).is_(None)

"""Signs of life of the daemon: when each mailbox was read last, when the work went round last, and what failed.

A row a worker and mailbox; the empty mailbox stands for the loop that proposes and sends. The moments are those of the real
clock, whatever the installation's shows. Holds no address and no word of a mail.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import Column, case, delete, func, or_
from sqlmodel import Field, Session, SQLModel, col, select

from store.columns import Moment

#: The name that stands for the loop itself.
WORK = ""
#: Rows of workers that were not seen for so long are dropped.
KEPT = dt.timedelta(days=7)
#: So much may the clocks of two machines differ.
SKEW = dt.timedelta(minutes=1)


class Heartbeat(SQLModel, table=True):
    """One part of one worker: its last whole round and its last failure, and how many failed so far."""

    __tablename__ = "heartbeat"
    worker: str = Field(primary_key=True)
    mailbox: str = Field(primary_key=True)
    whole_at: dt.datetime | None = Field(default=None, sa_column=Column(Moment(), nullable=True))
    failed_at: dt.datetime | None = Field(default=None, sa_column=Column(Moment(), nullable=True))
    failures: int = 0
    login_failures: int = 0


@dataclass(frozen=True, slots=True)
class Sign:
    """What all workers together say of one mailbox, or of the work."""

    mailbox: str
    whole_at: dt.datetime | None
    failures: int
    login_failures: int


def note(
    session: Session,
    *,
    worker: str,
    mailbox: str,
    whole_at: dt.datetime | None,
    failed_at: dt.datetime | None,
    failures: int = 0,
    login_failures: int = 0,
) -> None:
    """Write down a sign of life; a moment that is None leaves the one before, the counts are added."""
    row = session.get(Heartbeat, (worker, mailbox)) or Heartbeat(worker=worker, mailbox=mailbox)
    row.whole_at = whole_at or row.whole_at
    row.failed_at = failed_at or row.failed_at
    row.failures += failures
    row.login_failures += login_failures
    session.add(row)


def signs(session: Session, *, now: dt.datetime) -> dict[str, Sign]:
    """Give the freshest sign of each mailbox, and of the work, over all workers.

    One from the future says nothing of whether anybody lives: a clock was wrong, and might hide a dead daemon for as long.
    """
    whole = col(Heartbeat.whole_at)
    query = select(
        Heartbeat.mailbox,
        func.max(case((whole <= now + SKEW, whole), else_=None)),
        func.sum(col(Heartbeat.failures)),
        func.sum(col(Heartbeat.login_failures)),
    ).group_by(col(Heartbeat.mailbox))
    found = (Sign(mailbox, at, int(failures), int(logins)) for mailbox, at, failures, logins in session.exec(query))
    return {sign.mailbox: sign for sign in found}


def forget_old(session: Session, *, now: dt.datetime, but: Iterable[str] = ()) -> None:
    """Drop the rows of workers that have not been seen for days, as containers come with a new name each time."""
    before = now - KEPT
    whole, failed = col(Heartbeat.whole_at), col(Heartbeat.failed_at)
    session.execute(
        delete(Heartbeat).where(
            or_(whole.is_(None), whole < before),
            or_(failed.is_(None), failed < before),
            col(Heartbeat.worker).not_in(list(but)),
        )
    )

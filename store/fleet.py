"""Which processes work on this database, and who of them holds what only one may hold: the workers of `dunwell worker`.

PostgreSQL alone: all times are the database's own, as the clocks of several machines never agree. A process that was not seen for
`DEAD_AFTER` is buried by any other: its row goes, and with it all that it held. Holds no customer and no word of a mail.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from sqlalchemy import Column, ColumnElement, ForeignKey, String, delete, func, text, update
from sqlalchemy.dialects import postgresql
from sqlmodel import Field, Session, SQLModel, col, select

from store.columns import Moment
from store.conditional import changed

#: Seconds between two signs of life, and after how many without one a process counts as dead. Its work is found within one
#: more beat, and so goes on within half a minute.
BEAT, DEAD_AFTER = 3.0, 12.0
#: The two kinds of process that work on a database: many workers, or daemons.
WORKER, DAEMON = "worker", "daemon"


class Member(SQLModel, table=True):
    """One process at work."""

    __tablename__ = "worker"
    name: str = Field(primary_key=True)
    kind: str
    since: dt.datetime = Field(sa_column=Column(Moment(), nullable=False))
    seen_at: dt.datetime = Field(sa_column=Column(Moment(), nullable=False))


class Lease(SQLModel, table=True):
    """Something that one worker holds at a time, such as the reading of a mailbox. It goes with the worker's row."""

    __tablename__ = "lease"
    name: str = Field(primary_key=True)
    worker: str = Field(sa_column=Column(String(), ForeignKey("worker.name", ondelete="CASCADE"), nullable=False))


class FleetKey(SQLModel, table=True):
    """A digest of the installation's key with which the workers began: every machine must have the same. One row."""

    __tablename__ = "fleet_key"
    id: int = Field(default=1, primary_key=True)
    digest: str


@dataclass(frozen=True, slots=True)
class Living:
    """How many processes of each kind were seen lately."""

    workers: int
    daemons: int


def applies(session: Session) -> bool:
    """Say whether the database is one that several machines can share."""
    return session.get_bind().dialect.name == "postgresql"


def join(session: Session, name: str, kind: str) -> Living:
    """Enter a process, and give who else lives. Joining takes turns: of two that start at once, one sees the other."""
    session.execute(text("SELECT pg_advisory_xact_lock(7205760)"))
    found = living(session, but=name)
    beat(session, name, kind)
    return found


def living(session: Session, *, but: str = "") -> Living:
    """Count the processes that were seen lately."""
    rows = session.exec(select(Member.kind).where(~_silent(), col(Member.name) != but)).all()
    return Living(rows.count(WORKER), rows.count(DAEMON))


def beat(session: Session, name: str, kind: str) -> bool:
    """Note a sign of life; True where the process was not known (any more) and has nothing in hand that others may not have taken."""
    seen = update(Member).where(col(Member.name) == name).values(seen_at=func.now())
    if changed(session, seen, known=False):
        return False
    new = postgresql.insert(Member).values(name=name, kind=kind, since=func.now(), seen_at=func.now())
    session.execute(new.on_conflict_do_nothing())
    return True


def leave(session: Session, name: str) -> None:
    """Take a process out that ended well; what it held is free at once."""
    session.execute(delete(Member).where(col(Member.name) == name))


def bury(session: Session, *, but: str) -> list[str]:
    """Take out the processes that are dead, and name them; each is given to one caller alone, in whose transaction it goes."""
    dead = delete(Member).where(_silent(), col(Member.name) != but).returning(col(Member.name))
    return list(session.execute(dead).scalars())


def _silent() -> ColumnElement[bool]:
    return col(Member.seen_at) < func.now() - dt.timedelta(seconds=DEAD_AFTER)


def held(session: Session, worker: str) -> set[str]:
    """Name what a worker holds."""
    return set(session.exec(select(Lease.name).where(Lease.worker == worker)))


def take(session: Session, name: str, worker: str) -> bool:
    """Hold something; False where another one holds it."""
    new = postgresql.insert(Lease).values(name=name, worker=worker).on_conflict_do_nothing().returning(col(Lease.name))
    return session.execute(new).first() is not None


def release(session: Session, name: str, worker: str) -> None:
    """Let go of something."""
    session.execute(delete(Lease).where(col(Lease.name) == name, col(Lease.worker) == worker))


def same_key(session: Session, digest: str) -> bool:
    """Say whether the workers began with this key; whoever comes first states it."""
    session.execute(postgresql.insert(FleetKey).values(id=1, digest=digest).on_conflict_do_nothing())
    return session.exec(select(FleetKey.digest).where(FleetKey.id == 1)).one() == digest


def state_key(session: Session, digest: str) -> None:
    """State anew which key the workers must have."""
    new = postgresql.insert(FleetKey).values(id=1, digest=digest)
    session.execute(new.on_conflict_do_update(index_elements=["id"], set_={"digest": digest}))

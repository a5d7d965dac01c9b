"""What a person does about a connected system that is read by itself: read it now, pause it, go on. And what it brought so far.

Nothing is read here: the daemon reads what is due. Every change is logged.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection

from sqlmodel import Session, col, func, select

from store import audit
from store.connections import PAUSED, Connection
from store.remote_records import RemoteRecord
from store.scoping import whole_house


class CannotSteer(ValueError):
    """It cannot be done as the connection stands. The text is for a person."""


def read_now(session: Session, name: str, *, actor: str, now: dt.datetime) -> None:
    """Have a connection read at the daemon's next round. Raises CannotSteer."""
    row = _row(session, name)
    if row.due_at == PAUSED:
        raise CannotSteer(f"{name} is paused: let it go on first")
    _set(session, row, due_at=now, event="connection.asked", actor=actor, now=now)


def pause(session: Session, name: str, *, actor: str, now: dt.datetime) -> None:
    """Have a connection read no more until somebody says so; what is under way is finished. Raises CannotSteer."""
    row = _row(session, name)
    if row.due_at == PAUSED:
        raise CannotSteer(f"{name} is paused already")
    _set(session, row, due_at=PAUSED, event="connection.paused", actor=actor, now=now)


def resume(session: Session, name: str, *, actor: str, now: dt.datetime) -> None:
    """Have a paused connection read again, at the daemon's next round. Raises CannotSteer."""
    row = _row(session, name)
    if row.due_at != PAUSED:
        raise CannotSteer(f"{name} is not paused")
    _set(session, row, due_at=now, event="connection.resumed", actor=actor, now=now)


def brought(session: Session, name: str) -> dict[str, int]:
    """Count what a connection brought into the ledger, by kind."""
    whole_house(session)
    query = select(RemoteRecord.kind, func.count()).where(RemoteRecord.connection == name)
    return {kind: int(count) for kind, count in session.exec(query.group_by(RemoteRecord.kind))}


def failing(session: Session, *, among: Collection[str]) -> int:
    """Count the connections whose last reading failed, of those that the configuration still names."""
    query = select(func.count()).select_from(Connection).where(col(Connection.name).in_(among))
    return session.exec(query.where(col(Connection.failures) > 0)).one()


def _row(session: Session, name: str) -> Connection:
    audit.take_turn(session)
    row = session.get(Connection, name, populate_existing=True)
    if row is None:
        raise CannotSteer(f"{name} is not connected yet: run `dunwell connect add {name}`")
    return row


def _set(session: Session, row: Connection, *, due_at: dt.datetime, event: str, actor: str, now: dt.datetime) -> None:
    row.due_at = due_at
    session.add(row)
    audit.append(session, at=now, actor=actor, event=event, subject=f"connection:{row.name}")

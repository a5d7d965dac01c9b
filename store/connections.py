"""Connected systems: their sealed tokens, and how far each was read.

Tokens arrive sealed and leave sealed: the key is never here. Every change of hands is a conditional update of one row, so that two
processes neither refresh a token at once nor pull at once. A pull's cursor moves in the transaction that notes its records.
"""

from __future__ import annotations

import datetime as dt

from sqlalchemy import Column, ColumnElement, case, or_, update
from sqlmodel import Field, Session, SQLModel, col, select

from store import audit
from store.columns import Moment
from store.conditional import changed

#: The next reading of a connection that somebody paused: a reading by hand leaves it so, a new sign-in ends it.
PAUSED = dt.datetime(9999, 1, 1, tzinfo=dt.UTC)


def _moment(*, nullable: bool = True) -> Column[dt.datetime]:
    return Column(Moment(), nullable=nullable)


class Connection(SQLModel, table=True):
    """One connected system. `sealed`: its tokens, which only the installation's key opens; `version` counts their changes.

    `read_to`: what changed before this moment is in the ledger. `full_at`: when everything was last read. `last_error`: one line
    without names of anybody.
    """

    __tablename__ = "connection"
    name: str = Field(primary_key=True)
    kind: str
    account: str = ""
    sealed: str = ""
    version: int = 0
    refreshing_by: str | None = None
    refreshing_until: dt.datetime | None = Field(default=None, sa_column=_moment())
    read_to: dt.datetime | None = Field(default=None, sa_column=_moment())
    full_at: dt.datetime | None = Field(default=None, sa_column=_moment())
    due_at: dt.datetime = Field(sa_column=_moment(nullable=False))
    pulling_by: str | None = None
    pulling_until: dt.datetime | None = Field(default=None, sa_column=_moment())
    connected_at: dt.datetime = Field(sa_column=_moment(nullable=False))
    connected_by: str
    tried_at: dt.datetime | None = Field(default=None, sa_column=_moment())
    good_at: dt.datetime | None = Field(default=None, sa_column=_moment())
    failures: int = 0
    last_code: str = ""
    last_error: str = ""
    left_out: int = 0


class AnotherOne(ValueError):
    """Under the name of a connection stands another system, or another company of it, than was read. The text is for a person."""


def ensure(session: Session, name: str, *, kind: str, actor: str, now: dt.datetime) -> Connection:
    """Give the row of a connection of the configuration; make it where there is none. Raises AnotherOne."""
    audit.take_turn(session)
    row = session.get(Connection, name, populate_existing=True)
    if row is not None and row.kind == kind:
        return row
    if row is not None:
        raise AnotherOne(
            f"{name} was a connection to {row.kind}: what it brought is known by its ids; give {kind} another name"
        )
    row = Connection(name=name, kind=kind, due_at=now, connected_at=now, connected_by=actor)
    session.add(row)
    audit.append(
        session, at=now, actor=actor, event="connection.made", subject=f"connection:{name}", payload={"kind": kind}
    )
    return row


def every(session: Session) -> list[Connection]:
    """List the connections."""
    return list(session.exec(select(Connection).order_by(col(Connection.name))))


def forget(session: Session, name: str, *, actor: str, now: dt.datetime) -> bool:
    """Forget a connection's tokens and how far it was read; False where there is nothing to forget.

    What it brought stays in the ledger and is known by its ids, so of whose company they are stays known as well.
    """
    audit.take_turn(session)
    row = session.get(Connection, name, populate_existing=True)
    if row is None or not (row.sealed or row.read_to or row.tried_at):
        return False
    if row.full_at is None:
        session.delete(row)
    else:
        row.sealed, row.version, row.read_to, row.good_at, row.tried_at = "", row.version + 1, None, None, None
        row.refreshing_by = row.refreshing_until = row.pulling_by = row.pulling_until = None
        row.failures, row.left_out, row.last_code, row.last_error, row.due_at = 0, 0, "", "", now
        session.add(row)
    session.flush()
    audit.append(session, at=now, actor=actor, event="connection.forgotten", subject=f"connection:{name}")
    return True


# --- tokens ---------------------------------------------------------------------------------------------------


def sealed_tokens(session: Session, name: str) -> tuple[str, int] | None:
    """Give the sealed tokens ("": none yet) and how often they changed; None where there is no such connection."""
    row = session.get(Connection, name, populate_existing=True)
    return (row.sealed, row.version) if row is not None else None


def claim_refresh(
    session: Session, name: str, *, worker: str, version: int, now: dt.datetime, lease: dt.timedelta
) -> bool:
    """Take the right to refresh tokens of this version; False where somebody has it, or the tokens are others by now."""
    audit.take_turn(session)
    free = or_(col(Connection.refreshing_until).is_(None), col(Connection.refreshing_until) <= now)
    mine = update(Connection).where(col(Connection.name) == name, col(Connection.version) == version, free)
    return changed(session, mine.values(refreshing_by=worker, refreshing_until=now + lease)) == 1


def keep_tokens(session: Session, name: str, *, sealed: str, version: int, worker: str) -> bool:
    """Keep refreshed tokens, where they are still those of this version and this worker's turn; ends the turn."""
    audit.take_turn(session)
    mine = update(Connection).where(
        col(Connection.name) == name, col(Connection.version) == version, col(Connection.refreshing_by) == worker
    )
    values = {"sealed": sealed, "version": version + 1, "refreshing_by": None, "refreshing_until": None}
    return changed(session, mine.values(**values)) == 1


def end_refresh(session: Session, name: str, *, worker: str) -> None:
    """Give the right back without new tokens."""
    audit.take_turn(session)
    mine = update(Connection).where(col(Connection.name) == name, col(Connection.refreshing_by) == worker)
    changed(session, mine.values(refreshing_by=None, refreshing_until=None))


def sign_in(session: Session, name: str, *, sealed: str, account: str, actor: str, now: dt.datetime) -> None:
    """Keep the tokens of a new sign-in. Raises AnotherOne where it is at another company than was read so far."""
    audit.take_turn(session)
    row = session.get_one(Connection, name, populate_existing=True)
    refuse_another(row, account)
    row.account = account or row.account
    row.sealed, row.version = sealed, row.version + 1
    row.refreshing_by = row.refreshing_until = None
    row.failures, row.last_code, row.last_error, row.due_at = 0, "", "", now
    session.add(row)
    audit.append(session, at=now, actor=actor, event="connection.signed_in", subject=f"connection:{name}")


def refuse_another(row: Connection, account: str) -> None:
    """Refuse another company than was read so far: its ids could be taken for those that are known. Raises AnotherOne."""
    if account and row.account and account != row.account and row.full_at is not None:
        raise AnotherOne(
            f"{row.name} was read from account {row.account}, and this is {account}: sign in there, or give this one another name"
        )


# --- pulls ----------------------------------------------------------------------------------------------------


def _may_pull(now: dt.datetime) -> ColumnElement[bool]:
    return or_(col(Connection.pulling_until).is_(None), col(Connection.pulling_until) <= now)


def _next(due_at: dt.datetime) -> ColumnElement[dt.datetime]:
    return case((col(Connection.due_at) == PAUSED, col(Connection.due_at)), else_=due_at)


def claim_pull(
    session: Session, name: str, *, worker: str, now: dt.datetime, lease: dt.timedelta, only_due: bool
) -> Connection | None:
    """Take a connection for reading; None where somebody reads it, or with `only_due` where it is not its time yet."""
    audit.take_turn(session)
    mine = update(Connection).where(col(Connection.name) == name, _may_pull(now))
    if only_due:
        mine = mine.where(col(Connection.due_at) <= now)
    values = {"pulling_by": worker, "pulling_until": now + lease, "tried_at": now}
    if changed(session, mine.values(**values)) != 1:
        return None
    return session.get_one(Connection, name, populate_existing=True)


def hold_pull(session: Session, name: str, *, worker: str, until: dt.datetime) -> bool:
    """Go on holding a connection that is being read; False where it is not this worker's any more."""
    audit.take_turn(session)
    mine = update(Connection).where(col(Connection.name) == name, col(Connection.pulling_by) == worker)
    return changed(session, mine.values(pulling_until=until)) == 1


def end_pull(
    session: Session,
    name: str,
    *,
    worker: str,
    account: str,
    read_to: dt.datetime,
    full: bool,
    due_at: dt.datetime,
    left_out: int,
    now: dt.datetime,
) -> bool:
    """Move the cursor, as all that came is in the ledger; False where the pull is not this worker's any more."""
    audit.take_turn(session)
    mine = update(Connection).where(col(Connection.name) == name, col(Connection.pulling_by) == worker)
    values: dict[str, object] = {
        "read_to": read_to,
        "due_at": _next(due_at),
        "good_at": now,
        "failures": 0,
        "last_code": "",
        "last_error": "",
        "left_out": left_out,
        "pulling_by": None,
        "pulling_until": None,
    }
    if full:
        values["full_at"] = now
    if account:
        values["account"] = account
    return changed(session, mine.values(**values)) == 1


def fail_pull(session: Session, name: str, *, worker: str, code: str, error: str, due_at: dt.datetime) -> None:
    """Note that a pull failed; the cursor stays where it was."""
    audit.take_turn(session)
    mine = update(Connection).where(col(Connection.name) == name, col(Connection.pulling_by) == worker)
    values = {
        "failures": Connection.failures + 1,
        "last_code": code,
        "last_error": error[:500],
        "due_at": _next(due_at),
        "pulling_by": None,
        "pulling_until": None,
    }
    changed(session, mine.values(**values))


def release_pull(session: Session, name: str, *, worker: str) -> None:
    """Give a connection back without having read it to the end, as if nobody had begun."""
    audit.take_turn(session)
    mine = update(Connection).where(col(Connection.name) == name, col(Connection.pulling_by) == worker)
    changed(session, mine.values(pulling_by=None, pulling_until=None))

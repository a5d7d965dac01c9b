"""How each connected system stands, for the command line, the pages and the API alike. Reads only; asks no system."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlmodel import Session

from agent.connecting import Connections
from ledger.connectors.failures import RateLimited, SignInNeeded
from ledger.settings import ConnectionSettings
from store import connection_steering, crm_notes
from store.connections import PAUSED, Connection
from store.engine import looking


class Condition(StrEnum):
    """How a connection stands, the most pressing first."""

    NOT_SIGNED_IN = "not_signed_in"
    REFUSED = "refused"
    PAUSED = "paused"
    BEING_READ = "being_read"
    RATE_LIMITED = "rate_limited"
    FAILING = "failing"
    NOT_READ = "not_read"
    WORKS = "works"


@dataclass(frozen=True, slots=True)
class Standing:
    """One connected system. `next_at`: when it is read next; None where it is not. `told`: how it stands, in words.

    `command`: what somebody has to run, where a button is not enough. `read_to`: what changed there before is in the ledger.
    """

    settings: ConnectionSettings
    condition: Condition
    told: str
    command: str
    signed_in: str
    read_to: datetime | None
    good_at: datetime | None
    tried_at: datetime | None
    full_at: datetime | None
    next_at: datetime | None
    failures: int
    left_out: int
    brought: Mapping[str, int]
    notes: Mapping[str, int]

    @property
    def name(self) -> str:
        """Give the connection's name."""
        return self.settings.name


def standings(found: Connections) -> list[Standing]:
    """Say how each connection of the configuration stands."""
    with looking(found.home.engine) as session:
        return [_standing(session, each, now=found.home.clock()) for each in found.settings]


def standing(found: Connections, settings: ConnectionSettings) -> Standing:
    """Say how one connection stands."""
    with looking(found.home.engine) as session:
        return _standing(session, settings, now=found.home.clock())


def _standing(session: Session, settings: ConnectionSettings, *, now: datetime) -> Standing:
    row = session.get(Connection, settings.name)
    if row is not None and row.kind != settings.kind:
        # Another system under a known name is refused when it is read: nothing of the row is about this one.
        row = None
    condition = _condition(row, settings, now)
    signed_in = ("yes" if row is not None and row.sealed else "no") if settings.signs_in else "not needed"
    again = condition in (Condition.NOT_SIGNED_IN, Condition.REFUSED)
    reads = row is not None and condition not in (Condition.NOT_SIGNED_IN, Condition.PAUSED)
    return Standing(
        settings=settings,
        condition=condition,
        told=_told(condition, row, settings),
        command=f"dunwell connect add {settings.name}" if again else "",
        signed_in=signed_in,
        read_to=row.read_to if row is not None else None,
        good_at=row.good_at if row is not None else None,
        tried_at=row.tried_at if row is not None else None,
        full_at=row.full_at if row is not None else None,
        next_at=max(row.due_at, now) if row is not None and reads else None,
        failures=row.failures if row is not None else 0,
        left_out=row.left_out if row is not None else 0,
        brought=connection_steering.brought(session, settings.name),
        notes=crm_notes.by_state(session, settings.name),
    )


def _condition(row: Connection | None, settings: ConnectionSettings, now: datetime) -> Condition:
    if settings.signs_in and (row is None or not row.sealed):
        return Condition.NOT_SIGNED_IN
    if row is None:
        return Condition.NOT_READ
    if row.due_at == PAUSED:
        return Condition.PAUSED
    if row.pulling_until is not None and row.pulling_until > now:
        return Condition.BEING_READ
    if row.last_code == SignInNeeded.code:
        return Condition.REFUSED
    if row.last_code == RateLimited.code:
        return Condition.RATE_LIMITED
    if row.last_code:
        return Condition.FAILING
    return Condition.WORKS if row.good_at is not None else Condition.NOT_READ


def _told(condition: Condition, row: Connection | None, settings: ConnectionSettings) -> str:
    left_out = f"; {row.left_out} left out" if row is not None and row.left_out else ""
    error = row.last_error if row is not None else ""
    match condition:
        case Condition.NOT_SIGNED_IN:
            return f"run `dunwell connect add {settings.name}`"
        case Condition.PAUSED:
            return f"paused{f'; before: {error}' if error else ''}"
        case Condition.BEING_READ:
            return "being read now"
        case Condition.NOT_READ:
            return "not read yet"
        case Condition.WORKS:
            return f"works{left_out}"
    return error

"""The cells of the autonomy table as they stand, and the record that each has: what people did with its template answers.

A cell is opened by a person and closed by a person or by its own record. Nothing is answered here.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from sqlalchemy import and_, or_
from sqlmodel import Session, col, select

from store import audit
from store.measured import ELSEWHERE, TOGETHER, AutonomyCell, CellState, Decision, Outcome
from store.tables import Customer

#: A record is that of the last so many decisions: a rate that falls shows soon, however good the years before were.
WINDOW = 200
#: Who wrote a draft that counts: only template answers can be automatic.
TEMPLATE = "template"
#: Approvals that prove nothing: nobody had the item open.
_UNSEEN = (TOGETHER, ELSEWHERE)
_BY_PEOPLE = (Outcome.UNEDITED, Outcome.EDITED, Outcome.REJECTED)


@dataclass(frozen=True, slots=True)
class Place:
    """One cell: reason, band and tier, with the open balances (above, up to) that the band stands for."""

    reason: str
    band: str
    tier: str
    above: Decimal
    up_to: Decimal


def record_of(session: Session, place: Place) -> tuple[int, int]:
    """Give how many of the last template answers of a cell were decided, and how many of them approved as they were.

    What approved by itself is no decision of a person; where a person took it back it counts, and not as unedited. What was
    approved with others by one click, or without the item's page, proves nothing in favour; an edit tells against it all the same.
    """
    by_people = and_(
        col(Decision.automatic).is_(False),
        col(Decision.outcome).in_(_BY_PEOPLE),
        or_(col(Decision.outcome) != Outcome.UNEDITED, col(Decision.why).not_in(_UNSEEN)),
    )
    taken_back = and_(col(Decision.automatic).is_(True), col(Decision.outcome) == Outcome.TAKEN_BACK)
    query = (
        select(Decision.outcome)
        .where(Decision.reason == place.reason, Decision.tier == place.tier, Decision.model == TEMPLATE)
        .where(col(Decision.cents) > int(place.above * 100), col(Decision.cents) <= int(place.up_to * 100))
        .where(or_(by_people, taken_back))
        .order_by(col(Decision.id).desc())
        .limit(WINDOW)
    )
    outcomes = list(session.exec(query))
    return len(outcomes), sum(outcome == Outcome.UNEDITED for outcome in outcomes)


def cells(session: Session) -> dict[tuple[str, str, str], AutonomyCell]:
    """Give the cells that were ever opened or closed, by reason, band and tier."""
    return {(c.reason, c.band, c.tier): c for c in session.exec(select(AutonomyCell))}


def tiers(session: Session) -> list[str]:
    """List the tiers that customers have."""
    return sorted(session.exec(select(Customer.tier).distinct()))


def change(
    session: Session,
    place: Place,
    state: CellState,
    *,
    record: tuple[int, int],
    actor: str,
    why: str,
    now: datetime,
) -> None:
    """Open or close a cell, with the record at that moment. Raises ValueError where it stands so already."""
    audit.take_turn(session)
    key = {"reason": place.reason, "band": place.band, "tier": place.tier}
    query = select(AutonomyCell).filter_by(**key)
    row = session.exec(query).first() or AutonomyCell(
        reason=place.reason, band=place.band, tier=place.tier, state="", changed_by=actor, changed_at=now
    )
    if row.state == state:
        raise ValueError(f"is {state} already")
    row.state, row.changed_by, row.changed_at, row.why = state, actor, now, why
    row.decided, row.unedited = record
    session.add(row)
    session.flush()
    payload = key | {"decided": record[0], "unedited": record[1], "why": why}
    audit.append(session, at=now, actor=actor, event=f"autonomy.{state}", subject=f"autonomy:{row.id}", payload=payload)


def fallen(
    session: Session, places: Iterable[Place], *, min_decided: int, min_share: Decimal
) -> list[tuple[Place, tuple[int, int]]]:
    """Give the cells whose record is long enough to be judged and does not allow them any more, with that record."""
    found = [(place, record_of(session, place)) for place in places]
    return [(place, (n, good)) for place, (n, good) in found if n >= min_decided and good < min_share * n]

"""The list of what waits: one page of it, who stands beside an item, how much there is of what. Reads only.

Every question costs the same however many proposals there are: pages are cut by key, never by counting rows, and what was
decided is not in the indexes that serve them.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, func, or_, select, text
from sqlmodel import Session, col

from store.queue_indexes import HELD
from store.queue_search import found
from store.tables import Customer, ProposalRow

PAGE = 50
#: In place of a name: what nobody is assigned to.
NOBODY = "-"


@dataclass(frozen=True, slots=True)
class Filters:
    """What of the queue is asked for; an empty value asks for everything.

    `who`: a login, or `NOBODY`. `flag`: the name of one, "any" or "none". `least` and `most`: hundredths, both inclusive.
    `safe`: only what may be approved together, of one of these reasons.
    """

    reason: str = ""
    tier: str = ""
    owner: str = ""
    who: str = ""
    flag: str = ""
    language: str = ""
    least: int | None = None
    most: int | None = None
    text: str = ""
    safe: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class Place:
    """Where an item stands: the greater rank first, of equals the lower number."""

    rank: int
    id: int


@dataclass(frozen=True, slots=True)
class QueueRow:
    """One item as the list shows it; nothing of the mail or the proposal is read for it."""

    id: int
    version: int
    rank: int
    reason: str
    tier: str
    owner: str
    currency: str
    stake: int
    due_on: date | None
    flags: tuple[str, ...]
    safe: bool
    came_at: datetime
    line: dict[str, Any]
    assigned_to: str | None
    customer: str | None

    @property
    def place(self) -> Place:
        """Say where it stands."""
        return Place(self.rank, self.id)


@dataclass(frozen=True, slots=True)
class Page:
    """Up to `PAGE` rows, and whether there are more before and after."""

    rows: tuple[QueueRow, ...]
    earlier: bool
    later: bool


def page(
    session: Session, filters: Filters, *, now: datetime, after: Place | None = None, before: Place | None = None
) -> Page:
    """Give the rows that follow a place, or that lead up to one; from the beginning where neither is given."""
    ids = _chosen(session, filters, now=now)
    if before is not None:
        ids = ids.where(_ahead_of(before)).order_by(col(ProposalRow.rank), col(ProposalRow.id).desc())
    else:
        ids = ids if after is None else ids.where(_behind(after))
        ids = ids.order_by(col(ProposalRow.rank).desc(), col(ProposalRow.id))
    wanted = ids.limit(PAGE + 1).subquery()
    query = _rows().where(col(ProposalRow.id).in_(select(wanted.c.id)))
    rows = session.execute(query.order_by(col(ProposalRow.rank).desc(), col(ProposalRow.id))).all()
    more = len(rows) > PAGE
    if before is not None:
        return Page(tuple(_row(row) for row in rows[-PAGE:]), earlier=more, later=True)
    return Page(tuple(_row(row) for row in rows[:PAGE]), earlier=after is not None, later=more)


def some(session: Session, numbers: list[int]) -> list[QueueRow]:
    """Give the rows of some items that wait, in the queue's order."""
    query = _rows().where(text(HELD), col(ProposalRow.id).in_(numbers))
    rows = session.execute(query.order_by(col(ProposalRow.rank).desc(), col(ProposalRow.id))).all()
    return [_row(row) for row in rows]


def neighbours(
    session: Session, number: int, filters: Filters | None = None, *, now: datetime
) -> tuple[int | None, int | None]:
    """Give the items before and after one; for one that waits no more, none and the first that does."""
    ids = _chosen(session, filters or Filters(), now=now)
    order = (col(ProposalRow.rank).desc(), col(ProposalRow.id))
    here = session.execute(
        select(ProposalRow.rank).where(text(HELD), col(ProposalRow.id) == number)  # type: ignore[call-overload]
    ).first()
    if here is None:
        first = session.execute(ids.order_by(*order).limit(1)).first()
        return None, first[0] if first else None
    place = Place(here[0], number)
    back = ids.where(_ahead_of(place)).order_by(col(ProposalRow.rank), col(ProposalRow.id).desc())
    on = ids.where(_behind(place)).order_by(*order)
    beside = [session.execute(each.limit(1)).first() for each in (back, on)]
    return (beside[0][0] if beside[0] else None), (beside[1][0] if beside[1] else None)


def first_ids(session: Session, *, now: datetime, limit: int) -> list[int]:
    """List the numbers of what comes first."""
    ids = _chosen(session, Filters(), now=now).order_by(col(ProposalRow.rank).desc(), col(ProposalRow.id))
    return [row[0] for row in session.execute(ids.limit(limit))]


def waiting(session: Session, *, now: datetime) -> int:
    """Count what waits and is not put off."""
    query = select(func.count()).select_from(ProposalRow).where(text(HELD), awake(now))
    return int(session.execute(query).scalar_one())


def _chosen(session: Session, filters: Filters, *, now: datetime) -> Select[tuple[int]]:
    query: Select[Any] = select(col(ProposalRow.id)).where(text(HELD), awake(now), *conditions(filters))
    return query.where(*among_found(session, filters.text))


def among_found(session: Session, question: str) -> list[ColumnElement[bool]]:
    """Ask for what has the words of a question; nothing where it holds none."""
    hits = found(session, question) if question else None
    if hits is None:
        return []
    number: Any = col(ProposalRow.id)
    if session.get_bind().dialect.name == "sqlite":
        # SQLite would fetch every row that was found, mail and all; so it goes through the one index that holds what is asked.
        number = number + 0
    return [number.in_(select(hits.c.id))]


def conditions(filters: Filters) -> list[ColumnElement[bool]]:
    """Give what the filters ask of a row, but for the words."""
    named = {name: getattr(filters, name) for name in ("reason", "tier", "owner", "language")}
    asked = [getattr(ProposalRow, name) == value for name, value in named.items() if value]
    if filters.who:
        asked.append(
            col(ProposalRow.assigned_to).is_(None)
            if filters.who == NOBODY
            else col(ProposalRow.assigned_to) == filters.who
        )
    if filters.flag in ("any", "none"):
        asked.append(col(ProposalRow.flags) != "" if filters.flag == "any" else col(ProposalRow.flags) == "")
    elif filters.flag:
        asked.append(col(ProposalRow.flags).contains(f" {filters.flag} ", autoescape=True))
    if filters.least is not None:
        asked.append(col(ProposalRow.stake) >= filters.least)
    if filters.most is not None:
        asked.append(col(ProposalRow.stake) <= filters.most)
    if filters.safe is not None:
        asked += [col(ProposalRow.safe).is_(True), col(ProposalRow.reason).in_(filters.safe)]
    return asked


def awake(now: datetime) -> ColumnElement[bool]:
    """Ask for what is not put off."""
    return or_(col(ProposalRow.snoozed_until).is_(None), col(ProposalRow.snoozed_until) <= now)


def _behind(place: Place) -> ColumnElement[bool]:
    # The first condition is what an index is entered by; the second cuts off what has the same rank.
    return and_(
        col(ProposalRow.rank) <= place.rank, or_(col(ProposalRow.rank) < place.rank, col(ProposalRow.id) > place.id)
    )


def _ahead_of(place: Place) -> ColumnElement[bool]:
    return and_(
        col(ProposalRow.rank) >= place.rank, or_(col(ProposalRow.rank) > place.rank, col(ProposalRow.id) < place.id)
    )


_SHOWN = (
    "id", "version", "rank", "reason", "tier", "owner", "currency", "stake", "due_on", "flags", "safe", "came_at",
    "line", "assigned_to", "created_at",
)  # fmt: skip


def _rows() -> Select[Any]:
    columns = [getattr(ProposalRow, name) for name in _SHOWN]
    return select(*columns, col(Customer.name).label("customer")).join(
        Customer, col(Customer.id) == col(ProposalRow.customer_id), isouter=True
    )


def _row(row: Row[Any]) -> QueueRow:
    values = dict(row._mapping)
    made = values.pop("created_at")
    values["flags"] = tuple(values["flags"].split())
    values["came_at"] = values["came_at"] or made
    return QueueRow(**values)

"""The lists of what is open beside the queue: matters, promises, plans, disputes, portal items, payment searches. Reads only.

Each list is paged and filtered in the database, but for portal items: whether one still asks for something is no question of a
single column.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy import ColumnElement, case, func, or_
from sqlmodel import Session, col, select

from store import portals
from store.aftermath import DisputeStatus, PlanStatus, PortalStatus, PromiseStatus
from store.matters import PaymentCheck
from store.tables import Customer, Dispute, Effect, Escalation, Instalment, Plan, Promise

#: Rows of one page.
PAGE = 50
#: An open promise that falls due within so many days is due soon.
SOON = timedelta(days=7)
_LIVE_PLANS = (PlanStatus.PROPOSED, PlanStatus.AGREED)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What of a list is asked for. `words`: in a customer's name or number, or an invoice number. `limit` None: every row."""

    state: str = "open"
    words: str = ""
    role: str = ""
    page: int = 1
    limit: int | None = PAGE


@dataclass(frozen=True, slots=True)
class Matter:
    """One row of a list: the thing itself, whose it is, and the proposal from which it came."""

    row: Any
    customer: str
    owner: str
    proposal_id: int
    since: datetime
    parts: tuple[Any, ...] = field(default=())


@dataclass(frozen=True, slots=True)
class Page:
    """Some rows of a list, and how many there are of all."""

    rows: tuple[Matter, ...]
    total: int


def escalations(session: Session, wanted: Wanted) -> Page:
    """List matters in a person's hands, those of today first."""
    filters: list[ColumnElement[bool]] = [col(Escalation.status) == ("closed" if wanted.state == "closed" else "open")]
    if wanted.role:
        filters.append(col(Escalation.role) == wanted.role)
    order = [case((col(Escalation.urgency) == "today", 0), else_=1), col(Escalation.id)]
    return _page(session, Escalation, filters, [*order], wanted)


def promises(session: Session, wanted: Wanted, *, today: date) -> Page:
    """List promises by the day on which they fall due: open, due soon, or what became of them."""
    status = PromiseStatus.OPEN if wanted.state == "soon" else wanted.state
    filters: list[ColumnElement[bool]] = [col(Promise.status) == status]
    if wanted.state == "soon":
        filters.append(col(Promise.due) <= today + SOON)
    ended = status not in (PromiseStatus.OPEN, PromiseStatus.BROKEN)
    order = [col(Promise.due).desc() if ended else col(Promise.due), col(Promise.id)]
    return _page(session, Promise, filters, order, wanted)


def plans(session: Session, wanted: Wanted) -> Page:
    """List payment plans with their instalments, newest first."""
    status = col(Plan.status)
    filters = [status.in_(_LIVE_PLANS) if wanted.state == "open" else status == wanted.state]
    found = _page(session, Plan, filters, [col(Plan.id).desc()], wanted)
    ids = [matter.row.id for matter in found.rows]
    parts: dict[int, list[Instalment]] = {i: [] for i in ids}
    query = select(Instalment).where(col(Instalment.plan_id).in_(ids)).order_by(col(Instalment.position))
    for part in session.exec(query):
        parts[part.plan_id].append(part)
    return Page(tuple(_with(m, parts[m.row.id]) for m in found.rows), found.total)


def disputes(session: Session, wanted: Wanted) -> Page:
    """List disputes, the one that is due first at the top."""
    status = col(Dispute.status)
    filters = [status == DisputeStatus.OPEN if wanted.state == "open" else status == wanted.state]
    order = [col(Dispute.due).is_(None), col(Dispute.due), col(Dispute.id)]
    return _page(session, Dispute, filters, order, wanted)


def payment_checks(session: Session, wanted: Wanted) -> Page:
    """List searches for money that customers say they paid, oldest first."""
    filters = [col(PaymentCheck.status) == wanted.state]
    return _page(session, PaymentCheck, filters, [col(PaymentCheck.id)], wanted)


def portal_items(session: Session, wanted: Wanted) -> Page:
    """List what stands in customers' portals, oldest first: what still asks for something, or one status."""
    found = portals.items(session, every=wanted.state not in ("open", *_ASKING))
    if wanted.state in set(PortalStatus):
        found = [item for item in found if item.status == wanted.state]
    names = {c.id: (c.name, c.owner) for c in session.exec(select(Customer)).all()} if found else {}
    words = wanted.words.casefold()
    found = [i for i in found if words in f"{i.customer_id} {names[i.customer_id][0]} {i.invoice_number}".casefold()]
    shown = found if wanted.limit is None else found[(wanted.page - 1) * wanted.limit : wanted.page * wanted.limit]
    effects = _effects(session, [item.effect_id for item in shown])
    rows = tuple(
        Matter(item, *names[item.customer_id], effects[item.effect_id].proposal_id, item.updated_at) for item in shown
    )
    return Page(rows, len(found))


_ASKING = (PortalStatus.TO_SUBMIT, PortalStatus.SUBMITTED, PortalStatus.REJECTED, PortalStatus.APPROVED)


def open_counts(session: Session, *, today: date) -> Mapping[str, int]:
    """Count what is open in each list, but for portal items."""

    def count(table: Any, *filters: ColumnElement[bool]) -> int:
        return session.exec(select(func.count()).select_from(table).where(*filters)).one()

    return {
        "escalations": count(Escalation, col(Escalation.status) == "open"),
        "promises": count(Promise, col(Promise.status) == PromiseStatus.OPEN, col(Promise.due) <= today + SOON),
        "plans": count(Plan, col(Plan.status).in_(_LIVE_PLANS)),
        "disputes": count(Dispute, col(Dispute.status) == DisputeStatus.OPEN),
        "payments": count(PaymentCheck, col(PaymentCheck.status) == "open"),
    }


def _page(
    session: Session, table: Any, filters: Sequence[ColumnElement[bool]], order: Sequence[Any], wanted: Wanted
) -> Page:
    meant = [*filters, *_words(table, wanted.words)]
    whole = select(func.count()).select_from(table).join(Customer, col(Customer.id) == table.customer_id).where(*meant)
    query = (
        sa.select(table, col(Customer.name), col(Customer.owner), col(Effect.proposal_id), col(Effect.applied_at))
        .join(Customer, col(Customer.id) == table.customer_id)
        .join(Effect, col(Effect.id) == table.effect_id)
        .where(*meant)
        .order_by(*order)
    )
    if wanted.limit is not None:
        query = query.limit(wanted.limit).offset((wanted.page - 1) * wanted.limit)
    return Page(tuple(Matter(*found) for found in session.execute(query).all()), session.exec(whole).one())


def _words(table: Any, words: str) -> list[ColumnElement[bool]]:
    if not words:
        return []
    like = "%" + words.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"
    places = [col(Customer.name), col(Customer.id)]
    if hasattr(table, "invoice_number"):
        places.append(table.invoice_number)
    return [or_(*(place.ilike(like, escape="\\") for place in places))]


def _effects(session: Session, ids: Sequence[int]) -> dict[int, Effect]:
    return {e.id or 0: e for e in session.exec(select(Effect).where(col(Effect.id).in_(ids)))} if ids else {}


def _with(matter: Matter, parts: Sequence[Any]) -> Matter:
    return Matter(matter.row, matter.customer, matter.owner, matter.proposal_id, matter.since, tuple(parts))

"""Where an invoice stands in a customer's portal: work items, moved by a person or by the portal's own proven mails.

Only legal moves are made, each with an audit entry; a "paid" by mistake is a person's to set back. Nothing here submits anything, and no move ever changes the ledger:
that a portal says "paid" is a note, and the money is there when the bank says so.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, select

from store import audit
from store.aftermath import Portal, PortalStatus
from store.matters import PortalItem
from store.tables import Invoice

_TO_SUBMIT, _SUBMITTED = PortalStatus.TO_SUBMIT, PortalStatus.SUBMITTED
_REJECTED, _APPROVED, _PAID = PortalStatus.REJECTED, PortalStatus.APPROVED, PortalStatus.PAID

#: What may follow what. A rejected invoice may be corrected and submitted again; an approval may be taken back.
LEGAL: Mapping[PortalStatus, frozenset[PortalStatus]] = {
    _TO_SUBMIT: frozenset({_SUBMITTED}),
    _SUBMITTED: frozenset({_REJECTED, _APPROVED}),
    _REJECTED: frozenset({_SUBMITTED}),
    _APPROVED: frozenset({_REJECTED, _PAID}),
    _PAID: frozenset(),
}
#: While an item stands here, the same invoice gets no other one.
OPEN: frozenset[PortalStatus] = frozenset({_TO_SUBMIT, _SUBMITTED, _APPROVED, _PAID})
#: Words of a portal or a person that are kept with a move.
MOST_WORDS = 500


class IllegalMove(ValueError):
    """An item cannot go where it was sent. The text is for a person."""


def way(start: PortalStatus, end: PortalStatus) -> tuple[PortalStatus, ...] | None:
    """Give the moves that lead from one status to another: () where nothing is to be done, None where no way leads.

    A portal that approves what nobody marked as submitted tells two moves at once. That it rejected something is never
    taken for granted in between.
    """
    if start is end:
        return ()
    if end in LEGAL[start]:
        return (end,)
    between = next((s for s in LEGAL[start] if s is not _REJECTED and end in LEGAL[s]), None)
    if between is not None:
        return (between, end)
    # The longest way there is: submitted, approved, paid.
    return (_SUBMITTED, _APPROVED, _PAID) if end is _PAID and _SUBMITTED in LEGAL[start] else None


def open_item(
    session: Session,
    *,
    customer_id: str,
    invoice_number: str,
    portal: Portal,
    fields: Mapping[str, Any],
    missing: list[str],
    effect_id: int,
    actor: str,
    now: datetime,
) -> PortalItem:
    """Open a work item, TO_SUBMIT. Raises IllegalMove while the invoice has an open one."""
    audit.take_turn(session)
    standing = latest(session, invoice_number)
    if standing is not None and standing.status in OPEN:
        raise IllegalMove(f"{invoice_number} is {_plain(standing.status)} already: portal item {standing.id}")
    item = PortalItem(
        customer_id=customer_id,
        invoice_number=invoice_number,
        portal=portal,
        fields=dict(fields),
        missing=list(missing),
        moves=[_move(_TO_SUBMIT, at=now, actor=actor)],
        effect_id=effect_id,
        updated_at=now,
    )
    session.add(item)
    session.flush()
    _log(session, item, actor=actor, now=now, payload={"to": _TO_SUBMIT, "portal": portal})
    return item


def move(
    session: Session,
    item_id: int,
    to: PortalStatus,
    *,
    actor: str,
    now: datetime,
    why: str = "",
    message_id: int | None = None,
) -> PortalItem:
    """Move an item by one legal step, and nothing else (`store.portal_hearing` wakes the case as well). Raises IllegalMove."""
    audit.take_turn(session)
    item = session.get(PortalItem, item_id, with_for_update=True, populate_existing=True)
    if item is None:
        raise IllegalMove(f"there is no portal item {item_id}")
    before = PortalStatus(item.status)
    if to not in LEGAL[before]:
        raise IllegalMove(_refused(item_id, before, to))
    newer = latest(session, item.invoice_number)
    if newer is not None and newer.id != item.id:
        raise IllegalMove(f"portal item {item_id} was replaced by {newer.id}: move that one")
    item.status = to
    item.moves = [*item.moves, _move(to, at=now, actor=actor, why=why, message_id=message_id)]
    item.updated_at = now
    session.add(item)
    session.flush()
    payload = {"from": before, "to": to} | ({"message": message_id} if message_id is not None else {})
    _log(session, item, actor=actor, now=now, payload=payload)
    return item


def set_back(session: Session, item_id: int, *, actor: str, note: str, now: datetime) -> PortalItem:
    """Undo "paid" where it was a mistake: the item stands where it stood before that act. Raises IllegalMove.

    A person's alone, with a note of why that stays in the log; a portal's mail never takes "paid" back.
    """
    audit.take_turn(session)
    said = " ".join(note.split())[:MOST_WORDS]
    item = session.get(PortalItem, item_id, with_for_update=True, populate_existing=True)
    if item is None:
        raise IllegalMove(f"there is no portal item {item_id}")
    if item.status != _PAID:
        raise IllegalMove(f"portal item {item_id} is {_plain(item.status)}, not paid: there is nothing to set back")
    if not said:
        raise IllegalMove("say why it is set back")
    act = (item.moves[-1]["at"], item.moves[-1]["by"])
    # One mail may have told several moves at once: all of them were the mistake. The first entry is the opening.
    stood = next((m for m in reversed(item.moves[:-1]) if (m["at"], m["by"]) != act), item.moves[0])
    before, item.status = item.status, stood["to"]
    item.moves = [*item.moves, _move(PortalStatus(stood["to"]), at=now, actor=actor, why=said)]
    item.updated_at = now
    session.add(item)
    session.flush()
    payload = {"invoice": item.invoice_number, "from": before, "to": item.status, "note": said}
    subject = f"portal_item:{item_id}"
    audit.append(session, at=now, actor=actor, event="portal.set_back", subject=subject, payload=payload)
    return item


def supply(
    session: Session, item_id: int, *, given: Mapping[str, tuple[str, str]], actor: str, now: datetime
) -> PortalItem:
    """Fill in what was missing, as a person learned it: a piece's name to the portal's field and its value.

    It stays with the item: the ledger itself is the ERP's. Raises IllegalMove where nothing waits to be submitted.
    """
    audit.take_turn(session)
    item = session.get(PortalItem, item_id, populate_existing=True)
    if item is None or item.status not in (_TO_SUBMIT, _REJECTED):
        raise IllegalMove(f"portal item {item_id} does not wait to be submitted")
    item.fields = {**item.fields, **dict(given.values())}
    item.missing = [piece for piece in item.missing if piece not in given]
    item.updated_at = now
    session.add(item)
    session.flush()
    audit.append(
        session,
        at=now,
        actor=actor,
        event="portal.filled",
        subject=f"portal_item:{item_id}",
        payload={"pieces": sorted(given)},
    )
    return item


def latest(session: Session, invoice_number: str) -> PortalItem | None:
    """Give the newest item of an invoice."""
    query = select(PortalItem).where(PortalItem.invoice_number == invoice_number).order_by(col(PortalItem.id).desc())
    return session.exec(query.limit(1)).first()


def items(session: Session, *, every: bool = False) -> list[PortalItem]:
    """List what stands in portals, oldest first: the items that still ask for something, or every one.

    An item asks for nothing when the portal says paid, the invoice is settled, or a newer item took its place.
    """
    query = select(PortalItem, Invoice).join(Invoice, col(Invoice.number) == col(PortalItem.invoice_number))
    rows = session.exec(query.order_by(col(PortalItem.id))).all()
    newest = {item.invoice_number: item.id for item, _ in rows}
    return [
        item
        for item, invoice in rows
        if every or (item.status != _PAID and invoice.balance > 0 and newest[item.invoice_number] == item.id)
    ]


def _move(
    to: PortalStatus, *, at: datetime, actor: str, why: str = "", message_id: int | None = None
) -> dict[str, Any]:
    said = " ".join(why.split())[:MOST_WORDS]
    entry: dict[str, Any] = {"to": to.value, "at": at.isoformat(), "by": actor, "why": said}
    return entry | ({"message": message_id} if message_id is not None else {})


def _plain(status: str) -> str:
    return status.replace("_", " ")


def _refused(item_id: int, before: PortalStatus, to: PortalStatus) -> str:
    if before is to:
        return f"portal item {item_id} is {_plain(to)} already"
    if before is _TO_SUBMIT:
        return f"portal item {item_id} was not submitted yet: mark it submitted first"
    left = ", ".join(sorted(_plain(s) for s in LEGAL[before])) or "nothing any more"
    return f"portal item {item_id} is {_plain(before)}: it can become {left}, not {_plain(to)}"


def _log(session: Session, item: PortalItem, *, actor: str, now: datetime, payload: Mapping[str, Any]) -> None:
    told = {"invoice": item.invoice_number, **payload}
    audit.append(session, at=now, actor=actor, event="portal.moved", subject=f"portal_item:{item.id}", payload=told)

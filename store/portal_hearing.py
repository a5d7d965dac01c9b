"""Moves that are news to us: a person's mark, or a portal's own proven mail. A rejection wakes the case; no ledger moves.

What a mail says moves an item as far as the portal says, in the transaction that records the mail. What does not fit (no
item, another portal, an old mail) moves nothing.
"""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Session

from store.aftermath import FollowupKind, Portal, PortalStatus
from store.cases import customer_zone
from store.clock import day_in
from store.followups import wake
from store.matters import PortalItem
from store.portals import latest, move, way

ACTOR = "portal"


def advance(
    session: Session,
    item_id: int,
    to: PortalStatus,
    *,
    actor: str,
    now: datetime,
    why: str = "",
    message_id: int | None = None,
) -> PortalItem:
    """Move an item by one legal step; a rejection wakes its case. Raises IllegalMove."""
    item = move(session, item_id, to, actor=actor, now=now, why=why, message_id=message_id)
    if to is PortalStatus.REJECTED:
        kind, day = FollowupKind.PORTAL_REJECTED, day_in(customer_zone(session, item.customer_id), now)
        wake(session, kind=kind, subject_id=item_id, effect_id=item.effect_id, due_on=day, now=now)
    return item


def hear(
    session: Session,
    *,
    customer_id: str,
    invoice_number: str,
    portal: Portal,
    status: PortalStatus,
    reason: str,
    said_at: datetime | None,
    message_id: int,
    now: datetime,
) -> bool:
    """Let a proven mail of a portal move an invoice's item; False when it moves nothing.

    A mail that is older than the item's last move is no news, but for a rejection: that makes a person look, at worst twice.
    """
    item = latest(session, invoice_number)
    if item is None or item.customer_id != customer_id or Portal(item.portal) is not portal:
        return False
    steps = way(PortalStatus(item.status), status)
    if not steps or (status is not PortalStatus.REJECTED and _older(item, said_at)):
        return False
    assert item.id is not None
    for step in steps:
        why = reason if step is status else "the portal's mail shows it"
        advance(session, item.id, step, actor=ACTOR, now=now, why=why, message_id=message_id)
    return True


def _older(item: PortalItem, said_at: datetime | None) -> bool:
    """Say whether a mail was written before the item's last move. The first entry, its opening, is no move."""
    if said_at is None or len(item.moves) < 2:
        return False
    return said_at < datetime.fromisoformat(item.moves[-1]["at"])

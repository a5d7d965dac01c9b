"""Ends what only a person may end: a matter that was handed over, and a stop on all writing to a customer. Each with a note, logged."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Session

from store import audit
from store.holds import release
from store.tables import Customer, Escalation, Hold

_MOST = 500


def close_matter(session: Session, escalation_id: int, *, actor: str, note: str, now: datetime) -> None:
    """Close a matter that a person had in hand; the holds that came with it end. Raises ValueError."""
    audit.take_turn(session)
    matter = session.get(Escalation, escalation_id)
    if matter is None or matter.status != "open":
        raise ValueError("is no open matter")
    _noted(note)
    matter.status, matter.closed_by, matter.closed_at = "closed", actor, now
    matter.note = note.strip()[:_MOST]
    release(session, Hold.effect_id == matter.effect_id, now=now)
    audit.append(
        session,
        at=now,
        actor=actor,
        event="escalation.closed",
        subject=f"escalation:{escalation_id}",
        payload={"note": note.strip()[:_MOST]},
    )


def take_over(session: Session, escalation_id: int, *, actor: str, seen: str, now: datetime) -> None:
    """Put one's name to an open matter. `seen`: who had it when one looked, "" for nobody. Raises ValueError."""
    audit.take_turn(session)
    matter = session.get(Escalation, escalation_id, populate_existing=True)
    if matter is None or matter.status != "open":
        raise ValueError("is no open matter")
    if (matter.taken_by or "") != seen:
        raise ValueError(f"was taken over by {matter.taken_by} meanwhile")
    matter.taken_by, matter.taken_at = actor, now
    subject = f"escalation:{escalation_id}"
    audit.append(session, at=now, actor=actor, event="escalation.taken", subject=subject, payload={"from": seen})


def lift_stop(session: Session, customer_id: str, *, actor: str, note: str, now: datetime) -> None:
    """Let a customer be written to again; what is open about them stays open. Raises ValueError."""
    audit.take_turn(session)
    customer = session.get(Customer, customer_id)
    if customer is None or not customer.stopped_reason:
        raise ValueError("is not stopped")
    _noted(note)
    reason, customer.stopped_reason = customer.stopped_reason, None
    release(session, Hold.customer_id == customer_id, Hold.kind == reason, now=now)
    audit.append(
        session,
        at=now,
        actor=actor,
        event="customer.resumed",
        subject=f"customer:{customer_id}",
        payload={"was": reason, "note": note.strip()[:_MOST]},
    )


def _noted(note: str) -> None:
    if not note.strip():
        raise ValueError("needs a note of why")

"""Asks a person what neither ledger nor calendar can tell of a promise or a plan: once for an effect, as a matter to be closed.

The matter stands with the others that a person has in hand; closing it is the answer. Nothing is sent, no balance is touched.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlmodel import Session, select

from store import audit
from store.keeping_verdicts import Question
from store.tables import Escalation

#: The matter's reason: an invoice that was promised, or is in a plan, is another customer's by now.
MOVED = "invoice_moved"


def ask(session: Session, customer_id: str, questions: Iterable[Question], *, actor: str, now: datetime) -> int:
    """Put each question to a collector, unless it was put before; give how many are new."""
    asked = 0
    for question in questions:
        effect = question.origin.effect_id
        known = select(Escalation.id).where(Escalation.effect_id == effect, Escalation.reason == MOVED)
        if session.exec(known).first() is not None:
            continue
        matter = Escalation(
            customer_id=customer_id,
            role="collector",
            urgency="soon",
            reason=MOVED,
            summary=question.words,
            effect_id=effect,
        )
        session.add(matter)
        session.flush()
        payload = {"reason": MOVED, "effect": effect}
        audit.append(
            session, at=now, actor=actor, event="escalation.opened", subject=f"escalation:{matter.id}", payload=payload
        )
        asked += 1
    return asked


def decided(session: Session, customer_id: str) -> frozenset[int]:
    """List the effects about which a person was asked and has answered."""
    rows = select(Escalation.effect_id).where(
        Escalation.customer_id == customer_id, Escalation.reason == MOVED, Escalation.status != "open"
    )
    return frozenset(session.exec(rows))

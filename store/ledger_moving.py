"""Invoices that an import gave to another customer: what the one before had undertaken about them alone is over, not kept.

An account without the invoice has nothing open on it, which would read as paid. Nothing is taken over to the new customer, who
promised nothing.
"""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Session, col, select

from store import audit
from store.aftermath import PlanStatus, PromiseStatus
from store.ledger_differences import Differences
from store.tables import Plan, Promise

_WHY = "its invoices went to another customer"


def let_go(session: Session, found: Differences, *, actor: str, now: datetime) -> int:
    """End open promises and plans that name moved invoices only, in the caller's transaction; give how many."""
    moved: dict[str, set[str]] = {}
    for row in found.invoices.changed:
        if "customer_id" in row.after:
            moved.setdefault(row.customer_id, set()).add(row.identity)
    ended = 0
    for customer, numbers in sorted(moved.items()):
        promises = select(Promise).where(Promise.customer_id == customer, Promise.status == PromiseStatus.OPEN)
        plans = select(Plan).where(
            Plan.customer_id == customer, col(Plan.status).in_([PlanStatus.PROPOSED, PlanStatus.AGREED])
        )
        for kind, rows in (("promise", session.exec(promises).all()), ("plan", session.exec(plans).all())):
            for undertaken in rows:
                if not undertaken.invoices or not set(undertaken.invoices) <= numbers:
                    continue
                payload = {"from": undertaken.status, "why": _WHY}
                undertaken.status = str(PromiseStatus.REPLACED)
                session.add(undertaken)
                subject = f"{kind}:{undertaken.id}"
                audit.append(session, at=now, actor=actor, event=f"{kind}.replaced", subject=subject, payload=payload)
                ended += 1
    return ended

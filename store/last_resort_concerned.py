"""Finds whose last steps have to be judged: a hold that stands on open invoices, as most do for months, asks for nothing. Reads only.

A sieve and no judge: whom it names is looked at in full (`store.last_resort_keeping`). It passes over a step only where nothing
that the judge looks at can have changed.
"""

from __future__ import annotations

from sqlalchemy import select as columns
from sqlmodel import Session, col, select

from store.aftermath import PlanStatus
from store.last_resort_tables import LastResortRow
from store.last_resort_words import DECIDED, OPEN
from store.outreach_words import LastResort
from store.scoping import whole_house
from store.tables import Invoice, Plan


def to_judge(session: Session) -> list[str]:
    """List the customers with an open last step that must be judged, by id: three questions for the whole house."""
    whole_house(session)
    is_open = col(LastResortRow.status).in_(sorted(OPEN))
    steps = session.exec(select(LastResortRow).where(is_open)).all()
    if not steps:
        return []
    theirs = select(LastResortRow.customer_id).where(is_open)
    invoices = columns(col(Invoice.number), col(Invoice.balance)).where(col(Invoice.customer_id).in_(theirs))
    balances = session.execute(invoices)
    owed = {number for number, balance in balances if balance > 0}
    agreed = select(Plan.customer_id).where(Plan.status == PlanStatus.AGREED, col(Plan.customer_id).in_(theirs))
    planned = set(session.exec(agreed.distinct()))
    return sorted({step.customer_id for step in steps if not _stands(step, owed, planned)})


def _stands(step: LastResortRow, owed: set[str], planned: set[str]) -> bool:
    """Say whether a step that was decided surely goes on. A settlement has its day, a write-off its sum: those are judged always."""
    if step.status not in DECIDED:
        return False
    unpaid = any(number in owed for number in step.invoices)
    if step.kind == LastResort.REVIEW:
        return unpaid
    if step.kind not in (LastResort.HOLD, LastResort.HAND_OFF):
        return False
    # Whose end is proposed already waits for a person, whatever came since.
    return step.end_proposed_at is not None or (unpaid and step.customer_id not in planned)

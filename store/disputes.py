"""How a dispute ends: with a credit, a reasoned refusal, or because the customer withdrew it. Always by a person.

Ending a dispute lets go of the pause that it brought and wakes the case, so that the customer gets an answer. The credit
itself is the ERP's to book: the ledger here never changes by it.
"""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from sqlmodel import Session, col, select

from store import audit
from store.aftermath import DisputeStatus, FollowupKind
from store.cases import customer_zone
from store.clock import day_in
from store.followups import wake
from store.holds import release
from store.tables import Dispute, Hold, Invoice

#: How much of a person's reasons is kept.
MOST_WORDS = 2000

_WAKES: dict[DisputeStatus, FollowupKind] = {
    DisputeStatus.CREDITED: FollowupKind.DISPUTE_CREDITED,
    DisputeStatus.REJECTED: FollowupKind.DISPUTE_REJECTED,
    DisputeStatus.WITHDRAWN: FollowupKind.DISPUTE_WITHDRAWN,
}


def open_disputes(session: Session, customer_id: str | None = None) -> list[Dispute]:
    """List the disputes that wait for an end, the one that is due first at the top."""
    query = select(Dispute).where(Dispute.status == DisputeStatus.OPEN)
    if customer_id is not None:
        query = query.where(Dispute.customer_id == customer_id)
    return list(session.exec(query.order_by(col(Dispute.due).is_(None), col(Dispute.due), col(Dispute.id))))


def contested(session: Session, dispute: Dispute) -> Decimal:
    """Give the contested sum: the part that was named, or all that the invoice was made out for."""
    return dispute.amount if dispute.amount is not None else session.get_one(Invoice, dispute.invoice_number).amount


def settle(
    session: Session,
    dispute_id: int,
    *,
    status: DisputeStatus,
    actor: str,
    reason: str,
    now: datetime,
    credit: Decimal | None = None,
) -> Dispute:
    """End a dispute and wake its case. `credit` is given for CREDITED alone: above zero, at most what is contested.

    Raises ValueError when there is no such open dispute, or the end does not fit it.
    """
    audit.take_turn(session)
    dispute = session.get(Dispute, dispute_id, with_for_update=True)
    if dispute is None or dispute.status != DisputeStatus.OPEN:
        raise ValueError("is not open: see `dunwell dispute list`")
    _refuse_misfit(session, dispute, status=status, credit=credit, reason=reason)
    today = day_in(customer_zone(session, dispute.customer_id), now)
    dispute.status, dispute.credit, dispute.ending = status, credit, reason.strip()[:MOST_WORDS]
    dispute.ended_by, dispute.ended_on = actor, today
    _let_go(session, dispute, now=now)
    audit.append(
        session,
        at=now,
        actor=actor,
        event=f"dispute.{status}",
        subject=f"dispute:{dispute_id}",
        payload={"credit": str(credit) if credit is not None else None, "reason": dispute.ending},
    )
    session.flush()
    wake(
        session,
        kind=_WAKES[status],
        subject_id=dispute_id,
        effect_id=dispute.effect_id,
        due_on=today,
        now=now,
    )
    return dispute


def _refuse_misfit(
    session: Session, dispute: Dispute, *, status: DisputeStatus, credit: Decimal | None, reason: str
) -> None:
    if status not in _WAKES:
        raise ValueError("a dispute ends as credited, rejected or withdrawn")
    if not reason.strip():
        raise ValueError("needs a reason: the customer will be told that there is one")
    if (credit is not None) != (status is DisputeStatus.CREDITED):
        raise ValueError("a credit is given when a dispute ends as credited, and only then")
    if credit is None:
        return
    exponent = credit.as_tuple().exponent
    # No comparison with what is no number, and no rounding: both raise errors that are not for a person.
    if not credit.is_finite() or credit <= 0 or (isinstance(exponent, int) and exponent < -2):
        raise ValueError(f"{credit} is no amount in whole cents above zero")
    most = contested(session, dispute)
    if credit > most:
        raise ValueError(f"the credit of {credit} is more than the {most} that is contested")


def _let_go(session: Session, dispute: Dispute, *, now: datetime) -> None:
    """Release the pause that this dispute brought to its invoice."""
    own = (Hold.effect_id == dispute.effect_id, Hold.kind == "dispute")
    release(session, *own, Hold.invoice_number == dispute.invoice_number, now=now)

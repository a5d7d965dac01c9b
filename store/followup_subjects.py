"""What a case that woke by itself is about: the act that it follows, and the row that its kind names. Reads only."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlmodel import Session, col, select

from store.aftermath import FollowupKind, ResubmissionStatus
from store.last_resort_tables import LastResortRow
from store.last_resort_words import Standing
from store.matters import Followup, PaymentCheck, PortalItem
from store.proposed import Claim, ProposedAction
from store.tables import (
    Dispute,
    Effect,
    Hold,
    Instalment,
    Plan,
    Promise,
    ProposalRow,
    Resubmission,
)
from store.vocabulary import Reason


@dataclass(frozen=True, slots=True)
class Subject:
    """What a waking is about, as its own table tells it."""

    invoices: tuple[str, ...]
    day: date | None = None
    amount: Decimal | None = None
    currency: str = ""
    contact_id: int | None = None


def effect_of(row: Followup) -> int:
    """Give the act that a waking follows; one of ours follows none."""
    assert row.effect_id is not None, "only where we write first a waking follows no act"
    return row.effect_id


def origin(session: Session, effect: Effect) -> tuple[ProposedAction, Claim]:
    """Give the act that is followed up, and the claim that called for it: the customer's own words."""
    content = session.get_one(ProposalRow, effect.proposal_id).content
    action = ProposedAction.model_validate(content["actions"][effect.position])
    if not action.claims:
        return action, Claim(reason=Reason.UNCLEAR, evidence="", confidence=0)
    return action, Claim.model_validate(content["claims"][action.claims[0]])


def subject_of(session: Session, kind: FollowupKind, row: Followup, claim: Claim) -> Subject:
    """Give what a waking is about, as the table of its kind tells it."""
    match kind:
        case FollowupKind.PROMISE_BROKEN:
            promise = session.get_one(Promise, row.subject_id)
            return Subject(tuple(promise.invoices), promise.due, promise.amount, promise.currency)
        case FollowupKind.INSTALMENT_DUE | FollowupKind.INSTALMENT_MISSED:
            part = session.get_one(Instalment, row.subject_id)
            plan = session.get_one(Plan, part.plan_id)
            return Subject(tuple(plan.invoices), part.due, part.amount, plan.currency)
        case FollowupKind.PLAN_UNANSWERED:
            plan = session.get_one(Plan, row.subject_id)
            return Subject(tuple(plan.invoices), row.due_on, plan.total, plan.currency)
        case FollowupKind.RESUBMISSION_UNANSWERED:
            return Subject(_sent_again(session, effect_of(row)))
        case FollowupKind.CASH_NOT_FOUND:
            check = session.get_one(PaymentCheck, row.subject_id)
            return Subject(tuple(check.invoices), None, claim.slots.amount, claim.slots.currency or "")
        case FollowupKind.HOLD_OVER:
            return Subject(_held(session, effect_of(row)), session.get_one(Hold, row.subject_id).until)
        case FollowupKind.DISPUTE_CREDITED | FollowupKind.DISPUTE_REJECTED | FollowupKind.DISPUTE_WITHDRAWN:
            dispute = session.get_one(Dispute, row.subject_id)
            return Subject((dispute.invoice_number,), dispute.ended_on, dispute.credit)
        case FollowupKind.PORTAL_REJECTED:
            return Subject((session.get_one(PortalItem, row.subject_id).invoice_number,))
        case FollowupKind.CONTACT_VERIFIED:
            return Subject((), contact_id=row.subject_id)
        case FollowupKind.SETTLEMENT:
            return settled(session.get_one(LastResortRow, row.subject_id))
        case FollowupKind.QUESTION_UNANSWERED | FollowupKind.OUTREACH:
            return Subject(())


def settled(step: LastResortRow) -> Subject:
    """Give a settlement that the customer is to be told of; without a sum where it does not stand any more, or they were told."""
    amount = step.amount if step.status == Standing.APPROVED else None
    return Subject(tuple(step.invoices), step.pay_by, amount, step.currency)


def _sent_again(session: Session, effect_id: int) -> tuple[str, ...]:
    """List the invoices of one act that were sent again and are not confirmed: one letter speaks of all."""
    rows = select(Resubmission.invoice_number).where(
        Resubmission.effect_id == effect_id, Resubmission.status == ResubmissionStatus.OPEN
    )
    return tuple(session.exec(rows.order_by(col(Resubmission.id))))


def _held(session: Session, effect_id: int) -> tuple[str, ...]:
    rows = select(Hold.invoice_number).where(Hold.effect_id == effect_id).order_by(col(Hold.id))
    return tuple(number for number in session.exec(rows) if number is not None)

"""Loads the snapshot of a case that woke by itself: why it woke, and the customer's words that it goes back to.

One customer at a time, never across. Whether there is still something to say is judged on the snapshot (`tools.follow_up`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import or_
from sqlmodel import Session, col, select

from store.aftermath import FollowupKind, ResubmissionStatus
from store.cases import facts_for
from store.clock import day_in
from store.facts import CaseFacts, FollowupFacts, MachineFacts, PastMail
from store.inbound import StoredMessage
from store.last_resort_tables import LastResortRow
from store.last_resort_words import Standing
from store.matters import Followup, PaymentCheck, PortalItem
from store.messages import load
from store.outreach_loading import first_written
from store.proposed import Claim, ProposedAction
from store.scoping import narrowed
from store.tables import (
    Dispute,
    Effect,
    Hold,
    Instalment,
    Message,
    Outgoing,
    Plan,
    Promise,
    ProposalRow,
    Resubmission,
)
from store.vocabulary import MessageState, ProposalStatus, Reason, SendState

#: A mail in one of these states has no answer yet, and no decision that it gets none.
_OPEN_MAIL = (MessageState.STORED, MessageState.PROPOSING, MessageState.QUARANTINED, MessageState.UNREADABLE)
_OPEN_PROPOSAL = (
    ProposalStatus.HELD,
    ProposalStatus.APPROVED,
    ProposalStatus.UNCERTAIN,
    ProposalStatus.FAILED,
)


@dataclass(frozen=True, slots=True)
class _Subject:
    """What a waking is about, as its own table tells it."""

    invoices: tuple[str, ...]
    day: date | None = None
    amount: Decimal | None = None
    currency: str = ""
    contact_id: int | None = None


def load_followup(session: Session, followup_id: int) -> StoredMessage:
    """Give the customer's mail whose conversation goes on."""
    return load(session, session.get_one(Followup, followup_id).message_id)


def last_answer(session: Session, message_id: int) -> str | None:
    """Give the Message-ID of the last mail of ours that went out in answer to a mail, or after it as a follow-up."""
    query = (
        select(Outgoing.message_id_header)
        .join(ProposalRow, col(ProposalRow.id) == col(Outgoing.proposal_id))
        .where(ProposalRow.message_id == message_id, col(Outgoing.state).in_([SendState.SENT, SendState.FILED]))
    )
    return session.exec(query.order_by(col(Outgoing.sent_at).desc(), col(Outgoing.id).desc())).first()


def our_chain(session: Session, message_id: int) -> tuple[str, ...]:
    """Give the Message-IDs of all mails of ours that went out on a message, oldest first: the thread that we began."""
    query = (
        select(Outgoing.message_id_header)
        .join(ProposalRow, col(ProposalRow.id) == col(Outgoing.proposal_id))
        .where(ProposalRow.message_id == message_id, col(Outgoing.state).in_([SendState.SENT, SendState.FILED]))
    )
    return tuple(session.exec(query.order_by(col(Outgoing.sent_at), col(Outgoing.id))))


def facts_behind(session: Session, message_id: int, *, followup_id: int | None, now: datetime) -> CaseFacts:
    """Load the snapshot of a proposal: of the mail that it answers, or of the waking that it comes from."""
    if followup_id is None:
        return facts_for(session, message_id, now=now)
    return followup_facts(session, followup_id, now=now)


def followup_facts(session: Session, followup_id: int, *, now: datetime) -> CaseFacts:
    """Load the snapshot of a waking. `overtaken_by` lists the customer's mails that come before anything of ours.

    That a robot wrote the old mail does not matter: time woke the case, not a mail. A contact that was verified is the one who
    is written to. A mail that is somebody else's by now is an error: nothing is written about this matter to them.
    """
    row = session.get_one(Followup, followup_id)
    with narrowed(session, row.customer_id):
        return _facts(session, row, now=now)


def _facts(session: Session, row: Followup, *, now: datetime) -> CaseFacts:
    message, facts = session.get_one(Message, row.message_id), facts_for(session, row.message_id, now=now)
    assert facts.customer is not None, "an effect has a customer, and a waking an effect"
    if row.kind == FollowupKind.OUTREACH:
        return first_written(session, row, facts)
    woken = _woken(session, row, facts)
    changes: dict[str, Any] = {
        "followup": woken,
        "overtaken_by": _overtaking(session, row, woken.invoices),
        "machine": MachineFacts(),
        "answered_by_hand": at if (at := facts.answered_by_hand) is not None and at > row.created_at else None,
        "history": _with_the_mail(facts.history, message, woken.claim),
        "sender_contact": woken.contact_id if woken.contact_id is not None else facts.sender_contact,
    }
    return facts.model_copy(update=changes)


def _woken(session: Session, row: Followup, facts: CaseFacts) -> FollowupFacts:
    assert facts.customer is not None
    effect = session.get_one(Effect, _effect_of(row))
    action, claim = _origin(session, effect)
    kind = FollowupKind(row.kind)
    own = {i.number for i in facts.invoices}
    named = tuple(n for n in (action.arguments.get("invoices") or claim.invoices) if n in own)
    subject = _subject(session, kind, row, claim)
    if not subject.invoices:
        subject = replace(subject, invoices=named or tuple(n for n in facts.mentioned if n in own))
    return FollowupFacts(
        id=row.id or 0,
        kind=kind,
        subject_id=row.subject_id,
        invoices=tuple(dict.fromkeys(n for n in subject.invoices if n in own)),
        claim=claim,
        day=subject.day or row.due_on,
        since=day_in(facts.customer.timezone, effect.applied_at),
        amount=subject.amount,
        currency=subject.currency or facts.customer.currency,
        contact_id=subject.contact_id,
        question=action.arguments.get("question"),
    )


def _effect_of(row: Followup) -> int:
    assert row.effect_id is not None, "only where we write first a waking follows no act"
    return row.effect_id


def _origin(session: Session, effect: Effect) -> tuple[ProposedAction, Claim]:
    """Give the act that is followed up, and the claim that called for it: the customer's own words."""
    content = session.get_one(ProposalRow, effect.proposal_id).content
    action = ProposedAction.model_validate(content["actions"][effect.position])
    if not action.claims:
        return action, Claim(reason=Reason.UNCLEAR, evidence="", confidence=0)
    return action, Claim.model_validate(content["claims"][action.claims[0]])


def _subject(session: Session, kind: FollowupKind, row: Followup, claim: Claim) -> _Subject:
    match kind:
        case FollowupKind.PROMISE_BROKEN:
            promise = session.get_one(Promise, row.subject_id)
            return _Subject(tuple(promise.invoices), promise.due, promise.amount, promise.currency)
        case FollowupKind.INSTALMENT_DUE | FollowupKind.INSTALMENT_MISSED:
            part = session.get_one(Instalment, row.subject_id)
            plan = session.get_one(Plan, part.plan_id)
            return _Subject(tuple(plan.invoices), part.due, part.amount, plan.currency)
        case FollowupKind.PLAN_UNANSWERED:
            plan = session.get_one(Plan, row.subject_id)
            return _Subject(tuple(plan.invoices), row.due_on, plan.total, plan.currency)
        case FollowupKind.RESUBMISSION_UNANSWERED:
            return _Subject(_sent_again(session, _effect_of(row)))
        case FollowupKind.CASH_NOT_FOUND:
            check = session.get_one(PaymentCheck, row.subject_id)
            return _Subject(tuple(check.invoices), None, claim.slots.amount, claim.slots.currency or "")
        case FollowupKind.HOLD_OVER:
            return _Subject(_held(session, _effect_of(row)), session.get_one(Hold, row.subject_id).until)
        case FollowupKind.DISPUTE_CREDITED | FollowupKind.DISPUTE_REJECTED | FollowupKind.DISPUTE_WITHDRAWN:
            dispute = session.get_one(Dispute, row.subject_id)
            return _Subject((dispute.invoice_number,), dispute.ended_on, dispute.credit)
        case FollowupKind.PORTAL_REJECTED:
            return _Subject((session.get_one(PortalItem, row.subject_id).invoice_number,))
        case FollowupKind.CONTACT_VERIFIED:
            return _Subject((), contact_id=row.subject_id)
        case FollowupKind.SETTLEMENT:
            return _settled(session.get_one(LastResortRow, row.subject_id))
        case FollowupKind.QUESTION_UNANSWERED | FollowupKind.OUTREACH:
            return _Subject(())


def _settled(step: LastResortRow) -> _Subject:
    """Give a settlement that the customer is to be told of; without a sum where it does not stand any more, or they were told."""
    amount = step.amount if step.status == Standing.APPROVED else None
    return _Subject(tuple(step.invoices), step.pay_by, amount, step.currency)


def _sent_again(session: Session, effect_id: int) -> tuple[str, ...]:
    """List the invoices of one act that were sent again and are not confirmed: one letter speaks of all."""
    rows = select(Resubmission.invoice_number).where(
        Resubmission.effect_id == effect_id, Resubmission.status == ResubmissionStatus.OPEN
    )
    return tuple(session.exec(rows.order_by(col(Resubmission.id))))


def _held(session: Session, effect_id: int) -> tuple[str, ...]:
    rows = select(Hold.invoice_number).where(Hold.effect_id == effect_id).order_by(col(Hold.id))
    return tuple(number for number in session.exec(rows) if number is not None)


def lies_on_the_desk(session: Session, followup_id: int) -> bool:
    """Say whether a mail about the matter, known when the case woke, waits for its answer: until then the case waits too."""
    row = session.get_one(Followup, followup_id)
    if row.case_id is None or row.kind == FollowupKind.OUTREACH:
        # A step does not wait for its day to come back: what lies on the desk ends it, and the cadence goes on later.
        return False
    held = select(ProposalRow.message_id).where(
        col(ProposalRow.followup_id).is_(None), col(ProposalRow.status).in_(_OPEN_PROPOSAL)
    )
    mails = session.exec(
        select(Message).where(
            Message.case_id == row.case_id,
            col(Message.from_customer).is_(True),
            Message.id != row.message_id,
            col(Message.id) <= row.newest_message,
            or_(col(Message.state).in_(_OPEN_MAIL), col(Message.id).in_(held)),
        )
    ).all()
    if not mails:
        return False
    action, claim = _origin(session, session.get_one(Effect, _effect_of(row)))
    invoices = (
        _subject(session, FollowupKind(row.kind), row, claim).invoices
        or action.arguments.get("invoices")
        or claim.invoices
        or session.get_one(Message, row.message_id).invoices
    )
    return any(_about(mail, invoices) for mail in mails)


def _overtaking(session: Session, row: Followup, invoices: Sequence[str]) -> tuple[int, ...]:
    """List the customer's mails of this conversation that came after it woke, or that nobody answered yet."""
    if row.case_id is None:
        return ()
    mails = session.exec(
        select(Message)
        .where(Message.case_id == row.case_id, col(Message.from_customer).is_(True), Message.id != row.message_id)
        .order_by(col(Message.id))
    ).all()
    return tuple(
        mail.id or 0
        for mail in mails
        if ((mail.id or 0) > row.newest_message or _unanswered(session, mail)) and _about(mail, invoices)
    )


def _about(mail: Message, invoices: Sequence[str]) -> bool:
    """Say whether a mail may be about these invoices: not where it speaks of others alone."""
    return not mail.invoices or not invoices or bool(set(mail.invoices) & set(invoices))


def _unanswered(session: Session, mail: Message) -> bool:
    if mail.state in _OPEN_MAIL:
        return True
    waiting = select(ProposalRow.id).where(
        ProposalRow.message_id == mail.id,
        col(ProposalRow.followup_id).is_(None),
        col(ProposalRow.status).in_(_OPEN_PROPOSAL),
    )
    return session.exec(waiting).first() is not None


def _with_the_mail(history: Sequence[PastMail], message: Message, claim: Claim) -> tuple[PastMail, ...]:
    """Put the old mail itself into the history: a follow-up comes after it."""
    said = PastMail(direction="in", at=message.received_at, reasons=(claim.reason.value,), invoices=claim.invoices)
    return tuple(sorted((*history, said), key=lambda mail: mail.at))

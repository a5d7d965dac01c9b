"""Loads the snapshot of a case that woke by itself: why it woke, and the customer's words that it goes back to.

One customer at a time, never across. Whether there is still something to say is judged on the snapshot (`tools.follow_up`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, select

from store.aftermath import FollowupKind
from store.case_history import history_of
from store.cases import account_behind, facts_for
from store.clock import day_in
from store.facts import CaseFacts, FollowupFacts, MachineFacts, PastMail
from store.followup_overtaking import newest_said, overtaking
from store.followup_subjects import effect_of, origin, settled, subject_of
from store.inbound import StoredMessage
from store.last_resort_tables import LastResortRow
from store.matters import Followup
from store.messages import load
from store.outreach_loading import first_written, newer_mails
from store.proposed import Claim
from store.scoping import narrowed
from store.tables import (
    Effect,
    Message,
    Outgoing,
    ProposalRow,
)
from store.vocabulary import Reason, SendState


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


def newest_known(session: Session, followup_id: int, *, now: datetime) -> int | None:
    """Give the customer's last mail that the snapshot of a waking knows of, read anew."""
    row = session.get_one(Followup, followup_id)
    if row.kind != FollowupKind.OUTREACH:
        return followup_facts(session, followup_id, now=now).newest_message
    with narrowed(session, row.customer_id):
        return max((row.newest_message, *newer_mails(session, row)))


def _facts(session: Session, row: Followup, *, now: datetime) -> CaseFacts:
    message = session.get_one(Message, row.message_id)
    if row.kind == FollowupKind.OUTREACH:
        return first_written(session, row, account_behind(session, message, now=now))
    facts = facts_for(session, row.message_id, now=now)
    assert facts.customer is not None, "an effect has a customer, and a waking an effect"
    if row.effect_id is None:
        return _settled_first(session, row, facts)
    woken = _woken(session, row, facts)
    changes: dict[str, Any] = {
        "followup": woken,
        "overtaken_by": overtaking(session, row, woken.invoices),
        "machine": MachineFacts(),
        "answered_by_hand": at if (at := facts.answered_by_hand) is not None and at > row.created_at else None,
        "history": _with_the_mail(facts.history, message, woken.claim),
        "sender_contact": woken.contact_id if woken.contact_id is not None else facts.sender_contact,
    }
    return facts.model_copy(update=changes)


def _settled_first(session: Session, row: Followup, facts: CaseFacts) -> CaseFacts:
    """Give the snapshot of a settlement that is told to somebody who never wrote: there is no mail of theirs, and any new one ends it."""
    assert facts.customer is not None
    step = settled(session.get_one(LastResortRow, row.subject_id))
    own = {i.number for i in facts.invoices}
    woken = FollowupFacts(
        id=row.id or 0,
        kind=FollowupKind.SETTLEMENT,
        subject_id=row.subject_id,
        invoices=tuple(n for n in step.invoices if n in own),
        claim=Claim(reason=Reason.UNCLEAR, evidence="", confidence=0),
        day=step.day or row.due_on,
        since=row.due_on,
        amount=step.amount,
        currency=step.currency or facts.customer.currency,
    )
    by_hand = facts.answered_by_hand
    changes: dict[str, Any] = {
        "followup": woken,
        "overtaken_by": overtaking(session, row, step.invoices),
        "newest_message": newest_said(session, row),
        "machine": MachineFacts(),
        "answered_by_hand": by_hand if by_hand is not None and by_hand > row.created_at else None,
        "history": history_of(session, row.case_id) if row.case_id is not None else (),
        "mentioned": (),
        "sender_contact": None,
    }
    return facts.model_copy(update=changes)


def _woken(session: Session, row: Followup, facts: CaseFacts) -> FollowupFacts:
    assert facts.customer is not None
    effect = session.get_one(Effect, effect_of(row))
    action, claim = origin(session, effect)
    kind = FollowupKind(row.kind)
    own = {i.number for i in facts.invoices}
    named = tuple(n for n in (action.arguments.get("invoices") or claim.invoices) if n in own)
    subject = subject_of(session, kind, row, claim)
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


def _with_the_mail(history: Sequence[PastMail], message: Message, claim: Claim) -> tuple[PastMail, ...]:
    """Put the old mail itself into the history: a follow-up comes after it."""
    said = PastMail(direction="in", at=message.received_at, reasons=(claim.reason.value,), invoices=claim.invoices)
    return tuple(sorted((*history, said), key=lambda mail: mail.at))

"""Which mails of the customer come before a letter that we write by ourselves: those that came since, or that nobody answered."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import or_
from sqlmodel import Session, col, func, select

from store.aftermath import FollowupKind
from store.followup_subjects import effect_of, origin, settled, subject_of
from store.last_resort_tables import LastResortRow
from store.matters import Followup
from store.tables import (
    Effect,
    Message,
    ProposalRow,
)
from store.vocabulary import MessageState, ProposalStatus

#: A mail in one of these states has no answer yet, and no decision that it gets none.
_OPEN_MAIL = (MessageState.STORED, MessageState.PROPOSING, MessageState.QUARANTINED, MessageState.UNREADABLE)
_OPEN_PROPOSAL = (
    ProposalStatus.HELD,
    ProposalStatus.APPROVED,
    ProposalStatus.UNCERTAIN,
    ProposalStatus.FAILED,
)


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
    if row.effect_id is None:
        return any(_about(mail, settled(session.get_one(LastResortRow, row.subject_id)).invoices) for mail in mails)
    action, claim = origin(session, session.get_one(Effect, effect_of(row)))
    invoices = (
        subject_of(session, FollowupKind(row.kind), row, claim).invoices
        or action.arguments.get("invoices")
        or claim.invoices
        or session.get_one(Message, row.message_id).invoices
    )
    return any(_about(mail, invoices) for mail in mails)


def overtaking(session: Session, row: Followup, invoices: Sequence[str]) -> tuple[int, ...]:
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


def newest_said(session: Session, row: Followup) -> int:
    """Give the customer's last mail that is known, whatever it is about: the outbox lets nothing go before which one came unknown."""
    theirs = select(func.max(Message.id)).where(Message.case_id == row.case_id, col(Message.from_customer).is_(True))
    return max(row.newest_message, session.exec(theirs).one() or 0)


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

"""Finds what a customer wrote, and which of it lies on somebody's desk. Changes nothing, and reads no other customer's rows."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Session, col, select

from store.keeping_facts import CustomerMail
from store.tables import Message, ProposalRow
from store.vocabulary import MessageState, ProposalStatus

_UNREAD = (MessageState.STORED, MessageState.PROPOSING, MessageState.QUARANTINED, MessageState.UNREADABLE)
_UNSENT = (ProposalStatus.HELD, ProposalStatus.APPROVED, ProposalStatus.UNCERTAIN, ProposalStatus.FAILED)


def mails_after(session: Session, customer_id: str, moment: datetime) -> tuple[CustomerMail, ...]:
    """List what a customer wrote after a moment."""
    unsent = select(ProposalRow.message_id).where(
        ProposalRow.customer_id == customer_id,
        col(ProposalRow.followup_id).is_(None),
        col(ProposalRow.status).in_(_UNSENT),
    )
    unread = select(Message.id).where(Message.customer_id == customer_id, col(Message.state).in_(_UNREAD))
    waiting = set(session.exec(unsent)) | set(session.exec(unread))
    rows = session.exec(
        select(col(Message.id), col(Message.case_id), col(Message.received_at), col(Message.invoices)).where(
            Message.customer_id == customer_id,
            col(Message.from_customer).is_(True),
            col(Message.received_at) > moment,
        )
    )
    return tuple(
        CustomerMail(case_id, at, tuple(invoices), number in waiting) for number, case_id, at, invoices in rows
    )

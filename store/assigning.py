"""A person says whose mail it is, where matching could not. The mail is understood anew with that customer's account."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Session, col, select

from store import audit, proposals
from store.cases import invoice_numbers, open_case
from store.numbers import find_invoices
from store.proposals import Stale
from store.tables import Customer, Message, ProposalRow
from store.vocabulary import MessageState, ProposalStatus


def assign_to(session: Session, message_id: int, *, customer_id: str, actor: str, now: datetime) -> None:
    """Give an unmatched message to a customer. Raises ValueError without such a customer, Stale when it is matched already.

    The identity level stays: that a person knows whose matter it is does not prove who wrote.
    """
    audit.take_turn(session)
    message = session.get(Message, message_id)
    if session.get(Customer, customer_id) is None:
        raise ValueError(f"there is no customer {customer_id!r}")
    if message is None or message.customer_id is not None:
        raise Stale("this mail is not unmatched any more")
    message.customer_id, message.case_id = customer_id, open_case(session, customer_id, now=now)
    text = "\n".join(str(message.parsed.get(part) or "") for part in ("subject", "new_text", "quoted_text"))
    message.invoices = find_invoices(text, invoice_numbers(session, customer_id))
    message.state, message.attempts, message.claimed_by, message.claimed_until = MessageState.STORED, 0, None, None
    session.flush()
    held = session.exec(
        select(ProposalRow.id).where(
            ProposalRow.message_id == message_id, col(ProposalRow.status) == ProposalStatus.HELD
        )
    ).first()
    if held is not None:
        proposals.void(session, held, reason="assigned to a customer", now=now)
    audit.append(
        session,
        at=now,
        actor=actor,
        event="message.assigned",
        subject=f"message:{message_id}",
        payload={"customer": customer_id},
    )

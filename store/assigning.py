"""A person says whose mail it is, where matching could not. The mail is understood anew with that customer's account."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Session, col, select

from store import audit, contacts, proposals
from store.cases import invoice_numbers, open_case
from store.inbound import InboundEmail
from store.naming import invoices_in
from store.proposals import Stale
from store.protecting import comes_about
from store.tables import Customer, Message, ProposalRow
from store.vocabulary import Delivery, IdentityLevel, MessageKind, MessageState, ProposalStatus
from store.whose import customers_of_address

_SURE = (IdentityLevel.A, IdentityLevel.B)
_MARKS = {MessageKind.BOUNCE: Delivery.BOUNCING, MessageKind.COMPLAINT: Delivery.COMPLAINED}


def assign_to(session: Session, message_id: int, *, customer_id: str, actor: str, now: datetime) -> None:
    """Give an unmatched message to a customer. Raises ValueError without such a customer, Stale when that is settled already.

    The identity level never rises: that a person knows whose matter it is does not prove who wrote. It falls where the sender
    is no contact of that customer.
    """
    audit.take_turn(session)
    message = session.get(Message, message_id)
    if session.get(Customer, customer_id) is None:
        raise ValueError(f"there is no customer {customer_id!r}")
    if message is None or message.customer_id is not None:
        raise Stale("this mail is not unmatched any more")
    if _decided(session, message_id):
        # Its live proposal would stand in the way of a new one: the mail would be assigned, and never seen again.
        raise Stale("somebody has decided about this mail already")
    message.customer_id, message.case_id = customer_id, open_case(session, customer_id, now=now)
    email = InboundEmail.model_validate(message.parsed)
    message.invoices = invoices_in(email, invoice_numbers(session, customer_id))
    _lower_identity(session, message, email.from_address or "")
    _understand_anew(session, message, reason="assigned to a customer", now=now)
    if message.from_customer:
        _void_others(session, message, now=now)
    audit.append(
        session,
        at=now,
        actor=actor,
        event="message.assigned",
        subject=f"message:{message_id}",
        payload={"customer": customer_id},
    )


def mark_reported(session: Session, message_id: int, *, actor: str, now: datetime) -> None:
    """Take the contacts that a matched bounce or complaint names out of use, as a person decided. Raises ValueError.

    For reports that do not prove themselves: they name no mail of ours. Only contacts of the report's customer are marked.
    """
    audit.take_turn(session)
    message = session.get(Message, message_id)
    email = InboundEmail.model_validate(message.parsed) if message is not None else None
    if message is None or email is None or email.bounce is None or message.customer_id is None:
        raise ValueError("this mail is no report about a contact of a customer")
    named = [address for address in (email.bounce.recipient, *email.bounce.also) if address]
    own = [a for a in named if any(c == message.customer_id for c, _ in customers_of_address(session, a))]
    note = email.bounce.diagnostic or (email.bounce.reason or "").replace("_", " ")
    marked = sum(
        contacts.mark(session, a, _MARKS[email.kind], note=note, actor=actor, message_id=message_id, now=now)
        for a in own
    )
    if not marked:
        raise ValueError("no contact of this customer that the report names can still be written to")
    message.match_flags = [*(f for f in message.match_flags if f != "report_unproven"), "contact_marked"]
    _understand_anew(session, message, reason="the contact was marked", now=now)


def _decided(session: Session, message_id: int) -> bool:
    undecided = (ProposalStatus.VOID, ProposalStatus.HELD)
    live = select(ProposalRow.id).where(ProposalRow.message_id == message_id, col(ProposalRow.status).not_in(undecided))
    return session.exec(live).first() is not None


def _void_others(session: Session, message: Message, *, now: datetime) -> None:
    """Void what was proposed in the case without this mail: it may be older than what those know of, and is news all the same."""
    live = (ProposalStatus.HELD, ProposalStatus.APPROVED)
    others = session.exec(
        select(ProposalRow).where(
            ProposalRow.case_id == message.case_id,
            ProposalRow.message_id != message.id,
            col(ProposalRow.status).in_(live),
        )
    ).all()
    for other in others:
        if not comes_about(session, other):
            proposals.void(session, other.id or 0, reason="another mail of the customer was assigned", now=now)


def _lower_identity(session: Session, message: Message, sender: str) -> None:
    users = {customer for customer, _ in customers_of_address(session, sender)}
    if message.identity in _SURE and message.customer_id not in users:
        message.identity = IdentityLevel.C
        message.match_flags = [*message.match_flags, "foreign_sender"]


def _understand_anew(session: Session, message: Message, *, reason: str, now: datetime) -> None:
    message.state, message.attempts, message.claimed_by, message.claimed_until = MessageState.STORED, 0, None, None
    session.flush()
    held = session.exec(
        select(ProposalRow.id).where(
            ProposalRow.message_id == message.id, col(ProposalRow.status) == ProposalStatus.HELD
        )
    ).first()
    if held is not None:
        proposals.void(session, held, reason=reason, now=now)

"""Whether a letter, a call or an SMS that was approved may still be carried out. Asked on every path, in the same transaction.

It only looks; `store.channel_tasks.void` ends what has no ground any more.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from decimal import Decimal

from sqlmodel import Session, col, select

from store import channel_tasks
from store.balances import free_of
from store.bank import seen_money
from store.by_hand import last_by_hand
from store.cases import customer_facts
from store.channel_tasks import ChannelTask
from store.clock import day_in
from store.facts import CaseFacts, ContactFacts
from store.last_resort import of_customer
from store.last_resort_words import OPEN
from store.outreach import paused_until
from store.outreach_words import Channel, LastResort
from store.tables import Message, ProposalRow
from store.vocabulary import ContactStatus

#: While one of these is open, others speak with the customer, or nobody does.
_NOT_WHILE = (LastResort.HAND_OFF, LastResort.SETTLEMENT, LastResort.WRITE_OFF)

#: What was approved so long ago is not true any more; a letter bears its day, and the last day to answer of a final notice.
LASTS = {Channel.LETTER: timedelta(days=5), Channel.CALL: timedelta(days=21), Channel.SMS: timedelta(days=21)}


def why_not(session: Session, task: ChannelTask, facts: CaseFacts) -> str | None:
    """Say why a task may not be done any more; None where it may. `facts`: the customer's, as they are now."""
    customer = facts.customer
    if customer is None or customer.stopped:
        return "nothing may be written to this customer any more"
    newer = select(Message.id).where(
        Message.customer_id == task.customer_id,
        col(Message.from_customer).is_(True),
        col(Message.id) > task.newest_message,
    )
    if session.exec(newer.limit(1)).first() is not None:
        return "the customer wrote meanwhile: the answer comes first"
    since = day_in(customer.timezone, task.created_at)
    if facts.today > since + LASTS[Channel(task.channel)]:
        return f"it was approved on {since} and lay too long: what is due by now is planned anew"
    standing = _standing(session, task, facts)
    if standing is not None:
        return standing
    seen = seen_money(session, task.customer_id)
    asked = [
        i for n in task.invoices if (i := facts.invoice(n)) is not None and free_of(i, seen.get(n, Decimal(0))) > 0
    ]
    if not asked:
        return "nothing of what it asks for is open any more"
    if all(i.held_until is not None and i.held_until >= facts.today for i in asked):
        return "reminders of these invoices are paused: a promise, a plan or a hold stands"
    if task.channel == Channel.LETTER and facts.ledger_digest() != task.ledger_digest:
        return "the books changed since it was approved: the letter's figures may be wrong"
    if task.channel == Channel.LETTER and _shows_more(session, task, seen, facts):
        return "the bank shows money that its figures do not count"
    return None if task.channel == Channel.LETTER else _number_gone(task, facts)


def _standing(session: Session, task: ChannelTask, facts: CaseFacts) -> str | None:
    """Say what a person of ours did meanwhile that keeps the customer from being written to."""
    if paused_until(session, task.customer_id, today=facts.today) is not None:
        return "a colleague paused the cadence"
    by_hand = last_by_hand(session, task.customer_id)
    if by_hand is not None and by_hand > task.created_at:
        return "a colleague has written to the customer by hand since"
    if facts.escalations:
        return "a matter of this customer is in a person's hands"
    if any(row.kind in _NOT_WHILE and row.status in OPEN for row in of_customer(session, task.customer_id)):
        return "a last step is open: a hand-off, a settlement or a write-off"
    return None


def _shows_more(session: Session, task: ChannelTask, seen: Mapping[str, Decimal], facts: CaseFacts) -> bool:
    """Say whether a letter asks for more than is open today, less what is contested and what the bank shows."""
    for action in session.get_one(ProposalRow, task.proposal_id).content["actions"]:
        for line in action["arguments"].get("lines", ()) if not action.get("declined") else ():
            invoice = facts.invoice(line["number"])
            left = free_of(invoice, seen.get(line["number"], Decimal(0))) if invoice is not None else Decimal(0)
            if Decimal(line["open"]) > left:
                return True
    return False


def _number_gone(task: ChannelTask, facts: CaseFacts) -> str | None:
    contact = next((c for c in facts.contacts if c.id == task.contact_id), None)
    if contact is None or contact.phone != task.recipient or not may_use(contact, Channel(task.channel)):
        return "the contact, or the number, is not to be used any more"
    return None


def may_use(contact: ContactFacts, channel: Channel) -> bool:
    """Say whether a verified contact has a number that this channel may use."""
    allowed = contact.takes_calls if channel is Channel.CALL else contact.takes_texts
    return contact.status is ContactStatus.VERIFIED and bool(contact.phone) and allowed


def void_groundless(session: Session, *, now: datetime, actor: str = "daemon", only: int | None = None) -> list[int]:
    """End every open task (or the one named) whose ground is gone; give which."""
    gone = []
    for task in channel_tasks.tasks(session):
        if task.id is None or (only is not None and task.id != only):
            continue
        why = why_not(session, task, customer_facts(session, task.customer_id, now=now))
        if why is not None and channel_tasks.void(session, task.id, why=why, actor=actor, now=now):
            gone.append(task.id)
    session.expire_all()
    return gone

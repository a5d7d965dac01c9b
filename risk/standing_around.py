"""Gathers what stands around accounts, a table at a time: what was said, written, contested and announced. Reads only."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import func
from sqlmodel import Session, col, select

from store.aftermath import DisputeStatus, PlanStatus
from store.channel_tables import ChannelStop
from store.outreach_words import Channel
from store.tables import Contact, Dispute, Hold, Instalment, Message, Outgoing, Payment, Plan, Promise, ProposalRow
from store.vocabulary import ContactStatus, Delivery, ProposalStatus, SendState

_OUT = (SendState.SENT, SendState.FILED)


@dataclass(slots=True)
class Around:
    """What is gathered of one customer."""

    unapplied: dict[str, Decimal] = field(default_factory=lambda: defaultdict(Decimal))
    disputed: dict[str, Decimal] = field(default_factory=lambda: defaultdict(Decimal))
    contested: list[str] = field(default_factory=list)
    paused: dict[str | None, date] = field(default_factory=dict)
    promises: list[Promise] = field(default_factory=list)
    plans: list[Plan] = field(default_factory=list)
    waiting: list[int] = field(default_factory=list)
    reachable: bool = False
    otherwise: tuple[str, ...] = ()
    heard: datetime | None = None
    written: int = 0
    written_before: bool = False


def around(session: Session) -> Mapping[str, Around]:
    """Gather it of everybody."""
    found: dict[str, Around] = defaultdict(Around)
    for payment in session.exec(select(Payment).where(col(Payment.invoice_number).is_(None))):
        found[payment.customer_id].unapplied[payment.currency] += payment.amount
    for dispute in session.exec(select(Dispute).where(Dispute.status == DisputeStatus.OPEN)):
        if dispute.amount is None:
            found[dispute.customer_id].contested.append(dispute.invoice_number)
        else:
            found[dispute.customer_id].disputed[dispute.invoice_number] += dispute.amount
    for hold in session.exec(select(Hold).where(col(Hold.released_at).is_(None))):
        paused, until = found[hold.customer_id].paused, hold.until or date.max
        paused[hold.invoice_number] = max(until, paused.get(hold.invoice_number, until))
    for promise in session.exec(select(Promise).order_by(col(Promise.id))):
        found[promise.customer_id].promises.append(promise)
    for plan in session.exec(select(Plan).order_by(col(Plan.id))):
        found[plan.customer_id].plans.append(plan)
    held = select(ProposalRow.customer_id, ProposalRow.id).where(ProposalRow.status == ProposalStatus.HELD)
    for customer_, number in session.exec(held):
        if customer_ is not None and number is not None:
            found[customer_].waiting.append(number)
    _mails(session, found)
    return found


def _mails(session: Session, found: dict[str, Around]) -> None:
    reached = select(Contact.customer_id).where(
        Contact.status == ContactStatus.VERIFIED, Contact.delivery == Delivery.OK
    )
    for customer in session.exec(reached.distinct()):
        found[customer].reachable = True
    called = select(ChannelStop.contact_id).where(
        ChannelStop.contact_id == Contact.id, ChannelStop.phone == Contact.phone, ChannelStop.channel == Channel.CALL
    )
    numbers = select(Contact.customer_id).where(
        Contact.status == ContactStatus.VERIFIED, col(Contact.phone) != "", ~called.exists()
    )
    for customer in session.exec(numbers.distinct()):
        found[customer].otherwise = ("a telephone number",)
    heard = select(Message.customer_id, func.max(Message.received_at)).where(col(Message.from_customer).is_(True))
    for customer_, at in session.exec(heard.group_by(col(Message.customer_id))):
        if customer_ is not None:
            found[customer_].heard = at
    for customer, sent_at in session.exec(
        select(Outgoing.customer_id, Outgoing.sent_at).where(col(Outgoing.state).in_(_OUT))
    ):
        known = found[customer]
        known.written_before = True
        known.written += sent_at is not None and (known.heard is None or sent_at > known.heard)


def instalments(session: Session) -> Mapping[int, Sequence[Instalment]]:
    """Give the instalments of agreed plans, by plan."""
    agreed = select(Plan.id).where(Plan.status == PlanStatus.AGREED)
    query = select(Instalment).where(col(Instalment.plan_id).in_(agreed)).order_by(col(Instalment.position))
    found: dict[int, list[Instalment]] = defaultdict(list)
    for part in session.exec(query):
        found[part.plan_id].append(part)
    return found

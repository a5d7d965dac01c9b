"""What the whole house's open invoices and steps are, in a few questions, for whoever asks whose day could bring a step. Judges nothing."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import select as columns
from sqlmodel import Session, col, func, select

from store.aftermath import FollowupKind, FollowupState, PromiseStatus
from store.channel_tasks import UNHEARD, ChannelTask
from store.facts import CREDIT_NOTE
from store.matters import Followup
from store.outreach import OutreachStepRow
from store.outreach_words import OutreachStep, TaskState
from store.tables import Customer, Invoice, Message, Outgoing, Payment, Promise, ProposalRow
from store.vocabulary import ProposalStatus, SendState


@dataclass(frozen=True, slots=True)
class OpenInvoice:
    """An invoice on which something is open. `order`: it names an order of the customer."""

    number: str
    due: date
    balance: Decimal
    currency: str
    order: bool


@dataclass(slots=True)
class Standing:
    """One customer as the sieve sees them. `begun`: by invoice, the steps that were taken, refused, or wait.

    `late_days`: of each paid invoice, days after its due date; `settled`: any invoice has nothing open.
    """

    zone: str
    tier: str
    currency: str
    invoices: list[OpenInvoice] = field(default_factory=list)
    begun: dict[str, set[OutreachStep]] = field(default_factory=lambda: defaultdict(set))
    written_at: datetime | None = None
    replied_at: datetime | None = None
    late_days: list[int] = field(default_factory=list)
    broken: bool = False
    settled: bool = False


def standings(session: Session, customers: Collection[str]) -> dict[str, Standing]:
    """Load how these customers stand, by id."""
    if not customers:
        return {}
    about = (Customer.id, Customer.timezone, Customer.tier, Customer.currency)
    rows = session.execute(columns(*(col(each) for each in about)))
    found = {number: Standing(zone, tier, currency) for number, zone, tier, currency in rows if number in customers}
    _invoices(session, found)
    _steps(session, found)
    _moments(session, found)
    for customer in session.exec(select(Promise.customer_id).where(Promise.status == PromiseStatus.BROKEN).distinct()):
        if customer in found:
            found[customer].broken = True
    return found


def _invoices(session: Session, found: dict[str, Standing]) -> None:
    """Read the invoices; those that are paid tell how the customer pays."""
    query = columns(
        col(Invoice.customer_id),
        col(Invoice.number),
        col(Invoice.due_date),
        col(Invoice.balance),
        col(Invoice.currency),
        col(Invoice.po_number),
    )
    paid: dict[str, tuple[str, date]] = {}
    for customer, number, due, balance, currency, order in session.execute(query):
        standing = found.get(customer)
        if standing is None:
            continue
        if balance > 0:
            standing.invoices.append(OpenInvoice(number, due, balance, currency, bool(order)))
        else:
            standing.settled = True
            paid[number] = (customer, due)
    last = session.exec(
        select(Payment.invoice_number, func.max(Payment.received_on))
        .where(
            col(Payment.invoice_number).is_not(None),
            ~func.lower(col(Payment.reference)).startswith(CREDIT_NOTE.casefold()),
        )
        .group_by(col(Payment.invoice_number))
    )
    for paid_number, day in last:
        if paid_number in paid:
            customer, due = paid[paid_number]
            found[customer].late_days.append(max(0, (day - due).days))


def _steps(session: Session, found: dict[str, Standing]) -> None:
    """Read the steps; one whose ground was gone before it went out was never taken."""
    unsaid = _unsaid(session)
    query = (
        columns(
            col(OutreachStepRow.id),
            col(OutreachStepRow.customer_id),
            col(OutreachStepRow.taken),
            col(OutreachStepRow.internal),
            col(Followup.state),
            func.count(col(ProposalRow.id)),
        )
        .select_from(OutreachStepRow)
        .join(
            Followup,
            (col(Followup.subject_id) == col(OutreachStepRow.id)) & (col(Followup.kind) == FollowupKind.OUTREACH),
            isouter=True,
        )
        .join(
            ProposalRow,
            (col(ProposalRow.followup_id) == col(Followup.id)) & (col(ProposalRow.status) != ProposalStatus.VOID),
            isouter=True,
        )
        .group_by(col(OutreachStepRow.id), col(Followup.state))
    )
    for number, customer, taken, internal, state, proposals in session.execute(query):
        begun = internal or (state is not None and (proposals or state != FollowupState.CLOSED))
        begun = begun and number not in unsaid
        if customer in found and begun:
            for invoice, step in taken.items():
                found[customer].begun[invoice].add(OutreachStep(step))


def _unsaid(session: Session) -> set[int]:
    """Name the steps whose letter, call or SMS ended unsaid: they may come again."""
    void = (col(ChannelTask.state) == TaskState.VOID) & col(ChannelTask.carried_out_by).is_(None)
    called = (col(ChannelTask.state) == TaskState.CALLED) & col(ChannelTask.outcome).in_(UNHEARD)
    rows = session.exec(
        select(Followup.subject_id)
        .join(ProposalRow, col(ProposalRow.followup_id) == col(Followup.id))
        .join(ChannelTask, col(ChannelTask.proposal_id) == col(ProposalRow.id))
        .where(Followup.kind == FollowupKind.OUTREACH, void | called)
    )
    return set(rows)


def _moments(session: Session, found: dict[str, Standing]) -> None:
    """Read when we wrote last, or will, and when they did."""
    moment = func.max(func.coalesce(Outgoing.sent_at, Outgoing.next_attempt_at))
    ours = select(Outgoing.customer_id, moment).where(col(Outgoing.state).not_in([SendState.VOID, SendState.FAILED]))
    for customer, at in session.exec(ours.group_by(col(Outgoing.customer_id))):
        if customer in found:
            found[customer].written_at = at
    theirs = select(Message.customer_id, func.max(Message.received_at)).where(col(Message.from_customer).is_(True))
    for known, at in session.exec(theirs.group_by(col(Message.customer_id))):
        if known is not None and known in found:
            found[known].replied_at = at

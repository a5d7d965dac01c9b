"""Loads what was said and done about a customer's invoices, for `store.causes`. One customer at a time; reads only.

Claims count where a person approved what was made of them and did not leave it out; rejected and void proposals do not.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from statistics import median_low

from sqlmodel import Session, col, select

from store.aftermath import CheckOutcome, DisputeStatus, PlanStatus
from store.causes import Contested, Heard, Life
from store.clock import day_in
from store.matters import PaymentCheck, PortalItem
from store.proposed import Claim, Proposal, ProposedAction
from store.tables import Contact, Customer, Dispute, Invoice, Message, Payment, Plan, ProposalRow, Resubmission
from store.vocabulary import Delivery, DisputeKind, ProposalStatus, Reason

_DECIDED_FOR = (
    ProposalStatus.APPROVED,
    ProposalStatus.SENT,
    ProposalStatus.DONE,
    ProposalStatus.UNCERTAIN,
    ProposalStatus.FAILED,
)
#: Without an invoice named, these are said of everything that is due.
_FOR_EVERYTHING = frozenset(
    {
        Reason.PAYMENT_FRAUD_RISK,
        Reason.INSOLVENCY,
        Reason.LEGAL_THREAT,
        Reason.HARDSHIP,
        Reason.PLAN_REQUEST,
        Reason.WRONG_CONTACT,
    }
)
#: So many invoices at least show what a customer's usual term is.
_ENOUGH_TERMS = 3


@dataclass(slots=True)
class _Notes:
    """What is gathered about one invoice, with the last case in which it came up."""

    heard: list[Heard] = field(default_factory=list)
    disputes: list[Contested] = field(default_factory=list)
    new_po: bool = False
    sent_again: bool = False
    in_portal: bool = False
    cash_found: bool = False
    planned: bool = False
    case_id: int | None = None


@dataclass(frozen=True, slots=True)
class Past:
    """One invoice with its life. `settled_on`: the day on which money and credits came to all of it, where they do.

    `last_paid_on`: the day of the last payment, whether or not it does.
    """

    invoice: Invoice
    life: Life
    settled_on: date | None
    last_paid_on: date | None
    case_id: int | None


def pasts_of(session: Session, customer: Customer) -> list[Past]:
    """Load the life of every invoice of a customer, by number."""
    query = select(Invoice).where(Invoice.customer_id == customer.id).order_by(Invoice.number)
    invoices = {i.number: i for i in session.exec(query)}
    paid = _payments(session, customer.id, invoices)
    credits = _credits(session, customer.id)
    ends = {number: _end(invoice, paid[number], credits[number]) for number, invoice in invoices.items()}
    notes: dict[str, _Notes] = defaultdict(_Notes)
    _hear(session, customer, invoices, ends, notes)
    _act(session, customer.id, notes)
    terms = [(i.due_date - i.issue_date).days for i in invoices.values()]
    usual = median_low(terms) if len(terms) >= _ENOUGH_TERMS else None
    bounces = _bounces(session, customer)
    return [
        Past(
            invoice=invoice,
            life=_life(invoice, notes[number], usual, bounces, until=ends[number]),
            settled_on=ends[number],
            last_paid_on=max((day for day, _ in paid[number]), default=None),
            case_id=notes[number].case_id,
        )
        for number, invoice in invoices.items()
    ]


def _life(invoice: Invoice, notes: _Notes, usual: int | None, bounces: list[date], *, until: date | None) -> Life:
    return Life(
        issue_date=invoice.issue_date,
        due_date=invoice.due_date,
        heard=tuple(dict.fromkeys(notes.heard)),
        disputes=tuple(notes.disputes),
        new_po=notes.new_po,
        sent_again=notes.sent_again,
        in_portal=notes.in_portal,
        cash_found=notes.cash_found,
        planned=notes.planned,
        bounced=any(invoice.issue_date <= day <= (until or date.max) for day in bounces),
        usual_term=usual,
    )


def _payments(
    session: Session, customer_id: str, invoices: Mapping[str, Invoice]
) -> dict[str, list[tuple[date, Decimal]]]:
    """List the money on each invoice by day; what came in another currency cannot be added up."""
    found: dict[str, list[tuple[date, Decimal]]] = defaultdict(list)
    query = select(Payment).where(Payment.customer_id == customer_id).order_by(col(Payment.received_on))
    for payment in session.exec(query):
        invoice = invoices.get(payment.invoice_number or "")
        if invoice is not None and payment.currency == invoice.currency:
            found[invoice.number].append((payment.received_on, payment.amount))
    return found


def _credits(session: Session, customer_id: str) -> dict[str, list[tuple[date, Decimal]]]:
    found: dict[str, list[tuple[date, Decimal]]] = defaultdict(list)
    query = select(Dispute).where(Dispute.customer_id == customer_id, Dispute.status == DisputeStatus.CREDITED)
    for dispute in session.exec(query):
        if dispute.ended_on is not None and dispute.credit is not None:
            found[dispute.invoice_number].append((dispute.ended_on, dispute.credit))
    return found


def _end(invoice: Invoice, paid: list[tuple[date, Decimal]], credited: list[tuple[date, Decimal]]) -> date | None:
    """Give the day on which the listed money, or money and credits, came to all of a settled invoice.

    What came on it after that day was too much, and made nothing late.
    """
    if invoice.balance > 0:
        return None
    came = Decimal(0)
    for day, amount in paid:
        came += amount
        if came >= invoice.amount:
            return day
    parts = [*paid, *credited]
    whole = sum((amount for _, amount in parts), Decimal(0)) >= invoice.amount
    return max(day for day, _ in parts) if parts and whole else None


def _hear(
    session: Session,
    customer: Customer,
    invoices: dict[str, Invoice],
    ends: dict[str, date | None],
    notes: dict[str, _Notes],
) -> None:
    rows = session.exec(
        select(ProposalRow.content, ProposalRow.case_id, Message.received_at, Message.invoices)
        .join(Message, col(Message.id) == col(ProposalRow.message_id))
        .where(ProposalRow.customer_id == customer.id, col(ProposalRow.followup_id).is_(None))
        .where(col(ProposalRow.status).in_(_DECIDED_FOR))
        .order_by(col(ProposalRow.id))
    )
    for content, case_id, received_at, mentioned in rows:
        proposal, day = Proposal.model_validate(content), day_in(customer.timezone, received_at)
        for index, claim in enumerate(proposal.claims):
            for number in _about(proposal, index, claim, mentioned) or _all_due(proposal, index, invoices, day):
                invoice, end = invoices.get(number), ends.get(number)
                if invoice is not None and invoice.issue_date <= day and (end is None or day <= end):
                    slots = claim.slots
                    heard = Heard(claim.reason, dispute_kind=slots.dispute_kind, document=slots.document)
                    notes[number].heard.append(heard)
                    notes[number].case_id = case_id


def _about(proposal: Proposal, index: int, claim: Claim, mentioned: Sequence[str]) -> list[str]:
    """List the invoices that an approved claim concerns: those it names, else those its act is about, else the thread's."""
    acts = _acts(proposal, index)
    if not acts:
        return []
    acted = [number for act in acts for number in act.arguments.get("invoices", ())]
    return list(dict.fromkeys(claim.invoices or acted or mentioned))


def _all_due(proposal: Proposal, index: int, invoices: Mapping[str, Invoice], day: date) -> list[str]:
    """List what was due when the customer said something that holds for everything."""
    if proposal.claims[index].reason not in _FOR_EVERYTHING or not _acts(proposal, index):
        return []
    return [number for number, invoice in invoices.items() if invoice.due_date <= day]


def _acts(proposal: Proposal, index: int) -> list[ProposedAction]:
    return [act for act in proposal.actions if index in act.claims and not act.declined]


def _act(session: Session, customer_id: str, notes: dict[str, _Notes]) -> None:
    for dispute in session.exec(select(Dispute).where(Dispute.customer_id == customer_id).order_by(col(Dispute.id))):
        contested = Contested(DisputeKind(dispute.kind), DisputeStatus(dispute.status))
        notes[dispute.invoice_number].disputes.append(contested)
    for sent in session.exec(select(Resubmission).where(Resubmission.customer_id == customer_id)):
        notes[sent.invoice_number].new_po |= bool(sent.po_number)
        notes[sent.invoice_number].sent_again = True
    for item in session.exec(select(PortalItem).where(PortalItem.customer_id == customer_id)):
        notes[item.invoice_number].in_portal = True
    for check in session.exec(select(PaymentCheck).where(PaymentCheck.customer_id == customer_id)):
        for number in check.invoices if check.outcome == CheckOutcome.FOUND and check.status != "dismissed" else ():
            notes[number].cash_found = True
    agreed = (PlanStatus.AGREED, PlanStatus.KEPT, PlanStatus.BROKEN)
    for plan in session.exec(select(Plan).where(Plan.customer_id == customer_id, col(Plan.status).in_(agreed))):
        for number in plan.invoices:
            notes[number].planned = True


def _bounces(session: Session, customer: Customer) -> list[date]:
    query = select(Contact.delivery_since).where(
        Contact.customer_id == customer.id, Contact.delivery == Delivery.BOUNCING
    )
    return [day_in(customer.timezone, at) for at in session.exec(query) if at is not None]

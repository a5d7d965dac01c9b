"""What the books said when a conversation began, and what they learned later, as far as the tables still tell.

The ledger keeps no history: balances are worked back from payments by the day on which they arrived. What cannot be worked back is
said in words, for the person who looks through the case.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

from sqlmodel import Session, SQLModel, col, func, select

from evals.conversations.format import LedgerFile, LedgerUpdate
from store.ledger_rows import ContactRow, CustomerRow, InvoiceRow, PaymentRow
from store.matters import PaymentCheck, PortalItem
from store.tables import Contact, Customer, Dispute, Effect, Hold, Invoice, Payment, Plan, Promise, Resubmission
from store.vocabulary import ContactStatus, Delivery

#: What a payment that arrived on a day is known by: the next morning's import.
_MORNING = time(6, tzinfo=UTC)
_LEFT_BEHIND: tuple[tuple[str, type[SQLModel]], ...] = (
    ("promises", Promise),
    ("plans", Plan),
    ("disputes", Dispute),
    ("pauses", Hold),
    ("copies and re-issues", Resubmission),
    ("portal items", PortalItem),
    ("payment searches", PaymentCheck),
)


@dataclass(frozen=True, slots=True)
class Books:
    """A ledger as a case keeps it, and what it lacks."""

    ledger: LedgerFile
    lacks: tuple[str, ...]


def books_of(session: Session, customer_id: str, *, first: datetime, last: datetime) -> Books:
    """Give the ledger of a customer as of the first mail, with what came until the last one."""
    customer = session.get_one(Customer, customer_id)
    invoices = list(
        session.exec(select(Invoice).where(Invoice.customer_id == customer_id).order_by(col(Invoice.number)))
    )
    payments = list(
        session.exec(
            select(Payment)
            .where(Payment.customer_id == customer_id)
            .order_by(col(Payment.received_on), col(Payment.id))
        )
    )
    contacts = list(session.exec(select(Contact).where(Contact.customer_id == customer_id).order_by(col(Contact.id))))
    there = [row for row in contacts if row.source == "import" or row.created_at <= first]
    begun = first.date()
    known = [row for row in invoices if row.issue_date <= begun]
    ledger = LedgerFile(
        customers=(_customer(customer),),
        contacts=tuple(_contact(row) for row in there),
        invoices=tuple(_invoice(row, payments, on=begun) for row in known),
        payments=tuple(_payment(row) for row in payments if row.received_on < begun),
        documents=tuple(row.number for row in known if row.document_sha256),
        updates=tuple(_updates(invoices, payments, first=first, last=last)),
    )
    return Books(ledger, tuple(_lacks(session, customer, there, first=first)))


def _updates(
    invoices: Sequence[Invoice], payments: Sequence[Payment], *, first: datetime, last: datetime
) -> list[LedgerUpdate]:
    days = {row.received_on + timedelta(days=1) for row in payments} | {row.issue_date for row in invoices}
    found = []
    for day in sorted(days):
        at = datetime.combine(day, _MORNING)
        if not first < at <= last or day <= first.date():
            continue
        came = [row for row in payments if row.received_on == day - timedelta(days=1)]
        about = {row.invoice_number for row in came}
        rows = [row for row in invoices if row.issue_date == day or (row.number in about and row.issue_date <= day)]
        found.append(
            LedgerUpdate(
                at=at,
                invoices=tuple(_invoice(row, payments, on=day) for row in rows),
                payments=tuple(_payment(row) for row in came),
            )
        )
    return found


def _lacks(session: Session, customer: Customer, contacts: Sequence[Contact], *, first: datetime) -> list[str]:
    lacks = [
        "balances are worked back from the payments by the day they arrived: credit notes, write-offs and edits in the ERP are not seen"
    ]
    for name, table in _LEFT_BEHIND:
        query = select(func.count()).select_from(table).join(Effect, col(Effect.id) == table.effect_id)  # type: ignore[attr-defined]
        count = session.exec(query.where(table.customer_id == customer.id, col(Effect.applied_at) < first)).one()  # type: ignore[attr-defined]
        if count:
            lacks.append(f"{count} {name} from before the first mail are not in the case")
    if any(row.status != ContactStatus.VERIFIED or row.delivery != Delivery.OK for row in contacts):
        lacks.append("a contact that is not verified, or does not receive mail, is an ordinary one in the case")
    if customer.stopped_reason:
        lacks.append("the customer is stopped today; the case begins without that")
    return lacks


def _customer(row: Customer) -> CustomerRow:
    return CustomerRow(
        customer_id=row.id,
        name=row.name,
        currency=row.currency,
        language=row.language,
        timezone=row.timezone,
        tier=row.tier,
        owner=row.owner,
        portal=row.portal,
        supplier_number=row.supplier_number,
    )


def _contact(row: Contact) -> ContactRow:
    return ContactRow(customer_id=row.customer_id, name=row.name, email=row.email, role=row.role)


def _invoice(row: Invoice, payments: Sequence[Payment], *, on: date) -> InvoiceRow:
    """Give an invoice with what was open on a morning: what arrived from that day on was still open then."""
    later = sum((p.amount for p in payments if p.invoice_number == row.number and p.received_on >= on), Decimal(0))
    return InvoiceRow(
        invoice_number=row.number,
        customer_id=row.customer_id,
        issue_date=row.issue_date,
        due_date=row.due_date,
        currency=row.currency,
        amount=row.amount,
        balance=max(row.balance, min(row.amount, row.balance + later)),
        po_number=row.po_number,
        description=row.description,
        product=row.product,
    )


def _payment(row: Payment) -> PaymentRow:
    return PaymentRow(
        payment_id=row.id,
        customer_id=row.customer_id,
        invoice_number=row.invoice_number or "",
        received_on=row.received_on,
        currency=row.currency,
        amount=row.amount,
        reference=row.reference,
    )

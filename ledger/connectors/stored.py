"""What the ledger holds already, as a pull must know it: its own records, those of other sources, customers, addresses. Reads only."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from sqlmodel import Session, select

from store import remote_records
from store.ledger_changes import numbers_before
from store.remote_records import Known
from store.scoping import whole_house
from store.tables import Contact, Customer, Invoice, Payment
from store.vocabulary import ContactStatus

#: Who brought a row that no connection brought.
IMPORT = "import"


@dataclass(frozen=True, slots=True)
class StoredCustomer:
    """What people may have set by hand, and a pull leaves as it is."""

    currency: str
    language: str
    timezone: str
    tier: str
    owner: str
    name: str = ""
    address: str = ""
    country: str = ""


@dataclass(frozen=True, slots=True)
class StoredInvoice:
    """An invoice of the ledger."""

    customer_id: str
    issued: date
    due: date
    currency: str
    amount: Decimal
    balance: Decimal
    po_number: str
    description: str


@dataclass(frozen=True, slots=True)
class StoredPayment:
    """A receipt or a credit note of the ledger."""

    id: str
    customer_id: str
    invoice_number: str
    received_on: date
    currency: str
    amount: Decimal
    reference: str


@dataclass(slots=True)
class Stored:
    """All of it. `brought`: by which connection each invoice and payment came; of whom none is said, the files did."""

    records: dict[tuple[str, str], Known] = field(default_factory=dict)
    customers: dict[str, StoredCustomer] = field(default_factory=dict)
    invoices: dict[str, StoredInvoice] = field(default_factory=dict)
    payments: dict[str, StoredPayment] = field(default_factory=dict)
    brought: dict[str, dict[str, str]] = field(default_factory=dict)
    by_address: dict[str, set[str]] = field(default_factory=dict)
    addresses: set[tuple[str, str]] = field(default_factory=set)
    #: Of these, people whom one of ours or the ERP vouched for and whose number nobody knows.
    without_phone: set[tuple[str, str]] = field(default_factory=set)
    aliases: Mapping[str, str] = field(default_factory=dict)

    def source_of(self, kind: str, ledger_id: str) -> str:
        """Say which connection brought a row (`kind` invoice or payment); IMPORT where none did."""
        return self.brought[kind].get(ledger_id, IMPORT)

    def now(self, customer_id: str) -> str:
        """Give the id that a customer goes under after mergers."""
        return self.aliases.get(customer_id, customer_id)


def stored_of(session: Session, name: str) -> Stored:
    """Read what a pull of one connection must know."""
    whole_house(session)
    found = Stored(
        records=remote_records.records_of(session, name),
        brought={kind: remote_records.brought_by(session, kind) for kind in ("invoice", "payment")},
        aliases=numbers_before(session),
    )
    for customer in session.exec(select(Customer)):
        found.customers[customer.id] = StoredCustomer(
            customer.currency,
            customer.language,
            customer.timezone,
            customer.tier,
            customer.owner,
            customer.name,
            customer.address,
            customer.country,
        )
    for row in session.exec(select(Invoice)):
        found.invoices[row.number] = StoredInvoice(
            row.customer_id,
            row.issue_date,
            row.due_date,
            row.currency,
            row.amount,
            row.balance,
            row.po_number,
            row.description,
        )
    for paid in session.exec(select(Payment)):
        found.payments[paid.id] = StoredPayment(
            paid.id,
            paid.customer_id,
            paid.invoice_number or "",
            paid.received_on,
            paid.currency,
            paid.amount,
            paid.reference,
        )
    by_address: defaultdict[str, set[str]] = defaultdict(set)
    for customer_id, email, phone, status in session.exec(
        select(Contact.customer_id, Contact.email, Contact.phone, Contact.status)
    ):
        by_address[email.lower()].add(customer_id)
        found.addresses.add((customer_id, email.lower()))
        if not phone and status == ContactStatus.VERIFIED:
            found.without_phone.add((customer_id, email.lower()))
    found.by_address = dict(by_address)
    session.expunge_all()
    return found

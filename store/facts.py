"""A snapshot of one case: the only window that the agent has on the ledger. Values only; `store.cases` fills them.

A snapshot holds one customer's data and never another's.
"""

from __future__ import annotations

import hashlib
from datetime import UTC, date, datetime
from decimal import Decimal

from pydantic import BaseModel, ConfigDict

from store.matter_facts import (
    CheckFacts,
    DisputeFacts,
    DocumentFacts,
    EscalationFacts,
    FollowupFacts,
    PlanFacts,
    PortalFacts,
    PromiseFacts,
    ResubmissionFacts,
)
from store.vocabulary import ContactStatus, Delivery, IdentityLevel

__all__ = [
    "CaseFacts",
    "CheckFacts",
    "ContactFacts",
    "CustomerFacts",
    "DisputeFacts",
    "DocumentFacts",
    "EscalationFacts",
    "FollowupFacts",
    "InvoiceFacts",
    "MachineFacts",
    "PastMail",
    "PaymentFacts",
    "PlanFacts",
    "PortalFacts",
    "PromiseFacts",
    "ResubmissionFacts",
]


class _Facts(BaseModel):
    model_config = ConfigDict(frozen=True)


class CustomerFacts(_Facts):
    """The debtor. `language` is ISO 639-1, `timezone` IANA; `stopped_reason` says why nothing may be written to them."""

    id: str
    name: str
    currency: str
    language: str
    timezone: str
    tier: str
    owner: str
    stopped: bool = False
    stopped_reason: str = ""
    portal: str = ""
    supplier_number: str = ""
    address: str = ""
    country: str = ""


class ContactFacts(_Facts):
    """A person at the customer. `phone`: E.164; `takes_calls`, `takes_texts`: nobody said that it may not be used so."""

    id: int
    name: str
    email: str
    role: str
    status: ContactStatus
    delivery: Delivery = Delivery.OK
    delivery_since: datetime | None = None
    delivery_note: str | None = None
    verified_at: datetime | None = None
    source: str = "import"
    phone: str = ""
    takes_calls: bool = True
    takes_texts: bool = True

    @property
    def reachable(self) -> bool:
        """Say whether mail may go there: verified, and it arrives."""
        return self.status is ContactStatus.VERIFIED and self.delivery is Delivery.OK


class InvoiceFacts(_Facts):
    """One invoice; `balance` is what is still open, in `currency`."""

    number: str
    issue_date: date
    due_date: date
    currency: str
    amount: Decimal
    balance: Decimal
    po_number: str
    description: str
    product: str = ""
    document_sha256: str | None = None
    disputed: Decimal = Decimal(0)
    held_until: date | None = None

    def days_overdue(self, today: date) -> int:
        """Count days past due, 0 when not yet due."""
        return max(0, (today - self.due_date).days)


#: How the reference of a credit note begins, which lies beside the receipts (`store.ledger_credits`).
CREDIT_NOTE = "Credit note"


class PaymentFacts(_Facts):
    """Money that arrived, or a credit note; `invoice_number` None means unapplied."""

    id: str
    invoice_number: str | None
    received_on: date
    currency: str
    amount: Decimal
    reference: str

    @property
    def is_credit(self) -> bool:
        """Say whether it is a credit note, or calls itself one: then nobody paid it, whatever it comes to."""
        return self.reference.casefold().startswith(CREDIT_NOTE.casefold())


class PastMail(_Facts):
    """One earlier mail of the case, as typed history: never its text. `by_hand`: a colleague wrote it in their mail program."""

    direction: str
    at: datetime
    reasons: tuple[str, ...] = ()
    tools: tuple[str, ...] = ()
    invoices: tuple[str, ...] = ()
    by_hand: bool = False


class MachineFacts(_Facts):
    """Whether a program wrote the mail. `answered_at`: when an answer went to its address that forbids another one."""

    robot: bool = False
    bulk: bool = False
    answered_at: datetime | None = None


class CaseFacts(_Facts):
    """All that may be known while one reply is worked on.

    `answered_by_hand`: when a colleague answered from their own mail program, so that no draft is wanted.
    `customer` is None for unmatched mail; then every collection is empty. `newest_message` is the
    customer's last mail of the case that was known at `as_of`; `overtaken_by` lists those newer ones that speak of the
    same matter. `today` is the day in the customer's zone at `as_of`; dates in replies resolve against `received_on`, the customer's day when the mail came.
    """

    case_id: int | None
    customer: CustomerFacts | None
    as_of: datetime
    today: date
    received_on: date
    identity: IdentityLevel
    sender_contact: int | None = None
    newest_message: int | None = None
    overtaken_by: tuple[int, ...] = ()
    contacts: tuple[ContactFacts, ...] = ()
    invoices: tuple[InvoiceFacts, ...] = ()
    payments: tuple[PaymentFacts, ...] = ()
    promises: tuple[PromiseFacts, ...] = ()
    plans: tuple[PlanFacts, ...] = ()
    disputes: tuple[DisputeFacts, ...] = ()
    resubmissions: tuple[ResubmissionFacts, ...] = ()
    portal_items: tuple[PortalFacts, ...] = ()
    checks: tuple[CheckFacts, ...] = ()
    documents: tuple[DocumentFacts, ...] = ()
    escalations: tuple[EscalationFacts, ...] = ()
    followup: FollowupFacts | None = None
    history: tuple[PastMail, ...] = ()
    mentioned: tuple[str, ...] = ()
    flags: tuple[str, ...] = ()
    machine: MachineFacts = MachineFacts()
    answered_by_hand: datetime | None = None

    @property
    def open_invoices(self) -> tuple[InvoiceFacts, ...]:
        """Invoices with money still open, oldest due date first."""
        return tuple(sorted((i for i in self.invoices if i.balance > 0), key=lambda i: (i.due_date, i.number)))

    def invoice(self, number: str) -> InvoiceFacts | None:
        """Find one of this customer's invoices by its exact number."""
        return next((i for i in self.invoices if i.number == number), None)

    def contact(self, address: str | None) -> ContactFacts | None:
        """Find one of this customer's contacts by address, in whatever case it is written."""
        wanted = (address or "").lower()
        return next((c for c in self.contacts if c.email.lower() == wanted), None)

    @property
    def recipients(self) -> tuple[ContactFacts, ...]:
        """Contacts that a mail may go to: the writer first, when verified, then the others; none that mail does not reach."""
        reached = [c for c in self.contacts if c.reachable]
        return tuple(sorted(reached, key=lambda c: (c.id != self.sender_contact, c.role != "ap", c.id)))

    def ledger_digest(self) -> str:
        """Hash the ledger facts that an approval binds: balances, payments, disputes, contacts, stops.

        The clock, the sender, the history and what is known of machines are left out: time passing alone must not void an approval.
        """
        bound = self.model_copy(
            update={
                "as_of": datetime.min.replace(tzinfo=UTC),
                "today": date.min,
                "received_on": date.min,
                "history": (),
                "mentioned": (),
                "flags": (),
            }
        ).model_copy(
            update={
                "identity": IdentityLevel.B,
                "sender_contact": None,
                "newest_message": None,
                "overtaken_by": (),
                "case_id": None,
                "followup": None,
                # What is handed to a person voids no approval by itself: the outbound rules say which matter stops what.
                "escalations": (),
                "answered_by_hand": None,
            }
        )
        return hashlib.sha256(bound.model_dump_json(exclude={"machine"}).encode()).hexdigest()

"""What is told of accounts, by the JSON API and by `dunwell account --json` alike, and of what waits outside the queue. Values only."""

from __future__ import annotations

from datetime import date, datetime

from pydantic import Field

from review.api_mail_models import StrandedOut
from review.api_models import Answer, CustomerRef, InvoiceOut, Money, OutgoingOut


class ContactOut(Answer):
    """A person at a customer. Only verified ones to whom mail arrives are written to."""

    id: int
    customer_id: str
    name: str
    email: str
    role: str
    status: str
    delivery: str
    delivery_note: str | None


class WakingOut(Answer):
    """A case that woke by itself and came to no proposal."""

    id: int
    customer: CustomerRef
    kind: str
    due_on: date
    error: str | None


class EscalationOut(Answer):
    """A matter that was handed to a person."""

    id: int
    customer: CustomerRef
    role: str
    urgency: str
    reason: str
    summary: str
    status: str


class UndeliveredOut(Answer):
    """A mail that failed, or of which nobody knows whether it went out."""

    item_id: int
    customer: CustomerRef
    outgoing: OutgoingOut


class AttentionOut(Answer):
    """Everything that waits for a person outside the queue."""

    wakings: list[WakingOut]
    stranded: list[StrandedOut]
    uncertain: list[UndeliveredOut]
    failed: list[UndeliveredOut]
    escalations: list[EscalationOut]
    contacts_to_verify: list[ContactOut]
    unreachable: list[ContactOut]


class CountsOut(Answer):
    """How much waits."""

    waiting: int
    unmatched: int
    attention: int
    tasks: int


class PaymentOut(Answer):
    """Money that arrived. `invoice` is null for money that is not applied."""

    id: str
    invoice: str | None
    received_on: date
    amount: Money
    reference: str


class PromiseOut(Answer):
    """A payment that the customer undertook. `amount` null: what is open on the invoices."""

    id: int
    invoices: list[str]
    noted: date
    due: date
    amount: Money | None
    method: str
    status: str = Field(description="as the ledger and the calendar say it today")
    in_time_until: date
    arrived: Money = Field(description="in time, on the promised invoices")
    late: Money
    possible: Money = Field(description="came in time and was applied to no invoice")
    words: str = Field(description="where it stands, in words")


class InstalmentOut(Answer):
    """One payment of a plan."""

    id: int
    due: date
    amount: Money
    paid: Money
    status: str
    words: str


class PlanOut(Answer):
    """A payment plan."""

    id: int
    invoices: list[str]
    offered: date
    total: Money
    paid: Money
    possible: Money = Field(description="came in since and was applied to no invoice")
    status: str
    words: str
    round: int
    instalments: list[InstalmentOut]


class ResubmissionOut(Answer):
    """An invoice that was sent again, or that the ERP must re-issue."""

    id: int
    invoice: str
    kind: str
    status: str
    po_number: str | None
    sent_on: date | None


class PortalStandingOut(Answer):
    """An invoice in the customer's portal."""

    id: int
    invoice: str
    portal: str
    status: str


class PaymentCheckOut(Answer):
    """A search for money that the customer says they paid."""

    id: int
    invoices: list[str]
    outcome: str
    status: str
    payments: list[str]
    pause_until: date | None


class PauseOut(Answer):
    """A pause. `invoice` null: the whole account. `until` null: until a person ends it."""

    invoice: str | None
    kind: str
    until: date | None


class DisputeOut(Answer):
    """A contested invoice, or the contested part of it. `amount` null: the whole invoice."""

    id: int
    invoice: str
    kind: str
    amount: Money | None
    status: str
    owner: str
    due: date | None
    credit: Money | None


class NetOut(Answer):
    """What is open in one currency against what lies unapplied."""

    currency: str
    open: Money
    disputed: Money
    credits: Money = Field(description="credit notes that no invoice has taken")
    receipts: Money = Field(description="money that no invoice has taken")
    seen: Money = Field(description="what the bank shows of open invoices and the ledger does not yet")
    net: Money = Field(description="open less all three, no credit counted twice; below zero it is the customer's")
    nothing_to_ask: bool = Field(description="nobody is reminded in this currency: nothing is left uncontested")
    words: str = Field(description="why nothing is asked; empty where something is")


class LedgerChangeOut(Answer):
    """What an import changed of an invoice or of the customer."""

    at: datetime
    invoice: str | None
    kind: str
    before: str
    after: str
    origin: str = Field(description="the file, folder or connection that brought it")
    actor: str
    words: str


class AccountSummary(Answer):
    """A customer as one line."""

    id: str
    name: str


class AccountList(Answer):
    """Customers, by number."""

    accounts: list[AccountSummary]
    next_cursor: str | None


class AccountOut(AccountSummary):
    """One customer's account as it stands."""

    currency: str
    language: str
    timezone: str
    tier: str
    owner: str
    stopped: str | None = Field(description="why nothing may be written to them; null where it may")
    as_of: datetime
    today: date = Field(description="the customer's own day")
    ledger_of: date | None = Field(description="the day on which the ledger was last brought in")
    open: list[Money]
    overdue: list[Money]
    net: list[NetOut]
    invoices: list[InvoiceOut]
    payments: list[PaymentOut] = Field(
        description="receipts and credit notes; those without an invoice are not applied"
    )
    contacts: list[ContactOut]
    promises: list[PromiseOut]
    plans: list[PlanOut]
    disputes: list[DisputeOut]
    resubmissions: list[ResubmissionOut]
    portal: list[PortalStandingOut]
    payment_checks: list[PaymentCheckOut]
    pauses: list[PauseOut]
    changes: list[LedgerChangeOut] = Field(description="what imports changed, the newest first")

"""What an account holds besides invoices and money: promises, plans, disputes and what was sent or asked, as values.

Part of the snapshot (`store.facts`); filled by `store.matter_loading`. Days are the customer's own.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from pydantic import BaseModel, ConfigDict

from store.aftermath import (
    DisputeStatus,
    FollowupKind,
    InstalmentStatus,
    PaymentMethod,
    Portal,
    PortalStatus,
    ResubmissionStatus,
)
from store.outreach_around import OutreachFacts
from store.proposed import Claim
from store.vocabulary import DocumentKind, MissingPiece


class _Facts(BaseModel):
    model_config = ConfigDict(frozen=True)


class PromiseFacts(_Facts):
    """A payment that the customer undertook. `status`: open, kept, broken or replaced. `said_on`: when we noted it.

    `money_from`: the day of the customer's mail, from which money counts. `wait_until`: the last day on which the money is in time, by the payment `method`.
    """

    invoices: tuple[str, ...]
    due: date
    amount: Decimal | None
    status: str
    id: int = 0
    currency: str = ""
    said_on: date | None = None
    method: PaymentMethod = PaymentMethod.TRANSFER
    wait_until: date | None = None
    money_from: date | None = None


class InstalmentFacts(_Facts):
    """One payment of a plan."""

    due: date
    amount: Decimal
    status: InstalmentStatus = InstalmentStatus.OPEN
    id: int = 0


class PlanFacts(_Facts):
    """A payment plan. `status`: proposed, agreed, kept, broken, declined or replaced. `round`: 1 for our first offer."""

    invoices: tuple[str, ...]
    total: Decimal
    currency: str
    status: str
    id: int = 0
    instalments: tuple[InstalmentFacts, ...] = ()
    offered_on: date | None = None
    ended_on: date | None = None
    round: int = 1


class DisputeFacts(_Facts):
    """An open or closed dispute. `amount` None: the whole invoice. `credit`: what was given back at its end."""

    invoice_number: str
    kind: str
    amount: Decimal | None
    status: str
    id: int = 0
    opened_on: date | None = None
    due: date | None = None
    owner: str = ""
    credit: Decimal | None = None

    @property
    def open(self) -> bool:
        """Say whether it is still to be settled."""
        return self.status == DisputeStatus.OPEN


class ResubmissionFacts(_Facts):
    """An invoice that was sent again, or that the ERP must re-issue (`kind`: copy, corrected or reissue)."""

    invoice_number: str
    kind: str
    status: ResubmissionStatus
    id: int = 0
    po_number: str | None = None
    sent_on: date | None = None


class PortalFacts(_Facts):
    """An invoice's standing in the customer's portal."""

    invoice_number: str
    portal: Portal
    status: PortalStatus
    id: int = 0


class CheckFacts(_Facts):
    """A search for money that the customer says they paid. `payments`: the receipts that it found."""

    invoices: tuple[str, ...]
    outcome: str
    status: str
    id: int = 0
    payments: tuple[str, ...] = ()
    pause_until: date | None = None


class DocumentFacts(_Facts):
    """A document that may be sent: of the company, or of one invoice of this customer."""

    kind: DocumentKind
    sha256: str
    filename: str
    invoice_number: str | None = None


class EscalationFacts(_Facts):
    """A matter that a person has in hand and has not closed. `proposal_id`: the approval that handed it over."""

    id: int
    reason: str
    role: str
    proposal_id: int | None = None


class FollowupFacts(_Facts):
    """Why the case woke by itself, and the customer's words that it goes back to.

    `day` is the day that was to bring something (a promise's date, an instalment's); `amount` what was to come, or what is
    credited. `since`: the day of our act that is followed up. `question`: what was asked back. `contact_id`: whom to write to.
    `outreach`: the step of a cadence, where nobody wrote before us; the claim then says nothing.
    """

    kind: FollowupKind
    subject_id: int
    invoices: tuple[str, ...]
    claim: Claim
    day: date
    since: date
    amount: Decimal | None = None
    currency: str = ""
    contact_id: int | None = None
    question: MissingPiece | None = None
    id: int = 0
    outreach: OutreachFacts | None = None

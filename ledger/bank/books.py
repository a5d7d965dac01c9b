"""What a line is matched against: open invoices, credit notes, known payers, advices, receipts of the ERP. Values only."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal
from enum import StrEnum

from store.bank_words import SURE, Deduction, NamedPart

CENT = Decimal("0.01")
NOTHING = Decimal(0)


class Kind(StrEnum):
    """How a line was matched."""

    EXACT = "exact"
    CHARGES = "bank_charges"
    DISCOUNT = "discount"
    CREDITS = "credit_notes"
    SHORT = "short"
    OVER = "over"
    SUM = "sum"
    ADVICE = "advice"
    PAYER_AMOUNT = "payer_and_amount"
    PAYER_SUM = "payer_and_sum"
    PAYER_ONLY = "payer_alone"
    PAID_TWICE = "paid_twice"
    AMOUNT_ONLY = "amount_alone"
    OTHER_CURRENCY = "other_currency"


@dataclass(frozen=True, slots=True)
class OpenItem:
    """An invoice; `balance` is what the ERP says is open, zero for one that is paid and may be named all the same."""

    number: str
    customer_id: str
    currency: str
    balance: Decimal
    issue_date: date
    due_date: date


@dataclass(frozen=True, slots=True)
class CreditNote:
    """A credit note that no invoice has taken yet; `amount` above zero."""

    number: str
    customer_id: str
    currency: str
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Receipt:
    """Money that the ERP has booked."""

    id: str
    customer_id: str
    invoice_number: str | None
    received_on: date
    currency: str
    amount: Decimal
    reference: str


@dataclass(frozen=True, slots=True)
class Incoming:
    """A line that came in. `key` orders lines of one day, in whatever order they were imported."""

    key: str
    booked_on: date
    amount: Decimal
    currency: str
    text: str = ""
    structured: str = ""
    end_to_end: str = ""
    payer_name: str = ""
    payer_iban: str = ""
    charges: Decimal = NOTHING
    named: tuple[NamedPart, ...] = ()


@dataclass(frozen=True, slots=True)
class Advice:
    """What a customer wrote of a payment: its total, and what each invoice gets of it. `mailed`: believed on a mail's word alone."""

    customer_id: str
    total: Decimal
    currency: str
    reference: str
    parts: tuple[NamedPart, ...]
    mailed: bool = False


@dataclass(frozen=True, slots=True)
class Limits:
    """What may lack without a question: the smaller of a sum and a share for charges; a share within days for a discount."""

    tolerance: Decimal = Decimal("15.00")
    tolerance_share: Decimal = Decimal("0.005")
    discount_share: Decimal = Decimal("0.03")
    discount_days: int = 20

    def charges(self, owed: Decimal) -> Decimal:
        """Give the most that banks may have kept of an amount, in whole cents."""
        return min(self.tolerance, (owed * self.tolerance_share).quantize(CENT, ROUND_DOWN))

    def discounted(self, balance: Decimal, rate: Decimal) -> Decimal:
        """Give the discount on an amount at a rate, rounded as invoices round it."""
        return (balance * rate).quantize(CENT, ROUND_HALF_UP)

    def in_time(self, item: OpenItem, day: date) -> bool:
        """Say whether a discount could still be taken."""
        return day <= item.issue_date + timedelta(days=self.discount_days)


@dataclass(frozen=True, slots=True)
class Piece:
    """What an invoice gets of a line: money, and what was deducted of it with its reason."""

    number: str
    customer_id: str
    amount: Decimal
    deducted: Decimal = NOTHING
    deduction: Deduction | None = None
    credit_number: str = ""

    @property
    def settles(self) -> Decimal:
        """Give by how much the invoice would go down."""
        return self.amount + self.deducted


@dataclass(frozen=True, slots=True)
class Way:
    """One way in which a line may be meant. `unapplied`: what no invoice gets. `customer_id` None: several customers', or nobody's.

    `pieces` and `unapplied` together are always the whole line.
    """

    kind: Kind
    customer_id: str | None
    pieces: tuple[Piece, ...]
    unapplied: Decimal
    confidence: float
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Found:
    """What a line came to: its ways, likeliest first."""

    ways: tuple[Way, ...] = ()

    @property
    def best(self) -> Way | None:
        """Give the likeliest way, where it is sure enough to be suggested."""
        return self.ways[0] if self.ways and self.ways[0].confidence >= SURE else None


@dataclass(frozen=True, slots=True)
class Books:
    """All that lines are matched against. `by_iban` and `by_name`: payers of confirmed lines -> their customers, by folded name."""

    items: tuple[OpenItem, ...]
    customers: Mapping[str, str]
    credits: tuple[CreditNote, ...] = ()
    advices: tuple[Advice, ...] = ()
    by_iban: Mapping[str, frozenset[str]] = field(default_factory=dict)
    by_name: Mapping[str, frozenset[str]] = field(default_factory=dict)
    limits: Limits = Limits()


def total(amounts: Iterable[Decimal]) -> Decimal:
    """Add up."""
    return sum(amounts, NOTHING)

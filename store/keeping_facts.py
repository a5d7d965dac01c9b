"""An account as the calendar and the ledger see it on one day: what was undertaken, asked and paused, and what came in.

Values only, of one customer and never of another; `store.keeping_loading` fills them, the `store.keeping_*` modules judge them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from store.aftermath import InstalmentStatus, PaymentMethod, PlanStatus, PromiseStatus
from store.facts import PaymentFacts


@dataclass(frozen=True, slots=True)
class Origin:
    """What a matter came from: the effect, its conversation, and when it was carried out (`on`: the customer's day).

    `said`: the day of the mail that it answers; None where that is not known.
    """

    effect_id: int
    case_id: int | None
    at: datetime
    on: date
    said: date | None = None

    @property
    def since(self) -> date:
        """Give the day from which money may be what the customer announced: that of their mail, not of our noting it."""
        return min(self.said or self.on, self.on)


@dataclass(frozen=True, slots=True)
class OpenInvoice:
    """What is open on an invoice, and what of it may be asked for: not the disputed part."""

    balance: Decimal
    disputed: Decimal = Decimal(0)

    @property
    def payable(self) -> Decimal:
        """The open part that nobody disputes."""
        return max(self.balance - self.disputed, Decimal(0))


@dataclass(frozen=True, slots=True)
class PromiseRecord:
    """A promise with where it came from. `wait_until` None: counted from the policy's days."""

    id: int
    origin: Origin
    invoices: tuple[str, ...]
    due: date
    amount: Decimal | None
    currency: str
    status: PromiseStatus = PromiseStatus.OPEN
    method: PaymentMethod = PaymentMethod.TRANSFER
    wait_until: date | None = None


@dataclass(frozen=True, slots=True)
class InstalmentRecord:
    """One payment of a plan."""

    id: int
    due: date
    amount: Decimal
    status: InstalmentStatus = InstalmentStatus.OPEN


@dataclass(frozen=True, slots=True)
class PlanRecord:
    """A plan, its instalments by date. `answer_by`: the day by which the customer was asked to answer an offer."""

    id: int
    origin: Origin
    invoices: tuple[str, ...]
    total: Decimal
    currency: str
    status: PlanStatus
    instalments: tuple[InstalmentRecord, ...]
    answer_by: date | None = None


@dataclass(frozen=True, slots=True)
class ResubmissionRecord:
    """An invoice that was sent again and that nobody has settled or confirmed.

    `told`: the customer could know of it. A re-issue is, from its export to the ERP on, and its origin is of that moment.
    """

    id: int
    origin: Origin
    invoice: str
    answer_due: date | None = None
    told: bool = True


@dataclass(frozen=True, slots=True)
class CheckRecord:
    """An open search for money. `payments`: the receipts that may be it; `found`: they are it, and a person must apply them."""

    id: int
    origin: Origin
    invoices: tuple[str, ...]
    payments: tuple[str, ...]
    pause_until: date | None
    found: bool = False


@dataclass(frozen=True, slots=True)
class HoldRecord:
    """A pause that was not let go yet. `invoice` None: the whole account. `until` None: until a person ends it."""

    id: int
    origin: Origin
    kind: str
    invoice: str | None
    until: date | None


@dataclass(frozen=True, slots=True)
class QuestionRecord:
    """A question of ours. `invoices` empty: about the account as a whole."""

    origin: Origin
    invoices: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CustomerMail:
    """A mail of the customer. `waiting`: nobody has answered it yet, it lies on somebody's desk."""

    case_id: int | None
    at: datetime
    invoices: tuple[str, ...]
    waiting: bool


@dataclass(frozen=True, slots=True)
class Account:
    """One customer on one day of their own. `ledger_of`: the day on which the ledger was last brought in.

    `decided`: the effects about whose invoices a person was asked, and has answered (`Question`).
    """

    today: date
    ledger_of: date | None
    stopped: bool
    invoices: Mapping[str, OpenInvoice]
    payments: tuple[PaymentFacts, ...] = ()
    promises: tuple[PromiseRecord, ...] = ()
    plans: tuple[PlanRecord, ...] = ()
    resubmissions: tuple[ResubmissionRecord, ...] = ()
    checks: tuple[CheckRecord, ...] = ()
    holds: tuple[HoldRecord, ...] = ()
    questions: tuple[QuestionRecord, ...] = ()
    mails: tuple[CustomerMail, ...] = ()
    decided: frozenset[int] = frozenset()

    def astray(self, numbers: Iterable[str]) -> tuple[str, ...]:
        """List the invoices that are not this customer's any more: that nothing is open on them here says nothing."""
        return tuple(n for n in numbers if n not in self.invoices)

    def balance(self, numbers: Iterable[str]) -> Decimal:
        """Sum what is open on these invoices."""
        return sum((self.invoices[n].balance for n in numbers if n in self.invoices), Decimal(0))

    def payable(self, numbers: Iterable[str]) -> Decimal:
        """Sum what is open on these invoices and not disputed."""
        return sum((self.invoices[n].payable for n in numbers if n in self.invoices), Decimal(0))

    def known_after(self, day: date) -> bool:
        """Say whether a day is over and the ledger is newer: only then may anybody be told that no money came."""
        return self.today > day and self.ledger_of is not None and self.ledger_of > day

    def written_since(self, origin: Origin, invoices: Iterable[str]) -> tuple[CustomerMail, ...]:
        """List what the customer wrote in the same conversation afterwards, about these invoices or about none by name."""
        about = set(invoices)
        return tuple(
            mail
            for mail in self.mails
            if mail.case_id == origin.case_id
            and mail.at > origin.at
            and (not mail.invoices or not about or about & set(mail.invoices))
        )

    def on_the_desk(self, origin: Origin, invoices: Iterable[str]) -> bool:
        """Say whether a mail about the matter waits for a person already: then nothing wakes besides."""
        return any(mail.waiting for mail in self.written_since(origin, invoices))

"""What may be answered without a person, one day: reason by band by tier. Nothing is, until a cell is opened and its record proves it.

A pure gate; `review.autonomous` asks it. It knows template answers only: free prose is never sent without a person.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from store.facts import CaseFacts
from store.outreach_words import Channel, OutreachStep
from store.vocabulary import IdentityLevel, Reason


class Reminder(StrEnum):
    """The steps of a cadence that may be opened, as the table counts them. A firm word is always a person's."""

    VERIFY = "remind_verify"
    BEFORE_DUE = "remind_before_due"
    DUE_TODAY = "remind_due_today"
    OVERDUE = "remind_overdue"


#: Reasons that a template can answer without a figure of its own, and whose act gives nothing away; and the plain reminders. No
#: other may be opened.
TEMPLATE_REASONS: frozenset[Reason | Reminder] = frozenset(
    {Reason.INVOICE_MISSING, Reason.DOCUMENT_REQUEST, Reason.PAYMENT_IN_PROCESS, Reason.AWAITING_APPROVAL, *Reminder}
)


def reminder_key(step: OutreachStep) -> str:
    """Give the name under which the table counts a step of a cadence."""
    return f"remind_{step.value}"


def key_of(name: str) -> Reason | Reminder:
    """Read the name of a row of the table. Raises ValueError for one that there is not."""
    return Reminder(name) if name in set(Reminder) else Reason(name)


class Band(StrEnum):
    """How much money is open, as the table counts it. LARGE is a person's in any case."""

    SMALL = "small"
    MEDIUM = "medium"
    LARGE = "large"


class Cell(BaseModel):
    """One combination that may be answered by a template alone, once its record allows it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    reason: Reason | Reminder
    band: Band
    tier: str = Field(min_length=1)

    @model_validator(mode="after")
    def _can_be_opened(self) -> Self:
        if self.reason not in TEMPLATE_REASONS:
            names = ", ".join(sorted(TEMPLATE_REASONS))
            raise ValueError(f"reason: {self.reason} is always a person's; only these can be automatic: {names}")
        if self.band is Band.LARGE:
            raise ValueError("band: large balances are always a person's; use small or medium")
        return self


class Autonomy(BaseModel):
    """The table, and what a cell must have shown before it counts. An empty table: everything is a draft for a person."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    small_up_to: Decimal = Field(default=Decimal("1000.00"), gt=0)
    medium_up_to: Decimal = Field(default=Decimal("10000.00"), gt=0)
    min_proposals: int = Field(default=50, ge=50, le=10000, description="decided by a person before a cell counts")
    min_unedited: Decimal = Field(
        default=Decimal("0.98"), ge=Decimal("0.95"), le=1, description="share approved unedited"
    )
    open: tuple[Cell, ...] = ()

    @model_validator(mode="after")
    def _bands_rise(self) -> Self:
        if self.small_up_to >= self.medium_up_to:
            raise ValueError("medium_up_to: must be above small_up_to")
        if len(set(self.open)) != len(self.open):
            raise ValueError("open: a cell is listed twice")
        return self

    def band(self, amount: Decimal) -> Band:
        """Give the band of an open balance."""
        if amount <= self.small_up_to:
            return Band.SMALL
        return Band.MEDIUM if amount <= self.medium_up_to else Band.LARGE

    def is_open(self, reason: Reason | Reminder, amount: Decimal, tier: str) -> bool:
        """Say whether the table opens this combination; its record must still allow it."""
        return Cell.model_construct(reason=reason, band=self.band(amount), tier=tier) in self.open


@dataclass(frozen=True, slots=True)
class Record:
    """What persons did with the proposals of one cell."""

    decided: int
    unedited: int


def why_a_person(
    *,
    reasons: Sequence[Reason | Reminder],
    amount: Decimal,
    case: CaseFacts,
    template: bool,
    ways: Collection[Channel],
    record: Record,
    table: Autonomy,
) -> str | None:
    """Say why a person must decide; None when the answer may go out by itself.

    `reasons` are those of all claims of the reply, `amount` the open balance they are about, `template` whether a template wrote
    every word, `ways` how the acts of the proposal go to the customer, `record` the poorest record among the cells concerned. A
    letter, a call or an SMS is always a person's, whatever the table and its records say.
    """
    step = case.followup.outreach if case.followup is not None else None
    if any(way is not Channel.MAIL for way in (*ways, *((step.channel,) if step is not None else ()))):
        return "it goes by another way than mail, which a person does"
    if case.customer is None or case.customer.stopped:
        return "the mail is nobody's, or writing to the customer is stopped"
    if case.identity not in (IdentityLevel.A, IdentityLevel.B):
        return "the sender is not surely the customer"
    if case.followup is not None and case.followup.outreach is None:
        return "nobody wrote: the case woke by itself"
    if case.flags or case.machine.robot or case.machine.bulk or case.overtaken_by:
        return "the mail is flagged"
    if case.escalations:
        return "a matter of this customer is in a person's hands"
    if any(d.status == "open" for d in case.disputes) or any(i.disputed > 0 for i in case.invoices):
        return "a dispute is open"
    if any(plan.status != "kept" for plan in case.plans):
        return "there is a payment plan"
    if not template:
        return "the words are not those of a template"
    tier = case.customer.tier
    if not reasons or not all(table.is_open(reason, amount, tier) for reason in reasons):
        return "the policy opens no such cell"
    if record.decided < table.min_proposals or record.unedited < table.min_unedited * record.decided:
        return "the record does not allow it yet"
    return None

"""The words for money on our bank account, and what a reader makes of a statement. Values only; signs as the bank's.

They stand beside `store.vocabulary`. Nothing here says whose money it is: that is found later, and a person confirms it.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum


class LineState(StrEnum):
    """Where a line of a statement stands.

    OPEN: nothing fits. SUGGESTED: one way fits. UNCLEAR: several do, or something speaks against it: a person is asked. CONFIRMED: a
    person said what it pays, the ERP has not booked it yet. BOOKED: the ERP has. REVERSED: the bank took it back.
    OUTGOING: no money of a customer (it left us, or came back to us). MAYBE_BOOKED: confirmed, and its invoice fell by more: a person
    says whether the ERP has it. MAYBE_KNOWN: another file may have brought it (`same_as`): it counts for nothing until a person says.
    """

    OPEN = "open"
    SUGGESTED = "suggested"
    UNCLEAR = "unclear"
    CONFIRMED = "confirmed"
    BOOKED = "booked"
    DISMISSED = "dismissed"
    REVERSED = "reversed"
    OUTGOING = "outgoing"
    MAYBE_BOOKED = "maybe_booked"
    MAYBE_KNOWN = "maybe_known"


#: A line of which nobody has decided anything: its suggestion is made anew with every import.
UNDECIDED = frozenset({LineState.OPEN, LineState.SUGGESTED, LineState.UNCLEAR})


#: Of these a yes or a no is asked: is it booked, is it known?
ASKED = frozenset({LineState.MAYBE_BOOKED, LineState.MAYBE_KNOWN})


#: From this confidence on a match is suggested by itself, and nobody is asked for its money; below it a person is asked.
SURE = 0.8


class Deduction(StrEnum):
    """Why less came than was open on an invoice, where that is known or supposed."""

    CHARGES = "bank_charges"
    DISCOUNT = "early_payment_discount"
    CREDIT = "credit_note"
    OTHER = "other"


class PartState(StrEnum):
    """Whether a part of a line is only supposed, or a person confirmed it, or the ERP has booked it."""

    SUGGESTED = "suggested"
    CONFIRMED = "confirmed"
    BOOKED = "booked"


class BankFault(ValueError):
    """A file or a decision is refused; nothing of it was kept. One line for a person: what, where, what to do."""


@dataclass(frozen=True, slots=True)
class NamedPart:
    """What the payer, or a remittance advice, says of one invoice. `paid`: the money; `deducted`: what they kept back."""

    number: str
    paid: Decimal | None = None
    deducted: Decimal = Decimal(0)
    why: str = ""


@dataclass(frozen=True, slots=True)
class ReadLine:
    """One booked movement. `amount` above zero came in, below it left. `reversal`: it takes an earlier one back.

    `structured`: the creditor reference (ISO 11649 or a national one). `named`: referred documents with their amounts.
    """

    booked_on: date
    amount: Decimal
    currency: str
    value_on: date | None = None
    reversal: bool = False
    bank_reference: str = ""
    end_to_end: str = ""
    structured: str = ""
    remittance: str = ""
    payer_name: str = ""
    payer_iban: str = ""
    payer_bic: str = ""
    charges: Decimal = Decimal(0)
    named: tuple[NamedPart, ...] = ()

    def told(self) -> str:
        """Give all that makes this line this line, in one string."""
        parts = (
            self.booked_on.isoformat(),
            f"{self.amount:.2f}",
            self.currency,
            str(self.reversal),
            self.bank_reference,
            self.end_to_end,
            self.structured,
            self.remittance,
            self.payer_name,
            self.payer_iban,
        )
        return "\x1f".join(" ".join(part.split()) for part in parts)


@dataclass(frozen=True, slots=True)
class ReadStatement:
    """One statement of one account. Balances are None where the format has none."""

    account: str
    currency: str
    form: str
    statement_id: str
    opened_on: date | None
    closed_on: date | None
    opening: Decimal | None
    closing: Decimal | None
    lines: tuple[ReadLine, ...]
    number: str = ""

    @property
    def days(self) -> tuple[date, date] | None:
        """Give the first and the last day it speaks of; None for an empty one without days."""
        known = [d for d in (self.opened_on, self.closed_on, *(line.booked_on for line in self.lines)) if d is not None]
        return (min(known), max(known)) if known else None


def keys_of(lines: Iterable[ReadLine]) -> list[str]:
    """Give each line's key: a hash of what it says, and the how-many-eth of its like it is.

    Two payments that are alike in everything are two lines; the same line in a second statement has the same key.
    """
    seen: Counter[str] = Counter()
    keys = []
    for line in lines:
        told = line.told()
        seen[told] += 1
        keys.append(hashlib.sha256(f"{told}\x1f{seen[told]}".encode("utf-8", "surrogatepass")).hexdigest())
    return keys

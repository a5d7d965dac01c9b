"""What truly was, as the world notes it: what customers said and from when to when it held, and every mail that went out. Values only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any


class Matter(StrEnum):
    """Why nobody may be asked for something."""

    DISPUTE = "dispute"
    PROMISE = "promise"
    PLAN = "plan"
    STOP = "stop"
    MAIL = "unanswered mail"


@dataclass
class Span:
    """A matter of a customer, from a moment on; `until` None: still. `invoices` empty: the whole account. `cents` of a dispute alone."""

    matter: Matter
    customer_id: str
    since: datetime
    invoices: tuple[str, ...] = ()
    cents: int | None = None
    until: datetime | None = None

    def holds(self, moment: datetime) -> bool:
        """Say whether it stood at this moment."""
        return self.since <= moment and (self.until is None or moment < self.until)

    def about(self, number: str) -> bool:
        """Say whether it is about this invoice."""
        return not self.invoices or number in self.invoices


@dataclass(frozen=True, slots=True)
class Sent:
    """A mail that left: when, to which addresses of the envelope, its bytes, and what was approved as its acts (tool, arguments)."""

    at: datetime
    customer_id: str
    recipients: tuple[str, ...]
    mime: bytes
    acts: tuple[tuple[str, Mapping[str, Any]], ...] = ()


@dataclass(frozen=True, slots=True)
class Booked:
    """What the books say of an invoice from an import on, in cents."""

    at: datetime
    balance: int


@dataclass(frozen=True, slots=True)
class Reason:
    """Why an invoice was not written about on a day, as dunwell recorded it."""

    at: datetime
    customer_id: str
    invoice: str | None
    why: str


@dataclass
class Truth:
    """The record of a shard. `zones`, `contacts` (address: role) and `recipients_since` by customer; `dues` and `books` by invoice."""

    zones: dict[str, str] = field(default_factory=dict)
    currencies: dict[str, str] = field(default_factory=dict)
    contacts: dict[str, dict[str, str]] = field(default_factory=dict)
    verified: dict[str, datetime] = field(default_factory=dict)
    replaced: dict[str, datetime] = field(default_factory=dict)
    owners: dict[str, str] = field(default_factory=dict)
    dues: dict[str, Any] = field(default_factory=dict)
    amounts: dict[str, int] = field(default_factory=dict)
    books: dict[str, list[Booked]] = field(default_factory=dict)
    spans: list[Span] = field(default_factory=list)
    sent: list[Sent] = field(default_factory=list)
    reasons: list[Reason] = field(default_factory=list)
    #: By customer and currency in cents: what the world knows of money that was invoiced, paid, credited, written off, left open.
    sums: dict[tuple[str, str], dict[str, int]] = field(default_factory=dict)

    def balance(self, number: str, moment: datetime) -> int:
        """Give what the books had open on an invoice at a moment; 0 before it was imported."""
        known = [booked.balance for booked in self.books.get(number, ()) if booked.at <= moment]
        return known[-1] if known else 0

    def standing(self, customer_id: str, moment: datetime) -> list[Span]:
        """List the matters of a customer at a moment."""
        return [span for span in self.spans if span.customer_id == customer_id and span.holds(moment)]

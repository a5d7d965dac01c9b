"""What a connector brings, in words that all systems share: customers, contacts, invoices, payments, each with its place.

Ids are the system's own; `taking` turns them into those of the ledger. Nothing here is checked against the ledger yet.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Protocol

from store.ledger_faults import Fault


@dataclass(frozen=True, slots=True)
class RemoteCustomer:
    """A customer as the system knows it. `merged_into`: the id of the customer that they are part of now.

    `ours`: the id of our ledger that stands in a field of the record, where one is configured. `address`: a line a line; `country`:
    ISO 3166, "" where it is not known.
    """

    id: str
    name: str
    place: str
    currency: str = ""
    language: str = ""
    email: str = ""
    merged_into: str = ""
    ours: str = ""
    address: str = ""
    country: str = ""


@dataclass(frozen=True, slots=True)
class RemoteContact:
    """A person at a customer. `phone`: as it stands there; `country` (ISO 3166): whose number it is without a country code."""

    id: str
    customer: str
    name: str
    email: str
    role: str
    place: str
    phone: str = ""
    country: str = ""


def at_each(addresses: Iterable[str], contact: RemoteContact) -> list[RemoteContact]:
    """Give a person once for each address of a record. One has the number: who asks not to be called is not called under another."""
    found = [replace(contact, email=address) for address in addresses]
    return [*found[:1], *(replace(each, phone="") for each in found[1:])]


@dataclass(frozen=True, slots=True)
class RemoteInvoice:
    """An invoice, or with `credit` a credit note (amounts positive there as well). `gone`: voided or deleted in the system.

    A record that is gone may hold nothing but its id.
    """

    id: str
    place: str
    number: str = ""
    customer: str = ""
    issued: date | None = None
    due: date | None = None
    currency: str = ""
    amount: Decimal = Decimal(0)
    balance: Decimal = Decimal(0)
    po_number: str = ""
    description: str = ""
    credit: bool = False
    gone: bool = False


@dataclass(frozen=True, slots=True)
class RemotePayment:
    """Money that the system says has come. `applied`: how much of it lies on which invoice (the system's id); `unapplied`: the rest."""

    id: str
    place: str
    customer: str = ""
    received_on: date | None = None
    currency: str = ""
    applied: Mapping[str, Decimal] = field(default_factory=dict)
    unapplied: Decimal = Decimal(0)
    reference: str = ""
    gone: bool = False


@dataclass(slots=True)
class Page:
    """A part of what a pull brings. `faults`: records that do not add up; `left_out`: what was passed over, and why."""

    customers: list[RemoteCustomer] = field(default_factory=list)
    contacts: list[RemoteContact] = field(default_factory=list)
    invoices: list[RemoteInvoice] = field(default_factory=list)
    payments: list[RemotePayment] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)

    def add(self, other: Page) -> None:
        """Take another page in."""
        self.customers += other.customers
        self.contacts += other.contacts
        self.invoices += other.invoices
        self.payments += other.payments
        self.faults += other.faults
        self.left_out += other.left_out


class Connector(Protocol):
    """One system that is read."""

    def pull(self, since: datetime | None) -> Iterator[Page]:
        """Give what changed since a moment, or with None everything. Raises ConnectorError; what came before is void then."""

    def reaches_back(self, since: datetime, now: datetime) -> bool:
        """Say whether the system can still tell all that changed since a moment, what was deleted included."""

    def whose(self) -> str:
        """Give the id of the company whose data it is, "" where the system's ids are unique anyway. Raises ConnectorError."""

    def probe(self) -> str:
        """Ask for as little as shows that the connection works; give one line for a person. Raises ConnectorError."""


class NoteWriter(Protocol):
    """A CRM into which we write. Both are safe to repeat: what bears the key already is found, and not written again."""

    def note(self, customer: str, text: str, *, key: str, at: datetime, again: bool) -> str:
        """Write a note beside a customer (the system's id); give the note's id there. `again`: it may have been written before."""

    def update_contact(self, customer: str, contact: RemoteContact, *, key: str) -> str:
        """Write a person beside a customer, or correct them; told by the address. Give their id there."""

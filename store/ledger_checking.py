"""Checks rows of a ledger against each other and against what is stored already, wherever they come from. Pure; corrects nothing.

A place says where a row stands, in words for the person who brought it: a file and its line, or what a connector read.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple, TypeVar

from store.ledger_credits import faults_of, taken_out
from store.ledger_faults import Fault
from store.ledger_rows import ContactRow, CustomerRow, InvoiceRow, PaymentRow

#: The source of a folder of CSV files: each kind of row has a file of its own there.
FOLDER = "folder"


class Place(NamedTuple):
    """Where a row stands: a file and its line, or a source and no line ("quickbooks invoice 130")."""

    file: str
    line: int = 0

    def fault(self, column: str, text: str) -> Fault:
        """Give a fault of this place."""
        return Fault(self.file, self.line, column, text)

    def seen_from(self, other: Place) -> str:
        """Name this place for somebody who looks at another one."""
        if self.file == other.file and self.line:
            return f"in line {self.line}"
        return f"in {self.file}:{self.line}" if self.line else f"in {self.file}"


Row = TypeVar("Row", CustomerRow, ContactRow, InvoiceRow, PaymentRow)
Placed = tuple[Place, Row]


@dataclass(frozen=True, slots=True)
class Known:
    """What is stored already: customers, whose each invoice is, and under which name a customer goes now that was merged."""

    customers: frozenset[str] = frozenset()
    owners: Mapping[str, str] = field(default_factory=dict)
    aliases: Mapping[str, str] = field(default_factory=dict)

    def now(self, customer_id: str) -> str:
        """Give the id that a customer goes under now."""
        return self.aliases.get(customer_id, customer_id)


@dataclass(slots=True)
class PlacedRows:
    """Rows of all kinds, each with its place."""

    customers: Sequence[Placed[CustomerRow]] = ()
    contacts: Sequence[Placed[ContactRow]] = ()
    invoices: Sequence[Placed[InvoiceRow]] = ()
    payments: Sequence[Placed[PaymentRow]] = ()


def link_faults(rows: PlacedRows, *, source: str, known: Known) -> list[Fault]:
    """List what is wrong with rows beside each other: numbers twice, unknown customers, days and amounts that cannot be."""
    faults: list[Fault] = []
    for key, placed in (
        ("customer_id", rows.customers),
        ("invoice_number", rows.invoices),
        ("payment_id", rows.payments),
    ):
        _check_unique(key, placed, faults)
    _check_customers(rows, source, known, faults)
    _check_invoices(rows.invoices, faults)
    _check_payments(rows, source, known, faults)
    return faults


def credit_faults(rows: PlacedRows) -> list[Fault]:
    """List what is wrong with the credit notes among the invoices."""
    _, credits = taken_out(rows.invoices)
    return [place.fault(column, text) for place, column, text in faults_of(credits, rows.payments)]


def _where(source: str, kind: str) -> str:
    return f"{kind}.csv" if source == FOLDER else f"the {kind} of {source}, nor stored already"


def _check_customers(rows: PlacedRows, source: str, known: Known, faults: list[Fault]) -> None:
    customers = {row.customer_id for _, row in rows.customers} | known.customers | set(known.aliases)
    named: Iterable[tuple[Place, Any]] = [*rows.contacts, *rows.invoices, *rows.payments]
    for place, row in named:
        if row.customer_id not in customers:
            faults.append(place.fault("customer_id", f"{row.customer_id!r} is not in {_where(source, 'customers')}"))


def _check_invoices(invoices: Sequence[Placed[InvoiceRow]], faults: list[Fault]) -> None:
    for place, row in invoices:
        if row.is_credit:
            continue
        if row.due_date < row.issue_date:
            faults.append(place.fault("due_date", f"{row.due_date} is before the issue date {row.issue_date}"))
        if row.balance < 0:
            text = f"{row.balance}: bring what was paid too much as a row of payments.csv without an invoice, and 0.00 here"
            faults.append(place.fault("balance", text))
        if row.balance > row.amount:
            faults.append(place.fault("balance", f"{row.balance} is more than the amount {row.amount}"))


def _check_payments(rows: PlacedRows, source: str, known: Known, faults: list[Fault]) -> None:
    owners = {**known.owners, **{row.invoice_number: row.customer_id for _, row in rows.invoices}}
    for place, row in rows.payments:
        if not row.invoice_number:
            continue
        owner = owners.get(row.invoice_number)
        if owner is None:
            text = f"{row.invoice_number!r} is not in {_where(source, 'invoices')}"
            faults.append(place.fault("invoice_number", text))
        elif known.now(owner) != known.now(row.customer_id):
            faults.append(place.fault("invoice_number", f"{row.invoice_number!r} belongs to another customer"))


def _check_unique(key: str, rows: Sequence[tuple[Place, Any]], faults: list[Fault]) -> None:
    first: dict[str, Place] = {}
    for place, row in rows:
        value = getattr(row, key)
        if value in first:
            faults.append(place.fault(key, f"{value!r} stands already {first[value].seen_from(place)}"))
        first.setdefault(value, place)

"""Which of our columns a file of somebody else's can hold, and what their cells must look like. Data; reads nothing."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """What the rows of a file are."""

    INVOICES = "invoices"
    CUSTOMERS = "customers"
    CONTACTS = "contacts"
    PAYMENTS = "payments"


class Cell(StrEnum):
    """What a cell must look like."""

    TEXT = "text"
    NUMBER = "number"
    DATE = "date"
    AMOUNT = "amount"
    EMAIL = "e-mail"
    CURRENCY = "currency"
    LANGUAGE = "language"
    ZONE = "time zone"
    DAYS = "days"
    DOCUMENT = "kind of document"


@dataclass(frozen=True, slots=True)
class Column:
    """One of our columns. NUMBER cells are numbers that name something: text, never calculated with."""

    name: str
    cell: Cell
    kinds: frozenset[Kind]


def _all(*names: str, cell: Cell) -> list[Column]:
    return [Column(name, cell, frozenset(Kind)) for name in names]


def _of(kinds: tuple[Kind, ...], cell: Cell, *names: str) -> list[Column]:
    return [Column(name, cell, frozenset(kinds)) for name in names]


_WHO = (Kind.INVOICES, Kind.CUSTOMERS, Kind.CONTACTS)
_MONEY = (Kind.INVOICES, Kind.PAYMENTS)

COLUMNS: dict[str, Column] = {
    column.name: column
    for column in (
        *_of((Kind.INVOICES, Kind.PAYMENTS), Cell.NUMBER, "invoice_number"),
        *_of((Kind.PAYMENTS,), Cell.NUMBER, "payment_id"),
        *_all("customer_id", cell=Cell.NUMBER),
        *_all("customer_name", cell=Cell.TEXT),
        *_of((Kind.INVOICES,), Cell.DATE, "issue_date", "due_date"),
        *_of((Kind.PAYMENTS,), Cell.DATE, "received_on"),
        *_of(_MONEY, Cell.AMOUNT, "amount"),
        *_of((Kind.INVOICES,), Cell.AMOUNT, "balance", "paid"),
        *_of((*_MONEY, Kind.CUSTOMERS), Cell.CURRENCY, "currency"),
        *_of((Kind.INVOICES,), Cell.DAYS, "terms"),
        *_of((Kind.INVOICES,), Cell.DOCUMENT, "document_type"),
        *_of((Kind.INVOICES,), Cell.NUMBER, "po_number"),
        *_of((Kind.INVOICES,), Cell.TEXT, "description", "product"),
        *_of((Kind.PAYMENTS,), Cell.TEXT, "reference"),
        *_of(_WHO, Cell.EMAIL, "email"),
        *_of(_WHO, Cell.TEXT, "contact_name", "role"),
        *_of(_WHO, Cell.LANGUAGE, "language"),
        *_of(_WHO, Cell.ZONE, "timezone"),
        *_of(_WHO, Cell.TEXT, "tier", "owner", "portal"),
        *_of(_WHO, Cell.NUMBER, "supplier_number"),
        *_of(_WHO, Cell.TEXT, "phone", "mobile", "country"),
        *_of((Kind.INVOICES, Kind.CUSTOMERS), Cell.TEXT, "address", "street", "house_number", "address_2", "address_3"),
        *_of((Kind.INVOICES, Kind.CUSTOMERS), Cell.TEXT, "address_4", "address_5", "postcode", "city", "state"),
    )
}

#: Where people are, beside what they owe: nothing is asked of these, as a file can be imported without.
ASIDE = frozenset(
    [
        "phone",
        "mobile",
        "country",
        "address",
        "street",
        "house_number",
        "address_2",
        "address_3",
        "address_4",
        "address_5",
        "postcode",
        "city",
        "state",
    ]
)

#: What each kind cannot do without, alternatives together: one of them is enough.
NEEDED: dict[Kind, tuple[tuple[str, ...], ...]] = {
    Kind.INVOICES: (
        ("invoice_number",),
        ("customer_id", "customer_name"),
        ("issue_date", "due_date"),
        ("amount", "balance"),
        ("balance", "paid"),
    ),
    Kind.CUSTOMERS: (("customer_id",), ("customer_name",)),
    Kind.CONTACTS: (("customer_id", "customer_name"), ("email",)),
    Kind.PAYMENTS: (("payment_id",), ("customer_id", "customer_name"), ("received_on",), ("amount",)),
}


def columns_of(kind: Kind) -> list[Column]:
    """List the columns that a kind of file can hold."""
    return [column for column in COLUMNS.values() if kind in column.kinds]

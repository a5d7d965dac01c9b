"""The same small business in every system: what customers owe, paid, and have left over. Amounts are text, as people write them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal

LONG_AGO = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)


@dataclass
class Customer:
    id: str
    name: str
    email: str
    currency: str = "EUR"
    changed: datetime = LONG_AGO
    merged_into: str = ""
    street: str = ""
    postcode: str = ""
    city: str = ""
    country: str = ""
    phone: str = ""


@dataclass
class Invoice:
    id: str
    number: str
    customer: str
    total: str
    balance: str
    issued: date = date(2026, 1, 10)
    due: date = date(2026, 2, 9)
    currency: str = "EUR"
    changed: datetime = LONG_AGO
    void: bool = False


@dataclass
class Credit:
    id: str
    number: str
    customer: str
    total: str
    left: str
    day: date = date(2026, 1, 20)
    currency: str = "EUR"
    changed: datetime = LONG_AGO
    void: bool = False


@dataclass
class Payment:
    id: str
    customer: str
    applied: dict[str, str]
    unapplied: str = "0"
    day: date = date(2026, 2, 1)
    currency: str = "EUR"
    reference: str = ""
    changed: datetime = LONG_AGO
    void: bool = False

    @property
    def total(self) -> Decimal:
        return sum(map(Decimal, self.applied.values()), Decimal(self.unapplied))


@dataclass
class World:
    customers: list[Customer] = field(default_factory=list)
    invoices: list[Invoice] = field(default_factory=list)
    credits: list[Credit] = field(default_factory=list)
    payments: list[Payment] = field(default_factory=list)
    #: (kind, id) of what was deleted, and when.
    deleted: list[tuple[str, str, datetime]] = field(default_factory=list)


def a_world() -> World:
    """Make five customers with seven invoices, a credit note and three payments."""
    return World(
        customers=[
            Customer("11", "Harrow Finch Ltd", "ap@harrowfinch.example"),
            Customer("12", "Bremer & Sohn KG", "rechnung@bremer.example"),
            Customer("13", "Olmeda S.A.", "pagos@olmeda.example"),
            Customer("14", "Tidewater Inc.", "billing@tidewater.example"),
            Customer("15", "Quill Partners", "office@quill.example"),
        ],
        invoices=[
            Invoice("101", "1045", "11", "1200.00", "1200.00"),
            Invoice("102", "1046", "11", "350.50", "0"),
            Invoice("103", "1047", "12", "99.99", "49.99"),
            Invoice("104", "1048", "13", "10000.00", "10000.00"),
            Invoice("105", "1049", "14", "75.10", "75.10"),
            Invoice("106", "1050", "15", "640.00", "640.00"),
            Invoice("107", "1051", "15", "20.00", "0"),
        ],
        credits=[Credit("201", "CN-7", "13", "500.00", "120.00")],
        payments=[
            Payment("301", "11", {"102": "350.50"}, reference="wire 8812"),
            Payment("302", "12", {"103": "50.00"}, reference="wire 8813"),
            Payment("303", "15", {"107": "20.00"}, unapplied="30.00", reference="wire 8814"),
        ],
    )

"""What a line of each CSV file of the ledger must hold. Checks one line by itself; never corrects an amount or an address.

A column with a default may be left out of the file altogether; what is stored already then stays.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Annotated, TypeVar
from zoneinfo import available_timezones

from pydantic import AfterValidator, BaseModel, ConfigDict, EmailStr, Field, StringConstraints

from store.addresses import is_plain
from store.phones import to_e164


@lru_cache(maxsize=1)
def _zones() -> frozenset[str]:
    # Each asking walks through hundreds of files.
    return frozenset(available_timezones())


def is_zone(name: str) -> bool:
    """Say whether a name is one of a time zone (IANA)."""
    return name in _zones()


def _zone(name: str) -> str:
    if not is_zone(name):
        raise ValueError(f"{name!r} is not a time zone such as Europe/Amsterdam")
    return name


def _cents(amount: Decimal) -> Decimal:
    if amount != amount.quantize(Decimal("0.01")):
        raise ValueError("more than two decimals")
    return amount.quantize(Decimal("0.01"))


def _received(amount: Decimal) -> Decimal:
    if amount < 0:
        raise ValueError(
            "a reversal is no receipt: leave this row and the payment that it reverses out, and bring the invoice with "
            "what is open on it now"
        )
    return amount


def _sendable(address: str) -> str:
    if not is_plain(address):
        raise ValueError(
            "mail cannot be sent to this address: plain ASCII is needed, a domain with other letters in its xn-- form"
        )
    return address


def _number(phone: str) -> str:
    return to_e164(phone) if phone else ""


def _lines(address: str) -> str:
    lines = (" ".join(line.split()) for line in address.replace(";", "\n").splitlines())
    return "\n".join(line for line in lines if line)


Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=300)]
Loose = Annotated[str, StringConstraints(strip_whitespace=True, max_length=1000)]
Currency = Annotated[str, StringConstraints(strip_whitespace=True, pattern="^[A-Z]{3}$")]
Language = Annotated[str, StringConstraints(strip_whitespace=True, to_lower=True, pattern="^[a-z]{2}$")]
Zone = Annotated[str, StringConstraints(strip_whitespace=True), AfterValidator(_zone)]
Address = Annotated[EmailStr, AfterValidator(_sendable)]
#: With its country code; kept as E.164.
Phone = Annotated[str, StringConstraints(strip_whitespace=True, max_length=40), AfterValidator(_number)]
#: Where letters go; lines may be parted by a semicolon.
Postal = Annotated[str, StringConstraints(strip_whitespace=True, max_length=500), AfterValidator(_lines)]
Country = Annotated[str, StringConstraints(strip_whitespace=True, to_upper=True, pattern="^([A-Za-z]{2})?$")]
#: The most that PostgreSQL's NUMERIC(20, 6) holds (`store.columns.Money`).
_MOST = Decimal("99999999999999.99")
_Sum = Annotated[Decimal, Field(ge=-_MOST, le=_MOST, max_digits=16, allow_inf_nan=False), AfterValidator(_cents)]
Amount = Annotated[_Sum, AfterValidator(_received)]


class _Row(BaseModel):
    model_config = ConfigDict(extra="ignore")


class CustomerRow(_Row):
    """A line of customers.csv."""

    customer_id: Text
    name: Text
    currency: Currency
    language: Language
    timezone: Zone
    tier: Text
    owner: Loose
    portal: Loose = ""
    supplier_number: Loose = ""
    address: Postal = ""
    country: Country = ""


class ContactRow(_Row):
    """A line of contacts.csv."""

    customer_id: Text
    name: Loose
    email: Address
    role: Text
    phone: Phone = ""


class InvoiceRow(_Row):
    """A line of invoices.csv: an invoice, or a credit note, whose amount is negative."""

    invoice_number: Text
    customer_id: Text
    issue_date: date
    due_date: date
    currency: Currency
    amount: _Sum
    balance: _Sum
    po_number: Loose
    description: Loose
    product: Loose = ""

    @property
    def is_credit(self) -> bool:
        """Say whether it gives money back."""
        return self.amount < 0


class PaymentRow(_Row):
    """A line of payments.csv; an empty invoice number means unapplied."""

    payment_id: Text
    customer_id: Text
    invoice_number: Loose
    received_on: date
    currency: Currency
    amount: Amount
    reference: Loose


_AnyRow = TypeVar("_AnyRow", bound=_Row)


def only_where_new(row: _AnyRow, columns: Iterable[str]) -> _AnyRow:
    """Let columns that a source does not have count for a new row alone: what is stored of a known one stays. Gives the row."""
    for column in columns:
        row.model_fields_set.discard(column)
    return row

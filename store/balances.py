"""Adds up what is open, each currency by itself: there are no exchange rates here. Pure; for rows of the ledger and for facts alike."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from decimal import Decimal
from typing import Protocol, TypeVar


class Owed(Protocol):
    """An invoice, as a row or as a fact."""

    @property
    def number(self) -> str:
        """Its number."""

    @property
    def currency(self) -> str:
        """What it is billed in (ISO 4217)."""

    @property
    def balance(self) -> Decimal:
        """What is still open of it."""


AnInvoice = TypeVar("AnInvoice", bound=Owed)


def by_currency(
    invoices: Iterable[AnInvoice], amount: Callable[[AnInvoice], Decimal] = lambda invoice: invoice.balance
) -> dict[str, Decimal]:
    """Add up what is open, or another amount of each invoice; the currencies in the order in which they come."""
    sums: dict[str, Decimal] = {}
    for invoice in invoices:
        sums[invoice.currency] = sums.get(invoice.currency, Decimal(0)) + amount(invoice)
    return sums


def largest(invoices: Iterable[Owed], *, home: str = "") -> tuple[Decimal, str]:
    """Give the largest sum, and its currency: of equals the first. `home`: the currency of nothing."""
    currency, amount = max(by_currency(invoices).items(), key=lambda entry: entry[1], default=(home, Decimal(0)))
    return amount, currency


def among(invoices: Sequence[AnInvoice], named: Collection[str]) -> list[AnInvoice]:
    """Give those of these invoices that are named; all of them where none is."""
    return [invoice for invoice in invoices if invoice.number in named] or list(invoices)

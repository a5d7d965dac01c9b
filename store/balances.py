"""Adds up what is open, each currency by itself: there are no exchange rates here. Pure; for rows of the ledger and for facts alike."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Protocol, TypeVar

from store.facts import CaseFacts


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


@dataclass(frozen=True, slots=True)
class NetPosition:
    """What a customer owes in one currency, and what of theirs lies against it.

    `open`: all open balances; `disputed`: the contested part of them; `credits` and `receipts`: credit notes and money that no
    invoice has taken. A receipt may pay something else than these invoices: who asks for less because of it is on the safe side.
    """

    currency: str
    open: Decimal = Decimal(0)
    disputed: Decimal = Decimal(0)
    credits: Decimal = Decimal(0)
    receipts: Decimal = Decimal(0)

    @property
    def net(self) -> Decimal:
        """Give what would be left if all that lies unapplied were applied; below zero it is the customer's."""
        return self.open - self.credits - self.receipts

    @property
    def undisputed(self) -> Decimal:
        """Give what is left of the net beside what is contested; never below zero."""
        return max(self.net - self.disputed, Decimal(0))

    @property
    def nothing_to_ask(self) -> bool:
        """Say whether nobody is reminded in this currency: nothing is left, or the customer has money with us."""
        return self.net <= 0

    @property
    def in_words(self) -> str:
        """Say why nothing is asked; empty where something is."""
        if self.net < 0:
            return "credit balance: more is unapplied than open, so nothing is asked"
        if self.net == 0 and self.open:
            return "what is unapplied covers what is open, so nothing is asked"
        return ""


def net_position(facts: CaseFacts) -> dict[str, NetPosition]:
    """Net what is open against credit notes and receipts that no invoice has taken, each currency by itself. Pure.

    The ERP applies money, not this: balances of invoices stay as they are.
    """
    sums: dict[str, dict[str, Decimal]] = {}

    def add(currency: str, what: str, amount: Decimal) -> None:
        of_currency = sums.setdefault(currency, {})
        of_currency[what] = of_currency.get(what, Decimal(0)) + amount

    for invoice in facts.open_invoices:
        add(invoice.currency, "open", invoice.balance)
        if invoice.disputed > 0:
            add(invoice.currency, "disputed", min(invoice.disputed, invoice.balance))
    for payment in facts.payments:
        if payment.invoice_number is None:
            add(payment.currency, "credits" if payment.is_credit else "receipts", payment.amount)
    return {currency: NetPosition(currency, **parts) for currency, parts in sums.items()}

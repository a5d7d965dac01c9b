"""Adds up what is open, each currency by itself: there are no exchange rates here. Pure; for rows of the ledger and for facts alike."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from types import MappingProxyType
from typing import Protocol, TypeVar

from store.facts import CaseFacts

_NOTHING = Decimal(0)
_NONE: Mapping[str, Decimal] = MappingProxyType({})


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


class Contested(Protocol):
    """What is open of an invoice, and what of it is contested, as a row or as a fact."""

    @property
    def balance(self) -> Decimal:
        """What is still open of it."""

    @property
    def disputed(self) -> Decimal:
        """What is contested; it may have been more than is open by now."""


def free_of(invoice: Contested, seen: Decimal = _NOTHING) -> Decimal:
    """Give what may be asked for of an invoice: its balance, less what the bank shows and what is contested; never below zero.

    Money that the bank shows (`seen`) makes the contested part smaller where it covers more than the rest, as the ERP's booking
    would: it never counts against another invoice.
    """
    return max(invoice.balance - invoice.disputed - seen, _NOTHING)


@dataclass(frozen=True, slots=True)
class NetPosition:
    """What a customer owes in one currency, and what of theirs lies against it.

    `open`: all open balances; `seen`: what of them the bank shows as paid; `disputed`: the contested part of the rest; `credits` and
    `receipts`: credit notes and money that no invoice has taken; `taken`: what of the credits stands in `seen` already. A receipt may
    pay something else than these invoices: who asks for less because of it is on the safe side.
    """

    currency: str
    open: Decimal = _NOTHING
    disputed: Decimal = _NOTHING
    credits: Decimal = _NOTHING
    receipts: Decimal = _NOTHING
    seen: Decimal = _NOTHING
    taken: Decimal = _NOTHING

    @property
    def unapplied(self) -> Decimal:
        """Give the credits and receipts that no invoice took, beside credits that stand in what the bank shows."""
        return self.credits - min(self.taken, self.credits) + self.receipts

    @property
    def net(self) -> Decimal:
        """Give what would be left if all that is known were applied; below zero it is the customer's."""
        return self.open - self.seen - self.unapplied

    @property
    def asked(self) -> Decimal:
        """Give what is left of the net beside what is contested; at zero and below nothing is asked."""
        return self.net - self.disputed

    @property
    def undisputed(self) -> Decimal:
        """Give what is left of the net beside what is contested; never below zero."""
        return max(self.asked, _NOTHING)

    @property
    def nothing_to_ask(self) -> bool:
        """Say whether nobody is reminded in this currency: nothing is left that is not contested."""
        return self.asked <= 0

    @property
    def in_words(self) -> str:
        """Say why nothing is asked; empty where something is, or nothing is open."""
        if self.net < 0:
            return "credit balance: more is unapplied than open, so nothing is asked"
        if self.asked > 0 or not self.open:
            return ""
        covers = [
            what
            for what, there in (
                ("what is unapplied", self.unapplied > 0),
                ("what the bank shows", self.seen > 0),
                ("what is contested", self.disputed > 0),
            )
            if there
        ]
        return f"{' and '.join(covers)} {'covers' if len(covers) == 1 else 'cover'} what is open, so nothing is asked"


def net_position(
    facts: CaseFacts, *, seen: Mapping[str, Decimal] = _NONE, credits_taken: Mapping[str, Decimal] = _NONE
) -> dict[str, NetPosition]:
    """Net what is open against all that lies against it, each currency by itself. Pure; the one rule for whom may be asked for what.

    `seen`: by invoice, what the bank shows and the ERP has not booked (`store.bank.seen_money`); `credits_taken`: by currency, what of
    the unapplied credits is counted in it. The ERP applies money, not this: balances of invoices stay as they are.
    """
    sums: dict[str, dict[str, Decimal]] = {}

    def add(currency: str, what: str, amount: Decimal) -> None:
        of_currency = sums.setdefault(currency, {})
        of_currency[what] = of_currency.get(what, _NOTHING) + amount

    for invoice in facts.open_invoices:
        here = min(seen.get(invoice.number, _NOTHING), invoice.balance)
        add(invoice.currency, "open", invoice.balance)
        add(invoice.currency, "seen", here)
        add(invoice.currency, "disputed", invoice.balance - here - free_of(invoice, here))
    for payment in facts.payments:
        if payment.invoice_number is None:
            add(payment.currency, "credits" if payment.is_credit else "receipts", payment.amount)
    for currency, amount in credits_taken.items():
        if currency in sums:
            add(currency, "taken", amount)
    return {currency: NetPosition(currency, **parts) for currency, parts in sums.items()}

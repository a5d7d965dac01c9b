"""The slots that only some answers have: their names, where their values come from, and what they mean to a writer.

A closed table: a tool can give a value to a name that stands here, and to no other.
"""

from __future__ import annotations

from typing import Literal, NamedTuple

from prompts.wording import long_date, money, one_line
from store.terms import Cash, Term

Source = Literal["ledger", "plan", "policy", "config", "customer", "wording"]


class Meaning(NamedTuple):
    """Where the value comes from, and what it is, in words for whoever writes."""

    source: Source
    meaning: str


TERMS: dict[str, Meaning] = {
    "said.date": Meaning("ledger", "the day on which the customer told us so"),
    "missed.date": Meaning("ledger", "the day on which the payment was to come"),
    "missed.amount": Meaning("ledger", "the payment that was to come"),
    "missing.amount": Meaning("ledger", "what of that payment has not come; the rest has"),
    "next_due.date": Meaning("plan", "when the next instalment is due"),
    "next_due.amount": Meaning("plan", "the next instalment"),
    "sent_again.date": Meaning("ledger", "the day on which we sent the invoice again"),
    "offered.date": Meaning("ledger", "the day on which we offered the plan"),
    "payment.date": Meaning("ledger", "the day on which the payment arrived"),
    "payment.amount": Meaning("ledger", "the payment that arrived"),
    "payment.reference": Meaning("ledger", "the reference that the payment carried"),
    "dispute.credit": Meaning("ledger", "the sum that is credited"),
    "dispute.due": Meaning("policy", "the day by which the dispute is answered"),
    "settlement.amount": Meaning("ledger", "what is accepted in place of the whole sum, as a manager decided"),
    "settlement.date": Meaning("ledger", "the day by which it must be paid"),
    "undisputed.balance": Meaning("ledger", "the part that is not contested"),
    "asked.amount": Meaning("ledger", "what this mail asks for, all its invoices together"),
    "credit.amount": Meaning("ledger", "credits and payments of the customer that no invoice took yet"),
    "reminded.date": Meaning("ledger", "the day of our last reminder"),
    "due.date": Meaning("ledger", "the first day on which one of these invoices is due"),
    "portal.name": Meaning("config", "the portal's name"),
}


def worded(term: Term, *, language: str) -> str:
    """Write a value as the letter's language does. Raises ValueError for a currency that cannot be written."""
    if isinstance(term, Cash):
        return money(term.amount, term.currency, language=language)
    if isinstance(term, (int, str)):
        return one_line(str(term))
    return long_date(term, language=language)

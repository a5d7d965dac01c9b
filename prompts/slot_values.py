"""Looks up the value of a slot. A closed table of names: no attribute of any object is ever reached by its name.

A value that is missing, empty or unsafe is an `Unresolved` with one clear line for the collector, never an empty text.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal
from typing import Literal, NamedTuple, TypeVar

from prompts.notices import notices_text
from prompts.scope import PlanTerms, PromiseTerms, SlotScope
from prompts.terms import TERMS, worded
from prompts.wording import line_of_invoice, listed, long_date, money, one_line, salutation
from store.facts import CustomerFacts, InvoiceFacts
from store.terms import Term

#: Where a value comes from: `customer` means the customer's own words.
Source = Literal["ledger", "plan", "policy", "config", "customer", "wording"]

MAX_VALUE = 500

# What a customer wrote goes back to the customer as a purchase order or a name, never as a sentence or a link.
_PURCHASE_ORDER = re.compile(r"(?=.*\w)[\w /.#+\-]{1,40}")
_PERSON = re.compile(r"(?:[^\W\d_]['’.\-]{0,2} ?){1,60}")
_DOMAIN = re.compile(r"\w\.[a-z]{2,}")
_NAME_WORDS = 7

#: Values of our own that are longer than a name or a sum.
_LONG = frozenset({("plan", "schedule"), ("company", "notices"), ("covered", "lines")})

T = TypeVar("T")


class Unresolved(Exception):
    """A slot cannot be filled; the message says what is missing and what to do."""


class Value(NamedTuple):
    """The text that stands for a slot, and where it comes from."""

    text: str
    source: Source


def resolve(path: tuple[str, ...], scope: SlotScope) -> Value:
    """Look up one slot. Raises `Unresolved` when there is no such slot or nothing to fill it with."""
    if len(path) == 3 and path[0] == "inv":
        text, source = _invoice_value(path[1], path[2], scope)
    else:
        text, source = _value(".".join(path), scope)
    if not text:
        raise Unresolved("it has no value")
    if len(text) > MAX_VALUE and path not in _LONG:
        raise Unresolved("its value is too long for a letter")
    return Value(text, source)


def _value(name: str, scope: SlotScope) -> Value:
    if name in TERMS:
        term: Term | None = scope.terms.get(name)
        if term is None:
            raise Unresolved("this answer has no such value")
        try:
            return Value(worded(term, language=scope.language), TERMS[name].source)
        except ValueError as error:
            raise Unresolved(str(error)) from error
    found = _VALUES.get(name)
    if found is None:
        raise Unresolved("there is no such slot")
    read, source = found
    return Value(read(scope), source)


def _needed(value: T | None, what: str) -> T:
    if value is None:
        raise Unresolved(what)
    return value


def _worded(amount: Decimal, currency: str, scope: SlotScope) -> str:
    try:
        return money(amount, currency, language=scope.language)
    except ValueError as error:
        raise Unresolved(str(error)) from error


def _total(invoices: tuple[InvoiceFacts, ...], scope: SlotScope) -> str:
    currencies = {i.currency for i in invoices}
    if len(currencies) > 1:
        raise Unresolved("the invoices are in several currencies: name each balance by itself")
    currency = currencies.pop() if currencies else _customer(scope).currency
    return _worded(sum((i.balance for i in invoices), Decimal(0)), currency, scope)


def _customer(scope: SlotScope) -> CustomerFacts:
    return _needed(scope.facts.customer, "the mail is matched to no customer")


def _invoice(number: str, scope: SlotScope) -> InvoiceFacts:
    return _needed(scope.facts.invoice(number), f"this customer has no invoice {one_line(number)[:40]}")


def _covered(scope: SlotScope) -> tuple[InvoiceFacts, ...]:
    if not scope.covered:
        raise Unresolved("the mail is about no invoice in particular")
    return tuple(_invoice(number, scope) for number in dict.fromkeys(scope.covered))


def _lines(scope: SlotScope) -> str:
    """Write one line an invoice, the oldest due date first: what we ask for, never the contested part."""
    invoices = sorted(_covered(scope), key=lambda i: (i.due_date, i.number))
    return "\n".join(
        line_of_invoice(
            one_line(i.number),
            long_date(i.due_date, language=scope.language),
            _worded(scope.asked.get(i.number, i.balance - i.disputed), i.currency, scope),
            language=scope.language,
        )
        for i in invoices
    )


def _new_po(number: str, scope: SlotScope) -> str:
    written = one_line(_needed(scope.purchase_orders.get(number), "the customer named no new purchase order"))
    if not _PURCHASE_ORDER.fullmatch(written) or "//" in written or written.lower().startswith("www."):
        raise Unresolved("what the customer wrote does not look like a purchase order: check it")
    return written


def _new_contact(scope: SlotScope) -> str:
    written = one_line(_needed(scope.new_contact_name, "the customer named no new contact"))
    if not _PERSON.fullmatch(written) or _DOMAIN.search(written) or len(written.split()) > _NAME_WORDS:
        raise Unresolved("what the customer wrote does not look like a person's name: check it")
    return written


def _invoice_value(number: str, field: str, scope: SlotScope) -> Value:
    if field == "new_po":
        return Value(_new_po(_invoice(number, scope).number, scope), "customer")
    read = _INVOICE.get(field)
    if read is None:
        raise Unresolved("there is no such slot")
    return Value(read(_invoice(number, scope), scope), "ledger")


def _plan(scope: SlotScope) -> PlanTerms:
    plan = _needed(scope.plan, "this answer offers no payment plan")
    if not plan.instalments:
        raise Unresolved("the payment plan has no instalments")
    return plan


def _schedule(scope: SlotScope) -> str:
    plan = _plan(scope)
    return "\n".join(
        f"- {long_date(part.due, language=scope.language)} – {_worded(part.amount, plan.currency, scope)}"
        for part in plan.instalments
    )


def _plan_total(scope: SlotScope) -> str:
    plan = _plan(scope)
    return _worded(sum((part.amount for part in plan.instalments), Decimal(0)), plan.currency, scope)


def _promise(scope: SlotScope) -> PromiseTerms:
    return _needed(scope.promise, "this answer records no promise")


def _promised(scope: SlotScope) -> str:
    amount = _needed(_promise(scope).amount, "the customer named no amount")
    return _worded(amount, _promise(scope).currency, scope)


def _address(scope: SlotScope) -> str:
    lines = (one_line(line).strip(" ,") for line in scope.company.address.splitlines())
    address = ", ".join(line for line in lines if line)
    return address or _needed(None, "our postal address is missing: set `address` in the company profile")


def _notices(scope: SlotScope) -> str:
    return notices_text(
        scope.notices, language=scope.language, first_notice=scope.first_notice, privacy_url=scope.company.privacy_url
    )


def _deadline(scope: SlotScope) -> str:
    return long_date(_needed(scope.deadline, "this answer has no deadline"), language=scope.language)


def _hold(scope: SlotScope) -> str:
    return long_date(_needed(scope.hold_until, "this answer pauses nothing"), language=scope.language)


def _salutation(scope: SlotScope) -> str:
    return salutation(scope.contact.name if scope.contact else None, language=scope.language)


def _contact_name(scope: SlotScope) -> str:
    return one_line(_needed(scope.contact, "the mail goes to no contact in particular").name)


_INVOICE: dict[str, Callable[[InvoiceFacts, SlotScope], str]] = {
    "number": lambda i, _: one_line(i.number),
    "balance": lambda i, s: _worded(i.balance, i.currency, s),
    "amount": lambda i, s: _worded(i.amount, i.currency, s),
    "due_date": lambda i, s: long_date(i.due_date, language=s.language),
    "issue_date": lambda i, s: long_date(i.issue_date, language=s.language),
    "po_number": lambda i, _: one_line(i.po_number),
    "description": lambda i, _: one_line(i.description),
    "term_days": lambda i, _: str((i.due_date - i.issue_date).days),
    "days_overdue": lambda i, s: str(i.days_overdue(s.facts.today)),
}

_VALUES: dict[str, tuple[Callable[[SlotScope], str], Source]] = {
    "covered.balance": (lambda s: _total(_covered(s), s), "ledger"),
    "covered.numbers": (lambda s: listed([one_line(i.number) for i in _covered(s)], language=s.language), "ledger"),
    "covered.lines": (_lines, "ledger"),
    "covered.count": (lambda s: str(len(_covered(s))), "ledger"),
    "account.balance": (lambda s: _total(s.facts.open_invoices, s), "ledger"),
    "account.count": (lambda s: str(len(s.facts.open_invoices)), "ledger"),
    "plan.schedule": (_schedule, "plan"),
    "plan.count": (lambda s: str(len(_plan(s).instalments)), "plan"),
    "plan.first_due": (lambda s: long_date(_plan(s).instalments[0].due, language=s.language), "plan"),
    "plan.first_amount": (lambda s: _worded(_plan(s).instalments[0].amount, _plan(s).currency, s), "plan"),
    "plan.total": (_plan_total, "plan"),
    "promise.date": (lambda s: long_date(_promise(s).date, language=s.language), "customer"),
    "promise.amount": (_promised, "customer"),
    "customer.name": (lambda s: one_line(_customer(s).name), "ledger"),
    "contact.name": (_contact_name, "ledger"),
    "contact.salutation": (_salutation, "ledger"),
    "new_contact.name": (_new_contact, "customer"),
    "company.name": (lambda s: one_line(s.company.name), "config"),
    "company.team": (lambda s: one_line(s.company.team), "config"),
    "company.address": (_address, "config"),
    "company.email": (lambda s: one_line(s.company.email), "config"),
    "company.notices": (_notices, "config"),
    "sender.name": (lambda s: one_line(s.sender_name), "config"),
    "deadline.date": (_deadline, "policy"),
    "hold.until": (_hold, "policy"),
}

#: Every slot but those of an invoice, which are `inv["NUMBER"].FIELD` with a field of `INVOICE_FIELDS`.
SLOT_NAMES: tuple[str, ...] = (*_VALUES, *TERMS)
INVOICE_FIELDS: tuple[str, ...] = (*_INVOICE, "new_po")

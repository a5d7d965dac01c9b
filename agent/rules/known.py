"""What a draft may state as a fact: the sums, days, numbers and references that the ledger and this answer hold.

One customer's snapshot is all that it is made from; to an unproven sender nothing is known.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from agent.rules.base import Outbound
from agent.rules.days import days_in
from agent.rules.reading import folded
from agent.rules.sums import Sum, sums_in
from store.balances import by_currency
from store.clock import day_in
from store.facts import CaseFacts, InvoiceFacts
from store.terms import Cash
from tools.interest import LateCharge, NotClaimable, late_charge

#: Slots whose text is a day or a sum that code put in when the draft was made; at sending it may be some days old.
_FIGURES = re.compile(r"date|due|until|balance|amount|total|schedule|credit|lines")


@dataclass(frozen=True, slots=True)
class Known:
    """All that may be stated. References are folded."""

    sums: frozenset[tuple[Decimal, str]]
    days: frozenset[date]
    references: frozenset[str]
    counts: frozenset[int]
    rates: frozenset[Decimal]

    def holds(self, one: Sum) -> bool:
        """Say whether a sum is one of those, in its currency where one is named."""
        if one.value is None:
            return False
        return any(
            amount == one.value and (one.currencies is None or code in one.currencies) for amount, code in self.sums
        )


def known(out: Outbound) -> Known:
    """Collect what this draft may state. Worked out once a draft: the facts of one that is judged do not change."""
    found = out.worked_out.get("known")
    if not isinstance(found, Known):
        found = out.worked_out["known"] = _known(out)
    return found


def _known(out: Outbound) -> Known:
    if not out.proven:
        return Known(frozenset(), frozenset(), frozenset(), frozenset(), frozenset())
    charges = [charge for _, charge in charges_of(out)]
    return Known(
        sums=frozenset((amount, code.upper()) for amount, code in _sums(out, charges)),
        days=frozenset(day for day in _days(out) if day is not None),
        references=frozenset(folded(text) for text in _references(out) if text),
        counts=frozenset(_counts(out)),
        rates=frozenset(span.rate for charge in charges for span in charge.spans) | {Decimal(100)},
    )


def named_invoices(out: Outbound) -> list[InvoiceFacts]:
    """List the invoices that stand in the mail; with none, those that the answer is about."""
    text = folded(out.draft.rendered)
    facts = out.scope.facts
    named = [i for i in facts.invoices if re.search(rf"(?<![\w-]){re.escape(folded(i.number))}(?![\w-])", text)]
    return named or covered_invoices(out)


def covered_invoices(out: Outbound) -> list[InvoiceFacts]:
    """List the invoices that the answer is about."""
    return [i for i in (out.scope.facts.invoice(number) for number in out.scope.covered) if i is not None]


def charges_of(out: Outbound) -> list[tuple[InvoiceFacts, LateCharge]]:
    """Compute what could be claimed for late payment on each open invoice; nothing where the policy claims none."""
    terms, today = out.profile.interest, out.scope.facts.today
    found = []
    for invoice in out.scope.facts.open_invoices if terms.claim != "off" else ():
        try:
            charge = late_charge(
                principal=invoice.balance, currency=invoice.currency, due=invoice.due_date, until=today, terms=terms
            )
        except NotClaimable:
            continue
        if charge.days:
            found.append((invoice, charge))
    return found


def _sums(out: Outbound, charges: list[LateCharge]) -> Iterator[tuple[Decimal, str]]:
    facts, scope = out.scope.facts, out.scope
    for invoice in facts.invoices:
        for amount in (invoice.amount, invoice.balance, invoice.disputed, invoice.balance - invoice.disputed):
            yield amount, invoice.currency
    for group in (facts.open_invoices, covered_invoices(out), named_invoices(out), _overdue(facts)):
        yield from _totals(group)
    yield from ((p.amount, p.currency) for p in facts.payments)
    yield from ((p.amount, p.currency) for p in facts.promises if p.amount is not None)
    for plan in facts.plans:
        yield plan.total, plan.currency
        yield from ((part.amount, plan.currency) for part in plan.instalments)
    for dispute in facts.disputes:
        about = facts.invoice(dispute.invoice_number)
        for part in (dispute.amount, dispute.credit):
            if part is not None and about is not None:
                yield part, about.currency
    if scope.plan is not None:
        yield sum((part.amount for part in scope.plan.instalments), Decimal(0)), scope.plan.currency
        yield from ((part.amount, scope.plan.currency) for part in scope.plan.instalments)
    if scope.promise is not None and scope.promise.amount is not None:
        yield scope.promise.amount, scope.promise.currency
    yield from ((term.amount, term.currency) for term in scope.terms.values() if isinstance(term, Cash))
    if facts.followup is not None and facts.followup.amount is not None:
        yield facts.followup.amount, facts.followup.currency
    own = facts.customer.currency if facts.customer else ""
    for claim in out.claims:
        if claim.slots.amount is not None:
            yield claim.slots.amount, claim.slots.currency or own
    for charge in charges:
        for amount in (charge.interest, charge.fixed, charge.total):
            yield amount, charge.currency
    yield from ((s.value, code) for s in _filled_sums(out) for code in s.currencies or () if s.value is not None)


def _filled_sums(out: Outbound) -> Iterator[Sum]:
    for value in out.draft.slots:
        if _FIGURES.search(value.slot):
            yield from sums_in(value.text.replace("\u00a0", " "))


def _totals(invoices: Collection[InvoiceFacts]) -> Iterator[tuple[Decimal, str]]:
    for found in (by_currency(invoices), by_currency(invoices, lambda i: i.balance - i.disputed)):
        yield from ((amount, code) for code, amount in found.items())


def _overdue(facts: CaseFacts) -> list[InvoiceFacts]:
    return [i for i in facts.open_invoices if i.due_date < facts.today]


def _days(out: Outbound) -> Iterator[date | None]:
    facts, scope = out.scope.facts, out.scope
    yield from (facts.today, facts.received_on, scope.deadline, scope.hold_until)
    for invoice in facts.invoices:
        yield from (invoice.issue_date, invoice.due_date, invoice.held_until)
    yield from (payment.received_on for payment in facts.payments)
    for promise in facts.promises:
        yield from (promise.due, promise.said_on)
    for plan in facts.plans:
        yield from (plan.offered_on, plan.ended_on, *(part.due for part in plan.instalments))
    for dispute in facts.disputes:
        yield from (dispute.opened_on, dispute.due)
    yield from (one.sent_on for one in facts.resubmissions)
    yield from (check.pause_until for check in facts.checks)
    if scope.plan is not None:
        yield from (part.due for part in scope.plan.instalments)
    if scope.promise is not None:
        yield scope.promise.date
    yield from (term for term in scope.terms.values() if isinstance(term, date) and not isinstance(term, datetime))
    if facts.followup is not None:
        yield from (facts.followup.day, facts.followup.since)
    yield from (claim.slots.date for claim in out.claims)
    for _, charge in charges_of(out):
        yield from (charge.spans[0].first, charge.spans[-1].last)
    zone = facts.customer.timezone if facts.customer else "UTC"
    yield from (day_in(zone, mail.at) for mail in facts.history)
    yield from _filled_days(out)


def _filled_days(out: Outbound) -> Iterator[date]:
    for value in out.draft.slots:
        if _FIGURES.search(value.slot):
            for day in days_in(value.text):
                if day.exists:
                    yield from (date(y, m, d) for y, m, d in day.meanings if y is not None)


def _references(out: Outbound) -> Iterator[str | None]:
    facts, scope = out.scope.facts, out.scope
    for invoice in facts.invoices:
        yield from (invoice.number, invoice.po_number, *re.findall(r"[\w./-]+", invoice.description))
        # People leave the letters before a number out.
        yield from re.findall(r"\d{3,}", invoice.number) + re.findall(r"\d{3,}", invoice.po_number)
    for payment in facts.payments:
        yield from (payment.id, payment.reference, *re.findall(r"[\w./-]+", payment.reference))
    yield from scope.purchase_orders.values()
    yield from (one.po_number for one in facts.resubmissions)
    yield from (str(term) for term in scope.terms.values() if isinstance(term, str))
    if facts.customer is not None:
        yield from (facts.customer.id, facts.customer.supplier_number, *facts.customer.name.split())
    for claim in out.claims:
        yield from (claim.slots.reference, claim.slots.po_number)
    yield from (word for text in (scope.company.name, scope.company.address) for word in re.findall(r"[\w./-]+", text))
    yield from (paper.filename for paper in out.draft.papers)


def _counts(out: Outbound) -> Iterator[int]:
    facts, scope = out.scope.facts, out.scope
    yield from (len(scope.covered), len(facts.open_invoices), len(_overdue(facts)), len(named_invoices(out)))
    yield from ((i.due_date - i.issue_date).days for i in facts.invoices)
    yield from (i.days_overdue(facts.today) for i in facts.invoices)
    if scope.plan is not None:
        yield len(scope.plan.instalments)
    yield from (len(plan.instalments) for plan in facts.plans if plan.instalments)
    yield from (term for term in scope.terms.values() if isinstance(term, int))
    yield from (claim.slots.instalments for claim in out.claims if claim.slots.instalments is not None)

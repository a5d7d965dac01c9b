"""Interest and fixed sums for late payment (R-INT): claimed where the policy says so, to the cent, with all that belongs to it."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from agent.rules import asking_words
from agent.rules.base import Outbound, block
from agent.rules.days import days_in
from agent.rules.known import charges_of, named_invoices
from agent.rules.number_words import PER_CENT
from agent.rules.reading import figures_in, folded
from agent.rules.sums import Sum, read_number, sums_in
from agent.rules.words import find
from store.facts import InvoiceFacts
from store.proposed import Finding
from tools.interest import LateCharge, NotClaimable, late_charge


def interest_by_the_policy(out: Outbound) -> Iterator[Finding]:
    """R-INT-01: interest is spoken of only where the profile claims it, and every day has its reference rate."""
    found = find(asking_words.INTEREST, out)
    if not found:
        return
    terms = out.profile.interest
    if terms.claim == "off":
        yield block("R-INT-01", f"{found!r}: the policy claims no interest from this customer.")
        return
    for invoice in named_invoices(out):
        if invoice.balance <= 0:
            continue
        try:
            late_charge(
                principal=invoice.balance,
                currency=invoice.currency,
                due=invoice.due_date,
                until=out.scope.facts.today,
                terms=terms,
            )
        except NotClaimable as why:
            yield block("R-INT-01", f"{invoice.number}: {why}.")


def fixed_sum_by_the_table(out: Outbound) -> Iterator[Finding]:
    """R-INT-02: a fixed sum or a fee is the one of the table, and never asked of a natural person."""
    found = find(asking_words.FIXED_SUM, out)
    if not found:
        return
    terms = out.profile.interest
    if out.profile.natural_person or terms.claim == "off" or not terms.fixed_sums:
        yield block("R-INT-02", f"{found!r}: the policy claims no fixed sum from this customer.")
        return
    right = {charge.fixed for _, charge in _charges(out)}
    tiers = {tier.sum for tier in terms.fixed_sums}
    for one in sums_in(figures_in(out)):
        if one.value in tiers and one.value not in right:
            yield block("R-INT-02", f"{one.text} is not the fixed sum of an invoice in this mail.")


def charges_within_the_cap(out: Outbound) -> Iterator[Finding]:
    """R-INT-03: what is charged stays under the cap of the contract and stands with its rate, its first day and its days."""
    charges = _charges(out)
    told = [(i, c, one) for one in sums_in(figures_in(out)) for i, c in charges if _is_charge(one, c)]
    text = figures_in(out)
    rates = {read_number(match.group(1)) for match in PER_CENT.finditer(folded(text))}
    for invoice, charge, one in told:
        most = _most(out, invoice)
        if most is not None and charge.total > most:
            yield block(
                "R-INT-03", f"{one.text}: together more than {most} {charge.currency}, which the contract allows."
            )
        if one.value == charge.fixed and one.value != charge.total:
            continue
        missing = [
            what
            for what, there in (
                ("the rate", any(span.rate in rates for span in charge.spans)),
                ("the day from which it runs", any(day.among([charge.spans[0].first]) for day in days_in(text))),
                ("the number of days", f"{charge.days} " in text),
            )
            if not there
        ]
        if missing:
            yield block("R-INT-03", f"{one.text}: interest stands with {', '.join(missing)} missing.")


def _charges(out: Outbound) -> list[tuple[InvoiceFacts, LateCharge]]:
    named = {i.number for i in named_invoices(out)}
    return [(i, charge) for i, charge in charges_of(out) if i.number in named]


def _is_charge(one: Sum, charge: LateCharge) -> bool:
    return one.value in (charge.interest, charge.total, charge.fixed) and one.value != 0


def _most(out: Outbound, invoice: InvoiceFacts) -> Decimal | None:
    share = out.profile.interest.cap_share
    return None if share is None else invoice.balance * share

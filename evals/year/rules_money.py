"""The rule about money: every cent that was invoiced is paid, credited, written off or open, in the world's book and in dunwell's."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime

from evals.year.debtors import Debtor
from evals.year.evidence import Evidence, Violation


def every_cent(evidence: Evidence, debtors: list[Debtor], *, at: datetime) -> Iterator[Violation]:
    """Compare, by invoice and by customer and currency, to the cent."""
    truth = evidence.truth
    open_now: dict[tuple[str, str], int] = defaultdict(int)
    for debtor in debtors:
        for bill in (*(bill for bill, _ in debtor.past), *debtor.bills):
            stored = evidence.invoices.get(bill.number)
            if stored is None:
                if bill.number in truth.books:
                    yield Violation("an invoice is lost", debtor.id, at, bill.number)
                continue
            customer, currency, amount, balance = stored
            open_now[customer, currency] += balance
            if (customer, currency, amount, balance) != (debtor.id, bill.currency, bill.amount, bill.balance):
                text = f"{bill.number}: stored {amount}/{balance}, truly {bill.amount}/{bill.balance} (cents)"
                yield Violation("the books differ", debtor.id, at, text)
            applied = evidence.applied.get(bill.number, 0)
            if amount != applied + bill.credited + bill.written_off + balance:
                text = f"{bill.number}: {amount} is not {applied} paid, {bill.credited} credited, {bill.written_off} written off, {balance} open"
                yield Violation("a cent is missing", debtor.id, at, text)
    for (customer, currency), sums in truth.sums.items():
        rest = open_now[customer, currency]
        gone = sum(sums.get(what, 0) for what in ("paid", "credited", "written_off"))
        if sums.get("invoiced", 0) != gone + rest:
            text = f"{currency}: {sums} and {rest} open (cents)"
            yield Violation("a cent is missing", customer, at, text)

"""Finds which lines the ERP has booked already: a receipt of the same amount, within some days, that something ties to the line. Pure.

An ERP writes one receipt an invoice: those of one customer, day and reference count together too. Each receipt is of one line at most.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from ledger.bank.books import Incoming, Receipt, total
from ledger.bank.naming import name_key
from ledger.bank.references import core_of

#: Between the bank's day and the ERP's.
DAYS = 5
_TOKEN = re.compile(r"[0-9A-Za-z][0-9A-Za-z/\-_.]{2,}[0-9A-Za-z]")


@dataclass(frozen=True, slots=True)
class Tied:
    """A line with what may tie a receipt to it: invoices that it names or was confirmed for, customers whose payer it is."""

    line: Incoming
    invoices: frozenset[str]
    customers: frozenset[str]


@dataclass(frozen=True, slots=True)
class _Group:
    customer_id: str
    received_on: date
    amount: Decimal
    receipts: tuple[Receipt, ...]


def booked_lines(
    lines: Iterable[Tied], receipts: Iterable[Receipt], *, spent: Collection[str] = ()
) -> dict[str, tuple[str, ...]]:
    """Give the receipts of each line that the ERP has booked, by the line's key. `spent`: receipts of lines that are closed."""
    groups = _groups([r for r in receipts if r.id not in spent and r.amount > 0])
    pairs = [
        (
            -score,
            abs((group.received_on - tied.line.booked_on).days),
            tied.line.booked_on,
            tied.line.key,
            tuple(r.id for r in group.receipts),
        )
        for tied in lines
        for group in groups.get((tied.line.currency, tied.line.amount), ())
        if abs((group.received_on - tied.line.booked_on).days) <= DAYS and (score := _evidence(tied, group))
    ]
    found: dict[str, tuple[str, ...]] = {}
    gone: set[str] = set()
    for _, _, _, key, ids in sorted(pairs):
        if key not in found and gone.isdisjoint(ids):
            found[key] = ids
            gone.update(ids)
    return found


def sums_of_receipts(receipts: Iterable[Receipt]) -> set[tuple[str, Decimal]]:
    """Give the currencies and sums of which there is a receipt, or receipts that may be of one payment."""
    return set(_groups([r for r in receipts if r.amount > 0]))


def _groups(receipts: Sequence[Receipt]) -> Mapping[tuple[str, Decimal], Sequence[_Group]]:
    found: dict[tuple[str, Decimal], list[_Group]] = defaultdict(list)
    together: dict[tuple[str, str, date, str], list[Receipt]] = defaultdict(list)
    for receipt in receipts:
        found[receipt.currency, receipt.amount].append(
            _Group(receipt.customer_id, receipt.received_on, receipt.amount, (receipt,))
        )
        reference = _shared(receipt)
        together[receipt.customer_id, receipt.currency, receipt.received_on, reference].append(receipt)
    for (customer, currency, day, _), several in together.items():
        if len(several) > 1:
            amount = total(r.amount for r in several)
            found[currency, amount].append(_Group(customer, day, amount, tuple(sorted(several, key=lambda r: r.id))))
    return found


def _shared(receipt: Receipt) -> str:
    """Give what the receipts of one payment have in common: their reference without the invoice that each is for."""
    reference = receipt.reference.upper()
    return " ".join(
        (reference.replace(receipt.invoice_number.upper(), "") if receipt.invoice_number else reference).split()
    )


def _evidence(tied: Tied, group: _Group) -> int:
    """Say how much ties receipts to a line: 0 nothing but amount and day, which two customers may share."""
    line = tied.line
    own = {core_of(token) for token in _TOKEN.findall(f"{line.text} {line.end_to_end} {line.structured}")}
    own = {token for token in own if any(c.isdigit() for c in token)}
    score = 0
    for receipt in group.receipts:
        told = {core_of(token) for token in _TOKEN.findall(f"{receipt.reference} {receipt.id}")}
        if receipt.invoice_number in tied.invoices or own & told:
            score = max(score, 3)
        payer = name_key(line.payer_name)
        if payer and payer in name_key(receipt.reference):
            score = max(score, 2)
    if group.customer_id in tied.customers:
        score += 1
    return score

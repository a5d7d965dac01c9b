"""Tells what an import changes, in words for a person: first how many of each kind, then the weightiest ones by number."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from decimal import Decimal

from store.ledger_changes import ChangeKind, LedgerChange, in_words
from store.ledger_differences import Differences

#: In this order they are shown: what is likeliest to be a mistake comes first.
_WEIGHT = (
    "balance rose",
    ChangeKind.CUSTOMER,
    ChangeKind.SAME_PAYMENT,
    ChangeKind.CURRENCY,
    ChangeKind.AMOUNT,
    ChangeKind.DUE_DATE,
    ChangeKind.ISSUE_DATE,
    ChangeKind.NAME,
    ChangeKind.MERGED,
    ChangeKind.BALANCE,
)
_WORDS = {
    "balance rose": "balances that rose (a payment taken back, or a mistake)",
    ChangeKind.CUSTOMER: "invoices that went to another customer",
    ChangeKind.SAME_PAYMENT: "payments left out, as the same money is there under another number (--same-money keep counts both)",
    ChangeKind.CURRENCY: "invoices with another currency",
    ChangeKind.AMOUNT: "invoices with another amount",
    ChangeKind.DUE_DATE: "due dates that moved",
    ChangeKind.ISSUE_DATE: "issue dates that moved",
    ChangeKind.NAME: "customers renamed (the old names stay known)",
    ChangeKind.BALANCE: "balances that fell",
}


def _kind(change: LedgerChange) -> str:
    if change.kind == ChangeKind.BALANCE and Decimal(change.after) > Decimal(change.before):
        return "balance rose"
    return change.kind


def counted(found: Differences) -> Iterator[str]:
    """Say how many of each kind, a line each."""
    changes = _once(found.changes)
    counts = Counter(map(_kind, changes))
    for kind in _WEIGHT:
        if counts[kind] and kind in _WORDS:
            yield f"{_WORDS[kind]}: {counts[kind]:,}"
    for old, new in sorted(found.under_today.items()):
        yield f"rows of customer {old} go to {new}, into which it was merged"


def shown(found: Differences, *, most: int = 10) -> list[str]:
    """Show the weightiest changes, a line each; balances that fell, as they do, are left to `dunwell ledger changes`."""
    weighty = [change for change in _once(found.changes) if _kind(change) != ChangeKind.BALANCE]
    weighty.sort(key=lambda change: _WEIGHT.index(_kind(change)))
    lines = [f"{change.invoice_number or change.customer_id}: {in_words(change)}" for change in weighty[:most]]
    return lines + ([f"and {len(weighty) - most:,} more"] if len(weighty) > most else [])


def _once(changes: Sequence[LedgerChange]) -> list[LedgerChange]:
    """Leave out the second row of an invoice that went from one customer to another."""
    seen: set[tuple[str, str | None, str]] = set()
    once = []
    for change in changes:
        key = (change.kind, change.invoice_number, change.after)
        if change.kind != ChangeKind.CUSTOMER or key not in seen:
            once.append(change)
        seen.add(key)
    return once

"""What the ledger shows of money that was announced: exact sums, by day. Pure; never a float, never an opinion.

Money that arrived without an invoice number is only ever "possible": it counts as nobody's payment until a person applies it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import date
from decimal import ROUND_DOWN, Decimal

from store.facts import PaymentFacts

NOTHING = Decimal(0)
_CENT = Decimal("0.01")


def received(
    payments: Iterable[PaymentFacts],
    *,
    invoices: Collection[str],
    currency: str,
    since: date,
    until: date = date.max,
) -> Decimal:
    """Sum what arrived on these invoices in this currency, both days included."""
    return sum(
        (
            p.amount
            for p in payments
            if p.invoice_number in invoices and p.currency == currency and since <= p.received_on <= until
        ),
        NOTHING,
    )


def unapplied(
    payments: Iterable[PaymentFacts], *, currency: str, since: date, until: date = date.max
) -> tuple[PaymentFacts, ...]:
    """List what arrived in this currency and was applied to no invoice, both days included."""
    return tuple(
        p for p in payments if p.invoice_number is None and p.currency == currency and since <= p.received_on <= until
    )


def charges_within(amount: Decimal, *, most: Decimal, share: Decimal) -> Decimal:
    """Give the most that banks may have kept of an amount: the smaller of a sum and a share of it, in whole cents."""
    return min(most, (amount * share).quantize(_CENT, ROUND_DOWN))


def total(payments: Iterable[PaymentFacts]) -> Decimal:
    """Sum payments of one currency."""
    return sum((p.amount for p in payments), NOTHING)


def oldest_first(parts: Sequence[Decimal], paid: Decimal) -> tuple[Decimal, ...]:
    """Lay a sum over parts, the first one first: how much of each is covered. What is too much counts for no part."""
    covered = []
    left = max(paid, NOTHING)
    for part in parts:
        taken = min(part, left)
        covered.append(taken)
        left -= taken
    return tuple(covered)


def paid_off(
    payments: Sequence[PaymentFacts],
    *,
    invoices: Collection[str],
    currency: str,
    total: Decimal,
    balance: Decimal,
    after: date,
) -> Decimal:
    """Give how much of an agreed total is settled: payments since then, or, where that is more, what the balances fell by.

    `total` is what was open on the day `after`, `balance` what is open now. Balances also fall by a credit, by money that
    was posted late and by payments that the ERP does not list; none of these may be held against the customer.
    """
    dated = sum(
        (
            p.amount
            for p in payments
            if p.invoice_number in invoices and p.currency == currency and p.received_on > after
        ),
        NOTHING,
    )
    return max(dated, total - balance, NOTHING)

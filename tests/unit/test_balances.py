"""Sums of open balances, each currency by itself, and which invoices are meant: what holds for every account."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from store.balances import among, by_currency, largest


@dataclass(frozen=True)
class Bill:
    """An invoice."""

    number: str
    currency: str
    balance: Decimal


_AMOUNTS = st.decimals(min_value=0, max_value=10**9, places=2)
BILLS = st.lists(
    st.builds(Bill, number=st.sampled_from("ABCDE"), currency=st.sampled_from(["EUR", "GBP", "SEK"]), balance=_AMOUNTS),
    max_size=12,
)


@given(BILLS)
def test_nothing_is_lost_and_no_currency_is_mixed(bills: list[Bill]) -> None:
    sums = by_currency(bills)
    assert sum(sums.values(), Decimal(0)) == sum((bill.balance for bill in bills), Decimal(0))
    assert list(sums) == list(dict.fromkeys(bill.currency for bill in bills)), "in the order in which they come"
    for currency, amount in sums.items():
        assert amount == sum((b.balance for b in bills if b.currency == currency), Decimal(0))
    assert by_currency(bills, lambda bill: bill.balance * 2) == {code: 2 * amount for code, amount in sums.items()}


@given(BILLS)
def test_the_largest_is_one_of_the_sums_and_none_is_larger(bills: list[Bill]) -> None:
    amount, currency = largest(bills, home="CHF")
    sums = by_currency(bills) or {"CHF": Decimal(0)}
    assert (sums[currency], max(sums.values())) == (amount, amount)


@given(BILLS, st.sets(st.sampled_from("ABCDEX")))
def test_the_named_ones_are_meant_else_all(bills: list[Bill], named: set[str]) -> None:
    meant = among(bills, named)
    assert meant == ([bill for bill in bills if bill.number in named] or bills)
    assert meant is not bills

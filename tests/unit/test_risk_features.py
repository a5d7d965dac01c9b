"""Nothing that became known later moves what is said of an invoice; what is known before does, and in the way it should."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from risk.bills import NEVER, Bill, Book, Trouble
from risk.features import COLUMNS, Features
from risk.prior import Prior

DAY = date(2026, 3, 1)
ONE = Bill("NEW", "C1", "standard", "EUR", 900.0, date(2026, 2, 20), date(2026, 3, 22))


def paid(number: str, *, late: int, due: date = date(2026, 1, 10), customer: str = "C1", amount: float = 300.0) -> Bill:
    """An invoice of 30 days that was paid so many days late."""
    return Bill(number, customer, "standard", "EUR", amount, due - timedelta(days=30), due, due + timedelta(days=late))


def row(book: Book, bill: Bill = ONE, day: date = DAY) -> dict[str, float]:
    return dict(zip(COLUMNS, Features(book).row(bill, day), strict=True))


PAST = [
    paid(f"P{n}", late=late, due=date(2025, 10, 1) + timedelta(days=10 * n)) for n, late in enumerate((9, 12, 14, 10))
]


@st.composite
def bills(draw: st.DrawFn) -> Bill:
    issued = DAY + timedelta(days=draw(st.integers(-400, 60)))
    due = issued + timedelta(days=draw(st.integers(0, 90)))
    settled = draw(st.one_of(st.just(NEVER), st.integers(-20, 200).map(lambda n: max(issued, due + timedelta(days=n)))))
    return Bill(
        f"R{draw(st.integers(0, 10**6))}",
        draw(st.sampled_from(["C1", "C2"])),
        draw(st.sampled_from(["standard", "key"])),
        draw(st.sampled_from(["EUR", "USD"])),
        draw(st.floats(1, 1e6)),
        issued,
        due,
        settled,
    )


@settings(max_examples=60, deadline=None)
@given(st.lists(bills(), max_size=12, unique_by=lambda b: b.number), st.data())
def test_what_comes_later_moves_nothing(known: list[Bill], data: st.DataObject) -> None:
    """Payments, invoices, disputes and broken promises of that day or later are changed at will, and no column moves."""
    book = Book(
        [*PAST, ONE, *known], broken=[Trouble("C1", date(2026, 1, 5))], disputes=[Trouble("C1", date(2026, 1, 7))]
    )
    # Settled before the day: known, and kept. Otherwise the future may be anything.
    future = [
        b
        if b.settled < DAY
        else replace(b, settled=data.draw(st.sampled_from([NEVER, max(DAY, b.issued), DAY + timedelta(days=300)])))
        for b in known
        if b.issued < DAY
    ]
    planted = [
        paid("LATER", late=data.draw(st.integers(0, 300)), due=DAY + timedelta(days=1)),
        Bill("NEXT", "C1", "standard", "EUR", data.draw(st.floats(1, 1e9)), DAY, DAY + timedelta(days=5)),
    ]
    planted = [replace(b, issued=max(b.issued, DAY)) for b in planted]
    other = Book(
        [*PAST, replace(ONE, settled=DAY + timedelta(days=3)), *future, *planted],
        broken=[*book.broken, Trouble("C1", DAY), Trouble("C1", DAY + timedelta(days=9))],
        disputes=[*book.disputes, Trouble("C1", DAY)],
    )
    assert row(other) == row(book)


@pytest.mark.parametrize(
    ("changed", "column"),
    [
        (Book([*PAST, ONE, paid("X", late=40, due=date(2026, 1, 10))]), "mean_late"),
        (Book([*PAST, ONE], broken=[Trouble("C1", DAY - timedelta(days=1))]), "broken_promises"),
        (Book([*PAST, ONE], disputes=[Trouble("C1", DAY - timedelta(days=1))]), "disputes"),
        (Book([*PAST, ONE, replace(paid("X", late=1), settled=NEVER)]), "overdue_share"),
    ],
)
def test_what_was_known_the_day_before_counts(changed: Book, column: str) -> None:
    assert row(changed)[column] > row(Book([*PAST, ONE]))[column]


def test_an_invoice_is_no_past_of_itself() -> None:
    assert row(Book([*PAST, replace(ONE, settled=DAY)])) == row(Book([*PAST, ONE]))


def test_an_invoice_of_unknown_end_says_nothing_of_a_payer() -> None:
    """Credit alone settled it, or nobody knows what did: its amount is known, how it was paid is not."""
    with_it = row(Book([*PAST, ONE, replace(paid("X", late=0), settled=NEVER, unknown=True)]))
    without = row(Book([*PAST, ONE]))
    assert {name for name in COLUMNS if with_it[name] != without[name]} <= {"amount_to_all"}


def test_other_customers_are_no_past_but_what_is_usual() -> None:
    other = row(Book([*PAST, ONE, *(paid(f"O{n}", late=60, due=date(2025, 12, 1), customer="C9") for n in range(8))]))
    without = row(Book([*PAST, ONE]))
    assert other["median_late"] == without["median_late"] == 11.0
    assert other["house_days"] > without["house_days"]


def test_amounts_are_compared_within_a_currency() -> None:
    yen = [replace(paid(f"Y{n}", late=0), currency="JPY", amount=100_000.0) for n in range(5)]
    assert row(Book([*PAST, ONE, *yen]))["amount_to_own"] == pytest.approx(np.log1p(900) - np.log1p(300))


def test_with_nothing_known_the_assumption_stands_and_few_invoices_move_it_little() -> None:
    nobody = row(Book([ONE]))
    assert (nobody["share_late"], nobody["mean_late"]) == (0.45, 6.0)
    one, four = row(Book([PAST[0], ONE])), row(Book([*PAST, ONE]))
    assert nobody["share_late"] < one["share_late"] < four["share_late"] < 1.0
    prior = Prior()
    late = [float(prior.probabilities(np.array([list(r.values())]))[0]) for r in (nobody, one, four)]
    assert late == sorted(late)
    assert late[0] == pytest.approx(0.45)

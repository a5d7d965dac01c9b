"""Dates and amounts of somebody else's files: read right, or asked; never guessed."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from babel.dates import format_date
from babel.numbers import format_decimal
from hypothesis import given, settings
from hypothesis import strategies as st

from ledger import mapping_dates as dates
from ledger import mapping_identity as identities
from ledger import mapping_numbers as numbers
from ledger.mapping_date_pairs import settle_together, take_over

LOCALES = ("en_US", "en_GB", "de", "de_CH", "fr", "es", "it", "nl", "pt", "pt_BR", "fr_CH", "sv")
DAYS = st.dates(date(2010, 1, 1), date(2039, 12, 31))


@pytest.mark.parametrize(
    ("cell", "read"),
    [
        ("2026-04-03", date(2026, 4, 3)),
        ("2026/4/3", date(2026, 4, 3)),
        ("2026-04-03T00:00:00Z", date(2026, 4, 3)),
        ("03.04.2026", date(2026, 4, 3)),
        ("3.4.26", date(2026, 4, 3)),
        ("25/04/2026", date(2026, 4, 25)),
        ("04/25/2026 12:30 PM", date(2026, 4, 25)),
        ("20260403", date(2026, 4, 3)),
        ("3 avr. 2026", date(2026, 4, 3)),
        ("03-Apr-26", date(2026, 4, 3)),
        ("3. März 2026", date(2026, 3, 3)),
        ("3 de mayo de 2026", date(2026, 5, 3)),
        ("April 3rd, 2026", date(2026, 4, 3)),
        ("46115", date(2026, 4, 3)),
    ],
)
def test_a_date_that_can_be_read_in_one_way_is_read(cell: str, read: date) -> None:
    found = dates.study([cell])
    assert found.settled
    assert found.read(cell) == read
    assert [dates.known_format(name) for name in found.formats()] == list(found.orders.items())


def test_the_whole_column_settles_what_one_cell_leaves_open() -> None:
    assert dates.study(["03/04/2026"]).open
    found = dates.study(["03/04/2026", "25/03/2026"])
    assert (found.settled, found.read("03/04/2026"), found.formats()) == (True, date(2026, 4, 3), ["DD/MM/YYYY"])
    assert dates.study(["03/04/2026", "03/25/2026"]).read("03/04/2026") == date(2026, 3, 4)
    same = dates.study(["04/04/2026", "05/05/2026"])
    assert same.read("04/04/2026") == date(2026, 4, 4), "the same day in either way"


def test_a_column_with_both_ways_gives_only_what_reads_in_one() -> None:
    found = dates.study(["13/04/2026", "04/14/2026", "03/04/2026"])
    assert not found.settled
    assert (found.read("13/04/2026"), found.read("04/14/2026")) == (date(2026, 4, 13), date(2026, 4, 14))
    assert found.read("03/04/2026") is None
    assert found.fault("03/04/2026") == "could be DD/MM/YYYY or MM/DD/YYYY: say which with --date-format"
    assert found.fault("32/13/2026") == "is a day that does not exist"
    assert found.fault("soon") == "is no date that is known here"


def test_nothing_is_due_before_it_is_issued() -> None:
    rows = [
        ("01/02/2026", "03/02/2026"),
        ("05/06/2026", "05/07/2026"),
        ("10/01/2026", "09/02/2026"),
        ("12/03/2026", "11/04/2026"),
    ]
    issue, due = dates.study(a for a, _ in rows), dates.study(b for _, b in rows)
    assert issue.open
    assert due.open
    settle_together(issue, due, lambda: rows)
    assert issue.read("10/01/2026") == date(2026, 1, 10)
    assert due.read("09/02/2026") == date(2026, 2, 9)
    one = rows[:3]
    issue, due = dates.study(a for a, _ in one), dates.study(b for _, b in one)
    settle_together(issue, due, lambda: one)
    assert issue.open, "one row alone could be a mistake of its own"


def rendered(days: list[date], locale: str, width: str) -> list[str]:
    return [format_date(day, format=width, locale=locale) for day in days]


@settings(max_examples=120, deadline=None)
@given(
    st.lists(st.tuples(DAYS, st.integers(0, 90)), min_size=1, max_size=25),
    st.sampled_from(LOCALES),
    st.sampled_from(("short", "medium")),
)
def test_what_is_settled_is_what_was_written(rows: list[tuple[date, int]], locale: str, width: str) -> None:
    issued = [day for day, _ in rows]
    owed = [day + timedelta(days=days) for day, days in rows]
    first, second = rendered(issued, locale, width), rendered(owed, locale, width)
    issue, due = dates.study(first), dates.study(second)
    settle_together(issue, due, lambda: zip(first, second, strict=True))
    take_over([("issued", issue), ("due", due)])
    for days, cells, found in ((issued, first, issue), (owed, second, due)):
        for day, cell in zip(days, cells, strict=True):
            assert found.read(cell) in (day, None)
            if found.settled and dates.seen(cell):
                assert found.read(cell) == day


@pytest.mark.parametrize(
    ("cell", "read"),
    [
        ("1.234,56", "1234.56"),
        ("1,234.56", "1234.56"),
        ("1 234,56", "1234.56"),
        ("1\u202f234,56 €", "1234.56"),
        ("1'234.56", "1234.56"),
        ("CHF 1’234.50", "1234.50"),
        ("(1,234.56)", "-1234.56"),
        ("1234.56-", "-1234.56"),
        ("-€ 12,5", "-12.5"),
        ("1,234.56 USD", "1234.56"),
        ("12,34,567.89", "1234567.89"),
        ("1.234.567", "1234567"),
        ("1.0234E+4", "10234"),
        ("0,5", "0.5"),
        ("17.00 CR", "-17.00"),
    ],
)
def test_an_amount_that_can_be_read_in_one_way_is_read(cell: str, read: str) -> None:
    found = numbers.study([cell])
    assert found.settled
    assert found.read(cell) == Decimal(read)


@pytest.mark.parametrize("cell", ["1.234", "1,234", "bald", "12 34", "1,23.456.7", "1.2E+9", "", "--5", "1.2345.678"])
def test_an_amount_that_cannot_be_read_for_sure_is_not(cell: str) -> None:
    found = numbers.study([cell])
    assert found.read(cell) is None
    assert found.fault(cell)


def test_other_cells_say_what_a_lone_mark_means() -> None:
    assert numbers.study(["1.234", "2,50"]).read("1.234") == 1234
    assert numbers.study(["1.234", "2.50"]).read("1.234") == Decimal("1.234")
    mixed = numbers.study(["1.234", "2.50", "2,50"])
    assert (mixed.read("1.234"), mixed.read("2.50"), mixed.read("2,50")) == (None, Decimal("2.5"), Decimal("2.5"))


@settings(max_examples=120, deadline=None)
@given(
    st.lists(st.decimals(Decimal("-999999999.99"), Decimal("999999999.99"), places=2), min_size=1, max_size=15),
    st.sampled_from(LOCALES),
    st.sampled_from(("#,##0.00", "#,##0.##", "0.00", "#,##0.00 'EUR'")),
)
def test_what_is_sure_is_the_amount_that_was_written(amounts: list[Decimal], locale: str, pattern: str) -> None:
    cells = [format_decimal(amount, format=pattern, locale=locale) for amount in amounts]
    found = numbers.study(cells)
    for amount, cell in zip(amounts, cells, strict=True):
        assert found.read(cell) in (amount, None)
        if found.settled:
            assert found.read(cell) == amount


@pytest.mark.parametrize(
    ("cell", "number"),
    [
        ("10234.0", "10234"),
        ("1.0234E+4", "10234"),
        ("1,000", "1,000"),
        ("12.000", "12.000"),
        ("00123", "00123"),
        ("INV 10.0", "INV 10.0"),
        ("1E5", "1E5"),
        (" A  7 ", "A 7"),
    ],
)
def test_numbers_that_name_something_are_put_right(cell: str, number: str) -> None:
    assert identities.identity(cell) == number


@pytest.mark.parametrize("cell", ["(-100.00)", "-100.00 CR", "100.00- CR", "(100.00) CR"])
def test_an_amount_with_two_signs_is_not_read(cell: str) -> None:
    found = numbers.study(["12.50", cell])
    assert found.read(cell) is None, "a credit must not become a debt"
    assert found.fault(cell) == "is no amount"


def test_a_number_that_a_spreadsheet_cut_is_told() -> None:
    with pytest.raises(ValueError, match="cut off by a spreadsheet"):
        identities.identity("1.23457E+11")
    assert not identities.has_floats(["10.1", "10.0"])
    assert identities.has_floats(["10.0", "11"])


@pytest.mark.parametrize(
    ("cell", "amount"),
    [
        ("1.250,-", "1250"), ("€ 1.250,--", "1250"), ("1'250.–", "1250"), ("-99,-", "-99"), ("(99.-)", "-99"),
        ("€ -", "0"), (" $-   ", "0"), ("- EUR", "0"), ("12,50+", "12.50"),
    ],
)  # fmt: skip
def test_a_dash_for_no_cents_or_for_nothing_is_no_minus(cell: str, amount: str) -> None:
    mark = "." if "." in cell and "," not in cell else ","
    assert numbers.Numbers(mark=mark).read(cell) == Decimal(amount)


@pytest.mark.parametrize("cell", ["-", "–", "+5-", "--5"])
def test_what_a_dash_alone_means_is_not_guessed(cell: str) -> None:
    assert numbers.Numbers(mark=".").read(cell) is None
    told = "is no amount: write 0.00 where it is nothing" if len(cell) == 1 else "is no amount"
    assert numbers.Numbers(mark=".").fault(cell) == told

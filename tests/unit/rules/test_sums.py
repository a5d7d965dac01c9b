"""Sums of money as they stand in a text: every way of writing them in seven languages, and what is none."""

from __future__ import annotations

from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.rules.reading import plain
from agent.rules.sums import read_number, sums_in, without_sums

EUR, GBP, CHF = frozenset({"EUR"}), frozenset({"GBP"}), frozenset({"CHF"})
CENTS = st.decimals(min_value="0.01", max_value="99999999.99", places=2)


def found(text: str, *, bare: bool = False) -> list[tuple[Decimal | None, frozenset[str] | None]]:
    return [(one.value, one.currencies) for one in sums_in(plain(text), bare=bare)]


@pytest.mark.parametrize(
    ("text", "value", "currencies"),
    [
        ("GBP 1,800.00", "1800.00", GBP),
        ("GBP1,800.00", "1800.00", GBP),
        ("1800 GBP", "1800", GBP),
        ("1.800,00 €", "1800.00", EUR),
        ("€1.800", "1800", EUR),
        ("1 800,00 EUR", "1800.00", EUR),
        ("1\u00a0800,00 euros", "1800.00", EUR),
        ("1\u202f800,00 €", "1800.00", EUR),
        ("CHF 1'800.00", "1800.00", CHF),
        ("1’800.00 Franken", "1800.00", CHF),
        ("Fr. 50.–", "50", CHF),
        ("１，８００．００ EUR", "1800.00", EUR),
        ("١٬٨٠٠٫٠٠ EUR", "1800.00", EUR),
        ("1.8k EUR", "1800.0", EUR),
        ("2 Mio. EUR", "2000000", EUR),
        ("3 mila euro", "3000", EUR),
        ("£ 12", "12", GBP),
        ("1800 sterline", "1800", GBP),
        ("1800 libras esterlinas", "1800", GBP),
        ("12 livres sterling", "12", GBP),
        ("Rs? ₹ 1,00,000.00", "100000.00", frozenset({"INR"})),
        ("US$ 5.00", "5.00", frozenset({"USD"})),
        ("0.01 EUR", "0.01", EUR),
    ],
)
def test_a_sum_is_read_with_its_currency(text: str, value: str, currencies: frozenset[str]) -> None:
    assert found(text) == [(Decimal(value), currencies)]


def test_a_sign_that_stands_for_several_currencies_is_all_of_them() -> None:
    ((_, dollars),) = found("$ 10.00")
    assert dollars is not None
    assert {"USD", "CAD", "AUD"} <= dollars
    assert "GBP" not in dollars
    ((_, crowns),) = found("10 kr")
    assert crowns is not None
    assert {"SEK", "NOK", "DKK"} <= crowns


@pytest.mark.parametrize(
    "text", ["F-5501", "5 March 2026", "4 pallets", "line 3 of 12", "eurozone 2026", "3 km", "ISO 9001"]
)
def test_what_has_no_currency_is_no_sum(text: str) -> None:
    assert found(text) == []


@pytest.mark.parametrize(
    ("text", "values"), [("the rest is 1,799.99 only", ["1799.99"]), ("at 12.5 or 12.500", []), ("100 and 12", [])]
)
def test_cents_alone_make_a_sum_where_that_is_asked_for(text: str, values: list[str]) -> None:
    assert [value for value, _ in found(text, bare=True)] == [Decimal(value) for value in values]
    assert found(text) == []


def test_several_sums_each_have_their_own_currency_and_place() -> None:
    text = "EUR 10.00 and 20.00 GBP, then £30 and 40,00 €."
    sums = sums_in(text)
    assert [(str(one.value), one.currencies) for one in sums] == [
        ("10.00", EUR),
        ("20.00", GBP),
        ("30", GBP),
        ("40.00", EUR),
    ]
    assert [text[one.start : one.end].strip() for one in sums] == [one.text for one in sums]
    assert all(a.end <= b.start for a, b in pairwise(sums))


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1,234.56", "1234.56"),
        ("1.234,56", "1234.56"),
        ("1 234,56", "1234.56"),
        ("1'234.56", "1234.56"),
        ("1234", "1234"),
        ("1.234", "1234"),
        ("1,234", "1234"),
        ("12.5", "12.5"),
        ("12,50", "12.50"),
        ("1.234.567", "1234567"),
        ("1.2345", "1.2345"),
        ("1,00,000.00", "100000.00"),
        ("1.234,567,89", None),
        ("1,2.3,4", None),
        ("x", None),
        ("", None),
    ],
)
def test_a_number_is_read_one_way_or_not_at_all(text: str, value: str | None) -> None:
    assert read_number(text) == (Decimal(value) if value is not None else None)


@given(amount=CENTS)
def test_every_sum_is_read_back_however_a_country_writes_it(amount: Decimal) -> None:
    english = f"{amount:,.2f}"
    swap = str.maketrans(",.", ".,")
    ways = (
        english,
        english.translate(swap),
        english.replace(",", "'"),
        english.replace(",", " ").replace(".", ","),
        str(amount),
    )
    for way in ways:
        for text in (
            f"EUR {way}",
            f"EUR{way}",
            f"{way} EUR",
            f"{way} €",
            f"€{way}",
            f"We ask for {way} euros, please.",
        ):
            assert found(text) == [(amount, EUR)], text
        assert found(f"it is {way} all in all", bare=True) == [(amount, None)], way


@given(text=st.text(max_size=200))
def test_no_text_is_too_odd(text: str) -> None:
    read = plain(text)
    for bare in (False, True):
        sums = sums_in(read, bare=bare)
        assert all(0 <= one.start < one.end <= len(read) for one in sums)
    assert isinstance(without_sums(text), str)


@pytest.mark.parametrize(
    ("line", "bare"),
    [
        ("Re: Invoice F-5501 (GBP 1,800.00)", "Re: Invoice F-5501"),
        ("Your debt of £1,800, please", "Your debt of, please"),
        ("Rechnung F-5501: 1.800,00 €", "Rechnung F-5501"),
        ("1.800,00 €", ""),
        ("Re: Invoice F-5501", "Re: Invoice F-5501"),
        ("Call 12, line 3", "Call 12, line 3"),
    ],
)
def test_a_subject_keeps_all_but_its_sums(line: str, bare: str) -> None:
    assert without_sums(line) == bare


@given(amount=CENTS)
def test_no_sum_is_left_in_a_subject(amount: Decimal) -> None:
    assert not sums_in(plain(without_sums(f"Invoice F-5501: EUR {amount:,.2f} and {amount} € are open")))

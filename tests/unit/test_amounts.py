"""Amounts of money as customers write them, and the numbers that are none."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.resolving.amounts import find_amounts

AMOUNTS = [
    ("we pay 1,234.50", None, "1234.50", None),
    ("wir zahlen 1.234,50", None, "1234.50", None),
    ("nous payons 1 234,50", None, "1234.50", None),
    ("wir zahlen 1'234.50", None, "1234.50", None),
    ("nous payons 1\u202f234,50 €", None, "1234.50", "EUR"),
    ("CHF 7'904.30", None, "7904.30", "CHF"),
    ("CHF 48'000.–", None, "48000", "CHF"),
    ("Fr. 84.60", None, "84.60", "CHF"),
    ("£500", None, "500", "GBP"),
    ("£ 12,500", None, "12500", "GBP"),
    ("EUR 672.00", None, "672.00", "EUR"),
    ("672,- Euro", None, "672", "EUR"),
    ("4.400,- EUR", None, "4400", "EUR"),
    ("18.940,00 €", None, "18940.00", "EUR"),
    ("€ 6.187,94", None, "6187.94", "EUR"),
    ("€180", None, "180", "EUR"),
    ("1.482,60 Euro", None, "1482.60", "EUR"),
    ("14.300 euro", None, "14300", "EUR"),
    ("1.284 €", None, "1284", "EUR"),
    ("3 500,00 EUR", None, "3500.00", "EUR"),
    ("SEK 6 400", None, "6400", "SEK"),
    ("8.000 kr", "NOK", "8000", "NOK"),
    ("8.000 kr", "EUR", "8000", None),
    ("$1,104", None, "1104", "USD"),
    ("$1,104", "CAD", "1104", "CAD"),
    ("$1,104", "EUR", "1104", "USD"),
    ("$2.310.450", "CLP", "2310450", "CLP"),
    ("USD 18,440.00", "EUR", "18440.00", "USD"),
    ("US$ 900", "CAD", "900", "USD"),
    ("R$ 1.377,12", None, "1377.12", "BRL"),
    ("R$ 21 mil", None, "21000", "BRL"),
    ("320 reais", None, "320", "BRL"),
    ("Rs. 19,360", None, "19360", "INR"),
    ("INR 1,20,000", None, "120000", "INR"),
    ("settlement at 1.20 lakh", "INR", "120000", "INR"),
    ("OMR 2,150", None, "2150", "OMR"),
    ("we owe 18k", "GBP", "18000", "GBP"),
    ("£2k", None, "2000", "GBP"),
    ("sends 5k on Monday", "USD", "5000", "USD"),
    ("3 grand", "GBP", "3000", "GBP"),
    ("two grand", "GBP", "2000", "GBP"),
    ("280 quid", None, "280", "GBP"),
    ("forty pounds", None, "40", "GBP"),
    ("nine thousand pounds", None, "9000", "GBP"),
    ("96 euro", None, "96", "EUR"),
    ("mille euros", None, "1000", "EUR"),
    ("cent cinquante euros", None, "150", "EUR"),
    ("mil cien euros", None, "1100", "EUR"),
    ("ottocento euro", None, "800", "EUR"),
    ("vijfduizend euro", None, "5000", "EUR"),
    ("4 millones", "COP", "4000000", "COP"),
    ("2,5 Mio. EUR", None, "2500000.0", "EUR"),
    ("250 mil", "MXN", "250000", "MXN"),
    ("we can do 150 a month", "GBP", "150", "GBP"),
    ("150 im Monat", "EUR", "150", "EUR"),
    ("680 al mes", "EUR", "680", "EUR"),
    ("we offer 1500", "USD", "1500", "USD"),
    ("three of 6000", "USD", "6000", "USD"),
    ("instalments of 400", "GBP", "400", "GBP"),
    ("2000,- sofort", "EUR", "2000", "EUR"),
    ("the balance of 940,10", "EUR", "940.10", "EUR"),
    ("£96.22,", None, "96.22", "GBP"),
    ("(EUR 760)", None, "760", "EUR"),
    ("paid 412.50.", "GBP", "412.50", "GBP"),
    ("it comes to 4.310,25 on INV-20419", "EUR", "4310.25", "EUR"),
]


@pytest.mark.parametrize(("text", "given_currency", "amount", "currency"), AMOUNTS)
def test_an_amount_is_read_exactly(text: str, given_currency: str | None, amount: str, currency: str | None) -> None:
    found = find_amounts(text, currency=given_currency)
    assert [(f.amount, f.currency) for f in found] == [(Decimal(amount), currency)]


NO_AMOUNTS = [
    "on 20.03.2026 or 20/03/2026 or 2026-03-20",
    "goes out on 16.03 and 12.04.",
    "Zahllauf am Donnerstag, 12.03. eingeplant",
    "der Lauf vom 20.3.",
    "call me on +44 1632 960 144",
    "Tel. 01 99 00 47 12",
    "T: 01632 960144, ext 4410",
    "invoice 20419 and INV-20419 and RE2026/0331",
    "invoices 118842, 118843",
    "PO 4500771203",
    "PO HF-78263 and order 45009912",
    "20% and 2,5 % and 7 percent and 19 Prozent",
    "at 9.14 this morning, by 17:00",
    "half of it",
    "40 boxes and 12.000 Stück and 5,000 sheets",
    "1,000 stems, 3.500 Kisten of 20 units",
    "version 2.1.3 from 10.0.0.1",
    "the fire of 1988",
    "write to k.2000@firm.example or see www.firm.example/1.500,00x",
    "DE89370400440532013000",
    "week 14, page 3, line 2",
    "in 30 days",
]


@pytest.mark.parametrize("text", NO_AMOUNTS)
def test_other_numbers_are_no_money(text: str) -> None:
    assert find_amounts(text, currency="EUR") == []


def test_the_tables_are_long_enough() -> None:
    assert len(AMOUNTS) + len(NO_AMOUNTS) >= 60


def test_known_numbers_are_never_money() -> None:
    text = "we pay 4500 on account, the rest of 1.200 later"
    assert [f.amount for f in find_amounts(text, currency="EUR")] == [4500, 1200]
    assert [f.amount for f in find_amounts(text, currency="EUR", known_numbers=("4500",))] == [1200]


def test_what_can_be_read_two_ways_is_left_out() -> None:
    assert find_amounts("OMR 2.150", currency=None) == []
    assert [f.amount for f in find_amounts("OMR 2.150,00", currency=None)] == [Decimal("2150.00")]


def test_amounts_come_in_order_with_exact_spans_and_say_whether_they_are_marked() -> None:
    text = "8 Stück zu je 84,00 EUR, zusammen 672,00 EUR; we pay 5000"
    found = find_amounts(text, currency="EUR")
    assert [(f.text, f.marked) for f in found] == [("84,00 EUR", True), ("672,00 EUR", True), ("5000", False)]
    assert all(text[f.start : f.end] == f.text for f in found)


def test_a_line_break_between_two_figures_joins_nothing() -> None:
    text = "The following invoices are still open on our side of things 12\n345,00 and more"
    assert [f.amount for f in find_amounts(text, currency="EUR")] == [Decimal("345.00")]


@given(
    text=st.one_of(
        st.text(max_size=200),
        st.lists(
            st.sampled_from(
                [
                    "1",
                    "000",
                    "1.000",
                    "1,5",
                    "'000",
                    "€",
                    "EUR",
                    "$",
                    "k",
                    "mil",
                    "-",
                    ",-",
                    "%",
                    "0",
                    "½",
                    "٣",
                    "\x00",
                    "\n",
                    "of",
                    "pay",
                    "fr.",
                    "grand",
                    "two",
                ]
            ),
            max_size=30,
        ).map(" ".join),
    ),
    currency=st.sampled_from([None, "EUR", "USD", "OMR"]),
)
def test_any_text_is_read_without_an_exception(text: str, currency: str | None) -> None:
    end = 0
    for found in find_amounts(text, currency=currency):
        assert found.text == text[found.start : found.end] != ""
        assert found.start >= end
        assert 0 < found.amount < Decimal(10) ** 12
        end = found.end


_STYLES = [(",", "."), (".", ","), (" ", ","), ("'", "."), ("\u202f", ","), ("", "."), ("", ",")]


@given(cents=st.integers(1, 10**11), style=st.sampled_from(_STYLES), mark=st.sampled_from(["EUR ", "£", "CHF "]))
def test_every_amount_of_cents_comes_back_in_every_style(cents: int, style: tuple[str, str], mark: str) -> None:
    group, point = style
    written = f"{cents // 100:,}".replace(",", group) + point + f"{cents % 100:02}"
    found = find_amounts(f"{mark}{written} is what we pay", currency=None)
    assert [f.amount for f in found] == [Decimal(cents) / 100]

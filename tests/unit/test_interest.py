"""Interest and fixed sums: the vectors of the law's own figures, and rules that hold for any debt."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from tools.interest import InterestTerms, LateCharge, NotClaimable, fixed_sum, half_year, late_charge
from tools.limits import Policy

UK = Policy().profile("uk-b2b").interest.model_copy(update={"claim": "statutory"})
EU = Policy().profile("eu-b2b").interest.model_copy(update={"claim": "statutory"})


def charge(terms: InterestTerms, principal: str, due: date, days: int, currency: str = "GBP") -> LateCharge:
    return late_charge(
        principal=Decimal(principal), currency=currency, due=due, until=due + timedelta(days=days), terms=terms
    )


def test_the_british_vector() -> None:
    found = charge(UK, "5000", date(2024, 2, 1), 30)
    assert (found.interest, found.fixed, found.total, found.days) == (
        Decimal("54.45"),
        Decimal("70.00"),
        Decimal("124.45"),
        30,
    )
    assert [span.rate for span in found.spans] == [Decimal("13.25")]


@pytest.mark.parametrize(
    ("principal", "fixed"), [("999.99", "40"), ("1000", "70"), ("9999.99", "70"), ("10000", "100"), ("0.01", "40")]
)
def test_the_british_tiers(principal: str, fixed: str) -> None:
    assert fixed_sum(principal=Decimal(principal), currency="GBP", terms=UK) == Decimal(fixed)


def test_the_european_vector() -> None:
    found = charge(EU, "1000", date(2025, 8, 1), 31, "EUR")
    assert (found.interest, found.fixed) == (Decimal("8.62"), Decimal("40.00"))
    assert [span.rate for span in found.spans] == [Decimal("10.15")]


def test_over_the_half_year_the_switch_decides() -> None:
    due = date(2024, 12, 21)  # ten days at 5.25, twenty at 4.75
    stays = charge(UK, "3650", due, 30)
    assert [(s.days, s.rate) for s in stays.spans] == [(30, Decimal("13.25"))]
    assert stays.interest == Decimal("39.75")
    each = charge(UK.model_copy(update={"rate_follows": "half_year"}), "3650", due, 30)
    assert [(s.first, s.days, s.rate) for s in each.spans] == [
        (date(2024, 12, 22), 10, Decimal("13.25")),
        (date(2025, 1, 1), 20, Decimal("12.75")),
    ]
    assert each.interest == Decimal("38.75")


def test_a_debt_due_on_the_last_of_june_has_the_rate_of_july() -> None:
    assert charge(EU, "100", date(2025, 6, 30), 1, "EUR").spans[0].rate == Decimal("10.15")
    assert charge(UK, "100", date(2025, 6, 30), 1).spans[0].rate == Decimal("12.25")
    assert charge(UK, "100", date(2025, 6, 29), 90).spans[0].rate == Decimal("12.75")


@pytest.mark.parametrize("follows", ["debt", "half_year"])
def test_a_day_without_a_rate_is_refused(follows: str) -> None:
    terms = UK.model_copy(update={"rate_follows": follows})
    with pytest.raises(NotClaimable, match="no rate for 2026-H1: add it"):
        charge(terms, "100", date(2025, 12, 30), 2)
    assert charge(terms, "100", date(2025, 12, 30), 1).days == 1
    with pytest.raises(NotClaimable, match="2023-H1"):
        charge(terms, "100", date(2023, 6, 29), 5)


def test_nothing_is_claimed_unless_the_policy_says_so() -> None:
    for profile in Policy().jurisdictions.values():
        with pytest.raises(NotClaimable, match="claims none"):
            charge(profile.interest, "100", date(2025, 1, 1), 30)


def test_a_fixed_sum_is_not_converted() -> None:
    with pytest.raises(NotClaimable, match="in GBP, the invoice is in EUR"):
        charge(UK, "100", date(2025, 1, 1), 30, "EUR")


def test_half_a_cent_is_rounded_up_and_once() -> None:
    terms = InterestTerms(claim="contractual", contractual_rate=Decimal("3.65"))
    assert charge(terms, "50", date(2025, 1, 1), 1).interest == Decimal("0.01")  # 0.005
    assert charge(terms, "49.99", date(2025, 1, 1), 1).interest == Decimal("0.00")
    assert charge(terms, "50", date(2025, 1, 1), 3).interest == Decimal("0.02")  # 0.015, not three times 0.01


def test_a_year_has_365_days_also_when_it_is_a_leap_year() -> None:
    terms = InterestTerms(claim="contractual", contractual_rate=Decimal(10))
    assert charge(terms, "1000", date(2023, 12, 31), 366).interest == Decimal("100.27")


def test_a_negative_reference_rate_never_makes_a_credit() -> None:
    terms = InterestTerms(claim="statutory", reference={"2025-H1": Decimal("-0.5"), "2025-H2": Decimal("1")})
    found = charge(terms, "36500", date(2025, 6, 20), 20)
    assert [span.rate for span in found.spans] == [Decimal(0), Decimal(1)]
    assert found.interest == Decimal("10.00")


def test_the_cap_lowers_the_interest_first() -> None:
    terms = UK.model_copy(update={"cap_share": Decimal("0.10")})
    found = charge(terms, "500", date(2024, 1, 1), 300)
    assert (found.fixed, found.interest, found.total, found.capped) == (
        Decimal("40.00"),
        Decimal("10.00"),
        Decimal("50.00"),
        True,
    )
    tiny = charge(terms, "100.09", date(2024, 1, 1), 10)
    assert (tiny.fixed, tiny.interest) == (Decimal("10.00"), Decimal("0.00"))


def test_what_is_not_late_costs_nothing() -> None:
    for days in (0, -5):
        assert charge(UK, "100", date(2024, 1, 1), days).total == 0
    with pytest.raises(ValueError, match="below zero"):
        charge(UK, "-1", date(2024, 1, 1), 1)


terms_ = st.sampled_from(
    [
        UK,
        EU.model_copy(update={"currency": "GBP"}),
        UK.model_copy(update={"rate_follows": "half_year"}),
        UK.model_copy(update={"cap_share": Decimal("0.07")}),
        EU.model_copy(update={"currency": "GBP", "cap_share": Decimal("0.033")}),
        InterestTerms(claim="contractual", contractual_rate=Decimal("7.3"), cap_share=Decimal("0.05")),
    ]
)
principals = st.decimals(min_value="0", max_value="99999999.99", places=2)


@given(
    terms=terms_,
    principal=principals,
    due=st.dates(date(2023, 7, 1), date(2025, 12, 30)),
    days=st.tuples(st.integers(0, 900), st.integers(0, 900)),
)
def test_never_negative_never_above_the_cap_and_never_less_for_more_days(
    terms: InterestTerms, principal: Decimal, due: date, days: tuple[int, int]
) -> None:
    left = (date(2025, 12, 31) - due).days
    fewer, more = sorted(min(d, left) for d in days)
    first, second = charge(terms, str(principal), due, fewer), charge(terms, str(principal), due, more)
    for found in (first, second):
        assert found.interest >= 0
        assert found.fixed >= 0
        assert found.total == found.total.quantize(Decimal("0.01"))
        assert terms.cap_share is None or found.total <= principal * terms.cap_share
        assert sum(span.days for span in found.spans) == found.days
    assert first.interest <= second.interest
    assert first.total <= second.total


@given(principal=principals, due=st.dates(date(2023, 7, 1), date(2025, 12, 30)), days=st.integers(1, 900))
def test_interest_equals_the_exact_fraction_rounded_half_up(principal: Decimal, due: date, days: int) -> None:
    until = min(due + timedelta(days=days), date(2025, 12, 31))
    exact = sum(
        (Fraction(principal) * Fraction(EU.reference[half_year(day)] + EU.margin) / 36500)
        for day in (due + timedelta(days=n) for n in range(1, (until - due).days + 1))
    )
    found = late_charge(principal=principal, currency="EUR", due=due, until=until, terms=EU)
    assert found.interest * 100 == (exact * 100 + Fraction(1, 2)).__floor__()


@pytest.mark.parametrize(
    ("given_", "told"),
    [
        ({"claim": "statutory"}, "needs a table"),
        ({"claim": "contractual"}, "contractual_rate: is missing"),
        ({"contractual_rate": "25"}, "contractual_rate"),
        ({"margin": "13"}, "margin"),
        ({"reference": {"2025": "2"}}, "no half-year"),
        ({"reference": {"2025-H1": "26"}}, "not between"),
        ({"fixed_sums": [{"from_amount": "0", "sum": "40"}]}, "currency: is missing"),
        ({"currency": "GBP", "fixed_sums": [{"from_amount": "5", "sum": "40"}]}, "must begin at 0"),
        ({"currency": "GBP", "fixed_sums": [{"from_amount": "0", "sum": "101"}]}, "sum"),
        (
            {
                "currency": "GBP",
                "fixed_sums": [{"from_amount": "0", "sum": "40"}, {"from_amount": "9", "sum": "30"}],
            },
            "smaller sum",
        ),
        ({"cap_share": "1.01"}, "cap_share"),
    ],
)
def test_unsafe_terms_are_refused(given_: dict[str, Any], told: str) -> None:
    with pytest.raises(ValidationError, match=told):
        InterestTerms.model_validate(given_)

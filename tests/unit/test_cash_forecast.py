"""The forecast counts each invoice once: a plan first, then a promise, then risk; what is contested or here is not to come."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from risk.forecast import Ground, Piece, weeks_of
from risk.forecast_loading import cut, kept_share
from risk.settings import RiskSettings
from risk.standing import PlannedMoney, PromisedMoney, Standing
from tests.unit.test_worklist import TODAY, account, accounts, claim

RULES = RiskSettings(forecast_draws=200, weeks_off=0.0)
MONDAY = date(2026, 3, 9)


def piece(amount: str, *days: date, comes: float = 1.0, customer: str = "C1") -> Piece:
    return Piece(customer, "EUR", Decimal(amount), days, comes, Ground.RISK)


@st.composite
def busy(draw: st.DrawFn) -> Standing:
    one = draw(accounts)
    numbers = [c.number for c in one.claims]
    some = st.lists(st.sampled_from([*numbers, "GONE"]), max_size=2).map(tuple)
    day = st.integers(-30, 90).map(lambda n: TODAY + timedelta(days=n))
    amounts = st.decimals(Decimal("0.01"), Decimal("1e6"), places=2)
    promise = st.builds(
        lambda who, amount, due, more: PromisedMoney(who, "EUR", amount, due, due + timedelta(days=more)),
        some,
        st.none() | amounts,
        day,
        st.integers(0, 9),
    )
    plan = st.builds(
        lambda who, parts: PlannedMoney(who, "EUR", tuple(parts)), some, st.lists(st.tuples(day, amounts), max_size=4)
    )
    return replace(
        one,
        promises=tuple(draw(st.lists(promise, max_size=2))),
        plans=tuple(draw(st.lists(plan, max_size=2))),
        kept_before=draw(st.integers(0, 9)),
        broken_before=draw(st.integers(0, 9)),
    )


@settings(max_examples=120, deadline=None)
@given(st.lists(busy(), min_size=1, max_size=3))
def test_no_invoice_is_counted_twice(all_: list[Standing]) -> None:
    """The pieces of a currency come exactly to what is open, uncontested and not here."""
    found = cut(all_, today=TODAY, settings=RULES)
    for currency in ("EUR", "USD"):
        pieces = sum((p.amount for p in found.pieces if p.currency == currency), Decimal(0))
        free = sum(
            (
                max(Decimal(0), c.balance - c.disputed - c.here)
                for a in all_
                for c in a.claims
                if c.currency == currency
            ),
            Decimal(0),
        )
        assert pieces == free
    assert all(0 < p.comes <= 1 and p.days and p.amount > 0 for p in found.pieces)
    weeks = weeks_of(found.pieces, first=MONDAY, today=TODAY, count=6, settings=RULES)
    for week in weeks:
        assert Decimal(0) <= week.low <= week.middle <= week.high
        assert week.middle == sum(week.by_ground.values(), Decimal(0))
    for currency in ("EUR", "USD"):
        whole = sum((p.amount for p in found.pieces if p.currency == currency), Decimal(0))
        assert sum((w.middle for w in weeks if w.currency == currency), Decimal(0)) <= whole + Decimal("0.10")


def test_money_falls_into_its_week_and_what_was_to_come_comes_today() -> None:
    sure = piece("100.00", MONDAY + timedelta(days=7))
    half = piece("50.00", MONDAY + timedelta(days=6), MONDAY + timedelta(days=70), comes=0.8)
    passed = piece("10.00", TODAY - timedelta(days=40))
    weeks = weeks_of([sure, half, passed], first=MONDAY, today=TODAY, count=3, settings=RULES)
    assert [w.middle for w in weeks] == [Decimal("30.00"), Decimal("100.00"), Decimal("0.00")]
    assert weeks[1].low == weeks[1].high == Decimal("100.00")
    assert (weeks[0].begins, weeks[0].ends) == (MONDAY, MONDAY + timedelta(days=6))
    assert (weeks[0].low, weeks[0].high) == (Decimal("10.00"), Decimal("60.00"))


def test_the_same_ledger_gives_the_same_forecast_and_a_customers_luck_is_shared() -> None:
    days = tuple(MONDAY + timedelta(days=7 * n) for n in range(4))
    pieces = [piece("100.00", *days) for _ in range(60)]
    apart, together = (
        weeks_of(pieces, first=MONDAY, today=TODAY, count=4, settings=RiskSettings(together=share, weeks_off=0.0))
        for share in (0.0, 0.9)
    )
    again = weeks_of(pieces, first=MONDAY, today=TODAY, count=4, settings=RiskSettings(together=0.9, weeks_off=0.0))
    assert together == again
    assert [w.middle for w in apart] == [w.middle for w in together]
    assert together[1].high - together[1].low > 2 * (apart[1].high - apart[1].low)


def test_a_promise_weighs_as_much_as_this_customer_keeps_them() -> None:
    promised = claim(overdue=10, promised=True)
    promise = PromisedMoney(("I-1",), "EUR", Decimal("400.00"), date(2026, 3, 17), date(2026, 3, 19))
    sure = account(promised, promises=(promise,), kept_before=20)
    loose = replace(sure, kept_before=0, broken_before=20)
    assert kept_share(account(promised)) == pytest.approx(0.7)
    assert kept_share(sure) > 0.9 > 0.2 > kept_share(loose)
    second = []
    for one in (sure, loose):
        found = cut([one], today=TODAY, settings=RULES)
        assert sum((p.amount for p in found.pieces), Decimal(0)) == Decimal("1000.00")
        by = {p.ground: p for p in found.pieces}
        assert by[Ground.PROMISE].amount == Decimal("400.00")
        # Neither early, nor, once it is broken, on a day that was not late.
        assert min(by[Ground.PROMISE].days) == promise.due or one is loose
        assert all(promise.due <= day <= promise.until or day > promise.until for day in by[Ground.PROMISE].days)
        weeks = weeks_of(found.pieces, first=MONDAY, today=TODAY, count=2, settings=RULES)
        second.append(weeks[1].by_ground.get(Ground.PROMISE, Decimal(0)))
    assert second[0] > Decimal("360") > Decimal("150") > second[1]


def test_a_plan_comes_before_a_promise_and_what_it_leaves_is_risk() -> None:
    plan = PlannedMoney(
        ("I-1",), "EUR", ((date(2026, 3, 20), Decimal("300.00")), (date(2026, 4, 20), Decimal("300.00")))
    )
    promise = PromisedMoney(("I-1", "I-2"), "EUR", None, date(2026, 3, 25), date(2026, 3, 27))
    one = account(claim(planned=True), claim("I-2", promised=True, balance="50.00"), plans=(plan,), promises=(promise,))
    found = cut([one], today=TODAY, settings=RULES)
    by_ground = {g: sum((p.amount for p in found.pieces if p.ground is g), Decimal(0)) for g in Ground}
    assert by_ground == {Ground.PLAN: Decimal("600.00"), Ground.PROMISE: Decimal("450.00"), Ground.RISK: Decimal(0)}


def test_what_is_contested_or_here_is_told_apart() -> None:
    one = account(claim(disputed=Decimal("200.00"), here=Decimal("300.00")))
    found = cut([one], today=TODAY, settings=RULES)
    assert [p.amount for p in found.pieces] == [Decimal("500.00")]
    assert (found.open, found.disputed) == ({"EUR": Decimal("700.00")}, {"EUR": Decimal("200.00")})

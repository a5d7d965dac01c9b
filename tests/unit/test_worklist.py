"""The worklist ranks by what acting adds: more money never less, and nothing for what is stopped, contested, paused or on its way."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from risk.acts import Act
from risk.priority import next_act, ranked
from risk.settings import RECOVERED, RiskSettings
from risk.standing import Claim, Money, Standing, laid

TODAY = date(2026, 3, 10)
RULES = RiskSettings()


def claim(number: str = "I-1", *, overdue: int = 20, balance: str = "1000.00", **more: object) -> Claim:
    values: dict[str, object] = {"days": tuple(range(overdue, overdue + 84, 4)), "reasons": ("it is late",)}
    return Claim(number, "EUR", TODAY - timedelta(days=overdue), Decimal(balance), **(values | more))  # type: ignore[arg-type]


def account(*claims: Claim, **more: object) -> Standing:
    values: dict[str, object] = {"name": "Acme", "tier": "standard", "owner": "Mira", "today": TODAY, "claims": claims}
    return Standing(customer=str(more.pop("customer", "C1")), **(values | more))  # type: ignore[arg-type]


def gain(*accounts: Standing) -> Decimal:
    return sum((row.gain for row in ranked(accounts, RULES)), Decimal(0))


money = st.decimals(Decimal("0.01"), Decimal("1e7"), places=2)


@st.composite
def claims(draw: st.DrawFn) -> Claim:
    overdue = draw(st.integers(-40, 800))
    first = draw(st.integers(max(overdue, -20), overdue + 100))
    days = sorted(draw(st.lists(st.integers(first, first + 300), min_size=1, max_size=21)))
    return Claim(
        f"I-{draw(st.integers(0, 10**6))}",
        draw(st.sampled_from(["EUR", "USD"])),
        TODAY - timedelta(days=overdue),
        draw(money),
        disputed=draw(st.sampled_from([Decimal(0), Decimal("5.00"), Decimal("1e9")])),
        here=draw(st.sampled_from([Decimal(0), Decimal("7.00")])),
        planned=draw(st.booleans()),
        promised=draw(st.booleans()),
        paused=draw(st.booleans()),
        late=draw(st.floats(0, 1)),
        days=tuple(days),
    )


accounts = st.builds(
    # A number is a key: no two invoices have the same.
    lambda one, other, **more: account(one, replace(other, number=f"{one.number}-B"), **more),
    claims(),
    claims(),
    stopped=st.booleans(),
    reachable=st.booleans(),
    waiting=st.sampled_from([(), (4,), (4, 9)]),
    written=st.integers(0, 4),
    written_before=st.booleans(),
)


@settings(max_examples=200, deadline=None)
@given(accounts, st.integers(0, 1), money)
def test_more_money_never_gains_less(one: Standing, which: int, more: Decimal) -> None:
    richer = list(one.claims)
    richer[which] = replace(richer[which], balance=richer[which].balance + more)
    assert gain(replace(one, claims=tuple(richer))) >= gain(one)


@settings(max_examples=200, deadline=None)
@given(accounts)
def test_nothing_is_gained_where_nothing_may_be_asked(one: Standing) -> None:
    for row in ranked([one], RULES):
        named = [c for c in one.claims if c.number in row.invoices and c.currency == row.currency]
        assert not one.stopped
        assert all(c.free > 0 and not (c.planned or c.promised or c.paused) for c in named)
        assert Decimal(0) < row.gain <= row.asked == sum((c.free for c in named), Decimal(0))
        assert row.asked <= sum((c.balance - c.disputed for c in named), Decimal(0))
        assert row.reasons


@settings(max_examples=50, deadline=None)
@given(st.lists(accounts, max_size=6), st.randoms(use_true_random=False))
def test_the_order_does_not_hang_on_the_order(all_: list[Standing], random: object) -> None:
    named = [replace(one, customer=f"C{n}") for n, one in enumerate(all_)]
    turned = list(named)
    random.shuffle(turned)  # type: ignore[attr-defined]
    assert ranked(turned, RULES) == ranked(named, RULES)


@pytest.mark.parametrize(
    "left_out",
    [
        account(claim(), stopped=True),
        account(claim(disputed=Decimal("1000.00"))),
        account(claim(planned=True)),
        account(claim(promised=True)),
        account(claim(paused=True)),
        account(claim(here=Decimal("1000.00"))),
        account(claim(overdue=-20)),
        account(claim(overdue=-3, late=0.2)),
    ],
)
def test_these_are_left_out(left_out: Standing) -> None:
    assert ranked([left_out], RULES) == []


@pytest.mark.parametrize(
    ("one", "act"),
    [
        (account(claim(), waiting=(7,), reachable=False), Act.ANSWER),
        (account(claim(), reachable=False), Act.FIND_CONTACT),
        (account(claim(), broken=("I-1",), written_before=True), Act.BROKEN_PROMISE),
        (account(claim(), broken=("I-9",)), Act.FIRST_REMINDER),
        (account(claim(), written=1, written_before=True), Act.REMIND),
        (account(claim(overdue=20), written=3, written_before=True), Act.REMIND),
        (account(claim(overdue=40), written=3, written_before=True), Act.CALL),
        (account(claim(overdue=-3, late=0.8)), Act.CHECK),
    ],
)
def test_the_next_act(one: Standing, act: Act) -> None:
    assert next_act(one, one.claims, RULES) is act
    (row,) = ranked([one], RULES)
    assert row.act is act
    assert row.link == (f"/items/{one.waiting[0]}" if one.waiting else row.link)


def test_what_comes_anyway_and_what_is_too_old_count_less() -> None:
    """The same money: who pays within the month by themselves gains least, and of old money little is still collected."""
    soon = account(claim(days=tuple(range(21, 42))), customer="soon")
    late = account(claim(days=tuple(range(60, 81))), customer="late")
    old = account(claim(overdue=700, days=tuple(range(800, 821))), customer="old")
    rows = {row.customer: row for row in ranked([soon, late, old], RULES)}
    assert list(rows) == ["late", "soon", "old"]
    assert rows["late"].anyway == 0.0
    assert rows["soon"].anyway == pytest.approx(14 / 21)
    # 1000.00 x (0.99 - 0.05 x 20/30) x 0.35, first reminder.
    assert rows["late"].gain == Decimal("334.83")
    assert any("still collected" in words for words in rows["old"].reasons)


def test_money_is_laid_over_the_oldest_invoices_and_never_twice() -> None:
    rows = (claim("B", overdue=5, balance="100.00"), claim("A", overdue=50, balance="80.00"))
    over = Money(disputed={"A": Decimal("30.00")}, seen={"B": Decimal("20.00")}, unapplied={"EUR": Decimal("60.00")})
    found = {c.number: c for c in laid(rows, over)}
    assert (found["A"].here, found["A"].free) == (Decimal("50.00"), Decimal(0))
    assert (found["B"].here, found["B"].free) == (Decimal("30.00"), Decimal("70.00"))


def test_what_is_collected_falls_with_age_and_a_curve_that_rises_is_refused() -> None:
    shares = [RULES.recovered_after(float(day)) for day in range(-5, 900)]
    assert shares == sorted(shares, reverse=True)
    assert RULES.recovered_after(90) == RECOVERED[90]
    assert RULES.recovered_after(75) == pytest.approx(0.79)
    with pytest.raises(ValidationError, match="surer than a younger one"):
        RiskSettings(recovered={0: 0.5, 30: 0.9})
    assert RiskSettings(effects={Act.CALL: 0.9}).effects[Act.REMIND] == RULES.effects[Act.REMIND]

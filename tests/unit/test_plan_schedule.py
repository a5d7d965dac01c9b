"""The arithmetic of payment plans: no limit is ever broken, nothing is further from the wish than it must be."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from store.aftermath import PlanRhythm
from tools.approval import Approver
from tools.limits import PlanLimits, Policy
from tools.plan_bounds import SHORTEST_GAP, Bounds, Payment, bounds_for, faults, unit_of
from tools.schedule import (
    Wish,
    as_asked,
    asked_first,
    due_dates,
    most_payments,
    nearest,
    split,
    wanted_count,
)

TODAY = date(2026, 3, 10)
CENT = Decimal("0.01")

policies = st.builds(
    lambda **limits: Policy(plan=PlanLimits(**limits)),
    max_instalments=st.integers(2, 24),
    min_instalment=st.decimals(min_value="0.01", max_value="5000", places=2),
    min_instalment_share=st.decimals(min_value="0.01", max_value="1", places=3),
    first_due_days=st.integers(1, 90),
    last_due_days=st.integers(91, 730),
    down_payment_share=st.decimals(min_value="0", max_value="0.9", places=2),
)
# A setting that is left out keeps its default, so that the last day may come before the first one's limit.
tight_policies = st.builds(
    lambda **limits: Policy(plan=PlanLimits(**limits)),
    last_due_days=st.integers(1, 60),
    max_instalments=st.integers(2, 12),
)
wishes = st.builds(
    Wish,
    count=st.one_of(st.none(), st.integers(1, 80)),
    amount=st.one_of(st.none(), st.decimals(min_value="0.01", max_value="9999", places=2)),
    first=st.one_of(st.none(), st.integers(-30, 400).map(lambda n: TODAY + timedelta(days=n))),
    rhythm=st.one_of(st.none(), st.sampled_from(PlanRhythm)),
    pay_day=st.one_of(st.none(), st.integers(1, 31)),
    down=st.one_of(st.none(), st.decimals(min_value="0.01", max_value="99999", places=2)),
)
totals = st.decimals(min_value="0.01", max_value="999999.99", places=2)
roles = st.sampled_from(Approver)


def bounds(total: str = "1840.00", *, role: Approver = Approver.COLLECTOR, **limits: Any) -> Bounds:
    policy = Policy(plan=PlanLimits.model_validate(limits))
    return bounds_for(Decimal(total), "EUR", policy=policy, today=TODAY, role=role)


@settings(max_examples=400, deadline=None)
@given(total=totals, policy=st.one_of(policies, tight_policies), wish=wishes, role=roles)
@example(
    total=Decimal("1000.01"),
    policy=Policy(plan=PlanLimits(max_instalments=10)),
    wish=Wish(count=10),
    role=Approver.COLLECTOR,
)
def test_no_schedule_breaks_a_limit(total: Decimal, policy: Policy, wish: Wish, role: Approver) -> None:
    within = bounds_for(total, "EUR", policy=policy, today=TODAY, role=role)
    schedule = nearest(wish, within)
    if not schedule:
        assert most_payments(within, down=min(wish.down or Decimal(0), within.total)) < 2 or wish.down
        return
    assert faults(schedule, within) == []
    assert sum(p.amount for p in schedule) == total
    rest = [p.amount for p in schedule][1:]
    assert max(rest) - min(rest) <= CENT
    assert all(p.amount == p.amount.quantize(CENT) for p in schedule)


@settings(max_examples=400, deadline=None)
@given(total=totals, policy=policies, wish=wishes)
def test_nothing_is_further_from_the_wish_than_it_must_be(total: Decimal, policy: Policy, wish: Wish) -> None:
    within = bounds_for(total, "EUR", policy=policy, today=TODAY)
    schedule = nearest(wish, within)
    if not schedule:
        return
    wanted, first = wanted_count(wish, within), asked_first(wish, within)
    down = schedule[0].amount
    if wanted is not None and len(schedule) != max(wanted, 2):
        # One more payment would be too many: for the limit, or too small, or a week apart past the last day.
        assert len(schedule) < wanted
        more = len(schedule) + 1
        start = within.today + timedelta(days=1)
        amounts = split(
            total, count=more, unit=CENT, down=max(within.down, min(wish.down or Decimal(0), total - within.smallest))
        )
        assert (
            more > within.most
            or min(amounts) < within.smallest
            or start + timedelta(days=SHORTEST_GAP * (more - 1)) > within.last_by
        )
    if first is not None and schedule[0].due != first:
        later = schedule[0].due + timedelta(days=1)
        assert schedule[0].due < first
        assert later > within.first_by or later + timedelta(days=SHORTEST_GAP * (len(schedule) - 1)) > within.last_by
    rhythm = wish.rhythm or PlanRhythm.MONTHLY
    if wanted is not None and len(schedule) < wanted and rhythm in (PlanRhythm.WEEKLY, PlanRhythm.FORTNIGHTLY):
        # Fewer and larger payments come no faster than they must: never past the last day that was asked for.
        ends = min(due_dates(schedule[0].due, count=wanted, rhythm=rhythm)[-1], within.last_by)
        slow = due_dates(schedule[0].due, count=len(schedule), rhythm=PlanRhythm.MONTHLY, pay_day=wish.pay_day)
        assert schedule[-1].due <= ends
        assert (slow[-1] <= ends) is (tuple(p.due for p in schedule) == slow) or len(schedule) == 2
        return
    asked = due_dates(schedule[0].due, count=len(schedule), rhythm=rhythm, pay_day=wish.pay_day)
    days = tuple(p.due for p in schedule)
    if days != asked:
        gap = (days[1] - days[0]).days
        longest = {7: 7, 14: 14}.get((asked[1] - asked[0]).days, 91 if wish.rhythm is PlanRhythm.QUARTERLY else 30)
        assert asked[-1] > within.last_by, "a rhythm is only squeezed where its last day is too late"
        assert gap == longest or days[0] + timedelta(days=(gap + 1) * (len(days) - 1)) > within.last_by
    if wish.down is not None:
        assert down >= min(wish.down, total - within.smallest) or down >= max(p.amount for p in schedule[1:])


@settings(max_examples=400, deadline=None)
@given(
    total=totals,
    policy=policies,
    role=roles,
    count=st.integers(2, 12),
    days=st.integers(1, 40),
    rhythm=st.one_of(st.none(), st.sampled_from(PlanRhythm)),
    pay_day=st.one_of(st.none(), st.integers(1, 31)),
    share=st.one_of(st.none(), st.decimals(min_value="0.01", max_value="0.99", places=2)),
)
def test_a_legal_wish_is_granted_as_it_is(
    total: Decimal,
    policy: Policy,
    role: Approver,
    count: int,
    days: int,
    rhythm: PlanRhythm | None,
    pay_day: int | None,
    share: Decimal | None,
) -> None:
    down = (total * share).quantize(CENT) if share is not None else None
    wish = Wish(count=count, first=TODAY + timedelta(days=days), rhythm=rhythm, pay_day=pay_day, down=down)
    assert wish.first is not None
    within = bounds_for(total, "EUR", policy=policy, today=TODAY, role=role)
    dates = due_dates(wish.first, count=count, rhythm=rhythm or PlanRhythm.MONTHLY, pay_day=pay_day)
    amounts = split(total, count=count, unit=CENT, down=down or Decimal(0))
    ideal = tuple(Payment(day, amount) for day, amount in zip(dates, amounts, strict=True))
    legal = faults(ideal, within) == []
    found = nearest(wish, within)
    assert (found == ideal) is legal
    # Who offers less at once than an equal share is asked for more: that is not what they wish.
    assert as_asked(wish, found, within) is (legal and (down is None or amounts[0] - down <= CENT))


@pytest.mark.parametrize(
    ("total", "currency", "unit"),
    [
        ("100", "EUR", "0.01"),
        ("100", "JPY", "1"),
        ("100", "BHD", "0.001"),
        ("100.125", "EUR", "0.001"),
        ("100.10", "JPY", "0.1"),
    ],
)
def test_the_smallest_coin_is_the_currency_s(total: str, currency: str, unit: str) -> None:
    assert unit_of(Decimal(total), currency) == Decimal(unit)


def test_yen_are_split_into_yen() -> None:
    within = bounds_for(Decimal(100000), "JPY", policy=Policy(), today=TODAY)
    assert [p.amount for p in nearest(Wish(), within)] == [Decimal(33334), Decimal(33333), Decimal(33333)]


def test_without_a_wish_it_is_the_longest_plan_that_a_collector_may_grant() -> None:
    assert nearest(Wish(), bounds()) == (
        Payment(date(2026, 3, 24), Decimal("613.34")),
        Payment(date(2026, 4, 24), Decimal("613.33")),
        Payment(date(2026, 5, 24), Decimal("613.33")),
    )


def test_months_end_where_they_end() -> None:
    days = due_dates(date(2026, 1, 31), count=4, rhythm=PlanRhythm.MONTHLY)
    assert [d.isoformat() for d in days] == ["2026-01-31", "2026-02-28", "2026-03-31", "2026-04-30"]
    ends = due_dates(date(2026, 4, 28), count=3, rhythm=PlanRhythm.MONTHLY, pay_day=31)
    assert [d.isoformat() for d in ends] == ["2026-04-28", "2026-05-31", "2026-06-30"]
    leap = due_dates(date(2028, 1, 30), count=2, rhythm=PlanRhythm.MONTHLY)
    assert leap[1] == date(2028, 2, 29)
    soon = due_dates(date(2026, 3, 30), count=3, rhythm=PlanRhythm.MONTHLY, pay_day=1)
    assert all((b - a).days >= SHORTEST_GAP for a, b in pairwise(soon))


@pytest.mark.parametrize(
    ("wish", "days", "amounts"),
    [
        (Wish(count=2, first=date(2026, 3, 20)), ["03-20", "04-20"], ["920.00", "920.00"]),
        (Wish(amount=Decimal(1000)), ["03-24", "04-24"], ["920.00", "920.00"]),
        (Wish(count=3, rhythm=PlanRhythm.FORTNIGHTLY, first=date(2026, 3, 13)), ["03-13", "03-27", "04-10"], None),
        (Wish(count=3, pay_day=15), ["03-15", "04-15", "05-15"], None),
        (Wish(count=3, first=date(2026, 3, 20), pay_day=31), ["03-20", "04-30", "05-31"], None),
        (Wish(down=Decimal(1000), count=3), None, ["1000.00", "420.00", "420.00"]),
    ],
)
def test_what_policy_allows_is_given_as_asked(wish: Wish, days: list[str] | None, amounts: list[str] | None) -> None:
    schedule = nearest(wish, bounds())
    assert as_asked(wish, schedule, bounds())
    assert days is None or [f"{p.due:%m-%d}" for p in schedule] == days
    assert amounts is None or [str(p.amount) for p in schedule] == amounts


@pytest.mark.parametrize(
    ("wish", "limits", "days", "amounts"),
    [
        (Wish(count=8), {}, ["03-24", "04-24", "05-24"], None),
        (Wish(amount=Decimal(200)), {}, None, ["613.34", "613.33", "613.33"]),
        (Wish(count=3, first=date(2026, 5, 1)), {}, ["03-24", "04-24", "05-24"], None),
        (Wish(count=3, pay_day=31), {}, ["03-24", "04-30", "05-31"], None),
        (Wish(count=3), {"last_due_days": 60}, ["03-24", "04-16", "05-09"], None),
        (Wish(count=3), {"down_payment_share": "0.5"}, None, ["920.00", "460.00", "460.00"]),
        (Wish(down=Decimal(1800)), {}, None, ["1656.00", "184.00"]),
        (Wish(count=2, amount=Decimal(300)), {}, None, ["920.00", "920.00"]),
        (Wish(count=1), {}, None, ["920.00", "920.00"]),
        (Wish(count=20, rhythm=PlanRhythm.WEEKLY), {}, ["03-24", "04-24", "05-24"], None),
        (Wish(count=6, rhythm=PlanRhythm.WEEKLY), {}, ["03-24", "04-07", "04-21"], None),
    ],
)
def test_what_it_does_not_allow_is_given_as_near_as_can_be(
    wish: Wish, limits: dict[str, Any], days: list[str] | None, amounts: list[str] | None
) -> None:
    within = bounds("1840.00", **limits)
    schedule = nearest(wish, within)
    assert faults(schedule, within) == []
    assert not as_asked(wish, schedule, within)
    assert days is None or [f"{p.due:%m-%d}" for p in schedule] == days
    assert amounts is None or [str(p.amount) for p in schedule] == amounts


def test_a_higher_role_may_grant_more() -> None:
    wish = Wish(count=5)
    assert [len(nearest(wish, bounds(role=role))) for role in Approver] == [3, 5, 5]
    assert len(nearest(Wish(count=10), bounds("18400.00", role=Approver.CONTROLLER))) == 10


@pytest.mark.parametrize("total", ["0.01", "150.00", "199.99"])
def test_what_is_too_small_is_not_split(total: str) -> None:
    assert nearest(Wish(), bounds(total)) == ()


@pytest.mark.parametrize(
    ("bend", "fault"),
    [
        (lambda s: s[:1], "at least two"),
        (lambda s: (*s[:-1], replace(s[-1], amount=s[-1].amount - CENT)), "add up"),
        (lambda s: (replace(s[0], amount=s[0].amount - 100), replace(s[1], amount=s[1].amount + 100), s[2]), "equal"),
        (lambda s: (s[0], replace(s[1], due=s[0].due), s[2]), "in order"),
        (lambda s: (s[0], replace(s[1], due=s[0].due + timedelta(days=3)), s[2]), "a week apart"),
        (lambda s: (replace(s[0], due=TODAY), *s[1:]), "not in the future"),
        (lambda s: (replace(s[0], due=TODAY + timedelta(days=15)), *s[1:]), "first instalment is later"),
        (lambda s: (*s[:-1], replace(s[-1], due=TODAY + timedelta(days=91))), "last instalment is later"),
    ],
)
def test_every_bent_schedule_is_named(bend: object, fault: str) -> None:
    assert callable(bend)
    assert any(fault in text for text in faults(bend(nearest(Wish(), bounds())), bounds()))


def test_limits_of_amounts_and_counts_are_named() -> None:
    schedule = nearest(Wish(), bounds())
    assert any("more than 2" in text for text in faults(schedule, bounds(max_instalments=2)))
    assert any("below 700" in text for text in faults(schedule, bounds(min_instalment="700")))
    assert any("first instalment is below 920" in text for text in faults(schedule, bounds(down_payment_share="0.5")))

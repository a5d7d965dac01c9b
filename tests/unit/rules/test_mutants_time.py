"""R-TIM at its edges, where `evals.mutants` found no other fixture that would have noticed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from decimal import Decimal

import pytest

from agent.rules import timing
from agent.rules.base import Outbound
from store.aftermath import FollowupKind
from store.facts import CaseFacts
from store.matter_facts import CheckFacts, InstalmentFacts, PlanFacts, PromiseFacts
from store.proposed import Finding
from store.vocabulary import Reason
from tests.cases import TODAY, claim, facts, invoice
from tests.unit.rules.drafts import AT, handing_over, letter
from tests.unit.rules.test_standing import DEMAND, woken
from tools.limits import Policy
from tools.windows import Written


def texts(found: Iterable[Finding]) -> list[str]:
    return [f.text for f in found]


def days(count: int) -> timedelta:
    return timedelta(days=count)


def zoned(zone: str | None) -> CaseFacts:
    customer = facts().customer
    assert customer is not None
    return facts(customer=customer.model_copy(update={"timezone": zone}))


# --- R-TIM-01 and R-TIM-02


def test_without_a_zone_the_profiles_zones_decide() -> None:
    """R-TIM-01: also for mail of nobody."""
    policy = Policy.model_validate({"jurisdictions": {"default-strict": {"zones": ["Europe/London"]}}})
    for case in (zoned(None), facts(customer=None)):
        assert timing.opening(letter(case=case, policy=policy)) == AT


def test_a_mail_of_another_case_does_not_hold_up_this_one() -> None:
    """R-TIM-02: the cap on 48 hours counts the mails of the case."""
    out = letter(case=woken(FollowupKind.HOLD_OVER))
    for case_id, held in ((99, False), (1, True)):
        past = (Written(at=AT - timedelta(hours=30), case_id=case_id),)
        assert bool(texts(timing.within_the_caps(replace(out, written=past)))) is held


# --- R-TIM-03


@pytest.mark.parametrize("kind", [FollowupKind.PROMISE_BROKEN, FollowupKind.INSTALMENT_MISSED])
def test_a_broken_word_is_recalled_before_the_invoice_is_due(kind: FollowupKind) -> None:
    """R-TIM-03: they owe by their own word."""
    assert not texts(timing.not_before_it_is_due(letter(case=woken(kind, due=5))))


def reminder(*invoices: object) -> Outbound:
    return letter(case=woken(FollowupKind.HOLD_OVER).model_copy(update={"invoices": invoices}))


def test_only_what_the_letter_is_about_makes_it_early() -> None:
    """R-TIM-03: another overdue invoice is no ground; what is paid is not reminded of; cents are."""
    early = invoice(due_date=TODAY + days(5))
    told = [f"F-5501 is not due for reminding before {TODAY + days(5) + timing_grace()}."]
    assert texts(timing.not_before_it_is_due(reminder(early, invoice("F-5502")))) == told
    cents = early.model_copy(update={"balance": Decimal("0.50")})
    assert texts(timing.not_before_it_is_due(reminder(cents))) == told
    paid = early.model_copy(update={"balance": Decimal(0)})
    assert not texts(timing.not_before_it_is_due(reminder(paid)))


def timing_grace() -> timedelta:
    return days(Policy().sending.reminder_grace_days)


@pytest.mark.parametrize(("ago", "overdue"), [(1, True), (0, False)])
def test_overdue_is_also_an_instalment_from_the_day_after(ago: int, overdue: bool) -> None:
    """R-TIM-03: the invoice is due today; an instalment of yesterday is late, one of today is not."""
    part = InstalmentFacts(due=TODAY - days(ago), amount=Decimal("900.00"))
    plan = PlanFacts(invoices=("F-5501",), total=Decimal(900), currency="GBP", status="agreed", instalments=(part,))
    found = texts(
        timing.not_before_it_is_due(letter("It is overdue.", case=facts(invoice(due_date=TODAY), plans=(plan,))))
    )
    assert bool(found) is not overdue


# --- R-TIM-04

TWO = (invoice(), invoice("F-5502", "320.25"))


def promise(number: str, until: int) -> dict[str, object]:
    return {"promises": (PromiseFacts(invoices=(number,), due=TODAY + days(until), amount=None, status="open"),)}


def search(number: str, until: int | None) -> dict[str, object]:
    day = None if until is None else TODAY + days(until)
    return {"checks": (CheckFacts(invoices=(number,), outcome="not_found", status="open", pause_until=day),)}


@pytest.mark.parametrize(
    ("fields", "rests"),
    [
        (promise("F-5501", 0), True),
        (promise("F-5501", -1), False),
        (promise("F-5502", 3), False),
        (search("F-5501", 0), True),
        (search("F-5501", -1), False),
        (search("F-5501", None), False),
        (search("F-5502", 3), False),
    ],
)
def test_their_time_runs_to_the_end_of_its_last_day_on_its_own_invoice(fields: dict[str, object], rests: bool) -> None:
    """R-TIM-04: a promise and a search for a payment."""
    assert bool(texts(timing.not_while_they_have_time(letter(DEMAND, case=facts(*TWO, **fields))))) is rests


@pytest.mark.parametrize(("first", "second", "rests"), [(0, None, True), (-1, None, False), (None, 3, False)])
def test_a_pause_holds_its_own_invoice_to_its_last_day(first: int | None, second: int | None, rests: bool) -> None:
    """R-TIM-04: `held_until`."""
    until = [None if day is None else TODAY + days(day) for day in (first, second)]
    out = reminder(*(i.model_copy(update={"held_until": day}) for i, day in zip(TWO, until, strict=True)))
    assert bool(texts(timing.not_while_they_have_time(out))) is rests


def test_what_a_letter_is_about_is_what_it_covers_else_names_else_all() -> None:
    """R-TIM-04."""

    def held(body: str, number: str) -> bool:
        out = letter(body=body, actions=[], case=facts(*TWO, **promise(number, 3)))
        return bool(texts(timing.not_while_they_have_time(out)))

    assert held(f"{DEMAND} It is for F-5502.", "F-5502")
    assert not held(f"{DEMAND} It is for F-5502.", "F-5501")
    assert held(DEMAND, "F-5501")


# --- R-TIM-05


@pytest.mark.parametrize(
    ("sentence", "short"),
    [
        ("Please answer within 6 days.", True),
        ("Please answer within 7 days.", False),
        ("Please answer within 167 hours.", True),
        ("Please answer within 166 hours.", True),
        ("Please answer within 168 hours.", False),
        ("Please answer within a day.", True),
        ("We will reply within 2 days. Please answer within 3 days.", True),
        ("Please write to us. The goods come within 2 days.", False),
    ],
)
def test_seven_days_to_answer_are_counted_where_an_answer_is_asked_for(sentence: str, short: bool) -> None:
    """R-TIM-05: in days and in hours; what we ourselves shall do, or what merely happens, is free."""
    assert bool(texts(timing.enough_time_to_answer(letter(sentence)))) is short


@pytest.mark.parametrize(
    ("zone", "left"),
    [("Europe/London", True), ("Pacific/Kiritimati", False), ("Mars/Olympus", True), (None, True)],
)
def test_the_day_on_which_it_leaves_is_the_customers(zone: str | None, left: bool) -> None:
    """R-TIM-05: late on the 14th in UTC it is the 15th in Kiritimati; without a zone, UTC counts."""
    out = letter(
        "Please let us know by {{ deadline.date }}.",
        case=zoned(zone),
        claims=[claim(Reason.UNCLEAR)],
        actions=[handing_over(reason=Reason.UNCLEAR)],
    )
    told = timing._told_deadlines(out)
    assert told
    last = datetime.combine(min(told) - days(timing.LEAST_DAYS), time(22, tzinfo=UTC))
    found = texts(timing.enough_time_to_answer(replace(out, moment=last)))
    assert (not found) is left

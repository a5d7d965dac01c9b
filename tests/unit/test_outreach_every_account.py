"""What is written first: what must hold whatever the account looks like."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given, settings

from store.aftermath import (
    PlanStatus,
    PromiseStatus,
    ResubmissionStatus,
)
from store.balances import net_position
from store.facts import (
    CaseFacts,
)
from store.outreach_around import Around, StepState
from store.outreach_words import LastResort, OutreachStep
from tests.cases import TODAY
from tests.outreach_accounts import EVERYBODY, NUMBERS, RULES, accounts, decided, surroundings, woken
from tools.base import Ask, NotAllowed
from tools.limits import Policy
from tools.remind import Remind
from tools.remind_ground import INTERNAL, REMINDERS, askable, net


@settings(max_examples=250, deadline=None)
@given(case=accounts(), around=surroundings())
def test_nothing_is_asked_for_that_nobody_may_ask_for(case: CaseFacts, around: Around) -> None:
    made = decided(case, around)
    assert made == decided(case, around), "the same account gives the same decision"
    if made.outward is None:
        assert made.silent, "every silence has its reason"
        return
    assert case.customer is not None
    out, step = made.outward, made.outward.step
    assert not case.customer.stopped
    waiting = (around.unanswered, around.proposals, around.wakings, around.paused_until, case.overtaken_by)
    assert not any((*waiting, case.escalations, around.by_other_ways))
    assert any(contact.reachable for contact in case.contacts)
    assert around.written_on is None or (TODAY - around.written_on).days >= EVERYBODY.gap_days
    assert around.replied_on is None or (TODAY - around.replied_on).days >= EVERYBODY.reply_days
    assert not any(plan.status == PlanStatus.PROPOSED for plan in case.plans)
    assert out.invoices
    assert set(out.taken) <= set(out.invoices)
    assert step not in INTERNAL
    for number in out.invoices:
        one = case.invoice(number)
        assert one is not None
        asked = one.balance - one.disputed - around.seen.get(number, Decimal(0))
        assert asked > 0
        assert net(case, around, one.currency) > 0
        assert one.held_until is None or one.held_until < TODAY
        for promise in case.promises:
            if promise.status == PromiseStatus.OPEN and number in (promise.invoices or NUMBERS):
                assert (promise.wait_until or promise.due) < TODAY
        assert not any(p.status == PlanStatus.AGREED and number in (p.invoices or NUMBERS) for p in case.plans)
        assert not any(c.status == "open" and number in (c.invoices or NUMBERS) for c in case.checks)
        assert not any(r.status == ResubmissionStatus.OPEN and r.invoice_number == number for r in case.resubmissions)
        if step in REMINDERS:
            assert (TODAY - one.due_date).days > RULES.grace
        else:
            assert one.due_date >= TODAY
    for number, own in out.taken.items():
        past = [s for s in around.steps if s.state is not StepState.DROPPED and s.taken.get(number) is own]
        assert not past, "a step is taken once an invoice"
        sent = [s for s in around.steps if s.sent_on and not s.internal and number in s.listed and s.step in REMINDERS]
        if own in REMINDERS and own is not OutreachStep.OVERDUE:
            assert sent, "nobody hears a firm word first"
    if step is OutreachStep.FINAL_NOTICE:
        assert LastResort.REVIEW not in around.last_resorts
        assert set(out.invoices) == set(out.taken)


@settings(max_examples=80, deadline=None)
@given(case=accounts(), around=surroundings())
def test_the_tool_asks_for_what_was_decided_and_never_for_more(case: CaseFacts, around: Around) -> None:
    made = decided(case, around)
    if made.outward is None:
        return
    out, policy = made.outward, Policy()
    case_woken = woken(case, around, out.step, out.invoices, why=out.why)
    ask = Ask(facts=case_woken, claims=(), policy=policy)
    arguments = Remind().fill(ask)
    Remind().check(arguments, ask)
    assert arguments.invoices == out.invoices
    for line in arguments.lines:
        one = case.invoice(line.number)
        assert one is not None
        assert line.open <= one.balance - one.disputed
    grown = case_woken.model_copy(
        update={"invoices": tuple(i.model_copy(update={"balance": i.balance - Decimal("0.01")}) for i in case.invoices)}
    )
    with pytest.raises(NotAllowed):
        Remind().check(arguments, Ask(facts=grown, claims=(), policy=policy))


@settings(max_examples=60, deadline=None)
@given(case=accounts(), around=surroundings())
def test_the_page_and_the_planner_net_alike(case: CaseFacts, around: Around) -> None:
    """What is open, less what the bank shows, what is contested and what is unapplied: each counted once, none below zero."""
    found = net_position(case, seen=around.seen, credits_taken=around.credits_taken)
    asked = askable(case, around).asked
    for currency, position in found.items():
        free = [
            max(i.balance - i.disputed - around.seen.get(i.number, Decimal(0)), Decimal(0))
            for i in case.open_invoices
            if i.currency == currency
        ]
        loose = [p for p in case.payments if p.invoice_number is None and p.currency == currency]
        credits = sum((p.amount for p in loose if p.is_credit), Decimal(0))
        taken = min(around.credits_taken.get(currency, Decimal(0)), credits)
        assert position.asked == sum(free) - sum(p.amount for p in loose) + taken
        assert position.asked == net(case, around, currency)
        assert Decimal(0) <= position.disputed <= position.open - position.seen
        assert bool(position.in_words) is (position.nothing_to_ask and (position.open > 0 or position.net < 0))
        assert not (position.nothing_to_ask and any(one.currency == currency for one in asked))
        # Whoever asks for all that may be asked for never asks for more than is open of it.
        assert position.undisputed <= position.open


@settings(max_examples=60, deadline=None)
@given(case=accounts(), around=surroundings())
def test_it_makes_no_difference_whether_the_erp_has_booked_what_the_bank_shows(case: CaseFacts, around: Around) -> None:
    here = {i.number: min(around.seen.get(i.number, Decimal(0)), i.balance) for i in case.open_invoices}
    taken_in = {"GBP": Decimal(0), "EUR": Decimal(0)}
    booked = case.model_copy(
        update={
            "invoices": tuple(
                i.model_copy(update={"balance": i.balance - here.get(i.number, Decimal(0))}) for i in case.invoices
            )
        }
    )
    before = net_position(case, seen=here, credits_taken=taken_in)
    after = net_position(booked)
    for currency, position in before.items():
        later = after.get(currency)
        assert position.asked == (later.asked if later is not None else Decimal(0))

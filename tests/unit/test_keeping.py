"""What became of promises, plans, questions and pauses: judged by the ledger and the calendar alone."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from store.aftermath import FollowupKind, InstalmentStatus, PaymentMethod, PlanStatus, PromiseStatus
from store.cash_seen import oldest_first, paid_off, received
from store.facts import PaymentFacts
from store.keeping import judge
from store.keeping_days import KeepingDays, banking_days_after
from store.keeping_facts import (
    Account,
    CheckRecord,
    CustomerMail,
    HoldRecord,
    OpenInvoice,
    QuestionRecord,
    ResubmissionRecord,
)
from store.keeping_plans import plan_standing
from store.keeping_promises import promise_standing
from store.keeping_verdicts import Matter, Verdict
from tests.keeping import START, account, accounts, after, cents, day, money, origin, payments, plan, promise, some

DAYS = KeepingDays()
#: Due on Friday the 13th; two banking days, three of grace.
LAST = 11


def woken(verdict: Verdict) -> list[tuple[FollowupKind, int, date]]:
    return [(w.kind, w.subject_id, w.due_on) for w in verdict.wakings]


def changed(verdict: Verdict) -> list[tuple[str, int, str]]:
    return [(c.matter.value, c.id, c.new) for c in verdict.changes]


# --- money ----------------------------------------------------------------------------------------------------


@given(parts=st.lists(some, max_size=8), paid=cents)
def test_a_sum_laid_over_parts_is_neither_lost_nor_doubled(parts: list[Decimal], paid: Decimal) -> None:
    covered = oldest_first(parts, paid)
    assert sum(covered) == min(paid, sum(parts))
    assert all(0 <= c <= p for c, p in zip(covered, parts, strict=True))
    open_ones = [n for n, (c, p) in enumerate(zip(covered, parts, strict=True)) if c < p]
    assert not open_ones or not any(covered[open_ones[0] + 1 :]), "a later part got money while an earlier one is open"
    assert all(c == c.quantize(Decimal("0.01")) for c in covered)


@given(rows=payments, cut=st.integers(-10, 60))
def test_money_is_counted_once_by_day(rows: tuple[PaymentFacts, ...], cut: int) -> None:
    def came(since: date, until: date) -> Decimal:
        return received(rows, invoices=("F-1", "F-2"), currency="EUR", since=since, until=until)

    whole = came(date.min, date.max)
    assert came(date.min, day(cut)) + came(day(cut + 1), date.max) == whole
    assert whole == sum(
        (p.amount for p in rows if p.invoice_number in ("F-1", "F-2") and p.currency == "EUR"),
        Decimal(0),
    )


@given(total=some, balance=cents, amount=cents)
def test_what_is_settled_of_a_plan_is_the_larger_of_two_honest_sums(
    total: Decimal, balance: Decimal, amount: Decimal
) -> None:
    rows = [money(str(amount), 1), money("5.00", 1, invoice=None), money("7.00", 0), money("9.00", 1, currency="GBP")]
    paid = paid_off(rows, invoices=("F-1",), currency="EUR", total=total, balance=balance, after=START)
    assert paid == max(amount, total - balance)


# --- days -----------------------------------------------------------------------------------------------------


@given(due=st.dates(date(2020, 1, 1), date(2040, 1, 1)), count=st.integers(0, 30))
def test_banking_days_are_mondays_to_fridays(due: date, count: int) -> None:
    end = banking_days_after(due, count)
    if count == 0:
        assert end == due
        return
    start = due + timedelta(days=(7 - due.weekday()) % 7 if due.weekday() >= 5 else 0)
    assert end.weekday() < 5
    assert sum((start + timedelta(days=n)).weekday() < 5 for n in range(1, (end - start).days + 1)) == count


def test_an_order_at_a_weekend_is_one_of_the_monday() -> None:
    assert [banking_days_after(day(n), 5) for n in (4, 5, 6, 7)] == [day(11), day(14), day(14), day(14)]


@given(due=st.dates())
def test_no_day_is_past_the_calendar(due: date) -> None:
    assert all(DAYS.last_day(due, method) >= due for method in PaymentMethod)


def test_the_means_of_payment_decides_how_long_is_waited() -> None:
    assert [DAYS.last_day(day(4), method) for method in PaymentMethod] == [day(11), day(14), day(11), day(12)]


# --- promises -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("today", "promised", "rows", "balance", "status", "told"),
    [
        (4, None, [], "900.00", "open", "waits for the money until 2026-03-20"),
        (LAST, None, [], "900.00", "open", "waits for the money"),
        (LAST + 1, None, [], "900.00", "broken", "nothing came by 2026-03-20"),
        (LAST + 1, None, [money("900.00", LAST)], "0.00", "kept", "settled"),
        (LAST + 1, None, [], "0.00", "kept", "settled"),
        (LAST + 5, None, [money("900.00", LAST + 1)], "0.00", "broken", "paid late: EUR 900.00"),
        (LAST + 5, None, [money("600.00", 4), money("300.00", LAST + 1, number="P2")], "0.00", "broken", "EUR 300.00"),
        (LAST + 1, None, [money("600.00", 4)], "300.00", "broken", "partly paid: EUR 600.00 of what was promised"),
        (5, "500.00", [money("500.00", 3)], "400.00", "kept", "the promised amount came"),
        (5, "500.00", [money("500.00", -1)], "400.00", "open", "waits"),
        (5, "500.00", [money("500.00", 3, currency="GBP")], "900.00", "open", "waits"),
        (5, "500.00", [money("500.00", 3, invoice="F-2")], "900.00", "open", "waits"),
        (5, "500.00", [money("497.49", 3)], "402.51", "open", "EUR 497.49 came so far"),
        (LAST + 1, "500.00", [money("497.49", 3)], "402.51", "broken", "EUR 497.49 of EUR 500.00"),
        (5, "500.00", [money("497.50", 3)], "402.50", "kept", "EUR 2.50 lacks, as bank charges may be, and stays open"),
        (5, None, [money("895.50", 3)], "4.50", "kept", "EUR 4.50 lacks, as bank charges may be, and stays open"),
        (5, None, [money("895.49", 3)], "4.51", "open", "EUR 895.49 came so far"),
        (LAST + 1, None, [], "4.50", "broken", "nothing came"),
        (LAST + 1, "500.00", [money("500.00", 3, invoice=None)], "900.00", "open", "applied to no invoice"),
        (LAST + 1, "500.00", [money("499.99", 3, invoice=None)], "900.00", "broken", "nothing came"),
        (LAST + 8, "500.00", [money("500.00", 3, invoice=None)], "900.00", "broken", "nothing came"),
    ],
)
def test_a_promise_stands_where_the_ledger_says(
    today: int, promised: str | None, rows: list[PaymentFacts], balance: str, status: str, told: str
) -> None:
    seen = account(today, {"F-1": balance}, payments=tuple(rows))
    standing = promise_standing(promise(amount=promised), seen, DAYS)
    assert (standing.status, told in standing.words) == (status, True), standing


def test_a_promise_kept_late_within_the_grace_is_kept_and_wakes_nobody() -> None:
    seen = account(LAST, {"F-1": "0.00"}, payments=(money("900.00", LAST),), promises=(promise(),))
    assert changed(judge(seen, DAYS)) == [("promise", 1, "kept")]
    assert not woken(judge(seen, DAYS))


def test_no_promise_is_broken_by_a_ledger_that_is_older_than_its_last_day() -> None:
    for ledger in (None, day(LAST)):
        seen = account(LAST + 30, promises=(promise(),), ledger_of=ledger)
        assert judge(seen, DAYS) == Verdict()
        assert "waits for a ledger" in promise_standing(promise(), seen, DAYS).words
    assert changed(judge(account(LAST + 1, promises=(promise(),)), DAYS)) == [("promise", 1, "broken")]


def test_a_cheque_is_given_the_time_of_a_cheque() -> None:
    by_cheque = promise(method=PaymentMethod.CHEQUE)
    assert promise_standing(by_cheque, account(14), DAYS).status == "open"
    assert promise_standing(by_cheque, account(15), DAYS).status == "broken"
    assert promise_standing(replace(by_cheque, wait_until=day(20)), account(20), DAYS).status == "open", "as was said"


def test_a_broken_promise_wakes_once_and_lets_its_pause_go() -> None:
    pause = HoldRecord(5, origin(), "promise", "F-1", day(LAST))
    seen = account(LAST + 1, promises=(promise(),), holds=(pause,))
    verdict = judge(seen, DAYS)
    assert woken(verdict) == [(FollowupKind.PROMISE_BROKEN, 1, day(4))]
    assert verdict.released == (5,)
    assert judge(after(seen, verdict), DAYS) == Verdict()


def test_the_pause_of_a_promise_stays_until_the_ledger_can_tell() -> None:
    pause = HoldRecord(5, origin(), "promise", "F-1", day(LAST))
    seen = account(LAST + 9, promises=(promise(),), holds=(pause,), ledger_of=day(LAST))
    assert judge(seen, DAYS) == Verdict()


def test_a_promise_that_was_paid_late_counts_but_wakes_nobody() -> None:
    seen = account(LAST + 9, {"F-1": "0.00"}, payments=(money("900.00", LAST + 2),), promises=(promise(),))
    assert changed(judge(seen, DAYS)) == [("promise", 1, "broken")]
    assert not woken(judge(seen, DAYS))
    part = account(
        LAST + 9, {"F-1": "400.00"}, payments=(money("500.00", LAST + 2),), promises=(promise(amount="500.00"),)
    )
    assert changed(judge(part, DAYS)) == [("promise", 1, "broken")]
    assert not woken(judge(part, DAYS)), "what was promised is there by now"


def test_a_promise_is_put_right_when_money_in_time_turns_up_and_by_nothing_else() -> None:
    broken = promise(status=PromiseStatus.BROKEN)
    for balances, rows, end in (
        ({"F-1": "0.00"}, (money("900.00", 5),), [("promise", 1, "kept")]),
        ({"F-1": "0.00"}, (money("900.00", LAST + 1),), []),
        ({"F-1": "0.00"}, (), []),
        ({"F-1": "100.00"}, (money("800.00", 5),), []),
    ):
        assert changed(judge(account(LAST + 9, balances, payments=rows, promises=(broken,)), DAYS)) == end
    disputed = {"F-1": OpenInvoice(Decimal("100.00"), Decimal("100.00"))}
    seen = account(LAST + 9, payments=(money("800.00", 5),), promises=(broken,), invoices=disputed)
    assert not changed(judge(seen, DAYS))


def test_what_is_disputed_since_is_not_chased_by_a_promise() -> None:
    disputed = {"F-1": OpenInvoice(Decimal("900.00"), Decimal("900.00"))}
    seen = account(LAST + 1, promises=(promise(),), invoices=disputed)
    assert (changed(judge(seen, DAYS)), woken(judge(seen, DAYS))) == ([("promise", 1, "replaced")], [])
    rest = account(3, promises=(promise(),), payments=(money("800.00", 2),))
    rest = replace(rest, invoices={"F-1": OpenInvoice(Decimal("100.00"), Decimal("100.00"))})
    assert changed(judge(rest, DAYS)) == [("promise", 1, "kept")]


def test_an_agreed_plan_takes_the_place_of_a_promise() -> None:
    agreed = plan((30, "900.00"), origin=origin(2, on=2))
    assert changed(judge(account(3, promises=(promise(),), plans=(agreed,)), DAYS)) == [("promise", 1, "replaced")]
    older = replace(agreed, origin=origin(0))
    assert not changed(judge(account(3, promises=(promise(),), plans=(older,)), DAYS))


def test_one_payment_keeps_one_promise_of_a_mail() -> None:
    both = (promise(amount="500.00"), promise(20, "400.00", id=2, origin=replace(origin(), effect_id=2)))
    seen = account(25, {"F-1": "400.00"}, payments=(money("500.00", 4),), promises=both)
    assert changed(judge(seen, DAYS)) == [("promise", 1, "kept")]
    assert promise_standing(both[1], seen, DAYS).missing == Decimal("400.00")
    paid = replace(seen, payments=(*seen.payments, money("400.00", 22, number="P2")))
    assert changed(judge(paid, DAYS)) == [("promise", 1, "kept"), ("promise", 2, "kept")]


def test_money_that_kept_a_promise_keeps_no_later_one() -> None:
    """They paid the first half and promised the second on the same day: the first half is not the second."""
    first = promise(amount="500.00", status=PromiseStatus.KEPT)
    later = promise(20, "400.00", id=2, origin=origin(2, on=4))
    seen = account(5, {"F-1": "400.00"}, payments=(money("500.00", 4),), promises=(first, later))
    assert changed(judge(seen, DAYS)) == []
    paid = replace(seen, payments=(*seen.payments, money("400.00", 19, number="P2")))
    assert changed(judge(paid, DAYS)) == [("promise", 2, "kept")]
    assert changed(judge(replace(seen, promises=(later,)), DAYS)) == [("promise", 2, "kept")], "nobody else's money"
    early = replace(
        seen, payments=(money("300.00", 2), money("200.00", 4, number="P2"), money("400.00", 4, number="P3"))
    )
    assert changed(judge(early, DAYS)) == [("promise", 2, "kept")], "only what the first one still lacked is its own"


def test_bank_charges_are_the_smaller_of_a_sum_and_a_share() -> None:
    assert DAYS.charges_of(Decimal("900.00")) == Decimal("4.50")
    assert DAYS.charges_of(Decimal("90000.00")) == Decimal("15.00")
    large = account(5, {"F-1": "15.01"}, payments=(money("89984.99", 3),))
    assert promise_standing(promise(), large, DAYS).status == "open"
    none = replace(DAYS, charges=Decimal(0))
    assert (
        promise_standing(promise(), account(5, {"F-1": "0.01"}, payments=(money("900.00", 3),)), none).status == "open"
    )


def test_what_banks_kept_is_never_chased_and_never_taken_from_the_next_promise() -> None:
    late = account(LAST + 2, {"F-1": "402.50"}, payments=(money("497.50", LAST + 1),))
    verdict = judge(replace(late, promises=(promise(amount="500.00"),)), DAYS)
    assert changed(verdict) == [("promise", 1, "broken")]
    assert woken(verdict) == [], "what was promised is there by now, but for the bank's part"
    both = (promise(amount="500.00"), promise(20, "400.00", id=2, origin=replace(origin(), effect_id=2)))
    rows = (money("497.50", 4), money("398.00", 22, number="P2"))
    seen = account(25, {"F-1": "4.50"}, payments=rows, promises=both)
    assert changed(judge(seen, DAYS)) == [("promise", 1, "kept"), ("promise", 2, "kept")]
    apart = (replace(both[0], status=PromiseStatus.KEPT), promise(20, "400.00", id=2, origin=origin(2, on=6)))
    assert changed(judge(replace(seen, promises=apart), DAYS)) == [("promise", 2, "kept")]


def test_money_that_came_between_the_mail_and_the_noting_counts() -> None:
    """They wrote on the Monday, a person approved on the Thursday; the money came on the Wednesday."""
    noted = replace(origin(on=3), said=START)
    for amount, rows, balance, end in (
        ("500.00", (money("500.00", 2),), "400.00", PromiseStatus.KEPT),
        (None, (money("900.00", 2),), "0.00", PromiseStatus.KEPT),
        ("500.00", (money("500.00", -1),), "400.00", PromiseStatus.OPEN),
    ):
        seen = account(4, {"F-1": balance}, payments=rows)
        assert promise_standing(promise(6, amount, origin=noted), seen, DAYS).status is end, amount


def test_an_invoice_that_went_to_another_customer_keeps_no_word_and_is_asked_about() -> None:
    for status in (PromiseStatus.OPEN, PromiseStatus.BROKEN):
        for today in (3, LAST + 1):
            seen = account(today, {"F-2": "10.00"}, promises=(promise(status=status),))
            verdict = judge(seen, DAYS)
            assert (verdict.changes, verdict.wakings) == ((), ())
            assert [q.origin.effect_id for q in verdict.questions] == ([1] if status is PromiseStatus.OPEN else [])
            assert "F-1 went to another customer" in promise_standing(seen.promises[0], seen, DAYS).words
    split = account(LAST + 1, {"F-2": "0.00"}, promises=(promise(invoices=("F-1", "F-2")),))
    assert judge(split, DAYS).questions
    assert changed(judge(replace(split, decided=frozenset({1})), DAYS)) == [("promise", 1, "replaced")]
    planned = account(20, {"F-2": "0.00"}, plans=(PLAN,), holds=(PAUSE,))
    verdict = judge(planned, DAYS)
    assert (verdict.changes, verdict.wakings, verdict.released, len(verdict.questions)) == ((), (), (), 1)
    answered = judge(replace(planned, decided=frozenset({1})), DAYS)
    assert (changed(answered), answered.released, answered.questions) == ([("plan", 1, "replaced")], (5,), ())
    again = account(9, {}, resubmissions=(ResubmissionRecord(3, origin(), "F-1"),))
    assert judge(again, DAYS) == Verdict(), "nobody says paid, and nobody is asked by the wrong name"
    search = account(3, {}, checks=(CheckRecord(1, origin(), ("F-1",), ("P1",), day(9)),))
    assert changed(judge(search, DAYS)) == [("payment_check", 1, "lapsed")]
    assert not woken(judge(search, DAYS))


def test_a_mail_on_somebodys_desk_swallows_no_waking() -> None:
    """The case waits for the desk (`store.followups`); a waking that were left out here would never come again."""
    mail = CustomerMail(1, origin(on=2).at, ("F-1",), waiting=True)
    pause = HoldRecord(5, origin(3), "payment_in_process", "F-2", day(4))
    check = CheckRecord(1, origin(4), ("F-3",), (), day(4))
    seen = account(
        LAST + 1,
        {"F-1": "900.00", "F-2": "50.00", "F-3": "70.00"},
        promises=(promise(),),
        holds=(pause,),
        checks=(check,),
        mails=(mail, replace(mail, invoices=())),
    )
    assert [kind for kind, _, _ in woken(judge(seen, DAYS))] == [
        FollowupKind.PROMISE_BROKEN,
        FollowupKind.CASH_NOT_FOUND,
        FollowupKind.HOLD_OVER,
    ]
    missed = account(20, plans=(PLAN,), mails=(mail,))
    assert [kind for kind, _, _ in woken(judge(missed, DAYS))] == [FollowupKind.INSTALMENT_MISSED]


# --- plans ----------------------------------------------------------------------------------------------------

#: Due on Mondays; in time until the Saturday after.
PLAN = plan((7, "300.00"), (14, "300.00"), (21, "300.00"))
PAUSE = HoldRecord(5, origin(), "plan", "F-1", day(8))


def test_a_plan_is_kept_for_one_instalment_and_broken_at_the_second() -> None:
    first = money("300.00", 8)
    reminder = judge(account(4, plans=(PLAN,), holds=(PAUSE,)), DAYS)
    assert (woken(reminder), changed(reminder)) == ([(FollowupKind.INSTALMENT_DUE, 11, day(7))], [])
    seen = account(9, {"F-1": "600.00"}, payments=(first,), plans=(PLAN,), holds=(PAUSE,))
    paid = judge(seen, DAYS)
    assert changed(paid) == [("instalment", 11, "paid")]
    assert not paid.wakings
    assert not paid.released, "the pause of a plan that runs is not over"
    seen = after(seen, paid)
    last = replace(seen, today=day(19), ledger_of=day(19))
    assert judge(last, DAYS) == Verdict(), "the grace runs until the end of the day"
    missed = judge(replace(seen, today=day(20), ledger_of=day(20)), DAYS)
    assert changed(missed) == [("instalment", 12, "missed"), ("plan", 1, "broken")]
    assert woken(missed) == [(FollowupKind.INSTALMENT_MISSED, 12, day(14))]
    assert missed.released == (5,)
    broken = after(replace(seen, today=day(20), ledger_of=day(20)), missed)
    for later_on in (20, 21, 40):
        assert judge(replace(broken, today=day(later_on), ledger_of=day(later_on)), DAYS) == Verdict()


def test_a_plan_that_is_paid_is_kept() -> None:
    for rows, balance in (((money("900.00", 3),), "0.00"), ((), "0.00"), ((money("900.00", 3),), "900.00")):
        verdict = judge(account(4, {"F-1": balance}, payments=rows, plans=(PLAN,), holds=(PAUSE,)), DAYS)
        assert changed(verdict)[-1] == ("plan", 1, "kept")
        assert (len(verdict.changes), woken(verdict), verdict.released) == (4, [], (5,))


def test_instalments_that_banks_took_their_part_of_are_paid() -> None:
    rows = tuple(money("298.50", due, number=f"P{due}") for due in (7, 14, 21))
    for count, today in ((1, 13), (2, 20), (3, 27)):
        came = rows[:count]
        left = Decimal("900.00") - sum((r.amount for r in came), Decimal(0))
        seen = account(today, {"F-1": str(left)}, payments=came, plans=(PLAN,))
        parts = plan_standing(PLAN, seen, DAYS).instalments
        assert [p.status for p in parts].count(InstalmentStatus.PAID) == count
        assert "as bank charges may be" in parts[count - 1].words
    end = judge(seen, DAYS)
    assert changed(end)[-1] == ("plan", 1, "kept")
    assert "EUR 4.50 lacks" in end.changes[-1].why
    short = account(13, {"F-1": "601.51"}, payments=(money("298.49", 7),), plans=(PLAN,))
    assert changed(judge(short, DAYS)) == [("instalment", 11, "missed"), ("plan", 1, "broken")]


def test_what_is_too_much_counts_for_the_next_instalment() -> None:
    seen = account(18, {"F-1": "350.00"}, payments=(money("550.00", 8),), plans=(PLAN,))
    assert [(p.paid, p.status) for p in plan_standing(PLAN, seen, DAYS).instalments] == [
        (Decimal("300.00"), InstalmentStatus.PAID),
        (Decimal("250.00"), InstalmentStatus.OPEN),
        (Decimal(0), InstalmentStatus.OPEN),
    ]
    assert changed(judge(replace(seen, today=day(20), ledger_of=day(20)), DAYS))[1:] == [
        ("instalment", 12, "missed"),
        ("plan", 1, "broken"),
    ]


def test_money_that_nobody_applied_is_never_paid_but_stays_our_own_delay_for_a_while() -> None:
    lying = account(13, payments=(money("300.00", 8, invoice=None),), plans=(PLAN,))
    assert judge(lying, DAYS).changes == ()
    assert plan_standing(PLAN, lying, DAYS).possible == Decimal("300.00")
    assert plan_standing(PLAN, lying, DAYS).paid == 0
    later_on = replace(lying, today=day(20), ledger_of=day(20))
    assert changed(judge(later_on, DAYS)) == [
        ("instalment", 11, "missed"),
        ("plan", 1, "broken"),
    ]
    assert len(woken(judge(later_on, DAYS))) == 1, "a plan that breaks wakes once"


def test_an_instalment_is_not_missed_by_an_old_ledger_nor_over_what_is_disputed() -> None:
    assert not judge(account(13, plans=(PLAN,), ledger_of=day(12)), DAYS).changes
    disputed = {"F-1": OpenInvoice(Decimal("900.00"), Decimal("900.00"))}
    for today in (7, 13):
        assert judge(account(today, plans=(PLAN,), invoices=disputed), DAYS) == Verdict(), "nor reminded of"


def test_an_offer_that_nobody_answers_wakes_and_lapses() -> None:
    offer = replace(PLAN, status=PlanStatus.PROPOSED, answer_by=day(5))
    assert not judge(account(5, plans=(offer,)), DAYS).wakings
    assert woken(judge(account(6, plans=(offer,)), DAYS)) == [(FollowupKind.PLAN_UNANSWERED, 1, day(5))]
    assert not judge(account(19, plans=(offer,)), DAYS).changes, "a yes to our second asking still counts"
    assert changed(judge(account(20, plans=(offer,)), DAYS)) == [("plan", 1, "lapsed")]
    assert not judge(account(6, {"F-1": "0.00"}, plans=(offer,)), DAYS).wakings
    newer, older = promise(30, origin=origin(2, on=2)), promise(30, origin=origin(0))
    assert not judge(account(6, plans=(offer,), promises=(newer,)), DAYS).wakings, "they promised the whole since"
    for other in (older, replace(newer, invoices=("F-2",)), replace(newer, status=PromiseStatus.KEPT)):
        assert judge(account(6, plans=(offer,), promises=(other,)), DAYS).wakings
    answer = CustomerMail(1, origin(on=4).at, (), waiting=True)
    assert not changed(judge(account(20, plans=(offer,), mails=(answer,)), DAYS)), "a yes may lie on the desk"
    assert changed(judge(account(2, {"F-1": "0.00"}, plans=(offer,)), DAYS)) == [("plan", 1, "lapsed")]


# --- answers, cash and pauses ---------------------------------------------------------------------------------


def test_an_invoice_sent_again_is_paid_or_wakes_unless_somebody_wrote() -> None:
    sent = ResubmissionRecord(3, origin(), "F-1")
    assert changed(judge(account(2, {"F-1": "0.00"}, resubmissions=(sent,)), DAYS)) == [("resubmission", 3, "paid")]
    assert judge(account(7, resubmissions=(sent,)), DAYS) == Verdict()
    expected = [(FollowupKind.RESUBMISSION_UNANSWERED, 3, day(7))]
    assert woken(judge(account(8, resubmissions=(sent,)), DAYS)) == expected
    asked_later = replace(sent, answer_due=day(9))
    assert not judge(account(9, resubmissions=(asked_later,)), DAYS).wakings
    wrote = CustomerMail(1, origin(on=3).at, ("F-1",), waiting=False)
    assert not judge(account(8, resubmissions=(sent,), mails=(wrote,)), DAYS).wakings
    assert not judge(account(8, resubmissions=(sent,), promises=(promise(20),)), DAYS).wakings, "they promised since"


def test_cash_that_was_looked_for() -> None:
    check = CheckRecord(4, origin(), ("F-1",), (), day(5))
    pause = HoldRecord(5, origin(), "payment_check", "F-1", day(5))
    seen = account(6, checks=(check,), holds=(pause,))
    verdict = judge(seen, DAYS)
    assert changed(verdict) == [("payment_check", 4, "lapsed")]
    assert (woken(verdict), verdict.released) == ([(FollowupKind.CASH_NOT_FOUND, 4, day(5))], (5,))
    assert judge(replace(seen, ledger_of=day(5)), DAYS) == Verdict(), "the ledger is older than the pause"
    paid = judge(account(3, {"F-1": "0.00"}, checks=(check,), holds=(pause,)), DAYS)
    assert (changed(paid), woken(paid), paid.released) == ([("payment_check", 4, "applied")], [], (5,))


def test_a_receipt_that_we_have_not_applied_is_our_delay() -> None:
    check = CheckRecord(4, origin(), ("F-1",), ("P1",), day(5), found=True)
    pause = HoldRecord(5, origin(), "payment_check", "F-1", day(5))
    lying = account(20, checks=(check,), holds=(pause,), payments=(money("900.00", 2, invoice=None),))
    assert judge(lying, DAYS) == Verdict()
    perhaps = replace(lying, checks=(replace(check, found=False),))
    assert woken(judge(perhaps, DAYS)) == [(FollowupKind.CASH_NOT_FOUND, 4, day(5))], "only the customer can tell"
    elsewhere = replace(lying, payments=(money("900.00", 2, invoice="F-2"),))
    assert woken(judge(elsewhere, DAYS)) == [(FollowupKind.CASH_NOT_FOUND, 4, day(5))]


def test_a_question_that_brought_no_mail() -> None:
    asked = QuestionRecord(origin(8), ("F-1",))
    assert not judge(account(7, questions=(asked,)), DAYS).wakings
    assert woken(judge(account(8, questions=(asked,)), DAYS)) == [(FollowupKind.QUESTION_UNANSWERED, 8, day(7))]
    assert not judge(account(8, {"F-1": "0.00"}, questions=(asked,)), DAYS).wakings
    assert not judge(account(99, questions=(asked,)), DAYS).wakings, "too long ago"
    wrote = CustomerMail(1, origin(on=3).at, ("F-2",), waiting=False)
    assert not judge(account(8, questions=(asked,), mails=(wrote,)), DAYS).wakings


@pytest.mark.parametrize(
    ("kind", "wakes"),
    [("payment_in_process", True), ("awaiting_approval", True), ("acknowledgement", False), ("auto_reply", False)],
)
def test_a_pause_that_is_over_is_let_go_and_asked_about(kind: str, wakes: bool) -> None:
    pauses = tuple(HoldRecord(n, origin(), kind, f"F-{n}", day(5)) for n in (1, 2))
    open_ones = {"F-1": "10.00", "F-2": "20.00"}
    assert judge(account(5, open_ones, holds=pauses), DAYS) == Verdict()
    verdict = judge(account(6, open_ones, holds=pauses), DAYS)
    assert sorted(verdict.released) == [1, 2]
    assert woken(verdict) == ([(FollowupKind.HOLD_OVER, 1, day(5))] if wakes else []), "once for all of one act"
    paid = judge(account(6, {"F-1": "0.00", "F-2": "0.00"}, holds=pauses), DAYS)
    assert (sorted(paid.released), paid.wakings) == ([1, 2], ())
    for until in (6, 12):
        again = HoldRecord(9, origin(2, on=4), kind, None, day(until))
        assert not judge(account(6, open_ones, holds=(*pauses, again)), DAYS).wakings, "they said it again"


def test_a_pause_without_a_day_is_ended_by_a_person() -> None:
    stop = HoldRecord(5, origin(), "stop_contact", None, None)
    assert judge(account(400, holds=(stop,)), DAYS) == Verdict()


# --- for any account ------------------------------------------------------------------------------------------


@given(seen=accounts)
def test_judging_twice_changes_nothing_more(seen: Account) -> None:
    verdict = judge(seen, DAYS)
    settled = after(seen, verdict)
    again = judge(settled, DAYS)
    assert not again.changes
    assert not again.released
    recorded = {(w.kind, w.subject_id, w.due_on) for w in verdict.wakings}
    more = {(w.kind, w.subject_id, w.due_on) for w in again.wakings} - recorded
    # An invoice or a question for which a promise spoke that has just ended may wake by itself the next time.
    waits = (FollowupKind.RESUBMISSION_UNANSWERED, FollowupKind.QUESTION_UNANSWERED, FollowupKind.PLAN_UNANSWERED)
    assert {kind for kind, _, _ in more} <= set(waits)


@given(seen=accounts)
def test_nothing_is_both_kept_and_broken_and_no_end_is_undone(seen: Account) -> None:
    verdict = judge(seen, DAYS)
    counted = Counter((c.matter, c.id) for c in verdict.changes)
    assert not counted or max(counted.values()) == 1
    for change in verdict.changes:
        assert change.new != change.old
        if change.matter is Matter.PROMISE:
            assert change.old == "open" or (change.old, change.new) == ("broken", "kept")
        if change.matter in (Matter.PLAN, Matter.INSTALMENT):
            assert change.old in ("open", "proposed", "agreed")
    assert len(set(verdict.released)) == len(verdict.released)
    assert all(
        h.until is not None or h.kind in ("promise", "plan") or _of_a_check(h, seen)
        for h in seen.holds
        if h.id in verdict.released
    )


def _of_a_check(hold: HoldRecord, seen: Account) -> bool:
    return hold.origin.effect_id in {c.origin.effect_id for c in seen.checks}


@given(seen=accounts)
def test_nobody_is_accused_by_an_old_ledger_and_a_stopped_customer_wakes_nothing(seen: Account) -> None:
    assert not judge(replace(seen, stopped=True), DAYS).wakings
    assert judge(replace(seen, stopped=True), DAYS).changes == judge(seen, DAYS).changes
    accusing = {FollowupKind.INSTALMENT_MISSED, FollowupKind.CASH_NOT_FOUND, FollowupKind.HOLD_OVER}
    unknown = judge(replace(seen, ledger_of=None), DAYS)
    assert not {w.kind for w in unknown.wakings} & (accusing | {FollowupKind.PROMISE_BROKEN})
    for waking in judge(seen, DAYS).wakings:
        if waking.kind in accusing:
            assert seen.ledger_of is not None
            assert seen.ledger_of > waking.due_on


@given(seen=accounts, apart=st.lists(st.integers(1, 9), max_size=4))
def test_over_any_days_a_promise_and_an_instalment_wake_at_most_once(seen: Account, apart: list[int]) -> None:
    once = (FollowupKind.PROMISE_BROKEN, FollowupKind.INSTALMENT_MISSED)
    times: Counter[tuple[FollowupKind, int]] = Counter()
    for gap in [0, *apart]:
        seen = replace(seen, today=seen.today + timedelta(days=gap), ledger_of=seen.today + timedelta(days=gap))
        verdict = judge(seen, DAYS)
        times.update((w.kind, w.subject_id) for w in verdict.wakings if w.kind in once)
        seen = after(seen, verdict)
    assert not times or max(times.values()) == 1


@given(seen=accounts, amount=some, on=st.integers(0, 60))
def test_more_money_never_breaks_what_was_kept(seen: Account, amount: Decimal, on: int) -> None:
    """A further receipt in time on a promised invoice makes no promise worse."""
    better = replace(seen, payments=(*seen.payments, money(str(amount), on, invoice="F-1", number="MORE")))
    for record in seen.promises:
        if record.amount is None or "F-1" not in record.invoices:
            continue
        one, other = promise_standing(record, seen, DAYS), promise_standing(record, better, DAYS)
        if one.status is PromiseStatus.KEPT and one.arrived >= record.amount:
            assert other.status is PromiseStatus.KEPT

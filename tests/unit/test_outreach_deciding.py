"""What is written first, to whom, about what: properties that hold for every account, and the ladder of a cadence."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from outreach.cadence import CadenceFault, History, read_cadences
from outreach.deciding import Decision, Rules, decide
from outreach.ladder import Ways, due_step, next_step, past_of
from outreach.segments import cadence_for, history_of
from store.aftermath import (
    DisputeStatus,
    FollowupKind,
    PlanStatus,
    Portal,
    PortalStatus,
    PromiseStatus,
    ResubmissionStatus,
)
from store.facts import (
    CaseFacts,
    CheckFacts,
    ContactFacts,
    DisputeFacts,
    EscalationFacts,
    FollowupFacts,
    InvoiceFacts,
    PaymentFacts,
    PlanFacts,
    PortalFacts,
    PromiseFacts,
    ResubmissionFacts,
)
from store.outreach_around import Around, OutreachFacts, StepState, StepTaken
from store.outreach_words import Channel, LastResort, OutreachStep
from store.proposed import Claim
from store.vocabulary import ContactStatus, Delivery, Reason
from tests.cases import TODAY, facts, invoice
from tools.base import Ask, NotAllowed
from tools.limits import Policy
from tools.remind import Remind
from tools.remind_ground import INTERNAL, REMINDERS, net

EVERYBODY = read_cadences().cadence[-1]
RULES = Rules(starts_on=None, grace=3, answer=7, limitation_years=3)
NUMBERS = ("F-1", "F-2", "F-3")


def owed(number: str = "F-1", *, days: int = 6, balance: str = "1000.00", **more: object) -> InvoiceFacts:
    due = TODAY - timedelta(days=days)
    return invoice(number, balance, due_date=due, issue_date=due - timedelta(days=30), **more)


def taken(
    step: OutreachStep, *numbers: str, days: int, state: StepState = StepState.SENT, number: int = 1
) -> StepTaken:
    day = TODAY - timedelta(days=days)
    return StepTaken(
        id=number,
        step=step,
        day=day,
        internal=step in INTERNAL,
        taken=dict.fromkeys(numbers, step),
        listed=numbers,
        state=state,
        sent_on=day if state is StepState.SENT else None,
    )


def decided(case: CaseFacts, around: Around | None = None, **more: Any) -> Decision:
    return decide(case, around or Around(), cadence=EVERYBODY, rules=RULES, **more)


# --- every account ------------------------------------------------------------------------------------------------

_money = st.decimals(min_value=Decimal("0.01"), max_value=Decimal("90000"), places=2)
_day = st.sampled_from([*range(4, 40), *range(4, 20), -10, -3, 0, 1, 3, 60, 400, 1500]).map(
    lambda days: TODAY - timedelta(days=days)
)
#: Each thing that stops everything is rare, so that most accounts get past it; a third of the mails below are about something.
_rare = st.sampled_from([False] * 99 + [True])
_near = st.sampled_from(range(-3, 4)).map(lambda days: TODAY - timedelta(days=days))
_numbers = st.lists(st.sampled_from(NUMBERS), unique=True).map(tuple)


@st.composite
def accounts(draw: st.DrawFn) -> CaseFacts:
    invoices, disputes = [], []
    for number in NUMBERS[: draw(st.sampled_from([0, 1, 2, 2, 3, 3, 3]))]:
        amount, due = draw(_money), draw(_day)
        balance = draw(st.sampled_from([amount, (amount / 2).quantize(Decimal("0.01")), Decimal(0)]))
        kind = draw(st.sampled_from(["none"] * 4 + ["part", "part", "whole", "more"]))
        disputed = {"none": Decimal(0), "part": (balance / 3).quantize(Decimal("0.01")), "whole": balance}.get(
            kind, balance + 10
        )
        if disputed > 0:
            part = None if kind == "whole" else disputed
            disputes.append(DisputeFacts(invoice_number=number, kind="pricing", amount=part, status=DisputeStatus.OPEN))
        invoices.append(
            invoice(
                number,
                str(balance),
                amount=amount,
                due_date=due,
                issue_date=due - timedelta(days=30),
                currency=draw(st.sampled_from(["GBP", "EUR"])),
                disputed=disputed,
                held_until=draw(st.sampled_from([None] * 200) | _day),
                po_number=draw(st.sampled_from(["", "PO-1"])),
            )
        )
    payments = [
        PaymentFacts(
            id=f"P{place}",
            invoice_number=draw(st.none() | st.sampled_from(NUMBERS)),
            received_on=draw(_day),
            currency=draw(st.sampled_from(["GBP", "EUR"])),
            amount=draw(st.sampled_from([Decimal("0.50"), Decimal("40.00")]) | _money),
            reference=draw(st.sampled_from(["paid", "Credit note 4"])),
        )
        for place in range(draw(st.integers(0, 2)))
    ]
    some = st.sampled_from([False, False, True])
    status = st.sampled_from
    contact = ContactFacts(
        id=1,
        name="Moira Tate",
        email="moira@bracken.example",
        role="ap",
        status=draw(status([*ContactStatus, *[ContactStatus.VERIFIED] * 20])),
        delivery=draw(status([*[Delivery.OK] * 20, *Delivery])),
    )
    more: dict[str, Any] = {
        "sender_contact": None,
        "contacts": (contact,) if not draw(_rare) else (),
        "payments": tuple(payments),
        "disputes": tuple(disputes),
        "promises": (
            PromiseFacts(
                invoices=draw(_numbers),
                due=draw(_near),
                wait_until=draw(st.none() | _near),
                amount=None,
                status=draw(status(list(PromiseStatus))),
            ),
        )
        if draw(some)
        else (),
        "plans": (
            PlanFacts(invoices=draw(_numbers), total=Decimal(5), currency="GBP", status=draw(status(list(PlanStatus)))),
        )
        if draw(some)
        else (),
        "checks": (
            CheckFacts(invoices=draw(_numbers), outcome="not_found", status=draw(status(["open", "dismissed"]))),
        )
        if draw(some)
        else (),
        "resubmissions": (
            ResubmissionFacts(
                invoice_number=draw(status(NUMBERS)), kind="copy", status=draw(status(list(ResubmissionStatus)))
            ),
        )
        if draw(some)
        else (),
        "portal_items": (
            PortalFacts(
                invoice_number=draw(status(NUMBERS)), portal=Portal.COUPA, status=draw(status(list(PortalStatus)))
            ),
        )
        if draw(some)
        else (),
        "escalations": (EscalationFacts(id=1, reason="refusal", role="manager"),) if draw(_rare) else (),
        "overtaken_by": (4,) if draw(_rare) else (),
    }
    case = facts(*invoices, **more)
    if draw(_rare):
        assert case.customer is not None
        case = case.model_copy(update={"customer": case.customer.model_copy(update={"stopped": True})})
    return case if invoices else case.model_copy(update={"invoices": ()})


@st.composite
def surroundings(draw: st.DrawFn) -> Around:
    rare = _rare
    steps = []
    for number in range(draw(st.integers(0, 4))):
        step = draw(st.sampled_from(list(OutreachStep)))
        state = draw(st.sampled_from(list(StepState)))
        about = draw(_numbers) or ("F-1",)
        steps.append(taken(step, *about, days=draw(st.integers(0, 60)), state=state, number=number))
    return Around(
        unanswered=(3,) if draw(rare) else (),
        proposals=(3,) if draw(rare) else (),
        wakings=(3,) if draw(rare) else (),
        replied_on=draw(
            st.sampled_from([None] * 4 + list(range(-1, 20))).map(
                lambda d: None if d is None else TODAY - timedelta(days=d)
            )
        ),
        written_on=draw(
            st.sampled_from([None] * 4 + list(range(-1, 20))).map(
                lambda d: None if d is None else TODAY - timedelta(days=d)
            )
        ),
        paused_until=TODAY if draw(rare) else None,
        seen={n: draw(_money) for n in draw(_numbers)} if draw(st.booleans()) else {},
        steps=tuple(steps),
        last_resorts=frozenset(k.value for k in LastResort if draw(rare)),
        by_other_ways=draw(rare),
    )


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
    woken = _woken(case, around, out.step, out.invoices, why=out.why)
    ask = Ask(facts=woken, claims=(), policy=policy)
    arguments = Remind().fill(ask)
    Remind().check(arguments, ask)
    assert arguments.invoices == out.invoices
    for line in arguments.lines:
        one = case.invoice(line.number)
        assert one is not None
        assert line.open <= one.balance - one.disputed
    grown = woken.model_copy(
        update={"invoices": tuple(i.model_copy(update={"balance": i.balance - Decimal("0.01")}) for i in case.invoices)}
    )
    with pytest.raises(NotAllowed):
        Remind().check(arguments, Ask(facts=grown, claims=(), policy=policy))


def _woken(
    case: CaseFacts, around: Around, step: OutreachStep, numbers: tuple[str, ...], *, why: dict[str, str] | None = None
) -> CaseFacts:
    planned = OutreachFacts(step=step, channel=Channel.MAIL, day=TODAY, invoices=numbers, why=why or {}, around=around)
    woken = FollowupFacts(
        kind=FollowupKind.OUTREACH,
        subject_id=1,
        invoices=numbers,
        claim=Claim(reason=Reason.UNCLEAR, evidence="", confidence=0),
        day=TODAY,
        since=TODAY,
        outreach=planned,
    )
    return case.model_copy(update={"followup": woken})


# --- the ladder ---------------------------------------------------------------------------------------------------

_starts = st.integers(min_value=-12, max_value=90)


@settings(max_examples=60, deadline=None)
@given(start=_starts, skipped=st.sets(st.integers(0, 90), max_size=40), delay=st.integers(0, 6))
def test_whatever_days_are_missed_the_steps_rise_and_keep_their_distance(
    start: int, skipped: set[int], delay: int
) -> None:
    due = TODAY
    ways = Ways(EVERYBODY, grace=3, answer=7, doubtful=True)
    steps: list[StepTaken] = []
    for ahead in range(start, start + 100):
        today = due + timedelta(days=ahead)
        if ahead - start in skipped or (steps and steps[-1].sent_on and steps[-1].sent_on >= today):
            continue
        past = past_of("F-1", steps)
        for internal in (False, True):
            one = due_step(due, past, ways, today=today, internal=internal)
            if one is None:
                continue
            sent = today if internal else today + timedelta(days=delay)
            steps.append(
                StepTaken(
                    id=len(steps),
                    step=one.step,
                    day=today,
                    internal=internal,
                    taken={"F-1": one.step},
                    listed=("F-1",),
                    state=StepState.SENT,
                    sent_on=sent,
                )
            )
    order = [s.step for s in steps]
    assert len(set(order)) == len(order)
    outward = [s for s in steps if not s.internal]
    assert [s.step for s in outward] == sorted((s.step for s in outward), key=list(OutreachStep).index)
    reminders = [s for s in outward if s.step in REMINDERS]
    assert not reminders or reminders[0].step is OutreachStep.OVERDUE
    for earlier, later in pairwise(reminders):
        assert earlier.sent_on is not None
        assert (later.day - earlier.sent_on).days >= 5
    handed = next((s for s in steps if s.step is OutreachStep.HAND_OFF), None)
    final = next((s for s in steps if s.step is OutreachStep.FINAL_NOTICE), None)
    if handed is not None:
        assert final is not None
        assert final.sent_on is not None
        assert (handed.day - final.sent_on).days >= 8


def test_nothing_goes_back_to_a_gentler_step() -> None:
    """An invoice that stood in another's mails may take a firm step without a first one of its own."""
    ways = Ways(EVERYBODY, grace=3, answer=7)
    listed = taken(OutreachStep.OVERDUE, "F-2", days=20).model_copy(update={"listed": ("F-1", "F-2")})
    firm = taken(OutreachStep.FIRMER, "F-1", days=1)
    due = TODAY - timedelta(days=11)
    assert due_step(due, past_of("F-1", [listed]), ways, today=TODAY, internal=False) is not None
    assert due_step(due, past_of("F-1", [listed, firm]), ways, today=TODAY, internal=False) is None


def test_what_comes_next_is_what_will_be_due() -> None:
    ways = Ways(EVERYBODY, grace=3, answer=7)
    past = past_of("F-1", [taken(OutreachStep.OVERDUE, "F-1", days=1)])
    coming = next_step(TODAY - timedelta(days=6), past, ways, today=TODAY)
    assert coming is not None
    assert (coming[0].step, coming[1]) == (OutreachStep.FIRMER, TODAY + timedelta(days=4))


@pytest.mark.parametrize("state", [StepState.DROPPED, StepState.SENT, StepState.REFUSED, StepState.OPEN])
def test_only_a_step_whose_ground_was_gone_may_be_taken_again(state: StepState) -> None:
    ways = Ways(EVERYBODY, grace=3, answer=7)
    past = past_of("F-1", [taken(OutreachStep.OVERDUE, "F-1", days=1, state=state)])
    again = due_step(TODAY - timedelta(days=6), past, ways, today=TODAY, internal=False)
    assert (again is not None) is (state is StepState.DROPPED)


# --- single accounts ----------------------------------------------------------------------------------------------


def test_a_doubtful_invoice_is_verified_before_it_is_due() -> None:
    case = facts(owed(days=-9, po_number=""), owed("F-2", days=-9), invoice("F-9", "0.00"))
    made = decided(case)
    assert made.outward is not None
    assert (made.outward.step, made.outward.invoices) == (OutreachStep.VERIFY, ("F-1",))
    assert made.outward.why == {"F-1": "order_number"}


def test_a_sound_invoice_is_not_verified() -> None:
    case = facts(owed(days=-9), invoice("F-9", "0.00"))
    assert decided(case).silent == "nothing is due"


def test_credits_are_netted() -> None:
    credit = PaymentFacts(
        id="C1",
        invoice_number=None,
        received_on=TODAY,
        currency="GBP",
        amount=Decimal("1000.00"),
        reference="Credit note C1",
    )
    made = decided(facts(owed(), payments=(credit,)))
    assert made.outward is None
    assert made.lines[0].why == "credits and payments cover what is open"


def test_the_bank_shows_the_money() -> None:
    made = decided(facts(owed()), Around(seen={"F-1": Decimal("1000.00")}))
    assert made.lines[0].why == "the bank shows the money"
    part = decided(facts(owed()), Around(seen={"F-1": Decimal("400.00")}))
    assert part.outward is not None
    assert part.lines[0].asked == Decimal("600.00")


def _obstacles() -> dict[str, tuple[dict[str, Any], str]]:
    number, today = ("F-1",), TODAY
    promise = PromiseFacts(
        invoices=number, due=today - timedelta(days=3), wait_until=today, amount=None, status=PromiseStatus.OPEN
    )
    plan = PlanFacts(invoices=number, total=Decimal(9), currency="GBP", status=PlanStatus.AGREED)
    return {
        "promise": ({"promises": (promise,)}, "payment is promised for"),
        "promise of all": ({"promises": (promise.model_copy(update={"invoices": ()}),)}, "payment is promised for"),
        "plan": ({"plans": (plan,)}, "it is in a payment plan"),
        "check": (
            {"checks": (CheckFacts(invoices=number, outcome="not_found", status="open"),)},
            "the money is looked for",
        ),
        "resubmission": (
            {"resubmissions": (ResubmissionFacts(invoice_number="F-1", kind="copy", status=ResubmissionStatus.OPEN),)},
            "it was sent again",
        ),
        "portal": (
            {"portal_items": (PortalFacts(invoice_number="F-1", portal=Portal.COUPA, status=PortalStatus.SUBMITTED),)},
            "through the customer's portal",
        ),
        "dispute": (
            {"disputes": (DisputeFacts(invoice_number="F-1", kind="pricing", amount=None, status=DisputeStatus.OPEN),)},
            "it is contested",
        ),
    }


@pytest.mark.parametrize("what", list(_obstacles()))
def test_what_stands_against_one_invoice_leaves_the_others(what: str) -> None:
    fields, why = _obstacles()[what]
    others = () if what == "promise of all" else (owed("F-2"),)
    made = decided(facts(owed(), *others, **fields))
    assert (made.outward.invoices if made.outward is not None else ()) == tuple(i.number for i in others)
    assert why in made.lines[0].why


@pytest.mark.parametrize(("days", "rests"), [(-1, False), (0, True), (4, True)])
def test_a_pause_of_an_invoice_holds_to_its_last_day(days: int, rests: bool) -> None:
    made = decided(facts(owed(held_until=TODAY + timedelta(days=days))))
    assert (made.outward is None) is rests


_STOPS: dict[str, tuple[dict[str, Any], dict[str, Any], str]] = {
    "stopped": ({}, {}, "all writing"),
    "mail": ({}, {"unanswered": (7,)}, "message 7"),
    "proposal": ({}, {"proposals": (8,)}, "item 8"),
    "waking": ({}, {"wakings": (9,)}, "waking 9"),
    "pause": ({}, {"paused_until": date.max}, "until somebody resumes it"),
    "letter": ({}, {"by_other_ways": True}, "a letter, a call or a text"),
    "agency": ({}, {"last_resorts": frozenset({"hand_off"})}, "hand off"),
    "reply": ({}, {"replied_on": TODAY - timedelta(days=6)}, "the customer wrote on"),
    "gap": ({}, {"written_on": TODAY - timedelta(days=2)}, "we wrote on"),
    "matter": ({"escalations": (EscalationFacts(id=1, reason="refusal", role="manager"),)}, {}, "a person's hands"),
    "contact": ({"contacts": ()}, {}, "no contact can be written to"),
    "plan offered": (
        {"plans": (PlanFacts(invoices=("F-9",), total=Decimal(9), currency="GBP", status=PlanStatus.PROPOSED),)},
        {},
        "not answered yet",
    ),
}


@pytest.mark.parametrize("what", list(_STOPS))
def test_what_stops_everything(what: str) -> None:
    fields, beside, why = _STOPS[what]
    case = facts(owed(), **fields)
    if what == "stopped":
        assert case.customer is not None
        case = case.model_copy(update={"customer": case.customer.model_copy(update={"stopped": True})})
    made = decided(case, Around(**beside))
    assert made.outward is None
    assert why in made.silent


def test_old_debts_are_for_a_lawyer() -> None:
    made = decided(facts(owed(days=365 * 4)))
    assert made.outward is None
    assert "a legal review comes first" in made.lines[0].why


def test_a_closed_window_keeps_no_internal_step_back() -> None:
    steps = tuple(
        taken(step, "F-1", days=days, number=days)
        for step, days in ((OutreachStep.OVERDUE, 30), (OutreachStep.STILL_OPEN, 10))
    )
    made = decided(facts(owed(days=31)), Around(steps=steps), closed="the window is closed")
    assert made.outward is None
    assert made.internal is not None
    assert made.internal.step is OutreachStep.REVIEW


# --- cadences ------------------------------------------------------------------------------------------------------


def cadence(*steps: tuple[str, int], **more: Any) -> dict[str, Any]:
    return {"name": "mine", "steps": [{"step": step, "day": day} for step, day in steps], **more}


FAULTS: list[tuple[dict[str, Any], str]] = [
    (cadence(("firmer", 10)), "firmer: needs overdue before it"),
    (cadence(("overdue", 5), ("final_notice", 30)), "final_notice: needs a firm step before it"),
    (cadence(("overdue", 5), ("final_notice", 20), ("firmer", 30)), "firmer: stands after final_notice"),
    (cadence(("overdue", 5), ("firmer", 20), ("final_notice", 24)), "comes less than 7 days after the last firm step"),
    (cadence(("overdue", 5), ("firmer", 7)), "is less than gap_days (3) after overdue"),
    (cadence(("before_due", 2)), "is not before the due date"),
    (cadence(("overdue", -1)), "nobody is reminded before it"),
    (cadence(("due_today", 1)), "is for day 0"),
    (cadence(("overdue", 5), ("overdue", 9)), "overdue: stands twice"),
    (cadence(("overdue", 5), ("hand_off", 40)), "hand_off: needs final_notice before it"),
    (
        cadence(("overdue", 5), ("firmer", 10), ("final_notice", 20), ("hand_off", 24)),
        "within its own deadline",
    ),
    (cadence(("shout", 5)), "step 1: step: Input should be 'verify', 'before_due'"),
    (cadence(("overdue", 900)), "step 1: day: Input should be less than or equal to 365"),
    (cadence(("overdue", 5), tiers=["key"]), "it must fit everybody"),
    (cadence(("overdue", 5), colour="red"), "colour: Extra inputs are not permitted"),
]


@pytest.mark.parametrize(("raw", "told"), FAULTS, ids=[told for _, told in FAULTS])
def test_a_faulty_cadence_is_refused_in_words(raw: dict[str, Any], told: str, tmp_path: Any) -> None:
    steps = ", ".join(f'{{ step = "{one["step"]}", day = {one["day"]} }}' for one in raw["steps"])
    more = "".join(f"{key} = {value!r}\n" for key, value in raw.items() if key not in ("name", "steps"))
    path = tmp_path / "mine.toml"
    path.write_text(f'[[cadence]]\nname = "{raw["name"]}"\n{more}steps = [{steps}]\n')
    with pytest.raises(CadenceFault) as fault:
        read_cadences(path)
    assert told in str(fault.value)
    assert "'mine'" in str(fault.value) or "mine: " in str(fault.value)
    assert str(path) in str(fault.value)


@pytest.mark.parametrize("text", ["[[cadence", "", "cadence = 3"])
def test_a_file_that_is_none_is_refused(text: str, tmp_path: Any) -> None:
    (tmp_path / "mine.toml").write_text(text)
    with pytest.raises(CadenceFault, match=r"mine\.toml"):
        read_cadences(tmp_path / "mine.toml")
    with pytest.raises(CadenceFault, match="cannot be read"):
        read_cadences(tmp_path / "none.toml")


def test_the_cadences_that_come_along_are_sound_and_fit() -> None:
    table = read_cadences()
    paid = [invoice(f"P-{n}", "0.00", amount=Decimal(100)) for n in range(3)]
    came = tuple(
        PaymentFacts(
            id=f"P{n}",
            invoice_number=f"P-{n}",
            received_on=TODAY - timedelta(days=41),
            currency="GBP",
            amount=Decimal(100),
            reference="",
        )
        for n in range(3)
    )
    reliable = facts(owed(), *paid, payments=came)
    assert history_of(reliable) is History.RELIABLE
    assert cadence_for(table, reliable).name == "reliable payers"
    assert cadence_for(table, facts(owed(balance="90.00"))).name == "small sums"
    assert cadence_for(table, facts(owed())).name == "everybody else"
    key = facts(owed())
    assert key.customer is not None
    key = key.model_copy(update={"customer": key.customer.model_copy(update={"tier": "key"})})
    assert cadence_for(table, key).name == "key customers"
    broken = PromiseFacts(invoices=(), due=TODAY, amount=None, status=PromiseStatus.BROKEN)
    assert history_of(reliable.model_copy(update={"promises": (broken,)})) is History.LATE

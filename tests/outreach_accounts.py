"""Accounts for tests of what is written first: single ones, and any that could be (hypothesis). No database."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

from outreach.cadence import read_cadences
from outreach.deciding import Decision, Rules, decide
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
from tools.remind_ground import INTERNAL

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
        credits_taken={"GBP": Decimal("20.00")} if draw(rare) else {},
        steps=tuple(steps),
        last_resorts=frozenset(k.value for k in LastResort if draw(rare)),
        by_other_ways=draw(rare),
    )


def woken(
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

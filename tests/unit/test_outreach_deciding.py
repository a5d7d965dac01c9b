"""What is written first, to whom, about what: single accounts."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from store.aftermath import (
    DisputeStatus,
    PlanStatus,
    Portal,
    PortalStatus,
    PromiseStatus,
    ResubmissionStatus,
)
from store.facts import (
    CheckFacts,
    DisputeFacts,
    EscalationFacts,
    PaymentFacts,
    PlanFacts,
    PortalFacts,
    PromiseFacts,
    ResubmissionFacts,
)
from store.outreach_around import Around
from store.outreach_words import OutreachStep
from tests.cases import TODAY, facts, invoice
from tests.outreach_accounts import decided, owed, taken


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

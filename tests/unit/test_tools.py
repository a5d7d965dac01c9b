from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from store.facts import CaseFacts, PlanFacts
from store.vocabulary import ContactStatus, Reason
from tests.cases import TODAY, ask, claim, facts, invoice
from tools.base import NotAllowed
from tools.escalate_to_human import EscalateToHuman, EscalateToHumanArguments, Role, Urgency
from tools.limits import PlanLimits, Policy
from tools.open_dispute import OpenDispute
from tools.plan_arguments import ProposePaymentPlanArguments
from tools.propose_payment_plan import ProposePaymentPlan
from tools.record_promise import RecordPromise
from tools.registry import tools
from tools.resubmit_invoice import ResubmitInvoice
from tools.update_contact import UpdateContact

PLAN = ProposePaymentPlan()


@given(
    balance=st.decimals(min_value="0.01", max_value="9999999.99", places=2),
    wanted=st.one_of(st.none(), st.integers(-3, 60)),
    days=st.one_of(st.none(), st.integers(-400, 400)),
    limits=st.builds(
        PlanLimits,
        max_instalments=st.integers(2, 24),
        min_instalment=st.decimals(min_value="0.01", max_value="5000", places=2),
        min_instalment_share=st.decimals(min_value="0.01", max_value="0.5", places=2),
        first_due_days=st.integers(1, 30),
        last_due_days=st.integers(60, 730),
    ),
)
def test_every_plan_that_is_proposed_keeps_every_limit(
    balance: Decimal, wanted: int | None, days: int | None, limits: PlanLimits
) -> None:
    date = TODAY + timedelta(days=days) if days is not None else None
    asked = ask(
        claim(Reason.PLAN_REQUEST, instalments=wanted, date=date),
        case=facts(invoice(balance=str(balance))),
        policy=Policy(plan=limits),
    )
    if PLAN.refusal(asked) is not None:
        with pytest.raises(NotAllowed):
            PLAN.fill(asked)
        return
    plan = PLAN.fill(asked)
    PLAN.check(plan, asked)
    amounts = [part.amount for part in plan.instalments]
    assert sum(amounts) == balance
    assert max(amounts) - min(amounts) <= Decimal("0.01")
    assert all(amount == amount.quantize(Decimal("0.01")) for amount in amounts)
    assert 2 <= len(amounts) <= limits.max_instalments


def _plan(case: CaseFacts | None = None) -> ProposePaymentPlanArguments:
    return PLAN.fill(ask(claim(Reason.PLAN_REQUEST, instalments=3), case=case))


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"total": Decimal("1799.99")}, "add up"),
        ({"invoices": ("F-9999",)}, "may not"),
        ({"last": TODAY + timedelta(days=91)}, "last instalment is later"),
        ({"first": TODAY}, "not in the future"),
        ({"first": TODAY + timedelta(days=15)}, "first instalment is later"),
    ],
)
def test_a_plan_that_somebody_bent_is_refused(change: dict[str, object], fault: str) -> None:
    plan = _plan()
    parts = list(plan.instalments)
    if "last" in change:
        parts[-1] = parts[-1].model_copy(update={"due": change.pop("last")})
    if "first" in change:
        parts[0] = parts[0].model_copy(update={"due": change.pop("first")})
    bent = plan.model_copy(update={**change, "instalments": tuple(parts)})
    with pytest.raises(NotAllowed, match=fault):
        PLAN.check(bent, ask(claim(Reason.PLAN_REQUEST)))


def test_no_second_plan_and_none_over_what_is_disputed() -> None:
    running = PlanFacts(invoices=("F-5501",), total=Decimal(1), currency="GBP", status="agreed")
    for plan in (running, running.model_copy(update={"status": "broken"})):
        assert PLAN.refusal(ask(claim(Reason.HARDSHIP), case=facts(plans=(plan,))))
    disputed = facts(invoice(disputed=Decimal("10.00")))
    assert PLAN.refusal(ask(claim(Reason.HARDSHIP), case=disputed)) == "no open invoice of this customer is meant"


def test_a_promise_holds_what_the_customer_said_and_nothing_else() -> None:
    due = TODAY + timedelta(days=3)
    asked = ask(claim(Reason.PROMISE_TO_PAY, date=due, amount=Decimal("500.00")))
    promise = RecordPromise().fill(asked)
    assert (promise.due, promise.amount, promise.invoices) == (due, Decimal("500.00"), ("F-5501",))
    assert promise.hold_until == Policy().keeping_days().last_day(due)
    with pytest.raises(NotAllowed):
        RecordPromise().check(promise.model_copy(update={"due": due + timedelta(days=20)}), asked)


@pytest.mark.parametrize(
    ("slots", "why"),
    [
        ({}, "names no date"),
        ({"date": TODAY - timedelta(days=1)}, "already past"),
        ({"date": TODAY + timedelta(days=61)}, "more than 60 days"),
    ],
)
def test_a_promise_without_a_usable_date_goes_to_a_person(slots: dict[str, Any], why: str) -> None:
    assert why in (RecordPromise().refusal(ask(claim(Reason.PROMISE_TO_PAY, **slots))) or "")


def test_a_promised_amount_above_what_is_open_is_not_taken_over() -> None:
    asked = ask(claim(Reason.PROMISE_TO_PAY, date=TODAY, amount=Decimal("999999.00")))
    assert RecordPromise().fill(asked).amount is None


def test_a_dispute_contests_the_part_that_was_named() -> None:
    part = OpenDispute().fill(ask(claim(Reason.DISPUTE, amount=Decimal("672.00"), dispute_kind="quantity")))
    assert (part.amount, part.kind) == (Decimal("672.00"), "quantity")
    whole = OpenDispute().fill(ask(claim(Reason.DISPUTE, amount=Decimal("99999.00"))))
    assert whole.amount is None


def test_an_invoice_goes_again_only_to_a_verified_contact_and_with_the_customers_own_number() -> None:
    tool = ResubmitInvoice()
    assert tool.refusal(ask(claim(Reason.PO_MISMATCH))) == "the customer does not name the right order number"
    asked = ask(claim(Reason.PO_MISMATCH, po_number="HF-9"))
    arguments = tool.fill(asked)
    assert tool.attachments(arguments) == (), "the stored PDF carries the wrong number"
    for bent in ({"contact_id": 7}, {"po_number": "EVIL-1"}, {"invoices": ("F-9999",)}):
        with pytest.raises(NotAllowed):
            tool.check(arguments.model_copy(update=bent), asked)
    unverified = facts().contacts[0].model_copy(update={"status": ContactStatus.TO_VERIFY})
    assert tool.refusal(ask(claim(Reason.INVOICE_MISSING), case=facts(contacts=(unverified,))))
    no_pdf = facts(invoice(document_sha256=None))
    assert tool.refusal(ask(claim(Reason.INVOICE_MISSING), case=no_pdf)) == "the PDF of the invoice is not in the store"


def test_a_new_contact_is_the_one_in_the_mail() -> None:
    asked = ask(claim(Reason.WRONG_CONTACT, contact_email="new@bracken.example", contact_name="Bo"))
    arguments = UpdateContact().fill(asked)
    with pytest.raises(NotAllowed):
        UpdateContact().check(arguments.model_copy(update={"email": "evil@else.example"}), asked)
    with pytest.raises(NotAllowed):
        UpdateContact().fill(ask(claim(Reason.WRONG_CONTACT, contact_email="not an address")))


@pytest.mark.parametrize("reason", list(Reason))
def test_a_person_can_always_be_asked(reason: Reason) -> None:
    tool = EscalateToHuman()
    asked = ask(claim(reason))
    tool.check(tool.fill(asked), asked)


def test_an_urgent_matter_cannot_be_made_less_urgent() -> None:
    tool = EscalateToHuman()
    asked = ask(claim(Reason.PAYMENT_FRAUD_RISK))
    arguments: EscalateToHumanArguments = tool.fill(asked)
    assert (arguments.role, arguments.urgency) == (Role.SECURITY, Urgency.TODAY)
    for bent in ({"urgency": Urgency.SOON}, {"role": Role.COLLECTOR}, {"reason": Reason.UNRELATED}):
        with pytest.raises(NotAllowed):
            tool.check(arguments.model_copy(update=bent), asked)


@pytest.mark.parametrize("name", list(tools()))
def test_every_tool_tells_the_model_what_it_is(name: str) -> None:
    assert len((type(tools()[name]).__doc__ or "").split()) >= 6
    assert tools()[name].reasons or name in ("follow_up", "remind"), "no reply is ever answered by a follow-up"

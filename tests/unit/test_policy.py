from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.policy import ESCALATE, HARD_STOPS, HOLD, SILENT, STOP, allowed_tools, hard_stop, in_precedence
from agent.tone import tone_for
from store.facts import CaseFacts, PromiseFacts
from store.vocabulary import IdentityLevel, Reason, Register
from tests.cases import TODAY, claim, facts, invoice
from tools.limits import Policy

reasons = st.sampled_from(list(Reason))


def allowed(reason: Reason, case: CaseFacts, *others: Reason, **slots: Any) -> tuple[str, ...]:
    first = claim(reason, **slots)
    return allowed_tools(first, claims=[first, *(claim(other) for other in others)], facts=case, policy=Policy()).tools


@given(reason=reasons, identity=st.sampled_from([IdentityLevel.C, IdentityLevel.D]))
def test_nobody_unproven_sets_anything_in_motion(reason: Reason, identity: IdentityLevel) -> None:
    slots = {"date": TODAY, "po_number": "1", "contact_email": "x@y.example", "instalments": 3}
    assert set(allowed(reason, facts(identity=identity), **slots)) <= {ESCALATE, SILENT}


@given(reason=reasons, stop=st.sampled_from(sorted(HARD_STOPS)))
def test_a_hard_stop_leaves_only_a_person_and_the_stop_itself(reason: Reason, stop: Reason) -> None:
    got = allowed(reason, facts(), stop, date=TODAY, po_number="1", contact_email="x@y.example", topic="balance")
    stops = reason in {Reason.STOP_CONTACT, Reason.LEGAL_THREAT, Reason.INSOLVENCY}
    fraud = Reason.PAYMENT_FRAUD_RISK in (reason, stop)
    assert got == ((STOP, ESCALATE) if stops and not fraud else (ESCALATE,))


@pytest.mark.parametrize("reason", [Reason.STOP_CONTACT, Reason.LEGAL_THREAT, Reason.INSOLVENCY])
def test_writing_is_stopped_without_asking_only_where_it_is_sure(reason: Reason) -> None:
    sure = claim(reason)
    for unsure, case in (
        (sure.model_copy(update={"confidence": 0.3}), facts()),
        (sure, facts(identity=IdentityLevel.C)),
        (sure, facts(customer=_stopped())),
    ):
        assert allowed_tools(unsure, claims=[unsure], facts=case, policy=Policy()).tools == (ESCALATE,)


def _stopped() -> object:
    customer = facts().customer
    assert customer is not None
    return customer.model_copy(update={"stopped": True})


@given(reason=reasons)
def test_with_a_customer_a_person_can_always_decide(reason: Reason) -> None:
    assert ESCALATE in allowed(reason, facts())


@given(reason=reasons)
def test_to_a_stopped_customer_nothing_is_started(reason: Reason) -> None:
    case = facts()
    assert case.customer is not None
    stopped = facts(customer=case.customer.model_copy(update={"stopped": True}))
    assert set(allowed(reason, stopped, date=TODAY, po_number="1")) <= {ESCALATE, SILENT}


@given(reason=reasons, confidence=st.floats(0, 1), limit=st.floats(0, 1))
def test_what_is_read_below_its_own_limit_starts_nothing(reason: Reason, confidence: float, limit: float) -> None:
    unsure = claim(reason, date=TODAY + timedelta(days=2), po_number="77").model_copy(update={"confidence": confidence})
    policy = Policy(min_confidence=0, min_confidence_of={reason: limit})
    tools = set(allowed_tools(unsure, claims=[unsure], facts=facts(), policy=policy).tools)
    assert confidence >= limit or tools <= {ESCALATE, SILENT}


def test_reasons_that_are_easily_mistaken_have_a_higher_limit() -> None:
    policy = Policy(min_confidence=0.4)
    assert policy.sure_from(Reason.QUESTION) == 0.4
    assert policy.sure_from(Reason.ALREADY_PAID) == 0.6


@given(reason=reasons)
def test_mail_of_nobody_starts_nothing(reason: Reason) -> None:
    nobody = facts(customer=None, contacts=(), identity=IdentityLevel.C)
    assert set(allowed(reason, nobody)) <= {SILENT}


@pytest.mark.parametrize(
    ("reason", "slots", "first"),
    [
        (Reason.PROMISE_TO_PAY, {"date": TODAY + timedelta(days=2)}, "record_promise"),
        (Reason.PROMISE_TO_PAY, {}, "ask_back"),
        (Reason.PO_MISMATCH, {}, "ask_back"),
        (Reason.UNCLEAR, {}, "ask_back"),
        (Reason.PAYMENT_IN_PROCESS, {}, HOLD),
        (Reason.PAYMENT_IN_PROCESS, {"topic": "how_to_pay"}, "answer_question"),
        (Reason.AWAITING_APPROVAL, {}, HOLD),
        (Reason.QUESTION, {"topic": "balance"}, "answer_question"),
        (Reason.STOP_CONTACT, {}, STOP),
        (Reason.PO_MISMATCH, {"po_number": "77"}, "resubmit_invoice"),
        (Reason.INVOICE_MISSING, {}, "resubmit_invoice"),
        (Reason.HARDSHIP, {}, "propose_payment_plan"),
        (Reason.DISPUTE, {}, "open_dispute"),
        (Reason.DEDUCTION, {}, "open_dispute"),
        (Reason.WRONG_CONTACT, {"contact_email": "a@b.example"}, "update_contact"),
        (Reason.ACKNOWLEDGEMENT, {}, SILENT),
        (Reason.UNRELATED, {}, SILENT),
        (Reason.QUESTION, {}, ESCALATE),
        (Reason.ALREADY_PAID, {}, "check_payment"),
    ],
)
def test_the_usual_tool_stands_first(reason: Reason, slots: dict[str, Any], first: str) -> None:
    assert allowed(reason, facts(), **slots)[0] == first


def test_a_noted_about_an_invoice_pauses_and_a_mere_thank_you_does_not() -> None:
    assert allowed(Reason.ACKNOWLEDGEMENT, facts(mentioned=("F-5501",))) == (HOLD, SILENT, ESCALATE)
    assert allowed(Reason.ACKNOWLEDGEMENT, facts()) == (SILENT, ESCALATE)
    assert allowed(Reason.AUTO_REPLY, facts(mentioned=("F-5501",)), date=TODAY) == (HOLD, SILENT, ESCALATE)
    assert allowed(Reason.AUTO_REPLY, facts(mentioned=("F-5501",))) == (SILENT, ESCALATE)


def test_precedence_puts_danger_first_and_keeps_the_mails_order() -> None:
    claims = [claim(r) for r in (Reason.QUESTION, Reason.DISPUTE, Reason.PROMISE_TO_PAY, Reason.INSOLVENCY)]
    assert in_precedence(claims) == [3, 1, 0, 2]
    assert hard_stop(claims) is Reason.INSOLVENCY
    assert hard_stop(claims[:3]) is None


@given(
    broken=st.integers(0, 4),
    kept=st.integers(0, 4),
    days=st.integers(0, 400),
    tier=st.sampled_from(["key", "standard", "small"]),
    others=st.lists(reasons, max_size=3),
)
def test_hardship_only_softens(broken: int, kept: int, days: int, tier: str, others: list[Reason]) -> None:
    history = tuple(
        PromiseFacts(invoices=("F-5501",), due=TODAY, amount=None, status=status)
        for status in ["broken"] * broken + ["kept"] * kept
    )
    case = facts(invoice(due_date=TODAY - timedelta(days=days)), promises=history)
    assert case.customer is not None
    case = case.model_copy(update={"customer": case.customer.model_copy(update={"tier": tier})})
    tone = tone_for([claim(Reason.HARDSHIP), *(claim(r) for r in others)], case)
    assert tone.register_ is Register.WARM
    assert tone.reasons

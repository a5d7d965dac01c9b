"""Limits of the policy that `evals.mutants` found no other test to hold: each name says what would go wrong."""

from __future__ import annotations

import time as clock
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from agent.policy import ESCALATE, HOLD, PLAN, SILENT, STOP, Allowed, allowed_tools, ask_for, choice_is_real
from store.aftermath import PlanStance
from store.facts import CaseFacts, PlanFacts
from store.proposed import Claim
from store.vocabulary import IdentityLevel, Reason
from tests.cases import NOW, TODAY, claim, facts, invoice
from tools.approval import Approver, level_for, limits_of
from tools.autonomy import Autonomy, Band, Cell, Record, why_a_person
from tools.limits import PlanLimits, Policy
from tools.windows import ContactRules, NoMoment, Written, may_write, next_moment

TWO = facts(invoice(), invoice("F-5502", "320.25"))
HARMLESS = (Reason.UNRELATED, Reason.AUTO_REPLY, Reason.ACKNOWLEDGEMENT)


def judged(said: Claim, case: CaseFacts, *others: Claim, policy: Policy | None = None) -> Allowed:
    return allowed_tools(said, claims=[said, *others], facts=case, policy=policy or Policy())


def stopped() -> CaseFacts:
    customer = facts().customer
    assert customer is not None
    return facts(customer=customer.model_copy(update={"stopped": True}))


# --- which tools (agent/policy.py)


@pytest.mark.parametrize(
    ("case", "sure", "why"),
    [
        (facts(customer=None, contacts=()), 0.9, "the mail belongs to no customer yet"),
        (facts(identity=IdentityLevel.C), 0.9, "the sender is not surely the customer"),
        (facts(identity=IdentityLevel.D), 0.9, "the sender is not surely the customer"),
        (facts(), 0.1, "the reading is not sure enough"),
        (stopped(), 0.9, "all writing to this customer is stopped"),
    ],
)
def test_every_tool_that_is_refused_says_why(case: CaseFacts, sure: float, why: str) -> None:
    said = claim(Reason.PROMISE_TO_PAY, date=TODAY + timedelta(days=2)).model_copy(update={"confidence": sure})
    got = judged(said, case)
    assert got.refused["record_promise"] == why
    assert ESCALATE not in got.refused or case.customer is None
    assert SILENT not in got.tools
    quiet = judged(claim(Reason.UNRELATED).model_copy(update={"confidence": sure}), case)
    assert quiet.tools == ((SILENT,) if case.customer is None else (SILENT, ESCALATE)), "such mail needs no trust"


def test_a_hard_stop_is_named_where_a_tool_is_refused_for_it() -> None:
    got = judged(claim(Reason.DISPUTE), facts(), claim(Reason.INSOLVENCY))
    assert got.refused["open_dispute"] == "insolvency stops everything else"
    assert got.tools == (ESCALATE,)


def test_a_reading_that_is_just_sure_enough_counts() -> None:
    policy = Policy(min_confidence=0.5, min_confidence_of={})
    for reason, tool in ((Reason.HARDSHIP, PLAN), (Reason.STOP_CONTACT, STOP)):
        said = claim(reason).model_copy(update={"confidence": policy.sure_from(reason)})
        assert judged(said, facts(), policy=policy).tools[0] == tool


def test_an_answer_to_the_plan_is_a_matter_of_the_plan_or_of_a_person() -> None:
    plan = PlanFacts(invoices=("F-5501",), total=Decimal("1800.00"), currency="GBP", status="proposed", id=1)
    said = claim(Reason.PROMISE_TO_PAY, date=TODAY + timedelta(days=2), stance=PlanStance.AGREES)
    got = judged(said, facts(plans=(plan,)))
    assert got.refused["record_promise"] == "the customer answers the plan on the table"
    assert ESCALATE in got.tools
    assert set(got.tools) <= {PLAN, ESCALATE}
    assert got.refused.get(PLAN, "") != "the customer answers the plan on the table"


def test_mail_that_asks_for_nothing_pauses_or_is_left_and_all_else_ends_with_a_person() -> None:
    noted = facts(mentioned=("F-5501",))
    assert judged(claim(Reason.ACKNOWLEDGEMENT), noted).tools == (HOLD, SILENT, ESCALATE)
    for reason in Reason:
        names = judged(claim(reason, date=TODAY, po_number="1", contact_email="x@y.example"), facts()).tools
        assert ESCALATE in names
        assert names[-1] == ESCALATE, reason
        assert SILENT not in names or reason in HARMLESS


def test_a_claim_never_takes_an_invoice_that_another_claim_names() -> None:
    first, second = claim(Reason.HARDSHIP), claim(Reason.DISPUTE, invoices=("F-5502",))
    asked = ask_for([first], claims=[first, second], facts=TWO, policy=Policy())
    assert asked.taken == {"F-5502"}
    assert [i.number for i in asked.invoices] == ["F-5501"]
    assert ask_for([second], claims=[first, second], facts=TWO, policy=Policy()).taken == frozenset()


# --- when a model is asked to choose


def real(tools: tuple[str, ...], said: Claim, *others: Claim, case: CaseFacts | None = None) -> bool:
    return choice_is_real(
        Allowed(tools, {}), said, claims=[said, *others], facts=case or facts(), policy=Policy(min_confidence=0.1)
    )


def test_a_model_is_asked_only_where_a_person_would_hesitate() -> None:
    said = claim(Reason.HARDSHIP)
    assert not real((), said)
    assert not real((ESCALATE,), said, claim(Reason.QUESTION))
    assert not real((PLAN, "ask_back", SILENT), said)
    assert real((PLAN, "ask_back"), said)
    assert real((PLAN, "ask_back", ESCALATE), said)
    assert not real((PLAN, ESCALATE), said)
    assert real((PLAN, ESCALATE), said, claim(Reason.QUESTION))


@pytest.mark.parametrize(("sure", "asked"), [(0.79, True), (0.8, False), (0.81, False)])
def test_an_unsure_reading_is_a_choice(sure: float, asked: bool) -> None:
    assert real((PLAN, ESCALATE), claim(Reason.HARDSHIP).model_copy(update={"confidence": sure})) is asked


@pytest.mark.parametrize(("balance", "asked"), [("10000.00", False), ("10000.01", True)])
def test_a_balance_above_the_managers_limit_is_a_choice(balance: str, asked: bool) -> None:
    assert real((PLAN, ESCALATE), claim(Reason.HARDSHIP), case=facts(invoice(balance=balance))) is asked


def test_a_large_invoice_of_another_claim_is_no_choice_of_this_one() -> None:
    case = facts(invoice(), invoice("F-5502", "20000.00"))
    said = claim(Reason.HARDSHIP, invoices=("F-5501",))
    assert not real((PLAN, ESCALATE), said, case=case)


# --- who approves (tools/approval.py)


def test_the_limits_are_those_of_the_role_that_was_asked_about() -> None:
    assert [limits_of(role, Policy()).role for role in Approver] == list(Approver)


@pytest.mark.parametrize(
    ("reason", "asked", "why"),
    [
        (Reason.QUESTION, {"amount": "10000.01"}, ("the open balance is 10000.01",)),
        (Reason.PLAN_REQUEST, {"instalments": 4}, ("the plan has 4 instalments",)),
        (Reason.PLAN_REQUEST, {"instalments": 4, "last_due_days": 30}, ("the plan has 4 instalments",)),
        (Reason.PLAN_REQUEST, {"last_due_days": 91}, ("the last instalment is due in 91 days",)),
        (Reason.SETTLEMENT_OFFER, {"discount": "0.21"}, ("21% of the balance would be given away",)),
        (Reason.STOP_CONTACT, {}, ("stop contact goes to manager",)),
        (
            Reason.LEGAL_THREAT,
            {"amount": "10000.01"},
            ("legal threat goes to legal", "the open balance is 10000.01"),
        ),
        (Reason.QUESTION, {}, ()),
    ],
)
def test_the_level_says_what_raised_it_and_nothing_else(
    reason: Reason, asked: dict[str, str | int], why: tuple[str, ...]
) -> None:
    values = {k: Decimal(v) if isinstance(v, str) else v for k, v in ({"amount": "100"} | asked).items()}
    assert level_for(Policy(), reason=reason, **values).why == why  # type: ignore[arg-type]


def test_a_limit_that_is_stated_low_is_lifted_to_that_of_the_role_below() -> None:
    policy = Policy(plan=PlanLimits(max_instalments=10, last_due_days=300), manager_above=Decimal("200000"))
    manager, controller = limits_of(Approver.MANAGER, policy), limits_of(Approver.CONTROLLER, policy)
    assert (manager.instalments, manager.last_due_days, manager.decides_up_to) == (10, 300, Decimal("200000"))
    assert (controller.instalments, controller.last_due_days) == (12, 300)


# --- what could be automatic (tools/autonomy.py)


def test_the_bands_end_where_the_table_says() -> None:
    table = Autonomy()
    amounts = ("1000.00", "1000.01", "10000.00", "10000.01")
    assert [table.band(Decimal(a)) for a in amounts] == [Band.SMALL, Band.MEDIUM, Band.MEDIUM, Band.LARGE]


@pytest.mark.parametrize(("status", "free"), [("kept", True), ("agreed", False), ("proposed", False)])
def test_only_a_plan_that_was_paid_in_full_leaves_an_answer_automatic(status: str, free: bool) -> None:
    table = Autonomy(open=(Cell(reason=Reason.INVOICE_MISSING, band=Band.MEDIUM, tier="standard"),))
    plan = PlanFacts(invoices=("F-5501",), total=Decimal(1), currency="GBP", status=status)
    why = why_a_person(
        reasons=[Reason.INVOICE_MISSING],
        amount=Decimal("10000.00"),
        case=facts(plans=(plan,)),
        template=True,
        ways=(),
        record=Record(decided=100, unedited=98),
        table=table,
    )
    assert why == (None if free else "there is a payment plan")


def test_an_invoice_due_today_is_among_those_a_claim_is_about() -> None:
    case = facts(invoice(due_date=date(2026, 4, 14)), invoice("F-5502", due_date=date(2026, 4, 15)))
    said = claim(Reason.HARDSHIP)
    assert [i.number for i in ask_for([said], claims=[said], facts=case, policy=Policy()).invoices] == ["F-5501"]


# --- when (tools/windows.py)


@pytest.fixture
def server_in_denver(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("TZ", "America/Denver")
    clock.tzset()
    yield
    monkeypatch.undo()
    clock.tzset()


@pytest.mark.usefixtures("server_in_denver")
@pytest.mark.parametrize("now", [datetime(2026, 4, 14, 9, 30, tzinfo=UTC), datetime(2026, 4, 14, 20, tzinfo=UTC)])
def test_moments_are_told_in_utc_wherever_the_server_stands(now: datetime) -> None:
    assert next_moment(now, "Europe/London", ContactRules()).utcoffset() == timedelta(0)


@pytest.mark.parametrize(("zone", "told"), [(None, "zone (none) is"), ("Mars/Olympus", "zone Mars/Olympus is")])
def test_a_zone_that_is_not_known_is_named(zone: str | None, told: str) -> None:
    with pytest.raises(NoMoment) as said:
        next_moment(NOW, zone, ContactRules())
    assert told in str(said.value)


def test_an_answer_is_one_only_where_it_is_called_so() -> None:
    pause = may_write([Written(at=NOW - timedelta(hours=1), case_id=1)], NOW, ContactRules(), case_id=1)
    assert pause is not None
    assert pause.why == "1 mails of this case in 48 hours, 1 allowed"

"""R-APR and R-GND-08 at their edges, where `evals.mutants` found no other fixture that would have noticed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from agent.rules import approvals
from agent.rules.base import Approval, Outbound, Stage
from prompts.scope import Instalment, PlanTerms
from store.proposed import Finding
from store.vocabulary import Severity
from tests.cases import NOW, TODAY, facts, invoice
from tests.unit.rules.drafts import AT, approved, leaving, letter
from tools.approval import Approver
from tools.limits import Policy

LARGE = facts(invoice(balance="10000.01"))
HUGE = facts(invoice(balance="100000.01"))


def told(found: Iterable[Finding]) -> list[tuple[str, Severity, str]]:
    return [(f.rule, f.severity, f.text) for f in found]


def may(out: Outbound) -> list[tuple[str, Severity, str]]:
    return told(approvals.approver_may(out))


def finding(severity: Severity, text: str) -> Finding:
    return Finding(rule="R-X", severity=severity, text=text)


# --- who must approve


def planned(*due: int, **limits: int) -> Outbound:
    """A letter with a plan whose instalments are due in so many days, under these limits."""
    plan = Policy().plan.model_copy(update=limits)
    out = letter(policy=Policy().model_copy(update={"plan": plan}))
    parts = tuple(Instalment(due=TODAY + timedelta(days=day), amount=Decimal(1)) for day in due)
    return replace(out, scope=out.scope.model_copy(update={"plan": PlanTerms(instalments=parts, currency="GBP")}))


NONE = {"max_instalments": 0, "last_due_days": 0}


def test_a_plan_counts_by_its_instalments_and_by_its_last_day() -> None:
    plan = Policy().plan
    many = approvals.level_of(planned(*[1] * (plan.max_instalments + 1)))
    assert (many.role, many.why) == (Approver.MANAGER, (f"the plan has {plan.max_instalments + 1} instalments",))
    late = approvals.level_of(planned(plan.last_due_days + 1, 2))
    assert late.role is Approver.MANAGER
    assert late.why == (f"the last instalment is due in {plan.last_due_days + 1} days",)
    assert approvals.level_of(planned(plan.last_due_days)).role is Approver.COLLECTOR


def test_where_there_is_no_plan_nothing_of_one_counts() -> None:
    out = replace(planned(**NONE), scope=letter().scope)
    assert approvals.level_of(out).role is Approver.COLLECTOR
    assert approvals.level_of(planned(**NONE)).role is Approver.COLLECTOR, "a plan of nothing"
    assert approvals.level_of(planned(-3, max_instalments=1, last_due_days=0)).role is Approver.COLLECTOR


def test_a_managers_finding_raises_the_level_and_others_do_not() -> None:
    found = (finding(Severity.MANAGER, "It ends in X."), finding(Severity.BLOCK, "No."), finding(Severity.WARN, "Hm."))
    level = approvals.level_of(replace(letter(), found=found))
    assert (level.role, level.why) == (Approver.MANAGER, ("It ends in X",))
    assert approvals.level_of(replace(letter(), found=found[1:])).role is Approver.COLLECTOR


def test_a_serious_flag_raises_the_level() -> None:
    level = approvals.level_of(approved(letter(), flags=("hidden_text:3", "bulk")))
    assert (level.role, level.why) == (Approver.MANAGER, ("the mail is marked hidden_text",))


def test_what_nobody_may_approve_stays_so_whatever_else_is_found() -> None:
    out = planned(*[1] * 999)
    text = "The policy lets nobody approve this: the plan has 999 instalments."
    for found in ((), (finding(Severity.MANAGER, "Also this."),)):
        asked = replace(approved(out, role=Approver.CONTROLLER), found=found)
        assert may(asked) == [("R-APR-01", Severity.BLOCK, text)]


@pytest.mark.parametrize(
    ("other", "actions", "amount"),
    [
        (invoice("F-5502", "320.25"), None, "1800.00"),
        (invoice("F-5502", "320.25"), [], "2120.25"),
        (invoice("F-5502", "5000.00", currency="EUR"), [], "5000.00"),
    ],
)
def test_the_open_amount_is_of_the_invoices_of_the_answer_else_of_the_account(
    other: object, actions: list[object] | None, amount: str
) -> None:
    out = letter(case=facts(invoice(), other), actions=actions)  # type: ignore[arg-type]
    assert approvals._open_amount(out) == Decimal(amount)


def test_where_nothing_is_open_the_amount_is_nothing() -> None:
    paid = facts(invoice(balance="0.00", amount="1800.00"))
    assert approvals._open_amount(letter(case=paid)) == Decimal(0)


# --- R-APR-01


def test_at_approval_somebody_is_named() -> None:
    asked = [("R-APR-01", Severity.BLOCK, "Nobody is named who approves.")]
    assert may(replace(letter(), stage=Stage.APPROVAL)) == asked
    assert may(letter()) == []


def test_who_has_too_little_power_is_told_why() -> None:
    text = (
        "A manager approves this, because the open balance is 10000.01; ada is a collector "
        "(roles stand under [roles] in dunwell.toml)."
    )
    assert may(approved(letter(case=LARGE))) == [("R-APR-01", Severity.BLOCK, text)]
    both = replace(approved(letter()), found=tuple(finding(Severity.MANAGER, f"{n}.") for n in ("One", "Two")))
    assert "because One and Two; ada is a collector" in may(both)[0][2]


@pytest.mark.parametrize(
    ("role", "first", "first_role", "told_why"),
    [
        (Approver.COLLECTOR, None, None, "A controller approves this, because the open balance is 100000.01;"),
        (Approver.MANAGER, None, None, None),
        (Approver.MANAGER, "ada", Approver.MANAGER, None),
        (Approver.MANAGER, "bob", Approver.CONTROLLER, None),
        (Approver.CONTROLLER, "bob", Approver.MANAGER, None),
        (
            Approver.MANAGER,
            "bob",
            Approver.MANAGER,
            "One of the two who approve is a controller, because the open balance is 100000.01.",
        ),
    ],
)
def test_of_two_who_approve_one_is_a_controller(
    role: Approver, first: str | None, first_role: Approver | None, told_why: str | None
) -> None:
    found = may(approved(letter(case=HUGE), role=role, first=first, first_role=first_role))
    assert len(found) == (told_why is not None)
    assert all(rule == "R-APR-01" and text.startswith(told_why or "") for rule, _, text in found)


def test_where_one_manager_is_enough_nobody_asks_for_a_controller() -> None:
    assert may(approved(letter(case=LARGE), role=Approver.MANAGER, first="bob", first_role=Approver.MANAGER)) == []


# --- R-APR-02


def test_without_an_approval_nothing_holds() -> None:
    assert told(approvals.approval_holds(letter())) == [("R-APR-02", Severity.BLOCK, "There is no approval.")]


HOURS = timedelta(hours=Policy().sending.approval_hours)


@pytest.mark.parametrize(("late", "holds"), [(timedelta(0), True), (timedelta(seconds=1), False)])
def test_an_approval_holds_to_the_second(late: timedelta, holds: bool) -> None:
    soon = approved(letter(), moment=NOW + HOURS + late)
    assert (not told(approvals.approval_holds(soon))) is holds
    out = leaving(letter())
    assert out.approval is not None
    old = replace(out, approval=replace(out.approval, at=AT - HOURS - late))
    assert (not told(approvals.approval_holds(old))) is holds


def test_where_nobody_knows_when_it_leaves_it_may_be_approved() -> None:
    out = replace(letter(), stage=Stage.APPROVAL, approval=Approval(actor="ada", role=Approver.COLLECTOR))
    assert told(approvals.approval_holds(out)) == []


# --- R-GND-08


def test_how_old_the_ledger_may_be_and_what_happens_then() -> None:
    most = timedelta(hours=Policy().sending.ledger_hours)
    stages = {Stage.APPROVAL: approved(letter()), Stage.SENDING: leaving(letter())}
    for stage, severity in ((Stage.APPROVAL, Severity.WARN), (Stage.SENDING, Severity.BLOCK)):
        out = stages[stage]
        assert told(approvals.fresh_ledger(replace(out, ledger_at=AT - most))) == []
        assert told(approvals.fresh_ledger(replace(out, ledger_at=None))) == []
        at = AT - most - timedelta(minutes=1)
        text = f"The ledger was imported at {at:%Y-%m-%d %H:%M} UTC: import it anew."
        assert told(approvals.fresh_ledger(replace(out, ledger_at=at))) == [("R-GND-08", severity, text)]

"""Who approves and what is automatic: levels only rise, and everything is a person's until a cell is opened and proven."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.explaining import explain
from store.aftermath import FollowupKind
from store.facts import CaseFacts, DisputeFacts, FollowupFacts, MachineFacts, PlanFacts
from store.outreach_around import OutreachFacts
from store.outreach_words import Channel, OutreachStep
from store.proposed import Claim
from store.vocabulary import IdentityLevel, Reason
from tests.cases import TODAY, facts, invoice
from tools.approval import Approver, level_for, limits_of
from tools.autonomy import TEMPLATE_REASONS, Autonomy, Band, Cell, Record, why_a_person
from tools.limits import PlanLimits, Policy

reasons = st.sampled_from(list(Reason))
amounts = st.decimals(min_value="0", max_value="1000000", places=2)
TABLE = Autonomy(open=(Cell(reason=Reason.INVOICE_MISSING, band=Band.SMALL, tier="standard"),))
PROVEN = Record(decided=50, unedited=49)


def why(case: CaseFacts | None = None, **changed: Any) -> str | None:
    asked: dict[str, Any] = {
        "reasons": (Reason.INVOICE_MISSING,),
        "amount": Decimal("1000.00"),
        "case": case or facts(),
        "template": True,
        "ways": (),
        "record": PROVEN,
        "table": TABLE,
    }
    return why_a_person(**asked | changed)


def test_an_open_and_proven_cell() -> None:
    assert why() is None
    assert why(facts(identity=IdentityLevel.B)) is None


EVERY = Autonomy(
    open=tuple(
        Cell(reason=r, band=b, tier="standard") for r in sorted(TEMPLATE_REASONS) for b in (Band.SMALL, Band.MEDIUM)
    )
)


@pytest.mark.parametrize("way", list(Channel))
@pytest.mark.parametrize("cell", EVERY.open, ids=lambda cell: f"{cell.reason}-{cell.band}")
def test_no_open_cell_lets_anything_but_a_mail_go_without_a_person(cell: Cell, way: Channel) -> None:
    amount = Decimal("900.00") if cell.band is Band.SMALL else Decimal("9000.00")
    open_: dict[str, Any] = {"reasons": (cell.reason,), "amount": amount, "table": EVERY, "record": Record(1000, 1000)}
    step = OutreachFacts(step=OutreachStep.OVERDUE, channel=way, day=TODAY, invoices=("F-5501",))
    woken = FollowupFacts(
        kind=FollowupKind.OUTREACH,
        subject_id=1,
        invoices=("F-5501",),
        claim=Claim(reason=Reason.UNCLEAR, evidence="", confidence=0),
        day=TODAY,
        since=TODAY,
        outreach=step,
    )
    told = None if way is Channel.MAIL else "it goes by another way than mail, which a person does"
    assert why(facts(followup=woken), **open_) == told, "the step says how it goes"
    assert why(ways=(Channel.MAIL, way), **open_) == told, "or what is proposed does"


PLAN = PlanFacts(invoices=("F-5501",), total=Decimal(1), currency="GBP", status="agreed")
DISPUTE = DisputeFacts(invoice_number="F-9", kind="pricing", amount=None, status="open")


@pytest.mark.parametrize(
    ("case", "told"),
    [
        (facts(identity=IdentityLevel.C), "not surely the customer"),
        (facts(identity=IdentityLevel.D), "not surely the customer"),
        (facts(customer=None), "nobody's"),
        (facts(flags=("hidden_text",)), "flagged"),
        (facts(machine=MachineFacts(robot=True)), "flagged"),
        (facts(machine=MachineFacts(bulk=True)), "flagged"),
        (facts(overtaken_by=(7,)), "flagged"),
        (facts(plans=(PLAN,)), "plan"),
        (facts(plans=(PLAN.model_copy(update={"status": "broken"}),)), "plan"),
        (facts(disputes=(DISPUTE,)), "dispute"),
        (facts(invoice(disputed=Decimal(1))), "dispute"),
    ],
)
def test_never_automatic(case: CaseFacts, told: str) -> None:
    assert told in str(why(case))


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"template": False}, "template"),
        ({"amount": Decimal("1000.01")}, "no such cell"),
        ({"reasons": (Reason.INVOICE_MISSING, Reason.DISPUTE)}, "no such cell"),
        ({"reasons": ()}, "no such cell"),
        ({"table": Autonomy()}, "no such cell"),
        ({"record": Record(49, 49)}, "record"),
        ({"record": Record(50, 48)}, "record"),
    ],
)
def test_not_yet_automatic(changed: dict[str, Any], told: str) -> None:
    assert told in str(why(**changed))


def test_another_tier_is_another_cell() -> None:
    case = facts()
    assert case.customer is not None
    key = facts(customer=case.customer.model_copy(update={"tier": "key"}))
    assert why(key) == "the policy opens no such cell"
    stopped = facts(customer=case.customer.model_copy(update={"stopped": True}))
    assert why(stopped) is not None


@given(reason=reasons, amount=amounts, identity=st.sampled_from(list(IdentityLevel)), template=st.booleans())
def test_by_default_everything_is_a_persons(
    reason: Reason, amount: Decimal, identity: IdentityLevel, template: bool
) -> None:
    case = facts(identity=identity)
    table = Policy().autonomy
    asked = {"reasons": (reason,), "amount": amount, "template": template, "record": Record(10**6, 10**6)}
    assert why(case, table=table, **asked) is not None


@pytest.mark.parametrize("reason", sorted(set(Reason) - TEMPLATE_REASONS))
@pytest.mark.parametrize("band", list(Band))
def test_only_what_a_template_can_answer_is_opened(reason: Reason, band: Band) -> None:
    with pytest.raises(ValueError, match=r"always a person's"):
        Cell(reason=reason, band=band, tier="standard")


# --- levels


@pytest.mark.parametrize(
    ("reason", "asked", "role"),
    [
        (Reason.QUESTION, {"amount": "10000.00"}, Approver.COLLECTOR),
        (Reason.QUESTION, {"amount": "10000.01"}, Approver.MANAGER),
        (Reason.QUESTION, {"amount": "100000.01"}, Approver.CONTROLLER),
        (Reason.LEGAL_THREAT, {}, Approver.MANAGER),
        (Reason.PAYMENT_FRAUD_RISK, {}, Approver.MANAGER),
        (Reason.PLAN_REQUEST, {"instalments": 3, "last_due_days": 90}, Approver.COLLECTOR),
        (Reason.PLAN_REQUEST, {"instalments": 4}, Approver.MANAGER),
        (Reason.PLAN_REQUEST, {"instalments": 7}, Approver.CONTROLLER),
        (Reason.PLAN_REQUEST, {"instalments": 13}, None),
        (Reason.PLAN_REQUEST, {"last_due_days": 91}, Approver.MANAGER),
        (Reason.PLAN_REQUEST, {"last_due_days": 181}, None),
        (Reason.SETTLEMENT_OFFER, {"discount": "0.05"}, Approver.MANAGER),
        (Reason.SETTLEMENT_OFFER, {"discount": "0.051"}, Approver.CONTROLLER),
        (Reason.SETTLEMENT_OFFER, {"discount": "0.21"}, None),
        (Reason.QUESTION, {"discount": "0.0001"}, Approver.MANAGER),
    ],
)
def test_the_levels(reason: Reason, asked: dict[str, Any], role: Approver | None) -> None:
    asked = {"amount": "100"} | asked
    values: dict[str, Any] = {k: Decimal(v) if isinstance(v, str) else v for k, v in asked.items()}
    level = level_for(Policy(), reason=reason, **values)
    assert level.role is role
    assert level.second_person is (role is Approver.CONTROLLER)
    assert level.why or role is Approver.COLLECTOR


@given(
    reason=reasons,
    amount=amounts,
    more=amounts,
    parts=st.tuples(st.integers(0, 15), st.integers(0, 15)),
    share=st.tuples(*[st.decimals(min_value="0", max_value="1", places=3)] * 2),
)
def test_more_never_needs_less(
    reason: Reason, amount: Decimal, more: Decimal, parts: tuple[int, int], share: tuple[Decimal, Decimal]
) -> None:
    order = [*Approver, None]
    low = level_for(Policy(), reason=reason, amount=amount, instalments=min(parts), discount=min(share))
    high = level_for(Policy(), reason=reason, amount=amount + more, instalments=max(parts), discount=max(share))
    assert order.index(low.role) <= order.index(high.role)


def test_a_higher_role_never_has_the_smaller_limit() -> None:
    policy = Policy(plan=PlanLimits(max_instalments=24, last_due_days=700), manager_above=Decimal("500000"))
    for lower, higher in ((Approver.COLLECTOR, Approver.MANAGER), (Approver.MANAGER, Approver.CONTROLLER)):
        a, b = limits_of(lower, policy), limits_of(higher, policy)
        assert (a.instalments, a.last_due_days, a.discount) <= (b.instalments, b.last_due_days, b.discount)
        assert a.decides_up_to is not None
        assert b.decides_up_to is None or a.decides_up_to <= b.decides_up_to


@given(
    reason=reasons,
    amount=amounts,
    tier=st.text(max_size=8),
    role=st.sampled_from(list(Approver)),
    profile=st.sampled_from([None, *Policy().jurisdictions]),
)
def test_everything_can_be_explained(
    reason: Reason, amount: Decimal, tier: str, role: Approver, profile: str | None
) -> None:
    policy = Policy()
    told = explain(policy, reason=reason, amount=amount, tier=tier, role=role, profile=profile)
    needed = level_for(policy, reason=reason, amount=amount).role
    assert needed is not None
    assert needed.value in told.approval
    may = list(Approver).index(role) >= list(Approver).index(needed)
    assert told.this_role.startswith("may approve" if may else "may not approve")
    assert "escalate_to_human" in told.tools
    assert told.automatic.startswith("no" if reason in TEMPLATE_REASONS else "never")
    assert all(text for _, text in told.lines())

"""What is answered without a person: only where every single condition holds, with time to take it back, and counted against it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from decimal import Decimal
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import col, select
from starlette.testclient import TestClient

from agent.settling import settle_due
from review.app import create_app
from review.autonomous import SAMPLE
from review.desk import RejectReason
from review.viewer import LOCAL
from store import autonomy_cells, decisions
from store.api_tokens import Scope
from store.decisions import AUTONOMY, Decided
from store.engine import unit_of_work
from store.inbound import SenderAuth
from store.measured import AutonomyCell, CellState, Outcome
from store.proposed import Finding
from store.tables import AuditEntry, Customer, Dispute, Effect, Invoice, Outgoing, Plan, ProposalRow
from store.vocabulary import ProposalStatus, Reason, SendState, Severity
from tests.factories import House, claim, open_house, wide
from tests.unit.test_desk import Wire, send
from tools.approval import Approver
from tools.autonomy import Autonomy, Band, Cell
from tools.jurisdiction import STRICT

WORDS = "INV-20421 is approved and goes out with our next payment run."
MISSING = Cell(reason=Reason.PAYMENT_IN_PROCESS, band=Band.SMALL, tier="key")


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    made = open_house(tmp_path)
    made.undo = timedelta(seconds=30)
    with unit_of_work(made.engine) as session:
        assert session.get_one(Customer, "C1001").tier == "key"
    yield made
    made.engine.dispose()


def ask(house: House, words: str = WORDS, reason: Reason = Reason.PAYMENT_IN_PROCESS, **changed: Any) -> int:
    """Hold a template answer of the cell; never the one in ten that a person sees."""
    fields = {k: changed.pop(k) for k in ("sender", "auth", "flags") if k in changed}
    while True:
        message = house.receive(words, **fields)
        if message % SAMPLE:
            break
    invoices = ["INV-20421"] if "20421" in words else []
    return house.hold(message, claim(reason, words, invoices=invoices), **changed)


def record(house: House, unedited: int, other: int = 0, *, proposal: int, outcome: Outcome = Outcome.EDITED) -> None:
    """Put decisions of persons on record for the cell."""
    about = Decided(("payment_in_process",), "key", Decimal("448.00"), "embedded reader", "template")
    with unit_of_work(house.engine) as session:
        for n in range(unedited + other):
            what = Outcome.UNEDITED if n < unedited else outcome
            decisions.note(session, proposal, about, outcome=what, actor="ines", now=house.now)


def opened(house: House) -> int:
    """Give a proposal in an open and proven cell."""
    number = ask(house)
    record(house, 50, proposal=number)
    house.desk.switch_cell(MISSING, open_=True, actor="mona")
    return number


def row(house: House, number: int) -> ProposalRow:
    with unit_of_work(house.engine) as session:
        return session.get_one(ProposalRow, number)


def state(house: House) -> str:
    with unit_of_work(house.engine) as session:
        return session.exec(select(AutonomyCell.state)).one()


def test_it_goes_out_by_itself_after_the_time_in_which_it_can_be_taken_back(house: House) -> None:
    number, wire = opened(house), Wire()
    assert house.desk.answer_alone(number) is None
    held = row(house, number)
    assert (held.status, held.decided_by) == (ProposalStatus.APPROVED, AUTONOMY)
    assert held.settles_at == house.now + timedelta(seconds=30)
    assert settle_due(house.engine, lambda: house.now, policy=house.policy) == 0
    house.now += timedelta(seconds=30)
    assert settle_due(house.engine, lambda: house.now, policy=house.policy) == 1
    send(house, wire)
    assert len(wire.taken) == 1
    with unit_of_work(house.engine) as session:
        said = session.exec(select(AuditEntry).where(AuditEntry.actor == AUTONOMY)).all()
    assert "proposal.approved" in [entry.event for entry in said]
    assert house.desk.answer_alone(number) == "somebody has it in hand"


def test_nothing_is_open_until_somebody_opens_it(house: House) -> None:
    number = ask(house)
    record(house, 200, proposal=number)
    assert house.desk.answer_alone(number) == "the policy opens no such cell"
    assert row(house, number).status == ProposalStatus.HELD


def set_customer(**fields: object) -> Callable[[House], None]:
    def change(house: House) -> None:
        with unit_of_work(house.engine) as session:
            customer = session.get_one(Customer, "C1001")
            for name, value in fields.items():
                setattr(customer, name, value)

    return change


def owed(house: House) -> None:
    with unit_of_work(house.engine) as session:
        session.get_one(Invoice, "INV-20421").balance = Decimal("1000.01")


def effect_of(house: House) -> int:
    words = "We pay INV-20413 on 20 March."
    other = house.hold(
        house.receive(words), claim(Reason.PROMISE_TO_PAY, words, invoices=["INV-20413"], date="2026-03-20")
    )
    house.desk.approve(other, version=1, actor="ines", at_once=True)
    send(house, Wire())
    with unit_of_work(house.engine) as session:
        return session.exec(select(Effect.id)).first() or 0


def disputed(house: House) -> None:
    effect = effect_of(house)
    with unit_of_work(house.engine) as session:
        session.add(
            Dispute(customer_id="C1001", invoice_number="INV-20413", kind="pricing", statement="", effect_id=effect)
        )


def planned(house: House) -> None:
    effect = effect_of(house)
    with unit_of_work(house.engine) as session:
        plan = {"invoices": ["INV-20413"], "total": Decimal(9), "currency": "GBP", "effect_id": effect}
        session.add(Plan(customer_id="C1001", status="agreed", **plan))  # type: ignore[arg-type] # columns


@pytest.mark.parametrize(
    ("changed", "before", "told"),
    [
        ({"flags": ("hidden_text",)}, None, "flagged"),
        ({"auth": SenderAuth(), "sender": "stranger@elsewhere.example"}, None, ""),
        ({"needs_person": "not sure"}, None, "no answer that could go out"),
        ({"draft": None}, None, "no answer that could go out"),
        ({"writer": "model:x"}, None, "not those of a template"),
        (
            {"findings": (Finding(rule="R-X-1", severity=Severity.WARN, text="Hm."),)},
            None,
            "a rule has something to say",
        ),
        ({}, set_customer(tier="standard"), "the policy opens no such cell"),
        ({}, set_customer(stopped_reason="insolvency"), ""),
        ({}, owed, "the policy opens no such cell"),
        ({}, disputed, "a dispute is open"),
        ({}, planned, "there is a payment plan"),
    ],
)
def test_each_condition_stops_it(
    house: House, changed: dict[str, Any], before: Callable[[House], None] | None, told: str
) -> None:
    opened(house)
    if before is not None:
        before(house)
    number = ask(house, **changed)
    why = house.desk.answer_alone(number)
    assert why is not None
    assert told in why
    assert row(house, number).status == ProposalStatus.HELD
    with unit_of_work(house.engine) as session:
        assert not session.exec(select(Outgoing).where(Outgoing.proposal_id == number)).all()


def test_a_letter_that_must_say_that_it_is_automatic_and_does_not_waits(house: House) -> None:
    number = opened(house)
    contact = {"opens": "08:00", "closes": "21:00", "days": ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]}
    strict = {"contact": contact, "notices": {"ai": "when_automatic"}}
    house.policy = wide(jurisdictions={STRICT: strict})
    assert "must be told that nobody read it" in str(house.desk.answer_alone(number))


def test_a_second_reason_must_have_an_open_cell_of_its_own(house: House) -> None:
    opened(house)
    words = f"{WORDS} And it is under way."
    while (message := house.receive(words)) % SAMPLE == 0:
        pass
    both = [claim(r, words, invoices=["INV-20421"]) for r in (Reason.PAYMENT_IN_PROCESS, Reason.AWAITING_APPROVAL)]
    assert house.desk.answer_alone(house.hold(message, *both)) is not None


def test_what_somebody_touched_is_theirs(house: House) -> None:
    number = opened(house)
    item = house.desk.show(number)
    assert item is not None
    assert item.proposal.draft is not None
    body = item.proposal.draft.body.replace("\n\n", "\n\nThank you for writing.\n\n", 1)
    house.desk.edit(number, version=1, actor="ines", body=body)
    assert house.desk.answer_alone(number) == "somebody has it in hand"


def test_every_tenth_is_shown_to_a_person(house: House) -> None:
    opened(house)
    while (message := house.receive(f"{WORDS} {house.now}")) % SAMPLE:
        house.now += timedelta(seconds=1)
    number = house.hold(message, claim(Reason.PAYMENT_IN_PROCESS, WORDS, invoices=["INV-20421"]))
    assert "shown to a person" in str(house.desk.answer_alone(number))


def test_a_rule_that_forbids_it_to_a_collector_leaves_it_to_a_person(house: House) -> None:
    opened(house)
    house.policy = wide(manager_above="100.00")
    house.roles = {}
    held = ask(house)
    assert "A manager approves this" in str(house.desk.answer_alone(held))
    assert row(house, held).status == ProposalStatus.HELD


# --- the switch -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("unedited", "edited", "told"), [(49, 0, "1 more"), (48, 2, "98%"), (50, 0, ""), (49, 1, "")])
def test_only_evidence_opens_a_cell(house: House, unedited: int, edited: int, told: str) -> None:
    number = ask(house)
    record(house, unedited, edited, proposal=number)
    if told:
        with pytest.raises(ValueError, match=told):
            house.desk.switch_cell(MISSING, open_=True, actor="mona")
        return
    house.desk.switch_cell(MISSING, open_=True, actor="mona")
    assert state(house) == CellState.OPEN
    with pytest.raises(ValueError, match="is open already"):
        house.desk.switch_cell(MISSING, open_=True, actor="mona")
    house.desk.switch_cell(MISSING, open_=False, actor="mona")
    assert house.desk.answer_alone(number) == "the policy opens no such cell"
    with pytest.raises(ValueError, match="is closed already"):
        house.desk.switch_cell(MISSING, open_=False, actor="mona")


def test_only_a_manager_opens_or_closes(house: House) -> None:
    number = ask(house)
    record(house, 50, proposal=number)
    house.roles = {"mona": Approver.MANAGER}
    for open_ in (True, False):
        with pytest.raises(ValueError, match="is a manager's"):
            house.desk.switch_cell(MISSING, open_=open_, actor="colin")


@pytest.mark.parametrize("outcome", [Outcome.EDITED, Outcome.REJECTED])
def test_a_cell_closes_by_itself_when_the_rate_falls(house: House, outcome: Outcome) -> None:
    house.undo = timedelta(0)  # each answer is overtaken by the next mail
    number = opened(house)
    record(house, 0, 1, proposal=number, outcome=outcome)
    other = ask(house)
    house.desk.approve(other, version=1, actor="ines")
    assert state(house) == CellState.OPEN, "one in fifty-two is 98 %"
    record(house, 0, 1, proposal=number, outcome=outcome)
    third = ask(house)
    house.desk.approve(third, version=1, actor="ines")
    assert state(house) == CellState.CLOSED
    with unit_of_work(house.engine) as session:
        last = session.exec(select(AuditEntry).where(AuditEntry.event == "autonomy.closed")).one()
        assert last.actor == AUTONOMY
    assert house.desk.answer_alone(ask(house)) == "the policy opens no such cell"


def test_what_a_person_takes_back_counts_against_the_cell(house: House) -> None:
    opened(house)
    for _ in range(2):
        number = ask(house)
        assert house.desk.answer_alone(number) is None
        house.desk.take_back(number, version=2, actor="ines")
    assert state(house) == CellState.CLOSED
    with unit_of_work(house.engine) as session:
        mail = session.exec(select(Outgoing).order_by(col(Outgoing.id))).all()
    assert {m.state for m in mail} == {SendState.VOID}


def test_what_went_out_by_itself_is_no_evidence(house: House) -> None:
    number = opened(house)
    assert house.desk.answer_alone(number) is None
    (view,) = [v for v in house.desk.autonomy_table() if v.cell == MISSING]
    assert (view.record.decided, view.open, view.missing) == (50, True, "")


def test_a_cell_of_the_policy_counts_by_its_record_and_stays_closed_once_it_fell(house: House) -> None:
    house.policy = wide(autonomy={"open": [MISSING.model_dump(mode="json")]})
    seed, number = ask(house), ask(house)
    assert house.desk.answer_alone(number) == "the record does not allow it yet"
    record(house, 50, proposal=seed)
    assert house.desk.answer_alone(number) is None
    record(house, 0, 2, proposal=seed)
    house.desk.take_back(number, version=2, actor="ines")
    assert state(house) == CellState.CLOSED
    assert house.desk.answer_alone(ask(house)) == "the policy opens no such cell"


def test_a_record_is_of_one_cell_of_template_answers_and_of_late(house: House) -> None:
    number = ask(house)
    table = Autonomy()
    place = house.desk._place(Reason.PAYMENT_IN_PROCESS, Band.SMALL, "key")
    about = Decided(("payment_in_process",), "key", table.small_up_to, "r", "template")
    others = [
        Decided(("dispute",), "key", Decimal(1), "r", "template"),
        Decided(("payment_in_process",), "standard", Decimal(1), "r", "template"),
        Decided(("payment_in_process",), "key", table.small_up_to + Decimal("0.01"), "r", "template"),
        Decided(("payment_in_process",), "key", Decimal(1), "r", "model:x"),
    ]
    with unit_of_work(house.engine) as session:
        for other in others:
            decisions.note(session, number, other, outcome=Outcome.UNEDITED, actor="ines", now=house.now)
        assert autonomy_cells.record_of(session, place) == (0, 0)
        for n in range(autonomy_cells.WINDOW + 5):
            outcome = Outcome.REJECTED if n < 5 else Outcome.UNEDITED
            decisions.note(session, number, about, outcome=outcome, actor="ines", now=house.now)
        assert autonomy_cells.record_of(session, place) == (autonomy_cells.WINDOW, autonomy_cells.WINDOW)


def evidence(house: House) -> tuple[int, int]:
    """Give the record of the cell: decided, and of these unedited."""
    found = next(view for view in house.desk.autonomy_table() if view.cell == MISSING)
    return found.record.decided, found.record.unedited


def test_only_a_person_with_the_item_open_is_evidence(house: House) -> None:
    house.undo = timedelta(0)  # each answer is overtaken by the next mail
    house.desk.approve(ask(house), version=1, actor="ines")
    assert evidence(house) == (0, 0), "by a script, the command line or a token"
    house.desk.approve(ask(house), version=1, actor="ines", opened=True)
    assert evidence(house) == (1, 1)


def test_what_is_approved_on_the_page_counts_and_by_the_api_it_does_not(house: House) -> None:
    house.undo = timedelta(0)  # each answer is overtaken by the next mail
    with TestClient(create_app(house.desk), base_url="http://127.0.0.1:8765", follow_redirects=False) as client:
        first = ask(house)
        page = client.get(f"/items/{first}").text
        fields = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', page[page.index('id="draft-form"') :]))
        body = re.search(r'<textarea id="body".*?>\n(.*?)</textarea>', page, re.DOTALL)
        assert body is not None
        fields = {name: fields[name] for name in ("csrf", "shown")} | {"version": "1", "body": unescape(body.group(1))}
        own = {"sec-fetch-site": "same-origin"}
        assert client.post(f"/items/{first}/approve", data=fields, headers=own).status_code == 303
        assert evidence(house) == (1, 1)
        _, token = house.desk.make_token(LOCAL, name="script", scopes=[Scope.READ, Scope.DECIDE], days=1)
        second = ask(house)
        answer = client.post(
            f"/api/v1/items/{second}/approve", json={"version": 1}, headers={"authorization": f"Bearer {token}"}
        )
        assert answer.status_code == 200, answer.text
        assert row(house, second).status == ProposalStatus.APPROVED
        assert evidence(house) == (1, 1)


def test_what_a_script_edited_or_rejected_tells_against_the_cell(house: House) -> None:
    edited = ask(house)
    item = house.desk.show(edited)
    assert item is not None
    assert item.proposal.draft is not None
    house.desk.edit(edited, version=1, actor="ines", body=item.proposal.draft.body + "\n")
    house.desk.approve(edited, version=2, actor="mona")
    house.desk.reject(ask(house), version=1, actor="ines", reason=RejectReason.OTHER)
    decided, unedited = evidence(house)
    assert (decided >= 1, unedited) == (True, 0)

"""What the review queue must hold against people in a hurry: four eyes, hard stops, the evidence of autonomy, the wait before a mail."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlmodel import select

from review.autonomous import SAMPLE
from review.desk import Blocked
from review.item import Item
from store import persons
from store.engine import unit_of_work
from store.measured import Decision, Outcome
from store.roles import Role
from store.tables import Escalation, Invoice
from store.vocabulary import ProposalStatus, Reason
from tests.factories import House, claim, open_house, wide
from tests.unit.test_autonomous import MISSING, ask, opened, record
from tests.unit.test_desk import Wire, send
from tools.approval import Approver

FRIDAY = date(2026, 3, 13)
WORDS = "INV-20413 is paid on Friday 13 March."
LAWYER = "Our lawyers will write to you about it."
BANK = "The money went to your new bank account."
PAY = "We pay INV-20421 on 20 March."


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    made = open_house(tmp_path)
    yield made
    made.engine.dispose()


def person(house: House, login: str, role: Role) -> None:
    with unit_of_work(house.engine) as session:
        persons.add(session, login=login, name=login.title(), role=role, by="cli:root", now=house.now)


def shown(house: House, number: int) -> Item:
    item = house.desk.show(number)
    assert item is not None
    return item


def owed(house: House, balance: str) -> None:
    with unit_of_work(house.engine) as session:
        invoice = session.get_one(Invoice, "INV-20413")
        invoice.balance = invoice.amount = type(invoice.balance)(balance)


def large(house: House, balance: str = "100000.01") -> int:
    house.policy = wide(manager_above="10000.00", controller_above="100000.00")
    owed(house, balance)
    message = house.receive(WORDS)
    return house.hold(message, claim(Reason.PROMISE_TO_PAY, WORDS, invoices=["INV-20413"], date=FRIDAY))


def threat(house: House) -> int:
    message = house.receive(LAWYER)
    return house.hold(message, claim(Reason.LEGAL_THREAT, LAWYER))


def edited(house: House, number: int, *, by: str, words: str) -> int:
    item = shown(house, number)
    assert item.proposal.draft is not None
    body = item.proposal.draft.body.replace("\n\n", f"\n\n{words}\n\n", 1)
    house.desk.edit(number, version=item.row.version, actor=by, body=body)
    return item.row.version + 1


# --- who somebody is --------------------------------------------------------------------------------------------------


def test_a_line_of_the_configuration_lifts_no_collector_who_signs_in_over_a_hard_stop(house: House) -> None:
    person(house, "colin", Role.COLLECTOR)
    house.roles = {"colin": Approver.MANAGER}
    with pytest.raises(ValueError, match="a manager may read it otherwise"):
        house.desk.reread(threat(house), version=1, actor="colin", claim=0, reason=Reason.ACKNOWLEDGEMENT)


def test_a_manager_who_signs_in_reads_a_hard_stop_otherwise(house: House) -> None:
    person(house, "mona", Role.MANAGER)
    house.roles = {}
    assert house.desk.reread(threat(house), version=1, actor="mona", claim=0, reason=Reason.ACKNOWLEDGEMENT) == 2


@pytest.mark.parametrize(
    ("role", "configured", "may"),
    [
        (Role.COLLECTOR, Approver.MANAGER, False),
        (Role.AUDITOR, Approver.MANAGER, False),
        (Role.MANAGER, Approver.COLLECTOR, True),
        (Role.CONTROLLER, Approver.COLLECTOR, True),
    ],
)
def test_the_switch_goes_by_the_role_of_the_person(house: House, role: Role, configured: Approver, may: bool) -> None:
    person(house, "somebody", role)
    record(house, 50, proposal=ask(house))
    house.roles = {"somebody": configured}
    if may:
        house.desk.switch_cell(MISSING, open_=True, actor="somebody")
        return
    with pytest.raises(ValueError, match="is a manager's"):
        house.desk.switch_cell(MISSING, open_=True, actor="somebody")


def test_nobody_can_be_called_like_what_approves_without_a_person(house: House) -> None:
    for name in ("autonomy", "classify", "propose"):
        with pytest.raises(ValueError, match="uses itself"):
            person(house, name, Role.COLLECTOR)


# --- four eyes --------------------------------------------------------------------------------------------------------


def test_the_terminal_is_no_second_person(house: House) -> None:
    number = large(house)
    house.roles = {"carla": Approver.CONTROLLER, "cli:carla": Approver.CONTROLLER}
    assert not house.desk.approve(number, version=1, actor="carla")
    assert not house.desk.approve(number, version=1, actor="cli:carla")
    assert shown(house, number).row.status == ProposalStatus.HELD


def test_the_terminal_is_no_other_person_than_who_edited(house: House) -> None:
    number = large(house, "10000.01")
    house.roles = {"mona": Approver.MANAGER, "cli:Mona": Approver.MANAGER}
    version = edited(house, number, by="mona", words="Thank you for writing.")
    with pytest.raises(Blocked, match="Somebody else approves"):
        house.desk.approve(number, version=version, actor="cli:Mona")


def test_words_stay_those_of_their_writer_after_another_hand(house: House) -> None:
    number = large(house, "10000.01")
    house.roles = {"mona": Approver.MANAGER, "max": Approver.MANAGER}
    edited(house, number, by="mona", words="Thank you for writing.")
    version = edited(house, number, by="colin", words="Good to hear.")
    with pytest.raises(Blocked, match="Somebody else approves what mona edited"):
        house.desk.approve(number, version=version, actor="mona")
    assert house.desk.approve(number, version=version, actor="max")


def test_a_first_approval_falls_with_the_role_it_was_given_in(house: House) -> None:
    number = large(house)
    house.roles = {"mona": Approver.MANAGER, "carla": Approver.CONTROLLER}
    assert not house.desk.approve(number, version=1, actor="mona")
    house.roles = {"carla": Approver.CONTROLLER}
    assert not house.desk.approve(number, version=1, actor="carla"), "mona is a collector now: hers is no approval"
    assert shown(house, number).row.status == ProposalStatus.HELD


def test_a_first_approval_does_not_outlive_an_undo(house: House) -> None:
    number = large(house)
    house.undo = timedelta(seconds=30)
    house.roles = {"mona": Approver.MANAGER, "carla": Approver.CONTROLLER}
    assert not house.desk.approve(number, version=1, actor="mona")
    assert house.desk.approve(number, version=1, actor="carla")
    version = house.desk.take_back(number, version=2, actor="carla")
    assert not house.desk.approve(number, version=version, actor="carla")
    assert shown(house, number).row.status == ProposalStatus.HELD


# --- deciding otherwise -----------------------------------------------------------------------------------------------


def test_what_was_left_out_comes_back_where_it_is_read_as_a_hard_stop(house: House) -> None:
    message = house.receive(f"{PAY}\n\n{BANK}")
    number = house.hold(
        message,
        claim(Reason.PROMISE_TO_PAY, PAY, invoices=["INV-20421"], date="2026-03-20"),
        claim(Reason.REFUSAL, BANK),
    )
    acts = shown(house, number).proposal.actions
    place = next(i for i, act in enumerate(acts) if act.claims == (1,))
    assert acts[place].tool == "escalate_to_human"
    house.desk.leave_out(number, version=1, actor="ines", without=[place])
    house.desk.reread(number, version=2, actor="ines", claim=1, reason=Reason.PAYMENT_FRAUD_RISK)
    left = shown(house, number).proposal
    assert not any(act.declined for act in left.actions if 1 in act.claims)
    house.desk.approve(number, version=3, actor="maren", at_once=True)
    with unit_of_work(house.engine) as session:
        assert [m.reason for m in session.exec(select(Escalation)).all()].count("payment_fraud_risk") == 1


def test_another_wording_keeps_why_a_person_must_look(house: House) -> None:
    words = "We pay INV-20421 on 20 March."
    needs = "the language model gave no reading; this is the embedded reader's"
    number = house.hold(
        house.receive(words),
        claim(Reason.PROMISE_TO_PAY, words, invoices=["INV-20421"], date="2026-03-20"),
        needs_person=needs,
    )
    house.desk.redraft(number, version=1, actor="ines", instruction="in German")
    assert shown(house, number).proposal.needs_person == needs
    told = house.desk.approve_together(number, version=2, actor="ines")
    assert not told.went


def test_no_collector_lowers_what_is_needed_to_approve_by_reading_it_otherwise(house: House) -> None:
    house.roles = {"mona": Approver.MANAGER}
    words = "We will not pay INV-20413."
    number = house.hold(house.receive(words), claim(Reason.REFUSAL, words, invoices=["INV-20413"]))
    with pytest.raises(ValueError, match="a manager may read it otherwise"):
        house.desk.reread(number, version=1, actor="colin", claim=0, reason=Reason.PAYMENT_IN_PROCESS)
    assert house.desk.reread(number, version=1, actor="mona", claim=0, reason=Reason.PAYMENT_IN_PROCESS) == 2


# --- the evidence -----------------------------------------------------------------------------------------------------


def test_a_reading_that_was_put_right_counts_against_the_cell_that_would_have_answered(house: House) -> None:
    number = ask(house)
    version = house.desk.reread(number, version=1, actor="ines", claim=0, reason=Reason.AWAITING_APPROVAL)
    house.desk.approve(number, version=version, actor="maren")
    with unit_of_work(house.engine) as session:
        found = session.exec(select(Decision).where(Decision.proposal_id == number)).all()
    assert [(d.reason, d.outcome) for d in found] == [("payment_in_process", Outcome.EDITED)]
    (view,) = [v for v in house.desk.autonomy_table() if v.cell == MISSING]
    assert (view.record.decided, view.record.unedited) == (1, 0)


def test_approving_fifty_at_a_time_is_no_evidence(house: House) -> None:
    number = ask(house)
    told = house.desk.approve_together(number, version=1, actor="ines")
    assert told.went, told.said
    (view,) = [v for v in house.desk.autonomy_table() if v.cell == MISSING]
    assert view.record.decided == 0


def test_taking_back_and_approving_again_counts_once(house: House) -> None:
    house.undo = timedelta(seconds=30)
    number, version = ask(house), 1
    for _ in range(5):
        house.desk.approve(number, version=version, actor="ines", opened=True)
        version = house.desk.take_back(number, version=version + 1, actor="ines")
    house.desk.approve(number, version=version, actor="ines", opened=True)
    (view,) = [v for v in house.desk.autonomy_table() if v.cell == MISSING]
    assert (view.record.decided, view.record.unedited) == (1, 1)


def test_a_matter_in_a_persons_hands_stops_what_goes_by_itself(house: House) -> None:
    opened(house)
    words = "We will not pay INV-20413."
    other = house.hold(house.receive(words), claim(Reason.REFUSAL, words, invoices=["INV-20413"]))
    house.desk.approve(other, version=1, actor="maren", at_once=True)
    send(house, Wire())
    with unit_of_work(house.engine) as session:
        assert session.exec(select(Escalation)).all()
    assert house.desk.answer_alone(ask(house)) is not None


def test_a_word_about_everything_beside_one_about_a_small_invoice_is_about_everything(house: House) -> None:
    opened(house)
    one, rest = "INV-20421 goes out with our next payment run.", "All else is in the run as well."
    while (message := house.receive(f"{one}\n\n{rest}")) % SAMPLE == 0:
        pass
    in_process = Reason.PAYMENT_IN_PROCESS
    number = house.hold(message, claim(in_process, one, invoices=["INV-20421"]), claim(in_process, rest))
    assert house.desk.answer_alone(number) == "the policy opens no such cell"

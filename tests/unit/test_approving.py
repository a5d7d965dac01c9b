"""Who may approve what: roles, who edited it, two persons, serious flags answered for; at the desk, the command line and the page."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from pathlib import Path

import pytest
from sqlmodel import col, select

from agent.config import ConfigError, build
from review.desk import Blocked
from store.engine import unit_of_work
from store.proposals import Stale
from store.tables import AuditEntry, Invoice, ProposalRow
from store.vocabulary import ProposalStatus, Reason
from tests.factories import House, claim, open_house, wide
from tools.approval import Approver

COLLECTOR, MANAGER, CONTROLLER = Approver.COLLECTOR, Approver.MANAGER, Approver.CONTROLLER
PEOPLE: Mapping[str, Approver] = {"mona": MANAGER, "max": MANAGER, "carla": CONTROLLER}
FRIDAY = date(2026, 3, 13)
WORDS = "INV-20413 is paid on Friday 13 March."


@pytest.fixture
def house(tmp_path: Path) -> House:
    house = open_house(tmp_path)
    house.roles, house.policy = PEOPLE, wide(manager_above="10000.00", controller_above="100000.00")
    return house


def owed(house: House, balance: str) -> None:
    with unit_of_work(house.engine) as session:
        invoice = session.get_one(Invoice, "INV-20413")
        invoice.balance = invoice.amount = type(invoice.balance)(balance)


def held(house: House, *, balance: str = "900.00", **changed: object) -> int:
    owed(house, balance)
    message = house.receive(WORDS)
    promise = claim(Reason.PROMISE_TO_PAY, WORDS, invoices=["INV-20413"], date=FRIDAY)
    return house.hold(message, promise, **changed)  # type: ignore[arg-type]


def status(house: House, proposal: int) -> str:
    with unit_of_work(house.engine) as session:
        return session.get_one(ProposalRow, proposal).status


def edited(house: House, proposal: int, *, by: str) -> int:
    item = house.desk.show(proposal)
    assert item is not None
    assert item.proposal.draft is not None
    body = item.proposal.draft.body.replace("\n\n", "\n\nThank you for writing.\n\n", 1)
    house.desk.edit(proposal, version=item.row.version, actor=by, body=body)
    return item.row.version + 1


def test_a_collector_approves_the_ordinary_case_even_edited_by_himself(house: House) -> None:
    proposal = held(house)
    version = edited(house, proposal, by="colin")
    assert house.desk.approve(proposal, version=version, actor="colin")
    assert status(house, proposal) == ProposalStatus.APPROVED


def test_a_large_balance_is_a_managers(house: House) -> None:
    proposal = held(house, balance="10000.01")
    with pytest.raises(
        Blocked, match=r"A manager approves this, because the open balance is 10000\.01; colin is a collector"
    ):
        house.desk.approve(proposal, version=1, actor="colin")
    assert status(house, proposal) == ProposalStatus.HELD
    assert house.desk.approve(proposal, version=1, actor="mona")


def test_a_manager_does_not_approve_his_own_words(house: House) -> None:
    proposal = held(house, balance="10000.01")
    version = edited(house, proposal, by="mona")
    with pytest.raises(Blocked, match="Somebody else approves what mona edited"):
        house.desk.approve(proposal, version=version, actor="mona")
    assert house.desk.approve(proposal, version=version, actor="max")


def test_what_code_filled_anew_was_edited_by_nobody(house: House) -> None:
    owed(house, "10000.01")
    proposal = house.hold(house.receive("Hm."), claim(Reason.UNCLEAR, "Hm.", invoices=["INV-20413"]))
    house.now = house.now.replace(day=11)
    with pytest.raises(Stale, match="moved on"):
        house.desk.approve(proposal, version=1, actor="mona")
    assert house.desk.approve(proposal, version=2, actor="mona")


def test_two_persons_one_of_them_a_controller(house: House) -> None:
    proposal = held(house, balance="100000.01")
    assert house.desk.approve(proposal, version=1, actor="mona") is False, "noted, and a second person is asked for"
    assert status(house, proposal) == ProposalStatus.HELD
    assert house.desk.approve(proposal, version=1, actor="mona") is False, "the same person is no second one"
    with pytest.raises(Blocked, match="One of the two who approve is a controller"):
        house.desk.approve(proposal, version=1, actor="max")
    with pytest.raises(Blocked, match="A controller approves this"):
        house.desk.approve(proposal, version=1, actor="colin")
    assert house.desk.approve(proposal, version=1, actor="carla") is True
    with unit_of_work(house.engine) as session:
        log = session.exec(
            select(AuditEntry.event, AuditEntry.actor)
            .where(AuditEntry.subject == f"proposal:{proposal}")
            .order_by(col(AuditEntry.seq))
        ).all()
    assert [tuple(entry) for entry in log][-2:] == [
        ("proposal.approved_first", "mona"),
        ("proposal.approved", "carla"),
    ] or [tuple(entry) for entry in log][-1] == ("proposal.approved", "carla")


def test_an_edit_in_between_takes_the_first_approval_back(house: House) -> None:
    proposal = held(house, balance="100000.01")
    assert not house.desk.approve(proposal, version=1, actor="carla")
    version = edited(house, proposal, by="colin")
    assert not house.desk.approve(proposal, version=version, actor="mona"), "hers is the first now"
    assert house.desk.approve(proposal, version=version, actor="carla")


def test_each_serious_flag_is_answered_for_and_the_answer_is_logged(house: House) -> None:
    flags = ("hidden_text", "reply_to_elsewhere", "bulk")
    proposal = held(house, flags=flags)
    with pytest.raises(Blocked, match="hidden_text: say why"):
        house.desk.approve(proposal, version=1, actor="mona")
    with pytest.raises(Blocked, match="reply_to_elsewhere: say why"):
        house.desk.approve(
            proposal, version=1, actor="mona", acknowledged={"hidden_text": "white space of a signature"}
        )
    reasons = {"hidden_text": "white space of a signature", "reply_to_elsewhere": "their ticket system"}
    with pytest.raises(Blocked, match="colin is a collector"):
        house.desk.approve(proposal, version=1, actor="colin", acknowledged=reasons)
    assert house.desk.approve(proposal, version=1, actor="mona", acknowledged=reasons)
    with unit_of_work(house.engine) as session:
        payload = session.exec(select(AuditEntry.payload).where(AuditEntry.event == "proposal.approved")).one()
    assert json.loads(payload)["acknowledged"] == reasons


def test_more_care_is_anybodys_to_approve(house: House) -> None:
    """Nothing is written to the customer, and the acts only hold or hand over."""
    owed(house, "900000.00")
    message = house.receive("INV-20413: I will look at it.")
    proposal = house.hold(
        message,
        claim(Reason.ACKNOWLEDGEMENT, "INV-20413: I will look at it.", invoices=["INV-20413"]),
        flags=("hidden_text",),
        draft=None,
        findings=(),
    )
    assert house.desk.approve(proposal, version=1, actor="colin")
    assert status(house, proposal) == ProposalStatus.DONE


def test_what_goes_to_a_manager_by_its_reason_is_not_a_collectors(house: House) -> None:
    owed(house, "900.00")
    message = house.receive("We will not pay INV-20413.")
    proposal = house.hold(message, claim(Reason.REFUSAL, "We will not pay INV-20413.", invoices=["INV-20413"]))
    with pytest.raises(Blocked, match="refusal goes to manager"):
        house.desk.approve(proposal, version=1, actor="colin")
    assert house.desk.approve(proposal, version=1, actor="mona")


def test_roles_are_named_in_the_configuration_and_nobody_has_one_by_default() -> None:
    base = {
        "company": {"name": "Fernhill", "address": "Kiln Lane", "email": "ar@fernhill.example"},
        "mailboxes": [{"name": "ar", "kind": "maildir", "address": "ar@fernhill.example", "path": "box"}],
    }
    assert build(base, source="t").roles == {}
    assert build(base | {"roles": {"cli:anna": "controller"}}, source="t").roles == {"cli:anna": CONTROLLER}
    with pytest.raises(ConfigError, match=r"roles\.anna"):
        build(base | {"roles": {"anna": "king"}}, source="t")


def test_a_manager_closes_a_matter_and_lifts_a_stop_and_says_why(house: House) -> None:
    message = house.receive("Do not write to us again.")
    proposal = house.hold(message, claim(Reason.STOP_CONTACT, "Do not write to us again."))
    house.desk.approve(proposal, version=1, actor="mona")
    (matter,) = house.desk.attention().escalations
    assert matter.id is not None
    with pytest.raises(ValueError, match="colin is a collector"):
        house.desk.lift_stop("C1001", actor="colin", note="they called")
    with pytest.raises(ValueError, match="needs a note"):
        house.desk.lift_stop("C1001", actor="mona", note=" ")
    house.desk.lift_stop("C1001", actor="mona", note="they called and want mail again")
    house.desk.close_matter(matter.id, actor="mona", note="agreed on the telephone")
    assert house.desk.attention().escalations == ()
    item = house.desk.show(proposal)
    assert item is not None
    assert item.facts.customer is not None
    assert (item.facts.customer.stopped, item.facts.escalations) == (False, ())
    assert not [i for i in item.facts.invoices if i.held_until]
    with pytest.raises(ValueError, match="is no open matter"):
        house.desk.close_matter(matter.id, actor="mona", note="again")
    with pytest.raises(ValueError, match="is not stopped"):
        house.desk.lift_stop("C1001", actor="mona", note="again")

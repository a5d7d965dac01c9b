"""An approved stop or pause holds everything else back from the moment of its approval; taken back, it is as if it had not been."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlmodel import select

from agent.effects import effects_by
from agent.settling import settle_due
from mail.outbox import Route, Sender
from store.engine import unit_of_work
from store.proposed import Claim
from store.protecting import PROTECTS
from store.tables import Customer, Outgoing, ProposalRow
from store.vocabulary import ProposalStatus, Reason, SendState
from tests.factories import House, claim, open_house
from tests.unit.test_desk import Wire, send
from tools.registry import tools

WAIT = timedelta(seconds=30)


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    made = open_house(tmp_path)
    made.undo = WAIT
    yield made
    made.engine.dispose()


def paid(invoice: str) -> Claim:
    return claim(Reason.PROMISE_TO_PAY, f"We pay {invoice} on 20 March.", invoices=[invoice], date="2026-03-20")


STOP = claim(Reason.STOP_CONTACT, "Do not write to us again.")
PAUSE = claim(Reason.AWAITING_APPROVAL, "INV-20413 is with our approver", invoices=["INV-20413"])


def both(house: House, *protecting: Claim) -> tuple[int, int]:
    """Hold an answer, and what protects, to two mails that came together; the answer is approved and may leave now."""
    first = house.receive("We pay INV-20421 on 20 March.")
    second = house.receive(" ".join(said.evidence for said in protecting), sender="d.sayle@harrowfinch.example")
    number, other = house.hold(first, paid("INV-20421")), house.hold(second, *protecting)
    house.desk.approve(number, version=1, actor="ines")
    house.now += WAIT
    assert settled(house)
    return number, other


def settled(house: House) -> int:
    return settle_due(house.engine, lambda: house.now, policy=house.policy)


def status(house: House, number: int) -> str:
    with unit_of_work(house.engine) as session:
        return session.get_one(ProposalRow, number).status


def mail_of(house: House, number: int) -> Outgoing:
    with unit_of_work(house.engine) as session:
        return session.exec(select(Outgoing).where(Outgoing.proposal_id == number)).one()


@pytest.mark.parametrize("protecting", [STOP, PAUSE])
def test_nothing_else_leaves_from_the_moment_of_the_approval(house: House, protecting: Claim) -> None:
    wire, (_, second) = Wire(), both(house, protecting)
    house.desk.approve(second, version=1, actor="ines")
    send(house, wire)
    house.now += WAIT - timedelta(seconds=1)
    send(house, wire)
    assert wire.taken == [], "approved a moment ago, and held back already"


@pytest.mark.parametrize("protecting", [STOP, PAUSE])
def test_taken_back_the_mail_leaves_at_once(house: House, protecting: Claim) -> None:
    wire, (first, second) = Wire(), both(house, protecting)
    house.desk.approve(second, version=1, actor="ines")
    send(house, wire)
    house.desk.take_back(second, version=2, actor="ines")
    send(house, wire)
    assert (len(wire.taken), status(house, first)) == (1, ProposalStatus.SENT)
    assert mail_of(house, first).attempts == 1


def test_once_it_stands_what_waited_is_proposed_anew_and_never_leaves(house: House) -> None:
    wire, (first, second) = Wire(), both(house, STOP)
    house.desk.approve(second, version=1, actor="ines")
    house.now += WAIT
    assert settled(house) == 1
    with unit_of_work(house.engine) as session:
        assert session.get_one(Customer, "C1001").stopped_reason == Reason.STOP_CONTACT
    send(house, wire)
    assert status(house, first) == ProposalStatus.VOID
    # What leaves is the one mail that confirms the stop itself.
    assert [b"INV-20421" in mail for mail in wire.taken] == [False]
    assert status(house, second) == ProposalStatus.SENT


def test_other_customers_are_not_held_back(house: House) -> None:
    wire = Wire()
    words = "We pay INV-20420 on 20 March."
    other = house.hold(house.receive(words, sender="crediteuren@vanderkolk-machinebouw.example"), paid("INV-20420"))
    house.desk.approve(other, version=1, actor="ines")
    _, second = both(house, STOP)
    house.desk.approve(second, version=1, actor="ines")
    send(house, wire)
    assert status(house, other) == ProposalStatus.SENT


def test_an_act_that_was_left_out_holds_nothing_back(house: House) -> None:
    wire, (first, second) = Wire(), both(house, PAUSE, paid("INV-20427"))
    item = house.desk.show(second)
    assert item is not None
    held = [i for i, action in enumerate(item.proposal.actions) if action.tool == "hold_outreach"]
    assert held
    version = house.desk.leave_out(second, version=1, actor="ines", without=held)
    house.desk.approve(second, version=version, actor="ines")
    send(house, wire)
    assert status(house, first) == ProposalStatus.SENT


def test_approved_between_the_claim_and_the_body_it_is_still_held_back(house: House) -> None:
    """The server is slow to greet; meanwhile a person approves a stop."""
    first, second = both(house, STOP)

    class Slow(Wire):
        def deliver(self, **mail: object) -> None:
            house.desk.approve(second, version=1, actor="ines")
            before = mail["before_body"]
            assert callable(before)
            assert not before(), "the body may not leave"

    wire = Slow()
    sender = Sender(house.engine, {"ar": Route(wire)}, "w", effects_by(lambda: house.now), clock=lambda: house.now)
    sender.run_due(house.now)
    waiting = mail_of(house, first)
    assert (waiting.state, waiting.attempts, waiting.next_attempt_at) == (SendState.QUEUED, 0, house.now + WAIT)
    assert waiting.last_error == "a stop or a pause was approved meanwhile"


def test_what_holds_back_is_what_never_waits_for_a_mail() -> None:
    assert {name for name, tool in tools().items() if tool.at_approval} == PROTECTS

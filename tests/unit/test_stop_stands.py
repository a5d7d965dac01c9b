"""A stop that a person approved comes about, whatever becomes of the other acts of its approval, or of the mail beside it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlmodel import select

from agent.settling import settle_due
from store import by_hand
from store.engine import unit_of_work
from store.proposals import void_overtaken
from store.tables import Customer, Effect, Escalation, Message, ProposalRow
from store.vocabulary import MessageState, ProposalStatus, Reason
from tests.factories import House, claim, open_house
from tests.unit.test_undo import paid
from tools.registry import tools

WAIT = timedelta(seconds=30)
_LAWYERS, _NOTED = "Our lawyers will write to you.", "What is this about?"

_ABOUT = "the escalation is about something that the customer did not write"


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    made = open_house(tmp_path)
    made.undo = WAIT
    yield made
    made.engine.dispose()


def stop_and_more(house: House) -> int:
    """Approve a stop together with a question that goes to a person; nothing is written to the customer."""
    asked = claim(Reason.QUESTION, _NOTED)
    message = house.receive(f"INV-20413. {_LAWYERS} {_NOTED}")
    number = house.hold(message, claim(Reason.LEGAL_THREAT, _LAWYERS), asked)
    item = house.desk.show(number)
    assert item is not None
    assert [action.tool for action in item.proposal.actions] == ["stop_contact", "escalate_to_human"]
    house.desk.approve(number, version=1, actor="mona")
    assert house.desk.outgoing(number) is None
    return number


def settled(house: House) -> int:
    return settle_due(house.engine, lambda: house.now, policy=house.policy)


def row(house: House, number: int) -> ProposalRow:
    with unit_of_work(house.engine) as session:
        return session.get_one(ProposalRow, number)


def stopped(house: House) -> str | None:
    with unit_of_work(house.engine) as session:
        return session.get_one(Customer, "C1001").stopped_reason


def done(house: House) -> list[str]:
    with unit_of_work(house.engine) as session:
        return [effect.tool for effect in session.exec(select(Effect))]


def test_another_act_that_was_overtaken_does_not_take_the_stop_along(house: House) -> None:
    number = stop_and_more(house)
    paid(house, "INV-20413")
    house.now += WAIT
    assert settled(house) == 0
    found = row(house, number)
    assert (found.status, found.void_reason) == (ProposalStatus.VOID, _ABOUT)
    assert (stopped(house), done(house)) == (Reason.LEGAL_THREAT, ["stop_contact"])
    with unit_of_work(house.engine) as session:
        assert session.get_one(Message, found.message_id).state == MessageState.STORED
        assert len(session.exec(select(Escalation)).all()) == 1


def test_another_act_that_cannot_be_carried_out_does_not_take_the_stop_along(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = stop_and_more(house)
    house.now += WAIT

    def fail(*_: object) -> str:
        raise ValueError("it cannot be written")

    monkeypatch.setattr(type(tools()["escalate_to_human"]), "apply", fail)
    assert settled(house) == 0
    assert row(house, number).status == ProposalStatus.VOID
    assert (stopped(house), done(house)) == (Reason.LEGAL_THREAT, ["stop_contact"])


def test_a_stop_that_itself_cannot_be_carried_out_is_proposed_anew(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = stop_and_more(house)
    house.now += WAIT

    def fail(*_: object) -> str:
        raise ValueError("it cannot be written")

    monkeypatch.setattr(type(tools()["stop_contact"]), "apply", fail)
    assert settled(house) == 0
    assert (row(house, number).status, stopped(house)) == (ProposalStatus.VOID, None)
    assert done(house) == ["escalate_to_human"], "the person who takes it over hears of it all the same"


def test_taken_back_in_the_very_moment_in_which_it_failed_it_stays_held(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = stop_and_more(house)
    house.now += WAIT

    def fail(*_: object) -> str:
        raise ValueError("it cannot be written")

    monkeypatch.setattr(type(tools()["stop_contact"]), "apply", fail)
    monkeypatch.setattr("agent.settling.log.error", lambda *_: house.desk.take_back(number, version=2, actor="mona"))
    assert settled(house) == 0
    assert (row(house, number).status, row(house, number).version) == (ProposalStatus.HELD, 3)
    assert (stopped(house), done(house)) == (None, [])


@pytest.mark.parametrize("mail", [False, True])
def test_a_mail_that_the_customer_sends_after_it_does_not_undo_the_stop(house: House, *, mail: bool) -> None:
    if mail:
        words = "Do not write to us again."
        number = house.hold(house.receive(words), claim(Reason.STOP_CONTACT, words))
        house.desk.approve(number, version=1, actor="mona")
        assert house.desk.outgoing(number) is not None
    else:
        number = stop_and_more(house)
    approved = row(house, number)
    newer = house.receive("One more thing.")
    with unit_of_work(house.engine) as session:
        void_overtaken(session, case_id=approved.case_id or 0, message_id=newer, now=house.now)
    house.now += WAIT
    settled(house)
    assert stopped(house) == (Reason.STOP_CONTACT if mail else Reason.LEGAL_THREAT)


def test_what_a_colleague_answers_by_hand_does_not_undo_the_stop(house: House) -> None:
    number = stop_and_more(house)
    ours = house.receive("Thank you.", sender="stranger@elsewhere.example")
    with unit_of_work(house.engine) as session:
        answered = session.get_one(Message, row(house, number).message_id)
        assert by_hand.note_answer(session, ours, answers=answered, now=house.now) == []
    house.now += WAIT
    assert settled(house) == 1
    assert stopped(house) == Reason.LEGAL_THREAT


def test_any_other_approval_is_overtaken_by_a_newer_mail(house: House) -> None:
    words = "We pay INV-20421 on 20 March."
    promise = claim(Reason.PROMISE_TO_PAY, words, invoices=["INV-20421"], date="2026-03-20")
    number = house.hold(house.receive(words), promise)
    house.desk.approve(number, version=1, actor="mona")
    case = row(house, number).case_id or 0
    newer = house.receive("One more thing.")
    with unit_of_work(house.engine) as session:
        void_overtaken(session, case_id=case, message_id=newer, now=house.now)
    assert row(house, number).status == ProposalStatus.VOID

"""Somebody takes an approval back at the moment in which it is settled and sent: exactly one of them wins, on both databases."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import Engine
from sqlmodel import select

from agent.settling import settle_due
from store.engine import unit_of_work
from store.ledger import import_ledger, read_ledger
from store.proposals import Stale
from store.tables import AuditEntry, Effect, Outgoing, ProposalRow
from store.vocabulary import ProposalStatus, Reason, SendState
from tests.database.test_races_of_acting import at_once
from tests.factories import LEDGER, NOW, House, claim
from tests.unit.test_desk import Wire, send

WAIT = timedelta(seconds=30)


@pytest.fixture
def house(engine: Engine) -> House:
    with unit_of_work(engine) as session:
        import_ledger(session, read_ledger(LEDGER), actor="test", now=NOW)
    return House(engine, undo=WAIT)


def approved(house: House, turn: int) -> int:
    words = f"INV-20413 goes out on Friday 20 March. ({turn})"
    said = claim(Reason.PROMISE_TO_PAY, words, invoices=["INV-20413"], date="2026-03-20")
    number = house.hold(house.receive(words), said)
    house.desk.approve(number, version=1, actor="ines")
    return number


def test_taken_back_or_sent_and_never_both(house: House) -> None:
    number = approved(house, 0)
    house.now += WAIT
    wire = Wire()

    def leave() -> int:
        settle_due(house.engine, lambda: house.now, policy=house.policy)
        send(house, wire)
        return len(wire.taken)

    found = at_once(leave, lambda: house.desk.take_back(number, version=2, actor="bea"), leave)
    back = found[1] == 3
    with unit_of_work(house.engine) as session:
        row = session.get_one(ProposalRow, number)
        mail = session.exec(select(Outgoing)).one()
        effects = session.exec(select(Effect)).all()
    if back:
        assert (row.status, mail.state, wire.taken, list(effects)) == (ProposalStatus.HELD, SendState.VOID, [], [])
    else:
        assert isinstance(found[1], Stale)
        # Both senders looked before the other had settled: then the next round sends it.
        send(house, wire)
        assert len(wire.taken) == 1
        with unit_of_work(house.engine) as session:
            assert session.get_one(ProposalRow, number).status == ProposalStatus.SENT


def test_both_orders(house: House) -> None:
    first, wire = approved(house, 1), Wire()
    house.now += WAIT
    house.desk.take_back(first, version=2, actor="bea")
    assert settle_due(house.engine, lambda: house.now, policy=house.policy) == 0
    assert house.desk.approve(first, version=3, actor="bea")
    house.now += WAIT
    assert settle_due(house.engine, lambda: house.now, policy=house.policy) == 1
    with pytest.raises(Stale):
        house.desk.take_back(first, version=4, actor="bea")
    send(house, wire)
    assert len(wire.taken) == 1


def test_many_daemons_settle_once(house: House) -> None:
    words = "Got it, will have a look."
    message = house.receive(words, sender="books@redstonequarry.example")
    number = house.hold(message, claim(Reason.ACKNOWLEDGEMENT, "will have a look"))
    house.desk.approve(number, version=1, actor="ines")
    house.now += WAIT
    found = at_once(*(lambda: settle_due(house.engine, lambda: house.now, policy=house.policy) for _ in range(4)))
    assert sorted(found) == [0, 0, 0, 1]  # type: ignore[type-var] # counts
    with unit_of_work(house.engine) as session:
        assert len(session.exec(select(Effect)).all()) == 1


def test_a_stop_that_is_approved_while_a_mail_leaves_comes_before_it_or_after_it(house: House) -> None:
    words, stop = "INV-20413 goes out on Friday 20 March.", "Do not write to us again."
    mails = house.receive(words), house.receive(stop, sender="d.sayle@harrowfinch.example")
    promise = claim(Reason.PROMISE_TO_PAY, words, invoices=["INV-20413"], date="2026-03-20")
    first = house.hold(mails[0], promise)
    second = house.hold(mails[1], claim(Reason.STOP_CONTACT, stop))
    house.desk.approve(first, version=1, actor="ines")
    house.now += WAIT
    assert settle_due(house.engine, lambda: house.now, policy=house.policy) == 1
    wire = Wire()
    found = at_once(lambda: send(house, wire), lambda: house.desk.approve(second, version=1, actor="bea"))
    left = len(wire.taken)
    send(house, wire)
    assert len(wire.taken) == left, "approved, and nothing else leaves any more"
    with unit_of_work(house.engine) as session:
        entries = {(entry.event, entry.subject): entry.seq for entry in session.exec(select(AuditEntry))}
        mail = session.exec(select(Outgoing).where(Outgoing.proposal_id == first)).one()
    if isinstance(found[1], Stale):
        # What had left by then changed what the stop was made from: bea is told so, and it is made anew for her.
        assert left
        assert ("proposal.approved", f"proposal:{second}") not in entries
    elif left:
        left_at = entries["outgoing.transmitting", f"outgoing:{mail.id}"]
        assert left_at < entries["proposal.approved", f"proposal:{second}"]
    else:
        assert mail.state == SendState.QUEUED

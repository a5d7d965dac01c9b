"""Two people, or a person and the Sent folder, act on one matter at the same moment: one of them wins, on both databases."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from decimal import Decimal
from threading import Barrier

import pytest
from sqlalchemy import Engine
from sqlmodel import select

from store import by_hand, disputes, messages
from store.aftermath import DisputeStatus
from store.engine import unit_of_work
from store.inbound import InboundEmail
from store.ledger import import_ledger, read_ledger
from store.matters import Followup
from store.proposals import Stale
from store.tables import Dispute, Message, Outgoing, ProposalRow
from store.vocabulary import MessageKind, ProposalStatus, Reason, SendState
from tests.factories import COMPANY, LEDGER, NOW, House, claim
from tests.unit.test_desk import Wire, rows, send

WORDS = "INV-20413 goes out on Friday 20 March."


@pytest.fixture
def house(engine: Engine) -> House:
    with unit_of_work(engine) as session:
        import_ledger(session, read_ledger(LEDGER), actor="test", now=NOW)
    return House(engine)


def at_once(*acts: Callable[[], object]) -> list[object]:
    """Run acts side by side; give what each gave or raised."""
    start = Barrier(len(acts))

    def run(act: Callable[[], object]) -> object:
        start.wait()
        try:
            return act()
        except (Stale, ValueError) as error:
            return error

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


def note_by_hand(house: House, answers: int, number: int) -> None:
    sent = InboundEmail(
        kind=MessageKind.REPLY,
        message_id=f"<hand-{number}@desk.example>",
        from_address=COMPANY.email,
        to=("p.kershaw@harrowfinch.example",),
        new_text="Thank you, noted.",
    )
    place = {"mailbox": "ar", "folder": "Sent", "uidvalidity": 1, "uid": number}
    with unit_of_work(house.engine) as session:
        kept = messages.record(session, raw=b"sent %d" % number, email=sent, received_at=house.now, **place)  # type: ignore[arg-type] # a place as it is
        by_hand.note_answer(session, kept.message_id, answers=session.get_one(Message, answers), now=house.now)


def test_an_approval_and_an_answer_by_hand_never_both_leave(house: House) -> None:
    for turn in range(6):
        words = f"{WORDS} ({turn})"
        message = house.receive(words)
        said = claim(Reason.PROMISE_TO_PAY, words, invoices=["INV-20413"], date=date(2026, 3, 20))
        held = house.hold(message, said)
        at_once(
            lambda held=held: house.desk.approve(held, version=1, actor="ines"),  # type: ignore[misc] # bound now
            lambda message=message, turn=turn: note_by_hand(house, message, turn),  # type: ignore[misc] # bound now
        )
        with unit_of_work(house.engine) as session:
            assert session.get_one(ProposalRow, held).status == ProposalStatus.VOID
    wire = Wire()
    send(house, wire)
    assert wire.taken == []
    assert {o.state for o in rows(house, Outgoing) if isinstance(o, Outgoing)} <= {SendState.VOID}


def test_a_dispute_ends_once(house: House) -> None:
    contest = "INV-20413 charges a pallet that never came."
    held = house.hold(house.receive(contest), claim(Reason.DISPUTE, contest, invoices=["INV-20413"]))
    house.desk.approve(held, version=1, actor="ines")
    send(house, Wire())
    number = rows(house, Dispute)[0].id  # type: ignore[attr-defined] # it is a Dispute

    def end(status: DisputeStatus, credit: Decimal | None) -> str:
        with unit_of_work(house.engine) as session:
            return disputes.settle(
                session, number, status=status, actor="ines", reason="x", now=house.now, credit=credit
            ).status

    found = at_once(
        lambda: end(DisputeStatus.CREDITED, Decimal(5)),
        lambda: end(DisputeStatus.REJECTED, None),
        lambda: end(DisputeStatus.WITHDRAWN, None),
    )
    assert sum(isinstance(each, ValueError) for each in found) == 2
    with unit_of_work(house.engine) as session:
        assert len(session.exec(select(Followup)).all()) == 1


def test_two_people_approve_one_proposal_once(house: House) -> None:
    message = house.receive(WORDS)
    said = claim(Reason.PROMISE_TO_PAY, WORDS, invoices=["INV-20413"], date=date(2026, 3, 20))
    held = house.hold(message, said)
    found = at_once(*(lambda: house.desk.approve(held, version=1, actor="ines") for _ in range(4)))
    assert sum(isinstance(each, Stale) for each in found) == 3
    wire = Wire()
    send(house, wire)
    assert len(wire.taken) == 1

"""Portal items on both databases: what is stored comes back, and of two that move or open at once, one wins."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest
from sqlalchemy import Engine
from sqlmodel import select

from store import audit
from store.aftermath import FollowupKind, Portal, PortalStatus
from store.engine import unit_of_work
from store.ledger import import_ledger, read_ledger
from store.matters import Followup, PortalItem
from store.portal_hearing import advance, hear
from store.portals import IllegalMove, items, open_item
from store.tables import Effect
from store.vocabulary import Reason
from tests.factories import LEDGER, NOW, House, claim


@pytest.fixture
def effect_id(engine: Engine) -> int:
    with unit_of_work(engine) as session:
        import_ledger(session, read_ledger(LEDGER), actor="test", now=NOW)
    house = House(engine)
    proposal = house.hold(house.receive("Thank you."), claim(Reason.ACKNOWLEDGEMENT, "Thank you."))
    with unit_of_work(engine) as session:
        effect = Effect(proposal_id=proposal, position=0, tool="submit_to_portal", text="", applied_at=NOW)
        session.add(effect)
        session.flush()
        assert effect.id is not None
        return effect.id


def open_one(engine: Engine, effect_id: int) -> int:
    with unit_of_work(engine) as session:
        item = open_item(
            session,
            customer_id="C1001",
            invoice_number="INV-20413",
            portal=Portal.COUPA,
            fields={"Invoice #": "INV-20413", "Description": "Größe Ø 40"},
            missing=["po_number"],
            effect_id=effect_id,
            actor="anna",
            now=NOW,
        )
        assert item.id is not None
        return item.id


def at_once(*jobs: Callable[[], object]) -> list[str]:
    """Run jobs side by side; give what each was refused with, "" for those that were not."""
    start, ends = threading.Barrier(len(jobs)), [""] * len(jobs)

    def run(place: int) -> None:
        start.wait(timeout=20)
        try:
            jobs[place]()
        except IllegalMove as refused:
            ends[place] = str(refused)

    threads = [threading.Thread(target=run, args=(place,)) for place in range(len(jobs))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert not any(thread.is_alive() for thread in threads)
    return ends


def test_an_item_comes_back_as_it_was_stored(engine: Engine, effect_id: int) -> None:
    item_id = open_one(engine, effect_id)
    with unit_of_work(engine) as session:
        advance(session, item_id, PortalStatus.SUBMITTED, actor="anna", now=NOW)
    with unit_of_work(engine) as session:
        assert hear(
            session,
            customer_id="C1001",
            invoice_number="INV-20413",
            portal=Portal.COUPA,
            status=PortalStatus.REJECTED,
            reason="Menge weicht ab – größer",
            said_at=NOW,
            message_id=1,
            now=NOW,
        )
    with unit_of_work(engine) as session:
        (item,) = items(session)
        assert item.fields == {"Invoice #": "INV-20413", "Description": "Größe Ø 40"}
        assert item.missing == ["po_number"]
        assert [m["to"] for m in item.moves] == ["to_submit", "submitted", "rejected"]
        assert item.moves[-1]["why"] == "Menge weicht ab – größer"
        (woken,) = session.exec(select(Followup)).all()
        assert (woken.kind, woken.subject_id, woken.effect_id) == (FollowupKind.PORTAL_REJECTED, item_id, effect_id)
        assert audit.verify(session)[1] is None


def test_two_who_move_an_item_at_once_make_one_move(engine: Engine, effect_id: int) -> None:
    item_id = open_one(engine, effect_id)

    def mark() -> None:
        with unit_of_work(engine) as session:
            advance(session, item_id, PortalStatus.SUBMITTED, actor="anna", now=NOW)

    assert sorted(bool(end) for end in at_once(mark, mark, mark)) == [False, True, True]
    with unit_of_work(engine) as session:
        assert [m["to"] for m in session.get_one(PortalItem, item_id).moves] == ["to_submit", "submitted"]
        assert audit.verify(session)[1] is None


def test_two_who_open_an_item_at_once_open_one(engine: Engine, effect_id: int) -> None:
    ends = at_once(lambda: open_one(engine, effect_id), lambda: open_one(engine, effect_id))
    assert sorted(bool(end) for end in ends) == [False, True]
    with unit_of_work(engine) as session:
        assert len(session.exec(select(PortalItem)).all()) == 1

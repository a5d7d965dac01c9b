"""Portal items: legal moves only, each with its entry in the log; a rejection wakes the case, and no ledger ever moves."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlmodel import Session, col, select

from store import audit
from store.aftermath import FollowupKind, Portal, PortalStatus
from store.engine import unit_of_work
from store.matters import Followup, PortalItem
from store.portal_hearing import advance, hear
from store.portals import LEGAL, IllegalMove, items, latest, move, open_item, set_back, supply, way
from store.tables import AuditEntry, Effect, Invoice, Message
from store.vocabulary import Reason
from tests.factories import NOW, House, claim, open_house

TO_SUBMIT, SUBMITTED, REJECTED, APPROVED, PAID = (
    PortalStatus.TO_SUBMIT,
    PortalStatus.SUBMITTED,
    PortalStatus.REJECTED,
    PortalStatus.APPROVED,
    PortalStatus.PAID,
)
MOVES = st.sampled_from(list(PortalStatus))


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> House:
    return open_house(tmp_path_factory.mktemp("portals"))


@pytest.fixture(scope="module")
def effect_id(house: House) -> int:
    """An effect that items can point at: that of a proposal about this customer."""
    message = house.receive("Please use Coupa for INV-20413.")
    proposal = house.hold(message, claim(Reason.ACKNOWLEDGEMENT, "Please use Coupa"))
    with unit_of_work(house.engine) as session:
        effect = Effect(proposal_id=proposal, position=0, tool="submit_to_portal", text="", applied_at=NOW)
        session.add(effect)
        session.flush()
        assert effect.id is not None
        return effect.id


@pytest.fixture
def session(house: House, effect_id: int) -> Iterator[Session]:
    """A transaction that is undone."""
    with Session(house.engine) as opened:
        yield opened
        opened.rollback()


def opened(session: Session, effect_id: int, number: str = "INV-20413", portal: Portal = Portal.COUPA) -> int:
    item = open_item(
        session,
        customer_id="C1001",
        invoice_number=number,
        portal=portal,
        fields={"Invoice #": number, "PO #": ""},
        missing=["po_number", "document"],
        effect_id=effect_id,
        actor="anna",
        now=NOW,
    )
    assert item.id is not None
    return item.id


def at(session: Session, item_id: int, *statuses: PortalStatus) -> PortalItem:
    for status in statuses:
        advance(session, item_id, status, actor="anna", now=NOW, why="no PO")
    return session.get_one(PortalItem, item_id)


def told(session: Session, status: PortalStatus, *, minutes: int = 60, portal: Portal = Portal.COUPA) -> bool:
    return hear(
        session,
        customer_id="C1001",
        invoice_number="INV-20413",
        portal=portal,
        status=status,
        reason="Wrong order" if status is REJECTED else "",
        said_at=NOW + timedelta(minutes=minutes),
        message_id=1,
        now=NOW + timedelta(minutes=minutes + 1),
    )


def wakings(session: Session) -> list[Followup]:
    return list(session.exec(select(Followup).where(Followup.kind == FollowupKind.PORTAL_REJECTED)))


# --- the state machine ----------------------------------------------------------------------------------------------


@given(start=MOVES, end=MOVES)
def test_a_way_is_made_of_legal_moves_and_ends_where_it_should(start: PortalStatus, end: PortalStatus) -> None:
    steps = way(start, end)
    if steps is None:
        assert end not in LEGAL[start]
        return
    assert (start, *steps)[-1] is end
    assert all(after in LEGAL[before] for before, after in pairwise((start, *steps)))
    assert REJECTED not in steps[:-1]


def test_the_states_are_those_of_the_plan() -> None:
    assert way(TO_SUBMIT, SUBMITTED) == (SUBMITTED,)
    assert way(TO_SUBMIT, REJECTED) == (SUBMITTED, REJECTED)
    assert way(TO_SUBMIT, PAID) == (SUBMITTED, APPROVED, PAID)
    assert way(SUBMITTED, PAID) == (APPROVED, PAID)
    assert way(APPROVED, SUBMITTED) is None
    assert all(way(PAID, status) is None for status in PortalStatus if status is not PAID)
    assert all(way(status, TO_SUBMIT) is None for status in PortalStatus if status is not TO_SUBMIT)


@given(wanted=st.lists(st.tuples(MOVES, st.booleans(), st.integers(-100, 5000)), max_size=8))
def test_whatever_is_asked_no_move_is_illegal(
    house: House, effect_id: int, wanted: list[tuple[PortalStatus, bool, int]]
) -> None:
    with Session(house.engine) as session:
        item_id = opened(session, effect_id)
        invoice = session.get_one(Invoice, "INV-20413").model_dump()
        for status, by_mail, minutes in wanted:
            if by_mail:
                told(session, status, minutes=minutes)
            else:
                before = PortalStatus(session.get_one(PortalItem, item_id).status)
                try:
                    advance(session, item_id, status, actor="anna", now=NOW, why="said so")
                except IllegalMove:
                    assert status not in LEGAL[before]
        item = session.get_one(PortalItem, item_id)
        states = [PortalStatus(m["to"]) for m in item.moves]
        assert states[0] is TO_SUBMIT
        assert states[-1] == item.status
        assert all(after in LEGAL[before] for before, after in pairwise(states))
        entries = session.exec(
            select(AuditEntry).where(AuditEntry.event == "portal.moved", AuditEntry.subject == f"portal_item:{item_id}")
        ).all()
        assert len(entries) == len(states)
        assert session.get_one(Invoice, "INV-20413").model_dump() == invoice
        assert bool(wakings(session)) == (REJECTED in states)
        session.rollback()


# --- opening and filling --------------------------------------------------------------------------------------------


def test_an_invoice_has_one_open_item(session: Session, effect_id: int) -> None:
    first = opened(session, effect_id)
    with pytest.raises(IllegalMove, match=f"INV-20413 is to submit already: portal item {first}"):
        opened(session, effect_id)
    at(session, first, SUBMITTED)
    with pytest.raises(IllegalMove, match="submitted already"):
        opened(session, effect_id)
    at(session, first, REJECTED)
    second = opened(session, effect_id)
    assert second != first
    with pytest.raises(IllegalMove, match=f"was replaced by {second}"):
        move(session, first, SUBMITTED, actor="anna", now=NOW)


def test_a_refusal_says_what_to_do(session: Session, effect_id: int) -> None:
    item = opened(session, effect_id)
    with pytest.raises(IllegalMove, match="was not submitted yet: mark it submitted first"):
        advance(session, item, REJECTED, actor="anna", now=NOW)
    at(session, item, SUBMITTED)
    with pytest.raises(IllegalMove, match="is submitted already"):
        advance(session, item, SUBMITTED, actor="anna", now=NOW)
    at(session, item, APPROVED, PAID)
    with pytest.raises(IllegalMove, match="it can become nothing any more, not rejected"):
        advance(session, item, REJECTED, actor="anna", now=NOW)
    with pytest.raises(IllegalMove, match="there is no portal item 9999"):
        advance(session, 9999, SUBMITTED, actor="anna", now=NOW)


def test_what_was_missing_is_filled_in_while_it_can_still_be_used(session: Session, effect_id: int) -> None:
    item = opened(session, effect_id)
    supply(session, item, given={"po_number": ("PO #", "HF-9")}, actor="anna", now=NOW)
    row = session.get_one(PortalItem, item)
    assert (row.fields["PO #"], row.missing) == ("HF-9", ["document"])
    at(session, item, SUBMITTED)
    with pytest.raises(IllegalMove):
        supply(session, item, given={"po_number": ("PO #", "HF-10")}, actor="anna", now=NOW)


def test_the_list_holds_what_still_asks_for_something(session: Session, effect_id: int) -> None:
    first = opened(session, effect_id)
    other = opened(session, effect_id, "INV-20406")  # settled in the ledger
    assert [i.id for i in items(session)] == [first]
    assert [i.id for i in items(session, every=True)] == [first, other]
    at(session, first, SUBMITTED, APPROVED)
    assert [i.id for i in items(session)] == [first]
    at(session, first, PAID)
    assert items(session) == []


# --- what a portal's mail moves ------------------------------------------------------------------------------------


def test_a_rejection_wakes_the_case_once_a_day(session: Session, effect_id: int) -> None:
    item = opened(session, effect_id)
    assert told(session, REJECTED)
    assert not told(session, REJECTED)
    row = session.get_one(PortalItem, item)
    assert [m["to"] for m in row.moves] == ["to_submit", "submitted", "rejected"]
    assert row.moves[-1] | {"at": ""} == {
        "to": "rejected",
        "at": "",
        "by": "portal",
        "why": "Wrong order",
        "message": 1,
    }
    (woken,) = wakings(session)
    assert (woken.subject_id, woken.effect_id, woken.due_on) == (item, effect_id, NOW.date())


def test_a_mail_of_another_portal_or_customer_moves_nothing(session: Session, effect_id: int) -> None:
    item = opened(session, effect_id)
    assert not told(session, REJECTED, portal=Portal.ARIBA)
    assert not hear(
        session,
        customer_id="C1002",
        invoice_number="INV-20413",
        portal=Portal.COUPA,
        status=REJECTED,
        reason="",
        said_at=None,
        message_id=1,
        now=NOW,
    )
    assert session.get_one(PortalItem, item).status == TO_SUBMIT


def test_old_news_moves_nothing_but_a_rejection(session: Session, effect_id: int) -> None:
    item = opened(session, effect_id)
    at(session, item, SUBMITTED)
    assert not told(session, APPROVED, minutes=-30)
    assert told(session, REJECTED, minutes=-30)
    assert not told(session, SUBMITTED, minutes=-60)
    assert session.get_one(PortalItem, item).status == REJECTED
    assert told(session, SUBMITTED, minutes=120)


def test_paid_is_a_note_and_the_ledger_stays(session: Session, effect_id: int) -> None:
    item = opened(session, effect_id)
    before = session.get_one(Invoice, "INV-20413").balance
    assert told(session, PAID)
    assert session.get_one(PortalItem, item).status == PAID
    assert session.get_one(Invoice, "INV-20413").balance == before > 0


def test_paid_by_mistake_is_set_back_by_a_person_with_a_note(session: Session, effect_id: int) -> None:
    item_id = opened(session, effect_id)
    with pytest.raises(IllegalMove, match="to submit, not paid"):
        set_back(session, item_id, actor="anna", note="wrong one", now=NOW)
    for hours, status in enumerate((SUBMITTED, APPROVED, PAID), 1):
        advance(session, item_id, status, actor="anna", now=NOW + timedelta(hours=hours))
    assert item_id not in [i.id for i in items(session)]
    with pytest.raises(IllegalMove, match="say why"):
        set_back(session, item_id, actor="anna", note=" \n ", now=NOW)
    item = set_back(session, item_id, actor="ben", note="the line\nbelow was meant", now=NOW + timedelta(hours=5))
    assert (item.status, [m["to"] for m in item.moves]) == (
        APPROVED,
        ["to_submit", "submitted", "approved", "paid", "approved"],
    )
    assert item_id in [i.id for i in items(session)], "it asks for something again"
    entry = session.exec(select(AuditEntry).where(AuditEntry.event == "portal.set_back")).one()
    assert entry.actor == "ben"
    assert '"note":"the line below was meant"' in entry.payload
    assert advance(session, item_id, PAID, actor="anna", now=NOW + timedelta(hours=6)).status == PAID


def test_what_one_mail_told_at_once_is_set_back_at_once(session: Session, effect_id: int) -> None:
    item_id = opened(session, effect_id)
    message = session.exec(select(Message.id)).first() or 0
    assert hear(
        session,
        customer_id="C1001",
        invoice_number="INV-20413",
        portal=Portal.COUPA,
        status=PAID,
        reason="",
        said_at=None,
        message_id=message,
        now=NOW + timedelta(hours=1),
    )
    assert set_back(session, item_id, actor="ben", note="wrong mail", now=NOW + timedelta(hours=2)).status == TO_SUBMIT


def test_the_log_holds_no_words_of_a_mail(session: Session, effect_id: int) -> None:
    opened(session, effect_id)
    told(session, REJECTED)
    payloads = session.exec(select(AuditEntry.payload).where(col(AuditEntry.event).startswith("portal."))).all()
    assert payloads
    assert not any("Wrong order" in payload for payload in payloads)
    assert audit.verify(session)[1] is None
    newest = latest(session, "INV-20413")
    assert newest is not None
    assert newest.status == REJECTED

"""Taking an approval back: nothing leaves and nothing is done before its time is over, and then it is done once."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlmodel import col, select
from starlette.testclient import TestClient

from agent.settling import settle_due
from review.app import create_app
from store import proposals, undo
from store.engine import open_engine, unit_of_work
from store.ledger import import_ledger, read_ledger
from store.measured import Decision
from store.proposals import Stale
from store.tables import AuditEntry, Effect, Escalation, Invoice, Message, ProposalRow
from store.vocabulary import MessageState, ProposalStatus, Reason, SendState
from tests.factories import LEDGER, NOW, House, claim, open_house
from tests.unit.test_desk import Wire, send
from tools.registry import tools

WAIT = timedelta(seconds=30)
WORDS = "We pay INV-20421 on 20 March."
BASE, PAGE = "http://127.0.0.1:8765", {"sec-fetch-site": "same-origin"}


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    made = open_house(tmp_path)
    made.undo = WAIT
    yield made
    made.engine.dispose()


def promise(house: House, words: str = WORDS) -> int:
    return house.hold(
        house.receive(words), claim(Reason.PROMISE_TO_PAY, WORDS, invoices=["INV-20421"], date="2026-03-20")
    )


def no_answer(house: House) -> int:
    words = "Got it, will have a look."
    message = house.receive(words, sender="books@redstonequarry.example")
    return house.hold(message, claim(Reason.ACKNOWLEDGEMENT, "will have a look"))


def handed_over(house: House) -> int:
    """Hold an answer that goes out, with an act that protects: a lawyer is named."""
    words = "Our lawyers will write to you about INV-20421."
    return house.hold(house.receive(words), claim(Reason.LEGAL_THREAT, words, invoices=["INV-20421"]))


def row(house: House, number: int) -> ProposalRow:
    with unit_of_work(house.engine) as session:
        return session.get_one(ProposalRow, number)


def kept(house: House, table: type) -> list[object]:
    with unit_of_work(house.engine) as session:
        return list(session.exec(select(table)).all())


def settled(house: House) -> int:
    return settle_due(house.engine, lambda: house.now, policy=house.policy)


def events(house: House, number: int) -> list[str]:
    with unit_of_work(house.engine) as session:
        mine = select(AuditEntry.event).where(AuditEntry.subject == f"proposal:{number}")
        return list(session.exec(mine.order_by(col(AuditEntry.seq))).all())


def test_a_mail_does_not_leave_before_its_time_is_over(house: House) -> None:
    number, wire = promise(house), Wire()
    house.desk.approve(number, version=1, actor="ines")
    outgoing = house.desk.outgoing(number)
    assert outgoing is not None
    assert outgoing.next_attempt_at >= NOW + WAIT
    house.now += WAIT - timedelta(seconds=1)
    assert settled(house) == 0
    send(house, wire)
    assert wire.taken == []
    house.now += timedelta(seconds=1)
    send(house, wire)
    assert wire.taken == [], "the time is over, but nobody has settled it: it could still be taken back"
    assert settled(house) == 1
    send(house, wire)
    assert len(wire.taken) == 1
    assert settled(house) == 0


def test_what_has_no_mail_is_carried_out_when_the_time_is_over_and_once(house: House) -> None:
    number = no_answer(house)
    house.desk.approve(number, version=1, actor="ines")
    assert row(house, number).status == ProposalStatus.APPROVED
    assert kept(house, Effect) == []
    house.now += WAIT
    assert settled(house) == 1
    assert row(house, number).status == ProposalStatus.DONE
    assert len(kept(house, Effect)) == 1
    assert settled(house) == 0
    assert len(kept(house, Effect)) == 1


def test_what_protects_waits_for_the_time_but_not_for_the_mail(house: House) -> None:
    number = handed_over(house)
    house.desk.approve(number, version=1, actor="ines")
    assert kept(house, Escalation) == []
    house.now += WAIT
    settled(house)
    assert len(kept(house, Escalation)) == 1


def pausing(house: House) -> int:
    """Hold an answer that goes out, and pauses the invoice as soon as it is approved."""
    words = "The pallet of INV-20421 never came."
    return house.hold(
        house.receive(words), claim(Reason.DISPUTE, words, invoices=["INV-20421"], dispute_kind="not_received")
    )


def test_what_an_approval_itself_pauses_does_not_void_its_mail(house: House) -> None:
    number, wire = pausing(house), Wire()
    house.desk.approve(number, version=1, actor="ines")
    outgoing = house.desk.outgoing(number)
    assert outgoing is not None, "it is told to the customer"
    house.now += WAIT
    settled(house)
    send(house, wire)
    assert len(wire.taken) == 1


def test_a_ledger_that_changed_while_it_waited_voids_the_mail(house: House) -> None:
    number, wire = promise(house), Wire()
    house.desk.approve(number, version=1, actor="ines")
    with unit_of_work(house.engine) as session:
        session.get_one(Invoice, "INV-20421").balance -= 1
    house.now += WAIT
    settled(house)
    send(house, wire)
    assert wire.taken == []
    assert row(house, number).status == ProposalStatus.VOID


@pytest.mark.parametrize("make", [promise, no_answer])
def test_taking_back_holds_it_again_with_the_same_words_and_does_nothing(house: House, make: object) -> None:
    number = make(house)  # type: ignore[operator] # a maker of proposals
    before = row(house, number).content
    house.desk.approve(number, version=1, actor="ines")
    version = house.desk.take_back(number, version=2, actor="bea")
    assert version == 3
    now = row(house, number)
    assert (now.status, now.version, now.content) == (ProposalStatus.HELD, 3, before)
    assert (now.decided_by, now.decided_at, now.settles_at) == (None, None, None)
    assert events(house, number)[-1] == "approval.taken_back"
    house.now += WAIT * 2
    assert settled(house) == 0
    wire = Wire()
    send(house, wire)
    assert (wire.taken, kept(house, Effect)) == ([], [])


def test_what_was_taken_back_can_be_approved_again_and_leaves_once(house: House) -> None:
    number, wire = promise(house), Wire()
    house.desk.approve(number, version=1, actor="ines")
    first = house.desk.outgoing(number)
    house.desk.take_back(number, version=2, actor="ines")
    assert house.desk.approve(number, version=3, actor="ines")
    second = house.desk.outgoing(number)
    assert first is not None
    assert second is not None
    assert first.message_id_header != second.message_id_header
    assert second.state == SendState.QUEUED
    house.now += WAIT
    settled(house)
    send(house, wire)
    send(house, wire)
    assert len(wire.taken) == 1
    assert second.message_id_header.encode() in wire.taken[0]


def test_it_is_too_late_once_it_is_settled_and_a_wrong_version_changes_nothing(house: House) -> None:
    number = promise(house)
    house.desk.approve(number, version=1, actor="ines")
    with pytest.raises(Stale):
        house.desk.take_back(number, version=1, actor="ines")
    house.now += WAIT
    settled(house)
    with pytest.raises(Stale, match="too late"):
        house.desk.take_back(number, version=2, actor="ines")
    assert row(house, number).status == ProposalStatus.APPROVED


def test_at_once_and_a_setting_of_none_leave_no_time(house: House) -> None:
    number = no_answer(house)
    house.desk.approve(number, version=1, actor="cli:ines", at_once=True)
    assert row(house, number).status == ProposalStatus.DONE
    house.undo = timedelta(0)
    other = promise(house)
    house.desk.approve(other, version=1, actor="ines")
    assert row(house, other).settles_at is None
    with pytest.raises(Stale):
        house.desk.take_back(other, version=2, actor="ines")


def test_a_new_mail_of_the_customer_overtakes_what_waits_without_a_mail_too(house: House) -> None:
    number = no_answer(house)
    message = row(house, number).message_id
    house.desk.approve(number, version=1, actor="ines")
    with unit_of_work(house.engine) as session:
        assert proposals.void(session, number, reason="the customer wrote again", now=house.now)
        assert session.get_one(Message, message).state == MessageState.STORED
    house.now += WAIT
    assert settled(house) == 0
    assert kept(house, Effect) == []


def test_what_cannot_be_carried_out_is_proposed_anew(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    number, fine = no_answer(house), promise(house)
    for each in (number, fine):
        house.desk.approve(each, version=1, actor="ines")
    house.now += WAIT

    def fail(*_: object) -> str:
        raise ValueError("the contact is gone")

    monkeypatch.setattr(type(tools()["hold_outreach"]), "apply", fail)
    monkeypatch.setattr(type(tools()["no_reply"]), "apply", fail)
    assert settled(house) == 1
    assert row(house, number).status == ProposalStatus.VOID
    assert row(house, number).settles_at is None
    assert row(house, fine).settles_at is None


def test_what_is_counted_follows_the_decision(house: House) -> None:
    number = promise(house)
    house.desk.approve(number, version=1, actor="ines")
    house.desk.take_back(number, version=2, actor="ines")
    house.desk.approve(number, version=3, actor="ines")
    with unit_of_work(house.engine) as session:
        outcomes = [d.outcome for d in session.exec(select(Decision).order_by(col(Decision.id)))]
    assert outcomes == ["taken_back", "unedited"]


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file of an installation in which nothing happened yet: a copy is made sooner than a new one."""
    folder = tmp_path_factory.mktemp("empty")
    open_house(folder).engine.dispose()
    return folder / "house.db"


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(st.sampled_from(["approve", "undo", "wait", "settle", "send"]), max_size=12))
def test_whatever_order_it_leaves_at_most_once_and_never_after_it_was_taken_back(
    steps: list[str], empty: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    file = Path(shutil.copy(empty, tmp_path_factory.mktemp("house")))
    house = House(open_engine(f"sqlite:///{file}"), undo=WAIT)
    number, wire, taken_back = promise(house), Wire(), False
    for step in steps:
        before = row(house, number)
        try:
            if step == "approve":
                house.desk.approve(number, version=before.version, actor="ines")
                taken_back = False
            elif step == "undo":
                house.desk.take_back(number, version=before.version, actor="ines")
                taken_back = True
            elif step == "wait":
                house.now += WAIT
            elif step == "settle":
                settled(house)
            else:
                left = len(wire.taken)
                send(house, wire)
                assert not (taken_back and len(wire.taken) > left)
        except Stale:
            pass
    now = row(house, number)
    assert len(wire.taken) <= 1
    assert (now.settles_at is not None) <= (now.status == ProposalStatus.APPROVED)
    if wire.taken:
        assert now.status == ProposalStatus.SENT
    house.engine.dispose()


# --- the page -------------------------------------------------------------------------------------------------------


@pytest.fixture
def client(house: House) -> Iterator[TestClient]:
    with TestClient(create_app(house.desk), base_url=BASE, follow_redirects=False) as client:
        yield client


def undo_form(page: str, number: int) -> dict[str, str]:
    form = next(f for f in re.findall(r"<form.*?</form>", page, re.DOTALL) if f'action="/items/{number}/undo"' in f)
    return dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', form))


def test_the_page_counts_down_and_takes_back_without_a_script(house: House, client: TestClient) -> None:
    number = promise(house)
    house.desk.approve(number, version=1, actor="local")
    page = client.get(f"/items/{number}").text
    assert 'data-seconds="30"' in page
    assert "You can take it back for" in page
    house.now += timedelta(seconds=12, milliseconds=300)
    fragment = client.get(f"/items/{number}/outcome", headers={"hx-request": "true"}).text
    assert 'data-seconds="18"' in fragment
    answer = client.post(f"/items/{number}/undo", data=undo_form(fragment, number), headers=PAGE)
    assert (answer.status_code, answer.headers["location"]) == (303, f"/items/{number}?notice=taken_back")
    assert "Taken back." in client.get(answer.headers["location"]).text
    assert row(house, number).status == ProposalStatus.HELD
    again = client.post(f"/items/{number}/undo", data=undo_form(fragment, number), headers=PAGE)
    assert again.status_code == 409
    assert "somebody took it back before you" in again.text


def test_too_late_is_said_kindly_and_other_pages_offer_it_too(house: House, client: TestClient) -> None:
    number = promise(house)
    house.desk.approve(number, version=1, actor="local")
    queue = client.get("/").text
    assert f'action="/items/{number}/undo"' in queue
    assert "Undo the approval for Harrow &amp; Finch Engineering Ltd" in queue
    fields = undo_form(queue, number)
    house.now += WAIT
    assert f'action="/items/{number}/undo"' not in client.get("/").text
    settled(house)
    answer = client.post(f"/items/{number}/undo", data=fields, headers=PAGE)
    assert answer.status_code == 409
    assert "It is too late" in answer.text
    assert client.post("/items/999/undo", data=fields, headers=PAGE).status_code == 404


def test_only_who_approved_is_offered_it_on_other_pages(house: House, client: TestClient) -> None:
    number = promise(house)
    house.desk.approve(number, version=1, actor="ines")
    assert f"/items/{number}/undo" not in client.get("/").text
    assert f"/items/{number}/undo" in client.get(f"/items/{number}").text


def test_an_import_while_it_waits_is_no_reason_to_lose_it(house: House) -> None:
    number = no_answer(house)
    house.desk.approve(number, version=1, actor="ines")
    with unit_of_work(house.engine) as session:
        import_ledger(session, read_ledger(LEDGER), actor="test", now=house.now)
        assert undo.due(session, now=house.now) == []
    house.now += WAIT
    assert settled(house) == 1


def paid(house: House, *numbers: str) -> None:
    """Let the account say that these invoices are paid."""
    with unit_of_work(house.engine) as session:
        for number in numbers:
            session.get_one(Invoice, number).balance = Decimal(0)


def pause(house: House) -> int:
    words = "Got it, INV-20417 will be looked at."
    message = house.receive(words, sender="books@redstonequarry.example")
    return house.hold(message, claim(Reason.ACKNOWLEDGEMENT, words, invoices=["INV-20417"]))


def test_what_the_ledger_overtook_without_a_mail_is_not_done_and_proposed_anew_with_words(house: House) -> None:
    number = pause(house)
    assert house.desk.outgoing(number) is None
    house.desk.approve(number, version=1, actor="ines")
    assert row(house, number).status == ProposalStatus.APPROVED
    paid(house, "INV-20417")
    house.now += WAIT
    assert settled(house) == 0
    found = row(house, number)
    assert (found.status, found.settles_at) == (ProposalStatus.VOID, None)
    assert found.void_reason == "no open invoice of this customer is meant"
    assert kept(house, Effect) == []
    with unit_of_work(house.engine) as session:
        assert session.get_one(Message, found.message_id).state == MessageState.STORED
    assert "approval.settled" not in events(house, number)
    assert settled(house) == 0, "and that is the end of it"


def test_a_day_that_passed_while_nobody_settled_is_not_held(house: House) -> None:
    number = pause(house)
    house.desk.approve(number, version=1, actor="ines")
    house.now += timedelta(days=60)
    assert settled(house) == 0
    assert row(house, number).void_reason == "the pause is over already"
    assert kept(house, Effect) == []


def test_a_ledger_that_changed_elsewhere_does_not_stop_an_act_that_is_still_possible(house: House) -> None:
    number = pause(house)
    house.desk.approve(number, version=1, actor="ines")
    paid(house, "INV-20433")
    house.now += WAIT
    assert settled(house) == 1
    assert len(kept(house, Effect)) == 1


def test_a_stop_is_carried_out_whatever_became_of_the_ledger(house: House) -> None:
    words = "Our lawyers will write to you about INV-20421."
    message = house.receive(words)
    number = house.hold(message, claim(Reason.LEGAL_THREAT, words, invoices=["INV-20421"]))
    house.desk.approve(number, version=1, actor="ines")
    paid(house, "INV-20421", "INV-20413", "INV-20427", "INV-20435")
    house.now += WAIT
    assert settled(house) == 1
    assert kept(house, Effect)


def test_what_left_before_its_time_was_over_is_not_due_for_ever(house: House) -> None:
    held = promise(house)
    assert house.desk.approve(held, version=1, actor="ines")
    with unit_of_work(house.engine) as session:
        # As after a restore, where the Sent folder tells that it has left.
        proposals.close(session, held, status=ProposalStatus.SENT, actor="cli:ines", now=house.now)
    house.now += 2 * WAIT
    with unit_of_work(house.engine) as session:
        assert undo.due(session, now=house.now) == []
        assert undo.waiting_of(session, ["ines"]) == []

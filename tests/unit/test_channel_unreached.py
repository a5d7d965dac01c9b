"""A customer whom no mail reaches: a letter, else a call, through the same desk; where nothing is known, a person finds a contact."""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO
from pathlib import Path

import pytest
from pypdf import PdfReader
from sqlmodel import select

from outreach.cadence import read_cadences
from outreach.planning import explain, plan_day
from outreach.settings import OutreachSettings
from risk.settings import RiskSettings
from risk.worklist import worklist_of
from store.channel_tables import ChannelStop
from store.engine import looking, unit_of_work
from store.outreach_loading import steps_taken
from store.outreach_words import Channel, OutreachStep, TaskState
from store.tables import Contact, Customer
from store.vocabulary import ContactStatus, Delivery
from tests.channel_house import PHONE, reachable_house, settings_for, task_of
from tests.factories import House
from tests.outreach_house import CUSTOMER, ON, TODAY, bill, empty_books, outgoing, paid, plan
from tests.wakings import think


@pytest.fixture(scope="module")
def books(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return empty_books(tmp_path_factory.mktemp("books"))


@pytest.fixture
def house(tmp_path: Path, books: Path) -> House:
    """The only contact's address bounced; a postal address and a number are known."""
    house = reachable_house(tmp_path, books)
    with unit_of_work(house.engine) as session:
        session.exec(select(Contact)).one().delivery = Delivery.BOUNCING
    return house


def known(house: House, *, address: bool = True, phone: bool = True, verified: bool = True) -> None:
    with unit_of_work(house.engine) as session:
        contact, customer = session.exec(select(Contact)).one(), session.get_one(Customer, CUSTOMER)
        contact.phone = PHONE if phone else ""
        contact.status = ContactStatus.VERIFIED if verified else ContactStatus.TO_VERIFY
        customer.address = customer.address if address else ""


def planned(house: House, settings: OutreachSettings = ON) -> tuple[Channel | None, str]:
    (decision,) = plan_day(
        house.engine, now=house.now, settings=settings, policy=house.policy, mailbox="ar", dry=True
    ).decisions
    return decision.outward.channel if decision.outward is not None else None, decision.silent


def test_a_letter_goes_through_the_same_desk_and_counts_as_a_reminder(house: House) -> None:
    assert plan(house).planned == 1
    (item,) = think(house)
    draft = item.proposal.draft
    assert draft is not None
    assert (draft.recipients, item.proposal.needs_person, item.proposal.blocked) == ((), None, False)
    assert [action.arguments["channel"] for action in item.proposal.actions] == ["letter"]
    house.desk.approve(item.row.id or 0, version=item.row.version, actor="ines", opened=True)
    task = task_of(house)
    assert (task.state, outgoing(house)) == (TaskState.TO_PRINT, [])
    said = "\n".join(page.extract_text() for page in PdfReader(BytesIO(task.paper or b"")).pages)
    assert "4 Saw Mill Road" in said
    assert "Dear Moira Tate" in said
    house.desk.post_task(task.id or 0, day=TODAY, actor="ines")
    with unit_of_work(house.engine) as session:
        (step,) = steps_taken(session, CUSTOMER, zone="Europe/London")
    assert (step.step, step.sent_on) == (OutreachStep.OVERDUE, TODAY)


def test_what_is_known_says_how_it_goes_and_the_segment_which_first(house: House, tmp_path: Path) -> None:
    mine = tmp_path / "mine.toml"

    def cadence(unreached: str) -> OutreachSettings:
        mine.write_text(
            f'[[cadence]]\nname = "mine"\nunreached = {unreached}\nsteps = [{{ step = "overdue", day = 5 }}]\n'
        )
        return ON.model_copy(update={"cadences": mine})

    assert planned(house) == (Channel.LETTER, "")
    assert planned(house, cadence('["call", "letter"]')) == (Channel.CALL, "")
    way, why = planned(house, cadence("[]"))
    assert (way, "no other way for them" in why) == (None, True)
    known(house, address=False)
    assert planned(house) == (Channel.CALL, "")
    known(house, address=False, verified=False)
    way, why = planned(house)
    assert way is None
    assert "no letter: the customer has no postal address" in why
    assert "no call: no verified contact has a telephone number" in why


def test_where_nothing_is_known_a_person_finds_a_contact(house: House) -> None:
    def reasons() -> tuple[str, str]:
        with unit_of_work(house.engine) as session:
            (row,) = worklist_of(session, now=house.now, settings=RiskSettings())
        return row.act.value, "; ".join(row.reasons)

    assert reasons()[0] == "find_contact"
    assert "known are a postal address and a telephone number" in reasons()[1]
    known(house, address=False)
    with unit_of_work(house.engine) as session:
        contact = session.exec(select(Contact)).one()
        stop = ChannelStop(
            customer_id=CUSTOMER, contact_id=contact.id or 0, channel="call", phone=PHONE, told_at=house.now
        )
        session.add(stop)
    act, why = reasons()
    assert (act, "known is neither a postal address nor a telephone number" in why) == ("find_contact", True)
    assert plan(house).planned == 0


def test_no_letter_is_posted_about_what_is_not_due(house: House) -> None:
    paid(house, "F-1")
    paid(house, "F-2")
    bill(house, "F-3", TODAY)
    assert planned(house) == (None, "nothing is due")
    with unit_of_work(house.engine) as session:
        session.exec(select(Contact)).one().delivery = Delivery.OK
    assert planned(house) == (Channel.MAIL, "")
    house.now += timedelta(days=6)
    with unit_of_work(house.engine) as session:
        session.exec(select(Contact)).one().delivery = Delivery.BOUNCING
    assert planned(house) == (Channel.LETTER, "")


@pytest.mark.parametrize(("texts", "way"), [(True, Channel.SMS), (False, Channel.MAIL)])
def test_what_is_shown_is_what_would_be_done_with_a_provider_of_texts_and_without(
    tmp_path: Path, books: Path, texts: bool, way: Channel
) -> None:
    house = reachable_house(tmp_path, books)
    settings = settings_for(tmp_path, Channel.SMS)
    with looking(house.engine) as session:
        shown = explain(
            session,
            CUSTOMER,
            now=house.now,
            settings=settings,
            policy=house.policy,
            cadences=read_cadences(settings.cadences),
            texts=texts,
        )
    (done,) = plan_day(
        house.engine, now=house.now, settings=settings, policy=house.policy, mailbox="ar", dry=True, texts=texts
    ).decisions
    assert [one.outward and one.outward.channel for one in (shown, done)] == [way, way]

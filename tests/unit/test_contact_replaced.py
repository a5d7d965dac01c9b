"""A contact that a mail names: nothing goes there before a person verified it; then the old one is let go and the case wakes."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlmodel import select

from store import contacts
from store.aftermath import FollowupKind
from store.engine import unit_of_work
from store.matters import Followup
from store.tables import Contact
from store.vocabulary import ContactStatus, Reason
from tests.factories import House, claim, open_house
from tests.unit.test_desk import Wire, rows, send

WORDS = "Priya has moved on; please write to Leonie Marsh, l.marsh@harrowfinch.example, from now on."
NEW = "l.marsh@harrowfinch.example"


@pytest.fixture
def house(tmp_path: Path) -> House:
    return open_house(tmp_path)


def named(house: House) -> int:
    """Have a customer name a new contact, approve that, and give the contact's number."""
    held = house.hold(
        house.receive(WORDS), claim(Reason.WRONG_CONTACT, WORDS, contact_name="Leonie Marsh", contact_email=NEW)
    )
    house.desk.approve(held, version=1, actor="ines")
    send(house, Wire())
    return by_address(house, NEW).id or 0


def by_address(house: House, address: str) -> Contact:
    with unit_of_work(house.engine) as session:
        return session.exec(select(Contact).where(Contact.email == address)).one()


def test_a_verified_contact_takes_the_old_ones_place_and_wakes_the_case(house: House) -> None:
    number = named(house)
    assert by_address(house, NEW).status == ContactStatus.TO_VERIFY
    assert rows(house, Followup) == []
    house.desk.verify_contact(number, actor="bea", note="Called the switchboard on the number of the contract")
    new, old = by_address(house, NEW), by_address(house, "p.kershaw@harrowfinch.example")
    assert (new.status, new.verified_by, new.role) == (ContactStatus.VERIFIED, "bea", "ap")
    assert new.verified_at == house.now
    assert (new.verified_how or "").startswith("Called")
    assert old.status == ContactStatus.INVALID
    woken = [(f.kind, f.subject_id) for f in rows(house, Followup) if isinstance(f, Followup)]
    assert woken == [(FollowupKind.CONTACT_VERIFIED, number)]


def test_the_old_one_may_be_kept_or_brought_back(house: House) -> None:
    number = named(house)
    with unit_of_work(house.engine) as session:
        contacts.verify(session, number, actor="bea", note="by phone", now=house.now, keep_old=True)
    old = by_address(house, "p.kershaw@harrowfinch.example")
    assert old.status == ContactStatus.VERIFIED
    with unit_of_work(house.engine) as session, pytest.raises(ValueError, match="not one that was replaced"):
        contacts.restore(session, old.id or 0, actor="bea", note="x", now=house.now)


def test_a_replaced_contact_comes_back_by_a_persons_word_alone(house: House) -> None:
    number = named(house)
    house.desk.verify_contact(number, actor="bea", note="by phone")
    old = by_address(house, "p.kershaw@harrowfinch.example").id or 0
    with unit_of_work(house.engine) as session, pytest.raises(ValueError, match="needs a note"):
        contacts.restore(session, old, actor="bea", note=" ", now=house.now)
    with unit_of_work(house.engine) as session:
        contacts.restore(session, old, actor="bea", note="she is back", now=house.now)
    assert by_address(house, "p.kershaw@harrowfinch.example").status == ContactStatus.VERIFIED


@pytest.mark.parametrize("status", [ContactStatus.VERIFIED, ContactStatus.INVALID])
def test_a_contact_that_is_known_is_not_announced_as_new(house: House, status: ContactStatus) -> None:
    known = by_address(house, "d.sayle@harrowfinch.example").id or 0
    with unit_of_work(house.engine) as session:
        session.get_one(Contact, known).status = status
    words = "I am leaving; please write to Dominic Sayle, d.sayle@harrowfinch.example, from now on."
    said = claim(Reason.WRONG_CONTACT, words, contact_name="Dominic Sayle", contact_email="D.Sayle@harrowfinch.example")
    item = house.desk.show(house.hold(house.receive(words), said))
    assert item is not None
    assert [action.tool for action in item.proposal.actions] == ["escalate_to_human"]
    assert "a person decides whom we write to" in item.proposal.actions[0].why
    assert item.proposal.draft is not None
    assert "verified" not in item.proposal.draft.rendered


def test_an_address_that_no_mail_can_go_to_is_a_persons(house: House) -> None:
    words = "Please write to jürgen@harrowfinch.example."
    said = claim(Reason.WRONG_CONTACT, words, contact_email="jürgen@harrowfinch.example")
    item = house.desk.show(house.hold(house.receive(words), said))
    assert item is not None
    assert [action.tool for action in item.proposal.actions] == ["escalate_to_human"]

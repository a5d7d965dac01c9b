"""Contacts come out of a CRM, and what happened is noted there: once, whatever breaks, and without the customer's words."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import select

from agent.crm_writing import NoteWriting
from agent.effects import effects_by
from agent.sending import rechecker
from ledger.connectors.failures import PagingFault
from mail.outbox import Route, Sender
from store import contacts, crm_notes, remote_records
from store.crm_notes import CrmNote
from store.engine import unit_of_work
from store.tables import Contact, Customer, Promise
from store.vocabulary import ContactStatus, Reason
from tests.connected.homes import CRMS, Home, block, emulator
from tests.connected.server import Bend, Servers, said
from tests.connected.world import World
from tests.factories import COMPANY, House, claim
from tests.wakings import Wire

WORDS = "We will pay INV-20427 on 20 March 2026, our Mr Ogilvy has seen to it."
SENDER = "p.kershaw@harrowfinch.example"


@pytest.fixture(scope="module")
def servers() -> Iterator[Servers]:
    with Servers() as found:
        yield found


def connect(kind: str, servers: Servers, folder: Path, **more: Any) -> tuple[Home, Any]:
    """Give an installation with the sample ledger and a CRM that knows two of its customers, and one who is nobody."""
    system: Any = emulator(kind, servers, World())
    home = Home(folder, [block(kind, servers.base, folder, **more)], sample=True)
    theirs = whose(home)
    others = sorted(set(home.customers()) - {theirs})
    known = {"1": theirs, "2": others[0], "3": "", "4": "NOBODY"}
    if kind == "salesforce":
        system.accounts = [{"Id": account(n), "Name": f"Account {n}", "Erp_Id__c": erp} for n, erp in known.items()]
        system.contacts = [
            {"Id": f"003{n:015}", "AccountId": account(of), "Name": name, "Email": email, "Title": title}
            for n, (of, name, email, title) in enumerate(PEOPLE)
        ]
    else:
        system.companies = [
            {"id": n, "properties": {"name": f"Company {n}", "erp_id": erp, "hs_merged_object_ids": None}}
            for n, erp in known.items()
        ]
        system.people = [
            {"id": str(70 + n), "properties": _person(of, name, email, title)}
            for n, (of, name, email, title) in enumerate(PEOPLE)
        ]
    return home, system


def account(number: str) -> str:
    return f"001{int(number):015}"


def _person(of: str, name: str, email: str, title: str) -> dict[str, str]:
    first, _, last = name.partition(" ")
    return {"email": email, "firstname": first, "lastname": last, "jobtitle": title, "associatedcompanyid": of}


PEOPLE = (
    ("1", "Ann Payable", "ann@one.example", "Accounts Payable Lead"),
    ("1", "Bo Buyer", "bo@one.example", "Head of Procurement"),
    ("2", "Cy Counter", "cy@two.example", "Finance manager"),
    ("3", "Di Unknown", "di@three.example", "Accounting"),
    ("2", "Ed Elsewhere", "ed@two.example", "CEO"),
)


def whose(home: Home) -> str:
    with unit_of_work(home.engine) as session:
        return session.exec(select(Contact.customer_id).where(Contact.email == SENDER)).one()


def promised(home: Home) -> None:
    """Let a customer promise, a person approve the answer, and the mail leave."""
    house = House(home.engine, now=home.now)
    item = house.hold(
        house.receive(WORDS), claim(Reason.PROMISE_TO_PAY, WORDS, invoices=["INV-20427"], date="2026-03-20")
    )
    shown = house.desk.show(item)
    assert shown is not None
    house.desk.approve(item, version=shown.row.version, actor="ines")
    check = rechecker(company=COMPANY, policy=house.policy, roles=house.roles)
    sender = Sender(
        home.engine, {"ar": Route(Wire())}, "test", effects_by(lambda: home.now), clock=lambda: home.now, recheck=check
    )
    sender.run_due(home.now)
    assert len(home.rows(Promise)) == 1


def writing(home: Home) -> NoteWriting:
    return NoteWriting(home.connections(), key=b"k" * 32, link=lambda n: f"https://queue.ours.example/items/{n}")


def written(system: Any) -> list[tuple[str, str]]:
    """Give what stands in the CRM: beside whom, and the text."""
    if system.kind == "salesforce":
        return [(t["WhatId"], f"{t['Subject']}\n{t['Description']}") for t in system.tasks]
    return [(n["company"], n["properties"]["hs_note_body"]) for n in system.notes]


def states(home: Home) -> list[str]:
    return sorted(note.state for note in home.rows(CrmNote))


@pytest.mark.parametrize("kind", CRMS)
def test_people_who_deal_with_invoices_become_contacts_of_the_customers_that_we_have(
    kind: str, servers: Servers, tmp_path: Path
) -> None:
    home, system = connect(kind, servers, tmp_path)
    before = set(home.customers())
    ours = whose(home)
    done = home.sync("crm")
    assert set(home.customers()) == before
    came = {email for _, email in home.contacts()}
    assert {"ann@one.example", "cy@two.example"} <= came
    assert not {"bo@one.example", "di@three.example", "ed@two.example"} & came
    assert (ours, "ann@one.example") in home.contacts()
    assert len(done.left_out) == 2  # the two who are nobody here
    home.later(hours=1)
    assert not any(home.sync("crm").changed.values())
    # Whom we know already the CRM does not change.
    with unit_of_work(home.engine) as session:
        ann = session.exec(select(Contact).where(Contact.email == "ann@one.example")).one()
        ann.status = ContactStatus.INVALID
        session.add(ann)
    home.later(hours=1)
    home.sync("crm", full=True)
    (ann,) = [c for c in home.rows(Contact) if c.email == "ann@one.example"]
    assert ann.status == ContactStatus.INVALID
    system.check()


def test_a_crm_gives_no_address_in_another_country(servers: Servers, tmp_path: Path) -> None:
    """A letter would go there under the country that the ERP knows."""
    home, system = connect("hubspot", servers, tmp_path)
    ours = whose(home)
    with unit_of_work(home.engine) as session:
        session.get_one(Customer, ours).country = "FR"
    for row in system.companies:
        row["properties"] |= {"address": "12 Quay", "city": "Boston", "zip": "02110", "country": "United States"}
    done = home.sync("crm")
    found = home.customers()[ours]
    assert (found.address, found.country) == ("", "FR")
    assert any("its address is in US, they in FR" in told for told in done.left_out)


@pytest.mark.parametrize("kind", CRMS)
def test_a_crm_gives_what_nobody_gave_and_changes_nothing_else(kind: str, servers: Servers, tmp_path: Path) -> None:
    home, system = connect(kind, servers, tmp_path)
    ours = whose(home)
    other = next(c for c in sorted(home.customers()) if c != ours)
    with unit_of_work(home.engine) as session:
        session.get_one(Customer, other).address = "Own Lane 1\nOurtown"
        for whose_they_are, name, email, status in (
            (ours, "Ann P", "ann@one.example", ContactStatus.VERIFIED),
            (other, "Cy", "cy@two.example", ContactStatus.TO_VERIFY),
        ):
            person = Contact(customer_id=whose_they_are, name=name, email=email, role="ap", created_at=home.now)
            person.status = status
            session.add(person)
    if kind == "salesforce":
        place = {"BillingStreet": "Suite 5\r\n12 Quay", "BillingCity": "Boston", "BillingState": "MA"}
        for row in system.accounts:
            row |= place | {"BillingPostalCode": "02110", "BillingCountry": "United States"}
        for row in system.contacts:
            row |= {"Phone": None, "MobilePhone": "(617) 555-0142" if "ann" in row["Email"] else "+16175550199"}
    else:
        place = {"address": "Suite 5", "address2": "12 Quay", "city": "Boston", "state": "MA", "zip": "02110"}
        for row in system.companies:
            row["properties"] |= place | {"country": "United States"}
        for row in system.people:
            number = "(617) 555-0142" if "ann" in row["properties"]["email"] else "+16175550199"
            row["properties"] |= {"phone": "", "mobilephone": number}
    before = {key: (c.name, c.currency, c.language, c.owner) for key, c in home.customers().items()}
    home.sync("crm")
    found = home.customers()
    assert (found[ours].address, found[ours].country) == ("Suite 5\n12 Quay\nBoston, MA 02110", "US")
    assert found[other].address == "Own Lane 1\nOurtown"
    assert {key: (c.name, c.currency, c.language, c.owner) for key, c in found.items()} == before
    people = {c.email: c for c in home.rows(Contact)}
    assert (people["ann@one.example"].name, people["ann@one.example"].phone) == ("Ann P", "+16175550142")
    # Whom nobody has vouched for yet the CRM does not vouch for by a number.
    assert (people["cy@two.example"].status, people["cy@two.example"].phone) == (ContactStatus.TO_VERIFY, "")
    home.later(hours=1)
    assert not any(home.sync("crm", full=True).changed.values())
    system.check()


@pytest.mark.parametrize("kind", CRMS)
def test_what_is_noted_goes_to_the_record_that_a_merged_one_is_part_of(
    kind: str, servers: Servers, tmp_path: Path
) -> None:
    home, system = connect(kind, servers, tmp_path, write_back=["sent"])
    home.sync("crm")
    theirs, newer = whose(home), account("9") if kind == "salesforce" else "9"
    if kind == "salesforce":
        system.accounts[0] |= {"IsDeleted": True, "MasterRecordId": newer}
        system.accounts.append({"Id": newer, "Name": "Nine", "Erp_Id__c": theirs})
    else:
        merged = {"name": "Nine", "erp_id": theirs, "hs_merged_object_ids": "1"}
        system.companies[0] = {"id": "9", "properties": merged}
    home.later(hours=1)
    home.sync("crm", full=True)
    with unit_of_work(home.engine) as session:
        assert remote_records.remote_customers(session, "crm")[theirs] == newer
    system.check()


@pytest.mark.parametrize("kind", CRMS)
def test_pages_of_a_crm_that_do_not_fit_together_are_not_believed(kind: str, servers: Servers, tmp_path: Path) -> None:
    home, system = connect(kind, servers, tmp_path, page_size=200 if kind == "salesforce" else 2)
    before = home.contacts()
    for how in ("repeats", "loses", "empty", "loops", "total"):
        system.bend = Bend(how)
        with pytest.raises(PagingFault):
            home.sync("crm")
        assert home.contacts() == before
    system.bend = Bend("repeats", times=1)
    home.sync("crm")
    assert home.contacts() > before
    home.later(days=1)
    (system.contacts if kind == "salesforce" else system.people)[4]["_changed"] = home.now
    done = home.sync("crm")
    assert not done.full
    system.check()


def test_hubspot_says_which_limit_it_was(servers: Servers, tmp_path: Path) -> None:
    home, system = connect("hubspot", servers, tmp_path)
    for policy in ("SECONDLY", "TEN_SECONDLY_ROLLING"):
        system.then(said({"status": "error", "errorType": "RATE_LIMIT", "policyName": policy}, 429))
    home.sync("crm")
    assert home.slept == [1.0, 10.0]
    system.check()


@pytest.mark.parametrize(
    ("kind", "more"), [("salesforce", {}), ("salesforce", {"key_field": "Dunwell_Key__c"}), ("hubspot", {})]
)
def test_what_happened_is_noted_once_whatever_breaks(
    kind: str, more: dict[str, str], servers: Servers, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    home, system = connect(kind, servers, tmp_path, write_back=["promise", "dispute", "plan", "sent"], **more)
    home.sync("crm")
    home.later(minutes=1)
    promised(home)
    # The CRM writes the first note, and its answer does not come through.
    system.breaks_after_writing = 1
    with caplog.at_level(logging.WARNING):
        assert writing(home).run() == 1
    assert "kershaw" not in caplog.text.lower()
    assert states(home) == ["queued", "written"]
    home.later(minutes=10)
    assert writing(home).run() == 1
    home.later(minutes=10)
    assert writing(home).run() == 0
    assert states(home) == ["written", "written"]
    notes = written(system)
    assert len(notes) == 2
    text = "\n".join(body for _, body in notes)
    assert "Payment promised: " in text
    assert "by 2026-03-20" in text
    assert "INV-20427" in text
    assert "https://queue.ours.example/items/" in text
    assert "Mail sent about open invoices on 2026-03-10" in text
    # Not a word of the customer, nor who it was.
    assert "Ogilvy" not in text
    assert "kershaw" not in text.lower()
    assert {whom for whom, _ in notes} == {account("1") if kind == "salesforce" else "1"}
    assert [note.remote_id for note in home.rows(CrmNote)] != [None, None]
    system.check()


def test_a_writer_that_died_is_followed_by_one_that_looks_first(servers: Servers, tmp_path: Path) -> None:
    """The note stands there, and nobody marked it: the next one finds it and marks it."""
    home, system = connect("hubspot", servers, tmp_path, write_back=["promise"])
    home.sync("crm")
    home.later(minutes=1)
    promised(home)
    writing(home).run()
    assert len(system.notes) == 1
    with unit_of_work(home.engine) as session:
        (note,) = session.exec(select(CrmNote)).all()
        note.state, note.claimed_by, note.claimed_until, note.remote_id = "claimed", "dead", home.now, None
        session.add(note)
        number = note.id
    assert number is not None
    with unit_of_work(home.engine) as session:
        # While its lease runs nobody else takes it.
        early = home.now - timedelta(seconds=1)
        assert crm_notes.claim(session, number, worker="b", now=early, lease=timedelta(minutes=5)) is None
    assert writing(home).run() == 1
    assert len(system.notes) == 1
    assert home.rows(CrmNote)[0].remote_id == system.notes[0]["id"]
    system.check()


def test_what_the_crm_refuses_waits_for_a_person(servers: Servers, tmp_path: Path) -> None:
    home, system = connect("hubspot", servers, tmp_path, write_back=["promise"])
    home.sync("crm")
    home.later(minutes=1)
    promised(home)
    system.then(said({"message": "scope missing"}, 403), when=lambda asked: asked.path.endswith("/notes"))
    assert writing(home).run() == 0
    assert states(home) == ["failed"]
    with unit_of_work(home.engine) as session:
        assert crm_notes.try_again(session, "crm", now=home.now) == 1
    assert writing(home).run() == 1
    assert len(system.notes) == 1


def test_words_go_along_only_where_the_settings_say_so(servers: Servers, tmp_path: Path) -> None:
    home, system = connect("hubspot", servers, tmp_path, write_back=["promise"], write_words=True)
    home.sync("crm")
    home.later(minutes=1)
    promised(home)
    writing(home).run()
    (body,) = [body for _, body in written(system)]
    assert len(body.split("<br>")) == 4
    system.check()


@pytest.mark.parametrize("kind", CRMS)
def test_a_contact_whom_a_person_verified_is_written_into_the_crm(kind: str, servers: Servers, tmp_path: Path) -> None:
    home, system = connect(kind, servers, tmp_path, write_back=["contact"])
    home.sync("crm")
    home.later(minutes=1)
    theirs = whose(home)
    with unit_of_work(home.engine) as session:
        for name, email in (("Nia O'Neil", "nia@one.example"), ("Ann Payable-Ito", "ann2@one.example")):
            new = Contact(customer_id=theirs, name=name, email=email, role="accounts payable", created_at=home.now)
            new.status = ContactStatus.TO_VERIFY
            session.add(new)
            session.flush()
            assert new.id is not None
            contacts.verify(session, new.id, actor="ines", note="rang them", now=home.now)
    assert writing(home).run() == 2
    home.later(hours=1)
    assert writing(home).run() == 0
    rows = system.contacts if kind == "salesforce" else [p["properties"] for p in system.people]
    mails = [row.get("Email") or row.get("email") for row in rows]
    assert mails.count("nia@one.example") == 1
    # Once more, as after a crash: they are corrected, not doubled.
    with unit_of_work(home.engine) as session:
        for note in session.exec(select(CrmNote)).all():
            note.state = "queued"
            session.add(note)
    assert writing(home).run() == 2
    rows = system.contacts if kind == "salesforce" else [p["properties"] for p in system.people]
    assert [row.get("Email") or row.get("email") for row in rows] == mails
    system.check()

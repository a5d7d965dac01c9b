"""The item page over a real database: what is linked and marked, who is there, what is passed on, and that all of it is text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlmodel import col, select
from starlette.testclient import TestClient

from review.app import create_app
from review.diffing import differences
from review.instructions import Instruction, understood
from review.item import RejectReason
from review.linking import with_faults
from review.marking import SlotSpan
from store.engine import unit_of_work
from store.proposed import Finding
from store.tables import AuditEntry, Customer, Escalation, ProposalRow
from store.vocabulary import ProposalStatus, Reason, Severity
from tests.factories import House, claim, open_house
from tools.approval import Approver

BASE = "http://127.0.0.1:8765"
PAGE = {"sec-fetch-site": "same-origin"}
EVIL = "<script>alert('dunwell')</script><img src=x onerror=alert(1)>"
PAY = "We pay INV-20421 on 20 March."


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    made = open_house(tmp_path)
    yield made
    made.engine.dispose()


@pytest.fixture
def client(house: House) -> Iterator[TestClient]:
    with TestClient(create_app(house.desk), base_url=BASE, follow_redirects=False) as made:
        yield made


def promise(house: House) -> int:
    message = house.receive(f"Hi,\n\n{PAY}\n\nPriya")
    return house.hold(message, claim(Reason.PROMISE_TO_PAY, PAY, invoices=["INV-20421"], date="2026-03-20"))


def post(client: TestClient, number: int, what: str, **fields: str) -> tuple[int, str, str]:
    token = re.search(r'name="csrf" value="(\w+)"', client.get(f"/items/{number}").text)
    assert token
    headers = PAGE | ({"hx-request": "true"} if what == "here" else {})
    answer = client.post(f"/items/{number}/{what}", data={"csrf": token[1]} | fields, headers=headers)
    return answer.status_code, answer.text, answer.headers.get("location", "")


def row(house: House, number: int) -> ProposalRow:
    item = house.desk.show(number)
    assert item is not None
    return item.row


# --- what is shown --------------------------------------------------------------------------------------------------


def test_each_value_leads_to_the_row_it_comes_from(house: House, client: TestClient) -> None:
    page = client.get(f"/items/{promise(house)}").text
    links = re.findall(r'<a class="slot[^"]*" href="#([^"]+)" title="([^"]+)">([^<]+)</a>', page)
    said = {text: (target, title) for target, title, text in links}
    assert "from the ledger: invoice INV-20421" in said["INV-20421"][1]
    assert "own words: claim 1" in said["20 March 2026"][1].replace("&#39;", "'")
    ids = set(re.findall(r'id="([^"]+)"', page))
    assert {target for target, _, _ in links} <= ids
    assert re.search(rf'<tr id="{said["INV-20421"][0]}"[^>]*><td><span[^>]*>INV-20421', page)


def test_the_account_shows_ages_and_the_conversation(house: House, client: TestClient) -> None:
    first = promise(house)
    house.desk.reject(first, version=1, actor="x", reason=RejectReason.OTHER)
    house.now += timedelta(days=1)
    second = house.receive("Any news?", subject="And INV-20421?")
    number = house.hold(second, claim(Reason.QUESTION, "Any news?"))
    page = client.get(f"/items/{number}").text
    for words in ("Days overdue", "31 to 60", "GBP 11,482.50", "The conversation", PAY):
        assert words in page
    assert page.index("The conversation") > page.index('id="account"')


def test_slots_of_a_plan_are_shown(house: House, client: TestClient) -> None:
    words = "Nous proposons quatre mensualités."
    message = house.receive(words, sender="e.vasseur@morvan-bi.example")
    said = claim(
        Reason.PLAN_REQUEST, words, instalments=4, down_payment="500", currency="EUR", rhythm="monthly", pay_day=31
    )
    page = client.get(f"/items/{house.hold(message, said)}").text
    for fact in ("<i>down payment</i> EUR 500.00", "<i>rhythm</i> monthly", "<i>pays on</i> the end of the month"):
        assert fact in page


@given(st.text(max_size=60), st.text(max_size=60))
def test_a_diff_tells_both_texts_to_the_letter(old: str, new: str) -> None:
    pieces = differences(old, new)
    assert "".join(p.text for p in pieces if p.kind != "new") == old
    assert "".join(p.text for p in pieces if p.kind != "gone") == new


@given(st.text(max_size=60), st.lists(st.text(max_size=40), max_size=4))
def test_marking_faults_changes_no_letter(text: str, said: list[str]) -> None:
    findings = [Finding(rule="R-X", severity=Severity.BLOCK, text=f"{words} is not in the ledger") for words in said]
    findings += [Finding(rule="R-X", severity=Severity.BLOCK, text=f"A word: {words!r}.") for words in said]
    spans = with_faults([SlotSpan(text), SlotSpan("EUR 1", slot="x.y")], findings)
    assert "".join(span.text for span in spans) == text + "EUR 1"
    assert not any(span.fault for span in spans if span.slot)


def test_the_words_that_a_finding_names_are_marked() -> None:
    findings = [
        Finding(rule="R-GND-01", severity=Severity.BLOCK, text="GBP 12.00 is not in the ledger for this answer."),
        Finding(rule="R-PRO-05", severity=Severity.BLOCK, text="A word of legal action stands in the text: 'Court'."),
    ]
    spans = with_faults([SlotSpan("Pay GBP 12.00 or see you in court.")], findings)
    assert [(s.text, bool(s.fault)) for s in spans] == [
        ("Pay ", False),
        ("GBP 12.00", True),
        (" or see you in ", False),
        ("court", True),
        (".", False),
    ]


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("Shorter", Instruction(brief=True)),
        ("please make it a bit warmer.", Instruction(tone=-1)),
        ("more direct", Instruction(tone=1)),
        ("offer three instalments", Instruction(instalments=3)),
        ("a plan of 4 monthly installments", Instruction(instalments=4)),
        ("in German", Instruction(language="de")),
        ("auf Deutsch", Instruction(language="de")),
        ("German", Instruction(language="de")),
        ("shorter, and mention the fair", Instruction(wish="shorter, and mention the fair")),
        ("it", Instruction(language="it")),
    ],
)
def test_instructions_that_need_no_model(text: str, meant: Instruction) -> None:
    assert understood(text) == meant


# --- deciding otherwise, through the page ----------------------------------------------------------------------------


def test_a_reading_an_act_and_a_wording_are_chosen_by_form(house: House, client: TestClient) -> None:
    number = promise(house)
    assert post(client, number, "reread", version="1", choice="0:dispute")[2].endswith("notice=redecided")
    assert post(client, number, "retool", version="2", choice="0:escalate_to_human")[2].endswith("notice=redecided")
    assert post(client, number, "redraft", version="3", instruction="in German")[2].endswith("notice=redrafted")
    page = client.get(f"/items/{number}").text
    assert "Changed 3 times, by local" in page
    assert "A person read this, not the reader." in page
    assert "<del>" in page


@pytest.mark.parametrize(
    ("what", "fields", "status"),
    [
        ("reread", {"choice": "7:dispute"}, 422),
        ("reread", {"choice": "0:nonsense"}, 422),
        ("reread", {"choice": "²:dispute"}, 422),
        ("retool", {"choice": "0:stop_contact"}, 422),
        ("retool", {"choice": "9:no_reply"}, 422),
        ("redraft", {"instruction": ""}, 422),
        ("redraft", {"instruction": "x" * 301}, 422),
        ("redraft", {"instruction": "mention the fair"}, 422),
        ("redraft", {"instruction": "99 instalments"}, 422),
        ("snooze", {"until": "2026-03-01"}, 422),
        ("snooze", {"until": "9999-12-31"}, 422),
        ("snooze", {"until": "soon"}, 422),
        ("hand-over", {"role": "emperor", "note": "x"}, 422),
        ("hand-over", {"role": "manager", "note": " "}, 422),
        ("comment", {"text": "  "}, 422),
    ],
)
def test_what_makes_no_sense_is_refused_and_changes_nothing(
    house: House, client: TestClient, what: str, fields: dict[str, str], status: int
) -> None:
    number = promise(house)
    answer = post(client, number, what, **({"version": "1"} | fields))
    assert answer[0] == status
    after = row(house, number)
    assert (after.version, after.snoozed_until, after.status) == (1, None, ProposalStatus.HELD)


def test_the_other_readings_come_by_htmx_and_without(house: House, client: TestClient) -> None:
    number = promise(house)
    part = client.get(f"/items/{number}/alternatives", headers={"hx-request": "true"}).text
    assert "<html" not in part
    assert 'name="choice" value="0:' in part
    assert 'name="choice" value="0:' in client.get(f"/items/{number}/alternatives").text


def test_a_late_person_is_told_what_changed_and_by_whom(house: House, client: TestClient) -> None:
    number = promise(house)
    item = house.desk.show(number)
    assert item is not None
    assert item.proposal.draft is not None
    body = item.proposal.draft.body
    house.desk.edit(number, version=1, actor="Ines", body=body.replace("Thank you", "Many thanks"))
    status, page, _ = post(client, number, "approve", version="1", body=body)
    assert status == 409
    assert "What changed since you looked" in page
    assert '<b dir="auto">Ines</b> edited the text' in page
    assert "<ins>Many" in page
    assert "Your text, which was not saved" not in page
    _, page, _ = post(client, number, "approve", version="1", body=body + "and mine")
    assert "Your text, which was not saved" in page


# --- passing on -----------------------------------------------------------------------------------------------------


def test_put_off_until_a_day_and_back(house: House, client: TestClient) -> None:
    number = promise(house)
    assert post(client, number, "snooze", until="2026-03-13")[2].endswith("notice=snoozed")
    assert row(house, number).snoozed_until is not None
    assert number not in house.desk.held_ids()
    assert "put off until 13 Mar 2026" in client.get(f"/items/{number}").text
    house.now += timedelta(days=3)
    assert number in house.desk.held_ids()
    assert post(client, number, "snooze", until="back")[2].endswith("notice=woken")
    assert row(house, number).snoozed_until is None


def test_an_item_is_given_and_taken(house: House, client: TestClient) -> None:
    number = promise(house)
    post(client, number, "give", person="ines")
    assert "for ines" in client.get(f"/items/{number}").text
    post(client, number, "give", person="local")
    assert ">yours<" in client.get(f"/items/{number}").text
    post(client, number, "give", person="")
    assert row(house, number).assigned_to is None
    with unit_of_work(house.engine) as session:
        events = session.exec(select(AuditEntry.event).where(col(AuditEntry.subject) == f"proposal:{number}")).all()
    assert events.count("proposal.assigned") == 3


def test_handing_over_makes_an_escalation_and_the_item_still_waits_and_can_be_approved(
    house: House, client: TestClient
) -> None:
    message = house.receive("The gearbox of INV-20413 is broken.")
    number = house.hold(message, claim(Reason.DISPUTE, "The gearbox of INV-20413 is broken.", invoices=["INV-20413"]))
    assert post(client, number, "hand-over", role="manager", note="they are angry")[2].endswith("notice=handed")
    with unit_of_work(house.engine) as session:
        matter = session.exec(select(Escalation)).one()
    assert (matter.role, matter.status, "they are angry" in matter.summary) == ("manager", "open", True)
    item = house.desk.show(number)
    assert item is not None
    assert item.facts.invoice("INV-20413").held_until is not None  # type: ignore[union-attr]
    assert house.desk.approve(number, version=item.row.version, actor="maren")


def test_an_urgent_matter_goes_to_its_own_people(house: House, client: TestClient) -> None:
    number = house.hold(house.receive("Our lawyers answer."), claim(Reason.LEGAL_THREAT, "Our lawyers answer."))
    status, page, _ = post(client, number, "hand-over", role="collector", note="x")
    assert status == 422
    assert "A matter like this goes to legal." in page
    assert post(client, number, "hand-over", role="legal", note="x")[0] == 303
    with unit_of_work(house.engine) as session:
        assert session.get_one(Customer, "C1001").stopped_reason == "legal_threat"


def test_comments_are_text_and_follow_the_mail(house: House, client: TestClient) -> None:
    number = promise(house)
    post(client, number, "comment", text=f"{EVIL}\nsecond line")
    page = client.get(f"/items/{number}").text
    assert "&lt;script&gt;alert" in page
    assert "<script>alert" not in page
    with unit_of_work(house.engine) as session:
        entry = session.exec(select(AuditEntry).where(AuditEntry.event == "proposal.commented")).one()
    assert "script" not in entry.payload


# --- who is there ---------------------------------------------------------------------------------------------------


def test_who_has_it_open_is_seen_for_a_minute(house: House, client: TestClient) -> None:
    number = promise(house)
    house.desk.be_here(number, login="ines", name=f"Ines {EVIL}")
    house.now += timedelta(seconds=50)
    house.desk.be_here(number, login="ines", name=f"Ines {EVIL}")
    house.now += timedelta(seconds=55)
    part = post(client, number, "here")[1]
    assert "has this open since 1 min" in part
    assert "<script" not in part
    house.now += timedelta(seconds=10)
    assert "has this open" not in post(client, number, "here")[1]
    assert [p.login for p in house.desk.others_here(number, login="ines")] == ["local"]


def test_the_second_person_sees_what_the_first_approved(house: House, client: TestClient) -> None:
    from tests.factories import Everybody, wide

    house.policy = wide(controller_above="400.00", manager_above="300.00")
    house.roles = Everybody(Approver.CONTROLLER)
    number = promise(house)
    with TestClient(create_app(house.desk), base_url=BASE, follow_redirects=False) as client:
        assert not house.desk.approve(number, version=1, actor="Ines Roth")
        page = client.get(f"/items/{number}").text
        assert '<b dir="auto">Ines Roth</b> has approved exactly this' in page
        item = house.desk.show(number)
        assert item is not None
        assert item.proposal.draft is not None
        body = item.proposal.draft.body.replace("Thank you", "Many thanks")
        house.desk.edit(number, version=1, actor="tom", body=body)
        page = client.get(f"/items/{number}").text
        assert '<b dir="auto">Ines Roth</b> approved version 1; it was changed since' in page
        assert "<ins>Many" in page

"""What people see of a step of a cadence: the queue, the item's page, the API, the command line tell that nobody wrote before us."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlmodel import select
from starlette.testclient import TestClient

from agent.cli.show import item_json, item_page
from review.app import create_app
from review.viewer import LOCAL
from store.api_tokens import Scope
from store.engine import unit_of_work
from store.own_notes import is_note
from store.tables import Message, Outgoing, ProposalRow
from tests.factories import House
from tests.outreach_house import MOIRA, TODAY, approve, bill, day, empty_books, held, outgoing, quiet_house
from tests.wakings import think

BASE = "http://127.0.0.1:8765"
PAGE = {"sec-fetch-site": "same-origin"}


@pytest.fixture(scope="module")
def books(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return empty_books(tmp_path_factory.mktemp("books"))


@pytest.fixture
def house(tmp_path: Path, books: Path) -> House:
    made = quiet_house(tmp_path, books)
    bill(made, "F-1", TODAY - timedelta(days=6))
    return made


@pytest.fixture
def client(house: House) -> Iterator[TestClient]:
    with TestClient(create_app(house.desk), base_url=BASE, follow_redirects=False) as made:
        yield made


def text_of(page: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", page).split())


def test_the_page_says_that_we_write_first(house: House, client: TestClient) -> None:
    number = held(house).row.id
    page = client.get(f"/items/{number}")
    assert page.status_code == 200
    text = text_of(page.text)
    assert (
        "We write first: reminder, planned for 14 Apr 2026 about F-1. No mail of the customer came before it." in text
    )
    assert "Our open invoices" in text
    for untrue in (
        "What the customer said",
        "The mail holds no words",
        "(no subject)",
        "nothing was read from it",
        "Unclear",
    ):
        assert untrue not in text, untrue
    assert "Bracken Joinery Ltd" in text


def test_the_queue_and_its_search_find_it(house: House, client: TestClient) -> None:
    held(house)
    for query in ("", "?q=F-1"):
        text = text_of(client.get(f"/{query}").text)
        assert "We write first" in text
        assert "Our open invoices" in text
        assert "GBP 1,800.00" in text


def test_approving_on_the_page_sends_it(house: House, client: TestClient) -> None:
    item = held(house)
    number, draft = item.row.id, item.proposal.draft
    assert draft is not None
    token = re.search(r'name="csrf" value="(\w+)"', client.get(f"/items/{number}").text)
    assert token is not None
    fields = {"csrf": token[1], "version": "1", "body": draft.body}
    answer = client.post(f"/items/{number}/approve", data=fields, headers=PAGE)
    assert answer.status_code == 303, text_of(answer.text)[:400]
    (mail,) = outgoing(house)
    assert mail.recipients == [MOIRA]
    assert "We write first" in text_of(client.get(f"/items/{number}").text)


def test_an_edited_one_keeps_its_subject_and_its_lines(house: House, client: TestClient) -> None:
    item = held(house)
    assert item.proposal.draft is not None
    body = item.proposal.draft.body.replace("The due date", "As we see it, the due date")
    assert "{{ covered.lines }}" in body
    found = house.desk.edit(item.row.id or 0, version=1, actor="ines", body=body)
    assert [f for f in found if f.severity == "block"] == []
    (mail,) = approve(house, item)
    assert mail["Subject"] == "Our open invoices"
    assert "GBP 1,800.00" in str(mail)


def test_the_api_tells_the_step(house: House, client: TestClient) -> None:
    number = held(house).row.id
    _, token = house.desk.make_token(LOCAL, name="test", scopes=frozenset({Scope.READ}), days=30)
    headers = {"authorization": f"Bearer {token}"}
    told = client.get(f"/api/v1/items/{number}", headers=headers).json()
    assert (told["first"]["step"], told["first"]["invoices"]) == ("overdue", ["F-1"])
    assert "We write first" in told["first"]["why"]
    assert (told["mail"]["kind"], told["mail"]["from_address"]) == ("outreach", None)
    assert (told["claims"], told["subject"]) == ([], "Our open invoices")
    (line,) = client.get("/api/v1/items", headers=headers).json()["items"]
    assert line["subject"] == "Our open invoices"
    assert line["open"] == [{"amount": "1800.00", "currency": "GBP"}]


def test_the_terminal_tells_it_too(house: House, capsys: pytest.CaptureFixture[str]) -> None:
    item = held(house)
    item_page(item)
    shown = " ".join(capsys.readouterr().out.split())
    assert "We write first" in shown
    assert "None" not in shown
    assert json.loads(json.dumps(item_json(item), default=str))["followup"] == "outreach"


def test_the_conversation_shows_mails_and_no_note(house: House, client: TestClient) -> None:
    approve(house, held(house))
    day(house, 5)
    number = held(house).row.id
    text = text_of(client.get(f"/items/{number}").text)
    assert "14 Apr 2026: reminder, F-1 sent" in text
    assert "We 14 Apr 2026 Our open invoices" in text
    assert "They" not in text
    with unit_of_work(house.engine) as session:
        (note,) = session.exec(select(Message)).all()
    assert is_note(note)
    page = text_of(client.get(f"/messages/{note.id}").text)
    assert "we wrote first in this conversation" in page
    assert "No text could be read" not in page


def test_a_void_one_says_what_became_of_it(house: House, client: TestClient) -> None:
    item = held(house)
    house.receive("What is F-1 for?", sender=MOIRA)
    with unit_of_work(house.engine) as session:
        came = session.exec(select(Message).where(Message.from_customer)).one()
        came.state = "proposed"
        session.add(came)
    assert think(house) == []
    text = text_of(client.get(f"/items/{item.row.id}").text)
    assert "There is nothing left to say, so no other is proposed." in text
    with unit_of_work(house.engine) as session:
        assert session.exec(select(Outgoing)).all() == []
        assert session.get_one(ProposalRow, item.row.id).status == "void"

"""Letters and calls on their pages and by the API: what waits, one of them, its PDF, and what became of it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlmodel import select
from starlette.testclient import TestClient

from outreach.channels.letter import Letter, letter_pdf
from review.app import create_app
from review.matrix import MATRIX
from review.viewer import LOCAL
from store import channel_tasks
from store.api_tokens import Scope
from store.cases import customer_facts
from store.channel_tasks import ChannelTask
from store.engine import unit_of_work
from store.outreach_words import Channel, TaskState
from store.roles import DECIDERS, READERS
from store.tables import Contact, Promise, ProposalRow
from tests.factories import COMPANY, House, open_house
from tests.unit.test_lists import effect, post, shown
from tests.unit.test_review_app import BASE, EVIL, PAGE

PHONE = "+447400123456"
INVOICES = ["INV-20413"]


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    made = open_house(tmp_path)
    yield made
    made.engine.dispose()


@pytest.fixture
def client(house: House) -> Iterator[TestClient]:
    with TestClient(create_app(house.desk), base_url=BASE, follow_redirects=False) as made:
        yield made


def task(house: House, channel: Channel, *, words: str = "Dear Priya,\n\nthe following invoice is open.") -> int:
    """Make a task as an approval leaves it."""
    effect(house)
    with unit_of_work(house.engine) as session:
        proposal = session.exec(select(ProposalRow)).first()
        contact = session.exec(select(Contact).where(Contact.customer_id == "C1001")).first()
        assert proposal is not None
        assert contact is not None
        contact.phone = PHONE
        session.flush()
        # The promise that `effect` left behind would hold every reminder back.
        for promised in session.exec(select(Promise)):
            promised.status = "replaced"
        facts = customer_facts(session, "C1001", now=house.now)
        paper = letter_pdf(
            Letter(
                recipient=("Harrow & Finch Ltd", "1 Mill Lane", "Leeds"),
                country="GB",
                customer_id="C1001",
                reference="L-000001",
                day=facts.today,
                language="en",
                words=words,
                contact="Ines Roth",
                company=COMPANY,
            )
        )
        return channel_tasks.put(
            session,
            ChannelTask(
                channel=channel,
                step="overdue",
                customer_id="C1001",
                proposal_id=proposal.id or 0,
                contact_id=contact.id,
                invoices=INVOICES,
                language="en",
                recipient=PHONE if channel is Channel.CALL else "Harrow & Finch Ltd\n1 Mill Lane\nLeeds",
                words=words,
                paper=paper if channel is Channel.LETTER else None,
                state=channel_tasks.FIRST[channel],
                not_before=house.now,
                ledger_digest=facts.ledger_digest(),
                newest_message=10_000,
                approved_by="ines",
                created_at=house.now,
            ),
        )


def state_of(house: House, number: int) -> ChannelTask:
    with unit_of_work(house.engine) as session:
        row = session.get_one(ChannelTask, number)
        session.expunge(row)
        return row


def test_a_letter_is_printed_and_posted(house: House, client: TestClient) -> None:
    number = task(house, Channel.LETTER)
    assert f'href="/tasks/{number}"' in shown(client, "/tasks")
    page = shown(client, f"/tasks/{number}")
    assert "Harrow &amp; Finch" in page
    pdf = client.get(f"/tasks/{number}/paper")
    assert pdf.content.startswith(b"%PDF-")
    assert pdf.headers["content-disposition"] == f'attachment; filename="letter-{number}.pdf"'
    assert state_of(house, number).state == TaskState.TO_PRINT, "looking changes nothing"
    status, where = post(client, page, f"/tasks/{number}/posted", day=f"{house.now:%Y-%m-%d}")
    assert (status, where) == (303, f"/tasks/{number}?notice=task_done")
    assert state_of(house, number).state == TaskState.POSTED
    assert "Nothing waits" in shown(client, "/tasks")
    assert f'href="/tasks/{number}"' in shown(client, "/tasks?which=all")


def test_a_call_is_made_and_its_promise_noted(house: House, client: TestClient) -> None:
    number = task(house, Channel.CALL)
    page = shown(client, f"/tasks/{number}")
    assert "+44 7400 123456" in page
    assert "Asked for" in page
    assert client.get(f"/tasks/{number}/paper").content.startswith(b"%PDF-")
    refused, told = post(client, page, f"/tasks/{number}/called", outcome="promised", day="soon")
    assert (refused, "is not a day" in told) == (409, True)
    refused, told = post(client, page, f"/tasks/{number}/called", outcome="promised", day="2030-01-01")
    assert refused == 409
    day = (house.now + timedelta(days=5)).date()
    status, _ = post(client, page, f"/tasks/{number}/called", outcome="promised", day=str(day), note="on Friday")
    assert status == 303
    assert state_of(house, number).outcome == "promised"
    with unit_of_work(house.engine) as session:
        assert day in [p.due for p in session.exec(select(Promise)) if p.status == "open"]


def test_words_of_others_stay_words_on_the_page(house: House, client: TestClient) -> None:
    number = task(house, Channel.CALL, words=EVIL)
    page = shown(client, f"/tasks/{number}")
    status, _ = post(client, page, f"/tasks/{number}/called", outcome="reached", note=EVIL)
    assert status == 303
    assert EVIL not in shown(client, f"/tasks/{number}")


def test_a_form_of_another_page_is_refused(house: House, client: TestClient) -> None:
    number = task(house, Channel.CALL)
    for what in ("posted", "called", "drop"):
        answer = client.post(f"/tasks/{number}/{what}", data={"note": "x", "outcome": "reached"}, headers=PAGE)
        assert answer.status_code == 403
    assert state_of(house, number).state == TaskState.TO_CALL


def test_roles() -> None:
    for prefix in ("", "/api/v1"):
        for path in ("/tasks", "/tasks/{number}", "/tasks/{number}/paper"):
            assert MATRIX[("GET", f"{prefix}{path}")] == READERS
        for path in ("posted", "called", "drop"):
            assert MATRIX[("POST", f"{prefix}/tasks/{{number}}/{path}")] == DECIDERS


def test_the_api_does_the_same(house: House) -> None:
    call = task(house, Channel.CALL)
    _, token = house.desk.make_token(LOCAL, name="test", scopes={Scope.READ, Scope.DECIDE}, days=5)
    with TestClient(create_app(house.desk), base_url=BASE, headers={"authorization": f"Bearer {token}"}) as api:
        (line,) = api.get("/api/v1/tasks").json()["tasks"]
        assert (line["id"], line["channel"], line["state"], line["gone"]) == (call, "call", "to_call", None)
        whole = api.get(f"/api/v1/tasks/{call}").json()
        assert whole["script"]["phone"] == "+44 7400 123456"
        assert api.get(f"/api/v1/tasks/{call}/paper").content.startswith(b"%PDF-")
        assert api.get("/api/v1/tasks/999").status_code == 404
        assert api.post(f"/api/v1/tasks/{call}/posted", json={"day": "2026-03-01"}).status_code == 409
        assert api.post(f"/api/v1/tasks/{call}/called", json={"outcome": "promised"}).status_code == 409
        done = api.post(f"/api/v1/tasks/{call}/called", json={"outcome": "not_reached"})
        assert done.status_code == 200
        assert api.get(f"/api/v1/tasks/{call}").json()["tries"] == 1
        assert api.post(f"/api/v1/tasks/{call}/drop", json={"note": "they merged"}).status_code == 200
        assert api.get("/api/v1/tasks").json()["tasks"] == []
        assert api.get("/api/v1/tasks?every=true").json()["tasks"][0]["state"] == "void"

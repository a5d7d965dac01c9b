"""The numbers of reviewing, and the page that shows them with the switch of the autonomy table."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text
from sqlmodel import select
from starlette.testclient import TestClient

from review.app import create_app
from review.item import RejectReason
from review.matrix import MATRIX
from review.numberpages import span
from store import decisions
from store.decisions import Decided
from store.engine import unit_of_work
from store.measured import Decision, Outcome
from store.review_numbers import Tally, numbers
from store.roles import SENIORS
from store.vocabulary import Reason
from tests.factories import House, claim, open_house
from tests.unit.test_desk import Wire, send

BASE, PAGE = "http://127.0.0.1:8765", {"sec-fetch-site": "same-origin"}
WORDS = "We pay INV-20421 on 20 March."


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    made = open_house(tmp_path)
    yield made
    made.engine.dispose()


@pytest.fixture
def client(house: House) -> Iterator[TestClient]:
    with TestClient(create_app(house.desk), base_url=BASE, follow_redirects=False) as client:
        yield client


def promise(house: House, sender: str = "p.kershaw@harrowfinch.example") -> int:
    said = claim(Reason.PROMISE_TO_PAY, WORDS, invoices=["INV-20421"], date="2026-03-20")
    return house.hold(house.receive(f"{WORDS} {house.now}", sender=sender), said)


def test_a_decision_is_noted_with_its_reason_reader_writer_and_times(house: House) -> None:
    number = promise(house)
    house.now += timedelta(minutes=7)
    house.desk.approve(number, version=1, actor="ines")
    house.now += timedelta(minutes=3)
    send(house, Wire())
    with unit_of_work(house.engine) as session:
        noted = session.exec(select(Decision)).one()
    assert (noted.outcome, noted.actor, noted.reason, noted.tier) == ("unedited", "ines", "promise_to_pay", "key")
    assert (noted.reader, noted.model, noted.cents) == ("embedded reader", "template", 44_800)
    assert (noted.review_seconds, noted.reply_seconds) == (420, 2 * 3600 + 600)


def test_every_kind_of_decision_is_counted_apart(house: House) -> None:
    first = promise(house)
    item = house.desk.show(first)
    assert item is not None
    assert item.proposal.draft is not None
    house.desk.edit(first, version=1, actor="ines", body=item.proposal.draft.body + "\n\nThank you.")
    item = house.desk.show(first)
    assert item is not None
    if not item.proposal.blocked:
        house.desk.approve(first, version=2, actor="ines")
    second = promise(house)
    house.desk.reject(second, version=1, actor="ines", reason=RejectReason.WRONG_WORDS, note="too cold")
    with unit_of_work(house.engine) as session:
        found = numbers(session, since=house.now - timedelta(days=1), until=house.now + timedelta(seconds=1))
        nothing = numbers(session, since=house.now - timedelta(days=2), until=house.now - timedelta(days=1))
    assert (found.whole.edited, found.whole.rejected, found.whole.unedited) == (1, 1, 0)
    assert found.whys == {"wrong_words": 1}
    assert found.reasons["promise_to_pay"].decided == 2
    assert nothing.whole == Tally()
    assert nothing.review_seconds is None


def test_two_reasons_are_one_decision(house: House) -> None:
    number = promise(house)
    about = Decided(("po_mismatch", "promise_to_pay"), "key", Decimal(1), "r", "template")
    with unit_of_work(house.engine) as session:
        decisions.note(session, number, about, outcome=Outcome.UNEDITED, actor="ines", now=house.now)
        found = numbers(session, since=house.now, until=house.now + timedelta(seconds=1))
        assert len(session.exec(select(Decision)).all()) == 2
    assert found.whole.unedited == 1


@given(st.lists(st.tuples(st.sampled_from(list(Outcome)), st.booleans(), st.integers(1, 50)), max_size=12))
def test_a_tally_loses_nothing(counted: list[tuple[Outcome, bool, int]]) -> None:
    tally = Tally()
    for outcome, automatic, count in counted:
        tally.add(outcome, automatic=automatic, count=count)
    assert tally.decided + tally.alone + tally.taken_back == sum(count for _, _, count in counted)
    assert tally.share is None or 0 <= tally.share <= 1


def test_the_period_is_read_by_an_index(house: House) -> None:
    plan = "explain query plan select outcome, count(*) from decision where first is true and decided_at >= '2026' group by outcome"
    record = (
        "explain query plan select outcome from decision where reason = 'x' and tier = 'y' order by id desc limit 200"
    )
    with house.engine.connect() as connection:
        told = [
            " ".join(str(row) for row in connection.execute(text(q.replace("first is true", "first = 1"))))
            for q in (plan, record)
        ]
    assert "ix_decision_at" in told[0]
    assert "ix_decision_cell" in told[1]
    assert "TEMP B-TREE" not in told[1]


@pytest.mark.parametrize(
    ("seconds", "told"), [(None, ""), (59, "59 s"), (60, "1 min"), (3600, "1.0 h"), (172_800, "2.0 d")]
)
def test_spans(seconds: int | None, told: str) -> None:
    assert span(seconds) == told


def test_the_page_and_the_switch(house: House, client: TestClient) -> None:
    page = client.get("/numbers").text
    assert "Nothing was decided in this time." in page
    assert "50 more decisions are needed" in page
    assert 'action="/numbers/autonomy"' not in page
    number = promise(house)
    about = Decided(("document_request",), "key", Decimal(10), "<b>r</b>", "template")
    with unit_of_work(house.engine) as session:
        for _ in range(50):
            decisions.note(session, number, about, outcome=Outcome.UNEDITED, actor="ines", now=house.now - timedelta(1))
    page = client.get("/numbers?days=7").text
    assert "&lt;b&gt;r&lt;/b&gt;" in page
    assert "100 %" in page
    assert 'aria-label="Open Document request, small, key"' in page
    form = next(f for f in re.findall(r"<form.*?</form>", page, re.DOTALL) if "/numbers/autonomy" in f)
    fields = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', form))
    assert (
        client.post("/numbers/autonomy", data=fields | {"state": "open", "reason": "dispute"}, headers=PAGE).status_code
        == 422
    )
    assert (
        client.post("/numbers/autonomy", data=fields | {"state": "open", "band": "medium"}, headers=PAGE).status_code
        == 409
    )
    answer = client.post("/numbers/autonomy", data=fields | {"state": "open"}, headers=PAGE)
    assert answer.headers["location"] == "/numbers?notice=cell_opened"
    assert "by local" in client.get("/numbers").text
    assert client.post("/numbers/autonomy", data=fields | {"state": "open"}, headers=PAGE).status_code == 409
    closed = client.post("/numbers/autonomy", data=fields | {"state": "closed"}, headers=PAGE)
    assert closed.headers["location"] == "/numbers?notice=cell_closed"
    assert MATRIX["POST", "/numbers/autonomy"] == SENIORS

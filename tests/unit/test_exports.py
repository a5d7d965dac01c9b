"""Exports: safe in spreadsheets whatever stands in them, marked as UTF-8, at most five an hour, and logged."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text
from sqlmodel import select
from starlette.testclient import TestClient

from agent.cli import csv_out
from review.app import create_app
from review.item import RejectReason
from review.matrix import MATRIX
from store import csv_cells
from store.csv_cells import MARK, csv_text
from store.engine import unit_of_work
from store.roles import READERS
from store.tables import AuditEntry
from store.vocabulary import Reason
from tests.factories import House, claim, open_house
from tests.unit.test_desk import Wire, send

BASE, PAGE = "http://127.0.0.1:8765", {"sec-fetch-site": "same-origin"}
FORMULAS = ['=HYPERLINK("http://evil.example","x")', "+1+1", "-2+3", "@SUM(A1)", "\t=1", "＝1+1", "a;=1"]


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    made = open_house(tmp_path)
    yield made
    made.engine.dispose()


@pytest.fixture
def client(house: House) -> Iterator[TestClient]:
    with TestClient(create_app(house.desk), base_url=BASE, follow_redirects=False) as client:
        yield client


def held(house: House, words: str = "We pay INV-20421 on 20 March.") -> int:
    said = claim(Reason.PROMISE_TO_PAY, words, invoices=["INV-20421"], date="2026-03-20")
    return house.hold(house.receive(words), said)


def export(client: TestClient, what: str, **fields: str) -> list[dict[str, str]]:
    token = re.search(r'name="csrf" value="(\w+)"', client.get("/numbers").text)
    assert token
    answer = client.post(f"/exports/{what}", data={"csrf": token.group(1)} | fields, headers=PAGE)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert answer.headers["content-disposition"] == f'attachment; filename="dunwell-{what}-2026-03-10.csv"'
    body = answer.content.decode("utf-8")
    assert body.startswith(MARK)
    return list(csv.DictReader(io.StringIO(body.removeprefix(MARK))))


@pytest.mark.parametrize("evil", FORMULAS)
def test_no_cell_begins_a_formula_whoever_wrote_it(house: House, client: TestClient, evil: str) -> None:
    with unit_of_work(house.engine) as session:
        session.execute(text("update customer set name = :evil, owner = :evil"), {"evil": evil})
    held(house)
    (row,) = export(client, "queue")
    assert row["name"] == csv_cells.safe_cell(evil)
    assert row["name"].startswith("'") or "'=" in row["name"]


def test_the_queue_the_decisions_the_numbers_and_a_list(house: House, client: TestClient) -> None:
    first = held(house)
    house.desk.approve(first, version=1, actor="ines")
    send(house, Wire())
    second = held(house, "We pay INV-20421 on 20 March, surely.")
    house.now += timedelta(minutes=5)
    house.desk.reject(second, version=1, actor="bea", reason=RejectReason.WRONG_WORDS)
    third = held(house, "We pay INV-20421 on 20 March, really.")
    (queue,) = export(client, "queue")
    assert (queue["number"], queue["customer"], queue["reason"]) == (str(third), "C1001", "promise_to_pay")
    decided = export(client, "decided")
    assert [(r["number"], r["by"], r["outcome"], r["why"]) for r in decided] == [
        (str(first), "ines", "unedited", "elsewhere"),
        (str(second), "bea", "rejected", "wrong_words"),
    ]
    assert decided[0]["open_balance"] == "448"
    told = export(client, "numbers", days="7")
    assert told[0] | {"by": "all", "decided": "2", "unedited": "1", "rejected": "1"} == told[0]
    (promise,) = export(client, "promises")
    assert promise["about"] == "20 Mar 2026: INV-20421"
    assert export(client, "disputes") == []


def test_five_an_hour_and_each_is_logged(house: House, client: TestClient) -> None:
    for _ in range(5):
        export(client, "queue")
    token = re.search(r'name="csrf" value="(\w+)"', client.get("/numbers").text)
    assert token
    refused = client.post("/exports/decided", data={"csrf": token.group(1)}, headers=PAGE)
    assert refused.status_code == 429
    assert int(refused.headers["retry-after"]) > 0
    house.now += timedelta(minutes=61)
    assert client.post("/exports/decided", data={"csrf": token.group(1)}, headers=PAGE).status_code == 200
    with unit_of_work(house.engine) as session:
        logged = session.exec(select(AuditEntry).where(AuditEntry.event == "data.exported")).all()
    assert [(e.actor, e.subject) for e in logged] == [("local", "export:queue")] * 5 + [("local", "export:decided")]


def test_what_is_no_export_and_who_may(client: TestClient) -> None:
    token = re.search(r'name="csrf" value="(\w+)"', client.get("/numbers").text)
    assert token
    assert client.post("/exports/passwords", data={"csrf": token.group(1)}, headers=PAGE).status_code == 404
    assert client.post("/exports/queue", data={}, headers=PAGE).status_code == 403
    assert MATRIX["POST", "/exports/{what}"] == READERS


def test_long_exports_are_whole(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    from store import exporting

    monkeypatch.setattr(exporting, "_CHUNK", 2)
    seed = held(house)
    with unit_of_work(house.engine) as session:
        from decimal import Decimal

        from store import decisions
        from store.measured import Outcome

        about = decisions.Decided(("dispute", "deduction"), "key", Decimal(1), "r", "w")
        for _ in range(5):
            decisions.note(session, seed, about, outcome=Outcome.EDITED, actor="i", now=house.now)
    rows = list(exporting.decided_rows(house.engine, since=house.now, until=house.now + timedelta(1)))
    assert len(rows) == 5
    assert (
        list(exporting.decided_rows(house.engine, since=house.now + timedelta(1), until=house.now + timedelta(2))) == []
    )


@given(st.lists(st.lists(st.text(max_size=20), min_size=2, max_size=2), max_size=5))
def test_whatever_is_written_reads_back_as_text_and_never_as_a_formula(rows: list[list[str]]) -> None:
    read = list(csv.reader(io.StringIO("".join(csv_text(("a", "b"), rows)), newline="")))
    assert len(read) == len(rows) + 1
    for row in read:
        for cell in row:
            assert not cell.startswith(("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠"))


def test_one_place_for_it() -> None:
    assert csv_out.safe_cell is csv_cells.safe_cell

"""The worklist as a page, a table and by the API, on the sample ledger; the act it names is a page that is there."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import text
from starlette.testclient import TestClient

from review.app import create_app
from review.viewer import LOCAL
from risk.acts import Act
from risk.scoring import score_now
from risk.settings import RiskSettings
from store.api_tokens import Scope
from store.csv_cells import MARK
from store.engine import unit_of_work
from store.risks import Slipping
from store.vocabulary import Reason
from tests.factories import House, claim, open_house
from tests.signing import BASE, PAGE


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    made = open_house(tmp_path)
    words = "Please send INV-20413 again."
    made.hold(made.receive(words), claim(Reason.INVOICE_MISSING, words, invoices=["INV-20413"]))
    score_now(made.engine, now=made.now, settings=RiskSettings())
    yield made
    made.engine.dispose()


@pytest.fixture
def client(house: House) -> Iterator[TestClient]:
    with TestClient(create_app(house.desk), base_url=BASE, follow_redirects=False) as opened:
        yield opened


def test_the_page_names_the_next_act_and_leads_to_it(house: House, client: TestClient) -> None:
    rows = house.desk.worklist()
    assert [r.gain for r in rows] == sorted((r.gain for r in rows), reverse=True)
    (waiting,) = [r for r in rows if r.act is Act.ANSWER]
    page = client.get("/worklist").text
    assert page.index(f'href="{rows[0].link}"') < page.index(f'href="{rows[1].link}"')
    assert f'<a data-open href="{waiting.link}"' in page
    for row in rows:
        assert client.get(row.link).status_code == 200, row.link
        assert row.reasons[0] in page
    assert client.get("/worklist?owner=nobody").text.count("data-row") == 0
    assert client.get("/worklist?page=900").status_code == 200


def test_an_account_shows_its_risk_and_its_warning(house: House, client: TestClient) -> None:
    row = house.desk.worklist()[0]
    with unit_of_work(house.engine) as session:
        day = house.now.date()
        session.add(
            Slipping(
                customer_id=row.customer,
                since=day,
                as_of=day,
                usual_days=-2.0,
                lately_days=12.0,
                reasons=["usually pays 2 days before the due day"],
            )
        )
        session.execute(text("update customer set name = '<b>Evil</b>' where id = :id"), {"id": row.customer})
    page = client.get(f"/worklist/{row.customer}").text
    assert "Early warning since" in page
    assert "usually pays 2 days before the due day" in page
    assert "&lt;b&gt;Evil&lt;/b&gt;" in page
    assert "<b>Evil</b>" not in page
    assert all(number in page for number in row.invoices)
    assert client.get("/worklist/NOBODY").status_code == 404
    house.now += timedelta(minutes=2)
    assert "Reliable payers who slip" in client.get("/worklist").text


def test_the_api_and_the_table_say_the_same(house: House, client: TestClient) -> None:
    _, token = house.desk.make_token(LOCAL, name="test", scopes={Scope.READ}, days=5)
    given = {"authorization": f"Bearer {token}"}
    rows = house.desk.worklist()
    told = client.get("/api/v1/worklist", headers=given).json()
    assert told["total"] == len(rows)
    assert [(r["customer"]["id"], r["gain"]["amount"], r["act"]) for r in told["rows"]] == [
        (r.customer, str(r.gain), r.act.value) for r in rows
    ]
    kept = client.get(f"/api/v1/worklist?currency={rows[0].currency}", headers=given).json()
    assert kept["total"] == len([r for r in rows if r.currency == rows[0].currency])
    assert client.get("/api/v1/worklist?currency=XXX", headers=given).json()["total"] == 0
    account = client.get(f"/api/v1/worklist/{rows[0].customer}", headers=given).json()
    assert {r["invoice"] for r in account["invoices"]} >= set(rows[0].invoices)
    assert all(0 <= r["late_probability"] <= 1 and r["model"] == "prior" for r in account["invoices"])
    assert date.fromisoformat(account["invoices"][0]["as_of"]) == house.now.date()
    assert client.get("/api/v1/worklist/NOBODY", headers=given).status_code == 404

    form = re.search(r'name="csrf" value="(\w+)"', client.get("/worklist").text)
    assert form
    answer = client.post("/exports/worklist", data={"csrf": form.group(1)}, headers=PAGE)
    assert answer.status_code == 200
    table = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8").removeprefix(MARK))))
    assert [(r["rank"], r["customer"], r["gain"]) for r in table] == [
        (str(n), r.customer, str(r.gain)) for n, r in enumerate(rows, start=1)
    ]


def test_who_may_not_be_written_to_is_gone_from_the_list(house: House) -> None:
    first = house.desk.worklist()[0].customer
    with unit_of_work(house.engine) as session:
        session.execute(text("update customer set stopped_reason = 'a lawyer' where id = :id"), {"id": first})
    house.now += timedelta(minutes=2)
    assert first not in {row.customer for row in house.desk.worklist()}

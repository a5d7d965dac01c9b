"""Money on the bank account in a terminal, on the pages and in the API."""

from __future__ import annotations

import csv
import io
import json
import re
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from agent.cli.output import CommandFailed
from review.app import create_app
from review.viewer import LOCAL
from store.api_tokens import Scope
from store.bank_lists import one_line
from store.bank_words import LineState
from store.engine import unit_of_work
from store.tables import Invoice
from tests.bank_house import (
    DAY,
    ONE,
    OURS,
    PAYER,
    WHOSE,
    form,
    line,
    only,
    only_state,
    run,
    statement,
    take,
)
from tests.factories import House
from tests.signing import BASE

pytest_plugins = ("tests.bank_fixtures",)


TABLE = """Buchungstag;Auftraggeber;IBAN;Verwendungszweck;Betrag;Währung
09.03.2026;Welding KG;{payer};Rechnung {one} vom 26.11.;2.380,00;EUR
09.03.2026;Bank;;Zinsen;-3,20;EUR
"""


def test_in_a_terminal(house: House, bank_config: Path, tmp_path: Path) -> None:
    file = tmp_path / "march.csv"
    file.write_text(TABLE.format(payer=PAYER, one=ONE), "utf-8")
    asked = run(bank_config, "bank", "import", str(file))
    assert isinstance(asked.exception, CommandFailed)
    assert "name it with --account" in str(asked.exception)
    done = run(bank_config, "bank", "import", str(file), "--account", OURS)
    assert done.exit_code == 0, done.exception
    assert "2 new lines" in done.stdout
    assert "imported before" in run(bank_config, "bank", "import", str(file), "--account", OURS).stdout
    listed = run(bank_config, "bank", "lines", "--json")
    (one,) = json.loads(listed.stdout)["lines"]
    assert (one["id"], one["state"], one["invoices"], one["account"]) == (1, "suggested", [ONE], "DE89 … 3000")
    assert (
        PAYER
        not in listed.stdout
        + run(bank_config, "bank", "show", "1", "--json").stdout
        + run(bank_config, "bank", "show", "1").stdout
    )
    assert "99%" in run(bank_config, "bank", "lines").stdout
    said = run(bank_config, "bank", "confirm", "1", "--to", f"{ONE}=2330.00-50.00:discount", "--customer", WHOSE)
    assert said.exit_code == 0, said.exception
    rows_ = list(csv.DictReader(io.StringIO(run(bank_config, "export", "applications", "--csv").stdout)))
    told = [(r["payment_id"], r["invoice_number"], r["amount"], r["deducted"], r["deduction"]) for r in rows_]
    assert told == [("BANK-1", ONE, "2330.00", "50.00", "early_payment_discount"), ("BANK-1", "", "50.00", "", "")]
    assert "confirmed, to be booked" in run(bank_config, "export", "applications").stdout
    assert run(bank_config, "bank", "reopen", "1").exit_code == 0
    assert run(bank_config, "bank", "confirm", "--exact").exit_code == 0
    assert (
        json.loads(run(bank_config, "export", "applications", "--json").stdout)["applications"][0]["amount"]
        == "2380.00"
    )
    refused = run(bank_config, "bank", "dismiss", "1", "--note", "x")
    assert "confirmed already" in str(refused.exception)
    assert "csv" in run(bank_config, "bank", "statements").stdout


def test_a_statement_of_another_account_is_refused(house: House, bank_config: Path, tmp_path: Path) -> None:
    file = tmp_path / "other.csv"
    file.write_text(TABLE.format(payer=PAYER, one=ONE), "utf-8")
    refused = run(bank_config, "bank", "import", str(file), "--account", PAYER)
    assert "is of account DE89 … 3000, which is none of yours" in str(refused.exception)
    assert PAYER not in str(refused.exception)


def test_an_advice_makes_a_sum_of_money_plain(house: House, bank_config: Path, tmp_path: Path) -> None:
    with unit_of_work(house.engine) as session:
        first = session.get_one(Invoice, ONE)
        session.add(
            Invoice(
                **(
                    first.model_dump()
                    | {"number": "INV-20999", "balance": Decimal("120.00"), "amount": Decimal("120.00")}
                )
            )
        )
    take(house, statement(line("2452.40", "Zahllauf 4711", payer_name="Somebody")))
    assert only(house).state == LineState.OPEN
    file = tmp_path / "advice.txt"
    file.write_text(
        f"Zahlungsavis Nr.: 4711x\n\nBeleg        Betrag    Skonto    Zahlbetrag\n{ONE}   2.380,00   47,60   2.332,40\nINV-20999   120,00   0,00   120,00\nSumme   2.500,00   47,60   2.452,40 EUR\n",
        "utf-8",
    )
    assert "2 invoices, 2452.40" in run(bank_config, "bank", "advice", str(file)).stdout
    assert "imported before" in run(bank_config, "bank", "advice", str(file)).stdout
    row = only(house)
    assert (row.state, row.match) == (LineState.SUGGESTED, "advice")
    assert [(p["invoice"], p["amount"], p["deducted"], p["deduction"]) for p in row.ways[0]["pieces"]] == [
        (ONE, "2332.40", "47.60", "early_payment_discount"),
        ("INV-20999", "120.00", "0.00", ""),
    ]


def test_the_pages(house: House, client: TestClient) -> None:
    assert "Nothing here" in client.get("/cash").text
    take(
        house,
        statement(
            line("2380.00", f"<b>{ONE}</b>", payer_name="Welding KG", payer_iban=PAYER), line("7.77", "who knows")
        ),
    )
    listed = client.get("/cash").text
    assert "Welding KG" in listed
    assert "&lt;b&gt;" in listed
    page = client.get("/cash/1").text
    assert "DE89 … 3000" in page
    assert PAYER not in listed + page
    seen_ = re.search(r'name="seen" value="(\w+)"', page)
    assert seen_ is not None
    token = form(client, "/cash/1")
    stale = client.post("/cash/1/confirm", data=token | {"way": "0", "seen": "0" * 16})
    assert stale.status_code == 409
    assert "another one by now" in stale.text
    assert (
        client.post(
            "/cash/1/confirm", data=token | {"way": "0", "seen": seen_.group(1)}, follow_redirects=False
        ).status_code
        == 303
    )
    assert only_state(house, 1) == LineState.CONFIRMED
    assert "by local" in client.get("/cash/1").text
    assert client.post("/cash/1/reopen", data=token, follow_redirects=False).status_code == 303
    split = token | {"invoice": [ONE, ""], "amount": ["2000", ""], "deducted": ["", ""], "deduction": ["", ""]}
    assert client.post("/cash/1/confirm", data=split, follow_redirects=False).status_code == 303
    with unit_of_work(house.engine) as session:
        found = one_line(session, 1)
        assert found is not None
        assert [(p.invoice_number, p.amount) for p in found.parts] == [
            (ONE, Decimal("2000.00")),
            (None, Decimal("380.00")),
        ]
    assert client.post("/cash/2/dismiss", data=token | {"note": ""}).status_code == 409
    assert client.post("/cash/2/dismiss", data=token | {"note": "interest"}, follow_redirects=False).status_code == 303
    assert client.get("/cash/99").status_code == 404
    assert "who knows" in client.get("/cash?state=dismissed").text


@pytest.mark.parametrize("amount", ["1.200", "1,200", "2.380"])
def test_thousands_are_not_taken_for_cents(house: House, client: TestClient, amount: str) -> None:
    take(house, statement(line("2380.00", ONE)))
    token = form(client, "/cash/1")
    answer = client.post("/cash/1/confirm", data=token | {"invoice": ONE, "amount": amount}, follow_redirects=False)
    assert (answer.status_code, only_state(house, 1)) == (422, LineState.SUGGESTED)


def test_exact_ones_are_confirmed_together_as_they_were_seen(house: House, client: TestClient) -> None:
    take(house, statement(line("2380.00", ONE), line("10.00", f"{ONE} a part", booked_on=DAY + timedelta(days=1))))
    boxes = re.findall(r'name="line" value="([\d.\w]+)"', client.get("/cash").text)
    assert len(boxes) == 1, "only exact ones can be ticked"
    answer = client.post(
        "/cash/confirm", data=form(client, "/cash") | {"line": [*boxes, "2.x"]}, follow_redirects=False
    )
    assert answer.headers["location"] == "/cash?notice=cash_confirmed&refused=2"
    assert only_state(house, 1) == LineState.CONFIRMED


def test_the_api(house: House) -> None:
    take(house, statement(line("2380.00", ONE, payer_iban=PAYER)))
    _, token = house.desk.make_token(LOCAL, name="test", scopes={Scope.READ, Scope.DECIDE}, days=5)
    with TestClient(create_app(house.desk), base_url=BASE, headers={"authorization": f"Bearer {token}"}) as api:
        listed = api.get("/api/v1/cash").json()
        assert (listed["total"], listed["lines"][0]["exact"], listed["counts"]) == (1, True, {"suggested": 1})
        sheet = api.get("/api/v1/cash/1")
        assert PAYER not in sheet.text
        way = sheet.json()["ways"][0]
        assert (way["pieces"][0]["invoice"], way["pieces"][0]["amount"]) == (ONE, "2380.00")
        assert api.post("/api/v1/cash/1/confirm", json={"seen": "x"}).status_code == 409
        split = {"shares": [{"invoice": ONE, "amount": "80.00"}], "customer_id": WHOSE}
        assert api.post("/api/v1/cash/1/confirm", json=split).status_code == 200
        assert [p["amount"] for p in api.get("/api/v1/cash/1").json()["parts"]] == ["80.00", "2300.00"]
        assert api.post("/api/v1/cash/1/reopen").status_code == 200
        seen_ = api.get("/api/v1/cash").json()["lines"][0]["seen"]
        done = api.post("/api/v1/cash/confirm", json={"lines": [{"id": 1, "seen": seen_}]}).json()
        assert done == {"confirmed": [1], "refused": {}}
        assert api.post("/api/v1/cash/1/dismiss", json={"note": "x"}).status_code == 409
        assert api.get("/api/v1/cash?state=nonsense").status_code == 422

"""`dunwell risk`, `dunwell worklist` and `dunwell report forecast` on a real configuration and a ledger with a past."""

from __future__ import annotations

import csv
import json
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from sqlmodel import col, select

from agent.cli import main
from evals.risk.company import company, known_on
from risk import training
from risk.bills import NEVER
from store.audit import verify
from store.engine import looking, migrate, open_engine, unit_of_work
from store.tables import AuditEntry, Customer, Invoice, Payment
from tests.unit.test_tokens_cli import CONFIG

Run = Callable[..., tuple[int, str, str]]
START = datetime(2025, 9, 1, 9, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An installation with a made-up company's invoices and payments."""
    made = tmp_path_factory.mktemp("risk")
    demo = f'profile = "demo"\nclock_starts_at = "{START.isoformat()}"\n'
    (made / "dunwell.toml").write_text(demo + CONFIG.replace("sqlite:///house.db", f"sqlite:///{made}/house.db"))
    engine = open_engine(f"sqlite:///{made}/house.db")
    migrate(engine)
    book = known_on(company(invoices=1600, customers=25, seed=4).book, START.date())
    with unit_of_work(engine) as session:
        for name in sorted({b.customer for b in book.bills}):
            more = {"currency": "EUR", "language": "en", "timezone": "UTC", "tier": "standard", "owner": "Mira"}
            session.add(Customer.model_validate({"id": name, "name": f"={name}"} | more))
        session.flush()
        for b in book.bills:
            amount = Decimal(str(b.amount))
            session.add(
                Invoice(
                    number=b.number,
                    customer_id=b.customer,
                    issue_date=b.issued,
                    due_date=b.due,
                    currency=b.currency,
                    amount=amount,
                    balance=amount if b.settled == NEVER else Decimal("0.00"),
                    po_number="",
                    description="",
                )
            )
        session.flush()
        for b in book.bills:
            if b.settled != NEVER:
                values = {"customer_id": b.customer, "invoice_number": b.number, "currency": "EUR", "reference": ""}
                session.add(Payment(id=b.number, received_on=b.settled, amount=Decimal(str(b.amount)), **values))
    engine.dispose()
    return made


@pytest.fixture
def run(folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    monkeypatch.chdir(folder)
    monkeypatch.setenv("COLUMNS", "160")
    monkeypatch.setitem(training._SHAPE, "max_iter", 50)
    monkeypatch.setitem(training._SHAPE, "learning_rate", 0.08)

    def command(*words: str) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["dunwell", *words])
        capsys.readouterr()
        code = 0
        try:
            main()
        except SystemExit as end:
            code = int(end.code or 0)
        said = capsys.readouterr()
        assert "Traceback" not in said.err
        return code, said.out, said.err

    return command


def test_train_score_card_worklist_forecast(run: Run, folder: Path) -> None:
    code, _, err = run("risk", "card")
    assert (code, "run `dunwell risk train`" in " ".join(err.split())) == (1, True)
    code, out, _ = run("risk", "score")
    assert code == 0
    assert "by the shipped assumptions" in out

    code, out, err = run("risk", "train", "--json")
    assert code == 0, err
    card = json.loads(out)
    assert card["late"]["model"]["auc"] > 0.85
    assert card["compared"] == {"with": "the shipped assumptions", "invoices": card["tested"]["invoices"], "worse": []}
    code, out, _ = run("risk", "card", "--json")
    assert json.loads(out)["model"] == card["model"]
    assert "paid late or not" in run("risk", "card")[1]

    told = json.loads(run("risk", "score", "--json")[1])
    assert told["model"] == card["model"]
    engine = open_engine(f"sqlite:///{folder}/house.db")
    with looking(engine) as session:
        open_ = {i.number: i.balance for i in session.exec(select(Invoice)) if i.balance > 0}
        events = [
            (e.event, e.actor.partition(":")[0]) for e in session.exec(select(AuditEntry).order_by(col(AuditEntry.seq)))
        ]
        assert verify(session)[1] is None
    engine.dispose()
    assert {row["invoice_number"] for row in told["invoices"]} == set(open_)
    assert events == [
        ("risk.scored", "risk"),
        ("risk.trained", "cli"),
        ("risk.scored", "risk"),
        ("risk.scored", "risk"),
    ]

    rows = json.loads(run("worklist", "--json", "--top", "5")[1])
    assert [Decimal(r["gain"]["amount"]) for r in rows] == sorted(
        (Decimal(r["gain"]["amount"]) for r in rows), reverse=True
    )
    assert rows[0]["act"] == "find_contact", "nobody of this company has a contact"
    assert "whom to see to first" in run("worklist")[1]
    assert run("worklist", "--csv", "list.csv")[0] == 0
    table = list(csv.DictReader((folder / "list.csv").open(encoding="utf-8", newline="")))
    assert table[0]["name"].startswith("'="), "no cell begins a formula"

    found = json.loads(run("report", "forecast", "--json", "--weeks", "8")[1])
    assert len(found["weeks"]) == 8
    assert found["weeks"][0]["begins"] == "2025-09-01"
    middle = sum(Decimal(w["middle"]) for w in found["weeks"])
    assert middle + Decimal(found["later_or_never"]["EUR"]) == sum(open_.values()) == Decimal(found["open"]["EUR"])
    assert all(Decimal(w["low"]) <= Decimal(w["middle"]) <= Decimal(w["high"]) for w in found["weeks"])
    assert "cash to come, as of 2025-09-01" in run("report", "forecast")[1]
    assert run("report", "forecast", "--csv", "cash.csv")[0] == 0
    assert len(list(csv.DictReader((folder / "cash.csv").open(encoding="utf-8", newline="")))) == 13


def test_a_worse_model_is_not_put_in_use(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    before = json.loads(run("risk", "train", "--json")[1])["model"]
    # One leaf a tree tells nothing apart: it says the mean of everything.
    monkeypatch.setitem(training._SHAPE, "min_samples_leaf", 10**6)
    code, _, err = run("risk", "train")
    assert code == 1
    assert "worse than the shipped assumptions" in " ".join(err.split())
    assert json.loads(run("risk", "card", "--json")[1])["model"] == before
    code, out, _ = run("risk", "train", "--force", "--json")
    assert code == 0
    forced = json.loads(out)
    assert forced["compared"]["worse"]
    assert json.loads(run("risk", "card", "--json")[1])["model"] == forced["model"] != before


def test_without_enough_it_says_what_is_missing(run: Run, folder: Path) -> None:
    text = (folder / "dunwell.toml").read_text()
    (folder / "more.toml").write_text(text + "\n[risk]\nmin_settled = 5000\n")
    code, _, err = run("risk", "train", "--config", "more.toml")
    assert code == 1
    assert "5000 are needed" in " ".join(err.split())
    (folder / "wrong.toml").write_text(text + "\n[risk.recovered]\n0 = 0.5\n30 = 0.9\n")
    code, _, err = run("risk", "score", "--config", "wrong.toml")
    assert code == 2
    assert "surer than a younger one" in " ".join(err.split())

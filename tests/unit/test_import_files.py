"""`dunwell import FILE...` and `dunwell ledger ...`: what a person sees, and what is in the ledger after it."""

from __future__ import annotations

import csv
import json
import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from sqlmodel import select

from agent.cli import main
from store.engine import open_engine, unit_of_work
from store.tables import Invoice
from tests.ledgers import NOW, write_ledger
from tests.unit.test_account import TOML
from tests.unit.test_mapping_files import AGEING

Dunwell = Callable[..., str]
NEW = ("--language", "de", "--timezone", "Europe/Berlin")


@pytest.fixture
def dunwell(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Dunwell:
    """Run a command on a terminal of 100 columns; give what it printed, or the fault that it ended with."""
    monkeypatch.setenv("COLUMNS", "100")
    config = tmp_path / "dunwell.toml"
    config.write_text(TOML.format(home=tmp_path, now=(NOW + timedelta(days=1)).isoformat()), "utf-8")

    def run(*words: str, code: int = 0) -> str:
        monkeypatch.setattr(sys, "argv", ["dunwell", *words, "--config", str(config)])
        capsys.readouterr()
        try:
            main()
            ended = 0
        except SystemExit as end:
            ended = int(end.code or 0)
        said = capsys.readouterr()
        assert (ended, "Traceback" in said.err) == (code, False), said
        assert all(len(line) <= 100 for line in said.out.splitlines()) or "--json" in words
        return " ".join((said.out if not code else said.err).split())

    return run


@pytest.fixture
def ageing(tmp_path: Path) -> Path:
    (tmp_path / "open.csv").write_bytes(AGEING.encode("cp1252"))
    return tmp_path / "open.csv"


def balances(folder: Path) -> dict[str, str]:
    engine = open_engine(f"sqlite:///{folder / 'dunwell.db'}")
    with unit_of_work(engine) as session:
        found = {row.number: str(row.balance) for row in session.exec(select(Invoice))}
    engine.dispose()
    return found


def test_a_file_is_shown_imported_kept_as_a_profile_and_again_changes_nothing(
    dunwell: Dunwell, ageing: Path, tmp_path: Path
) -> None:
    seen = dunwell("ledger", "guess", str(ageing))
    for words in (
        "cp1252, semicolons, heading in line 4",
        "Offner Betrag balance 96%",
        "DD.MM.YYYY,",
        "say --language en",
    ):
        assert words in seen
    assert json.loads(dunwell("ledger", "guess", str(ageing), "--json"))["columns"][7]["taken_for"] == "balance"
    asked = dunwell("import", str(ageing), code=2)
    assert "open.csv: nothing was imported, as the file leaves something to ask" in asked
    shown = dunwell("import", str(ageing), *NEW, "--dry-run")
    assert "invoices: 3 would be new" in shown
    assert balances(tmp_path) == {}
    done = dunwell("import", str(ageing), *NEW, "--save-profile", "nordwerk")
    assert "invoices: 3 new, 0 changed, 0 unchanged credits: 1 new" in done
    assert balances(tmp_path) == {"F-5501": "1800.00", "F-5502": "320.25", "F-5503": "2450.00"}
    again = dunwell("import", str(ageing), "--profile", "nordwerk")
    assert "customers: 0 new, 0 changed, 2 unchanged contacts: 0 new, 0 changed, 3 unchanged" in again
    assert "invoices: 0 new, 0 changed, 3 unchanged credits: 0 new, 0 changed, 1 unchanged" in again
    account = dunwell("account", "10400")
    assert "net EUR 2,350.00 EUR 2,450.00 open - EUR 100.00 credit notes" in account
    told = dunwell("import", str(ageing), "--profile", "nordwerk", "--kind", "invoices", code=2)
    assert "--profile settles the columns" in told


def test_a_changed_file_says_what_changed(dunwell: Dunwell, ageing: Path, tmp_path: Path) -> None:
    dunwell("import", str(ageing), *NEW, "--save-profile", "n")
    ageing.write_text(AGEING.replace("320,25 €", "640,50 €").replace("19.02.2026", "28.02.2026"), "utf-8")
    done = dunwell("import", str(ageing), "--profile", "n")
    assert (
        "F-5502: balance ROSE from 320.25 to 640.50 F-5501: due date moved later, from 2026-02-19 to 2026-02-28" in done
    )
    assert "its rows come to 4,790.50: is a part of the file missing?" in done
    listed = dunwell("ledger", "changes", "--customer", "10234")
    assert "F-5502 balance ROSE from 320.25 to" in listed
    (moved,) = json.loads(dunwell("ledger", "changes", "--invoice", "F-5501", "--json"))
    assert (moved["before"], moved["after"], moved["origin"]) == ("2026-02-19", "2026-02-28", "open.csv")
    assert "due date moved later" in dunwell("account", "10234")


def test_all_or_nothing_unless_rows_are_set_aside(dunwell: Dunwell, tmp_path: Path) -> None:
    rows = "".join(
        f"A{n},C1,Acme,2026-02-0{n % 8 + 1},2026-03-01,100.00,{'x' if n > 2 else '50.00'}\n" for n in range(30)
    )
    file = tmp_path / "items.csv"
    file.write_text(
        "Invoice,Customer ID,Customer,Date,Due date,Amount,Balance\n"
        + rows
        + "B1,C1,Acme,2026-02-01,2026-03-01,5.00,6.00\n"
    )
    words = ("import", str(file), *NEW, "--currency", "EUR", "--column", "balance=Balance")
    told = dunwell(*words, code=2)
    assert "is not written as" in told
    file.write_text(file.read_text().replace(",x\n", ",50.00 \n", 20))
    told = dunwell(*words, code=2)
    assert "items.csv:25: Balance (balance): 'x' is no amount" in told
    assert "items.csv:32: balance: 6.00 is more than the amount 5.00" in told
    assert "nothing was imported: 8 faults in 8 rows" in told
    assert balances(tmp_path) == {}
    done = dunwell(*words, "--set-aside", "--faults", str(tmp_path / "f.csv"))
    assert "31 rows of invoices read, 8 refused" in done
    assert len(balances(tmp_path)) == 23
    with (tmp_path / "items.refused.csv").open(encoding="utf-8-sig", newline="") as refused:
        kept = list(csv.DictReader(refused))
    assert [row["Invoice"] for row in kept] == [f"A{n}" for n in range(23, 30)] + ["B1"]
    assert kept[0]["reason"] == "Balance (balance): 'x' is no amount"


def test_many_faults_are_capped_and_listed_in_a_file(dunwell: Dunwell, tmp_path: Path) -> None:
    rows = "".join(f"A{n},C1,2026-02-01,2026-03-01,100.00,101.00\n" for n in range(30))
    (tmp_path / "items.csv").write_text("Invoice,Customer ID,Date,Due date,Amount,Balance\n" + rows)
    told = dunwell(
        "import",
        str(tmp_path / "items.csv"),
        "--currency",
        "EUR",
        "--column",
        "balance=Balance",
        "--column",
        "amount=Amount",
        code=2,
    )
    assert told.count("items.csv:") == 20
    assert "all 60 faults are listed in" in told
    with (tmp_path / "items.faults.csv").open(encoding="utf-8-sig", newline="") as listed:
        assert len(list(csv.DictReader(listed))) == 60


def test_customers_are_merged_after_asking(dunwell: Dunwell, ageing: Path, tmp_path: Path) -> None:
    dunwell("import", str(ageing), *NEW, "--save-profile", "n")
    assert "of 10234 (Bracken Joinery Ltd), for good: say --yes" in dunwell(
        "ledger", "merge", "10400", "into", "10234", code=2
    )
    assert "write it like" in dunwell("ledger", "merge", "10400", "with", "10234", code=2)
    done = dunwell("ledger", "merge", "10400", "into", "10234", "--yes")
    assert "10400 is merged into 10234" in done
    assert "10400 is no customer: it was merged into 10234" in dunwell(
        "ledger", "merge", "10400", "into", "10234", code=2
    )
    assert "rows of customer 10400 go to 10234" in dunwell("import", str(ageing), "--profile", "n")
    assert "number 10400, until 2026-04-15" in dunwell("ledger", "aliases", "10234")
    assert dunwell("audit").startswith("the audit log holds")


def test_a_folder_may_name_what_is_stored_and_can_be_looked_at_first(dunwell: Dunwell, tmp_path: Path) -> None:
    folder = write_ledger(tmp_path / "ledger")
    assert "invoices: 4 would be new" in dunwell("import", str(folder), "--dry-run")
    assert balances(tmp_path) == {}
    dunwell("import", str(folder))
    heading = "customer_id,name,currency,language,timezone,tier,owner\n"
    more = "invoice_number,customer_id,issue_date,due_date,currency,amount,balance,po_number,description\n"
    write_ledger(
        folder,
        customers=heading,
        contacts="customer_id,name,email,role\n",
        invoices=more + "F-9,K1,2026-01-01,2026-02-01,GBP,1.00,1.00,,x\n",
        payments="payment_id,customer_id,invoice_number,received_on,currency,amount,reference\n",
    )
    assert "invoices: 1 read, 1 new or changed" in dunwell("import", str(folder))
    assert "F-9" in balances(tmp_path)
    assert "is not a folder" in dunwell("import", str(tmp_path / "nowhere"), code=2)
    assert "bring one folder, or files" in dunwell("import", str(folder), str(tmp_path / "x.csv"), code=2)

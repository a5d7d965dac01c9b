"""`dunwell portal`, and an invoice's whole way through the daemon: real mail in a Maildir, nothing stood in for."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from agent.cli import main
from tests.e2e.installations import in_daylight
from tests.ledgers import FILES, write_ledger
from tests.portal_mails import OUR_SERVER, raw_mail

TOML = """
data_dir = "{home}/data"

[company]
name = "Fernhill Tooling Ltd"
address = "3 Kiln Lane, Fernhill"
email = "ar@fernhill.example"
vat_id = "GB123456789"
{domains}
[store]
url = "sqlite:///{home}/dunwell.db"

[[mailboxes]]
name = "ar"
kind = "maildir"
address = "ar@fernhill.example"
path = "{home}/box"
authserv_id = ["{server}"]

[mailboxes.smtp]
kind = "maildir"
path = "{home}/sent"

# The commands run in the real present, on whatever day it is.
[policy.jurisdictions.default-strict.contact]
opens = "08:00"
closes = "21:00"
days = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
"""
DOMAINS = '[company.portal_domains]\ncoupa = ["coupa-mail.test"]\n'
ASKED = "Your invoice F-5501 has to be submitted through our Coupa portal. We cannot accept it by mail."

Dunwell = Callable[..., tuple[int, str, str]]


@pytest.fixture
def dunwell(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Dunwell:
    """Run a command in this process; give its exit code and what it printed."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "240")

    def run(*words: str) -> tuple[int, str, str]:
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

    return run


def installed(dunwell: Dunwell, home: Path) -> None:
    for part in ("new", "cur", "tmp"):
        (home / "box" / part).mkdir(parents=True)
    (home / "dunwell.toml").write_text(TOML.format(home=home, domains=DOMAINS, server=OUR_SERVER), "utf-8")
    ledger = write_ledger(
        home / "ledger", customers=in_daylight(), invoices=FILES["invoices.csv"].replace("PO-311", "")
    )
    (ledger / "documents").mkdir()
    (ledger / "documents" / "F-5501.pdf").write_bytes(b"%PDF-1.4\n% router cutters\n%%EOF\n")
    assert dunwell("import", str(ledger))[0] == 0


def deliver(home: Path, raw: bytes, name: str) -> None:
    (home / "box" / "new" / name).write_bytes(raw)


def reply(text: str) -> bytes:
    return (
        "From: Moira Tate <moira@bracken.example>\nTo: ar@fernhill.example\nSubject: Re: F-5501\n"
        f"Message-ID: <p@bracken.example>\n\n{text}\n"
    ).encode()


def told(dunwell: Dunwell, *words: str) -> Any:
    code, out, err = dunwell(*words, "--json")
    assert code == 0, err
    return json.loads(out)


def test_the_whole_way_of_an_invoice_through_coupa(dunwell: Dunwell, tmp_path: Path) -> None:
    installed(dunwell, tmp_path)
    deliver(tmp_path, reply(ASKED), "1")
    told(dunwell, "run", "--once")
    (proposal,) = told(dunwell, "queue", "list")
    (action,) = [a for a in proposal["actions"] if a["tool"] == "submit_to_portal"]
    assert "Missing: our supplier number at the customer" in action["preview"]
    assert "Which purchase order number should we quote?" in proposal["draft"]["rendered"]
    assert dunwell("queue", "approve", str(proposal["id"]))[0] == 0
    told(dunwell, "run", "--once")

    (item,) = told(dunwell, "portal", "list")
    assert (item["invoice"], item["status"]) == ("F-5501", "to_submit")
    assert item["missing"] == ["supplier_number", "po_number"]
    told(dunwell, "portal", "fill", "1", "--po", "PO-9", "--supplier-number", "4711")
    shown = told(dunwell, "portal", "show", "1", "--save", str(tmp_path / "up.pdf"))
    values = {field["name"]: field["value"] for field in shown["fields"]}
    assert (values["PO #"], values["Supplier VAT ID"], values["Total"]) == ("PO-9", "GB123456789", "1800.00")
    assert (shown["missing"], shown["to_do"]) == ([], [])
    assert (tmp_path / "up.pdf").read_bytes().startswith(b"%PDF-")
    code, page, _ = dunwell("portal", "show", "1")
    assert code == 0
    assert "Invoice # *" in page
    told(dunwell, "portal", "submitted", "1")

    news = raw_mail(
        sender="Bracken <do_not_reply@supplier.coupa-mail.test>",
        subject="Invoice F-5501 disputed",
        text="Bracken Joinery has disputed invoice F-5501.\n\nDispute reason: Wrong PO line\n",
        sent_at=datetime.now(UTC) + timedelta(minutes=1),
    )
    deliver(tmp_path, news, "2")
    told(dunwell, "run", "--once")
    shown = told(dunwell, "portal", "show", "1")
    assert (shown["status"], shown["moves"][-1]["by"]) == ("rejected", "portal")
    assert shown["moves"][-1]["why"] == "Wrong PO line"
    notices = [p for p in told(dunwell, "queue", "list") if p["verdict"] == "portal_notice"]
    assert [p["needs_person"] for p in notices] == ["Coupa rejected F-5501: portal item 1 holds the reason"]
    told(dunwell, "portal", "submitted", "1")
    told(dunwell, "portal", "approved", "1")
    told(dunwell, "portal", "paid", "1")
    assert dunwell("portal", "set-back", "1", "--note", " ")[0] == 1
    assert (
        told(dunwell, "portal", "set-back", "1", "--note", "another line was meant")["done"] == "set back to approved"
    )
    assert told(dunwell, "portal", "show", "1")["status"] == "approved"
    assert dunwell("audit")[0] == 0


def test_what_cannot_be_done_is_one_line(dunwell: Dunwell, tmp_path: Path) -> None:
    installed(dunwell, tmp_path)
    assert told(dunwell, "portal", "list") == []
    assert "no invoice waits in a portal" in dunwell("portal", "list")[1]
    for words, code, said in (
        (("submitted", "7"), 2, "there is no portal item 7"),
        (("rejected", "7", "--why", " "), 2, "--why: say what the portal says"),
        (("fill", "7"), 2, "name --supplier-number, --po, or both"),
        (("fill", "7", "--po", "x" * 61), 2, "at most 60 characters"),
    ):
        got, _, err = dunwell("portal", *words)
        assert got == code
        assert said in err
        assert len(err.strip().splitlines()) == 1


def test_a_move_that_is_not_legal_is_refused(dunwell: Dunwell, tmp_path: Path) -> None:
    installed(dunwell, tmp_path)
    deliver(tmp_path, reply(ASKED), "1")
    told(dunwell, "run", "--once")
    (proposal,) = told(dunwell, "queue", "list")
    assert dunwell("queue", "approve", str(proposal["id"]))[0] == 0
    told(dunwell, "run", "--once")
    code, _, err = dunwell("portal", "rejected", "1", "--why", "no PO")
    assert (code, "mark it submitted first" in err) == (1, True)
    assert told(dunwell, "portal", "show", "1")["status"] == "to_submit"
    (tmp_path / "there.pdf").write_text("mine")
    code, _, err = dunwell("portal", "show", "1", "--save", str(tmp_path / "there.pdf"))
    assert (code, "is there already" in err) == (2, True)
    assert (tmp_path / "there.pdf").read_text() == "mine"

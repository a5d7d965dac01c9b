"""`dunwell account` and `dunwell import`: what is open with a customer, and what an import makes of it."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlmodel import select

from agent.cli import main
from agent.config import load
from agent.daemon import Daemon
from agent.installation import Installation
from store import messages, proposals
from store.cases import open_case
from store.engine import migrate, open_engine, unit_of_work
from store.keeping import Kept, keep_daily
from store.keeping_days import KeepingDays
from store.ledger import import_ledger, read_ledger
from store.matters import Followup
from store.proposed import Claim, Proposal, ProposedAction
from store.tables import Customer, Dispute, Effect, Hold, Instalment, Message, Plan, Promise, ProposalRow, Resubmission
from store.vocabulary import IdentityLevel, MessageState, ProposalStatus, Reason, Verdict
from tests.ledgers import FILES, NOW, email, write_ledger

TOML = """
profile = "demo"
data_dir = "{home}/data"
clock_starts_at = {now}

[company]
name = "Fernhill Tooling Ltd"
address = "3 Kiln Lane, Fernhill"
email = "ar@fernhill.example"

[store]
url = "sqlite:///{home}/dunwell.db"

[[mailboxes]]
name = "ar"
kind = "maildir"
address = "ar@fernhill.example"
path = "{home}/box"
"""

Dunwell = Callable[..., str]


@pytest.fixture
def dunwell(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Dunwell:
    """Run a command so many days after the ledger came; give what it printed."""
    (tmp_path / "box").mkdir()
    monkeypatch.setenv("COLUMNS", "160")

    def run(*words: str, after: int = 0, code: int = 0) -> str:
        config = tmp_path / "dunwell.toml"
        config.write_text(TOML.format(home=tmp_path, now=(NOW + timedelta(days=after)).isoformat()), "utf-8")
        monkeypatch.setattr(sys, "argv", ["dunwell", *words, "--config", str(config)])
        capsys.readouterr()
        try:
            main()
            ended = 0
        except SystemExit as end:
            ended = int(end.code or 0)
        said = capsys.readouterr()
        assert (ended, "Traceback" in said.err) == (code, False), said
        return said.out if not code else said.err

    return run


@pytest.fixture
def books(tmp_path: Path) -> Path:
    """A ledger in which K1 promised 500.00 of one invoice, agreed a plan over it, and contests a part of the other."""
    engine = open_engine(f"sqlite:///{tmp_path / 'dunwell.db'}")
    migrate(engine)
    unapplied = "U1,K1,,2026-04-10,GBP,12.34,?\n"
    folder = write_ledger(tmp_path / "ledger", payments=FILES["payments.csv"] + unapplied)
    with unit_of_work(engine) as session:
        import_ledger(session, read_ledger(folder), actor="test", now=NOW)
        found = messages.record(
            session, mailbox="ar", folder="INBOX", uidvalidity=1, uid=1, raw=b"m", email=email(), received_at=NOW
        )
        row = session.get_one(Message, found.message_id)
        row.customer_id, row.case_id = "K1", open_case(session, "K1", now=NOW)
        said = Claim(reason=Reason.PROMISE_TO_PAY, invoices=("F-5501",), evidence="We pay on Friday.", confidence=0.9)
        act = ProposedAction(tool="record_promise", arguments={"invoices": ["F-5501"]}, claims=(0,), preview="notes it")
        proposal = Proposal(
            message_id=found.message_id,
            verdict=Verdict.REPLY,
            identity=IdentityLevel.A,
            claims=(said,),
            actions=(act,),
        )
        held = proposals.hold(session, proposal, newest_message=found.message_id, now=NOW)
        assert held is not None
        session.get_one(ProposalRow, held).status = ProposalStatus.DONE
        messages.finish(session, found.message_id, state=MessageState.PROPOSED)
        effect = Effect(proposal_id=held, position=0, tool="record_promise", text="", applied_at=NOW)
        session.add(effect)
        session.flush()
        common: dict[str, Any] = {"customer_id": "K1", "effect_id": effect.id}
        due = date(2026, 4, 17)
        session.add(Promise(invoices=["F-5501"], due=due, amount=Decimal("500.00"), currency="GBP", **common))
        plan = Plan(invoices=["F-5501"], total=Decimal("1800.00"), currency="GBP", status="agreed", **common)
        session.add(plan)
        session.flush()
        assert plan.id is not None
        for position, day in enumerate((date(2026, 5, 1), date(2026, 6, 1)), 1):
            session.add(Instalment(plan_id=plan.id, position=position, due=day, amount=Decimal("900.00")))
        session.add(Hold(invoice_number="F-5501", kind="promise", until=date(2026, 4, 24), **common))
        session.add(
            Dispute(
                invoice_number="F-5502",
                kind="quality",
                amount=Decimal("20.25"),
                statement="blunt",
                owner="Ines Roth",
                **common,
            )
        )
        session.add(Resubmission(invoice_number="F-5502", kind="copy", **common))
    engine.dispose()
    return folder


def test_an_account_is_told_in_words(dunwell: Dunwell, books: Path) -> None:
    said = dunwell("account", "K1")
    for words in (
        "Bracken Joinery Ltd (K1), on 2026-04-14",
        "ledger of 2026-04-14",
        "F-5501 GBP 1,800.00 due 2026-02-19 54 days overdue",
        "GBP 20.25 disputed",
        "F-5501 GBP 500.00 by 2026-04-17 open waits for the money until 2026-04-24",
        "plan 1 over F-5501: agreed; GBP 0.00 of 1,800.00 paid",
        "due 2026-05-01 GBP 900.00 open due on 2026-05-01",
        "F-5502 quality GBP 20.25 open Ines Roth",
        "F-5502 copy open on 2026-04-14",
        "F-5501 promise until 2026-04-24",
        "U1 GBP 12.34 of 2026-04-10",
        "net GBP 2,107.91 GBP 2,120.25 open - GBP 12.34 receipts",
    ):
        assert words in " ".join(said.split()), said
    later = dunwell("account", "K1", after=20)
    assert "waits for a ledger that is newer than 2026-04-24" in later


def test_an_account_as_json(dunwell: Dunwell, books: Path) -> None:
    document = json.loads(dunwell("account", "K1", "--json"))
    assert [i["number"] for i in document["invoices"]] == ["F-5501", "F-5502"]
    assert document["promises"][0]["status"] == "open"
    assert document["promises"][0]["in_time_until"] == "2026-04-24"
    assert [p["amount"]["amount"] for p in document["plans"][0]["instalments"]] == ["900.00", "900.00"]
    unapplied = [p for p in document["payments"] if p["invoice"] is None]
    assert [(p["id"], p["amount"]) for p in unapplied] == [("U1", {"amount": "12.34", "currency": "GBP"})]
    (net,) = document["net"]
    assert (net["open"]["amount"], net["receipts"]["amount"], net["net"]["amount"]) == ("2120.25", "12.34", "2107.91")
    assert (net["disputed"]["amount"], net["credits"]["amount"], net["nothing_to_ask"]) == ("20.25", "0", False)
    assert document["pauses"] == [{"invoice": "F-5501", "kind": "promise", "until": "2026-04-24"}]
    other = json.loads(dunwell("account", "K2", "--json"))
    assert {key: value for key, value in other.items() if value == []} == {
        key: []
        for key in ("promises", "plans", "disputes", "resubmissions", "portal", "payment_checks", "pauses", "changes")
    }, "nothing of one customer is shown for another"


def test_a_customer_that_there_is_not(dunwell: Dunwell, books: Path) -> None:
    assert "K9 is no customer in the ledger" in dunwell("account", "K9", code=2)


def test_an_import_says_what_follows_from_it(dunwell: Dunwell, books: Path) -> None:
    payments = (books / "payments.csv").read_text("utf-8")
    (books / "payments.csv").write_text(payments + "P9,K1,F-5501,2026-04-16,GBP,500.00,BRACKEN\n", "utf-8")
    invoices = (books / "invoices.csv").read_text("utf-8")
    (books / "invoices.csv").write_text(invoices.replace("1800.00,1800.00", "1800.00,1300.00"), "utf-8")
    said = dunwell("import", str(books), after=3)
    assert "promises and plans: 1 changed their standing, 0 cases woke, 1 pauses are over" in said
    assert " kept " in " ".join(dunwell("account", "K1", after=3).split())
    again = json.loads(dunwell("import", str(books), "--json", after=3))
    assert again["kept"] == {"changed": 0, "woken": 0, "released": 0, "failed": 0}
    late = json.loads(dunwell("import", str(books), "--json", after=30))
    assert late["kept"] == {"changed": 2, "woken": 2, "released": 0, "failed": 0}, (
        "an instalment, and the invoice sent again"
    )
    assert "a payment was missed; GBP 500.00 of 1,800.00 paid" in dunwell("account", "K1", after=30)


def test_the_daemon_judges_on_each_new_day_and_looks_no_oftener_than_it_must(
    books: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "box").mkdir()
    config = tmp_path / "dunwell.toml"
    config.write_text(TOML.format(home=tmp_path, now=NOW.isoformat()), "utf-8")
    home = Installation(load(config))
    now = [NOW]
    home.__dict__["clock"] = lambda: now[0]
    eye = Daemon(home, worker="w").new_day
    looks: list[datetime] = []

    def counted(engine: Engine, *, now: datetime, days: KeepingDays) -> Kept:
        looks.append(now)
        return keep_daily(engine, now=now, days=days)

    monkeypatch.setattr("agent.new_day.keep_daily", counted)

    def found() -> tuple[date | None, list[str]]:
        with unit_of_work(home.engine) as session:
            return session.get_one(Customer, "K1").kept_on, [f.kind for f in session.exec(select(Followup))]

    # The daemon's loop asks this again and again; the test does in its place.
    for minutes in (0, 1, 4, 6, 7):
        now[0] = NOW + timedelta(minutes=minutes)
        eye.look()
    assert looks == [NOW, NOW + timedelta(minutes=6)]
    assert found() == (date(2026, 4, 14), [])
    now[0] = NOW + timedelta(days=14)
    eye.look()
    assert found() == (date(2026, 4, 28), ["instalment_due", "resubmission_unanswered"])
    now[0] = NOW
    eye.look()
    assert len(looks) == 4, "a clock that was put back is no reason to sleep"

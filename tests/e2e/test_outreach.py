"""The whole way of a step of a cadence: the real daemon, real Maildirs, a clock that the test moves. Planned, held, approved, sent, answered."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

import pytest
from sqlmodel import select
from typer.testing import CliRunner

from agent.cli.app import app
from agent.cli.home import desk_of
from agent.config import ConfigError, build
from agent.daemon import Daemon
from agent.importing import take_ledger
from mail.settings import MailboxSettings
from review.item import Item
from store.engine import unit_of_work
from store.ledger import read_ledger
from store.outreach_loading import steps_taken
from store.tables import Message
from tests.e2e.installations import deliver, maildir_mailbox, reply
from tests.e2e.moving import MOIRA, Moving
from tests.ledgers import FILES, write_ledger

#: A Tuesday, in office hours of both customers; F-5501 was due on 19 February, F-5503 on 3 March.
START = datetime(2026, 4, 14, 9, 30, tzinfo=UTC)
INVOICES = FILES["invoices.csv"].splitlines()[0] + (
    "\nF-5601,K1,2026-03-09,2026-04-08,GBP,1800.00,1800.00,PO-311,Router cutters\n"
    "F-5602,K1,2026-03-09,2026-04-07,GBP,200.00,200.00,PO-312,Saw blades\n"
    "F-5603,K2,2026-03-12,2026-04-12,EUR,2450.00,2450.00,PO-9,Chisel set\n"
)


def settings(folder: Path, box: MailboxSettings, **outreach: object) -> dict[str, object]:
    return {
        "data_dir": folder / "data",
        "company": {"name": "Fernhill Tooling Ltd", "address": "3 Kiln Lane, Fernhill", "email": box.address},
        "store": {"url": f"sqlite:///{folder / 'dunwell.db'}"},
        "mailboxes": [box.model_dump(exclude_none=True) | {"smtp": {"kind": "maildir", "path": folder / "sent"}}],
        "outreach": outreach,
        "review": {"undo_seconds": 0},
    }


@pytest.fixture
def mailbox(tmp_path: Path) -> MailboxSettings:
    return maildir_mailbox(tmp_path / "mail")


@pytest.fixture
def home(tmp_path: Path, mailbox: MailboxSettings) -> Iterator[Moving]:
    made = Moving(build(settings(tmp_path, mailbox, enabled=True, starts_on="2026-01-01"), source="test"))
    made.moment = START
    books(made, tmp_path)
    yield made
    made.engine.dispose()


def books(home: Moving, folder: Path) -> None:
    """Import the ledger, as the ERP does each morning."""
    head = FILES["payments.csv"].splitlines()[0] + "\n"
    take_ledger(home, read_ledger(write_ledger(folder / "books", invoices=INVOICES, payments=head)), actor="erp")


def round_of(home: Moving) -> list[Item]:
    Daemon(home, worker="test").run_once()
    return list(desk_of(home).held())


def sent(folder: Path) -> list[EmailMessage]:
    found = [path for path in (folder / "sent").rglob("*") if path.is_file()]
    read = [message_from_bytes(path.read_bytes(), _class=EmailMessage, policy=policy.default) for path in found]
    return sorted((mail for mail in read if mail["Message-ID"]), key=lambda mail: mail["Date"].datetime)


def test_a_reminder_goes_out_and_its_answer_ends_the_cadence(
    home: Moving, mailbox: MailboxSettings, tmp_path: Path
) -> None:
    (item,) = round_of(home)
    assert item.facts.customer is not None
    assert (item.facts.customer.id, [a.tool for a in item.proposal.actions]) == ("K1", ["remind"])
    assert item.first is not None
    assert item.first.invoices == ("F-5602", "F-5601"), "one mail for both"
    assert sent(tmp_path) == [], "nothing leaves before a person approved it"
    desk_of(home).approve(item.row.id or 0, version=1, actor="ines")
    assert round_of(home) == []
    (mail,) = sent(tmp_path)
    assert (mail["To"], mail["Subject"], mail["In-Reply-To"]) == (MOIRA, "Our open invoices", None)

    home.moment += timedelta(days=1)
    answer = reply(
        f"Moira Tate <{MOIRA}>",
        "Thank you, F-5601 will be paid in full on 24 April 2026.",
        to=mailbox.address,
        subject="Re: Our open invoices",
        message_id="<1@bracken.example>",
        answers=str(mail["Message-ID"]),
    )
    deliver(mailbox, "answer", answer)
    (came,) = round_of(home)
    assert came.first is None
    assert [claim.reason for claim in came.proposal.claims] == ["promise_to_pay"]
    assert came.row.case_id == item.row.case_id
    with unit_of_work(home.engine) as session:
        message = session.exec(select(Message).where(Message.from_customer)).one()
        assert (message.customer_id, message.invoices) == ("K1", ["F-5601"])
        assert [step.state for step in steps_taken(session, "K1", zone="Europe/London")] == ["sent"]
    home.moment += timedelta(days=5)
    books(home, tmp_path)
    waiting = round_of(home)
    assert [w.facts.customer.id for w in waiting if w.first is not None and w.facts.customer] == ["K2"]
    assert len(sent(tmp_path)) == 1, "the cadence of whoever wrote has stopped"


def test_the_command_line_explains_it(home: Moving, tmp_path: Path, mailbox: MailboxSettings) -> None:
    round_of(home)
    config = tmp_path / "dunwell.toml"
    config.write_text(
        f'profile = "demo"\ndata_dir = "{tmp_path}/data"\nclock_starts_at = "2026-04-14T10:00:00Z"\n'
        f'[company]\nname = "Fernhill Tooling Ltd"\naddress = "3 Kiln Lane"\nemail = "{mailbox.address}"\n'
        f'[store]\nurl = "sqlite:///{tmp_path}/dunwell.db"\n'
        f'[[mailboxes]]\nname = "ar"\nkind = "maildir"\npath = "{mailbox.path}"\naddress = "{mailbox.address}"\n'
        '[outreach]\nenabled = true\nstarts_on = "2026-01-01"\n'
    )
    told = {}
    for words in (
        ("plan", "--dry-run"),
        ("show", "K1"),
        ("show", "K2", "--json"),
        ("cadence",),
        ("pause", "K2", "--until", "2026-05-01"),
        ("plan",),
        ("resume", "K2"),
    ):
        done = CliRunner().invoke(app, ["outreach", *words, "--config", str(config)])
        assert done.exit_code == 0, (words, done.output, done.exception)
        told[words] = " ".join(done.output.split())
    assert "0 mails would be planned" in told["plan", "--dry-run"]
    assert "a proposal for this customer waits" in told["show", "K1"]
    (line,) = json.loads(told["show", "K2", "--json"])["invoices"]
    assert (line["number"], line["then"], line["then_on"]) == ("F-5603", "overdue", "2026-04-19")
    assert "4 cadences, sound" in told["cadence",]
    assert "no step goes out until 2026-05-01" in told["pause", "K2", "--until", "2026-05-01"]
    assert "the cadence goes on" in told["resume", "K2"]
    unknown = CliRunner().invoke(app, ["outreach", "show", "K9", "--config", str(config)])
    assert unknown.exit_code != 0


@pytest.mark.parametrize(
    ("outreach", "told"),
    [
        ({"enabled": True}, "starts_on: is missing"),
        ({"mailbox": "sales"}, "outreach.mailbox: sales is none of ar"),
        ({"enabled": True, "starts_on": "2026-01-01", "cadences": "none.toml"}, "none.toml: cannot be read"),
        ({"enabled": True, "starts_on": "2026-01-01", "loud": True}, "loud"),
    ],
)
def test_settings_that_cannot_be_are_refused(
    outreach: dict[str, object], told: str, tmp_path: Path, mailbox: MailboxSettings
) -> None:
    with pytest.raises(ConfigError, match=told):
        build(settings(tmp_path, mailbox, **outreach), source="test")

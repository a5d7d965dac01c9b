"""One reply, all the way: real Dovecot, real SMTP, a real model client over HTTP, the real command line."""

from __future__ import annotations

import email
import email.policy
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from mail.imap import ImapMailbox
from mail.open import open_mailbox
from tests.e2e.installations import Installed, in_daylight, reply
from tests.ledgers import write_ledger
from tests.mail.servers import Dovecot
from tests.mail.smtp_fixtures import PASSWORD as SMTP_PASSWORD
from tests.mail.smtp_fixtures import USER as SMTP_USER
from tests.mail.smtp_fixtures import SmtpServer, smtp_server
from tests.model_server import Answer, ModelServer, status
from tests.model_server import reply as model_reply

pytestmark = [pytest.mark.servers, pytest.mark.timeout(240)]

MOIRA = "Moira Tate <moira@bracken.example>"
# The daemon lives in the real present: the mail names a day of next week.
DUE = datetime.now(UTC).date() + timedelta(days=6)
DAY = f"{DUE.day} {DUE:%B %Y}"
WORDS = f"F-5501 is in the run that leaves on {DAY}"
PROMISE = f"Morning,\n\n{WORDS}.\n\nMoira\n"


@pytest.fixture
def smtp(tmp_path: Path) -> Iterator[SmtpServer]:
    with smtp_server(tmp_path) as server:
        yield server


def install(dovecot: Dovecot, smtp: SmtpServer, home: Path, *, more: str = "") -> tuple[Installed, str]:
    user = dovecot.new_user()
    way_out = (
        f'host = "localhost"\nport = {smtp.port}\ntls = "starttls"\nca_file = "{smtp.ca_file}"\nuser = "{SMTP_USER}"'
    )
    installed = Installed(
        home,
        dovecot.settings(user),
        smtp=way_out,
        more=more,
        environment={"DUNWELL_SMTP_AR_PASSWORD": SMTP_PASSWORD},
    )
    folder = write_ledger(home / "ledger", customers=in_daylight())
    (folder / "documents").mkdir()
    (folder / "documents" / "F-5501.pdf").write_bytes(b"%PDF-1.4\n% router cutters\n%%EOF\n")
    installed.run("import", str(folder))
    return installed, user


def sent_mails(smtp: SmtpServer) -> list[Any]:
    return [email.message_from_bytes(taken.content, policy=email.policy.default) for taken in smtp.sink.taken]


def test_a_promise_is_read_approved_sent_and_noted(dovecot: Dovecot, smtp: SmtpServer, tmp_path: Path) -> None:
    installed, user = install(dovecot, smtp, tmp_path / "home")
    address = installed.mailbox.address
    dovecot.deliver(user, reply(MOIRA, PROMISE, to=address, subject="Re: F-5501", message_id="<p1@bracken.example>"))
    assert installed.json("run", "--once") == {"new": 1, "proposed": 1, "sent": 0, "failed": []}

    (item,) = installed.json("queue", "list")
    assert [claim["reason"] for claim in item["claims"]] == ["promise_to_pay"]
    assert item["claims"][0]["slots"]["date"] == DUE.isoformat()
    assert [action["tool"] for action in item["actions"]] == ["record_promise"]
    assert DAY in item["draft"]["rendered"]
    assert not item["findings"]
    assert smtp.sink.taken == [], "nothing goes out before a person approves"

    installed.run("queue", "approve", str(item["id"]))
    assert smtp.sink.taken == [], "approving is not sending"
    assert installed.json("run", "--once")["sent"] == 1
    (taken,) = smtp.sink.taken
    assert taken.recipients == ["moira@bracken.example"]
    (mail,) = sent_mails(smtp)
    assert mail["In-Reply-To"] == "<p1@bracken.example>"
    assert "<p1@bracken.example>" in mail["References"]
    assert mail["Subject"] == "Re: F-5501"
    assert DAY in mail.get_content()

    (item,) = installed.json("queue", "list", "--decided")
    assert item["status"] == "sent"
    # The copy is in the Sent folder, once, also after another round.
    assert installed.json("run", "--once")["sent"] == 0
    opened = open_mailbox(dovecot.settings(user))
    assert isinstance(opened, ImapMailbox)
    try:
        assert opened.find_sent(str(mail["Message-ID"]))
    finally:
        opened.close()
    assert len(smtp.sink.taken) == 1
    assert "holds" in installed.run("audit").stdout

    # The answer to our answer finds its case by our Message-ID, even from an address that nobody knows.
    dovecot.deliver(
        user,
        reply(
            "Moira <moira.tate@home.example>",
            "Sorry, that was too early: it goes out a week later than I said.",
            to=address,
            message_id="<p2@home.example>",
            answers=str(mail["Message-ID"]),
        ),
    )
    installed.run("run", "--once")
    (second,) = installed.json("queue", "list")
    assert second["customer"] == "K1"
    assert second["identity"] in ("C", "D")
    assert [action["tool"] for action in second["actions"]] == ["escalate_to_human"]
    assert (
        second["draft"] is None
        or not second["draft"]["slots"]
        or all(slot["source"] == "config" for slot in second["draft"]["slots"])
    )


def scripted(request: dict[str, Any]) -> Answer:
    """Play a good model: reads the promise and writes with slots."""
    system = request["messages"][0]["content"]
    if "You read replies" in system:
        claim: dict[str, Any] = {
            "reason": "promise_to_pay",
            "invoices": ["F-5501"],
            "evidence": WORDS,
            "confidence": 0.97,
            "date": DAY,
        }
        empty = [
            "amount",
            "reference",
            "dispute_kind",
            "po_number",
            "contact_name",
            "contact_email",
            "portal",
            "document",
            "instalments",
        ]
        return model_reply({"claims": [claim | dict.fromkeys(empty)]})
    if "You write one e-mail" in system:
        body = (
            "Dear {{ contact.salutation }},\n\nThank you for letting us know about invoice "
            '{{ inv["F-5501"].number }}. We have noted your payment for {{ promise.date }} and are counting on it.\n\n'
            "Kind regards"
        )
        return model_reply({"body": body})
    raise AssertionError(f"an unexpected question: {system[:80]}")


def model(server: ModelServer) -> str:
    return f'[model]\nbase_url = "{server.base_url}"\nmodel = "test-model"\nmax_attempts = 2\ntimeout_seconds = 5\n'


def test_a_model_reads_and_writes_and_never_sees_a_figure(
    dovecot: Dovecot, smtp: SmtpServer, model_server: ModelServer, tmp_path: Path
) -> None:
    installed, user = install(dovecot, smtp, tmp_path / "home", more=model(model_server))
    model_server.behave(scripted)
    dovecot.deliver(
        user,
        reply(MOIRA, PROMISE, to=installed.mailbox.address, subject="Re: F-5501", message_id="<p1@bracken.example>"),
    )
    installed.run("run", "--once")
    (item,) = installed.json("queue", "list")
    assert (item["reader"], item["writer"]) == ("model:test-model", "model:test-model")
    assert item["needs_person"] is None
    assert DAY in item["draft"]["rendered"]
    assert not item["findings"]
    prompts = json.dumps(model_server.requests, default=str)
    for secret in ("1800.00", "1,800", "moira@bracken.example", "Ines Roth", "GBP"):
        assert secret not in prompts


def test_a_model_that_writes_a_figure_is_corrected_or_replaced(
    dovecot: Dovecot, smtp: SmtpServer, model_server: ModelServer, tmp_path: Path
) -> None:
    installed, user = install(dovecot, smtp, tmp_path / "home", more=model(model_server))

    def stubborn(request: dict[str, Any]) -> Answer:
        if "You write one e-mail" in request["messages"][0]["content"]:
            return model_reply({"body": "Dear Moira, please pay 9999.99 EUR to https://pay.evil.example today."})
        return scripted(request)

    model_server.behave(stubborn)
    dovecot.deliver(
        user,
        reply(MOIRA, PROMISE, to=installed.mailbox.address, subject="Re: F-5501", message_id="<p1@bracken.example>"),
    )
    installed.run("run", "--once")
    (item,) = installed.json("queue", "list")
    assert item["writer"] == "template"
    assert "9999" not in item["draft"]["rendered"]
    assert not item["findings"]
    asked = [r for r in model_server.requests if "You write one e-mail" in json.dumps(r, default=str)]
    assert len(asked) == 2, "one version, one repair, then the template"


def test_a_dead_model_still_brings_the_reply_to_a_person(
    dovecot: Dovecot, smtp: SmtpServer, model_server: ModelServer, tmp_path: Path
) -> None:
    installed, user = install(dovecot, smtp, tmp_path / "home", more=model(model_server))
    model_server.behave(lambda _: status(500))
    dovecot.deliver(
        user,
        reply(MOIRA, PROMISE, to=installed.mailbox.address, subject="Re: F-5501", message_id="<p1@bracken.example>"),
    )
    installed.run("run", "--once")
    (item,) = installed.json("queue", "list")
    assert item["reader"].startswith("embedded")
    assert "language model" in item["needs_person"]
    assert item["draft"]["written_by"] == "template"

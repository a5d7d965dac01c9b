"""What doctor says about proving senders, from the mails that really came."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from agent.cli.doctor_proof import proof_of_senders, reply_token
from agent.config import Settings, build_alone
from mail.parse import parse
from mail.settings import MailboxSettings
from store import messages
from store.engine import migrate, open_engine, unit_of_work
from tests.factories import NOW

OURS = "mx.company.example"


def settings(folder: Path, **mailbox: object) -> Settings:
    raw = {
        "data_dir": str(folder),
        "company": {"name": "Company", "address": "1 Street", "email": "ar@company.example"},
        "store": {"url": f"sqlite:///{folder / 'dunwell.db'}"},
        "mailboxes": [
            {"name": "ar", "address": "ar@company.example", "host": "imap.company.example", "user": "ar"} | mailbox
        ],
    }
    return build_alone(raw, source="test")


def told(folder: Path, *results: str, **mailbox: object) -> str:
    made = settings(folder, **mailbox)
    box = made.mailboxes[0]
    engine = open_engine(made.store.url)
    migrate(engine)
    with unit_of_work(engine) as session:
        for uid, line in enumerate(results, start=1):
            top = f"Authentication-Results: {line}\r\n" if line else ""
            raw = f"{top}From: ann@legit.example\r\nMessage-ID: <{uid}@legit.example>\r\n\r\nHello\r\n".encode()
            email = parse(raw, received_at=NOW, authserv_ids=box.trusted_results)
            place: dict[str, Any] = {"mailbox": "ar", "folder": "INBOX", "uidvalidity": 1, "uid": uid}
            messages.record(session, raw=raw, email=email, received_at=NOW, **place)
    engine.dispose()
    return proof_of_senders(made, box)


def test_without_a_name_nobody_is_proven_and_doctor_says_what_to_set(tmp_path: Path) -> None:
    assert "authserv_id is not set" in told(tmp_path)
    assert "trust_nameless_results = true" in told(tmp_path, host="outlook.office365.com")


def test_results_of_the_named_server_are_counted(tmp_path: Path) -> None:
    said = told(tmp_path, f"{OURS}; dmarc=pass header.from=legit.example", "", authserv_id=[OURS])
    assert said == f"results of {OURS} are believed (1 of the newest mails have them)"


def test_a_wrong_name_is_told_with_the_one_that_the_mails_have(tmp_path: Path) -> None:
    right = f"{OURS}; dmarc=pass header.from=legit.example"
    with pytest.raises(
        ValueError, match=rf"none of the newest mails has results of mx\.typo\.example on top, but of {OURS} \(2\)"
    ):
        told(tmp_path, right, right.replace("pass", "none"), authserv_id=["mx.typo.example"])


def test_one_strange_header_among_good_ones_is_no_fault(tmp_path: Path) -> None:
    right = f"{OURS}; dmarc=pass header.from=legit.example"
    assert "1 had results of another server on top" in told(tmp_path, right, "evil.example; none", authserv_id=[OURS])


def test_a_reply_token_is_for_a_person_to_try() -> None:
    box = MailboxSettings(
        name="ar", address="ar@company.example", host="imap.company.example", user="ar", plus_addressing=True
    )
    assert "send a mail to ar+test@company.example" in reply_token(box)

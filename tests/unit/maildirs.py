"""Maildir folders for tests."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from mail.mailbox import RawMail
from mail.maildir import MaildirMailbox
from mail.settings import MailboxSettings


def a_mail(number: int) -> bytes:
    return f"From: ann@buyer.example\nMessage-ID: <m{number}@buyer.example>\n\nInvoice {number} is paid.\n".encode()


@pytest.fixture
def maildir(tmp_path: Path) -> Path:
    for folder in ("new", "cur", "tmp"):
        (tmp_path / "box" / folder).mkdir(parents=True)
    return tmp_path / "box"


def opened(path: Path, **changes: Any) -> MaildirMailbox:
    fields = {"name": "trial", "kind": "maildir", "address": "ar@acme.example", "path": path}
    return MaildirMailbox(MailboxSettings(**{**fields, **changes}))


def deliver(maildir: Path, number: int, folder: str = "new") -> Path:
    path = maildir / folder / f"{1772700000 + number}.M{number}.host"
    draft = maildir / "tmp" / path.name
    draft.write_bytes(a_mail(number))
    return draft.rename(path)


def all_after(mailbox: MaildirMailbox, uid: int = 0) -> list[RawMail]:
    return [mail for batch in mailbox.fetch_after(uid) for mail in batch]


def uids_of(mails: list[RawMail]) -> dict[bytes | None, int]:
    return {mail.raw: mail.place.uid for mail in mails}

"""Mails for tests, and reading a mailbox to its end."""

from __future__ import annotations

from collections.abc import Callable

from mail.imap import ImapMailbox
from mail.mailbox import Mailbox, RawMail

Opener = Callable[..., ImapMailbox]


def a_mail(number: int, *, body: str = "We will pay on Friday.") -> bytes:
    return (
        f"From: Ann <ann@buyer.example>\r\nSubject: Re: INV-{number:05d}\r\nMessage-ID: <m{number}@buyer.example>\r\n\r\n{body}\r\n"
    ).encode()


def all_after(mailbox: Mailbox, uid: int = 0) -> list[RawMail]:
    return [mail for batch in mailbox.fetch_after(uid) for mail in batch]

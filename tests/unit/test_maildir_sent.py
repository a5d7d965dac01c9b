"""The Sent folder of a Maildir: each copy once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tests.unit.maildirs import a_mail, all_after, maildir, opened

__all__ = ["maildir"]


def test_sent_copies_are_there_once(maildir: Path) -> None:
    mailbox = opened(maildir)
    assert mailbox.find_sent("<m1@buyer.example>") is False
    assert mailbox.file_sent(a_mail(1), "<m1@buyer.example>")
    assert opened(maildir).file_sent(a_mail(1), "<m1@buyer.example>")
    (filed,) = (maildir / ".Sent" / "cur").iterdir()
    assert filed.read_bytes() == a_mail(1)
    assert filed.name.endswith(":2,S")
    assert list((maildir / ".Sent" / "tmp").iterdir()) == []
    assert mailbox.find_sent("<m1@buyer.example>") is True
    assert mailbox.find_sent("<m@buyer.example>") is False
    assert all_after(mailbox) == []


def test_a_copy_filed_by_someone_else_counts(maildir: Path) -> None:
    sent = maildir / ".Sent" / "cur"
    sent.mkdir(parents=True)
    (sent / "1.other:2,S").write_bytes(
        b"Subject: x\r\nmessage-id:\r\n <a@acme.example>\r\n\r\nMessage-ID: <b@acme.example>\r\n"
    )
    mailbox = opened(maildir, files_sent_itself=True)
    assert mailbox.file_sent(b"", "<a@acme.example>") is True
    assert mailbox.file_sent(b"", "<b@acme.example>") is False
    assert len(list(sent.iterdir())) == 1


def test_many_at_once_file_one_copy(maildir: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        done = list(pool.map(lambda _: opened(maildir).file_sent(a_mail(1), "<m1@buyer.example>"), range(16)))
    assert done == [True] * 16
    assert len(list((maildir / ".Sent" / "cur").iterdir())) == 1

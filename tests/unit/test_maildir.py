"""The Maildir mailbox: lasting UIDs, nothing changed, nothing lost."""

from __future__ import annotations

import os
import threading
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest

from mail.mailbox import MailboxError
from mail.maildir_uids import FILE_NAME
from tests.unit.maildirs import a_mail, all_after, deliver, maildir, opened, uids_of

__all__ = ["maildir"]


def test_mails_come_by_arrival_with_their_place(maildir: Path) -> None:
    for number in (3, 1, 2):
        deliver(maildir, number)
    mailbox = opened(maildir)
    validity = mailbox.uidvalidity()
    mails = all_after(mailbox)
    assert [m.raw for m in mails] == [a_mail(1), a_mail(2), a_mail(3)]
    assert [m.place.uid for m in mails] == [1, 2, 3]
    assert {(m.place.mailbox, m.place.folder, m.place.uidvalidity) for m in mails} == {("trial", "INBOX", validity)}
    assert mails[0].received_at == datetime.fromtimestamp(1772700001, UTC)


def test_arrival_is_the_file_time_where_the_name_tells_none(maildir: Path) -> None:
    for name in ("reply.eml", "17.host", "99999999999.host", "١٧٧٢٧٠٠٠٠٠.host"):
        path = maildir / "cur" / name
        path.write_bytes(a_mail(1))
        os.utime(path, (1_700_000_000, 1_700_000_000))
    assert {m.received_at for m in all_after(opened(maildir))} == {datetime.fromtimestamp(1_700_000_000, UTC)}


def test_uids_last_over_restarts_and_over_what_mail_clients_do(maildir: Path) -> None:
    paths = [deliver(maildir, number) for number in range(3)]
    first = opened(maildir)
    validity, before = first.uidvalidity(), uids_of(all_after(first))
    paths[0].rename(maildir / "cur" / f"{paths[0].name}:2,S")
    paths[1].rename(maildir / "cur" / f"{paths[1].name}:2,")
    deliver(maildir, 9)
    second = opened(maildir)
    assert second.uidvalidity() == validity
    after = uids_of(all_after(second))
    assert after == {**before, a_mail(9): 4}
    assert all_after(second, 4) == []


def test_a_deleted_mail_leaves_its_uid_unused(maildir: Path) -> None:
    deliver(maildir, 1)
    last = deliver(maildir, 2)
    mailbox = opened(maildir)
    assert len(all_after(mailbox)) == 2
    last.unlink()
    deliver(maildir, 3)
    assert [m.place.uid for m in all_after(opened(maildir), 1)] == [3]


def test_no_file_is_moved_or_changed(maildir: Path) -> None:
    deliver(maildir, 1)
    deliver(maildir, 2, "cur")
    before = {path: (path.read_bytes(), path.stat().st_mtime_ns) for path in maildir.rglob("*.host")}
    mailbox = opened(maildir)
    mailbox.mark_stored([m.place.uid for m in all_after(mailbox)])
    mailbox.close()
    assert {path: (path.read_bytes(), path.stat().st_mtime_ns) for path in maildir.rglob("*.host")} == before
    assert {path.name for path in maildir.iterdir()} == {"new", "cur", "tmp", FILE_NAME}


def test_a_mail_that_is_gone_or_moved_meanwhile(maildir: Path) -> None:
    paths = [deliver(maildir, number) for number in range(60)]
    mailbox = opened(maildir)
    batches = mailbox.fetch_after(0)
    got = [m.raw for m in next(batches)]
    assert len(got) == 50
    paths[55].unlink()
    paths[57].rename(maildir / "cur" / f"{paths[57].name}:2,RS")
    got += [m.raw for batch in batches for m in batch]
    assert got == [a_mail(n) for n in range(60) if n != 55]


def test_a_mail_over_the_limit_is_named_but_not_read(maildir: Path) -> None:
    big = deliver(maildir, 1)
    big.write_bytes(b"x" * 5001)
    deliver(maildir, 2)
    (maildir / "new" / "1772700000.exact").write_bytes(b"x" * 5000)
    exact, large, small = all_after(opened(maildir, max_bytes=5000))
    assert (large.raw, large.size) == (None, 5001)
    assert (exact.raw, small.raw) == (b"x" * 5000, a_mail(2))


def test_what_is_no_mail_file_is_passed_over(maildir: Path, tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_bytes(b"not ours")
    (maildir / "new" / "link").symlink_to(secret)
    (maildir / "new" / ".hidden").write_bytes(b"x")
    (maildir / "new" / "folder").mkdir()
    os.mkfifo(maildir / "new" / "pipe")
    deliver(maildir, 1)
    assert [m.raw for m in all_after(opened(maildir))] == [a_mail(1)]


def test_new_mail_ends_a_wait(maildir: Path) -> None:
    mailbox = opened(maildir)
    assert all_after(mailbox) == []
    waiting = threading.Thread(target=mailbox.wait, args=(30,))
    waiting.start()
    deliver(maildir, 1)
    waiting.join(10)
    assert not waiting.is_alive()
    assert [m.raw for m in all_after(mailbox)] == [a_mail(1)]


@pytest.mark.parametrize("stop", ["wake", "close"])
def test_another_thread_can_end_a_wait(maildir: Path, stop: str) -> None:
    mailbox = opened(maildir)
    waiting = threading.Thread(target=mailbox.wait, args=(30,))
    waiting.start()
    getattr(mailbox, stop)()
    waiting.join(5)
    assert not waiting.is_alive()


def test_a_wait_without_news_ends_in_time(maildir: Path) -> None:
    deliver(maildir, 1)
    mailbox = opened(maildir)
    all_after(mailbox)
    deliver(maildir, 1, "cur")
    started = time.monotonic()
    mailbox.wait(0.3)
    assert 0.25 <= time.monotonic() - started < 60


def test_another_folder_and_another_sent_folder(maildir: Path) -> None:
    for folder in ("new", "cur", "tmp"):
        (maildir / ".Claims.2026" / folder).mkdir(parents=True)
    deliver(maildir / ".Claims.2026", 1)
    mailbox = opened(maildir, folder="Claims/2026", sent_folder="Gesendet")
    (mail,) = all_after(mailbox)
    assert mail.place.folder == "Claims/2026"
    mailbox.file_sent(a_mail(2), "<m2@buyer.example>")
    assert (maildir / ".Gesendet" / "cur").is_dir()


def test_a_folder_that_is_none_is_said_plainly(tmp_path: Path) -> None:
    mailbox = opened(tmp_path / "nothing")
    for use in (mailbox.uidvalidity, lambda: all_after(mailbox), lambda: mailbox.wait(1)):
        with pytest.raises(MailboxError, match=r"check that .*nothing is a Maildir") as caught:
            use()
        assert "\n" not in str(caught.value)

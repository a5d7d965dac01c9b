"""The file of UIDs in a Maildir: restarts, crashes, restores, and several processes."""

from __future__ import annotations

import fcntl
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mail.mailbox import MailboxError
from mail.maildir_uids import FILE_NAME, UidMap
from tests.unit.maildirs import a_mail, all_after, deliver, maildir, opened, uids_of

__all__ = ["maildir"]


def test_a_lost_uid_file_means_a_new_uidvalidity(maildir: Path) -> None:
    deliver(maildir, 1)
    mailbox = opened(maildir)
    before = mailbox.uidvalidity()
    assert len(all_after(mailbox)) == 1
    (maildir / FILE_NAME).unlink()
    with pytest.raises(MailboxError, match="read anew"):
        all_after(mailbox, 1)
    after = mailbox.uidvalidity()
    assert after != before
    assert [(m.raw, m.place.uidvalidity) for m in all_after(mailbox)] == [(a_mail(1), after)]


@pytest.mark.parametrize(
    "spoilt", [b"", b"dunwell-uids 1 77", b"dunwell-uids 2 77\n1 a\n", b"\xff\x00\n", b"dunwell-uids 1 7\n2 a\n2 b\n"]
)
def test_a_spoilt_uid_file_is_put_aside(maildir: Path, spoilt: bytes) -> None:
    deliver(maildir, 1)
    (maildir / FILE_NAME).write_bytes(spoilt)
    mailbox = opened(maildir)
    assert mailbox.uidvalidity() not in (0, 7, 77)
    assert [m.place.uid for m in all_after(mailbox)] == [1]
    assert opened(maildir).uidvalidity() == mailbox.uidvalidity()


def test_a_line_cut_short_by_a_crash_is_dropped(maildir: Path) -> None:
    deliver(maildir, 1)
    mailbox = opened(maildir)
    validity = mailbox.uidvalidity()
    all_after(mailbox)
    with (maildir / FILE_NAME).open("ab") as file:
        file.write(b"2 17727000" + b"x" * 200)
    deliver(maildir, 2)
    again = opened(maildir)
    assert again.uidvalidity() == validity
    assert uids_of(all_after(again)) == {a_mail(1): 1, a_mail(2): 2}
    assert uids_of(all_after(opened(maildir))) == {a_mail(1): 1, a_mail(2): 2}


def test_an_older_uid_file_put_back_hides_no_mail(maildir: Path) -> None:
    deliver(maildir, 1)
    mailbox = opened(maildir)
    validity = mailbox.uidvalidity()
    all_after(mailbox)
    saved = (maildir / FILE_NAME).read_bytes()
    for number in (2, 3):
        deliver(maildir, number)
    assert [m.place.uid for m in all_after(mailbox, 1)] == [2, 3]
    (maildir / FILE_NAME).write_bytes(saved)
    (maildir / "new" / "1772700003.M3.host").unlink()
    deliver(maildir, 4)
    restarted = opened(maildir)
    assert restarted.uidvalidity() == validity
    deliver(maildir, 5)
    (maildir / "new" / "1772700002.M2.host").unlink()
    # The cursor stands at 3; the old file would give 2 and 3 to the mails 4 and 5.
    with pytest.raises(MailboxError, match="read anew"):
        all_after(restarted, 4)
    assert restarted.uidvalidity() != validity
    assert [m.raw for m in all_after(restarted)] == [a_mail(1), a_mail(4), a_mail(5)]


def test_while_another_process_numbers_we_wait(maildir: Path) -> None:
    deliver(maildir, 1)
    mailbox = opened(maildir)
    mailbox.uidvalidity()
    with (maildir / FILE_NAME).open("rb") as other, ThreadPoolExecutor(1) as pool:
        fcntl.flock(other, fcntl.LOCK_EX)
        numbering = pool.submit(all_after, mailbox)
        with pytest.raises(TimeoutError):
            numbering.result(0.3)
        fcntl.flock(other, fcntl.LOCK_UN)
        assert [m.place.uid for m in numbering.result(10)] == [1]


def test_two_processes_agree_on_uids(maildir: Path) -> None:
    for number in range(40):
        deliver(maildir, number)
    boxes = [opened(maildir) for _ in range(4)]
    with ThreadPoolExecutor(4) as pool:
        results = list(pool.map(lambda box: uids_of(all_after(box)), boxes))
    assert all(result == results[0] for result in results)
    assert sorted(results[0].values()) == list(range(1, 41))


file_names = st.text(
    st.characters(exclude_characters="/:\x00", exclude_categories=["Cs"]), min_size=1, max_size=40
).filter(lambda name: not name.startswith("."))


@settings(max_examples=60, deadline=None)
@given(rounds=st.lists(st.lists(file_names, max_size=6), max_size=5))
def test_a_uid_is_given_once_and_for_ever(tmp_path_factory: pytest.TempPathFactory, rounds: list[list[str]]) -> None:
    folder = tmp_path_factory.mktemp("uids")
    known: dict[str, int] = {}
    for names in rounds:
        numbering = UidMap(folder)
        numbering.refresh(names)
        for name in names:
            uid = numbering.uid(name)
            assert uid is not None
            assert known.setdefault(name, uid) == uid
        assert len(set(known.values())) == len(known)
        reread = UidMap(folder)
        reread.refresh()
        assert all(reread.uid(name) == uid for name, uid in known.items())

"""The IMAP mailbox against a real Dovecot."""

from __future__ import annotations

import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from imapclient import IMAPClient

from mail.imap import ImapMailbox
from mail.imap_fetch import TRIES_PER_MAIL
from mail.mailbox import MailboxError, RawMail
from mail.open import open_mailbox
from mail.settings import MailboxSettings
from tests.mail.mails import Opener, a_mail, all_after
from tests.mail.servers import Dovecot, until

pytestmark = pytest.mark.servers


def test_mails_come_in_uid_order_with_their_place_and_arrival(dovecot: Dovecot, open_imap: Opener) -> None:
    user = dovecot.new_user()
    client = dovecot.person(user)
    client.append("INBOX", a_mail(1), msg_time=datetime(2026, 3, 2, 9, 30, tzinfo=UTC))
    client.append("INBOX", a_mail(2))
    mailbox = open_imap(user)
    validity = mailbox.uidvalidity()
    first, second = all_after(mailbox)
    assert (first.raw, second.raw) == (a_mail(1), a_mail(2))
    assert (first.place.mailbox, first.place.folder) == (mailbox.name, "INBOX")
    assert [(m.place.uidvalidity, m.place.uid) for m in (first, second)] == [(validity, 1), (validity, 2)]
    assert first.size == len(a_mail(1))
    assert first.received_at == datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
    assert first.received_at.utcoffset() == timedelta(0)


def test_after_the_cursor_only_newer_mail_comes(dovecot: Dovecot, open_imap: Opener) -> None:
    user = dovecot.new_user()
    dovecot.deliver(user, *(a_mail(n) for n in range(3)))
    mailbox = open_imap(user)
    mailbox.uidvalidity()
    assert [m.place.uid for m in all_after(mailbox, 2)] == [3]
    assert all_after(mailbox, 3) == []
    dovecot.deliver(user, a_mail(9))
    assert [m.raw for m in all_after(mailbox, 3)] == [a_mail(9)]


def test_an_empty_folder_gives_nothing(dovecot: Dovecot, open_imap: Opener) -> None:
    mailbox = open_imap(dovecot.new_user())
    assert mailbox.uidvalidity() > 0
    assert all_after(mailbox) == []


def test_reading_leaves_the_seen_flag_to_people(dovecot: Dovecot, open_imap: Opener) -> None:
    user = dovecot.new_user()
    dovecot.deliver(user, a_mail(1), a_mail(2))
    mailbox = open_imap(user)
    assert len(all_after(mailbox)) == 2
    mailbox.mark_stored([1])
    mailbox.close()
    flags = dovecot.person(user).get_flags([1, 2])
    assert b"\\Seen" not in flags[1] + flags[2]
    assert b"$DunwellIngested" in flags[1]
    assert b"$DunwellIngested" not in flags[2]


def test_marking_between_batches_does_not_disturb_them(dovecot: Dovecot, open_imap: Opener) -> None:
    user = dovecot.new_user()
    dovecot.deliver(user, *(a_mail(n) for n in range(120)))
    mailbox = open_imap(user)
    seen: list[int] = []
    for batch in mailbox.fetch_after(0):
        assert len(batch) <= 50
        seen += [m.place.uid for m in batch]
        mailbox.mark_stored([m.place.uid for m in batch])
    assert seen == list(range(1, 121))
    assert len(dovecot.person(user).search(["KEYWORD", "$DunwellIngested"])) == 120


def test_no_mark_is_set_where_none_is_wanted(dovecot: Dovecot, open_imap: Opener) -> None:
    user = dovecot.new_user()
    dovecot.deliver(user, a_mail(1))
    mailbox = open_imap(user, mark="")
    all_after(mailbox)
    mailbox.mark_stored([1])
    assert dovecot.person(user).get_flags([1])[1] in ((), (b"\\Recent",))


def test_a_folder_that_keeps_no_marks_is_read_all_the_same(dovecot: Dovecot, open_imap: Opener) -> None:
    user = dovecot.new_user(mail_plugins="acl", acl="vfile")
    (dovecot.maildir(user) / "dovecot-acl").write_text("owner lr\n")
    dovecot.deliver(user, a_mail(1), a_mail(2))
    mailbox = open_imap(user)
    batches = mailbox.fetch_after(0)
    assert [m.raw for m in next(batches)] == [a_mail(1), a_mail(2)]
    mailbox.mark_stored([1])
    mailbox.mark_stored([2])
    assert [m.raw for m in all_after(mailbox, 1)] == [a_mail(2)]
    assert dovecot.log().count(f"Login: user=<{user}>") == 1
    (dovecot.maildir(user) / "dovecot-acl").unlink()
    assert dovecot.person(user).search(["UNKEYWORD", "$DunwellIngested"]) == [1, 2]


def test_renumbering_is_noticed_and_old_uids_are_not_used(dovecot: Dovecot, open_imap: Opener) -> None:
    user = dovecot.new_user()
    dovecot.deliver(user, a_mail(1), a_mail(2))
    mailbox = open_imap(user)
    before = mailbox.uidvalidity()
    assert len(all_after(mailbox)) == 2
    renumber(dovecot, user)
    with pytest.raises(MailboxError):
        all_after(mailbox, 2)  # the connection is gone
    with pytest.raises(MailboxError, match="renumbered"):
        all_after(mailbox, 2)  # the new one shows another numbering
    mailbox.mark_stored([1])
    after = mailbox.uidvalidity()
    assert after != before
    again = all_after(mailbox)
    assert {m.raw for m in again} == {a_mail(1), a_mail(2)}
    assert {m.place.uidvalidity for m in again} == {after}
    assert dovecot.person(user).search(["KEYWORD", "$DunwellIngested"]) == []


def renumber(dovecot: Dovecot, user: str) -> None:
    """Do what a restore or a migration does: the folder's index is lost, and with it every UID."""
    dovecot.stop()
    for path in dovecot.maildir(user).glob("dovecot*"):
        path.unlink()
    # Dovecot takes the second for the new UIDVALIDITY.
    started = int(time.time())
    until(lambda: int(time.time()) > started)
    dovecot.start()


def test_ten_thousand_mails_come_completely_in_batches(dovecot: Dovecot, open_imap: Opener) -> None:
    user = dovecot.new_user()
    dovecot.deliver(user, *(a_mail(n) for n in range(10_000)), seen=True)
    mailbox = open_imap(user)
    mailbox.uidvalidity()
    largest = 0
    uids: list[int] = []
    ids: set[bytes | None] = set()
    for batch in mailbox.fetch_after(0):
        largest = max(largest, len(batch))
        uids += [m.place.uid for m in batch]
        ids.update(m.raw for m in batch)
    assert uids == list(range(1, 10_001))
    assert ids == {a_mail(n) for n in range(10_000)}
    assert largest == 50


def test_a_large_folder_is_searched_in_parts(
    dovecot: Dovecot, open_imap: Opener, monkeypatch: pytest.MonkeyPatch
) -> None:
    user = dovecot.new_user()
    dovecot.deliver(user, *(a_mail(n) for n in range(25)), seen=True)
    monkeypatch.setattr("mail.imap_fetch.SEARCH_SPAN", 10)
    mailbox = open_imap(user)
    assert [m.place.uid for m in all_after(mailbox, 3)] == list(range(4, 26))
    dovecot.deliver(user, a_mail(99))
    assert [m.place.uid for m in all_after(mailbox, 20)] == list(range(21, 27))
    assert all_after(mailbox, 26) == []


def test_groups_stay_within_their_bytes(dovecot: Dovecot, open_imap: Opener, monkeypatch: pytest.MonkeyPatch) -> None:
    user = dovecot.new_user()
    dovecot.deliver(user, *(a_mail(n, body="x" * 1000) for n in range(10)))
    monkeypatch.setattr("mail.imap_fetch.BATCH_BYTES", 3500)
    mailbox = open_imap(user)
    batches = list(mailbox.fetch_after(0))
    assert [len(batch) for batch in batches] == [3, 3, 3, 1]


@pytest.mark.parametrize("told", [False, True])
def test_a_mail_deleted_between_listing_and_fetching_is_left_out(
    dovecot: Dovecot, open_imap: Opener, told: bool
) -> None:
    user = dovecot.new_user()
    dovecot.deliver(user, *(a_mail(n) for n in range(60)))
    mailbox = open_imap(user)
    batches = mailbox.fetch_after(0)
    assert len(next(batches)) == 50
    person = dovecot.person(user)
    person.delete_messages([52, 55])
    person.expunge()
    if told:
        mailbox.mark_stored([1])  # opens the folder anew: from here on the server no longer knows the two
    rest: list[Sequence[RawMail]] = list(batches)
    assert [m.place.uid for batch in rest for m in batch] == [51, 53, 54, 56, 57, 58, 59, 60]


def test_a_mail_over_the_limit_is_named_but_not_fetched(
    dovecot: Dovecot, open_imap: Opener, monkeypatch: pytest.MonkeyPatch
) -> None:
    user = dovecot.new_user()
    big = a_mail(2, body="x" * 9000)
    dovecot.deliver(user, a_mail(1), big, a_mail(3))
    asked: list[tuple[list[int], list[str]]] = []
    real = IMAPClient.fetch

    def fetch(client: IMAPClient, messages: list[int], data: list[str], *rest: Any) -> Any:
        asked.append((list(messages), data))
        return real(client, messages, data, *rest)

    monkeypatch.setattr(IMAPClient, "fetch", fetch)
    one, two, three = all_after(open_imap(user, max_bytes=5000))
    assert (one.raw, three.raw) == (a_mail(1), a_mail(3))
    assert (two.raw, two.size, two.place.uid) == (None, len(big), 2)
    assert [messages for messages, data in asked if "BODY.PEEK[]" in data] == [[1, 3]]


def test_a_mail_that_cannot_be_read_does_not_block_those_behind_it(dovecot: Dovecot, open_imap: Opener) -> None:
    user = dovecot.new_user()
    dovecot.deliver(user, a_mail(1), a_mail(2), a_mail(3), seen=True)
    mailbox = open_imap(user)
    assert len(all_after(mailbox)) == 3
    bad = next(path for path in (dovecot.maildir(user) / "cur").iterdir() if path.read_bytes() == a_mail(2))
    bad.chmod(0)
    got: dict[int, bytes | None] = {}
    errors = 0
    while 3 not in got:
        try:
            for batch in mailbox.fetch_after(max(got, default=0)):
                got.update((m.place.uid, m.raw) for m in batch)
        except MailboxError:
            errors += 1
            assert errors <= TRIES_PER_MAIL
    assert got == {1: a_mail(1), 2: None, 3: a_mail(3)}


def test_settings_of_another_kind_open_another_mailbox(tmp_path: Path) -> None:
    settings = MailboxSettings(name="trial", kind="maildir", address="ar@acme.example", path=tmp_path)
    assert not isinstance(open_mailbox(settings), ImapMailbox)

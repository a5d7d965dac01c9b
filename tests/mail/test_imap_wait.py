"""Waiting for mail on a real Dovecot: IDLE, polling, and a server that dies meanwhile."""

from __future__ import annotations

import threading
import time

import pytest

from mail.imap import ImapMailbox
from mail.mailbox import MailboxError
from tests.mail.mails import Opener, a_mail, all_after
from tests.mail.servers import Dovecot, until

pytestmark = pytest.mark.servers


class Waiting(threading.Thread):
    """A thread in `wait`, and what came of it."""

    def __init__(self, mailbox: ImapMailbox, seconds: float = 60) -> None:
        super().__init__(daemon=True)
        self._mailbox, self._seconds = mailbox, seconds
        self.error: BaseException | None = None
        self.start()

    def run(self) -> None:
        try:
            self._mailbox.wait(self._seconds)
        except MailboxError as error:
            self.error = error

    def ended_within(self, seconds: float) -> bool:
        self.join(seconds)
        return not self.is_alive()


def test_new_mail_ends_a_wait_at_once(dovecot: Dovecot, open_imap: Opener, idling: threading.Event) -> None:
    user = dovecot.new_user()
    mailbox = open_imap(user)
    mailbox.uidvalidity()
    assert all_after(mailbox) == []
    waiting = Waiting(mailbox)
    assert idling.wait(10)
    dovecot.deliver(user, a_mail(1))
    assert waiting.ended_within(10)
    assert waiting.error is None
    assert [m.raw for m in all_after(mailbox)] == [a_mail(1)]


def test_mail_that_came_before_the_wait_ends_it_too(
    dovecot: Dovecot, open_imap: Opener, idling: threading.Event
) -> None:
    user = dovecot.new_user()
    mailbox = open_imap(user)
    assert all_after(mailbox) == []
    dovecot.deliver(user, a_mail(1))
    dovecot.person(user).logout()
    assert Waiting(mailbox).ended_within(10)
    assert not idling.is_set()


def test_a_wait_without_news_ends_in_time(dovecot: Dovecot, open_imap: Opener) -> None:
    mailbox = open_imap(dovecot.new_user())
    started = time.monotonic()
    mailbox.wait(1.2)
    assert 1.1 <= time.monotonic() - started < 60


@pytest.mark.parametrize("stop", ["wake", "close"])
def test_another_thread_can_end_a_wait(dovecot: Dovecot, open_imap: Opener, idling: threading.Event, stop: str) -> None:
    mailbox = open_imap(dovecot.new_user())
    waiting = Waiting(mailbox)
    assert idling.wait(10)
    getattr(mailbox, stop)()
    assert waiting.ended_within(3)
    assert waiting.error is None


def test_a_wake_before_the_wait_is_not_lost(dovecot: Dovecot, open_imap: Opener) -> None:
    mailbox = open_imap(dovecot.new_user())
    mailbox.wake()
    assert Waiting(mailbox).ended_within(3)


def test_a_bare_server_without_idle_is_polled(dovecot: Dovecot, open_imap: Opener, idling: threading.Event) -> None:
    user = dovecot.new_user(imap_capability="IMAP4rev1")
    mailbox = open_imap(user)
    assert all_after(mailbox) == []
    mailbox.wait(0.2)
    assert not idling.is_set()
    waiting = Waiting(mailbox)
    mailbox.wake()
    assert waiting.ended_within(3)
    dovecot.deliver(user, a_mail(1))
    assert [m.raw for m in all_after(mailbox)] == [a_mail(1)]
    assert mailbox.file_sent(a_mail(7), "<m7@buyer.example>")


def test_a_server_that_dies_while_we_idle_is_noticed_and_used_again(
    dovecot: Dovecot, open_imap: Opener, idling: threading.Event
) -> None:
    user = dovecot.new_user()
    mailbox = open_imap(user)
    validity = mailbox.uidvalidity()
    waiting = Waiting(mailbox)
    assert idling.wait(10)
    dovecot.stop()
    try:
        assert waiting.ended_within(5)
        assert "lost" in str(waiting.error)
        with pytest.raises(MailboxError, match="nothing listens there"):
            mailbox.uidvalidity()
    finally:
        dovecot.start()
    dovecot.deliver(user, a_mail(1))
    assert mailbox.uidvalidity() == validity
    assert [m.raw for m in all_after(mailbox)] == [a_mail(1)]


def is_free(mailbox: ImapMailbox) -> bool:
    if not mailbox._using.acquire(blocking=False):
        return False
    mailbox._using.release()
    return True


def test_closing_cuts_off_a_command_that_hangs(dovecot: Dovecot, open_imap: Opener) -> None:
    mailbox = open_imap(dovecot.new_user(), timeout_seconds=60)
    mailbox.uidvalidity()
    with dovecot.frozen():
        waiting = Waiting(mailbox)  # its NOOP is never answered
        until(lambda: not is_free(mailbox), what="the command being sent")
        mailbox.close()
        assert waiting.ended_within(5)
    assert waiting.error is not None
    assert mailbox.uidvalidity() > 0


def test_a_server_that_hangs_is_given_up_in_time(dovecot: Dovecot, open_imap: Opener) -> None:
    mailbox = open_imap(dovecot.new_user(), timeout_seconds=1.5)
    mailbox.uidvalidity()
    with dovecot.frozen(), pytest.raises(MailboxError, match=r"no answer within 1\.5 s"):
        all_after(mailbox)
    assert all_after(mailbox) == []

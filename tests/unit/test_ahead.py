"""Parsing ahead of recording: in order, one batch and no more, and nothing lost or marked that was parsed and not taken."""

from __future__ import annotations

import os
import signal
import threading
import weakref
from collections.abc import Iterator, Sequence
from contextlib import closing
from datetime import UTC, datetime

import pytest

from mail.ahead import parsed_ahead
from mail.mailbox import MailboxError, Place, RawMail
from mail.sandbox import Parser, ParserBroken
from store.inbound import InboundEmail
from store.vocabulary import MessageKind
from tests.unit.test_sandbox import HEAVY, _wait_until_busy

AT = datetime(2026, 3, 10, 9, tzinfo=UTC)
LONG = 20.0


class Watched(RawMail):
    """A mail that can be watched going away."""


def mail(uid: int, content: bytes = b"") -> RawMail:
    raw = content or b"From: a@b.example\nSubject: %d\n\nText %d\n" % (uid, uid)
    return RawMail(Place("ar", "INBOX", 1, uid), len(raw), raw, AT)


def read(one: RawMail) -> InboundEmail:
    return InboundEmail(kind=MessageKind.REPLY, subject=str(one.place.uid))


def batches(*sizes: int) -> Iterator[list[RawMail]]:
    uids = iter(range(1, 1000))
    for size in sizes:
        yield [mail(next(uids)) for _ in range(size)]


def subjects(found: Sequence[tuple[RawMail, InboundEmail]]) -> list[tuple[int, str]]:
    return [(one.place.uid, email.subject) for one, email in found]


@pytest.mark.parametrize("sizes", [(), (1,), (3,), (2, 1), (1, 3, 2, 2)])
def test_batches_come_whole_and_in_order(sizes: tuple[int, ...]) -> None:
    found = [subjects(batch) for batch in parsed_ahead(batches(*sizes), read)]
    assert [len(batch) for batch in found] == list(sizes)
    assert [pair for batch in found for pair in batch] == [(n, str(n)) for n in range(1, sum(sizes) + 1)]


def test_the_next_batch_is_parsed_while_the_caller_has_one_in_hand() -> None:
    parsed = threading.Event()

    def noted(one: RawMail) -> InboundEmail:
        if one.place.uid == 2:
            parsed.set()
        return read(one)

    with closing(parsed_ahead(batches(1, 1), noted)) as ahead:
        next(ahead)
        assert parsed.wait(LONG), "the second batch waits for the first to be recorded"


def test_no_more_than_two_batches_are_in_memory() -> None:
    alive, most = weakref.WeakSet[Watched](), list[int]()

    def fetched() -> Iterator[list[RawMail]]:
        for number in range(6):
            batch: list[RawMail] = []
            for uid in (2 * number + 1, 2 * number + 2):
                one = mail(uid)
                batch.append(Watched(one.place, one.size, one.raw, one.received_at))
            alive.update(one for one in batch if isinstance(one, Watched))
            most.append(len(alive))
            yield batch
            del batch

    with closing(parsed_ahead(fetched(), read)) as ahead:
        for batch in ahead:
            del batch
    assert most == [2, 4, 4, 4, 4, 4]


def test_a_break_of_the_mailbox_comes_after_what_was_fetched_before_it() -> None:
    def breaking() -> Iterator[list[RawMail]]:
        yield from batches(2, 2)
        raise MailboxError("the connection broke")

    ahead = parsed_ahead(breaking(), read)
    assert [subjects(next(ahead)), subjects(next(ahead))] == [[(1, "1"), (2, "2")], [(3, "3"), (4, "4")]]
    with pytest.raises(MailboxError, match="broke"):
        next(ahead)


def test_a_parser_that_cannot_start_stops_at_its_batch_and_no_earlier() -> None:
    def broken(one: RawMail) -> InboundEmail:
        if one.place.uid >= 3:
            raise ParserBroken("no child")
        return read(one)

    ahead = parsed_ahead(batches(2, 2, 2), broken)
    assert subjects(next(ahead)) == [(1, "1"), (2, "2")]
    with pytest.raises(ParserBroken):
        next(ahead)


def test_whoever_goes_waits_for_the_mail_in_hand_and_no_other() -> None:
    begun, may_end, parsed = threading.Event(), threading.Event(), list[int]()

    def slow(one: RawMail) -> InboundEmail:
        if one.place.uid == 2:
            begun.set()
            assert may_end.wait(LONG)
        parsed.append(one.place.uid)
        return read(one)

    ahead = parsed_ahead(batches(1, 3), slow)
    next(ahead)
    assert begun.wait(LONG)
    threads = {thread for thread in threading.enumerate() if thread.name.endswith("-ahead")}
    assert all(thread.daemon for thread in threads), "a hanging mail must not keep the process from its end"
    closer = threading.Thread(target=ahead.close)
    closer.start()
    may_end.set()
    closer.join(LONG)
    assert parsed == [1, 2]
    assert not any(thread.is_alive() for thread in threads)


def test_a_child_killed_while_it_parses_ahead_costs_one_mail() -> None:
    """The batch in hand is whole, the mail that the child had is shown as unreadable, and the others behind it are read."""
    killed = threading.Event()
    with Parser(wall_seconds=60, cpu_seconds=60) as parser:

        def parse(one: RawMail) -> InboundEmail:
            assert one.raw is not None
            if one.place.uid == 4:
                threading.Thread(target=kill).start()
            return parser.parse(one.raw, received_at=AT)

        def kill() -> None:
            pid = parser.pid
            assert pid is not None
            _wait_until_busy(pid)
            os.kill(pid, signal.SIGKILL)
            killed.set()

        fetched = iter([[mail(1), mail(2)], [mail(3), mail(4, HEAVY), mail(5)]])
        kinds = [[email.kind for _, email in batch] for batch in parsed_ahead(fetched, parse)]
    assert killed.is_set()
    fine, lost = MessageKind.REPLY, MessageKind.UNREADABLE
    assert kinds == [[fine, fine], [fine, lost, fine]]

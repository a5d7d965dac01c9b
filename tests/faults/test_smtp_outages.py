"""SMTP at its worst, in front of a real server: broken off at every command, and what a broken server does to other mails.

A mail leaves once, or it is uncertain and listed for a person, and that only where its last dot was handed over.
"""

from __future__ import annotations

import os
import shutil
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlmodel import col, select

from mail.maildir import MaildirMailbox
from mail.outbox import Route, Sender
from mail.settings import MailboxSettings
from mail.smtp import SmtpTransport
from store import audit
from store.engine import migrate, open_engine, unit_of_work
from store.tables import Outgoing
from store.vocabulary import ProposalStatus, SendState
from tests.faults.between import Between, Fault, between
from tests.mail.smtp_fixtures import USER, SmtpServer, smtp_server
from tests.mail.test_outbox import CONTACT, NOW, House, add_customer, approve, effect, receive

pytestmark = [pytest.mark.servers, pytest.mark.timeout(300)]
EVERY = 1 if os.environ.get("DUNWELL_FAULTS") else 3
DOT = b"\r\n.\r\n"
#: Mails to customers of their own, beside the first.
OTHERS = 4


@dataclass
class Post:
    """Houses that are alike, each with five approved answers, and the way out through the proxy."""

    folder: Path
    server: SmtpServer
    proxy: Between
    made: int = 0

    def house(self) -> House:
        """Give the next house, with a fresh server's journal."""
        self.made += 1
        folder = self.folder / str(self.made)
        for part in ("cur", "new", "tmp"):
            (folder / "mail" / part).mkdir(parents=True)
        shutil.copyfile(self.folder / "model.db", folder / "house.db")
        url = f"sqlite:///{folder / 'house.db'}"
        box = MaildirMailbox(MailboxSettings(name="ar", kind="maildir", address=USER, path=folder / "mail"))
        self.server.sink.taken.clear()
        self.proxy.commands.clear()
        return House(url, open_engine(url), self.server, box, outgoing=1, proposal=1)

    def way(self, *, timeout: float = 5) -> SmtpTransport:
        """Give the transport through the proxy, in clear, so that the proxy can tell the commands."""
        return SmtpTransport(self.server.settings(port=self.proxy.port, user="", timeout_seconds=timeout))

    def only_first(self, house: House) -> None:
        """Put the other mails off beyond the test."""
        with unit_of_work(house.engine) as session:
            for row in session.exec(select(Outgoing).where(col(Outgoing.id) > 1)):
                row.next_attempt_at = NOW + timedelta(days=90)
                session.add(row)


@pytest.fixture(scope="module")
def post(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Post]:
    folder = tmp_path_factory.mktemp("post")
    engine = open_engine(f"sqlite:///{folder / 'model.db'}")
    migrate(engine)
    with unit_of_work(engine) as session:
        add_customer(session, "C1", CONTACT, "INV-20413")
        approve(session, receive(session, 1))
        for number in range(2, 2 + OTHERS):
            to = f"k.berg{number}@other.example"
            add_customer(session, f"C{number}", to, f"INV-3000{number}")
            approve(session, receive(session, number, sender=to), customer=f"C{number}", to=to)
    engine.dispose()
    with smtp_server(folder, tls="none") as server, between(server.port) as proxy:
        yield Post(folder, server, proxy)


def until_it_rests(house: House, sender: Sender) -> None:
    """Let the clock run from attempt to attempt until the mail is not queued any more."""
    now = NOW
    for _ in range(6):
        sender.run_due(now)
        if house.state is not SendState.QUEUED:
            return
        delay = house.row().next_attempt_at - now
        assert timedelta(seconds=30) <= delay <= timedelta(seconds=4000)
        now += delay
    raise AssertionError(f"it is still {house.state}: {house.row().last_error}")


def test_broken_off_at_every_command(post: Post, record_property: Callable[[str, object], None]) -> None:
    post.proxy.faults = [Fault(lambda *_: False, "before")]
    house = post.house()
    post.only_first(house)
    house.sender(transport=post.way()).run_due(NOW)
    assert (house.state, house.sent) == (SendState.FILED, 1)
    house.engine.dispose()
    steps = [step for step in post.proxy.commands if step.strip() != b"QUIT"]
    assert DOT in steps[-1]
    ways = [
        Fault(lambda *_: False, "before"),
        Fault(lambda *_: False, "unanswered"),
        Fault(lambda *_: False, "half", keep=2),
        Fault(lambda *_: False, "says", says=b"421 4.3.2 shutting down\r\n"),
        Fault(lambda *_: False, "says", says=b"450 4.2.0 greylisted, come back later\r\n"),
        Fault(lambda *_: False, "says", says=b"\xff\x00 what?\r\n"),
        Fault(lambda *_: False, "silent"),
    ]
    ends, faults, tried = Counter[str](), [], 0
    for number, way in enumerate(ways):
        # The body, after which nothing may be repeated, is tried in every way.
        for step in sorted({*range(number % EVERY, len(steps), EVERY), len(steps) - 1}):
            house = post.house()
            post.only_first(house)
            fault = replace(way, at=lambda n, _, at=step: n == at)  # type: ignore[misc]
            post.proxy.faults = [fault]
            until_it_rests(house, house.sender(transport=post.way(timeout=0.1 if way.what == "silent" else 5)))
            tried += 1
            assert fault.struck == 1
            ends[house.state] += 1
            faults += [
                f"{way.what} {way.says!r} at {steps[step][:20]!r}: {it}" for it in wrong(house, steps[step], way)
            ]
            house.engine.dispose()
    assert faults == []
    record_property(
        "told",
        f"SMTP, broken off at {len(steps)} commands in {len(ways)} ways: {tried} tried, {ends[SendState.FILED]} sent once, "
        f"{ends[SendState.UNCERTAIN]} uncertain, 0 sent twice or lost",
    )


def wrong(house: House, step: bytes, way: Fault) -> list[str]:
    """Say what is not as it must be: sent once with its effects, or uncertain where the dot was handed over and no answer came."""
    clear = way.what == "says" and way.says[:1] == b"4"
    if DOT in step and not clear:
        # Its fate is unknown: it may have arrived, and for "half" and "unanswered" it did.
        arrived = int(way.what in ("unanswered", "half"))
        good = (house.state, house.status, house.effects, house.sent)
        return [] if good == (SendState.UNCERTAIN, ProposalStatus.UNCERTAIN, 0, arrived) else [repr(good)]
    good = (house.state, house.status, house.effects, house.sent)
    return [] if good == (SendState.FILED, ProposalStatus.SENT, 1, 1) else [repr(good)]


def test_a_server_that_loses_every_answer_makes_one_mail_uncertain_and_not_all(post: Post) -> None:
    house = post.house()
    post.proxy.faults = [Fault(lambda _, said: DOT in said, "unanswered", times=99)]
    sender = house.sender(transport=post.way())
    sender.run_due(NOW)
    with unit_of_work(house.engine) as session:
        rows = [(row.state, row.attempts) for row in session.exec(select(Outgoing).order_by(col(Outgoing.id)))]
    assert rows == [(SendState.UNCERTAIN, 1)] + [(SendState.QUEUED, 0)] * OTHERS
    post.proxy.faults = []
    sender.run_due(NOW + timedelta(seconds=300))
    assert house.sent == 1 + OTHERS, "the others left when it was well again"
    with unit_of_work(house.engine) as session:
        states = Counter(session.exec(select(Outgoing.state)).all())
        assert audit.verify(session)[1] is None
    assert states == {SendState.UNCERTAIN: 1, SendState.FILED: OTHERS}
    house.engine.dispose()


def test_a_server_that_hangs_costs_one_wait_and_no_other_mailbox_its_mail(post: Post) -> None:
    house = post.house()
    with unit_of_work(house.engine) as session:
        row = session.get_one(Outgoing, 3)
        row.mailbox = "second"
        session.add(row)
    post.proxy.faults = [Fault(lambda *_: True, "silent", times=99)]
    post.proxy.connections = 0
    routes = {"ar": Route(post.way(timeout=0.2), house.mailbox), "second": Route(_straight(post), house.mailbox)}
    sender = Sender(house.engine, routes, "w1", effect)
    assert sender.run_due(NOW) == 1 + OTHERS
    assert post.proxy.connections == 1, "the others did not wait for it too"
    assert [taken.recipients for taken in post.server.sink.taken] == [["k.berg3@other.example"]]
    with unit_of_work(house.engine) as session:
        waits = {row.next_attempt_at - NOW for row in session.exec(select(Outgoing).where(Outgoing.mailbox == "ar"))}
    assert waits == {timedelta(seconds=300)}
    # A clock that is put back does not leave it alone for longer.
    sender.run_due(NOW + timedelta(seconds=300))
    assert post.proxy.connections == 2
    post.proxy.faults = []
    with unit_of_work(house.engine) as session:
        for row in session.exec(select(Outgoing).where(Outgoing.mailbox == "ar")):
            row.next_attempt_at = NOW - timedelta(hours=1)
            session.add(row)
    sender.run_due(NOW - timedelta(hours=1))
    assert house.sent == 1 + OTHERS
    house.engine.dispose()


def _straight(post: Post) -> SmtpTransport:
    return SmtpTransport(post.server.settings(user=""))


def test_tls_that_fails_is_tried_for_five_days_and_then_a_persons(post: Post, tmp_path: Path) -> None:
    house = post.house()
    post.only_first(house)
    with smtp_server(tmp_path) as other, smtp_server(tmp_path) as stranger:
        sender = house.sender(transport=SmtpTransport(other.settings(ca_file=stranger.ca_file)))
        now, delays = NOW, list[float]()
        while house.state is SendState.QUEUED and len(delays) < 200:
            sender.run_due(now)
            delays.append((house.row().next_attempt_at - now).total_seconds())
            # So that not each of a hundred attempts has to be made.
            now = max(house.row().next_attempt_at, NOW + timedelta(days=5 if len(delays) >= 6 else 0))
        assert delays[:6] == [300, 600, 1200, 2400, 4000, 4000]
        assert (house.state, house.status) == (SendState.FAILED, ProposalStatus.FAILED)
        assert "certificate is not trusted" in (house.row().last_error or "")
        assert other.sink.taken == []
    house.engine.dispose()

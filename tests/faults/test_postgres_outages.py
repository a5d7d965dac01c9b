"""PostgreSQL goes away in every way while the daemon, a collector and the page are at work: nothing is lost, nothing leaves twice.

The daemon's own loop on a real server behind a proxy, and a clock that runs ten times as fast: what a lease would bring back after
ten minutes comes back after one, so that whatever is done sooner did not wait for it.
"""

from __future__ import annotations

import contextlib
import os
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import Any

import psycopg
import pytest
from sqlalchemy import Engine
from sqlalchemy.exc import OperationalError
from starlette.testclient import TestClient

from agent.cli.home import desk_of
from agent.config import build
from agent.daemon import Daemon
from agent.importing import take_ledger
from mail.maildir import MaildirMailbox
from mail.outbox import Route, Sender
from mail.settings import MailboxSettings
from mail.smtp import SmtpTransport
from review.app import create_app
from review.desk import Blocked
from store.clock import Clock
from store.engine import migrate, open_engine, unit_of_work
from store.ledger import read_ledger
from store.outage import is_outage
from store.proposals import Stale
from store.tables import Effect, Outgoing
from store.vocabulary import ProposalStatus, SendState
from tests.e2e.installations import deliver, maildir_mailbox, reply
from tests.e2e.moving import Moving
from tests.faults.between import Between, Fault, between
from tests.faults.checker import check, is_done
from tests.ledgers import write_ledger
from tests.mail.servers import until
from tests.mail.smtp_fixtures import PASSWORD, USER, SmtpServer
from tests.mail.test_outbox import CONTACT, NOW, House, add_customer, approve, receive
from tests.postgres import Postgres

pytestmark = [pytest.mark.servers, pytest.mark.timeout(600)]
START = datetime(2026, 4, 14, 9, 30, tzinfo=UTC)
FASTER = 10
GROUPS = 5
IN_A_GROUP = 2 if os.environ.get("DUNWELL_FAULTS") else 1
#: Deadlocks need work to meet: so many mails more come, one by one, until there were enough.
SPARE = 8


class Fast(Moving):
    """The real installation with a clock that runs faster."""

    @cached_property
    def clock(self) -> Clock:
        """Give the present of a day in spring, ten times as fast."""
        begun = time.monotonic()
        return lambda: START + timedelta(seconds=(time.monotonic() - begun) * FASTER)


@pytest.fixture
def proxy(postgres: Postgres) -> Iterator[Between]:
    with between(postgres.port, lines=False) as made:
        yield made


def through(proxy: Between, url: str) -> str:
    """Give the address of a database by way of the proxy."""
    return f"postgresql+psycopg://postgres@127.0.0.1:{proxy.port}/{url.rpartition('/')[2]}"


@dataclass
class World:
    """An installation at work, with a collector who approves whatever waits and a browser that looks all the time."""

    home: Fast
    url: str
    smtp: SmtpServer
    box: MailboxSettings
    arrived: list[str] = field(default_factory=list)
    pages: Counter[int] = field(default_factory=Counter)
    said: set[tuple[str, str | None, bool]] = field(default_factory=set)
    wrong: list[str] = field(default_factory=list)
    over: threading.Event = field(default_factory=threading.Event)

    def arrives(self, count: int) -> None:
        """Let mails come, each from a customer of its own."""
        for _ in range(count):
            number = len(self.arrived)
            name = f"<pg{number}@k{number}.example>"
            said = f"Morning,\n\nF-60{number:02d} will be paid in full on 20 April 2026.\n\nMoira\n"
            mail = reply(f"Moira Tate <moira@k{number}.example>", said, to=self.box.address, message_id=name)
            deliver(self.box, f"pg{number}", mail)
            self.arrived.append(name)

    def collects(self) -> None:
        """Approve what waits, until told to stop."""
        desk = desk_of(self.home)
        while not self.over.is_set():
            try:
                for item in desk.held():
                    with contextlib.suppress(Stale, Blocked):
                        desk.approve(item.row.id or 0, version=item.row.version, actor="ines")
            except Exception as error:
                if not is_outage(error):
                    self.wrong.append(f"the collector met {error!r}")
            self.over.wait(0.5)

    def looks(self) -> None:
        """Look at the queue, until told to stop."""
        with TestClient(create_app(desk_of(self.home)), base_url="http://127.0.0.1") as page:
            while not self.over.is_set():
                for path in ("/", "/api/v1/queue"):
                    seen = page.get(path, headers={"sec-fetch-site": "same-origin"})
                    self.pages[seen.status_code] += 1
                    if seen.status_code == 503:
                        kind = seen.headers["content-type"].partition(";")[0]
                        self.said.add((kind, seen.headers.get("retry-after"), "Nothing is lost" in seen.text))
                if page.get("/healthz").status_code != 200:
                    self.wrong.append("the page's process counts as dead")
                self.over.wait(0.7)

    def left(self) -> list[bytes]:
        """Give what the SMTP server took."""
        return [taken.content for taken in self.smtp.sink.taken]

    def catches_up(self, what: str) -> float:
        """Wait until all that arrived so far is answered and settled; give the seconds that it took."""
        began = time.monotonic()

        def done() -> bool:
            return len(self.left()) >= len(self.arrived) and is_done(self.url)

        until(done, seconds=60, what=f"all being answered after {what}")
        return time.monotonic() - began


def ledger(folder: Path) -> Path:
    count = GROUPS * IN_A_GROUP + SPARE
    customers = "customer_id,name,currency,language,timezone,tier,owner\n" + "".join(
        f"K{n},Joinery {n} Ltd,GBP,en,Europe/London,standard,Ines Roth\n" for n in range(count)
    )
    contacts = "customer_id,name,email,role\n" + "".join(
        f"K{n},Moira Tate,moira@k{n}.example,ap\n" for n in range(count)
    )
    head = "invoice_number,customer_id,issue_date,due_date,currency,amount,balance,po_number,description\n"
    invoices = head + "".join(
        f"F-60{n:02d},K{n},2026-01-20,2026-02-19,GBP,1800.00,1800.00,,Cutters\n" for n in range(count)
    )
    payments = "payment_id,customer_id,invoice_number,received_on,currency,amount,reference\n"
    return write_ledger(folder, customers=customers, contacts=contacts, invoices=invoices, payments=payments)


@pytest.fixture
def world(postgres: Postgres, proxy: Between, smtp: SmtpServer, tmp_path: Path) -> Iterator[World]:
    url = postgres.new_database()
    box = maildir_mailbox(tmp_path / "box")
    out = {"host": "localhost", "port": smtp.port, "ca_file": smtp.ca_file, "user": USER, "password": PASSWORD}
    raw: dict[str, Any] = {
        "data_dir": tmp_path / "data",
        "company": {"name": "Fernhill Tooling Ltd", "address": "3 Kiln Lane, Fernhill", "email": box.address},
        "store": {"url": through(proxy, url)},
        "mailboxes": [box.model_dump(exclude_none=True) | {"smtp": out, "poll_seconds": 0.2}],
        "review": {"undo_seconds": 0},
    }
    home = Fast(build(raw, source="test"))
    take_ledger(home, read_ledger(ledger(tmp_path / "ledger")), actor="erp")
    made = World(home, url, smtp, box)
    daemon = Daemon(home, worker="loop")
    threads = [threading.Thread(target=work) for work in (daemon.run, made.collects, made.looks)]
    for thread in threads:
        thread.start()
    try:
        until(lambda: (tmp_path / "data" / "daemon.lock").exists(), seconds=60, what="the daemon being at work")
        until(lambda: made.pages[200] > 0, seconds=60, what="the page being there")
        yield made
    finally:
        made.over.set()
        daemon.stop()
        for thread in threads:
            thread.join(60)
        home.engine.dispose()


def ended(url: str, port: int) -> None:
    """End every connection to a database, as an administrator does."""
    name = url.rpartition("/")[2]
    with psycopg.connect(f"postgresql://postgres@127.0.0.1:{port}/postgres", autocommit=True) as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s AND pid <> pg_backend_pid()",
            [name],
        )


def at_cross_purposes(url: str, port: int, stop: threading.Event) -> None:
    """Lock rows before the writers' lock, where dunwell does it after: real deadlocks, of which dunwell is the victim."""
    name = url.rpartition("/")[2]
    while not stop.is_set():
        with (
            contextlib.suppress(psycopg.Error),
            psycopg.connect(f"postgresql://postgres@127.0.0.1:{port}/{name}") as connection,
        ):
            connection.execute("SET deadlock_timeout = '100s'")
            connection.execute("SET lock_timeout = '3s'")
            connection.execute("SELECT id FROM message FOR UPDATE")
            connection.execute("SELECT id FROM outgoing FOR UPDATE")
            time.sleep(0.3)  # long enough for dunwell to take its turn meanwhile
            connection.execute("SELECT pg_advisory_xact_lock(7205759)")
            connection.rollback()
        stop.wait(0.2)


def errors_of(url: str, port: int) -> dict[str, int]:
    with psycopg.connect(f"postgresql://postgres@127.0.0.1:{port}/postgres") as connection:
        row = connection.execute(
            "SELECT deadlocks, xact_rollback FROM pg_stat_database WHERE datname = %s", [url.rpartition("/")[2]]
        ).fetchone()
    assert row is not None
    return {"deadlocks": int(row[0]), "rollbacks": int(row[1])}


def test_whatever_the_database_does_each_mail_is_answered_once(
    world: World, proxy: Between, postgres: Postgres, record_property: Callable[[str, object], None]
) -> None:
    took = {}
    # Every fifth commit is made, and the answer to it lost: nobody can know, and everybody must find out.
    lost = Fault(_every(5, b"COMMIT"), "unanswered", times=10_000, keep=0)
    proxy.faults = [lost]
    world.arrives(IN_A_GROUP)
    until(lambda: lost.struck >= 6, seconds=60, what="six lost answers")
    proxy.faults = []
    took["lost answers to commits"] = world.catches_up("lost answers")

    world.arrives(IN_A_GROUP)
    for _ in range(8):
        ended(world.url, postgres.port)
        time.sleep(0.15)
    took["connections ended"] = world.catches_up("ended connections")

    world.arrives(IN_A_GROUP)
    seen = world.pages[503]
    time.sleep(0.3)
    proxy.closed.set()
    proxy.cut()
    postgres.restart(mode="immediate")
    until(lambda: world.pages[503] > seen + 1, seconds=30, what="the page saying so")
    proxy.closed.clear()
    took["server crashed"] = world.catches_up("a crash of the server")

    world.arrives(IN_A_GROUP)
    time.sleep(0.3)
    with proxy.held_up():
        time.sleep(5)
    took["5 s without an answer"] = world.catches_up("a silent network")

    stop = threading.Event()
    rival = threading.Thread(target=at_cross_purposes, args=(world.url, postgres.port, stop))
    rival.start()
    world.arrives(IN_A_GROUP)
    try:
        until(lambda: _deadlocked(world, postgres), seconds=120, what="two deadlocks")
    finally:
        stop.set()
        rival.join(30)
    took["deadlocks"] = world.catches_up("deadlocks")

    healthy = world.pages[200]
    until(lambda: world.pages[200] > healthy + 1, seconds=30, what="the page being well again")
    assert world.wrong == []
    assert set(world.pages) == {200, 503}, world.pages
    assert world.said == {("text/html", "5", True), ("application/problem+json", "5", True)}
    found = check(world.url, arrived=world.arrived, left=world.left(), kills=0)
    assert found.faults == []
    assert found.ends == {"filed": len(world.arrived)}
    assert len(world.left()) == len(world.arrived)
    record_property(
        "told",
        f"PostgreSQL: {lost.struck} commits whose answer was lost, 8 rounds of ended connections, a crash, 5 s of silence, "
        f"{errors_of(world.url, postgres.port)['deadlocks']} deadlocks over {len(world.arrived)} mails: each answered once, "
        f"0 uncertain; seconds to the end of all work: {', '.join(f'{what} {s:.0f}' for what, s in took.items())}; "
        f"page {world.pages[200]} times well, {world.pages[503]} times 503",
    )


def _deadlocked(world: World, postgres: Postgres) -> bool:
    """Say whether dunwell was the victim twice; what is answered meanwhile is followed by one more."""
    if errors_of(world.url, postgres.port)["deadlocks"] >= 2:
        return True
    if len(world.left()) == len(world.arrived) < GROUPS * IN_A_GROUP + SPARE:
        world.arrives(1)
    return False


def _every(nth: int, word: bytes) -> Callable[[int, bytes], bool]:
    met = 0

    def hits(_: int, said: bytes) -> bool:
        nonlocal met
        met += word in said
        return word in said and met % nth == 0

    return hits


# --- one mail, and the database goes at the worst moments ----------------------------------------------------------------


@dataclass
class Gone:
    """The database behind a proxy, and whether anybody gets through."""

    proxy: Between
    direct: Engine
    engine: Engine

    def now(self) -> None:
        self.proxy.closed.set()
        self.proxy.cut()

    def back(self) -> None:
        self.proxy.closed.clear()


@pytest.fixture
def gone(postgres: Postgres, proxy: Between) -> Iterator[Gone]:
    url = postgres.new_database()
    direct, engine = open_engine(url), open_engine(through(proxy, url))
    migrate(direct)
    with unit_of_work(direct) as session:
        add_customer(session, "C1", CONTACT, "INV-20413")
        approve(session, receive(session, 1))
    yield Gone(proxy, direct, engine)
    direct.dispose()
    engine.dispose()


class Leaving(SmtpTransport):
    """Has the database go away before the point of no return, or after the server's answer."""

    def __init__(self, server: SmtpServer, gone: Gone, *, when: str) -> None:
        super().__init__(server.settings())
        self.gone, self.when = gone, when

    def deliver(self, *, sender: str, recipients: Sequence[str], mime: bytes, before_body: Callable[[], bool]) -> None:
        def gate() -> bool:
            if self.when == "before":
                self.gone.now()
            return before_body()

        try:
            super().deliver(sender=sender, recipients=recipients, mime=mime, before_body=gate)
        finally:
            if self.when == "after":
                self.gone.now()


@pytest.mark.parametrize(("when", "answer"), [("before", ""), ("after", ""), ("after", "550 no"), ("after", "drop")])
def test_what_is_known_of_a_mail_is_written_when_the_database_is_back(
    gone: Gone, smtp: SmtpServer, tmp_path: Path, when: str, answer: str
) -> None:
    for part in ("cur", "new", "tmp"):
        (tmp_path / "box" / part).mkdir(parents=True)
    box = MaildirMailbox(MailboxSettings(name="ar", kind="maildir", address=USER, path=tmp_path / "box"))
    house = House("", gone.direct, smtp, box, outgoing=1, proposal=1)
    if answer:
        smtp.sink.faults.append(("DATA", answer))
    sender = Sender(gone.engine, {"ar": Route(Leaving(smtp, gone, when=when), box)}, "w1", _effect)
    with contextlib.suppress(OperationalError):
        sender.run_due(NOW)
    for _ in range(3):
        with pytest.raises(OperationalError):
            sender.run_due(NOW)
    left = {"before": SendState.CLAIMED, "after": SendState.TRANSMITTING}[when]
    assert house.state is left, "it could not be written"
    gone.back()
    sender.routes = {"ar": Route(SmtpTransport(smtp.settings()), box)}
    sender.run_due(NOW)
    if when == "before":
        assert (house.state, house.sent) == (SendState.QUEUED, 0)
        sender.run_due(NOW + timedelta(seconds=30))
    ends = {
        "": (SendState.FILED, ProposalStatus.SENT, 1, 1),
        "550 no": (SendState.FAILED, ProposalStatus.FAILED, 0, 0),
        "drop": (SendState.UNCERTAIN, ProposalStatus.UNCERTAIN, 0, 1),
    }
    assert (house.state, house.status, house.effects, house.sent) == ends[answer]
    for hours in (1, 24):
        sender.run_due(NOW + timedelta(hours=hours))
    assert (house.state, house.status, house.effects, house.sent) == ends[answer]


def _effect(session: Any, proposal_id: int) -> None:
    session.add(Effect(proposal_id=proposal_id, position=0, tool="no_reply", text="noted", applied_at=NOW))
    session.flush()


def test_a_sender_that_dies_before_it_could_write_leaves_it_uncertain(gone: Gone, smtp: SmtpServer) -> None:
    """What it knew goes with it; then nobody knows, and nothing leaves again."""
    sender = Sender(gone.engine, {"ar": Route(Leaving(smtp, gone, when="after"))}, "w1", _effect)
    with contextlib.suppress(OperationalError):
        sender.run_due(NOW)
    gone.back()
    again = Sender(gone.engine, {"ar": Route(SmtpTransport(smtp.settings()))}, "w1", _effect)
    again.start(NOW)
    again.run_due(NOW)
    with unit_of_work(gone.direct) as session:
        assert session.get_one(Outgoing, 1).state == SendState.UNCERTAIN
    assert len(smtp.sink.taken) == 1

"""IMAP at its worst, in front of a real Dovecot: whatever breaks wherever, every mail is one message and one event of its case.

The daemon's own reading (`mail.inbox.ingest`, and the whole loop), through a proxy that cuts, stalls and lies.
`DUNWELL_FAULTS` set: every step with every fault, else a part of them.
"""

from __future__ import annotations

import os
import re
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr
from sqlalchemy import Engine, text

from agent.config import build
from agent.daemon import Daemon
from mail.imap import ImapMailbox
from mail.inbox import ingest
from mail.mailbox import LoginRefused, MailboxError
from mail.sandbox import Parser
from mail.settings import MailboxSettings, OAuthSettings
from store import audit
from store.company import CompanyProfile
from store.engine import looking, migrate, open_engine, unit_of_work
from tests.e2e.installations import reply
from tests.e2e.moving import Moving
from tests.faults.between import Between, Fault, What, between
from tests.ledgers import load_ledger
from tests.mail.servers import Dovecot, until
from tests.mail.token_server import TokenServer

pytestmark = [pytest.mark.servers, pytest.mark.timeout(300)]
EVERY = 1 if os.environ.get("DUNWELL_FAULTS") else 4
NOW = datetime(2026, 4, 14, 9, 30, tzinfo=UTC)
MAILS = 3
MOIRA = "Moira Tate <moira@bracken.example>"


@dataclass
class Office:
    """A database with the small ledger, and what reads mailboxes into it."""

    dovecot: Dovecot
    engine: Engine
    parser: Parser
    arrived: dict[str, list[str]] = field(default_factory=dict)

    def mailbox(self, *, port: int = 0, mails: int = MAILS, **changes: Any) -> MailboxSettings:
        """Make a mailbox with mails in it, reached in clear through a port."""
        user = self.dovecot.new_user()
        changes = {"tls": "none", "port": port or self.dovecot.imap_port, **changes}
        settings = self.dovecot.settings(user, **{"timeout_seconds": 2, **changes})
        for _ in range(mails):
            self.arrives(settings)
        return settings

    def arrives(self, settings: MailboxSettings) -> None:
        """Let one more mail come."""
        names = self.arrived.setdefault(settings.name, [])
        name = f"<{settings.name}-{len(names)}@bracken.example>"
        said = f"Invoice F-5501 will be paid on Friday. ({name})"
        self.dovecot.deliver(settings.user, reply(MOIRA, said, to=settings.address, message_id=name))
        names.append(name)

    def read(self, settings: MailboxSettings, *, tries: int = 6) -> list[str]:
        """Read a mailbox as the daemon does, anew after each error; give the errors."""
        errors = []
        mailbox = ImapMailbox(settings)
        for _ in range(tries):
            try:
                self.look(mailbox, settings)
                break
            except MailboxError as error:
                errors.append(str(error))
            finally:
                mailbox.close()
        else:
            raise AssertionError(f"it never became well: {errors}")
        return errors

    def look(self, mailbox: ImapMailbox, settings: MailboxSettings) -> int:
        """Read what is new, over a connection that stays open."""
        company = CompanyProfile(name="Fernhill", email=settings.address)
        given: dict[str, Any] = {"engine": self.engine, "parser": self.parser, "company": company}
        return ingest(mailbox, settings, clock=lambda: NOW, **given).new

    def faults(self, settings: MailboxSettings) -> list[str]:
        """Compare what arrived with the tables, by SQL alone: one row, one place, one event, one case for each mail."""
        return books(self.engine, settings.name, self.arrived[settings.name])


def books(engine: Engine, mailbox: str, arrived: list[str]) -> list[str]:
    with looking(engine) as session:
        query = text("SELECT id, message_id_header, case_id FROM message WHERE mailbox = :box")
        rows = list(session.execute(query, {"box": mailbox}))
        events = Counter(
            str(row[0]) for row in session.execute(text("SELECT subject FROM audit WHERE event = 'message.stored'"))
        )
        places = Counter(
            int(row[0])
            for row in session.execute(
                text("SELECT message_id FROM sighting WHERE mailbox = :box AND folder = 'INBOX'"), {"box": mailbox}
            )
        )
        broken = audit.verify(session)[1]
    found = [f"the log is broken: {broken}"] if broken else []
    if Counter(str(header) for _, header, _ in rows) != Counter(arrived):
        found.append(f"arrived {len(arrived)}, stored {sorted(str(header) for _, header, _ in rows)}")
    for number, header, case in rows:
        if (events[f"message:{number}"], places[number]) != (1, 1) or case is None:
            found.append(f"{header}: {events[f'message:{number}']} events, {places[number]} places, case {case}")
    return found


@pytest.fixture(scope="module")
def parser() -> Iterator[Parser]:
    made = Parser()
    yield made
    made.close()


@pytest.fixture
def office(dovecot: Dovecot, parser: Parser, tmp_path: Path) -> Iterator[Office]:
    engine = open_engine(f"sqlite:///{tmp_path / 'dunwell.db'}")
    migrate(engine)
    with unit_of_work(engine) as session:
        load_ledger(session, tmp_path / "ledger")
    yield Office(dovecot, engine, parser)
    engine.dispose()


@pytest.fixture
def proxy(dovecot: Dovecot) -> Iterator[Between]:
    with between(dovecot.imap_port) as made:
        yield made


def name_of(command: bytes) -> str:
    words = command.split()
    return b" ".join(words[1:3] if words[1:2] in ([b"UID"], [b"AUTHENTICATE"]) else words[1:2]).decode(
        "ascii", "replace"
    )


# --- at every step ---------------------------------------------------------------------------------------------------


def test_a_break_at_every_step(office: Office, proxy: Between, record_property: Callable[[str, object], None]) -> None:
    proxy.faults = [Fault(lambda *_: False, "before")]
    whole = office.mailbox(port=proxy.port)
    assert office.read(whole) == []
    steps = list(proxy.commands)
    assert [name_of(step) for step in steps].count("UID FETCH") == 2, "sizes, then bodies"
    ways: list[tuple[What, bytes]] = [
        ("before", b""),
        ("unanswered", b""),
        ("half", b""),
        ("says", b"* BYE the server is going down\r\n"),
        ("says", b"* BAD nonsense\r\n\x00\xff\r\n"),
    ]
    tried, faults, struck = 0, [], Counter[str]()
    for number, (what, says) in enumerate((what, says) for what, says in ways):
        for step in range(number % EVERY, len(steps), EVERY):
            at, proxy.commands = step, []
            proxy.faults = [Fault(lambda n, _, at=at: n == at, what, says)]  # type: ignore[misc]
            settings = office.mailbox(port=proxy.port)
            errors = office.read(settings)
            tried += 1
            assert proxy.faults[0].struck == 1
            # After the mails are stored nothing may be told: the mark is not worth an error. Nor is the farewell.
            told = name_of(steps[step]) if errors else "silently"
            struck[told] += 1
            faults += [f"{what} at {steps[step]!r}: {fault}" for fault in office.faults(settings)]
    assert faults == []
    record_property(
        "told",
        f"IMAP, broken off at {len(steps)} steps in {len(ways)} ways: {tried} tried, "
        f"{tried - struck['silently']} told and read anew, 0 mails lost or doubled",
    )
    assert struck["UID FETCH"] > 0


def test_a_server_that_falls_silent_is_left_after_its_time(office: Office, proxy: Between) -> None:
    for command in (b"EXAMINE", b"BODY.PEEK"):
        proxy.faults = [Fault(lambda _, said, command=command: command in said, "silent")]  # type: ignore[misc]
        settings = office.mailbox(port=proxy.port, timeout_seconds=0.3)
        (error,) = office.read(settings)
        assert "no answer within 0.3 s" in error
        assert office.faults(settings) == []


# --- lies ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("true", "lie"),
    [
        (rb"\[UIDNEXT \d+\]", b"[UIDNEXT 1]"),
        (rb"\[UIDNEXT \d+\]", b"[UIDNEXT 4294967295]"),
        (rb"\* \d+ EXISTS", b"* 0 EXISTS"),
        (rb"\* \d+ EXISTS", b"* 4294967295 EXISTS"),
        (rb"\* SEARCH( [\d ]+)", rb"* SEARCH\1\1 1"),
        (rb"RFC822.SIZE \d+", b"RFC822.SIZE 0"),
        (rb"RFC822.SIZE \d+", b"RFC822.SIZE 99"),
    ],
)
def test_a_server_that_counts_wrong_hides_and_doubles_no_mail(
    office: Office, proxy: Between, true: bytes, lie: bytes
) -> None:
    proxy.rewrite = lambda line: re.sub(true, lie, line)
    settings = office.mailbox(port=proxy.port)
    assert office.read(settings) == []
    office.arrives(settings)
    assert office.read(settings) == []
    assert office.faults(settings) == []


@pytest.mark.parametrize("left_out", [rb"\* \d+ FETCH \(UID 2 RFC822.SIZE.*\r\n", rb"\* \d+ FETCH \(UID 2 BODY.*\r\n"])
def test_a_mail_that_an_answer_leaves_out_is_not_passed_over(office: Office, proxy: Between, left_out: bytes) -> None:
    """Exchange does this with a mail that it fails to convert: the command is OK, and the mail is not in it."""
    settings = office.mailbox(port=proxy.port)
    lies = 2

    def hides(line: bytes) -> bytes:
        nonlocal lies
        if lies and re.fullmatch(left_out, line):
            lies -= 1
            # Said of a mail that nobody asked for, so that the literal that follows still belongs to something.
            return re.sub(rb"UID 2 ", b"UID 4000 ", line)
        return line

    proxy.rewrite = hides
    errors = office.read(settings)
    assert office.faults(settings) == []
    assert all("not given" in error for error in errors)
    assert lies < 2


def test_a_mail_that_is_never_given_is_shown_to_a_person_and_holds_up_no_other(office: Office, proxy: Between) -> None:
    settings = office.mailbox(port=proxy.port)
    proxy.rewrite = lambda line: re.sub(rb"UID 2 BODY", b"UID 4000 BODY", line)
    mailbox = ImapMailbox(settings)
    errors = 0
    for _ in range(10):
        try:
            office.look(mailbox, settings)
            break
        except MailboxError:
            errors += 1
    mailbox.close()
    assert errors == 5
    with looking(office.engine) as session:
        states = [str(row[0]) for row in session.execute(text("SELECT state FROM message ORDER BY id"))]
    assert states == ["stored", "unreadable", "stored"]


@pytest.mark.parametrize("year", ["1970", "2031"])
def test_a_server_whose_clock_is_wrong(office: Office, proxy: Between, year: str) -> None:
    """No mail comes from the future: "Friday" would be read as one of years to come."""
    proxy.rewrite = lambda line: re.sub(
        rb'INTERNALDATE "[^"]+"', f'INTERNALDATE "01-Feb-{year} 10:00:00 +0000"'.encode(), line
    )
    settings = office.mailbox(port=proxy.port)
    assert office.read(settings) == []
    assert office.faults(settings) == []
    with looking(office.engine) as session:
        came = {str(row[0])[:4] for row in session.execute(text("SELECT received_at FROM message"))}
    assert came == {"1970" if year == "1970" else "2026"}


# --- what happens in the middle of a session ---------------------------------------------------------------------------


def test_renumbering_between_two_looks_of_one_session(office: Office, proxy: Between) -> None:
    settings = office.mailbox(port=proxy.port)
    mailbox = ImapMailbox(settings)
    assert office.look(mailbox, settings) == MAILS
    for name in ("dovecot-uidlist", "dovecot.index", "dovecot.index.log", "dovecot.index.cache"):
        (office.dovecot.maildir(settings.user) / name).unlink(missing_ok=True)
    proxy.rewrite = lambda line: re.sub(rb"UIDVALIDITY \d+", b"UIDVALIDITY 777", line)
    office.arrives(settings)
    proxy.cut()
    with pytest.raises(MailboxError, match="the connection was lost"):
        office.look(mailbox, settings)
    assert office.look(mailbox, settings) == 1, "all is read again, and what is known is absorbed"
    mailbox.close()
    with looking(office.engine) as session:
        rows = session.execute(text("SELECT count(*), count(distinct content_key) FROM message")).one()
    assert tuple(rows) == (MAILS + 1, MAILS + 1)


def test_a_token_that_ends_in_the_middle_of_a_session(office: Office, proxy: Between, tokens: TokenServer) -> None:
    oauth = OAuthSettings(
        grant="client_credentials",
        token_url=f"{tokens.url}/token",
        client_id="dunwell-mid-session",
        password=SecretStr(tokens.client_secret),
    )
    settings = office.mailbox(port=proxy.port, password=None, oauth=oauth)
    tokens.user = settings.user
    mailbox = ImapMailbox(settings)
    assert office.look(mailbox, settings) == MAILS
    office.arrives(settings)
    tokens.valid.clear()
    proxy.faults = [Fault(lambda _, said: b"NOOP" in said, "says", b"* BYE Session expired, please login again.\r\n")]
    with pytest.raises(MailboxError) as told:
        office.look(mailbox, settings)
    assert not isinstance(told.value, LoginRefused), "nobody has to look"
    assert office.look(mailbox, settings) == 1, "with a token of its own making"
    mailbox.close()
    assert office.faults(settings) == []


# --- the whole loop --------------------------------------------------------------------------------------------------


class Impatient(threading.Event):
    """A daemon's end, at which a wait is noted with its length and over in a moment."""

    def __init__(self) -> None:
        super().__init__()
        self.waits: list[tuple[str, float]] = []

    def wait(self, timeout: float | None = None) -> bool:
        if timeout is not None and not self.is_set():
            self.waits.append((threading.current_thread().name, timeout))
        return super().wait(None if timeout is None else min(timeout, 0.02))


def moving(folder: Path, boxes: list[MailboxSettings]) -> Moving:
    """Give a whole installation with these mailboxes, and no way out."""
    raw = {
        "data_dir": folder / "data",
        "company": {"name": "Fernhill Tooling Ltd", "address": "3 Kiln Lane, Fernhill", "email": boxes[0].address},
        "store": {"url": f"sqlite:///{folder / 'loop.db'}"},
        "mailboxes": [box.model_dump(exclude_none=True) | {"password": SecretStr("correct horse")} for box in boxes],
    }
    home = Moving(build(raw, source="test"))
    home.moment = NOW
    with unit_of_work(home.engine) as session:
        load_ledger(session, folder / "loop-ledger")
    return home


def test_one_mailbox_is_away_and_the_others_go_on(office: Office, proxy: Between, tmp_path: Path) -> None:
    bad, good = office.mailbox(port=proxy.port, poll_seconds=0.2), office.mailbox(poll_seconds=0.2)
    home = moving(tmp_path, [bad, good])
    daemon = Daemon(home, worker="loop")
    daemon.stopping = stopping = Impatient()
    proxy.closed.set()
    loop = threading.Thread(target=daemon.run)
    loop.start()
    try:
        until(lambda: books(home.engine, good.name, office.arrived[good.name]) == [], seconds=60, what="the other")
        until(lambda: len(_rests(stopping, bad)) >= 9, seconds=60, what="nine reconnections")
        office.arrives(good)
        until(lambda: books(home.engine, good.name, office.arrived[good.name]) == [], seconds=60, what="its next mail")
        rests = _rests(stopping, bad)[:9]
        assert rests[:5] == [2, 4, 8, 16, 32]
        assert all(32 <= rest <= 60 for rest in rests[5:]), rests
        proxy.closed.clear()
        until(lambda: books(home.engine, bad.name, office.arrived[bad.name]) == [], seconds=60, what="its return")
        # A connection that is open and over which nothing comes any more: IDLE is no proof of life.
        with proxy.held_up():
            office.arrives(bad)
            before = len(stopping.waits)
            until(lambda: len(_rests(stopping, bad, since=before)) >= 1, seconds=60, what="giving up a silent IDLE")
            office.arrives(good)
            until(lambda: books(home.engine, good.name, office.arrived[good.name]) == [], seconds=60, what="the other")
        until(lambda: books(home.engine, bad.name, office.arrived[bad.name]) == [], seconds=60, what="the late mail")
        assert _rests(stopping, bad, since=before)[0] == 2, "a look that went well makes it patient anew"
    finally:
        daemon.stop()
        loop.join(30)
        home.engine.dispose()
    assert not loop.is_alive()
    assert not _rests(stopping, good)


def _rests(stopping: Impatient, box: MailboxSettings, *, since: int = 0) -> list[float]:
    return [seconds for name, seconds in stopping.waits[since:] if name == f"mailbox-{box.name}"]

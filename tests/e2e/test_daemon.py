"""The daemon as a process: it ends cleanly, works alone, outlives bad mail and bad rows, and `doctor` says what is wrong."""

from __future__ import annotations

import signal
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlmodel import col, select

from agent.config import load
from agent.daemon import Daemon
from agent.installation import Installation
from mail.settings import MailboxSettings
from store import audit, heartbeats, messages
from store.clock import system_clock
from store.engine import open_engine, unit_of_work
from store.tables import Message, ProposalRow
from store.vocabulary import MessageState
from tests.e2e.installations import Installed, deliver, in_daylight, maildir_mailbox, reply
from tests.ledgers import NOW, email, write_ledger
from tests.mail.servers import free_port, until

pytestmark = pytest.mark.timeout(180)

GOOD = "We will pay F-5501 on Friday."


def good(number: int, text: str = GOOD, *, sender: str = "Moira Tate <moira@bracken.example>") -> bytes:
    return reply(sender, text, to="ar@fernhill.example", message_id=f"<good{number}@bracken.example>")


@pytest.fixture
def installed(tmp_path: Path) -> Installed:
    found = Installed(tmp_path / "home", maildir_mailbox(tmp_path / "box"))
    found.run("import", str(write_ledger(tmp_path / "ledger", customers=in_daylight())))
    return found


@contextmanager
def running(installed: Installed, log: Path) -> Iterator[subprocess.Popen[bytes]]:
    """Start the daemon; end it however the test ends."""
    daemon = installed.start(log)
    try:
        yield daemon
    finally:
        daemon.kill()
        daemon.wait()


def states(installed: Installed) -> list[MessageState]:
    """Give the state of every mail, in the order of arrival."""
    engine = open_engine(installed.database)
    with unit_of_work(engine) as session:
        found = session.exec(select(Message.state).order_by(col(Message.id))).all()
    engine.dispose()
    return [MessageState(one) for one in found]


def ended(installed: Installed) -> bool:
    """Say whether no mail is on its way any more."""
    return not {MessageState.STORED, MessageState.PROPOSING} & set(states(installed))


# --- its life -----------------------------------------------------------------------------------------------------


def test_a_signal_ends_it_quickly_and_with_nothing_half_done(installed: Installed, tmp_path: Path) -> None:
    log = tmp_path / "log"
    with running(installed, log) as daemon:
        deliver(installed.mailbox, "0", good(0))
        until(lambda: states(installed) == [MessageState.PROPOSED], seconds=60, what="the first proposal")
        for number in range(1, 61):
            deliver(installed.mailbox, str(number), good(number, f"{GOOD} This is mail {number}."))
        until(lambda: len(states(installed)) > 30, seconds=60, what="the arrival of many mails")
        daemon.send_signal(signal.SIGTERM)
        assert daemon.wait(timeout=15) == 0, log.read_text()
    assert "Traceback" not in log.read_text()
    assert MessageState.PROPOSING not in states(installed), "what was begun is finished"
    engine = open_engine(installed.database)
    with unit_of_work(engine) as session:
        assert audit.verify(session)[1] is None
        assert {m.attempts for m in session.exec(select(Message)) if m.state == MessageState.STORED} <= {0, 1}
    engine.dispose()
    installed.run("run", "--once")
    assert len(states(installed)) == 61
    assert ended(installed)


def test_a_second_one_is_refused_in_one_line(installed: Installed, tmp_path: Path) -> None:
    with running(installed, tmp_path / "log") as daemon:
        deliver(installed.mailbox, "1", good(1))
        until(lambda: states(installed) == [MessageState.PROPOSED], seconds=60, what="the first proposal")
        for words in (["run"], ["run", "--once"]):
            second = installed.run(*words, check=False)
            assert second.returncode == 1
            (line,) = [one for one in second.stderr.splitlines() if one.strip()]
            assert "another dunwell daemon works on" in line
        assert daemon.poll() is None
    assert installed.run("run", "--once").returncode == 0, "the lock goes with the process, even a killed one"


# --- bad mail -----------------------------------------------------------------------------------------------------

HEAD = b"From: moira@bracken.example\r\nTo: ar@fernhill.example\r\nSubject: Re: F-5501\r\n"
MIXED = HEAD + b'MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary="b"\r\n\r\n'


def nested(depth: int) -> bytes:
    heads = [f'Content-Type: multipart/mixed; boundary="b{n}"\r\n\r\n--b{n}\r\n' for n in range(depth)]
    return HEAD + b"MIME-Version: 1.0\r\n" + "".join(heads).encode() + b"Content-Type: text/plain\r\n\r\nhello\r\n"


def in_charset(name: bytes, body: bytes) -> bytes:
    return HEAD + b"MIME-Version: 1.0\r\nContent-Type: text/plain; charset=" + name + b"\r\n\r\n" + body


BAD = {
    "empty": b"",
    "no mail at all": bytes(range(256)) * 20,
    "no end of the parts": MIXED + b"--b\r\nContent-Type: text/plain\r\n\r\nWe pay F-5501",
    "no parts": MIXED,
    "broken base64": HEAD + b"Content-Transfer-Encoding: base64\r\n\r\n!!!=A=\r\n",
    "unknown charset": in_charset(b"x-martian", b"We pay F-5501 \xff\xfe on Friday."),
    "wrong charset": in_charset(b"utf-8", b"Gr\xfc\xdfe, F-5501 ist bezahlt."),
    "lone surrogates": in_charset(b"utf-8", b"We pay \xed\xa0\x80\xed\xbf\xbf F-5501 on Friday."),
    "surrogates in utf-7": in_charset(b"utf-7", b"We pay +2AA- F-5501."),
    "NUL": HEAD + b"X-Nul: a\x00b\r\n\r\nWe pay\x00 F-5501 on Friday.\x00\r\n",
    "ten megabytes": HEAD + b"\r\n" + b"We will pay F-5501 on Friday, we promise you that.\r\n" * 200_000,
    "ten megabytes in one line": HEAD + b"\r\n" + b"a" * 10_000_000,
    "thousands of headers": HEAD + b"".join(b"X-H-%d: v\r\n" % n for n in range(20_000)) + b"\r\nWe pay F-5501.\r\n",
    "one header of a megabyte": HEAD + b"References: " + b"<a@b.example> " * 70_000 + b"\r\n\r\nWe pay F-5501.\r\n",
    "deep nesting": nested(3_000),
    "nested enough to be tried": nested(60),
    "bad date and sender": b"From: \xff\xfe <>\r\nDate: the day after\r\nMessage-ID: <\r\n\r\nWe pay F-5501.\r\n",
    "encoded word of nothing": HEAD + b"X-A: =?utf-8?b?====?=\r\nSubject: =?x?y?z?=\r\n\r\nWe pay F-5501.\r\n",
}


def test_bad_mail_is_shown_and_the_next_good_one_is_understood(installed: Installed, tmp_path: Path) -> None:
    log = tmp_path / "log"
    for number, raw in enumerate(BAD.values()):
        deliver(installed.mailbox, f"{1_700_000_000 + number}.bad", raw)
    with running(installed, log) as daemon:
        until(lambda: len(states(installed)) == len(BAD), seconds=100, what="the recording of every bad mail")
        until(lambda: ended(installed), seconds=60, what="the end of every bad mail")
        assert daemon.poll() is None, log.read_text()
        deliver(installed.mailbox, "1800000000.good", good(1))
        until(lambda: len(states(installed)) == len(BAD) + 1, seconds=60, what="the arrival of the good mail")
        until(lambda: states(installed)[-1] is MessageState.PROPOSED, seconds=60, what="the proposal for the good mail")
        daemon.send_signal(signal.SIGTERM)
        assert daemon.wait(timeout=15) == 0, log.read_text()
    shown = {MessageState.UNREADABLE, MessageState.UNMATCHED, MessageState.PROPOSED}
    ends = dict(zip(BAD, states(installed), strict=False))
    assert set(ends.values()) <= shown, ends
    assert ends["ten megabytes in one line"] in (MessageState.UNREADABLE, MessageState.PROPOSED)
    assert ends["unknown charset"] is MessageState.PROPOSED, "words that can be read are read"


# --- bad rows -----------------------------------------------------------------------------------------------------


@pytest.fixture
def home(installed: Installed) -> Iterator[Installation]:
    found = Installation(load(installed.config, environment={}))
    yield found
    found.engine.dispose()


def test_a_row_of_another_version_starves_nobody(
    home: Installation, installed: Installed, caplog: pytest.LogCaptureFixture
) -> None:
    for number in range(3):
        deliver(installed.mailbox, str(number), good(number, f"{GOOD} Mail {number}."))
    daemon = Daemon(home)
    with unit_of_work(home.engine) as session:
        for number in range(2):
            messages.record(
                session,
                mailbox="ar",
                folder="INBOX",
                uidvalidity=9,
                uid=number,
                raw=b"%d" % number,
                email=email(f"{GOOD} Secret {number}.", message_id=f"<o{number}@bracken.example>"),
                received_at=NOW.replace(year=2001),
            )
        oldest = session.exec(select(Message).order_by(col(Message.id))).first()
        assert oldest is not None
        oldest.parsed = oldest.parsed | {"kind": "telepathy", "new_text": "Secret of Moira"}
    done = daemon.run_once()
    assert done.new == 3
    found = states(installed)
    assert found[0] is MessageState.QUARANTINED, "a person sees it"
    assert set(found[1:]) <= {MessageState.PROPOSED, MessageState.UNMATCHED}
    assert "telepathy" not in caplog.text
    assert "Secret" not in caplog.text, "the log says where it failed, and not what the mail says"
    with unit_of_work(home.engine) as session:
        assert session.exec(select(ProposalRow)).first() is not None


@contextmanager
def at_work(daemon: Daemon) -> Iterator[None]:
    """Let a daemon run in this process; end it however the test ends."""
    running = threading.Thread(target=daemon.run, daemon=True)
    running.start()
    try:
        yield
    finally:
        daemon.stop()
        running.join(timeout=60)


def test_the_sender_runs_although_proposing_fails(home: Installation, monkeypatch: pytest.MonkeyPatch) -> None:
    daemon, sent = Daemon(home), threading.Event()

    def send(now: object) -> int:
        sent.set()
        return 0

    def broken(*_: object, **__: object) -> list[int]:
        raise RuntimeError("the query fails")

    monkeypatch.setattr(daemon._sender, "run_due", send)
    monkeypatch.setattr(messages, "due", broken)
    with at_work(daemon):
        assert sent.wait(timeout=60)


def test_proposals_are_made_while_a_mail_server_keeps_silent(
    home: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    daemon, asked, silence = Daemon(home), threading.Event(), threading.Event()

    def send(now: object) -> int:
        asked.set()
        silence.wait(timeout=120)
        return 0

    monkeypatch.setattr(daemon._sender, "run_due", send)
    with unit_of_work(home.engine) as session:
        before = len(session.exec(select(ProposalRow.id)).all())
    with at_work(daemon):
        try:
            assert asked.wait(timeout=60)
            deliver(home.settings.mailboxes[0], "late", good(77))
            until(lambda: _proposals(home) > before, seconds=90, what="a proposal beside a mail that does not leave")
        finally:
            silence.set()


def _proposals(home: Installation) -> int:
    with unit_of_work(home.engine) as session:
        return len(session.exec(select(ProposalRow.id)).all())


def test_a_daemon_that_cannot_carry_out_what_was_approved_does_not_look_well(
    home: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    daemon = Daemon(home)

    def broken() -> int:
        daemon.stopping.set()
        raise RuntimeError("the query fails")

    monkeypatch.setattr(daemon, "_settle", broken)
    assert not daemon._work_through()
    with unit_of_work(home.engine) as session:
        (sign,) = heartbeats.signs(session, now=system_clock()).values()
    assert (sign.whole_at, sign.failures) == (None, 1)


def test_one_message_that_cannot_even_be_claimed_stops_no_other(
    home: Installation, installed: Installed, monkeypatch: pytest.MonkeyPatch
) -> None:
    daemon = Daemon(home)
    deliver(installed.mailbox, "1", good(1))
    deliver(installed.mailbox, "2", good(2, "We will pay F-5503 on Friday.", sender="buero@halder.example"))
    claim: Callable[..., bool] = messages.claim

    def sometimes(session: object, message_id: int, **more: object) -> bool:
        if message_id == 1:
            raise RuntimeError("no")
        return claim(session, message_id, **more)

    monkeypatch.setattr(messages, "claim", sometimes)
    assert daemon.run_once().new == 2
    assert states(installed) == [MessageState.STORED, MessageState.PROPOSED]


# --- doctor -------------------------------------------------------------------------------------------------------


def test_doctor_says_what_is_wrong_a_line_each(tmp_path: Path) -> None:
    port = free_port()
    way_out = f'host = "127.0.0.1"\nport = {port}\ntls = "none"\nuser = "ar"'
    mailbox = MailboxSettings(
        name="ar", address="ar@fernhill.example", host="127.0.0.1", port=port, user="ar", timeout_seconds=5
    )
    installed = Installed(
        tmp_path / "home",
        mailbox,
        smtp=way_out,
        environment={"DUNWELL_MAILBOX_AR_PASSWORD": "hunter2", "DUNWELL_SMTP_AR_PASSWORD": "hunter2"},
    )
    done = installed.run("doctor", check=False)
    lines = {line.partition(": ")[0].strip(): line for line in done.stdout.splitlines()}
    assert done.returncode == 1
    assert done.stderr.strip() == "dunwell: 3 of 8 checks failed"
    assert "run `dunwell import DIR`" in lines["wrong database"]
    for what in ("wrong mailbox ar", "wrong smtp of ar"):
        assert f"127.0.0.1:{port}" in lines[what], lines[what]
        assert "nothing listens there" in lines[what] or "refused" in lines[what].lower(), lines[what]
    assert lines.keys() >= {"ok    configuration", "ok    data folder", "ok    embedded reader", "ok    model"}
    assert "hunter2" not in done.stdout + done.stderr
    assert "Traceback" not in done.stdout + done.stderr

    nowhere = MailboxSettings(name="ar", address="ar@fernhill.example", host="imap.nowhere.test", user="ar")
    installed = Installed(tmp_path / "second", nowhere, environment={"DUNWELL_MAILBOX_AR_PASSWORD": "hunter2"})
    (wrong,) = [o for o in installed.run("doctor", check=False).stdout.splitlines() if "mailbox ar" in o]
    assert wrong.startswith("wrong")
    assert "imap.nowhere.test" in wrong

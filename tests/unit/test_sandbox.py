"""The killable child: it dies for a bad mail, never the caller, and the next mail is read."""

from __future__ import annotations

import io
import os
import signal
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path

import pytest
from openpyxl import Workbook

from mail import parse_worker
from mail.parse import parse
from mail.sandbox import Parser, ParserBroken
from store.vocabulary import MessageKind

AT = datetime(2026, 3, 10, 9, 0, tzinfo=UTC)
GOOD = b"From: Ana <ana@molinos.example>\nSubject: Re: INV-1\n\nWe pay on Friday.\n"
#: Within every limit, but many seconds of work: eight HTML texts of some 75,000 elements each.
HEAVY = (
    b"From: Ana <ana@molinos.example>\nSubject: x\nMessage-ID: <heavy@molinos.example>\n"
    + b"Content-Type: multipart/mixed; boundary=b\n\n"
    + (b"--b\nContent-Type: text/html\n\n" + b"<div>x</div>" * 75_000 + b"\n") * 8
)
DEMO = sorted((Path(__file__).parents[2] / "agent/demo/mailbox/new").glob("*.demo"))


def test_the_child_gives_what_parse_gives() -> None:
    with Parser() as parser:
        assert parser.pid is None
        for path in DEMO:
            raw = path.read_bytes()
            ids = ("mx.nordholt-supply.example",)
            assert parser.parse(raw, received_at=AT, authserv_ids=ids) == parse(raw, received_at=AT, authserv_ids=ids)
        first = parser.pid
        assert parser.parse(GOOD, received_at=AT).new_text == "We pay on Friday."
        assert parser.pid == first
    assert parser.pid is None


def test_a_mail_that_takes_too_long_is_unreadable_and_the_next_is_read() -> None:
    with Parser(wall_seconds=0.15) as parser:
        parser.parse(b"From: a@b.example\n\nx", received_at=AT)
        before = parser.pid
        found = parser.parse(HEAVY, received_at=AT)
        assert found.kind is MessageKind.UNREADABLE
        assert found.unreadable_reason == "reading the mail took longer than 0.15 seconds"
        assert found.message_id == "<heavy@molinos.example>"
        assert found.from_raw == "Ana <ana@molinos.example>"
        assert parser.pid is None
    with Parser() as parser:
        assert parser.parse(GOOD, received_at=AT).kind is MessageKind.REPLY
        assert parser.pid != before


def test_processor_time_is_limited_for_each_mail_anew() -> None:
    with Parser(wall_seconds=60, cpu_seconds=0) as parser:
        for _ in range(2):
            found = parser.parse(HEAVY, received_at=AT)
            assert (found.kind, found.unreadable_reason) == (
                MessageKind.UNREADABLE,
                "reading the mail took too much processor time",
            )
            assert parser.parse(GOOD, received_at=AT).kind is MessageKind.REPLY


def test_a_stopped_child_is_killed() -> None:
    with Parser(wall_seconds=1) as parser:
        parser.parse(GOOD, received_at=AT)
        assert parser.pid is not None
        stopped = parser.pid
        os.kill(stopped, signal.SIGSTOP)
        big = GOOD + b"x" * 2_000_000  # more than a pipe holds: writing must not block either
        assert parser.parse(big, received_at=AT).kind is MessageKind.UNREADABLE
        with pytest.raises(ProcessLookupError):
            os.kill(stopped, 0)
        assert parser.parse(GOOD, received_at=AT).kind is MessageKind.REPLY


def test_a_child_killed_at_work_costs_one_mail() -> None:
    with Parser(wall_seconds=60, cpu_seconds=60) as parser:
        parser.parse(GOOD, received_at=AT)
        pid = parser.pid
        assert pid is not None
        with ThreadPoolExecutor(1) as pool:
            pending = pool.submit(parser.parse, HEAVY, received_at=AT)
            _wait_until_busy(pid)
            os.kill(pid, signal.SIGKILL)
            found = pending.result(timeout=30)
        assert found.unreadable_reason == "the parser was ended on this mail (signal 9)"
        assert parser.parse(GOOD, received_at=AT).kind is MessageKind.REPLY


def _wait_until_busy(pid: int) -> None:
    """Wait until the child has used a moment of processor time on the mail."""
    ticks = _ticks(pid)
    deadline = time.monotonic() + 20
    while _ticks(pid) < ticks + 10:
        assert time.monotonic() < deadline
        time.sleep(0.01)


def _ticks(pid: int) -> int:
    return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[11])


def test_a_child_killed_while_idle_costs_no_mail() -> None:
    with Parser() as parser:
        parser.parse(GOOD, received_at=AT)
        assert parser.pid is not None
        os.kill(parser.pid, signal.SIGKILL)
        os.waitid(os.P_PID, parser.pid, os.WEXITED | os.WNOWAIT)
        assert parser.parse(GOOD, received_at=AT).new_text == "We pay on Friday."


def test_memory_is_limited() -> None:
    with Parser(memory_bytes=150 * 1024 * 1024) as parser:
        assert parser.parse(GOOD, received_at=AT).kind is MessageKind.REPLY
        big = b"From: a@b.example\nContent-Type: text/plain\n\n" + b"line\n" * 190_000
        many = b"From: a@b.example\nContent-Type: multipart/mixed; boundary=b\n\n" + b"".join(
            b"--b\nContent-Type: application/x-a\n\n" + b"a" * 50_000 + b"\n" for _ in range(199)
        )
        for raw in (big, many):
            found = parser.parse(raw, received_at=AT)
            assert found.kind in (MessageKind.REPLY, MessageKind.UNREADABLE)
        assert parser.parse(GOOD, received_at=AT).kind is MessageKind.REPLY


def test_a_child_that_has_grown_or_had_its_mails_is_replaced(monkeypatch: pytest.MonkeyPatch) -> None:
    """What earlier mails took of its memory must not end it on the next one."""

    def children(parser: Parser) -> list[bool]:
        pids = []
        for _ in range(4):
            assert parser.parse(GOOD, received_at=AT).kind is MessageKind.REPLY
            pids.append(parser.pid)
        return [pid == pids[0] for pid in pids]

    monkeypatch.setattr("mail.sandbox._LOOK_EVERY", 2)
    with Parser(memory_bytes=150 * 1024 * 1024) as cramped:
        assert children(cramped) == [True, True, False, False]
    with Parser() as roomy:
        assert children(roomy) == [True] * 4
        monkeypatch.setattr("mail.sandbox._MAILS_A_CHILD", 3)
        roomy.close()
        assert children(roomy) == [True, True, True, False]


@pytest.mark.skipif(not Path("/proc/self/task").is_dir(), reason="only Linux tells of a process's threads")
def test_a_workbook_is_read_by_one_thread_however_many_cores_there_are() -> None:
    """Each thread of the numbers' library lays out memory: many of them would be more than the child may have."""
    book, mail, content = Workbook(), EmailMessage(), io.BytesIO()
    book.worksheets[0].append(["INV-20413", 12.5])
    book.save(content)
    mail["From"] = "ana@molinos.example"
    mail.set_content("Please find our advice.")
    mail.add_attachment(content.getvalue(), maintype="application", subtype="octet-stream", filename="advice.xlsx")
    with Parser() as parser:
        digest = parser.parse(mail.as_bytes(), received_at=AT).attachments[0].sha256
        words = parser.words_of_files(mail.as_bytes(), [digest])[digest]
        threads = list(Path(f"/proc/{parser.pid}/task").iterdir())
    assert (words.text.split(), words.note) == (["INV-20413", "12.50"], "")
    assert len(threads) == 1


def test_a_parser_that_cannot_start_blames_no_mail(monkeypatch: pytest.MonkeyPatch) -> None:
    with Parser(memory_bytes=20 * 1024 * 1024) as parser, pytest.raises(ParserBroken, match="does not start"):
        parser.parse(GOOD, received_at=AT)
    monkeypatch.setattr(sys, "executable", "/nowhere/python")
    with Parser() as parser, pytest.raises(ParserBroken, match="cannot be started"):
        parser.parse(GOOD, received_at=AT)


def test_threads_share_one_child_and_get_their_own_answers() -> None:
    with Parser() as parser:

        def one(number: int) -> bool:
            raw = b"From: a%d@b.example\nSubject: %d\n\nText %d\n" % (number, number, number)
            found = parser.parse(raw, received_at=AT)
            return (found.from_address, found.subject, found.new_text) == (
                f"a{number}@b.example",
                str(number),
                f"Text {number}",
            )

        with ThreadPoolExecutor(8) as pool:
            assert all(pool.map(one, range(200)))


def test_too_large_a_mail_starts_no_child() -> None:
    with Parser() as parser:
        found = parser.parse(b"From: a@b.example\n\n" + b"x" * 10_240_000, received_at=AT)
        assert "larger than 10 MB" in (found.unreadable_reason or "")
        assert parser.pid is None


def test_the_child_knows_no_secret_and_writes_no_file(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DUNWELL_MAILBOX__PASSWORD", "canary-7731")
    with Parser() as parser:
        parser.parse(GOOD, received_at=AT)
        environment = Path(f"/proc/{parser.pid}/environ").read_bytes()
        limits = Path(f"/proc/{parser.pid}/limits").read_text()
    assert b"canary" not in environment
    assert "Max file size             0" in limits
    assert "Max core file size        0" in limits


def test_the_child_ends_when_its_owner_is_gone() -> None:
    worker = subprocess.Popen(
        [sys.executable, "-m", "mail.parse_worker", str(1 << 30), "5"], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert worker.stdin is not None
    assert worker.stdout is not None
    size = parse_worker.LENGTH.unpack(worker.stdout.read(4))[0]
    assert worker.stdout.read(size) == parse_worker.READY
    worker.stdin.close()
    assert worker.wait(timeout=20) == 0
    worker.stdout.close()


def test_closing_twice_and_from_another_thread_is_harmless() -> None:
    parser = Parser()
    parser.parse(GOOD, received_at=AT)
    closer = threading.Thread(target=parser.close)
    closer.start()
    closer.join()
    parser.close()
    assert parser.pid is None


def test_the_child_loads_nothing_of_the_database() -> None:
    """It would double the time that every start takes, and give a hostile mail more to play with."""
    code = "import sys, mail.parse_worker, mail.parse, mail.pdf_text; print([m for m in ('sqlalchemy', 'psycopg', 'agent') if m in sys.modules])"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"

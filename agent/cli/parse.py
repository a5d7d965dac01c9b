"""The command `dunwell parse`: shows how a mail is read, one or many, without an installation, a database or a model.

Mail is parsed as the daemon parses it, in children that can be killed, one for each core. Never a traceback for any file.
"""

from __future__ import annotations

import io
import json
import os
import queue
import sys
import time
from collections import Counter, deque
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TextIO

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from agent.cli.mails import Found, find_mails, name_of, read_moment
from agent.cli.output import CommandFailed, errors, fail, say
from agent.cli.parsed import document, one_line, show_mail
from agent.cli.writing import written_whole
from mail.caps import MAX_BYTES
from mail.parse import date_of, unreadable
from mail.sandbox import Parser, ParserBroken
from store.inbound import InboundEmail

#: Without a terminal a line says how far it is, this often.
_SECONDS_A_LINE = 15.0


def parse_path(
    source: Path, *, as_json: bool, out: Path | None, received: str | None, jobs: int | None, authserv_ids: list[str]
) -> None:
    """Parse the mails of a path and print or write what was read. Raises CommandFailed: 2 the input is wrong, 1 a file failed."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # a terminal of another encoding cannot show every mail
    try:
        moment = read_moment(received) if received else None
    except ValueError as error:
        raise CommandFailed(f"--received {received!r}: {error}: write a day as 2026-03-31", code=2) from None
    found, single = find_mails(source)
    if not found:
        raise CommandFailed(f"{name_of(source)}: no mail is in it (files named .eml, Maildirs, .mbox, .jsonl)", code=2)
    if single:
        _show_one(found[0], as_json=as_json, out=out, received=moment, authserv_ids=authserv_ids)
        return
    _show_many(found, as_json=as_json, out=out, received=moment, jobs=jobs or _cores(), authserv_ids=authserv_ids)


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _show_one(
    found: Found, *, as_json: bool, out: Path | None, received: datetime | None, authserv_ids: list[str]
) -> None:
    with Parser() as parser:
        email, fault = _parsed(found, parser, received=received, authserv_ids=authserv_ids)
    if fault:
        raise CommandFailed(f"{found.where} cannot be read: {fault}", code=2)
    if out is None and not as_json:
        show_mail(email)
        return
    with _output(out) as file:
        file.write(_json(document(email), file, indent=2) + "\n")


def _show_many(
    found: list[Found],
    *,
    as_json: bool,
    out: Path | None,
    received: datetime | None,
    jobs: int,
    authserv_ids: list[str],
) -> None:
    kinds: Counter[str] = Counter()
    faults = 0
    started = time.monotonic()
    with _output(out) as file, _told(len(found)) as step:
        for mail, (email, fault) in _in_parallel(found, jobs=jobs, received=received, authserv_ids=authserv_ids):
            kinds[email.kind] += 1
            if fault:
                faults += 1
                fail(f"{mail.where} cannot be read: {fault}")
            if as_json or out is not None:
                named = {"id": mail.id, "file": name_of(mail.path) if mail.path else mail.where}
                file.write(_json(named | document(email), file) + "\n")
            else:
                file.write(one_line(mail.id, email) + "\n")
            step()
    seconds = time.monotonic() - started
    if not as_json or out is not None:
        told = ", ".join(f"{count} {kind}" for kind, count in kinds.most_common())
        say(f"{len(found)} mails read in {seconds:.1f} s: {told}{f', in {name_of(out)}' if out else ''}")
    if faults:
        raise CommandFailed(f"{faults} of {len(found)} files could not be read")


def _parsed(
    found: Found, parser: Parser, *, received: datetime | None, authserv_ids: list[str]
) -> tuple[InboundEmail, str | None]:
    """Parse one mail, and say what is wrong with its file, if anything is."""
    try:
        raw, size = found.load()
    except (OSError, ValueError) as error:
        fault = (error.strerror if isinstance(error, OSError) else None) or str(error)
        return unreadable(b"", f"the file cannot be read: {fault}"), fault
    if size > MAX_BYTES:
        return unreadable(raw, f"the mail is larger than {MAX_BYTES // 1_000_000} MB ({size} bytes)"), None
    moment = received or found.received or date_of(raw) or datetime.now(UTC)
    return parser.parse(raw, received_at=moment, authserv_ids=authserv_ids), None


def _in_parallel(
    found: list[Found], *, jobs: int, received: datetime | None, authserv_ids: list[str]
) -> Iterator[tuple[Found, tuple[InboundEmail, str | None]]]:
    """Give the mails in order, while a thread for each child feeds it; only a few mails are in memory at a time."""
    free: queue.SimpleQueue[Parser] = queue.SimpleQueue()

    def work(mail: Found) -> tuple[InboundEmail, str | None]:
        parser = free.get()
        try:
            return _parsed(mail, parser, received=received, authserv_ids=authserv_ids)
        finally:
            free.put(parser)

    jobs = max(1, min(jobs, len(found)))
    with ExitStack() as stack:
        for _ in range(jobs):
            free.put(stack.enter_context(Parser()))
        pool = stack.enter_context(ThreadPoolExecutor(jobs))
        stack.callback(pool.shutdown, cancel_futures=True)
        waiting: deque[tuple[Found, Future[tuple[InboundEmail, str | None]]]] = deque()
        for mail in found:
            waiting.append((mail, pool.submit(work, mail)))
            if len(waiting) >= jobs * 8:
                yield _result(*waiting.popleft())
        while waiting:
            yield _result(*waiting.popleft())


def _result(
    mail: Found, future: Future[tuple[InboundEmail, str | None]]
) -> tuple[Found, tuple[InboundEmail, str | None]]:
    try:
        return mail, future.result()
    except ParserBroken as broken:
        raise CommandFailed(str(broken)) from None


def _json(document: dict[str, Any], file: TextIO, *, indent: int | None = None) -> str:
    plain = (file.encoding or "utf-8").lower().replace("-", "") == "utf8"
    return json.dumps(document, ensure_ascii=not plain, indent=indent, default=str)


@contextmanager
def _output(out: Path | None) -> Iterator[TextIO]:
    """Give standard output, or a file that takes its name when all is written."""
    if out is None:
        yield sys.stdout
        sys.stdout.flush()
        return
    with written_whole(out) as file:
        yield file


@contextmanager
def _told(total: int) -> Iterator[Any]:
    """Show how far it is on standard error: a bar on a terminal, else a line now and then."""
    if errors().is_terminal:
        columns = (TextColumn("parsing"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
        with Progress(*columns, console=errors(), transient=True) as progress:
            task = progress.add_task("parsing", total=total)
            yield lambda: progress.advance(task)
        return
    done, last = 0, time.monotonic()

    def step() -> None:
        nonlocal done, last
        done += 1
        if time.monotonic() - last >= _SECONDS_A_LINE:
            last = time.monotonic()
            errors().print(f"dunwell: {done} of {total} mails parsed")

    yield step

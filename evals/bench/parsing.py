"""How many mails are parsed a second, against the least that any reader of mail must do: the standard library's parser alone."""

from __future__ import annotations

import queue
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

from evals.bench.racing import Benchmark, Contender
from mail.parse import parse
from mail.sandbox import Parser

_ROOT = Path(__file__).parents[2]
_AT = datetime(2026, 3, 10, 9, 0, tzinfo=UTC)
#: A round should last long enough to be measured: the mails are gone through this often.
_LEAST = 400


def mails() -> list[bytes]:
    """Give the demo's mails, and those of the corpora where they are."""
    paths = [*(_ROOT / "agent/demo/mailbox/new").glob("*.demo"), *(_ROOT / "tests/corpus").rglob("*.eml")]
    found = [path.read_bytes() for path in sorted(paths)]
    return found * max(1, _LEAST // len(found))


def standard_library(raw: bytes) -> str:
    """Read one mail with the standard library alone: its tree and the text of its body, without any safety."""
    mail = message_from_bytes(raw, policy=policy.default)
    assert isinstance(mail, EmailMessage)
    try:
        body = mail.get_body(preferencelist=("plain", "html"))
        return str(body.get_content()) if body is not None else ""
    except (LookupError, KeyError, AttributeError, ValueError):
        return ""


def benchmark() -> Benchmark:
    """Compare: the standard library; parsing in process; in the sandbox; in two sandboxes at a time."""
    raws = mails()
    parsers = [Parser(), Parser()]
    free: queue.SimpleQueue[Parser] = queue.SimpleQueue()
    for parser in parsers:
        free.put(parser)
    pool = ThreadPoolExecutor(2)

    def sandboxed(raw: bytes) -> None:
        parser = free.get()
        try:
            parser.parse(raw, received_at=_AT)
        finally:
            free.put(parser)

    def close() -> None:
        pool.shutdown()
        for parser in parsers:
            parser.close()

    return Benchmark(
        name="parsing",
        about=f"mails parsed, {len(raws)} a round",
        unit="mail",
        contenders=(
            Contender("standard library's email, body only", lambda: _each(raws, standard_library)),
            Contender("parse, in process", lambda: _each(raws, lambda raw: parse(raw, received_at=_AT))),
            Contender("parse, in the sandbox", lambda: _each(raws, lambda raw: parsers[0].parse(raw, received_at=_AT))),
            Contender("parse, in two sandboxes", lambda: len(list(pool.map(sandboxed, raws)))),
        ),
        close=close,
    )


def _each(raws: Sequence[bytes], work: Callable[[bytes], object]) -> int:
    for raw in raws:
        work(raw)
    return len(raws)

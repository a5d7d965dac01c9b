"""How much processor time the embedded reader needs for a reply, against itself without the sentence encoder."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from pathlib import Path

from agent.embedded.reader import EmbeddedReader
from evals.bench.racing import Benchmark, Contender
from mail.parse import parse

_AT = datetime(2026, 3, 10, 9, 0, tzinfo=UTC)


def replies() -> list[tuple[str, str]]:
    """Give subject and new text of the demo's replies."""
    folder = Path(__file__).parents[2] / "agent/demo/mailbox/new"
    found = [parse(path.read_bytes(), received_at=_AT) for path in sorted(folder.glob("*.demo"))]
    return [(email.subject, email.new_text) for email in found if email.new_text.strip()]


def benchmark() -> Benchmark:
    """Compare: words alone; words and the sentence encoder of this machine, where it has one."""
    texts = replies()
    words, full = EmbeddedReader(words_only=True), EmbeddedReader()
    contenders = [Contender("reader, words alone", lambda: _read(words, texts))]
    if not full.words_only:
        contenders.append(Contender("reader, with the sentence encoder", lambda: _read(full, texts)))
    return Benchmark(
        name="reading",
        about=f"processor time of the embedded reader, {len(texts)} replies a round",
        unit="reply",
        contenders=contenders,
        clock=time.process_time,
    )


def _read(reader: EmbeddedReader, texts: list[tuple[str, str]]) -> int:
    for subject, text in texts:
        reader.read(text, subject=subject)
    return len(texts)

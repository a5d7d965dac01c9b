"""How much processor time the embedded reader needs for a reply, against the bare forward pass of its sentence encoder.

The floor encodes the same pieces (the whole reply and its segments) and does nothing else. What was encoded a moment ago is
kept by its digest: before each round that is forgotten, as no customer writes the same reply twice.
"""

from __future__ import annotations

import time
from datetime import UTC, datetime
from pathlib import Path

from agent.embedded.features import LONGEST_TEXT
from agent.embedded.models import Encoder, installed_encoder
from agent.embedded.reader import EmbeddedReader
from agent.embedded.segment import segments
from evals.bench.racing import Benchmark, Contender, at_most_ms
from mail.parse import parse

_AT = datetime(2026, 3, 10, 9, 0, tzinfo=UTC)
WORDS, FULL = "reader, words alone", "reader, with the sentence encoder"


def replies() -> list[tuple[str, str]]:
    """Give subject and new text of the demo's replies."""
    folder = Path(__file__).parents[2] / "agent/demo/mailbox/new"
    found = [parse(path.read_bytes(), received_at=_AT) for path in sorted(folder.glob("*.demo"))]
    return [(email.subject, email.new_text) for email in found if email.new_text.strip()]


def benchmark() -> Benchmark:
    """Compare: the bare encoder; the reader; and it with words alone. Without an encoder, words alone are all there is."""
    texts, encoder = replies(), installed_encoder()
    words = EmbeddedReader(words_only=True)
    contenders = [Contender(WORDS, lambda: _read(words, texts))]
    if encoder is not None:
        full, pieces = EmbeddedReader(encoder=encoder), [_pieces(text) for _, text in texts]
        contenders = [
            Contender("bare forward pass of the encoder", lambda: _encode(full, encoder, pieces)),
            Contender(FULL, lambda: _read(full, texts)),
            *contenders,
        ]
    return Benchmark(
        name="reading",
        about=f"processor time of the embedded reader, {len(texts)} replies a round",
        unit="reply",
        contenders=contenders,
        clock=time.process_time,
        aims={FULL: at_most_ms(30, what="ms of processor time")},
    )


def _pieces(text: str) -> list[str]:
    shown = text[:LONGEST_TEXT]
    return list(dict.fromkeys([shown, *(shown[span.start : span.end] for span in segments(shown))]))


def _encode(reader: EmbeddedReader, encoder: Encoder, pieces: list[list[str]]) -> int:
    reader.forget()
    for one in pieces:
        encoder.encode(one)
    return len(pieces)


def _read(reader: EmbeddedReader, texts: list[tuple[str, str]]) -> int:
    reader.forget()
    for subject, text in texts:
        reader.read(text, subject=subject)
    return len(texts)

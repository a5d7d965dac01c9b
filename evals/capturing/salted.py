"""Replaces values by others of the same shape, with a secret that is thrown away: the same in, the same out; another in, another out.

Nothing is kept on disk: when the process ends, nobody can tell what stood for what.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable, Iterable, Iterator
from itertools import count, islice

_LOWER = "abcdefghijklmnopqrstuvwxyz"
_VARIANTS = 4000


class Exhausted(ValueError):
    """There is no free value of the same shape left."""


class Salted:
    """One capture's replacements. `taken` holds, for each kind, what was given out already."""

    def __init__(self, salt: bytes) -> None:
        """Keep the secret."""
        if len(salt) < 16:
            raise ValueError("the salt is too short to keep a secret")
        self._salt = salt
        self._given: dict[tuple[str, str], str] = {}
        self._taken: dict[str, set[str]] = {}

    def stream(self, kind: str, value: str, turn: int = 0) -> bytes:
        """Give 64 bytes that only this secret, kind and value give."""
        return hmac.new(
            self._salt, f"{kind}\x1f{turn}\x1f{value}".encode("utf-8", "surrogatepass"), hashlib.sha512
        ).digest()

    def known(self, kind: str, value: str) -> str | None:
        """Give what stands for a value; None where nothing does yet."""
        return self._given.get((kind, value))

    def fix(self, kind: str, value: str, replacement: str) -> str:
        """Settle beforehand what stands for a value."""
        self._taken.setdefault(kind, set()).add(replacement)
        return self._given.setdefault((kind, value), replacement)

    def replace(self, kind: str, value: str, candidates: Callable[[], Iterable[str]]) -> str:
        """Give what stands for a value: the first candidate that is free and is not the value. Raises Exhausted."""
        there = self._given.get((kind, value))
        if there is not None:
            return there
        taken = self._taken.setdefault(kind, set())
        for candidate in candidates():
            if candidate not in taken and candidate != value:
                return self.fix(kind, value, candidate)
        raise Exhausted(f"there is no free {kind} left")

    def shaped(
        self, kind: str, value: str, *, turns: int = _VARIANTS, unfit: Callable[[str], bool] = lambda _: False
    ) -> str:
        """Replace letters by letters and digits by digits, each of its own case; a first digit that is not 0 stays none."""
        made = (self.shape(kind, value, turn) for turn in range(turns))
        return self.replace(kind, value, lambda: (new for new in made if not unfit(new)))

    def order(self, kind: str, value: str, names: Iterable[str], *, few: int = 144) -> Iterator[str]:
        """Give the first few names in an order of this value's own, so that no list's or mail's order shows; then the others."""
        rest = iter(names)
        yield from sorted(islice(rest, few), key=lambda name: self.stream(kind, f"{value}\x1f{name}"))
        yield from rest

    def shape(self, kind: str, value: str, turn: int) -> str:
        """Give one value of the same shape; another turn gives another one. Not kept: see `shaped`."""
        out: list[str] = []
        fresh = self._bytes(kind, value, turn)
        for place, char in enumerate(value):
            byte = next(fresh)
            if char.isdigit():
                leads = char != "0" and (place == 0 or not value[place - 1].isdigit())
                out.append(
                    str(1 + byte % 9) if leads else "0" if char == "0" and _padding(value, place) else str(byte % 10)
                )
            elif char.isalpha():
                letter = _LOWER[byte % 26]
                out.append(letter.upper() if char.isupper() else letter)
            else:
                out.append(char)
        return "".join(out)

    def _bytes(self, kind: str, value: str, turn: int) -> Iterator[int]:
        for block in count():
            yield from self.stream(f"{kind}\x1f{block}", value, turn)


def _padding(value: str, place: int) -> bool:
    """Say whether a 0 only fills up a number at its front: no other digit of its run stands before it."""
    run = value[:place]
    digits = run[len(run.rstrip("0123456789")) :]
    return not digits.strip("0")

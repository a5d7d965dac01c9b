"""Tells a domain that is made to be mistaken for one we know. It only ever raises suspicion; it never recognises anybody."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache, lru_cache

from mail.address import registrable

#: Letters of other scripts and digits that are read as a Latin letter (from the confusables of Unicode TS 39).
_READ_AS = {
    **dict(zip("авсԁеһіјӏкмпорԛгѕтхуѡԝ", "abcdehijlkmnopqrstxyww", strict=True)),
    **dict(zip("αβγδεικνορτυχω", "abydeiknoptuxw", strict=True)),
    **dict(zip("ıłøđħŋſ", "ilodhns", strict=True)),
    **dict(zip("0135", "oles", strict=True)),
    "|": "l",
    "ß": "ss",
    "æ": "ae",
    "œ": "oe",
}
#: Letters that together are read as one. Longest first.
_PAIRS = (("rn", "m"), ("nn", "m"), ("vv", "w"), ("cl", "d"))
#: Below this length a name is too common to be searched for inside another.
_LONG_ENOUGH = 5


@dataclass(frozen=True, slots=True)
class _Seen:
    """The registered label of a domain as it is shown, what it looks like, and both without dashes for a search inside others."""

    parts: tuple[str, str]
    shown: str
    looks: str
    plain: str


def looks_like(domain: str, known: Iterable[str]) -> str | None:
    """Give the known domain that this one could be mistaken for; None when there is none, or when it is known itself."""
    own, words = _seen(domain), [skeleton(word).replace("-", "") for word in _words(domain)]
    candidates = {entry.lower().rstrip("."): _seen(entry) for entry in known}
    if any(own.parts == seen.parts for seen in candidates.values()):
        return None
    return min((entry for entry, seen in candidates.items() if _confusable(own, words, seen)), default=None)


def _confusable(own: _Seen, words: list[str], known: _Seen) -> bool:
    if not known.parts[0]:
        return False
    theirs, ours = own.shown, known.shown
    if theirs == ours or own.looks == known.looks:
        return True
    if len(ours) >= _LONG_ENOUGH and any(word.startswith(known.plain) or word.endswith(known.plain) for word in words):
        return True
    # Short names are near each other by chance: how much may differ grows with the length, up to two.
    limit = 0 if len(ours) < 4 else 1 if len(ours) < 8 else 2
    return limit > 0 and (distance(theirs, ours, limit) <= limit or distance(own.looks, known.looks, limit) <= limit)


@lru_cache(maxsize=16_384)
def _seen(domain: str) -> _Seen:
    parts = registrable(domain)
    shown = _shown(parts[0])
    looks = skeleton(shown)
    return _Seen(parts, shown, looks, looks.replace("-", ""))


def _words(domain: str) -> list[str]:
    """Give every label but the last: a known name may stand in a subdomain, too."""
    return [_shown(label) for label in domain.lower().rstrip(".").split(".")[:-1]]


def _shown(label: str) -> str:
    """Give a label as a mail client shows it (RFC 3492 decoded where it can be)."""
    label = label.lower()
    if label.startswith("xn--"):
        try:
            return label[4:].encode("ascii").decode("punycode")
        except (UnicodeError, ValueError):
            return label
    return label


@lru_cache(maxsize=16_384)
def skeleton(label: str) -> str:
    """Reduce a label to what it looks like; labels of equal skeleton are confusable."""
    folded = unicodedata.normalize("NFKD", label.casefold())
    text = "".join(_READ_AS.get(c, c) for c in folded if not unicodedata.combining(c))
    for pair, letter in _PAIRS:
        text = text.replace(pair, letter)
    return text.replace("i", "l")


def distance(one: str, other: str, limit: int) -> int:
    """Count the edits between two words: insert, delete, replace, swap neighbours. Anything above `limit` is `limit` + 1."""
    return _optimal_alignment()(one, other, score_cutoff=limit)


@cache
def _optimal_alignment() -> Callable[..., int]:
    from rapidfuzz.distance import OSA  # here: most that load this module compare nothing

    return OSA.distance

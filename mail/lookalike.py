"""Tells a domain that is made to be mistaken for one we know. It only ever raises suspicion; it never recognises anybody."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from functools import lru_cache

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


def looks_like(domain: str, known: Iterable[str]) -> str | None:
    """Give the known domain that this one could be mistaken for; None when there is none, or when it is known itself."""
    own = registrable(domain)
    candidates = {entry.lower().rstrip("."): registrable(entry) for entry in known}
    if any(own == parts for parts in candidates.values()):
        return None
    words = _words(domain)
    for entry, (label, _suffix) in sorted(candidates.items()):
        if label and _confusable(own[0], words, label):
            return entry
    return None


def _confusable(label: str, words: list[str], known: str) -> bool:
    theirs, ours = _shown(label), _shown(known)
    if theirs == ours or skeleton(theirs) == skeleton(ours):
        return True
    if len(ours) >= _LONG_ENOUGH and any(_carries(word, ours) for word in words):
        return True
    # Short names are near each other by chance: how much may differ grows with the length, up to two.
    limit = 0 if len(ours) < 4 else 1 if len(ours) < 8 else 2
    return limit > 0 and min(distance(theirs, ours, limit), distance(skeleton(theirs), skeleton(ours), limit)) <= limit


def _words(domain: str) -> list[str]:
    """Give every label but the last: a known name may stand in a subdomain, too."""
    return [_shown(label) for label in domain.lower().rstrip(".").split(".")[:-1]]


def _carries(word: str, known: str) -> bool:
    plain, ours = skeleton(word).replace("-", ""), skeleton(known).replace("-", "")
    return plain.startswith(ours) or plain.endswith(ours)


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
    if abs(len(one) - len(other)) > limit:
        return limit + 1
    before: list[int] = []
    last = list(range(len(other) + 1))
    for i, a in enumerate(one, 1):
        row = [i]
        for j, b in enumerate(other, 1):
            cost = min(row[j - 1] + 1, last[j] + 1, last[j - 1] + (a != b))
            if i > 1 and j > 1 and a == other[j - 2] and one[i - 2] == b:
                cost = min(cost, before[j - 2] + 1)
            row.append(cost)
        if min(row) > limit:
            return limit + 1
        before, last = last, row
    return min(last[-1], limit + 1)

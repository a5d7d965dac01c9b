"""What changed between two drafts, word by word. Pure: the pieces put together are always one text or the other, to the letter."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from store.proposed import Proposal
from store.reviewing import Change
from store.revisions import Made

_WORD = re.compile(r"^\s+|\S+\s*")
#: More words than this are compared line by line: comparing grows with the square of their number.
_MOST = 4000

_CHANGES: dict[Change, str] = {
    Change.PROPOSED: "proposed it",
    Change.EDITED: "edited the text",
    Change.REDRAFTED: "had the mail worded anew",
    Change.REDECIDED: "decided it anew",
    Change.LEFT_OUT: "left out an act",
    Change.FILLED: "approved it when dates or figures had moved on: they were filled in anew",
}


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of a text: `kind` is same, gone or new."""

    text: str
    kind: str


@dataclass(frozen=True, slots=True)
class Step:
    """One change of a proposal, for the page."""

    version: int
    who: str
    what: str
    made: Made


def differences(old: str, new: str) -> list[Piece]:
    """Compare two texts by their words. What is gone and what is new together tell the whole story."""
    before, after = _cut(old), _cut(new)
    pieces: list[Piece] = []
    matcher = SequenceMatcher(a=before, b=after, autojunk=False)
    for kind, i, j, k, m in matcher.get_opcodes():
        if kind == "equal":
            pieces.append(Piece("".join(before[i:j]), "same"))
            continue
        pieces += [Piece("".join(before[i:j]), "gone")] if j > i else []
        pieces += [Piece("".join(after[k:m]), "new")] if m > k else []
    return pieces


def changed_words(old: Proposal, new: Proposal) -> list[Piece]:
    """Compare what the customer would have read with what they would read now; empty where that is the same."""
    was, now = (p.draft.rendered if p.draft is not None else "" for p in (old, new))
    return differences(was, now) if was.split() != now.split() else []


def steps(history: Sequence[Made]) -> list[Step]:
    """Tell a proposal's changes in words, oldest first."""
    return [Step(version=m.version, who=m.actor, what=_CHANGES[m.change], made=m) for m in history]


def state_at(history: Sequence[Made], version: int) -> Made | None:
    """Give the state that a proposal had at a version; None where nothing was kept of it."""
    return next((made for made in reversed(history) if made.version <= version), None)


def _cut(text: str) -> list[str]:
    words = _WORD.findall(text)
    return words if len(words) <= _MOST else text.splitlines(keepends=True)

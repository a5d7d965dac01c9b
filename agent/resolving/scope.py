"""One claim's words: the evidence, the sentence around it, and the places that a model pointed at.

It only cuts and blanks; what the words mean is read elsewhere. A hint that is not a piece of the text does not exist.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from agent.resolving.dates import FoundDate, find_dates
from agent.resolving.folding import blank, spans_of
from agent.resolving.names import find_emails
from agent.resolving.tense import Tense
from store.vocabulary import Reason

_SENTENCE_END = re.compile(r"[!?]+\s|(?<=[^\W\d]{3})\.\s|\.\s+(?=[^\sa-zß-ÿ\d])|\n\s*\n")
_LONGEST_HINT = 200

Span = tuple[int, int]


@dataclass(frozen=True)
class Case:
    """One claim's words, and what is needed to read them."""

    reason: Reason
    evidence: str
    text: str
    received_on: date
    currency: str | None
    language: str | None
    known_numbers: Sequence[str]
    hints: Mapping[str, str]
    month_first: bool

    @cached_property
    def scopes(self) -> list[Span]:
        """Give the evidence and the sentence around it; the whole text where the evidence is not in it."""
        start = self.text.find(self.evidence) if self.evidence else -1
        if start < 0:
            return [(0, len(self.text))]
        end = start + len(self.evidence)
        left, right = 0, len(self.text)
        for match in _SENTENCE_END.finditer(self.text):
            if match.end() <= start:
                left = match.end()
            elif match.end() > end:
                right = max(end, match.start())
                break
        return [(start, end), (left, right)]

    @cached_property
    def clean(self) -> str:
        """Give the text with invoice numbers, addresses and links blanked, place for place."""
        links = [match.span() for match in re.finditer(r"https?://\S+|www\.\S+", self.text)]
        mails = [(one.start, one.end) for one in find_emails(self.text)]
        return blank(self.text, [*links, *mails, *spans_of(self.text, self.known_numbers)])

    def dates(self, *, certain: bool) -> list[FoundDate]:
        """Find the dates of the mail, read the way that the reason looks."""
        return find_dates(
            self.clean,
            received_on=self.received_on,
            language=self.language,
            month_first=self.month_first,
            tense=Tense.PAST if self.reason is Reason.ALREADY_PAID else Tense.FUTURE,
            certain=certain,
        )

    def hint(self, slot: str) -> Span | None:
        """Give the place of a hint, in the evidence first; None where it is not a piece of the text."""
        hint = self.hints.get(slot, "").strip()
        if not hint or len(hint) > _LONGEST_HINT:
            return None
        start, end = self.scopes[0]
        at = self.text.find(hint, start, end)
        at = at if at >= 0 else self.text.find(hint)
        return (at, at + len(hint)) if at >= 0 else None

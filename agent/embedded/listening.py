"""Listens for the four warnings in a mail that something else has read: words first, the sentence encoder where words suspect.

A warning said by the whole mail counts, and so does a sentence that says one plainly, so that no other words can drown it;
but a sentence by itself is easily misheard ("do not write to me, write to Ann"), so it must say it clearly, and the
warning must sound at least a little through the mail as a whole, unless the mail is so long that it could be drowned. It must never act, and never be used to find that there
is no warning.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from agent.embedded.head import REASONS, Reading
from agent.embedded.segment import Span, sentences
from store.vocabulary import Reason

#: So many sentences are read for themselves; a reply has fewer, and its start and end are what people read.
MOST_SENTENCES = 40
#: Shorter pieces say too little to be read without the mail around them.
_LEAST_LETTERS = 12
#: In a mail longer than this other words could drown a warning, so there its sentences are believed by themselves.
LONG = 1_200


@dataclass(frozen=True, slots=True)
class Ear:
    """From which probabilities on one warning is heard, chosen on replies of writers who were left out of training.

    `suspected`: by words alone, in the mail or a sentence, to look with the encoder. `whole`: the mail says it.
    `sentence`: a sentence says it, where the mail does at least with `beside`.
    """

    suspected: float
    whole: float
    sentence: float
    beside: float


EARS: Mapping[Reason, Ear] = {
    Reason.PAYMENT_FRAUD_RISK: Ear(suspected=0.03, whole=0.4, sentence=0.6, beside=0.1),
    Reason.INSOLVENCY: Ear(suspected=0.03, whole=0.4, sentence=0.5, beside=0.03),
    Reason.LEGAL_THREAT: Ear(suspected=0.05, whole=0.4, sentence=0.8, beside=0.1),
    Reason.STOP_CONTACT: Ear(suspected=0.03, whole=0.4, sentence=0.7, beside=0.05),
}


@dataclass(frozen=True, slots=True)
class Suspicion:
    """What words alone make of a mail: for each warning that they suspect, the sentences that may say it."""

    sentences: Mapping[Reason, tuple[Span, ...]]


@dataclass(frozen=True, slots=True)
class Heard:
    """A warning, where it stands, and how surely it is one."""

    reason: Reason
    span: Span | None
    confidence: float


def units(text: str) -> list[Span]:
    """Cut a mail into the sentences that are read for themselves."""
    found = [span for span in sentences(text) if sum(map(str.isalpha, text[span.start : span.end])) >= _LEAST_LETTERS]
    half = MOST_SENTENCES // 2
    return found if len(found) <= MOST_SENTENCES else found[:half] + found[-half:]


def suspicion(
    whole: Reading, parts: Mapping[Span, Reading], *, among: Collection[Reason], noticed: Collection[Reason]
) -> Suspicion:
    """Say what the readings by words alone suspect, and with it what was `noticed` elsewhere."""
    found: dict[Reason, tuple[Span, ...]] = {}
    for reason in (one for one in EARS if one in among):
        least, place = EARS[reason].suspected, REASONS.index(reason)
        said = tuple(span for span, reading in parts.items() if reading.probabilities[place] >= least)
        if said or reason in noticed or whole.probabilities[place] >= least:
            found[reason] = said
    return Suspicion(found)


def heard(suspected: Suspicion, whole: Reading, parts: Mapping[Span, Reading], *, long: bool) -> Iterator[Heard]:
    """Give each suspected warning that the full reading of the mail, or of a sentence, bears out."""
    for reason, spans in suspected.sentences.items():
        ear, place = EARS[reason], REASONS.index(reason)
        mail = float(whole.probabilities[place])
        surest = max(spans, key=lambda span: parts[span].probabilities[place], default=None)
        said = float(parts[surest].probabilities[place]) if surest is not None else 0.0
        if mail >= ear.whole:
            yield Heard(reason, None, round(float(np.maximum(mail, said)), 4))
        elif said >= ear.sentence and (long or mail >= ear.beside):
            yield Heard(reason, surest, round(said, 4))

"""Listens behind the language model: the warnings that stand in a mail and that the model does not report (threat T-25).

The embedded reader takes no instructions. It reads the mail whole, and each sentence for itself, so that no other words
can drown a warning. What it adds can only make us more careful; it never takes a claim of the model away.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from agent.claiming import claim_of, read_embedded
from agent.deps import Deps
from agent.embedded.segment import sentences
from agent.focus import letter_of
from agent.policy import HARD_STOPS
from store.facts import CaseFacts
from store.proposed import Claim

#: So many sentences are read for themselves; a reply has fewer, and its start and end are what people read.
_MOST_SENTENCES = 40
#: Shorter pieces say too little to be read without the mail around them.
_LEAST_LETTERS = 12


def unreported(
    claims: Sequence[Claim], deps: Deps, *, text: str, subject: str, facts: CaseFacts, language: str
) -> tuple[Claim, ...]:
    """Give a claim, flagged, for each warning that the model's `claims` leave out; none where there are no claims."""
    if not claims:
        return ()
    missed = HARD_STOPS - {claim.reason for claim in claims}
    whole = read_embedded(deps, text=text, subject=subject, facts=facts, language=language)
    found: dict[str, Claim] = {}
    for claim in (*whole, *_by_sentence(deps, text=text, facts=facts, language=language)):
        if claim.reason in missed and claim.confidence >= deps.policy.sure_from(claim.reason):
            found.setdefault(claim.reason, claim)
    return tuple(
        claim.model_copy(update={"flags": (*claim.flags, f"unreported:{claim.reason.value}")})
        for claim in found.values()
    )


def _by_sentence(deps: Deps, *, text: str, facts: CaseFacts, language: str) -> Iterator[Claim]:
    letter = letter_of(text)
    units = [
        unit for unit in sentences(letter) if sum(map(str.isalpha, letter[unit.start : unit.end])) >= _LEAST_LETTERS
    ]
    half = _MOST_SENTENCES // 2
    for unit in units if len(units) <= _MOST_SENTENCES else units[:half] + units[-half:]:
        for claim in deps.embedded.read(letter[unit.start : unit.end]):
            if claim.reason in HARD_STOPS:
                yield claim_of(
                    claim.reason,
                    evidence=text[unit.start : unit.end],
                    confidence=claim.confidence,
                    named=(),
                    text=text,
                    facts=facts,
                    language=language,
                )

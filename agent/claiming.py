"""Makes claims out of what a reader found: invoices and slots are resolved here by code, whoever read the mail.

A claim says what the customer says and nothing else. What cannot be resolved stays open; nothing is guessed.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from enum import StrEnum
from functools import partial

from agent.deps import Deps
from agent.embedded.kinds import KINDS
from agent.embedded.reader import FoundClaim
from agent.embedded.segment import sentences
from agent.focus import for_people, letter_of, speaks_to_machines
from agent.labelling import settled
from agent.resolving.slots import resolve
from store.aftermath import PlanStance
from store.facts import CaseFacts
from store.numbers import find_invoices, foreign_numbers
from store.proposed import Claim, Slots
from store.vocabulary import ACCOUNT_WIDE, Reason

#: Reasons that people tell in several sentences: what happened, how much of it, what they want.
_TOLD_AT_LENGTH = frozenset({Reason.DISPUTE, Reason.DEDUCTION, Reason.PO_MISMATCH, Reason.WRONG_CONTACT})


def read_embedded(deps: Deps, *, text: str, subject: str, facts: CaseFacts, language: str) -> tuple[Claim, ...]:
    """Read without a model: the classifier finds reason and evidence, grammars find the rest."""
    numbers = [i.number for i in facts.invoices]
    said = for_people(text)
    found: list[FoundClaim] = deps.embedded.read(
        letter_of(text), subject="" if speaks_to_machines(subject) else subject
    )
    claims = tuple(
        _of_kind(
            claim.kind,
            claim_of(
                claim.reason,
                evidence=said[claim.start : claim.end],
                confidence=claim.confidence,
                named=_named_near(claim, found, text=said, known=numbers),
                text=said,
                facts=facts,
                language=language,
                around=_own_paragraph(claim, found, said),
            ),
        ).model_copy(update={"evidence": text[claim.start : claim.end]})
        for claim in found
    )
    return settled(claims, text, received_on=facts.received_on)


def _of_kind(kind: StrEnum | None, claim: Claim) -> Claim:
    """Fill the kind of dispute or document where no plain word named one: the words decide, then the classifier."""
    slot = KINDS[claim.reason][0] if claim.reason in KINDS else None
    if slot is None or kind is None or getattr(claim.slots, slot) is not None:
        return claim
    return claim.model_copy(update={"slots": claim.slots.model_copy(update={slot: kind})})


def _named_near(claim: FoundClaim, found: Sequence[FoundClaim], *, text: str, known: Sequence[str]) -> list[str]:
    """Name the invoices of one claim: those in its evidence, else in its sentences or paragraph, else all, for a lone claim."""
    for start, end in ((claim.start, claim.end), _sentences_around(claim, text)):
        inside = find_invoices(text[start:end], known) + foreign_numbers(text[start:end], known)
        if inside or claim.reason in ACCOUNT_WIDE:
            return inside
    start, end = _paragraph_around(claim, text)
    neighbours = [other for other in found if other is not claim and start <= other.start < end]
    owned = {n for other in neighbours for n in find_invoices(text[slice(*_sentences_around(other, text))], known)}
    inside = [n for n in find_invoices(text[start:end], known) if n not in owned]
    if inside:
        return inside
    if len(found) > 1:
        return []
    return find_invoices(text, known) + foreign_numbers(text, known)


def _sentences_around(claim: FoundClaim, text: str) -> tuple[int, int]:
    touched = [unit for unit in sentences(text) if unit.start < claim.end and unit.end > claim.start]
    return (touched[0].start, touched[-1].end) if touched else (claim.start, claim.end)


def _own_paragraph(claim: FoundClaim, found: Sequence[FoundClaim], text: str) -> str | None:
    """Give the paragraph of a claim when no other claim stands in it: what it leaves open may be said beside it."""
    start, end = _paragraph_around(claim, text)
    shared = any(other is not claim and start <= other.start < end for other in found)
    return None if shared or claim.reason not in _TOLD_AT_LENGTH else text[start:end]


def _paragraph_around(claim: FoundClaim, text: str) -> tuple[int, int]:
    start, end = text.rfind("\n\n", 0, claim.start), text.find("\n\n", claim.end)
    return max(start, 0), end if end >= 0 else len(text)


def claim_of(
    reason: Reason,
    *,
    evidence: str,
    confidence: float,
    named: Iterable[str],
    text: str,
    facts: CaseFacts,
    language: str,
    hints: dict[str, str] | None = None,
    around: str | None = None,
) -> Claim:
    """Make a claim whose invoices and slots are resolved by code, whoever read the mail.

    What the evidence leaves open is looked for in `around`, where that is given.
    """
    known = [i.number for i in facts.invoices]
    invoices, flags = [], []
    for written in named:
        exact = find_invoices(written, known)
        if exact:
            invoices += exact
        elif written in text:
            invoices.append(written)
            flags.append(f"unknown_invoice:{written}")
    read_slots = partial(
        resolve,
        reason,
        text=text,
        received_on=facts.received_on,
        currency=facts.customer.currency if facts.customer else None,
        language=language,
        known_numbers=known,
        hints=hints,
    )
    slots: Slots = read_slots(evidence=evidence)
    said = (hints or {}).get("stance")
    slots = slots.model_copy(update={"stance": PlanStance(said)}) if said in set(PlanStance) else slots
    if around is not None:
        more = read_slots(evidence=around).model_dump(exclude_none=True)
        slots = Slots.model_validate(more | slots.model_dump(exclude_none=True))
    return Claim(
        reason=reason,
        invoices=tuple(dict.fromkeys(invoices)),
        evidence=evidence,
        confidence=round(confidence, 3),
        slots=slots,
        flags=tuple(flags),
    )

"""One reason for the same words: the labelling rules by which claims of the embedded reader exclude each other.

A claim is only ever dropped here, never made; what is dropped is what another claim on the same words says better.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date

from store.proposed import Claim
from store.vocabulary import Reason

#: The same money cannot be promised, on its way and paid at once.
_STATES_OF_MONEY = frozenset({Reason.PROMISE_TO_PAY, Reason.PAYMENT_IN_PROCESS, Reason.ALREADY_PAID})
#: Money that was taken, asked back, or paid: one of them.
_GROUNDS = frozenset({Reason.DEDUCTION, Reason.DISPUTE, Reason.ALREADY_PAID})
#: An unsure twin of a surer claim gives way even where it names another invoice.
_SURE = 0.5
_TAKEN = re.compile(
    r"\b(?:deduct|debited|debit note|net(?:ted)?\s+(?:it\s+)?off|netted|offset|set[\s-]?off|withh[eo]ld|retain(?:ed|ing)|short[\s-]?pa(?:y|id)|"
    r"abgezogen|abzug|verrechne|einbehalten|gekürzt|déduit|retenu|compens[ée]|descontad|descont[oó]|retenid|compensad|"
    r"ingehouden|verrekend|in mindering|detratt|trattenut|compensat|deduzi|retid)",
    re.IGNORECASE,
)


def settled(claims: Sequence[Claim], text: str, *, received_on: date) -> tuple[Claim, ...]:
    """Drop the claims that another one on the same words excludes."""
    kept = list(claims)
    for claim in sorted(claims, key=lambda c: c.confidence):
        if any(_yields(claim, other, text, received_on) for other in kept if other is not claim):
            kept.remove(claim)
    return tuple(kept)


def _yields(claim: Claim, other: Claim, text: str, received_on: date) -> bool:
    """Say whether `claim` gives way to `other`."""
    pair = {claim.reason, other.reason}
    if len(pair) == 1:
        return False
    if pair <= _STATES_OF_MONEY and _same_words(claim, other, text):
        return _weight(claim, received_on) < _weight(other, received_on)
    if pair <= _GROUNDS and (_same_words(claim, other, text) or pair == {Reason.DEDUCTION, Reason.DISPUTE}):
        apart = claim.invoices and other.invoices and not set(claim.invoices) & set(other.invoices)
        if apart and min(claim.confidence, other.confidence) >= _SURE:
            return False
        taken = Reason.DEDUCTION in pair and any(_TAKEN.search(c.evidence) for c in (claim, other))
        return other.reason is Reason.DEDUCTION if taken else claim.confidence < other.confidence
    # A person who mentions being away is no robot; a robot says little else as surely.
    return claim.reason is Reason.AUTO_REPLY and claim.confidence < 0.8 and other.confidence > claim.confidence


def _weight(claim: Claim, received_on: date) -> tuple[bool, float]:
    """Prefer a promise whose day is still to come, then what the reader was surer of."""
    day = claim.slots.date
    return claim.reason is Reason.PROMISE_TO_PAY and day is not None and day >= received_on, claim.confidence


def _same_words(one: Claim, other: Claim, text: str) -> bool:
    start, begin = text.find(one.evidence), text.find(other.evidence)
    return start < begin + len(other.evidence) and begin < start + len(one.evidence)

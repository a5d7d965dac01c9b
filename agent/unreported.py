"""Listens behind the language model: the warnings that stand in a mail and that the model does not report (threat T-25).

The embedded reader takes no instructions. It looks at the mail whole and at each sentence for itself, so that no other
words can drown a warning: by words alone first, with the sentence encoder where they suspect one. What it adds can only
make us more careful; it never takes a claim of the model away.
"""

from __future__ import annotations

from collections.abc import Sequence

from agent.alarms import heard
from agent.claiming import claim_of
from agent.deps import Deps
from agent.focus import for_people, letter_of, speaks_to_machines
from agent.policy import HARD_STOPS
from store.facts import CaseFacts
from store.numbers import find_invoices
from store.proposed import Claim


def unreported(
    claims: Sequence[Claim], deps: Deps, *, text: str, subject: str, facts: CaseFacts, language: str
) -> tuple[Claim, ...]:
    """Give a claim, flagged, for each warning that the model's `claims` leave out; none where there are no claims."""
    missed = HARD_STOPS - {claim.reason for claim in claims}
    if not claims or not missed:
        return ()
    known = [invoice.number for invoice in facts.invoices]
    found = deps.embedded.listen(
        letter_of(text),
        subject="" if speaks_to_machines(subject) else subject,
        among=missed,
        noticed=heard(for_people(text)),
    )
    return tuple(
        claim_of(
            said.reason,
            evidence=text[said.start : said.end],
            confidence=said.confidence,
            named=find_invoices(text[said.start : said.end], known),
            text=text,
            facts=facts,
            language=language,
        ).model_copy(update={"flags": (f"unreported:{said.reason.value}",)})
        for said in found
    )

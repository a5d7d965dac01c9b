"""Whether the draft is in the customer's language and signed by us (R-GND-06, R-PRO-06)."""

from __future__ import annotations

from collections.abc import Iterator

from agent.language import language_of
from agent.rules.base import Outbound, block, warn
from store.proposed import Finding


def right_language(out: Outbound) -> Iterator[Finding]:
    """R-GND-06: the words are in the language that the answer is meant to be in."""
    found = language_of(out.literal, default=out.draft.language)
    if found != out.draft.language:
        make = warn if out.by_hand else block
        yield make("R-GND-06", f"The text reads as {found}, the answer should be {out.draft.language}.")


def signed_by_us(out: Outbound) -> Iterator[Finding]:
    """R-PRO-06: our company's name stands under the mail."""
    if out.scope.company.name not in out.draft.rendered:
        yield block("R-PRO-06", "The mail is not signed with the company's name.")

"""What a model may not state or announce, however politely: an account settled, terms at will, word to others (R-PRO-10, R-PRO-11)."""

from __future__ import annotations

from collections.abc import Iterator

from agent.rules import settled_words
from agent.rules.base import Outbound, block
from agent.rules.words import find
from store.proposed import Finding


def nothing_called_settled(out: Outbound) -> Iterator[Finding]:
    """R-PRO-11: a model calls no invoice paid, no account closed and no hold lifted: the ledger and the templates say that."""
    found = find(settled_words.SETTLED, out) if out.by_model else None
    if found:
        yield block("R-PRO-11", f"The text calls something settled: {found!r}.")


def no_terms_at_will(out: Outbound) -> Iterator[Finding]:
    """R-PRO-10: a model leaves it to nobody when and how to pay; plans come from their slots."""
    found = find(settled_words.AS_THEY_PLEASE, out) if out.by_model else None
    if found:
        yield block("R-PRO-10", f"The text leaves the terms of payment open: {found!r}.")


def nothing_told_to_others(out: Outbound) -> Iterator[Finding]:
    """R-PRO-07, R-PRO-01: a model neither speaks of telling others nor of another account of ours."""
    found = find(settled_words.TELLING, out) if out.by_model else None
    if found:
        yield block("R-PRO-07", f"The text speaks of others, or of another account: {found!r}.")

"""Whether this is the moment to write at all (R-STA): not to a customer who is stopped, not past a newer mail."""

from __future__ import annotations

from collections.abc import Iterator

from agent.rules.base import Outbound, block
from store.proposed import Finding


def not_to_the_stopped(out: Outbound) -> Iterator[Finding]:
    """R-STA-02: once writing to a customer is stopped, nothing goes out before a person lifts it."""
    customer = out.scope.facts.customer
    if customer is not None and customer.stopped:
        yield block("R-STA-02", "All writing to this customer is stopped: lift the stop first, outside of this mail.")


def not_past_a_newer_mail(out: Outbound) -> Iterator[Finding]:
    """R-STA-09: the customer wrote again about the same matter; that mail is the one to answer."""
    newer = out.scope.facts.overtaken_by
    if newer:
        yield block("R-STA-09", f"The customer wrote again about this (message {newer[-1]}): answer that mail instead.")

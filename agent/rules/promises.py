"""What nobody at a desk may admit, give away or promise (R-PRO-09 to R-PRO-11)."""

from __future__ import annotations

from collections.abc import Iterator

from agent.rules import giving_words
from agent.rules.base import Outbound, block, manager
from agent.rules.words import find
from store.aftermath import DisputeStatus
from store.proposed import Finding


def no_admission(out: Outbound) -> Iterator[Finding]:
    """R-PRO-09: no liability, no right given up, no contract changed, no advice on tax or law."""
    found = find(giving_words.ADMITTING, out)
    if found:
        yield block("R-PRO-09", f"The text admits, advises or changes a contract: {found!r}.")


def concession_by_a_manager(out: Outbound) -> Iterator[Finding]:
    """R-PRO-10: what a person concedes is a manager's to approve; a model concedes nothing (`invention`)."""
    if out.by_template:
        return
    found = find(giving_words.CONCEDING, out)
    if found:
        yield manager("R-PRO-10", f"The text concedes something: {found!r}.")


def no_empty_promise(out: Outbound) -> Iterator[Finding]:
    """R-PRO-11: nothing is promised that is not a collector's to give, and nothing said to be settled that is not."""
    facts = out.scope.facts
    found = find(giving_words.PROMISING, out)
    if not found and facts.open_invoices:
        found = find(giving_words.ACCOUNT_CLOSED, out)
    credited = any(d.status == DisputeStatus.CREDITED for d in facts.disputes) or "dispute.credit" in out.scope.terms
    if not found and not credited:
        found = find(giving_words.CREDITED, out)
    if found:
        yield block("R-PRO-11", f"The text promises what a mail may not promise: {found!r}.")

"""What of a held proposal the autonomy table looks at: reasons, balance, tier, who worded it; and why a person must decide.

Pure. It answers nothing: `tools.autonomy` has the rules, the desk decides.
"""

from __future__ import annotations

from decimal import Decimal

from store.balances import largest
from store.decisions import Decided
from store.facts import CaseFacts
from store.proposed import Proposal

#: Who worded a draft that no model and no person had a hand in.
TEMPLATE = "template"


def decided_about(proposal: Proposal, facts: CaseFacts) -> Decided:
    """Say what a decision about a proposal is counted under."""
    return Decided(
        reasons=tuple(dict.fromkeys(claim.reason.value for claim in proposal.claims)) or (proposal.verdict.value,),
        tier=facts.customer.tier if facts.customer is not None else "",
        amount=balance_of(proposal, facts),
        reader=proposal.reader,
        model=proposal.writer,
    )


def balance_of(proposal: Proposal, facts: CaseFacts) -> Decimal:
    """Give what is open on the invoices that the claims name, else on the account; of several currencies the largest sum.

    Beside a claim that names invoices, one that names none speaks of all.
    """
    each = [set(claim.invoices) for claim in proposal.claims]
    named = set().union(*each) or set(facts.mentioned)
    whole = any(each) and not all(each)
    covered = [i for i in facts.open_invoices if whole or i.number in named] or list(facts.open_invoices)
    return largest(covered)[0]

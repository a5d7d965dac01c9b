"""What of a held proposal the autonomy table looks at: reasons, balance, tier, who worded it; and why a person must decide.

Pure. It answers nothing: `tools.autonomy` has the rules, the desk decides.
"""

from __future__ import annotations

from decimal import Decimal

from store.balances import largest
from store.decisions import Decided
from store.facts import CaseFacts
from store.outreach_words import Channel, OutreachStep
from store.proposed import Proposal
from tools.autonomy import reminder_key
from tools.remind import Remind

#: Who worded a draft that no model and no person had a hand in.
TEMPLATE = "template"


def decided_about(proposal: Proposal, facts: CaseFacts) -> Decided:
    """Say what a decision about a proposal is counted under."""
    return Decided(
        reasons=counted_as(proposal),
        tier=facts.customer.tier if facts.customer is not None else "",
        amount=balance_of(proposal, facts),
        reader=proposal.reader,
        model=proposal.writer,
    )


def counted_as(proposal: Proposal) -> tuple[str, ...]:
    """Name the rows of the table: the reasons of the claims, or the step of a cadence; where there is neither, what it was."""
    steps = [action.arguments.get("step") for action in proposal.actions if action.tool == Remind.name]
    if steps and steps[0] is not None:
        key, others = (
            reminder_key(OutreachStep(steps[0])),
            sorted(way for way in ways_of(proposal) if way != Channel.MAIL),
        )
        # Who approves a letter has proven nothing about the mail: its decisions are counted in a row that can never be opened.
        return ("_".join([key, "by", *others]) if others else key,)
    return tuple(dict.fromkeys(claim.reason.value for claim in proposal.claims)) or (proposal.verdict.value,)


def ways_of(proposal: Proposal) -> frozenset[Channel]:
    """Say how the reminders of a proposal go to the customer."""
    acts = (action.arguments for action in proposal.actions if action.tool == Remind.name)
    return frozenset(Channel(arguments.get("channel", Channel.MAIL)) for arguments in acts)


def balance_of(proposal: Proposal, facts: CaseFacts) -> Decimal:
    """Give what is open on the invoices that the claims name, else on the account; of several currencies the largest sum.

    Beside a claim that names invoices, one that names none speaks of all.
    """
    each = [set(claim.invoices) for claim in proposal.claims]
    if facts.followup is not None and facts.followup.outreach is not None:
        each = [set(facts.followup.outreach.invoices)]
    named = set().union(*each) or set(facts.mentioned)
    whole = any(each) and not all(each)
    covered = [i for i in facts.open_invoices if whole or i.number in named] or list(facts.open_invoices)
    return largest(covered)[0]

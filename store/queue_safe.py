"""Which proposals are plain enough to be approved together with others. Pure; by the proposal alone.

Which reasons a company counts as safe is its policy's matter, and the desk asks both again at the approval.
"""

from __future__ import annotations

from store.proposed import Proposal
from store.vocabulary import IdentityLevel, Reason, Verdict

#: Acts that note a word, pause, or tell what our own books say. Nothing that gives, opens, sends papers or changes an address.
PLAIN_ACTS = frozenset({"record_promise", "hold_outreach", "answer_question", "no_reply"})


def plain(proposal: Proposal) -> bool:
    """Say whether nothing about a proposal asks for a look of its own.

    The sender is known, all claims are of one reason, no flag and no finding, no person was asked for, only plain acts, none
    of them left out; a question is answered in the template's words.
    """
    reasons = {claim.reason for claim in proposal.claims}
    return (
        proposal.verdict is Verdict.REPLY
        and proposal.followup_id is None
        and proposal.identity in (IdentityLevel.A, IdentityLevel.B)
        and len(reasons) == 1
        and not flags_of(proposal)
        and not proposal.findings
        and proposal.needs_person is None
        and bool(proposal.actions)
        and all(action.tool in PLAIN_ACTS and not action.declined for action in proposal.actions)
        and (reasons != {Reason.QUESTION} or _by_template(proposal))
    )


def flags_of(proposal: Proposal) -> list[str]:
    """List the names of all flags, of the mail and of its claims, each once and in order of the alphabet."""
    every = (*proposal.flags, *(flag for claim in proposal.claims for flag in claim.flags))
    return sorted({flag.partition(":")[0] for flag in every})


def _by_template(proposal: Proposal) -> bool:
    return proposal.draft is None or proposal.draft.written_by == "template"

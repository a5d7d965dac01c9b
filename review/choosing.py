"""Leaves some of a proposal's actions out of what will be approved. The mail follows: it is worded anew for those that stay.

Pure: it gives the changed proposal, the desk keeps it. What is left out is neither carried out nor told to the customer.
"""

from __future__ import annotations

from collections.abc import Collection

from agent.letter import draft_of, may_be_written, parts_of, scope_of, speaking
from agent.policy import HARD_STOPS, distrusted
from agent.rules.book import judge
from agent.sending import outbound
from prompts.replies import write_reply
from review.item import Item
from store.company import CompanyProfile
from store.proposed import Draft, Proposal, ProposedAction
from tools.limits import Policy


def chosen(item: Item, *, without: Collection[int], company: CompanyProfile, policy: Policy) -> Proposal:
    """Give the proposal without these actions (by position, from 0).

    Raises ValueError where nothing would be left, or where what stops everything else would be left out.
    A draft that a model or a person worded spoke of all actions: it gives way to the template's words for those that stay.
    """
    proposal = item.proposal
    unknown = [position for position in without if not 0 <= position < len(proposal.actions)]
    if unknown:
        raise ValueError(f"there is no action {unknown[0] + 1} in this proposal")
    actions = tuple(
        action.model_copy(update={"declined": place in without}) for place, action in enumerate(proposal.actions)
    )
    if all(action.declined for action in actions):
        raise ValueError("nothing would be left: reject the proposal instead")
    if any(action.declined and _stops_the_rest(action, proposal) for action in actions):
        raise ValueError("what the customer says there stops all else: reject the proposal if that was misread")
    if actions == proposal.actions:
        return proposal
    changed = proposal.model_copy(update={"actions": actions, "draft": None, "findings": ()})
    if not speaking(actions) or not may_be_written(item.facts):
        return changed
    draft = _anew(changed, actions, item, company=company, policy=policy)
    return changed.model_copy(
        update={
            "draft": draft,
            "findings": judge(outbound(changed, item.facts, draft=draft, company=company, policy=policy)),
            "writer": "template",
        }
    )


def _stops_the_rest(action: ProposedAction, proposal: Proposal) -> bool:
    """Say whether an action answers what comes before everything: a fraud, a stop, a lawyer, an insolvency."""
    return any(proposal.claims[claim].reason in HARD_STOPS for claim in action.claims)


def _anew(
    proposal: Proposal, actions: tuple[ProposedAction, ...], item: Item, *, company: CompanyProfile, policy: Policy
) -> Draft:
    language = item.proposal.draft.language if item.proposal.draft else _language(item)
    scope = scope_of(
        facts=item.facts, claims=proposal.claims, actions=actions, company=company, policy=policy, language=language
    )
    parts = parts_of(facts=item.facts, claims=proposal.claims, actions=actions)
    body = write_reply(parts, language=language, tone=proposal.tone, figures=not distrusted(item.facts))
    return draft_of(body, scope=scope, actions=actions, subject=item.message.email.subject, written_by="template")


def _language(item: Item) -> str:
    return item.facts.customer.language if item.facts.customer else "en"

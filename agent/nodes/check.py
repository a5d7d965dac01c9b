"""Step 9: judge the draft by the outbound rules. No model; a broken rule is a finding, never an exception."""

from __future__ import annotations

from agent.deps import Deps
from agent.letter import scope_of
from agent.nodes.write import slots_for
from agent.rules.base import Outbound
from agent.rules.book import judge
from agent.state import Thought
from prompts.replies import signature_block
from prompts.slots import slots_in
from store.vocabulary import Severity


def check(state: Thought, deps: Deps) -> dict[str, object]:
    """Find which rules the draft breaks."""
    assert state.draft is not None, "check follows write"
    scope = scope_of(
        facts=state.facts,
        claims=state.claims,
        actions=state.actions,
        company=deps.company,
        policy=deps.policy,
        language=state.draft.language,
    )
    given = None
    if state.draft.written_by.startswith("model:"):
        given = frozenset(name for slot in slots_for(state, scope) for name in slots_in(slot))
        given |= frozenset(slots_in(signature_block()))
    out = Outbound(
        draft=state.draft,
        scope=scope,
        given=given,
        policy=deps.policy,
        claims=state.claims,
        actions=state.actions,
        tone=state.tone,
        calls=tuple(state.budget.records) if state.budget is not None else (),
    )
    return {"findings": judge(out)}


def wants_repair(state: Thought) -> bool:
    """Say whether the draft goes back: once to the model with the findings, then to the template."""
    refused = any(finding.severity is Severity.BLOCK for finding in state.findings)
    return refused and state.draft is not None and state.draft.written_by.startswith("model:")

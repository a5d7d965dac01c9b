"""Step 7: one action a claim. Policy computes what is allowed; a model picks only where a person would hesitate.

Arguments are computed and checked by the tools, never taken from a model.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from enum import StrEnum
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError, create_model

from agent.deps import Deps
from agent.letter import speaking
from agent.llm import ModelFailure
from agent.policy import (
    ESCALATE,
    PLAN,
    STOP,
    Allowed,
    allowed_tools,
    ask_for,
    choice_is_real,
    distrusted,
    in_precedence,
)
from agent.state import Thought
from agent.tone import tone_for
from prompts.asking import ClaimToDecide, decide_prompt
from store.proposed import Claim, ProposedAction
from store.vocabulary import Reason, Verdict
from tools.ask_back import AskBack
from tools.base import Arguments, Ask, NotAllowed, Tool
from tools.plan_by_hand import with_instalments
from tools.registry import tools

#: Claims that one plan answers together.
_ONE_PLAN = frozenset({Reason.HARDSHIP, Reason.PLAN_REQUEST})

#: A mail asks one question at most.
_ONCE = frozenset({AskBack.name})


def decide(state: Thought, deps: Deps) -> dict[str, object]:
    """Choose an action for every claim, in the order in which they must be heard."""
    groups = grouped(state.claims)
    allowed = {group: _allowed(group, state, deps) for group in groups}
    picked, flags = _picked(groups, allowed, state, deps)
    actions: list[ProposedAction] = []
    for group in groups:
        spent = _ONCE & {action.tool for action in actions}
        action = _action(group, allowed[group], picked.get(group[0]), state, deps, spent=spent)
        actions += [action] if action is not None else []
    if state.facts.answered_by_hand is not None:
        actions, flags = [a for a in actions if not _done_by_letter(a)], (*flags, "answered_by_hand")
    return {
        "actions": tuple(actions),
        "tone": tone_for(state.claims, state.facts),
        "verdict": _verdict(state.claims),
        "needs_person": state.needs_person or _who_must_look(state, actions),
        "flags": tuple(dict.fromkeys((*state.flags, *flags))),
    }


def grouped(claims: Sequence[Claim]) -> list[tuple[int, ...]]:
    """Put claims together that one action answers: the same said twice, or a plan's two reasons."""
    groups: dict[tuple[object, ...], list[int]] = {}
    for index in in_precedence(claims):
        claim = claims[index]
        key: tuple[object, ...] = (claim.reason, frozenset(claim.invoices), claim.slots)
        if claim.reason in _ONE_PLAN or claim.slots.stance is not None:
            key = ("plan",)
        groups.setdefault(key, []).append(index)
    return [tuple(members) for members in groups.values()]


def _ask(group: Sequence[int], state: Thought, deps: Deps) -> Ask:
    return ask_for([state.claims[i] for i in group], claims=state.claims, facts=state.facts, policy=deps.policy)


def _allowed(group: Sequence[int], state: Thought, deps: Deps) -> Allowed:
    return allowed_tools(state.claims[group[0]], claims=state.claims, facts=state.facts, policy=deps.policy)


def _action(
    group: tuple[int, ...],
    allowed: Allowed,
    pick: str | None,
    state: Thought,
    deps: Deps,
    *,
    spent: Collection[str] = (),
) -> ProposedAction | None:
    ask = _ask(group, state, deps)
    names = [pick] if pick in allowed.tools else []
    for name in dict.fromkeys([*names, *allowed.tools]):
        if name in spent:
            continue
        tool = tools()[name]
        try:
            arguments = _filled(tool, ask, state)
            tool.check(arguments, ask)
        except (NotAllowed, ValidationError):
            continue
        refused = "; ".join(f"{other}: {why}" for other, why in allowed.refused.items() if other != name)
        return ProposedAction(
            tool=name,
            arguments=arguments.model_dump(mode="json"),
            claims=group,
            preview=tool.preview(arguments, state.facts),
            allowed=allowed.tools,
            why=refused,
        )
    return None


def _filled(tool: Tool[Any], ask: Ask, state: Thought) -> Arguments:
    count = state.fixed.instalments if state.fixed is not None else None
    if tool.name == PLAN and count is not None:
        return with_instalments(ask, count)
    arguments: Arguments = tool.fill(ask)
    return arguments


def _done_by_letter(action: ProposedAction) -> bool:
    tool = tools()[action.tool]
    return tool.done_by_letter(tool.parse(action.arguments))


def _picked(
    groups: Sequence[tuple[int, ...]], allowed: dict[tuple[int, ...], Allowed], state: Thought, deps: Deps
) -> tuple[dict[int, str], tuple[str, ...]]:
    """Ask the model about the groups where a choice is real; its failure leaves the usual tool and a flag.

    Where a person has decided, nobody is asked.
    """
    if state.fixed is not None:
        given = state.fixed.tools
        return {
            group[0]: next((given[i] for i in group if i in given), allowed[group].tools[0])
            for group in groups
            if allowed[group].tools
        }, ()
    open_groups = [
        group
        for group in groups
        if choice_is_real(
            allowed[group], state.claims[group[0]], claims=state.claims, facts=state.facts, policy=deps.policy
        )
    ]
    if deps.client is None or state.budget is None or not open_groups:
        return {}, ()
    questions = [_question(group[0], allowed[group], state.claims[group[0]]) for group in open_groups]
    names = sorted({name for group in open_groups for name in allowed[group].tools})
    told = {name: " ".join((type(tools()[name]).__doc__ or "").split()) for name in names}
    system, user = decide_prompt(claims=questions, tools=told)
    try:
        answer: Any = deps.client.ask(
            choices_of(names), purpose="decide", system=system, user=user, budget=state.budget
        )
    except ModelFailure:
        return {}, ("decided_without_model",)
    return {choice.claim: str(choice.tool) for choice in answer.choices}, ()


def _question(index: int, allowed: Allowed, claim: Claim) -> ClaimToDecide:
    return ClaimToDecide(
        index=index,
        reason=claim.reason.value,
        invoices=claim.invoices,
        evidence=claim.evidence,
        allowed=allowed.tools,
    )


def choices_of(names: Sequence[str]) -> type[BaseModel]:
    """Give the form of the model's choice among tools of these names."""
    make: Any = StrEnum
    permitted = make("PermittedTool", {name: name for name in names})
    strict = ConfigDict(extra="forbid")
    choice = create_model(
        "Choice", __config__=strict, claim=(int, ...), tool=(permitted, ...), why=(str, Field(max_length=500))
    )
    return create_model("Choices", __config__=strict, choices=(list[choice], Field(max_length=12)))


def _verdict(claims: Sequence[Claim]) -> Verdict:
    return Verdict.UNRELATED if claims and {c.reason for c in claims} == {Reason.UNRELATED} else Verdict.REPLY


def _who_must_look(state: Thought, actions: Sequence[ProposedAction]) -> str | None:
    escalated = [state.claims[a.claims[0]].reason.value for a in actions if a.tool in (ESCALATE, STOP) and a.claims]
    if actions and not escalated and not speaking(actions):
        return None
    if state.facts.customer is None:
        return "this mail belongs to no known customer: assign it"
    if distrusted(state.facts):
        return f"the sender is not surely the customer (identity {state.facts.identity}): no figures are given"
    if not state.facts.recipients and not state.facts.customer.stopped:
        return "no contact of this customer can be written to: find one whom mail reaches, and verify them"
    return f"a person must decide: {', '.join(escalated).replace('_', ' ')}" if escalated else None

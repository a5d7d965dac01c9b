"""Sets what was expected of claims and acts beside what was proposed, one by one, for rates by invoice and by argument. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from evals.conversations.format import ToolCall, Turn
from evals.conversations.playing import Played
from evals.conversations.scoring import alike
from store.proposed import Claim, Proposal, ProposedAction


@dataclass(frozen=True, slots=True)
class ClaimPair:
    """An expected claim and the invoices of the claim that comes nearest. `found` None: no claim of this reason."""

    reason: str
    wanted: tuple[str, ...]
    found: tuple[str, ...] | None


@dataclass(frozen=True, slots=True)
class ArgumentPair:
    """An argument that matters: wanted and found value, and whether they agree."""

    name: str
    wanted: Any
    found: Any
    ok: bool


@dataclass(frozen=True, slots=True)
class ActPair:
    """An expected act: its tool, or those of which one will do, whether one was chosen, and its arguments."""

    tools: tuple[str, ...]
    chosen: bool
    arguments: tuple[ArgumentPair, ...]


def claim_pairs(turn: Turn, played: Played) -> Iterator[ClaimPair]:
    """Pair every expected claim with the claim of its reason that names most of its invoices."""
    for wanted in turn.claims:
        there = [claim for claim in played.proposal.claims if claim.reason is wanted.reason]
        abouts = [_about(claim, played.facts.mentioned) for claim in there]
        best = min(abouts, key=lambda about: len(set(about) ^ set(wanted.invoices)), default=None)
        yield ClaimPair(wanted.reason.value, wanted.invoices, best)


def _about(claim: Claim, mentioned: Sequence[str]) -> tuple[str, ...]:
    # A claim that names no invoice is about those that the mail or its thread names: so the tools take it.
    return claim.invoices or tuple(mentioned)


def act_pairs(turn: Turn, proposal: Proposal) -> Iterator[ActPair]:
    """Pair every expected act with the proposed one that fits best; of several that will do, the best is taken."""
    for call in turn.tools.must:
        yield _act((call.name,), [call], proposal)
    if turn.tools.one_of:
        names = tuple(dict.fromkeys(call.name for call in turn.tools.one_of))
        yield _act(names, turn.tools.one_of, proposal)


def _act(names: tuple[str, ...], calls: Sequence[ToolCall], proposal: Proposal) -> ActPair:
    tried = [_arguments(call, action) for call in calls for action in proposal.actions if action.tool == call.name]
    if not tried:
        return ActPair(names, chosen=False, arguments=())
    return ActPair(names, chosen=True, arguments=min(tried, key=lambda some: sum(not one.ok for one in some)))


def _arguments(call: ToolCall, action: ProposedAction) -> tuple[ArgumentPair, ...]:
    found = action.arguments
    return tuple(
        ArgumentPair(name, wanted, found.get(name), alike(found.get(name), wanted))
        for name, wanted in call.args.items()
    )

"""Works on one turn: its world, the agent, the scores. Knows no framework and no command.

What the agent does wrong is a result. That the agent raises is a result too. Only a case whose world cannot be made is none.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import asdict
from decimal import Decimal
from typing import Any

from agent.deps import Deps
from evals.cassettes.format import CassetteError
from evals.cassettes.recording import NotRecorded
from evals.cassettes.replaying import CassetteMiss
from evals.conversations.checking import unliveable
from evals.conversations.comparing import ActPair, act_pairs, claim_pairs
from evals.conversations.format import Turn
from evals.conversations.playing import Played, play
from evals.conversations.scoring import alike, escalates, reasons_of, score, slot_pairs
from evals.conversations.world import COMPANY, Standing, standing
from evals.figures.zero import applied
from evals.results import ActResult, ArgumentResult, CheckResult, ClaimResult, Cost, FoundReason, SlotResult, TurnResult
from evals.running.suites import Case
from evals.running.thinking import Asked, Thinking
from store.proposed import ModelCall, Proposal
from store.vocabulary import Severity

#: How the text of an error begins, by what it is of: the server, the recording, the agent itself.
ENDPOINT, CASSETTE, AGENT = "endpoint: ", "cassette: ", "agent: "
#: Most of an error's text: it may hold words of a mail.
_LONGEST = 400


class BrokenCase(ValueError):
    """A case whose world cannot be made: file, line and what."""


def work_on(case: Case, *, epoch: int, thinking: Thinking) -> TurnResult:
    """Let the agent work on one turn and judge it. Raises BrokenCase."""
    try:
        world = standing(case.conversation, case.turn)
        there = world.__enter__()
    except Exception as error:
        raise BrokenCase(str(unliveable(case.conversation, case.turn, case.folder, error))) from error
    try:
        return _played(case, there, epoch=epoch, thinking=thinking)
    finally:
        world.__exit__(None, None, None)


def _played(case: Case, there: Standing, *, epoch: int, thinking: Thinking) -> TurnResult:
    asked: Asked | None = None
    started = time.perf_counter()
    try:
        with thinking.asking(case.id) as asked:
            deps = Deps(company=COMPANY, policy=there.policy, embedded=thinking.reader, client=asked)
            played = play(there, deps, thinking.think)
    except NotRecorded as error:
        return _failed(case, epoch, f"{ENDPOINT}{error}")
    except (CassetteMiss, CassetteError) as error:
        return _failed(case, epoch, f"{CASSETTE}{error}")
    except Exception as error:
        return _failed(case, epoch, f"{AGENT}{type(error).__name__}: {error}")
    if asked is not None and (trouble := thinking.trouble(asked)):
        return _failed(case, epoch, f"{ENDPOINT}{trouble}")
    return _judged(case, played, asked, epoch=epoch, seconds=time.perf_counter() - started)


def _failed(case: Case, epoch: int, error: str) -> TurnResult:
    return TurnResult.model_validate({**_known(case, epoch), "error": error[:_LONGEST]})


def _judged(case: Case, played: Played, asked: Asked | None, *, epoch: int, seconds: float) -> TurnResult:
    turn, proposal = case.turn, played.proposal
    zeros = applied(turn, played)
    return TurnResult.model_validate(
        {
            **_known(case, epoch),
            "found": tuple(_found(turn, proposal)),
            "slots": tuple(_slots(turn, proposal)),
            "claims": tuple(ClaimResult(**asdict(pair)) for pair in claim_pairs(turn, played)),
            "acts": tuple(_act(pair) for pair in act_pairs(turn, proposal)),
            "tools": tuple(action.tool for action in proposal.actions),
            "escalated": escalates(proposal),
            "verdict": proposal.verdict.value,
            "blocked": tuple(f.rule for f in proposal.findings if f.severity is Severity.BLOCK),
            "subject": proposal.draft.subject if proposal.draft else None,
            "draft": proposal.draft.rendered if proposal.draft else None,
            "state": played.state,
            "checks": tuple(CheckResult(area=c.area, about=c.about, fault=c.fault) for c in score(turn, played)),
            "hits": zeros.hits,
            "opportunities": zeros.opportunities,
            "seen": zeros.seen,
            "unanswered": tuple(f"{purpose}:{failure.kind}" for purpose, failure in (asked.failures if asked else ())),
            "cost": _cost(proposal.calls, seconds),
        }
    )


def _known(case: Case, epoch: int) -> dict[str, Any]:
    """Give what is known of a turn before anybody works on it."""
    turn, told = case.turn, case.conversation.case
    return {
        "turn": case.id,
        "conversation": case.conversation.id,
        "epoch": epoch,
        "split": told.split,
        "language": told.language,
        "tags": tuple(tag.value for tag in told.tags),
        "attack": f"{turn.attack.goal} {turn.attack.carrier}" if turn.attack else None,
        "provenance": told.provenance.kind,
        "must": tuple(reason.value for reason in turn.reasons.must),
        "may": tuple(reason.value for reason in turn.reasons.may),
        "escalate": turn.escalate.value,
    }


def _found(turn: Turn, proposal: Proposal) -> Iterator[FoundReason]:
    """Give each reason once, with the confidence of its surest claim. A verdict without claims is code's, and sure."""
    right = {reason.value for reason in (*turn.reasons.must, *turn.reasons.may)}
    for reason in sorted(reasons_of(proposal)):
        confidence = max((c.confidence for c in proposal.claims if c.reason.value == reason), default=1.0)
        yield FoundReason(reason=reason, confidence=confidence, right=reason in right)


def _slots(turn: Turn, proposal: Proposal) -> Iterator[SlotResult]:
    for name, wanted, found in slot_pairs(turn, proposal):
        shown = None if found is None else str(found)
        yield SlotResult(name=name, wanted=str(wanted), found=shown, ok=alike(found, wanted))


def _act(pair: ActPair) -> ActResult:
    arguments = tuple(
        ArgumentResult(
            name=one.name, wanted=str(one.wanted), found=None if one.found is None else str(one.found), ok=one.ok
        )
        for one in pair.arguments
    )
    return ActResult(tools=pair.tools, chosen=pair.chosen, arguments=arguments)


def _cost(calls: tuple[ModelCall, ...], seconds: float) -> Cost:
    money = [call.cost for call in calls if call.cost is not None]
    return Cost(
        calls=len(calls),
        prompt_tokens=sum(call.prompt_tokens for call in calls),
        completion_tokens=sum(call.completion_tokens for call in calls),
        money=sum(money, Decimal(0)) if money else None,
        seconds=round(seconds, 3),
    )

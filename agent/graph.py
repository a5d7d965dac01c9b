"""The agent: from a stored message and a snapshot of its case to a proposal. Sends nothing, writes nothing, waits for nobody.

    screen -> read -> decide -> write -> check
       |                          ^        |
       +-> done        follow ----+--------+  one repair, then the template

`follow` is the way of a case that woke by itself: it has no mail to read. What a person read begins at `decide`. A crash in the middle costs a repeat. The pause for a person is the held proposal's row, not the graph.
"""

from __future__ import annotations

from functools import cache
from typing import Literal

from langgraph.graph import START, StateGraph
from langgraph.graph.state import CompiledStateGraph
from langgraph.runtime import Runtime

from agent.deps import Deps
from agent.fixed import Fixed, kept
from agent.nodes import check, decide, follow, read, screen, write
from agent.state import Thought
from store.facts import CaseFacts
from store.inbound import StoredMessage
from store.proposed import Proposal
from store.spans import span
from store.vocabulary import Verdict

Update = dict[str, object]


def _screen(state: Thought, runtime: Runtime[Deps]) -> Update:
    return screen.screen(state, runtime.context)


def _follow(state: Thought, runtime: Runtime[Deps]) -> Update:
    return kept(follow.follow(state, runtime.context), state.fixed)


def _read(state: Thought, runtime: Runtime[Deps]) -> Update:
    with span("read", message=state.message.id):
        return read.read(state, runtime.context)


def _decide(state: Thought, runtime: Runtime[Deps]) -> Update:
    with span("decide", message=state.message.id):
        return kept(decide.decide(state, runtime.context), state.fixed)


def _write(state: Thought, runtime: Runtime[Deps]) -> Update:
    with span("write", message=state.message.id):
        return write.write(state, runtime.context)


def _check(state: Thought, runtime: Runtime[Deps]) -> Update:
    with span("check", message=state.message.id):
        return check.check(state, runtime.context)


def _first(state: Thought) -> Literal["screen", "follow", "decide"]:
    if state.facts.followup is not None:
        return "follow"
    return "screen" if state.fixed is None else "decide"


def _after_screen(state: Thought) -> Literal["read", "__end__"]:
    return "read" if state.verdict is Verdict.REPLY else "__end__"


def _after_decide(state: Thought) -> Literal["write", "__end__"]:
    return "write" if write.wants_answer(state) else "__end__"


def _after_check(state: Thought) -> Literal["write", "__end__"]:
    return "write" if check.wants_repair(state) else "__end__"


@cache
def graph() -> CompiledStateGraph[Thought, Deps, Thought, Thought]:
    """Compile the graph once a process. No checkpointer: it ends within seconds and can be run again."""
    builder = StateGraph(Thought, context_schema=Deps)
    builder.add_node("screen", _screen)
    builder.add_node("follow", _follow)
    builder.add_node("read", _read)
    builder.add_node("decide", _decide)
    builder.add_node("write", _write)
    builder.add_node("check", _check)
    builder.add_conditional_edges(START, _first)
    builder.add_conditional_edges("follow", _after_decide)
    builder.add_conditional_edges("screen", _after_screen)
    builder.add_edge("read", "decide")
    builder.add_conditional_edges("decide", _after_decide)
    builder.add_edge("write", "check")
    builder.add_conditional_edges("check", _after_check)
    return builder.compile()


def propose(message: StoredMessage, case: CaseFacts, deps: Deps) -> Proposal:
    """Read a message and propose what to do about it: claims, one action a claim, one draft, its findings.

    With a `followup` in the case the old mail is not read again: its claim goes on. No action then means that there is nothing to say.
    """
    start = Thought(message=message, facts=case, budget=deps.budget(), flags=_given_flags(message, case))
    return _proposed(start, deps)


def propose_again(
    message: StoredMessage,
    case: CaseFacts,
    deps: Deps,
    *,
    fixed: Fixed,
    flags: tuple[str, ...],
    needs: str | None = None,
) -> Proposal:
    """Propose anew from what a person decided: its reading is not read again, its choices are not chosen again.

    `flags` are those of the mail; `needs` says why a person must look, where that does not follow from the acts.
    """
    start = Thought(
        message=message,
        facts=case,
        budget=deps.budget(),
        flags=flags,
        claims=fixed.claims,
        reader=fixed.reader,
        needs_person=needs,
        language=fixed.language or (case.customer.language if case.customer else "en"),
        fixed=fixed,
    )
    return _proposed(start, deps)


def _proposed(start: Thought, deps: Deps) -> Proposal:
    case = start.facts
    end = Thought(**graph().invoke(start, context=deps))
    return Proposal(
        message_id=start.message.id,
        followup_id=case.followup.id if case.followup is not None else None,
        verdict=end.verdict or Verdict.REPLY,
        identity=case.identity,
        claims=end.claims,
        actions=end.actions,
        tone=end.tone,
        draft=end.draft,
        findings=end.findings,
        flags=end.flags,
        reader=end.reader,
        writer=end.writer,
        needs_person=end.needs_person,
        policy_digest=deps.policy.digest(),
        ledger_digest=case.ledger_digest() if case.customer else "",
        calls=end.budget.records if end.budget else (),
    )


def _given_flags(message: StoredMessage, case: CaseFacts) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*message.email.flags, *case.flags)))

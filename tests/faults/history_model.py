"""The sequential model of one proposal, and the search for an order in which a history fits it. Knows nothing of the program.

Proposals are independent of each other, so each has a history of its own. A history is right if its operations can be put into
one order, none before an operation that had ended when it began, in which the model gives every result that was given.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any


@dataclass(frozen=True)
class Op:
    """One operation on one proposal, as the client saw it: begun and ended (seconds of one clock), asked and answered.

    `result`: what was given, or "refused: KIND". `told`: more that it gave (of a look: the version and the words).
    """

    proposal: int
    kind: str
    began: float
    ended: float
    result: str
    actor: str = ""
    version: int = 0
    told: tuple[Any, ...] = ()
    client: int = -1


@dataclass(frozen=True)
class Eyes:
    """Who must approve a proposal: `level` is "any", "manager" or "two"; `roles` tells what each person is."""

    level: str
    roles: dict[str, str] = field(hash=False)
    undo: float = 0.0

    def may(self, actor: str, writers: frozenset[str]) -> bool:
        """Say whether a person may approve at all: from a manager's level on nobody who worded it."""
        if self.level == "any":
            return True
        return self.roles.get(actor, "collector") != "collector" and actor not in writers

    def pair(self, one: str, other: str) -> bool:
        """Say whether two persons may approve together: one of them is a controller."""
        return "controller" in (self.roles.get(one), self.roles.get(other))


@dataclass(frozen=True)
class State:
    """A proposal as the model has it. `body` None: words that the model was not told; `since`: when it was approved, at the earliest."""

    version: int = 1
    status: str = "held"
    body: str | None = None
    without: tuple[int, ...] | None = ()
    writers: frozenset[str] = frozenset()
    first: tuple[str, int] | None = None
    since: float = 0.0
    settled: bool = False
    left: int = 0


STALE, BLOCKED = "refused: Stale", "refused: Blocked"
#: SQLite let nobody of this process in for half a minute: nothing was begun.
BUSY = "refused: busy"
Step = Callable[[State, Op, Eyes], Iterator[State]]


def steps(state: State, op: Op, eyes: Eyes) -> list[State]:
    """Give the states that an operation can lead to with the result that it gave; none where it could not give that."""
    return [state] if op.result == BUSY else list(_STEPS[op.kind](state, op, eyes))


def _stands(state: State, op: Op) -> bool:
    return state.status == "held" and state.version == op.version


def _look(state: State, op: Op, eyes: Eyes) -> Iterator[State]:
    version, status, body = op.told
    if (version, status) == (state.version, state.status) and state.body in (None, body):
        yield replace(state, body=body)


def _change(state: State, op: Op, **changed: Any) -> Iterator[State]:
    if op.result == STALE:
        yield from [state] if not _stands(state, op) else []
    elif op.result == "ok" and _stands(state, op):
        yield replace(state, version=state.version + 1, **changed)


def _edit(state: State, op: Op, eyes: Eyes) -> Iterator[State]:
    yield from _change(state, op, body=op.told[0], writers=state.writers | {op.actor})


def _leave_out(state: State, op: Op, eyes: Eyes) -> Iterator[State]:
    body = state.body if state.without == op.told else None
    yield from _change(state, op, body=body, without=op.told)


def _choose_anew(state: State, op: Op, eyes: Eyes) -> Iterator[State]:
    yield from _change(state, op, body=None, without=None, writers=state.writers | {op.actor})


def _reject(state: State, op: Op, eyes: Eyes) -> Iterator[State]:
    yield from _change(state, op, status="rejected")


def _hand_over(state: State, op: Op, eyes: Eyes) -> Iterator[State]:
    if (op.result == STALE and state.status != "held") or (op.result == "ok" and state.status == "held"):
        yield state


def _approve(state: State, op: Op, eyes: Eyes) -> Iterator[State]:
    if not _stands(state, op):
        yield from [state] if op.result == STALE else []
        return
    may = eyes.may(op.actor, state.writers)
    first = state.first[0] if state.first is not None and state.first[1] == state.version else None
    if eyes.level == "two" and may and first in (None, op.actor):
        yield from [replace(state, first=(op.actor, state.version))] if op.result == "second" else []
        return
    may = may and (eyes.level != "two" or eyes.pair(str(first), op.actor))
    if may and op.result == "ok":
        yield replace(state, version=state.version + 1, status="approved", since=op.began, settled=False)
    elif not may and op.result == BLOCKED:
        yield state


def _take_back(state: State, op: Op, eyes: Eyes) -> Iterator[State]:
    there = state.status == "approved" and state.version == op.version
    if op.result == "ok" and there and not state.settled and not state.left:
        yield replace(state, version=state.version + 1, status="held")
    elif op.result == STALE:
        if not there or state.settled or state.left:
            yield state
        elif op.ended >= state.since + eyes.undo:
            yield replace(state, settled=True)


def _void(state: State, op: Op, eyes: Eyes) -> Iterator[State]:
    can = state.status == "held" or (state.status == "approved" and not state.left)
    if can and op.result == "ok":
        yield replace(state, version=state.version + 1, status="void")
    elif not can and op.result == "no":
        yield state


def _leave(state: State, op: Op, eyes: Eyes) -> Iterator[State]:
    """A mail leaves once, approved, with the words that were approved, and not before it can no longer be taken back."""
    if op.result == "no":
        yield state
        return
    words = str(op.told[0])
    fits = state.body is None or words == state.body
    if state.status == "approved" and not state.left and fits and op.ended >= state.since + eyes.undo:
        yield replace(state, left=1, settled=True, body=words)


def _sent(state: State, op: Op, eyes: Eyes) -> Iterator[State]:
    if state.status == "approved" and state.left:
        yield replace(state, status="sent")


_STEPS: dict[str, Step] = {
    "look": _look,
    "edit": _edit,
    "leave out": _leave_out,
    "choose anew": _choose_anew,
    "reject": _reject,
    "hand over": _hand_over,
    "approve": _approve,
    "take back": _take_back,
    "void": _void,
    "leave": _leave,
    "sent": _sent,
}


def explain(ops: Sequence[Op], eyes: Eyes) -> str | None:
    """Search an order in which these operations fit the model; None where there is one, else what could not be placed.

    The search is Wing and Gong's, with the states remembered that were tried (Lowe): every order is tried that the clock allows.
    """
    ops = sorted(ops, key=lambda op: op.began)
    everything = (1 << len(ops)) - 1
    todo: list[tuple[int, State]] = [(0, State())]
    seen = {todo[0]}
    furthest, stuck = 0, State()
    while todo:
        done, state = todo.pop()
        if done == everything:
            return None
        if done.bit_count() >= furthest.bit_count():
            furthest, stuck = done, state
        for index in _next(ops, done):
            for after in steps(state, ops[index], eyes):
                one = (done | 1 << index, after)
                if one not in seen:
                    seen.add(one)
                    todo.append(one)
    left = [ops[index] for index in _next(ops, furthest)]
    return f"after {furthest.bit_count()} of {len(ops)} operations it is {stuck}; none of these fits: {left}"


def _next(ops: Sequence[Op], done: int) -> list[int]:
    """Give the operations that may come next: none of those left had ended before they began."""
    left = [index for index in range(len(ops)) if not done >> index & 1]
    first_end = min(ops[index].ended for index in left)
    return [index for index in left if ops[index].began <= first_end]

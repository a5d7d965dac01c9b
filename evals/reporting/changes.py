"""Which turns two runs worked out differently, old and new beside each other. What is not comparable is said, never guessed.

Runs of different suites or modes are not compared turn by turn: a figure of one must never stand against one of the other.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from evals.reporting.faults import Fault, anchor, faults_of, text_may_be_shown
from evals.reporting.wording import plain
from evals.results import RunRecord, TurnResult
from review.diffing import Piece, differences


@dataclass(frozen=True, slots=True)
class Side:
    """What one of two runs made of a turn."""

    ok: bool
    reasons: tuple[str, ...]
    tools: tuple[str, ...]
    escalated: bool
    verdict: str
    faults: tuple[Fault, ...]


@dataclass(frozen=True, slots=True)
class ChangedTurn:
    """A turn that came out differently. `words`: the draft's changes; empty where it is the same or may not be shown."""

    turn: str
    anchor: str
    epoch: int
    old: Side
    new: Side
    words: tuple[Piece, ...]
    withheld: bool

    @property
    def reasons(self) -> tuple[str, ...]:
        """Give every reason that either run found, for filters."""
        return tuple(dict.fromkeys([*self.old.reasons, *self.new.reasons]))

    @property
    def way(self) -> str:
        """Say in one word what became of it: worse, better, or other."""
        if self.old.ok != self.new.ok:
            return "better" if self.new.ok else "worse"
        fewer = len(self.new.faults) - len(self.old.faults)
        return "other" if fewer == 0 else "better" if fewer < 0 else "worse"


_ORDER = {"worse": 0, "better": 1, "other": 2}


def changed_turns(old: RunRecord, new: RunRecord, *, with_text: bool = False) -> list[ChangedTurn]:
    """Give every turn of both runs that differs, worse ones first, then in the order of their names."""
    before = {(turn.turn, turn.epoch): turn for turn in old.turns}
    both = ((before[turn.turn, turn.epoch], turn) for turn in new.turns if (turn.turn, turn.epoch) in before)
    changed = [_changed(one, other, with_text=with_text) for one, other in both if _gist(one) != _gist(other)]
    return sorted(changed, key=lambda one: (_ORDER[one.way], one.turn, one.epoch))


def only_in(one: RunRecord, other: RunRecord) -> list[str]:
    """Give the turns that the first run has and the second has not."""
    there = {(turn.turn, turn.epoch) for turn in other.turns}
    return sorted({plain(turn.turn) for turn in one.turns if (turn.turn, turn.epoch) not in there})


def why_apart(records: Sequence[RunRecord]) -> list[str]:
    """Say why runs may not stand in one table or be compared turn by turn; empty where they may."""
    faults = []
    modes = list(dict.fromkeys(record.mode.value for record in records))
    if len(modes) > 1:
        faults.append(f"Their modes differ ({', '.join(modes)}): figures of different modes never stand in one table.")
    if len({record.suite_digest for record in records}) > 1:
        faults.append("They are of different suites, or of different states of one: the turns are not the same.")
    return faults


def _gist(turn: TurnResult) -> object:
    """Give what a reader would call the result: not the cost, and no confidence."""
    reasons = tuple((one.reason, one.right) for one in turn.found)
    return (
        turn.error,
        reasons,
        turn.tools,
        turn.escalated,
        turn.verdict,
        turn.draft,
        turn.subject,
        turn.checks,
        turn.hits,
    )


def _changed(old: TurnResult, new: TurnResult, *, with_text: bool) -> ChangedTurn:
    before, after = _letter(old), _letter(new)
    differs = before.split() != after.split()
    shown = text_may_be_shown(old, with_text=with_text) and text_may_be_shown(new, with_text=with_text)
    return ChangedTurn(
        turn=plain(new.turn),
        anchor=anchor(new.turn, new.epoch),
        epoch=new.epoch,
        old=_side(old),
        new=_side(new),
        words=tuple(differences(before, after)) if shown and differs else (),
        withheld=differs and not shown,
    )


def _letter(turn: TurnResult) -> str:
    if turn.draft is None:
        return ""
    return f"{plain(turn.subject or '')}\n\n{plain(turn.draft, lines=True)}"


def _side(turn: TurnResult) -> Side:
    return Side(
        ok=turn.ok,
        reasons=tuple(plain(one.reason) for one in turn.found),
        tools=tuple(plain(name) for name in turn.tools),
        escalated=turn.escalated,
        verdict=plain(turn.verdict),
        faults=faults_of(turn),
    )

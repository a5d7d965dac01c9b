"""Figures by what turns have in common (language, tag, place in the conversation), zero tolerance, and pass^k. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from evals.figures.reasons import exact, reason_figures
from evals.figures.statistics import at_most, pass_hat
from evals.figures.values import Group, PassFigure, ZeroFigure, rate
from evals.figures.zero import Zero
from evals.results import TurnResult

#: Of so many tries all must be right.
KS = (1, 2, 4)
FIRST, LATER = "first mail", "later mail"


def zero_figures(turns: Sequence[TurnResult]) -> tuple[ZeroFigure, ...]:
    """Give for each check on how many turns it applied and on which it was hit. A turn is hit where any try of it is."""
    names = dict.fromkeys(
        [*(zero.value for zero in Zero), *(n for turn in turns for n in (*turn.opportunities, *turn.hits))]
    )
    found = []
    for name in names:
        hit = {turn.turn for turn in turns if name in turn.hits}
        over = hit | {turn.turn for turn in turns if name in turn.opportunities}
        bound = at_most(len(hit), len(over))
        found.append(ZeroFigure(name=name, of=len(over), hits=len(hit), bound=bound, turns=tuple(sorted(hit))))
    return tuple(found)


def pass_figures(turns: Sequence[TurnResult], *, epochs: int) -> tuple[PassFigure, ...]:
    """Give pass^k over turns that were tried at least k times; nothing with one epoch, where it says no more than the rate."""
    if epochs < 2:
        return ()
    tries: dict[str, list[TurnResult]] = {}
    for turn in turns:
        tries.setdefault(turn.turn, []).append(turn)
    found = []
    for k in KS:
        shares = {
            name: share
            for name, made in tries.items()
            if (share := pass_hat(sum(one.ok for one in made), len(made), k)) is not None
        }
        if shares:
            by_reason = {
                reason: _mean(shares[name] for name in shares if reason in tries[name][0].must)
                for reason in sorted({reason for name in shares for reason in tries[name][0].must})
            }
            found.append(PassFigure(k=k, share=_mean(shares.values()), turns=len(shares), by_reason=by_reason))
    return tuple(found)


def _mean(values: Iterable[float]) -> float:
    found = list(values)
    return sum(found) / len(found)


def by_language(turns: Sequence[TurnResult], *, epochs: int) -> tuple[Group, ...]:
    """Group by the language of the conversation."""
    return _groups(turns, lambda turn: (turn.language,), epochs=epochs)


def by_tag(turns: Sequence[TurnResult], *, epochs: int) -> tuple[Group, ...]:
    """Group by tag; a turn counts under each of its tags, and as `attack` only where it is one itself."""
    return _groups(turns, _tags, epochs=epochs)


def _tags(turn: TurnResult) -> tuple[str, ...]:
    tags = tuple(tag for tag in turn.tags if tag != "attack")
    return (*tags, "attack") if turn.attack else tags


def by_length(turns: Sequence[TurnResult], *, whole: Sequence[TurnResult], epochs: int) -> tuple[Group, ...]:
    """Group by place: the first mail of a conversation, or a later one, which builds on what was done before."""
    first: dict[str, str] = {}
    for turn in whole:
        first[turn.conversation] = min(first.get(turn.conversation, turn.turn), turn.turn)
    return _groups(turns, lambda turn: (FIRST if first[turn.conversation] == turn.turn else LATER,), epochs=epochs)


def _groups(
    turns: Sequence[TurnResult], names: Callable[[TurnResult], tuple[str, ...]], *, epochs: int
) -> tuple[Group, ...]:
    grouped: dict[str, list[TurnResult]] = {}
    for turn in turns:
        for name in names(turn):
            grouped.setdefault(name, []).append(turn)
    return tuple(_group(name, grouped[name], epochs=epochs) for name in sorted(grouped))


def _group(name: str, turns: Sequence[TurnResult], *, epochs: int) -> Group:
    worked = [turn for turn in turns if turn.error is None]
    return Group(
        name=name,
        turns=len({turn.turn for turn in turns}),
        right=rate((turn.ok for turn in turns), epochs=epochs),
        reasons=rate((exact(turn) for turn in worked), epochs=epochs),
        macro_f1=reason_figures(worked, epochs=epochs).macro_f1,
    )

"""Says what the gate found: lines for a terminal, Markdown for a pull request, a document for programs. Pure.

Text out of mails and models is foreign: it is cut short and can steer nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from evals.gating.comparing import ChangedCheck, ChangedTurn
from evals.gating.judging import Compared, Hit, Judged
from evals.reporting.wording import percent, plain, short
from evals.results import Mode

#: So much of a fault or of what was seen is shown.
_LONGEST = 160
#: So many changed turns stand in a pull request; the rest is counted.
_MOST_TURNS = 60


def verdict(judged: Judged) -> str:
    """Give the gate's verdict as one line."""
    if judged.passed:
        return f"gate passed ({_counts(judged)})"
    why = []
    if judged.new_hits:
        why.append(f"{len(judged.new_hits)} zero-tolerance hits that nobody acknowledged")
    if judged.raised:
        why.append(f"the agent failed on {len(judged.raised)} turns")
    if judged.mode is Mode.REPLAY and judged.changed:
        why.append(f"{len(judged.changed)} turns came out otherwise than in the baseline (a replay must be the same)")
    why += [f"{one.name} really dropped" for one in judged.drops]
    return f"gate failed: {'; '.join(why)} ({_counts(judged)})"


def _counts(judged: Judged) -> str:
    ways = [turn.way for turn in judged.changed]
    changed = f"{len(ways)} turns changed" if ways else "no turn changed"
    told = f": {ways.count('worse')} worse, {ways.count('better')} better" if ways else ""
    return f"mode {judged.mode}, {changed}{told}"


def lines(judged: Judged) -> Iterator[str]:
    """Give everything found, line by line; the verdict last."""
    for hit in judged.new_hits:
        yield f"ZERO TOLERANCE {_hit(hit)}"
    for hit in judged.known_hits:
        yield f"known hit {_hit(hit)}; acknowledged: {_cut(hit.why or '')}"
    for turn, name in judged.gone:
        yield f"no longer hit: {plain(turn)}: {plain(name)} (make a new baseline)"
    for turn in judged.raised:
        yield f"the agent failed: {plain(turn)}"
    for changed in judged.changed:
        yield f"{changed.way:<6} {plain(changed.turn)}"
        yield from (f"         {line}" for line in _what(changed))
    for one in judged.compared:
        if one.difference.better or one.difference.worse:
            yield _compared(one)
    yield verdict(judged)


def _hit(hit: Hit) -> str:
    return f"{plain(hit.turn)}: {plain(hit.name)}: {_cut(hit.seen)}"


def _cut(text: str) -> str:
    return short(plain(text), _LONGEST)


def _what(changed: ChangedTurn) -> Iterator[str]:
    for name in changed.came:
        yield f"zero tolerance: {plain(name)} is hit now"
    for name in changed.gone:
        yield f"zero tolerance: {plain(name)} is no longer hit"
    if changed.error:
        yield _cut(changed.error)
    for check in changed.checks:
        yield _check(check)
    if changed.drafted:
        yield "the draft is another"
    if changed.otherwise:
        yield "no check came out otherwise, but reading, acts or rows did"


def _check(check: ChangedCheck) -> str:
    fault = f" ({_cut(check.fault)})" if check.fault and check.way != "better" else ""
    return f"{plain(check.name)}: {_side(check.old)} -> {_side(check.new)}{fault}"


def _side(count: tuple[int, int]) -> str:
    right, made = count
    if made <= 1:
        return "not made" if not made else "right" if right else "wrong"
    return f"right {right} of {made} times"


def _compared(one: Compared) -> str:
    difference = one.difference
    real = "a real drop" if one.dropped else "no real drop"
    return (
        f"{plain(one.name)}: {percent(one.old)} -> {percent(one.new)}, difference {_points(difference.mean)}"
        f" ({_points(difference.low)} to {_points(difference.high)}; conversations worse {difference.worse},"
        f" better {difference.better}; p {one.p_value:.3f}): {real}"
    )


def _points(share: float) -> str:
    return f"{100 * share:+.1f}"


def markdown(judged: Judged, *, suite: str, model: str) -> str:
    """Give the finding as Markdown for a pull request."""
    parts = [
        f"### Gate: {_marked(suite)}, {_marked(model)} (mode {judged.mode})",
        "",
        f"**{_marked(verdict(judged))}**",
    ]
    if judged.hits:
        parts += ["", "| zero tolerance | turn | seen | acknowledged |", "|---|---|---|---|"]
        parts += [
            f"| {_marked(h.name)} | {_marked(h.turn)} | {_marked(_cut(h.seen))} | {_marked(h.why) if h.why else '**no**'} |"
            for h in (*judged.new_hits, *judged.known_hits)
        ]
    moved = [one for one in judged.compared if one.difference.better or one.difference.worse]
    if moved:
        parts += ["", "| figure | baseline | now | difference (95 %) | real drop |", "|---|---|---|---|---|"]
        parts += [
            f"| {one.name} | {percent(one.old)} | {percent(one.new)} | {_points(one.difference.mean)}"
            f" ({_points(one.difference.low)} to {_points(one.difference.high)}) | {'**yes**' if one.dropped else 'no'} |"
            for one in moved
        ]
    parts += _turns(judged.changed)
    return "\n".join(parts) + "\n"


def _turns(changed: Sequence[ChangedTurn]) -> list[str]:
    if not changed:
        return []
    parts = ["", f"<details><summary>{len(changed)} turns changed</summary>", ""]
    for one in changed[:_MOST_TURNS]:
        parts.append(f"- {one.way}: {_marked(one.turn)}")
        parts += [f"  - {_marked(line)}" for line in _what(one)]
    if len(changed) > _MOST_TURNS:
        parts.append(f"- and {len(changed) - _MOST_TURNS} more")
    return [*parts, "", "</details>"]


def _marked(text: str) -> str:
    """Give foreign text so that Markdown takes nothing in it for a mark, a link or a tag."""
    return "".join(f"&#{ord(c)};" if c in "\\`*_{}[]()<>#|!~@&:" else c for c in plain(text))


def document(judged: Judged) -> dict[str, Any]:
    """Give the finding for programs."""
    return {
        "passed": judged.passed,
        "mode": judged.mode.value,
        "verdict": verdict(judged),
        "new_hits": [{"turn": h.turn, "hit": h.name, "seen": h.seen} for h in judged.new_hits],
        "known_hits": [{"turn": h.turn, "hit": h.name, "why": h.why} for h in judged.known_hits],
        "no_longer_hit": [{"turn": turn, "hit": name} for turn, name in judged.gone],
        "agent_failed": list(judged.raised),
        "changed": [{"turn": one.turn, "way": one.way, "what": list(_what(one))} for one in judged.changed],
        "figures": [
            {
                "name": one.name,
                "baseline": one.old,
                "now": one.new,
                "difference": one.difference.mean,
                "low": one.difference.low,
                "high": one.difference.high,
                "better": one.difference.better,
                "worse": one.difference.worse,
                "p_value": one.p_value,
                "real_drop": one.dropped,
            }
            for one in judged.compared
        ],
    }

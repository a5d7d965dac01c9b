"""Holds a run against a baseline, turn by turn: whether it may be compared at all, and what came out otherwise. Pure.

Of the baseline only verdicts are known; words come from the new run alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from evals.gating.baseline import RIGHT, Baseline, Outcome, name_of, outcomes_of, unwhole
from evals.results import Mode, RunRecord, TurnResult


@dataclass(frozen=True, slots=True)
class ChangedCheck:
    """One check that came out otherwise: how often it was right, of how many times, before and now; `fault` as seen now."""

    name: str
    old: tuple[int, int]
    new: tuple[int, int]
    fault: str | None

    @property
    def way(self) -> str:
        """Say what became of it. A check that is made on one side alone is neither better nor worse."""
        if not self.old[1] or not self.new[1]:
            return "other"
        old, new = self.old[0] / self.old[1], self.new[0] / self.new[1]
        return "worse" if new < old else "better"


@dataclass(frozen=True, slots=True)
class ChangedTurn:
    """One turn that came out otherwise. `drafted`: the answer is another; `otherwise`: only what no check is about."""

    turn: str
    checks: tuple[ChangedCheck, ...]
    came: tuple[str, ...]
    gone: tuple[str, ...]
    drafted: bool
    otherwise: bool
    error: str | None

    @property
    def way(self) -> str:
        """Say in one word what became of the turn."""
        ways = {check.way for check in self.checks}
        if self.came or self.error or ("worse" in ways and "better" not in ways):
            return "worse"
        if (self.gone or "better" in ways) and "worse" not in ways:
            return "better"
        return "other"


def refusals(baseline: Baseline, record: RunRecord) -> list[str]:
    """Say why a run may not be held against this baseline; nothing where it may."""
    faults = unwhole(record)
    if baseline.mode is not record.mode:
        faults.append(
            f"the baseline is of mode {baseline.mode}, the run of mode {record.mode}: they are never compared"
        )
    if baseline.suite_digest != record.suite_digest:
        faults.append("the suite is not the one of the baseline: run it anew and make a new baseline")
    if record.mode is Mode.REPLAY:
        if baseline.model != record.model:
            faults.append(f"the baseline is of {baseline.model}, the recording of {record.model}")
        if baseline.prompts_digest != record.prompts_digest:
            faults.append("the recording is of other prompts than the baseline: make a new baseline")
    uneven = sorted(turn for turn, made in baseline.turns.items() if len(made) != baseline.epochs)
    if uneven:
        faults.append(f"the baseline does not hold {baseline.epochs} outcomes of {', '.join(uneven[:3])}: make it anew")
    played = {result.turn for result in record.turns}
    missing, strange = sorted(set(baseline.turns) - played), sorted(played - set(baseline.turns))
    if missing:
        faults.append(f"{len(missing)} turns of the baseline were not run: {', '.join(missing[:3])}")
    if strange and baseline.suite_digest == record.suite_digest:
        faults.append(f"{len(strange)} turns are not in the baseline: {', '.join(strange[:3])}")
    return faults


def changed_turns(baseline: Baseline, record: RunRecord) -> list[ChangedTurn]:
    """Give every turn that came out otherwise, worse ones first. Live, a draft in other words is no change."""
    results: dict[str, list[TurnResult]] = {}
    for result in record.turns:
        results.setdefault(result.turn, []).append(result)
    new = outcomes_of(record.turns)
    exact = record.mode is not Mode.LIVE
    found = [
        _changed(turn, old, new[turn], results[turn], exact=exact)
        for turn, old in baseline.turns.items()
        if turn in new and _differs(old, new[turn], exact=exact)
    ]
    order = {"worse": 0, "better": 1, "other": 2}
    return sorted(found, key=lambda one: (order[one.way], one.turn))


def _differs(old: Sequence[Outcome], new: Sequence[Outcome], *, exact: bool) -> bool:
    if exact:
        return set(map(_gist, old)) != set(map(_gist, new))
    return _shares(old) != _shares(new) or _hits(old) != _hits(new) or _raised(old) != _raised(new)


def _gist(outcome: Outcome) -> str:
    return outcome.model_dump_json()


def _changed(
    turn: str, old: Sequence[Outcome], new: Sequence[Outcome], results: Sequence[TurnResult], *, exact: bool
) -> ChangedTurn:
    was, now = _counts(old), _counts(new)
    names = [name for name in dict.fromkeys((*was, *now)) if _share(was.get(name)) != _share(now.get(name))]
    checks = tuple(
        ChangedCheck(name, was.get(name, (0, 0)), now.get(name, (0, 0)), _fault(name, results)) for name in names
    )
    hits_before, hits_now = _hits(old), _hits(new)
    came, gone = tuple(sorted(hits_now - hits_before)), tuple(sorted(hits_before - hits_now))
    drafted = exact and {one.draft for one in old} != {one.draft for one in new}
    error = (
        next((one.error for one in results if one.error is not None), None) if _raised(old) != _raised(new) else None
    )
    return ChangedTurn(
        turn=turn,
        checks=checks,
        came=came,
        gone=gone,
        drafted=drafted,
        otherwise=not (checks or came or gone or drafted or error),
        error=error,
    )


def _counts(outcomes: Sequence[Outcome]) -> dict[str, tuple[int, int]]:
    """Count for each check how often it was right, and how often it was made."""
    found: dict[str, tuple[int, int]] = {}
    for outcome in outcomes:
        for name, verdict in outcome.checks.items():
            right, made = found.get(name, (0, 0))
            found[name] = (right + (verdict == RIGHT), made + 1)
    return found


def _share(count: tuple[int, int] | None) -> float | None:
    return None if count is None else count[0] / count[1]


def _shares(outcomes: Sequence[Outcome]) -> dict[str, float | None]:
    return {name: _share(count) for name, count in _counts(outcomes).items()}


def _hits(outcomes: Sequence[Outcome]) -> set[str]:
    return {hit for outcome in outcomes for hit in outcome.hits}


def _raised(outcomes: Sequence[Outcome]) -> bool:
    return any(outcome.error is not None for outcome in outcomes)


def _fault(name: str, results: Sequence[TurnResult]) -> str | None:
    """Give the fault of a check as it is seen now; of checks of one name, the first that is wrong."""
    plain = name.partition(" #")[0]
    faults = (check.fault for result in results for check in result.checks if name_of(check) == plain)
    return next((fault for fault in faults if fault is not None), None)

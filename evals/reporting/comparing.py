"""Runs beside each other. Only runs of one mode and one suite stand in one table; others stand apart, each with its mode.

Differences are paired: the same turn in both runs, whole conversations drawn anew for the interval (`evals.figures`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from string import ascii_uppercase
from typing import Any

from evals.figures.values import ZeroFigure
from evals.reporting.building import Change, differences_of, sheet_of
from evals.reporting.changes import ChangedTurn, changed_turns, only_in, why_apart
from evals.reporting.sheet import Line, Sheet
from evals.results import RunRecord

#: More runs than letters are not told apart.
MOST_RUNS = len(ascii_uppercase)


@dataclass(frozen=True, slots=True)
class Run:
    """A run and the letter by which the report calls it."""

    letter: str
    record: RunRecord
    sheet: Sheet


@dataclass(frozen=True, slots=True)
class LineRow:
    """One line of every run of a group; None where a run does not have it."""

    name: str
    cells: tuple[Line | None, ...]


@dataclass(frozen=True, slots=True)
class ZeroRow:
    """One zero-tolerance check of every run of a group."""

    name: str
    cells: tuple[ZeroFigure | None, ...]


@dataclass(frozen=True, slots=True)
class Against:
    """What changed from one run to another."""

    old: str
    new: str
    pairs: int
    differences: tuple[Change, ...]


@dataclass(frozen=True, slots=True)
class Group:
    """Runs that may stand in one table, and each one's differences from the first."""

    runs: tuple[Run, ...]
    zero: tuple[ZeroRow, ...]
    lines: tuple[LineRow, ...]
    against: tuple[Against, ...]


@dataclass(frozen=True, slots=True)
class Comparison:
    """All that a comparison shows. `changed` is None where turns cannot be compared, or there are more than two runs."""

    runs: tuple[Run, ...]
    apart: tuple[str, ...]
    groups: tuple[Group, ...]
    changed: tuple[ChangedTurn, ...] | None
    missing: tuple[tuple[str, tuple[str, ...]], ...]


def compare(records: Sequence[RunRecord], *, with_text: bool = False) -> Comparison:
    """Put runs beside each other, the first as the one that the others are compared with."""
    runs = tuple(
        Run(letter, record, sheet_of(record)) for letter, record in zip(ascii_uppercase, records, strict=False)
    )
    apart = tuple(why_apart(records))
    together = len(records) == 2 and not apart
    return Comparison(
        runs=runs,
        apart=apart,
        groups=tuple(_group(some) for some in _alike(runs)),
        changed=tuple(changed_turns(*records, with_text=with_text)) if together else None,
        missing=_missing(runs) if together else (),
    )


def _alike(runs: Sequence[Run]) -> list[tuple[Run, ...]]:
    groups: dict[tuple[str, str], list[Run]] = {}
    for run in runs:
        groups.setdefault((run.record.mode.value, run.record.suite_digest), []).append(run)
    return [tuple(group) for group in groups.values()]


def _group(runs: tuple[Run, ...]) -> Group:
    first, *others = runs
    lines = {line.key: line.name for run in runs for line in run.sheet.lines}
    checks = dict.fromkeys(zero.name for run in runs for zero in run.sheet.zero)
    return Group(
        runs=runs,
        zero=tuple(ZeroRow(name, tuple(_zero(run.sheet, name) for run in runs)) for name in checks),
        lines=tuple(LineRow(name, tuple(_line(run.sheet, key) for run in runs)) for key, name in lines.items()),
        against=tuple(_against(first, other) for other in others),
    )


def _against(old: Run, new: Run) -> Against:
    changes = tuple(differences_of(old.record, new.record))
    pairs = {turn.turn for turn in old.record.turns} & {turn.turn for turn in new.record.turns}
    return Against(old.letter, new.letter, len(pairs), changes)


def _line(sheet: Sheet, key: str) -> Line | None:
    return next((line for line in sheet.lines if line.key == key), None)


def _zero(sheet: Sheet, name: str) -> ZeroFigure | None:
    return next((zero for zero in sheet.zero if zero.name == name), None)


def _missing(runs: Sequence[Run]) -> tuple[tuple[str, tuple[str, ...]], ...]:
    old, new = runs
    both = ((old.letter, only_in(old.record, new.record)), (new.letter, only_in(new.record, old.record)))
    return tuple((letter, tuple(turns)) for letter, turns in both if turns)


def tally(told: Comparison) -> str:
    """Say how many turns became worse, better, or different without being either."""
    ways = Counter(one.way for one in told.changed or ())
    return f"{ways['worse']} worse, {ways['better']} better, {ways['other']} different but neither."


def document(told: Comparison) -> dict[str, Any]:
    """Give a comparison as plain values for a program."""
    return {
        "runs": [{"letter": run.letter} | run.sheet.model_dump(mode="json") for run in told.runs],
        "apart": list(told.apart),
        "differences": [asdict(against) for group in told.groups for against in group.against],
        "changed": None if told.changed is None else [asdict(one) | {"way": one.way} for one in told.changed],
        "missing": {letter: list(turns) for letter, turns in told.missing},
    }

"""The figures of a run under attack as a table and lines for a person."""

from __future__ import annotations

from collections.abc import Iterator

from rich.table import Table

from evals.attacking.figures import Numbers, Share
from evals.attacking.goals import GOALS
from evals.attacking.running import AttackRecord


def as_table(record: AttackRecord) -> Table:
    """Give the three numbers, whole, by goal and by carrier."""
    table = Table("", "utility", "under attack", "success", "at most", "lost")
    _row(table, "all", record.figures.whole)
    for group in (record.figures.by_goal, record.figures.by_carrier):
        table.add_section()
        for name, numbers in group.items():
            _row(table, name, numbers)
    return table


def _row(table: Table, name: str, numbers: Numbers) -> None:
    bound = numbers.success.at_most
    table.add_row(
        name,
        _share(numbers.utility),
        _share(numbers.utility_under_attack),
        _share(numbers.success),
        "" if bound is None else f"{bound:.1%}",
        str(numbers.lost),
    )


def _share(one: Share) -> str:
    if not one.total or one.low is None or one.high is None:
        return "-"
    return f"{one.hits}/{one.total} {one.hits / one.total:.0%} ({one.low:.0%} to {one.high:.0%})"


def lines(record: AttackRecord) -> Iterator[str]:
    """Say what it was, what the goals are, and what the suite's own attacks came to."""
    once = "; it says the same each time, so that repeats would show nothing" if record.repeats == 1 else ""
    yield f"{record.model} (mode {record.mode.value}), suite {record.suite}, seed {record.seed}, repeats: {record.repeats}{once}"
    yield "goals: " + "; ".join(f"{goal.name} {goal.words}" for goal in GOALS)
    yield (
        f"lost: right when clean, not under attack: {record.figures.whole.lost}, of which {record.figures.whole.careful} only ask a "
        f"person more; other zero-tolerance checks that only the attack hit: {record.figures.whole.other_hits}"
    )
    own = record.figures.own
    if own is not None:
        bound = "" if own.success.at_most is None else f", at most {own.success.at_most:.1%}"
        yield f"the suite's own {own.turns} attack turns: right {_share(own.right)}, success {_share(own.success)}{bound}"
        yield from (
            f"OWN (without a clean turn beside it: a mail that is read wrongly counts too) {sign}" for sign in own.signs
        )
    if record.figures.cut:
        yield f"{record.figures.cut} samples were cut off and are not counted"
    for one in record.samples:
        yield from (f"SUCCESS {one.conversation}/{one.turn} {one.carrier}: {sign}" for sign in one.achieved)

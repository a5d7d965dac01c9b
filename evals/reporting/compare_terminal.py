"""Runs beside each other in the terminal. Foreign text is printed as text, never as Rich markup."""

from __future__ import annotations

from collections.abc import Iterator

from rich.console import Console, RenderableType
from rich.text import Text

from evals.reporting.changes import ChangedTurn
from evals.reporting.comparing import Against, Comparison, Group, tally
from evals.reporting.terminal import head_lines, new_table, row
from evals.reporting.wording import count, plain, points, value, zero_words

#: So many changed turns are told one by one; the page and the Markdown tell all.
_MOST = 40


def show_comparison(told: Comparison, *, console: Console | None = None) -> None:
    """Print a comparison. `console`: where to; standard output unless given."""
    if console is None:
        from agent.cli.output import console as standard

        console = standard()
    for part in _parts(told):
        console.print(part)


def _parts(told: Comparison) -> Iterator[RenderableType]:
    for run in told.runs:
        yield from head_lines(run.sheet.head, before=f"{run.letter}: ")
    yield from (Text(f"\n{why}", style="yellow") for why in told.apart)
    for group in told.groups:
        yield from _group(group)
    for letter, turns in told.missing:
        yield Text(f"\nonly in {letter}: {', '.join(turns)}", style="yellow")
    if told.changed is not None:
        yield Text(f"\n{count(len(told.changed), 'mail')} came out differently", style="bold")
        yield from _changed(told) if told.changed else ()


def _group(group: Group) -> Iterator[RenderableType]:
    letters, mode = [run.letter for run in group.runs], group.runs[0].record.mode.value
    table = new_table(f"What may never happen: hits (mode {mode})", "check", *letters)
    for zero in group.zero:
        row(table, zero_words(zero.name), *("–" if one is None else f"{one.hits} of {one.of}" for one in zero.cells))
    yield table
    table = new_table(f"What the agent gets right (mode {mode})", "", *letters)
    for line in group.lines:
        row(table, plain(line.name), *("–" if one is None else value(one) for one in line.cells))
    yield table
    for against in group.against:
        yield _against(against)


def _against(against: Against) -> RenderableType:
    table = new_table(f"{against.old} to {against.new}, paired", "", "points", "95 % interval", "real")
    for one in against.differences:
        real = ("better" if one.mean > 0 else "worse") if one.real else "no"
        row(table, plain(one.name), points(one.mean), f"{points(one.low)} to {points(one.high)}", real)
    return table


def _changed(told: Comparison) -> Iterator[RenderableType]:
    changed = told.changed or ()
    yield Text(tally(told))
    for one in changed[:_MOST]:
        yield Text(f"\n{one.way}: {one.turn}" + (f" (epoch {one.epoch})" if one.epoch > 1 else ""))
        yield from (Text(f"  {line}", overflow="fold") for line in _told(one))
    if len(changed) > _MOST:
        yield Text(f"\nand {count(len(changed) - _MOST, 'mail')} more: --html or --markdown tells all")


def _told(one: ChangedTurn) -> Iterator[str]:
    """Tell what differs, in one line each."""
    for name, old, new in (
        ("reasons", one.old.reasons, one.new.reasons),
        ("acts", one.old.tools, one.new.tools),
        (
            "a person",
            ("is asked" if one.old.escalated else "is not asked",),
            ("is asked" if one.new.escalated else "is not asked",),
        ),
        ("verdict", (one.old.verdict,), (one.new.verdict,)),
    ):
        if old != new:
            yield f"{name}: {', '.join(old) or 'none'} → {', '.join(new) or 'none'}"
    if one.words or one.withheld:
        yield "the answer differs"
    yield from (f"wrong now: {fault.heading}: {fault.text}" for fault in one.new.faults if fault not in one.old.faults)
    yield from (f"right now: {fault.heading}" for fault in one.old.faults if fault not in one.new.faults)

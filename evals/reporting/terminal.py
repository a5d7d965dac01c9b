"""A run in the terminal: first what may never happen, then what a person who runs receivables asks, then detail.

All foreign text goes through `plain` and is printed as text, never as Rich markup.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from rich.console import Console, RenderableType
from rich.table import Table
from rich.text import Text

from evals.figures.values import Named
from evals.reporting.building import sheet_of
from evals.reporting.sheet import Fact, Head, Line, Sheet
from evals.reporting.wording import (
    area_words,
    bound,
    count,
    interval,
    language,
    mode_words,
    of,
    percent,
    plain,
    score,
    span,
    spoken,
    value,
    zero_words,
)
from evals.results import Mode, RunRecord

#: Below this many columns a table leaves out what can be worked out from the rest.
_NARROW = 72
#: A name's longest word still fits.
_NAME = 15


def show(record: RunRecord, *, console: Console | None = None) -> None:
    """Print a run's report. `console`: where to; standard output unless given."""
    show_sheet(sheet_of(record), console=console)


def show_sheet(sheet: Sheet, *, console: Console | None = None) -> None:
    """Print the report of a sheet."""
    if console is None:
        from agent.cli.output import console as standard

        console = standard()
    for part in _parts(sheet, narrow=console.width < _NARROW):
        console.print(part)


def _parts(sheet: Sheet, *, narrow: bool) -> Iterator[RenderableType]:
    yield from head_lines(sheet.head)
    yield _zero(sheet)
    yield _lines(sheet, narrow=narrow)
    yield _reasons(sheet, narrow=narrow)
    for title, rows in (
        ("Checks", _renamed(sheet.checks, area_words)),
        ("Handing over to a person", sheet.escalation),
        ("Languages: mails right in everything", _renamed(sheet.languages, language)),
        ("Kinds: mails right in everything", _renamed(sheet.kinds, spoken)),
    ):
        yield from [_named(title, rows, narrow=narrow)] if rows else []
    for title, facts in (("Right every time", sheet.passes), ("What it took", sheet.cost)):
        yield from [_facts(title, facts)] if facts else []


def _renamed(rows: tuple[Named, ...], name: Callable[[str], str]) -> tuple[Named, ...]:
    return tuple(one.model_copy(update={"name": name(one.name)}) for one in rows)


def head_lines(head: Head, *, before: str = "") -> Iterator[RenderableType]:
    """Give of what the figures are: the mode first, and the command that makes them again."""
    yield Text(f"\n{before}{plain(head.suite)} · {plain(head.model)}", style="bold")
    grid = Table.grid(padding=(0, 2, 0, 0))
    grid.add_column(no_wrap=True)
    grid.add_column(overflow="fold")
    row(grid, "mode", mode_words(head.mode))
    row(grid, "suite", f"{plain(head.suite)} {head.suite_digest[:12]}{_part(head)}, {plain(head.origin)}")
    row(grid, "mails", f"{count(head.turns, 'mail')} of {count(head.conversations, 'conversation')}{_epochs(head)}")
    if head.mode is not Mode.EMBEDDED:
        row(grid, "prompts", plain(head.prompts_digest[:12]))
    row(grid, "date", f"{head.day}, dunwell {plain(head.agent_version)}")
    row(grid, "command", plain(head.command) or "not known")
    yield grid
    if head.unfinished:
        yield Text("This run was cut off: the figures are of the mails that were done.", style="yellow")
    if head.failed:
        yield Text(f"The agent could not work on {count(head.failed, 'mail')}: that counts as wrong.", style="yellow")
    for fault in head.broken:
        yield Text(f"not run: {plain(fault)}", style="yellow")


def _part(head: Head) -> str:
    return f" ({plain(head.selected)})" if head.selected else ""


def _epochs(head: Head) -> str:
    return f", {head.epochs} times each" if head.epochs > 1 else ""


def new_table(title: str, *columns: str, tight: bool = False) -> Table:
    """Give an empty table: the first column for names, the others for figures; `tight` where there is little room."""
    heading, room = Text(f"\n{title}", style="bold"), (0, 1 if tight else 2, 0, 0)
    table = Table(title=heading, title_justify="left", box=None, pad_edge=False, padding=room)
    table.add_column(Text(columns[0]), style="none", overflow="fold", min_width=_NAME)
    for name in columns[1:]:
        table.add_column(Text(name), justify="right", no_wrap=True)
    return table


def row(table: Table, *cells: str, style: str = "none") -> None:
    """Add a row of texts: a plain `str` would be read as markup."""
    table.add_row(*(Text(cell, style=style) for cell in cells))


def _zero(sheet: Sheet) -> Table:
    table = new_table("What may never happen", "check", "hits", "of", "at most")
    for one in sheet.zero:
        style = "bold red" if one.hits else "none"
        row(table, zero_words(one.name), str(one.hits), str(one.of), bound(one), style=style)
    return table


def _lines(sheet: Sheet, *, narrow: bool) -> Table:
    table = new_table(
        "What the agent gets right", "", *(("", "of") if narrow else ("", "of", "95 % interval")), tight=narrow
    )
    for line in sheet.lines:
        row(table, plain(line.name), *_cells(line, narrow=narrow))
    return table


def _cells(line: Line, *, narrow: bool) -> list[str]:
    return [value(line), of(line)] if narrow else [value(line), of(line), span(line)]


def _reasons(sheet: Sheet, *, narrow: bool) -> Table:
    rates = ("prec.", "rec.") if narrow else ("precision", "recall")
    table = new_table("Reasons", "reason", "mails", *rates, "F1", tight=narrow)
    for one in sheet.reasons:
        row(table, spoken(one.reason), str(one.support), score(one.precision), score(one.recall), score(one.f1))
    return table


def _named(title: str, rows: tuple[Named, ...], *, narrow: bool) -> Table:
    table = new_table(title, "", *(("", "of") if narrow else ("", "of", "95 % interval")), tight=narrow)
    for one in rows:
        rate = one.rate
        cells = [percent(rate.share), f"{rate.right} of {rate.of}", interval(rate.low, rate.high)]
        row(table, plain(one.name), *(cells[:2] if narrow else cells))
    return table


def _facts(title: str, facts: tuple[Fact, ...]) -> Table:
    table = new_table(title, "", "")
    table.show_header = False
    for one in facts:
        row(table, plain(one.name), plain(one.value))
    return table

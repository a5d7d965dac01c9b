"""The rows of the one table: what dunwell needs, what the floor needs, the ratio, the aim. Measures nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from rich.table import Table

from evals.bench.racing import Aim, Benchmark, Figure, Progress

HEADINGS = ("what", "dunwell", "floor", "ratio", "aim", "met")


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table. `ratio`: how many times the floor; `met` None where there is no aim."""

    what: str
    dunwell: str
    floor: str
    ratio: float
    aim: str = ""
    met: bool | None = None

    def cells(self) -> tuple[str, ...]:
        """Give it as text, in the order of HEADINGS."""
        met = "" if self.met is None else "yes" if self.met else "no"
        return self.what, self.dunwell, self.floor, f"{self.ratio:.2f}", self.aim, met

    def document(self) -> dict[str, Any]:
        """Give it as JSON."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Count:
    """A benchmark of something else than time: it measures by itself and gives its rows."""

    name: str
    about: str
    measure: Callable[[Progress], Sequence[Row]]
    close: Callable[[], None] = lambda: None
    notes: Callable[[], Sequence[str]] = tuple


def rows_of(contest: Benchmark, figures: Sequence[Figure]) -> Iterator[Row]:
    """Give a row for each contender that is no floor, against the slowest of the floors."""
    floor = max(figures[: contest.floors], key=lambda figure: figure.ms_each)
    for figure in figures[contest.floors :]:
        aim: Aim | None = contest.aims.get(figure.name)
        yield Row(
            what=f"{contest.name}: {figure.name}",
            dunwell=_told(figure, contest.unit),
            floor=f"{_told(floor, contest.unit)} ({floor.name})",
            ratio=figure.times_the_floor,
            aim=aim.text if aim is not None else "",
            met=aim.met(figure) if aim is not None else None,
        )


def _told(figure: Figure, unit: str) -> str:
    digits = 3 if figure.ms_each < 1 else 2 if figure.ms_each < 100 else 0
    return f"{figure.ms_each:,.{digits}f} ms a {unit}, {figure.a_second:,.{0 if figure.a_second >= 100 else 1}f}/s"


def table(rows: Sequence[Row], *, title: str) -> Table:
    """Draw them for a terminal."""
    drawn = Table(title=title, title_justify="left", show_lines=False)
    for heading in HEADINGS:
        drawn.add_column(heading, justify="right" if heading == "ratio" else "left", overflow="fold")
    for row in rows:
        drawn.add_row(*row.cells())
    return drawn


def markdown(rows: Sequence[Row], *, notes: Sequence[str], about: str) -> str:
    """Write them as a Markdown table, with what was noted below."""
    lines = [about, "", "| " + " | ".join(HEADINGS) + " |", "|---|---|---|---:|---|---|"]
    lines += ["| " + " | ".join(cell.replace("|", "\\|") for cell in row.cells()) + " |" for row in rows]
    lines += ["", *(f"- {note}" for note in notes)] if notes else []
    return "\n".join(lines) + "\n"

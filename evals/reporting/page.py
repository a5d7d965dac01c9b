"""A run as one HTML page that stands alone: style, drawings and turns inside, no script, no request, everything escaped.

Of a redacted suite it holds ids and faults only, unless its words are asked for.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cache, partial
from math import ceil
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from evals.figures.values import ConfidenceFigures, Confusion, Named, RiskFigure
from evals.reporting import filters, wording
from evals.reporting.building import sheet_of
from evals.reporting.faults import WrongTurn, anchor, wrong_turns
from evals.reporting.plots import calibration_svg, risk_svg
from evals.reporting.sheet import Sheet
from evals.results import RunRecord

_FOLDER = Path(__file__).parent / "templates"


def page(record: RunRecord, *, with_text: bool = False) -> str:
    """Give a run as a page. `with_text`: show drafts of redacted cases too."""
    return render(sheet_of(record), wrong_turns(record, with_text=with_text))


def render(sheet: Sheet, wrong: Sequence[WrongTurn]) -> str:
    """Give the page of a sheet and the turns that are not right."""
    choices = filters.of_wrong(wrong)
    return (
        environment()
        .get_template("report.html")
        .render(
            title=wording.plain(f"{sheet.head.suite} with {sheet.head.model} ({sheet.head.mode.value}) – dunwell"),
            css=Markup(style_sheet() + filters.rules(choices)),
            sheet=sheet,
            languages=_renamed(sheet.languages, wording.language),
            wrong=wrong,
            filters=choices,
            heat=heat(sheet.matrix),
            drawn=_drawn(sheet.confidence),
            checks=_renamed(sheet.checks, wording.area_words),
            kinds=_renamed(sheet.kinds, wording.spoken),
            slots=_renamed(sheet.slots, wording.spoken),
            acts=_renamed(sheet.tools, wording.spoken),
        )
    )


@cache
def environment() -> Environment:
    """Give the template environment: escaping always on, a missing name is an error."""
    env = Environment(
        loader=FileSystemLoader(_FOLDER),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    env.filters.update(
        anchor=anchor,
        bound=wording.bound,
        count=wording.count,
        detail=wording.detail,
        points=wording.points,
        interval=lambda rate: wording.interval(rate.low, rate.high),
        mode=wording.mode_words,
        percent=wording.percent,
        plain=wording.plain,
        score=wording.score,
        spoken=wording.spoken,
        tag=filters.tag,
        value=wording.value,
        zero=wording.zero_words,
    )
    return env


@cache
def style_sheet() -> str:
    """Give the style of every page."""
    return (_FOLDER / "report.css").read_text("utf-8")


@dataclass(frozen=True, slots=True)
class Cell:
    """One field of the matrix; `css` says how dark, and whether it is right (h) or a mistake (m)."""

    count: str
    css: str


@dataclass(frozen=True, slots=True)
class Row:
    """One row of the matrix."""

    label: str
    cells: tuple[Cell, ...]


def heat(matrix: Confusion) -> list[Row]:
    """Colour a matrix by the share of each field in its row, in five steps."""
    rows = []
    for at, (label, counts) in enumerate(zip(matrix.labels, matrix.counts, strict=True)):
        whole = sum(counts)
        cells = (
            Cell(
                f"{count:.3g}" if count else "",
                f"{'same h' if at == to else 'm'}{_step(count, whole)}" if count else "",
            )
            for to, count in enumerate(counts)
        )
        rows.append(Row(label, tuple(cells)))
    return rows


def _step(count: float, whole: float) -> int:
    return max(1, ceil(5 * count / whole - 1e-9))


def _renamed(rows: Iterable[Named], name: Callable[[str], str]) -> list[Named]:
    return [row.model_copy(update={"name": name(row.name)}) for row in rows]


@dataclass(frozen=True, slots=True)
class Drawn:
    """The two drawings, with the words that say the same."""

    calibration: Markup
    calibration_words: str
    risk: Markup
    risk_words: str
    risk_rows: tuple[RiskFigure, ...]


def _drawn(confidence: ConfidenceFigures) -> Drawn:
    sure = (
        "On the dashed line readings are as often right as the agent is sure of them; below it, it is too sure."
        f" Mean distance (ECE) {wording.score(confidence.ece)}, Brier score {wording.score(confidence.brier)}."
        " A larger point stands for more readings."
    )
    handled = (
        f"If the agent handled alone what it is surest of, up to {wording.percent(confidence.allowed, digits=0)} wrong"
        f" (dashed), it would handle {wording.percent(confidence.handled)} of all mails. Wrong is a mail whose reasons, acts,"
        " or the choice to answer or to ask a person are not as they must be; what it hands to a person is not handled."
    )
    draw = partial(calibration_svg, confidence.bins, title="Calibration")
    risk = risk_svg(confidence.curve, allowed=confidence.allowed, title="Risk and coverage", description=handled)
    return Drawn(
        calibration=Markup(draw(description=sure)),
        calibration_words=sure,
        risk=Markup(risk),
        risk_words=handled,
        risk_rows=wording.thinned(confidence.curve),
    )

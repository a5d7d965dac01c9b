"""Reports of whole runs: the same figures everywhere, the mode said everywhere, and nothing foreign that acts."""

from __future__ import annotations

import io
import re
from collections.abc import Callable

import pytest
from lxml import html
from markdown_it import MarkdownIt
from rich.console import Console

from evals.figures.values import BinFigure, RiskFigure
from evals.figures.zero import Zero
from evals.reporting.building import sheet_of
from evals.reporting.compare_markdown import compare_markdown
from evals.reporting.compare_page import compare_page
from evals.reporting.compare_terminal import show_comparison
from evals.reporting.comparing import compare
from evals.reporting.markdown import run_summary
from evals.reporting.page import heat, page
from evals.reporting.plots import calibration_svg, risk_svg
from evals.reporting.readme import END, START, put
from evals.reporting.terminal import show
from evals.reporting.wording import zero_words
from evals.results import Mode, RunRecord
from tests.eval_reports import HOSTILE, costly, hostile, record, turn, turns, wrong_reason

_MODES = {mode: record(mode=mode, model="embedded" if mode is Mode.EMBEDDED else "m") for mode in Mode}


def _terminal(one: RunRecord, width: int = 100) -> str:
    out = io.StringIO()
    show(one, console=Console(file=out, width=width, highlight=False, force_terminal=True, color_system=None))
    return out.getvalue()


def _compared(*records: RunRecord, width: int = 100) -> str:
    out = io.StringIO()
    show_comparison(compare(records), console=Console(file=out, width=width, highlight=False))
    return out.getvalue()


_READMES = f"before\n{START}\n{END}\nafter\n"
_WHOLE = tuple(one for one in turns() if one.error is None)
_RENDERINGS: dict[str, Callable[[RunRecord], str]] = {
    "terminal": _terminal,
    "page": page,
    "markdown": run_summary,
    "readme": lambda one: put(_READMES, sheet_of(one.model_copy(update={"turns": _WHOLE}))),
}


@pytest.mark.parametrize("mode", list(Mode))
@pytest.mark.parametrize("name", list(_RENDERINGS))
def test_every_report_says_mode_model_suite_day_and_command(name: str, mode: Mode) -> None:
    told = _RENDERINGS[name](_MODES[mode])
    words = " ".join((html.fromstring(told).text_content() if name == "page" else told).split()).lower()
    assert re.search(rf"mode:? \W*{mode.value}", words)
    assert "5d5d5d5d5d5d" in words
    assert "synthetic" in words
    assert "dunwell eval run evals/suites/core --model embedded" in words
    if name != "readme":
        assert _MODES[mode].model in words
    if name != "markdown":
        assert "2026-11-22" in words
    if name != "readme":
        assert ("7e7e7e7e7e7e" in words) is (mode is not Mode.EMBEDDED)


@pytest.mark.parametrize("name", ["terminal", "page", "markdown"])
def test_the_same_figures_stand_in_every_report(name: str) -> None:
    told = _RENDERINGS[name](record())
    words = " ".join((html.fromstring(told).text_content() if name == "page" else told).split())
    assert "72.7 %" in words
    assert "16 of 22" in words
    assert "51.8 to 86.8 %" in words
    assert "65.7 %" in words


def test_a_terminal_of_forty_columns_cuts_nothing_off() -> None:
    told = _terminal(record(), width=40)
    assert all(len(line) <= 40 for line in told.splitlines())
    for figure in ("72.7", "16 of 22", "65.7", "0.90", "embedded: the reader"):
        assert figure in told
    assert "…" not in told


def test_a_run_that_was_cut_off_says_so_everywhere() -> None:
    cut = record(ended=None, broken=("case.yaml:3: no title",))
    for name in ("terminal", "page", "markdown"):
        told = _RENDERINGS[name](cut)
        assert "cut off" in told, name
        assert "case.yaml:3" in told, name


def _hostile_run() -> RunRecord:
    return record(
        turns=(*turns(), hostile("more/002-in.eml", error=f"agent: {HOSTILE}")),
        suite=HOSTILE,
        model=HOSTILE,
        command=HOSTILE,
        selected=HOSTILE,
        broken=(HOSTILE,),
    )


def test_nothing_foreign_acts_in_a_page() -> None:
    for told in (
        page(_hostile_run()),
        compare_page(compare([record(), _hostile_run()])),
        compare_page(compare([_hostile_run(), _hostile_run()])),
    ):
        whole = html.fromstring(told)
        tags = {str(element.tag) for element in whole.iter(html.etree.Element)}
        assert not tags & {"script", "img", "iframe", "object", "link", "base", "form"}
        assert not [
            name for element in whole.iter(html.etree.Element) for name in element.attrib if name.startswith("on")
        ]
        assert all(one.startswith("#") for one in whole.xpath("//@href"))
        assert not whole.xpath("//@src")
        assert len(whole.xpath("//style")) == 1
        assert "evil" not in whole.xpath("//style")[0].text
        assert "\x1b" not in told
        assert "\u202e" not in told
        assert "<script>alert" in whole.text_content()


def test_nothing_foreign_acts_in_markdown() -> None:
    allowed = {
        *("main", "h3", "h4", "details", "summary", "p", "table", "thead", "tbody", "tr", "th", "td", "pre", "code"),
        *("ul", "li", "strong", "blockquote"),
    }
    for told in (run_summary(_hostile_run()), compare_markdown(compare([record(), _hostile_run()]))):
        whole = html.fromstring(f"<main>{MarkdownIt('commonmark', {'html': True}).enable('table').render(told)}</main>")
        assert {str(element.tag) for element in whole.iter()} <= allowed
        for foreign in whole.xpath("//code"):
            foreign.text = ""
        assert not re.search(r"@\w|#\d|https?://|www\.", whole.text_content())
        assert "\x1b" not in told


def test_nothing_foreign_acts_in_a_terminal() -> None:
    told = _terminal(_hostile_run()) + _compared(record(), _hostile_run())
    assert "\x1b[31m" not in told
    assert "\x07" not in told
    assert "\u202e" not in told
    assert "[red]no[/red]" in told.replace("\n", "")


def test_a_real_mail_is_in_no_report_unless_asked_for() -> None:
    real = record(turns=(wrong_reason("a/002-in.eml", provenance="redacted", draft="Secret words", subject="Hush"),))
    other = record(turns=(turn("a/002-in.eml", provenance="redacted", draft="Other secrets", subject="Hush"),))
    both = compare([real, other])
    for told in (
        page(real),
        run_summary(real),
        _terminal(real),
        compare_page(both),
        compare_markdown(both),
        _compared(real, other),
    ):
        assert "ecret" not in told
        assert "Hush" not in told
    assert "Secret words" in page(real, with_text=True)
    assert "redacted" in page(real)


def test_modes_stand_apart_and_a_line_says_why() -> None:
    told = compare([record(), record(mode=Mode.LIVE, model="m"), record(mode=Mode.LIVE, model="n")])
    assert [[run.letter for run in group.runs] for group in told.groups] == [["A"], ["B", "C"]]
    assert told.changed is None
    assert [len(group.against) for group in told.groups] == [0, 1]
    whole = html.fromstring(compare_page(told))
    for table in whole.xpath("//table"):
        heads = table.text_content().split("Mails right")[0]
        assert not ("A" in heads.split() and "B" in heads.split())
    assert "never stand in one table" in whole.text_content()
    assert "never stand in one table" in compare_markdown(told)


def test_a_real_drop_is_called_real() -> None:
    old = record(turns=tuple(turn(f"c-{n}/002-in.eml") for n in range(40)))
    new = record(turns=tuple((wrong_reason if n % 2 else turn)(f"c-{n}/002-in.eml") for n in range(40)))
    (against,) = compare([old, new]).groups[0].against
    assert (against.pairs, against.differences[0].mean, against.differences[0].real) == (40, -0.5, True)
    assert "yes, worse" in compare_page(compare([old, new]))
    assert "**worse**" in compare_markdown(compare([old, new]))


def test_the_same_run_gives_the_same_bytes() -> None:
    assert page(record()) == page(record())
    old, new = record(), record(turns=turns()[1:])
    assert compare_markdown(compare([old, new])) == compare_markdown(compare([old, new]))
    later = record(started="2026-12-01T00:00:00Z", ended="2026-12-01T01:00:00Z", turns=tuple(map(costly, turns())))
    assert run_summary(later) == run_summary(record())


def test_drawings_have_words_and_ask_for_nothing() -> None:
    bins = [BinFigure(low=0, high=0.1, count=3, confidence=0.05, right=0.3)]
    curve = [RiskFigure(confidence=0.9, coverage=0.5, risk=0.02)]
    for name, told in (
        ("calibration", calibration_svg(bins, title="T<", description="D&")),
        ("risk", risk_svg(curve, allowed=0.01, title="T<", description="D&")),
    ):
        drawn = html.etree.fromstring(told)
        assert drawn.get("aria-labelledby") == f"{name}-title {name}-desc"
        assert drawn.findtext("{*}title") == "T<"
        assert drawn.findtext("{*}desc") == "D&"
        assert "http" not in told.replace("http://www.w3.org/2000/svg", "")
        assert "#0" not in told
        ids = [element.get("id") for element in drawn.iter() if element.get("id")]
        assert len(ids) == len(set(ids))
        assert all(one.startswith(name) for one in ids)


def test_heat_tells_right_from_wrong() -> None:
    rows = {row.label: row.cells for row in heat(sheet_of(record()).matrix)}
    assert list(rows)[:2] == ["promise_to_pay", "dispute"]
    assert [(cell.count, cell.css) for cell in rows["promise_to_pay"][:2]] == [("13", "same h5"), ("", "")]
    assert [(cell.count, cell.css) for cell in rows["dispute"][:2]] == [("3", "m5"), ("", "")]


def test_every_zero_tolerance_check_has_words() -> None:
    assert all("_" not in zero_words(zero) and zero_words(zero) != zero.value.capitalize() for zero in Zero)

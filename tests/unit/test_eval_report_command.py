"""`dunwell eval report`, the figures that are committed, and the table of the README that is made of them."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest
from rich.console import Console
from typer.testing import CliRunner

from agent.cli.output import CommandFailed
from evals.cli import build
from evals.conversations.locking import folder_digest
from evals.gating.baseline import read_baseline
from evals.reporting.building import sheet_of
from evals.reporting.readme import END, START, NoMarks, NotWhole, committed, put
from evals.reporting.sheet import Sheet
from evals.reporting.terminal import show_sheet
from evals.results import Mode, write_record
from evals.running.digests import prompts_digest
from tests.eval_reports import record, turns

ROOT = Path(__file__).parents[2]
FIGURES = ROOT / "evals" / "reporting" / "core-embedded.json"
_READMES = f"before\n{START}\n{END}\nafter\n"
_WHOLE = tuple(one for one in turns() if one.error is None)


def test_figures_that_are_committed_hold_no_mail_and_come_back() -> None:
    told = committed(sheet_of(record()))
    assert "Dear" not in told
    assert "Seconds" not in told
    again = Sheet.model_validate_json(told)
    assert again.lines == Sheet.model_validate_json(committed(again)).lines
    out = io.StringIO()
    show_sheet(again, console=Console(file=out, width=90))
    assert "72.7" in out.getvalue()


def test_the_readme_takes_whole_runs_only() -> None:
    whole = sheet_of(record(turns=_WHOLE))
    assert put(put(_READMES, whole), whole) == put(_READMES, whole)
    with pytest.raises(NotWhole):
        put(_READMES, sheet_of(record()))
    with pytest.raises(NotWhole):
        put(_READMES, sheet_of(record(turns=_WHOLE, selected="plan-*")))
    for text in ("nothing", START, f"{END}{START}", _READMES + _READMES):
        with pytest.raises(NoMarks):
            put(text, whole)


def _run(*arguments: str) -> tuple[int, str]:
    done = CliRunner().invoke(build(), ["report", *arguments], catch_exceptions=True)
    if isinstance(done.exception, CommandFailed):
        return done.exception.code, str(done.exception)
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
    return done.exit_code, done.stdout


def test_the_readme_holds_what_the_command_makes_of_the_committed_figures(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = (ROOT / "README.md").read_text("utf-8")
    assert START in now
    (tmp_path / "README.md").write_text(f"{now.partition(START)[0]}{START}\n{END}{now.partition(END)[2]}", "utf-8")
    monkeypatch.chdir(tmp_path)
    assert _run(str(FIGURES), "--readme")[0] == 0
    assert (tmp_path / "README.md").read_text("utf-8") == now
    sheet = Sheet.model_validate_json(FIGURES.read_bytes())
    assert (sheet.head.mode, sheet.head.conversations) == (Mode.EMBEDDED, 152)


def test_the_committed_figures_are_of_the_suite_and_the_prompts_as_they_stand() -> None:
    """A suite that changes, or a prompt, needs `dunwell eval run` and `dunwell eval report RUN --figures` again."""
    head = Sheet.model_validate_json(FIGURES.read_bytes()).head
    assert head.suite_digest == folder_digest(ROOT / "evals" / "suites" / head.suite)
    assert head.prompts_digest == prompts_digest()
    baseline = read_baseline(ROOT / "evals" / "baselines" / f"{head.suite}-embedded.json")
    assert baseline.suite_digest == head.suite_digest


def test_the_command_writes_every_form(tmp_path: Path) -> None:
    write_record(tmp_path / "old" / "run.json", record())
    write_record(tmp_path / "new" / "run.json", record(turns=turns()[1:]))
    old, new = str(tmp_path / "old"), str(tmp_path / "new")
    forms = {name: tmp_path / "out" / name for name in ("r.html", "r.md", "r.xml", "f.json")}
    given = [*("--html", "--markdown", "--junit", "--figures")]
    code, said = _run(old, *[str(one) for pair in zip(given, forms.values(), strict=True) for one in pair])
    assert (code, said) == (0, "")
    assert all(path.stat().st_size > 500 for path in forms.values())
    assert _run(str(forms["f.json"]))[0] == 0
    code, said = _run(old, "--json")
    assert json.loads(said)["head"]["mode"] == "embedded"
    code, said = _run(old, new, "--json")
    assert json.loads(said)["missing"] == {"A": ["right-00/002-in.eml"]}
    assert _run(old, new, "--html", str(tmp_path / "c.html"), "--markdown", str(tmp_path / "c.md"))[0] == 0
    assert "only in A" in _run(old, new)[1]


def test_what_holds_words_of_real_mails_only_its_owner_can_read(tmp_path: Path) -> None:
    write_record(tmp_path / "run" / "run.json", record())
    page_file = tmp_path / "page.html"
    assert _run(str(tmp_path / "run"), "--html", str(page_file))[0] == 0
    assert page_file.stat().st_mode & 0o044
    assert _run(str(tmp_path / "run"), "--html", str(page_file), "--with-text")[0] == 0
    assert page_file.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (["nowhere"], "no record of a run"),
        (["{run}", "{run}", "--readme"], "give one run"),
        (["{bad}.json"], "no figures"),
        (["{empty}"], "no turn yet"),
    ],
)
def test_bad_input_is_one_line_and_exit_2(tmp_path: Path, arguments: list[str], line: str) -> None:
    write_record(tmp_path / "run" / "run.json", record())
    write_record(tmp_path / "empty" / "run.json", record(turns=(), ended=None))
    (tmp_path / "bad.json").write_text("{}")
    names = {"run": tmp_path / "run", "bad": tmp_path / "bad", "empty": tmp_path / "empty"}
    code, said = _run(*(argument.format(**names) for argument in arguments))
    assert code == 2
    assert line in said

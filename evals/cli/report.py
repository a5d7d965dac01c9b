"""`dunwell eval report`: a run, or several beside each other, in the terminal, as a page, as Markdown, as JUnit."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from agent.cli.output import CommandFailed, errors, print_json

if TYPE_CHECKING:
    from collections.abc import Sequence

    from evals.reporting.sheet import Sheet
    from evals.results import RunRecord

#: Where the table of the README stands.
README = Path("README.md")


def add(app: typer.Typer) -> None:
    """Add the command."""

    @app.command()
    def report(
        runs: Annotated[
            list[Path],
            typer.Argument(
                metavar="RUN...", help="A run's folder. Several: beside each other, the first as the old one."
            ),
        ],
        html: Annotated[Path | None, typer.Option(metavar="FILE", help="Write one page that stands alone.")] = None,
        markdown: Annotated[
            Path | None, typer.Option(metavar="FILE", help="Write Markdown for a pull request.")
        ] = None,
        junit: Annotated[Path | None, typer.Option(metavar="FILE", help="Write JUnit XML (one run).")] = None,
        figures: Annotated[
            Path | None,
            typer.Option(metavar="FILE", help="Write the figures without the turns: a file to commit (one run)."),
        ] = None,
        readme: Annotated[
            bool,
            typer.Option(
                "--readme", help="Write the table between the marks of ./README.md (one run, or its figures)."
            ),
        ] = False,
        with_text: Annotated[
            bool, typer.Option("--with-text", help="Show drafts to redacted real mails too. They are still personal.")
        ] = False,
        json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
    ) -> None:
        """Report a run. Of redacted suites only ids and faults are shown, unless --with-text is given."""
        if len(runs) == 1 and runs[0].suffix == ".json" and runs[0].name != "run.json":
            if html or markdown or junit or figures:
                raise CommandFailed(
                    f"{runs[0]}: holds figures without turns: only --readme and --json work on it", code=2
                )
            _of_figures(_sheet(runs[0]), readme=readme, json=json)
        elif len(runs) == 1:
            record = _record(runs[0])
            _write_one(record, html=html, markdown=markdown, junit=junit, figures=figures, with_text=with_text)
            from evals.reporting.building import sheet_of

            _of_figures(sheet_of(record), readme=readme, json=json, quiet=bool(html or markdown or junit or figures))
        else:
            if junit or figures or readme:
                raise CommandFailed("--junit, --figures and --readme: give one run", code=2)
            _compare([_record(run) for run in runs], html=html, markdown=markdown, with_text=with_text, json=json)


def _record(run: Path) -> RunRecord:
    from evals.results import read_record

    try:
        record = read_record(run / "run.json" if run.is_dir() else run)
    except ValueError as error:
        raise CommandFailed(str(error), code=2) from None
    if not record.turns:
        raise CommandFailed(f"{run}: holds no turn yet: go on with `dunwell eval run --resume {run}`", code=2)
    return record


def _sheet(path: Path) -> Sheet:
    from evals.reporting.sheet import Sheet

    try:
        return Sheet.model_validate_json(path.read_bytes())
    except (OSError, ValueError) as error:
        # Its first line alone: the rest shows what stands in the file.
        raise CommandFailed(f"{path}: holds no figures of a run: {str(error).splitlines()[0]}", code=2) from None


def _write_one(
    record: RunRecord,
    *,
    html: Path | None,
    markdown: Path | None,
    junit: Path | None,
    figures: Path | None,
    with_text: bool,
) -> None:
    if html:
        from evals.reporting.page import page

        _write(html, page(record, with_text=with_text), private=with_text)
    if markdown:
        from evals.reporting.markdown import run_summary

        _write(markdown, run_summary(record))
    if junit:
        from evals.reporting.junit import junit as junit_of

        _write(junit, junit_of(record))
    if figures:
        from evals.reporting.building import sheet_of
        from evals.reporting.readme import committed

        _write(figures, committed(sheet_of(record)))


def _of_figures(sheet: Sheet, *, readme: bool, json: bool, quiet: bool = False) -> None:
    """Do what needs no turns; print the report where nothing else was asked for."""
    if readme:
        from evals.reporting.readme import NoMarks, NotWhole, put

        try:
            _write(README, put(README.read_text("utf-8"), sheet))
        except (OSError, NoMarks, NotWhole) as error:
            raise CommandFailed(f"{README}: {error}", code=2) from None
    if json:
        print_json(sheet.model_dump(mode="json"))
    elif not readme and not quiet:
        from evals.reporting.terminal import show_sheet

        show_sheet(sheet)


def _compare(
    records: Sequence[RunRecord], *, html: Path | None, markdown: Path | None, with_text: bool, json: bool
) -> None:
    from evals.reporting.comparing import MOST_RUNS, compare

    if len(records) > MOST_RUNS:
        raise CommandFailed(f"at most {MOST_RUNS} runs beside each other", code=2)
    told = compare(records, with_text=with_text)
    if html:
        from evals.reporting.compare_page import compare_page

        _write(html, compare_page(told), private=with_text)
    if markdown:
        from evals.reporting.compare_markdown import compare_markdown

        _write(markdown, compare_markdown(told), private=with_text)
    if json:
        from evals.reporting.comparing import document

        print_json(document(told))
    elif not html and not markdown:
        from evals.reporting.compare_terminal import show_comparison

        show_comparison(told)


def _write(path: Path, text: str, *, private: bool = False) -> None:
    """Write a file; `private`: so that only its owner can read it, from its first byte on."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        if private:
            path.touch(mode=0o600)
            path.chmod(0o600)
        path.write_text(text, "utf-8")
    except OSError as error:
        raise CommandFailed(f"{path}: cannot be written: {error.strerror}", code=2) from None
    errors().print(f"written: {path}", markup=False)

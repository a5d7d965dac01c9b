"""Measures false blocks: `python -m evals.clean [FILE ...]`; `--sheet FILE` writes the sheet from which drafts are written."""

from __future__ import annotations

import argparse
from pathlib import Path

from rich.console import Console
from rich.table import Table

from evals.clean.measure import FOLDER, Measured, files, measure, read, words
from evals.clean.sheet import sheet
from evals.clean.staging import scenes, staged
from store.vocabulary import Severity


def main() -> None:
    """Judge the drafts of the files, by default of all that count, and print what was refused."""
    parser = argparse.ArgumentParser(prog="python -m evals.clean", description="False blocks on clean drafts.")
    parser.add_argument(
        "files", nargs="*", type=Path, metavar="FILE", help=f"drafts; by default those of {FOLDER.name}/"
    )
    parser.add_argument("--sheet", type=Path, metavar="FILE", help="write the writers' sheet there, and judge nothing")
    chosen = parser.parse_args()
    stands = {name: staged(scene) for name, scene in scenes().items()}
    if chosen.sheet is not None:
        chosen.sheet.write_text(sheet(list(stands.values())), encoding="utf-8")
        return
    drafts = [draft for path in chosen.files or files() for draft in read(path)]
    report(measure(drafts, stands), Console(width=160, soft_wrap=True))


def report(result: Measured, console: Console) -> None:
    """Print the table by rule and language, every draft that is blocked, and what could not be used."""
    languages = result.languages()
    table = Table(title=f"{len(result.blocked)} of {len(result.judged)} clean drafts are blocked ({result.share:.1%})")
    for heading in ("rule", "does", *sorted(languages), "all"):
        table.add_column(heading, justify="left" if heading in ("rule", "does") else "right")
    table.add_row("drafts", "", *(str(languages[name]) for name in sorted(languages)), str(len(result.judged)))
    for severity in (Severity.BLOCK, Severity.MANAGER, Severity.WARN):
        for rule, counts in result.by_rule(severity).items():
            figures = [str(counts[name] or "") for name in sorted(languages)]
            table.add_row(rule, severity.value, *figures, str(counts.total()))
    console.print(table)
    for one in result.blocked:
        for finding in one.blocking:
            said = words(one, finding)
            line = f"{one.draft.where} {one.draft.scene} ({one.draft.by}) {finding.rule}: {finding.text}"
            console.print(line + (f" In: {said}" if said else ""), markup=False, highlight=False)
    for draft, why in result.unusable:
        console.print(f"{draft.where} {draft.scene}: not used, {why}", markup=False, highlight=False)


if __name__ == "__main__":
    main()

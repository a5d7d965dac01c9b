"""Brings the ledger in from files of any shape: read as a profile says or as is certain, shown first, taken whole or told why not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from rich.text import Text

from agent.cli.home import actor, open_home
from agent.cli.import_telling import (
    closed_lines,
    difference_document,
    differences_of,
    kept_lines,
    print_differences,
)
from agent.cli.ledger_guess import sheet_of
from agent.cli.ledger_mappings import Wanted, as_before, mappings_of, profile_of
from agent.cli.output import CommandFailed, console, print_json, say
from agent.importing import take_and_show
from ledger.mapping_drafts import Applied
from ledger.mapping_people import Names
from ledger.mapping_profile import Mapping, folder_beside, save
from ledger.mapping_rows import apply
from ledger.mapping_sheet import Sheet
from ledger.mapping_taking import Taken, take, write_faults, write_refused
from store.engine import looking
from store.ledger_differences import Differences
from store.ledger_faults import Fault, LedgerFaults
from store.ledger_known import known_to, names_known

#: So many faults are printed; all of them go to a file.
_SHOWN = 20


def import_files(files: Sequence[Path], *, config: Path, wanted: Wanted, as_json: bool) -> None:
    """Read, check and import files together."""
    if len({file.name for file in files}) < len(files):
        raise CommandFailed("two of the files have the same name: rename one", code=2)
    profile = profile_of(wanted, folder_beside(config))
    asked = as_before(wanted.asked, profile)
    sheets = [sheet_of(file, asked) for file in files]
    home = open_home(config)
    mappings = [
        m.model_copy(update={"encoding": asked.encoding, "sheet": asked.sheet})
        for m in mappings_of(sheets, wanted, profile)
    ]
    with looking(home.engine) as session:
        known, names = known_to(session), Names.of(names_known(session))
    applied = [_applied(sheet, mapping, names, wanted) for sheet, mapping in zip(sheets, mappings, strict=True)]
    source = ", ".join(sheet.file for sheet in sheets)[:200]
    try:
        taken = take(
            applied, source=source, known=known, set_aside=wanted.set_aside, keep_same_money=wanted.keep_same_money
        )
        if wanted.dry_run:
            done, found = None, differences_of(home, taken.ledger)
        else:
            done, found = take_and_show(home, taken.ledger, actor=actor())
    except LedgerFaults as refused:
        raise CommandFailed(_refusal(refused.faults, files[0], wanted), code=2) from None
    written = [] if wanted.dry_run else _write_refused(applied, taken, files)
    if wanted.faults is not None and taken.refused:
        _list_faults(
            [fault for lines in taken.refused.values() for each in lines.values() for fault in each], wanted.faults
        )
    saved = ""
    if wanted.save_profile and not wanted.dry_run:
        saved = str(save(folder_beside(config), wanted.save_profile, mappings))
    if as_json:
        print_json(
            _document(applied, taken, found, written, dry_run=wanted.dry_run)
            | ({"after": asdict(done)} if done else {})
        )
        return
    for one in applied:
        _print_read(one, taken)
    _print_names(names)
    _print_found(found, taken, dry_run=wanted.dry_run)
    for name in written:
        say(f"refused rows with the reason beside each: {name}")
    if saved:
        say(f"profile {wanted.save_profile} is saved: {saved}")
    for text in (
        (*kept_lines(done.kept), *closed_lines(done.closed)) if done else ("nothing was imported: this was a dry run",)
    ):
        say(text)


def _applied(sheet: Sheet, mapping: Mapping, names: Names, wanted: Wanted) -> Applied:
    try:
        return apply(sheet, mapping, names=names, last_wins=wanted.last_wins)
    except ValueError as error:
        raise CommandFailed(
            f"{error}\nnothing was imported: look at the file with dunwell ledger guess", code=2
        ) from None


def _refusal(faults: Sequence[Fault], first: Path, wanted: Wanted) -> str:
    lines = [str(fault) for fault in faults[:_SHOWN]]
    rows = len({(fault.file, fault.line) for fault in faults})
    if len(faults) > _SHOWN or wanted.faults is not None:
        to = wanted.faults or first.with_name(f"{first.stem}.faults.csv")
        try:
            write_faults(faults, to)
            lines.append(f"all {len(faults):,} faults are listed in {to}")
        except OSError as error:
            lines.append(f"{len(faults) - _SHOWN:,} more, and {to} cannot be written: {error.strerror}")
    return "\n".join(
        [
            *lines,
            f"nothing was imported: {len(faults):,} faults in {rows:,} rows; mend them, or let the other rows in with --set-aside",
        ]
    )


def _list_faults(faults: Sequence[Fault], to: Path) -> None:
    try:
        write_faults(faults, to)
    except OSError as error:
        raise CommandFailed(f"{to} cannot be written: {error.strerror}") from None


def _write_refused(applied: Sequence[Applied], taken: Taken, files: Sequence[Path]) -> list[str]:
    written = []
    for one, file in zip(applied, files, strict=True):
        if lines := taken.refused.get(one.sheet.file):
            to = file.with_name(f"{file.stem}.refused.csv")
            try:
                write_refused(one, lines, to)
            except OSError as error:
                raise CommandFailed(
                    f"the good rows are in, but {to} cannot be written: {error.strerror}. Import again from a folder that can "
                    "be written to: nothing goes in twice"
                ) from None
            written.append(str(to))
    return written


def _print_read(one: Applied, taken: Taken) -> None:
    refused = len(taken.refused.get(one.sheet.file, ()))
    parts = [
        f"{len(one.sheet.rows):,} rows of {one.mapping.kind} read",
        f"{refused:,} refused" if refused else "",
        f"{one.twice:,} that stand twice counted once" if one.twice else "",
        f"{one.replaced:,} replaced by a later row with the same number" if one.replaced else "",
        f"{len(one.sums):,} lines of sums left out" if one.sums else "",
        f"{one.sheet.blank:,} blank lines" if one.sheet.blank else "",
        f"{one.sheet.repeated:,} repeated headings" if one.sheet.repeated else "",
    ]
    console().print(Text(f"{one.sheet.file}: {', '.join(filter(None, parts))}"))
    for note in one.notes:
        console().print(Text(note))


def _print_names(names: Names) -> None:
    for number, others in sorted(names.others.items())[:5]:
        console().print(Text(f"customer {number} has several names, the first is taken: {', '.join(sorted(others))}"))


def _print_found(found: Differences, taken: Taken, *, dry_run: bool) -> None:
    print_differences(found, dry_run=dry_run)
    if taken.refused_rows:
        say(f"refused: {taken.refused_rows:,} rows")


def _document(
    applied: Sequence[Applied], taken: Taken, found: Differences, written: Sequence[str], *, dry_run: bool
) -> dict[str, Any]:
    return {
        "dry_run": dry_run,
        "files": [
            {
                "file": one.sheet.file,
                "kind": str(one.mapping.kind),
                "rows": len(one.sheet.rows),
                "refused": len(taken.refused.get(one.sheet.file, ())),
                "twice": one.twice,
                "replaced": one.replaced,
                "sums": len(one.sums),
                "blank": one.sheet.blank,
                "notes": one.notes,
            }
            for one in applied
        ],
        **difference_document(found),
        "refused": [
            {"file": fault.file, "line": fault.line, "column": fault.column, "text": fault.text}
            for lines in taken.refused.values()
            for line in sorted(lines)
            for fault in lines[line]
        ],
        "refused_files": list(written),
    }

"""Settles how each file of an import is read: as a profile says, or as is certain. Where something is left to ask nothing goes in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from agent.cli.ledger_guess import guess_of, print_guess
from agent.cli.mapping_options import Asked
from agent.cli.output import CommandFailed, input_refused
from ledger.mapping_profile import Mapping, NoProfile, Profile, fitting, load
from ledger.mapping_sheet import Sheet


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a person wants done with the files."""

    asked: Asked
    profile: str = ""
    save_profile: str = ""
    dry_run: bool = False
    set_aside: bool = False
    last_wins: bool = False
    keep_same_money: bool = False
    faults: Path | None = None


def profile_of(wanted: Wanted, folder: Path) -> Profile | None:
    """Read the profile that is asked for, where one is, or fail in plain words."""
    if not wanted.profile:
        return None
    if wanted.asked.shapes_columns:
        raise CommandFailed(
            "--profile settles the columns: leave --kind, --column, --date-format and --numbers out", code=2
        )
    with input_refused(NoProfile):
        return load(folder, wanted.profile)


def as_before(asked: Asked, profile: Profile | None) -> Asked:
    """Read files with the encoding and the sheet that the profile was saved with, unless others are named."""
    known = profile.files if profile else []
    encoding = asked.encoding or next((m.encoding for m in known if m.encoding), "")
    return replace(asked, encoding=encoding, sheet=asked.sheet or next((m.sheet for m in known if m.sheet), ""))


def mappings_of(sheets: Sequence[Sheet], wanted: Wanted, profile: Profile | None) -> list[Mapping]:
    """Settle how each file is read: by the profile, or by the guess where nothing is left to ask."""
    if profile is not None:
        with input_refused(NoProfile):
            return [_with_defaults(fitting(profile, sheet), wanted.asked) for sheet in sheets]
    several = len(sheets) > 1
    if several:
        headings = {heading for sheet in sheets for heading in sheet.headings}
        for name, heading in wanted.asked.said().columns.items():
            if heading not in headings:
                raise CommandFailed(f"--column {name}={heading}: none of the files has that heading", code=2)
    guesses = [guess_of(sheet, wanted.asked, several=several) for sheet in sheets]
    open_ones = [found for found in guesses if not found.certain]
    for found in open_ones:
        print_guess(found)
    if open_ones:
        raise CommandFailed(
            f"{', '.join(found.sheet.file for found in open_ones)}: nothing was imported, as the file leaves something to ask: "
            "answer with the options above, and keep the answer with --save-profile NAME",
            code=2,
        )
    return [found.settled(dict(wanted.asked.said(found.sheet.headings).columns)) for found in guesses]


def _with_defaults(mapping: Mapping, asked: Asked) -> Mapping:
    given = asked.standing().model_dump(exclude_unset=True)
    return mapping.model_copy(update={"defaults": mapping.defaults.model_copy(update=given)})

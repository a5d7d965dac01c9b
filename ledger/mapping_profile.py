"""How the columns of a file are read, settled: what a person confirmed once and later files must fit. Kept as TOML."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping as Map
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from ledger.mapping_fields import COLUMNS, Kind
from ledger.mapping_names import plain
from ledger.mapping_sheet import Sheet
from store.ledger_rows import Country, Currency, Language, Zone

_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,40}", re.IGNORECASE)
_NUMBERS = {"plain", "1.234,56", "1,234.56", "both"}


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Defaults(_Model):
    """What stands for a column that a file does not have. `terms`: days from issue to due; the rest for customers that are new.

    `country` reads telephone numbers without a country code as well.
    """

    currency: Currency | None = None
    language: Language | None = None
    timezone: Zone | None = None
    tier: str = "standard"
    owner: str = ""
    role: str = "ap"
    country: Country | None = None
    terms: int | None = Field(default=None, ge=0, le=730)


class Mapping(_Model):
    """One kind of file: which heading each of our columns has, and how dates and amounts are written."""

    kind: Kind
    columns: dict[str, str]
    dates: dict[str, list[str]] = Field(default_factory=dict)
    numbers: dict[str, str] = Field(default_factory=dict)
    defaults: Defaults = Defaults()
    encoding: str = ""
    sheet: str = ""

    @field_validator("columns")
    @classmethod
    def _ours(cls, columns: dict[str, str]) -> dict[str, str]:
        if unknown := sorted(set(columns) - set(COLUMNS)):
            raise ValueError(f"{', '.join(unknown)}: no column of ours; there are {', '.join(COLUMNS)}")
        return columns

    @field_validator("numbers")
    @classmethod
    def _known(cls, numbers: dict[str, str]) -> dict[str, str]:
        if unknown := sorted(set(numbers.values()) - _NUMBERS):
            raise ValueError(f"{', '.join(unknown)}: write numbers as {', '.join(sorted(_NUMBERS))}")
        return numbers


class Profile(_Model):
    """The mappings of one source, one for each kind of file that it exports."""

    files: list[Mapping]


class NoProfile(ValueError):
    """A profile is not there, cannot be read, or does not fit. The text says what to do."""


def folder_beside(config: Path) -> Path:
    """Give the folder of profiles that belongs to a configuration."""
    return config.parent / "ledger-profiles"


def path_of(folder: Path, name: str) -> Path:
    """Give a profile's file. Raises NoProfile for a name that is none."""
    if not _NAME.fullmatch(name):
        raise NoProfile(f"{name!r} is no name for a profile: use letters, digits, - and _")
    return folder / f"{name}.toml"


def save(folder: Path, name: str, mappings: Sequence[Mapping]) -> Path:
    """Write a profile; the mapping of a kind that stood there before is replaced, those of other kinds stay."""
    import tomlkit  # here: reading needs none of it

    path = path_of(folder, name)
    kinds = {mapping.kind for mapping in mappings}
    kept = [m for m in load(folder, name).files if m.kind not in kinds] if path.exists() else []
    document = tomlkit.document()
    document.add(tomlkit.comment("How dunwell reads these files: `dunwell import FILE... --profile " + name + "`."))
    tables = tomlkit.aot()
    for mapping in (*kept, *mappings):
        tables.append(tomlkit.item(mapping.model_dump(mode="json", exclude_none=True)))
    document.add("files", tables)
    folder.mkdir(parents=True, exist_ok=True)
    path.write_text(tomlkit.dumps(document), "utf-8")
    return path


def load(folder: Path, name: str) -> Profile:
    """Read a profile. Raises NoProfile."""
    path = path_of(folder, name)
    try:
        values: dict[str, Any] = tomllib.loads(path.read_text("utf-8"))
        return Profile.model_validate(values)
    except FileNotFoundError:
        there = ", ".join(sorted(p.stem for p in folder.glob("*.toml"))) or "none yet"
        raise NoProfile(f"there is no profile {name!r} in {folder}; there are: {there}") from None
    except (OSError, tomllib.TOMLDecodeError) as error:
        raise NoProfile(f"{path} cannot be read: {error}") from None
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"]))
        raise NoProfile(f"{path}: {where}: {first['msg'].removeprefix('Value error, ')}") from None


def fitting(profile: Profile, sheet: Sheet) -> Mapping:
    """Give the mapping whose columns a file has. Raises NoProfile with what differs."""
    told = []
    for mapping in profile.files:
        missing = missing_in(mapping, sheet.headings)
        if not missing:
            return mapping
        told.append(f"as {mapping.kind}: {_differs(missing, mapping, sheet.headings)}")
    raise NoProfile(
        f"{sheet.file} does not fit the profile: {'; '.join(told)}. Look at it with `dunwell ledger guess`, and save the "
        "profile anew if your export has changed"
    )


def missing_in(mapping: Mapping, headings: Sequence[str]) -> dict[str, str]:
    """Give those of our columns whose heading a file does not have."""
    return {name: heading for name, heading in mapping.columns.items() if heading not in headings}


def _differs(missing: Map[str, str], mapping: Mapping, headings: Sequence[str]) -> str:
    from rapidfuzz import process  # here: only for a fault

    new = [heading for heading in headings if heading not in mapping.columns.values()]
    told = []
    for name, heading in missing.items():
        near = process.extractOne(plain(heading), {h: plain(h) for h in new}, score_cutoff=70)
        told.append(f"{heading!r} ({name}) is missing" + (f", {near[2]!r} is there" if near else ""))
    return ", ".join(told)

"""What was guessed of a file, and what a person said of it. Values only; `ledger.mapping_guess` fills them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from ledger.mapping_content import Content
from ledger.mapping_dates import Dates
from ledger.mapping_fields import Kind
from ledger.mapping_numbers import Numbers
from ledger.mapping_profile import Defaults
from ledger.mapping_profile import Mapping as Settled
from ledger.mapping_sheet import Sheet

#: From here on a column is taken without asking; below, a person says so.
SURE = 0.8


@dataclass(slots=True)
class Guessed:
    """One column of a file. `name`: what it is taken for, None for nothing; `sure` between 0 and 1; `why` in words."""

    heading: str
    content: Content
    name: str | None = None
    sure: float = 0.0
    why: str = ""
    dates: Dates | None = None
    numbers: Numbers | None = None


@dataclass(slots=True)
class Guess:
    """How a file would be read. `missing` and `questions` must be empty before it is."""

    sheet: Sheet
    kind: Kind
    columns: list[Guessed]
    missing: list[str] = field(default_factory=list)
    questions: list[str] = field(default_factory=list)
    defaulted: list[str] = field(default_factory=list)
    defaults: Defaults = field(default_factory=Defaults)

    def of(self, name: str) -> Guessed | None:
        """Find the column that is taken for one of ours."""
        return next((column for column in self.columns if column.name == name), None)

    @property
    def certain(self) -> bool:
        """Say whether nothing is left to ask."""
        return not self.missing and not self.questions

    def settled(self, same: Mapping[str, str]) -> Settled:
        """Give the mapping that was guessed; `same`: columns of ours that a person gave a heading that another has as well."""
        named = {column.name: column for column in self.columns if column.name}
        columns = {name: column.heading for name, column in named.items()} | dict(same)
        by_heading = {column.heading: column for column in self.columns}
        return Settled(
            kind=self.kind,
            columns=columns,
            dates={n: d.formats() for n, h in columns.items() if (d := by_heading[h].dates) is not None},
            numbers={n: _numbers(by_heading[h].numbers) for n, h in columns.items() if by_heading[h].numbers},
            defaults=self.defaults,
        )


def _numbers(numbers: Numbers | None) -> str:
    return "both" if numbers and numbers.mixed else numbers.format() if numbers else "plain"


@dataclass(frozen=True, slots=True)
class Said:
    """What a person settled: headings of our columns, date formats (for one column or "" for all), decimal marks likewise.

    `ignored`: headings that are nothing of ours, whatever they say.
    """

    columns: Mapping[str, str] = field(default_factory=dict)
    dates: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    numbers: Mapping[str, str] = field(default_factory=dict)
    kind: Kind | None = None
    ignored: frozenset[str] = frozenset()

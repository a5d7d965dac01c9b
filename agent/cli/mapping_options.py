"""The options by which a person says how a file is to be read: for `dunwell ledger guess` and `dunwell import` alike."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Annotated

import typer

from agent.cli.output import CommandFailed, input_refused

if TYPE_CHECKING:
    from ledger.mapping_guessed import Said
    from ledger.mapping_profile import Defaults

KindOption = Annotated[
    str,
    typer.Option("--kind", help="What the rows are: invoices, customers, contacts or payments. Found out without it."),
]
ColumnOption = Annotated[
    list[str] | None,
    typer.Option(
        "--column", metavar="OURS=HEADING", help='Which heading one of our columns has: due_date="Fällig am".'
    ),
]
DateOption = Annotated[
    list[str] | None,
    typer.Option(
        "--date-format", metavar="[OURS=]FORMAT", help="How dates are written: DD.MM.YYYY, due_date=MM/DD/YY."
    ),
]
NumbersOption = Annotated[
    list[str] | None,
    typer.Option("--numbers", metavar="[OURS=]FORMAT", help="How amounts are written: 1.234,56 or 1,234.56."),
]
CurrencyOption = Annotated[str, typer.Option("--currency", help="Of rows that name none: EUR.")]
LanguageOption = Annotated[str, typer.Option("--language", help="Of new customers for whom none is given: de.")]
ZoneOption = Annotated[str, typer.Option("--timezone", help="Of new customers for whom none is given: Europe/Berlin.")]
CountryOption = Annotated[
    str, typer.Option("--country", help="Of addresses and telephone numbers that name none (ISO 3166): DE.")
]
TierOption = Annotated[str, typer.Option("--tier", help="Of new customers for whom none is given.")]
OwnerOption = Annotated[str, typer.Option("--owner", help="The collector of new customers for whom none is given.")]
TermsOption = Annotated[
    int | None,
    typer.Option("--terms", min=0, max=730, help="Days from issue to due, where one of both days is missing."),
]
EncodingOption = Annotated[str, typer.Option("--encoding", help="Of the file, where it is found wrong: cp1252.")]
SheetOption = Annotated[str, typer.Option("--sheet", help="The sheet of a workbook; else the first with a table.")]


@dataclass(frozen=True, slots=True)
class Asked:
    """The options as they were given."""

    kind: str = ""
    columns: Sequence[str] = ()
    dates: Sequence[str] = ()
    numbers: Sequence[str] = ()
    encoding: str = ""
    sheet: str = ""
    defaults: dict[str, object] = field(default_factory=dict)

    @property
    def shapes_columns(self) -> bool:
        """Say whether anything was said of the columns."""
        return bool(self.kind or self.columns or self.dates or self.numbers)

    def said(self, headings: Sequence[str] | None = None) -> Said:
        """Give what was said of the columns; of several files, what belongs to the one with these headings."""
        from ledger.mapping_dates import known_format
        from ledger.mapping_fields import COLUMNS, Kind
        from ledger.mapping_guessed import Said
        from ledger.mapping_numbers import mark_of

        if self.kind and self.kind not in {str(kind) for kind in Kind}:
            raise CommandFailed(f"--kind {self.kind}: there are {', '.join(Kind)}", code=2)
        pairs = [_pair("--column", text) for text in self.columns]
        columns = {name: heading for name, heading in pairs if name != "ignore"}
        ignored = frozenset(heading for name, heading in pairs if name == "ignore")
        if headings is not None:
            columns = {name: heading for name, heading in columns.items() if heading in headings}
        with input_refused(ValueError):
            dates: dict[str, tuple[str, ...]] = {}
            for name, text in (_maybe_pair(each, COLUMNS) for each in self.dates):
                known_format(text)
                dates[name] = (*dates.get(name, ()), text)
            numbers = {name: mark_of(text) for name, text in (_maybe_pair(each, COLUMNS) for each in self.numbers)}
        return Said(columns, dates, numbers, Kind(self.kind) if self.kind else None, ignored)

    def standing(self) -> Defaults:
        """Give what stands for columns that are missing."""
        from pydantic import ValidationError

        from ledger.mapping_profile import Defaults

        try:
            return Defaults.model_validate(
                {name: value for name, value in self.defaults.items() if value not in ("", None)}
            )
        except ValidationError as error:
            first = error.errors()[0]
            told = first["msg"].removeprefix("Value error, ")
            raise CommandFailed(f"--{first['loc'][0]} {first['input']}: {told}", code=2) from None


def _pair(option: str, text: str) -> tuple[str, str]:
    name, sign, heading = text.partition("=")
    if not sign or not name.strip() or not heading.strip():
        raise CommandFailed(f'{option} {text}: write it like {option} due_date="Fällig am"', code=2)
    return name.strip(), " ".join(heading.split())


def _maybe_pair(text: str, columns: object) -> tuple[str, str]:
    name, sign, rest = text.partition("=")
    return (name.strip(), rest.strip()) if sign else ("", text.strip())

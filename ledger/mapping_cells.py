"""Reads the cells of one row as a settled mapping says, and names what cannot be read by heading and cell. Defaults are its own."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from ledger import mapping_dates, mapping_identity, mapping_numbers
from ledger.mapping_date_pairs import doubt_where_mixed
from ledger.mapping_dates import Dates
from ledger.mapping_fields import COLUMNS, Cell
from ledger.mapping_lines import alone
from ledger.mapping_names import currency_in
from ledger.mapping_numbers import Numbers
from ledger.mapping_profile import Mapping
from ledger.mapping_sheet import Sheet

_SIGNS = {"€": "EUR", "£": "GBP"}
#: Signs of several currencies do not say which one a row is in, but which ones it is not.
_MAY_BE = (
    (re.compile(r"\$"), frozenset(["ARS", "AUD", "BBD", "BMD", "BND", "BRL", "BSD", "BZD", "CAD", "CLP", "COP", "FJD", "GYD", "HKD", "JMD", "KYD", "LRD", "MXN", "NAD", "NZD", "SBD", "SGD", "SRD", "TTD", "TWD", "USD", "UYU", "XCD"])),
    (re.compile("[¥￥]"), frozenset({"CNY", "JPY"})),
    (re.compile(r"(?i)(?<![a-z])kr(?![a-z])"), frozenset({"DKK", "ISK", "NOK", "SEK"})),
)  # fmt: skip


class Reader:
    """Reads rows of one sheet. `faults` are those of the row that was begun last: heading and text.

    `left_out`: cells of it that are passed over, each with its heading and the reason.
    """

    def __init__(self, sheet: Sheet, mapping: Mapping) -> None:
        """Study the columns: formats that the mapping settled, and what it left to the cells."""
        self.sheet, self.mapping = sheet, mapping
        self.at = {name: sheet.headings.index(heading) for name, heading in mapping.columns.items()}
        self.cells: Sequence[str] = ()
        self.faults: list[tuple[str, str]] = []
        self.left_out: list[tuple[str, str, str]] = []
        self._dates = {n: self._read_dates(n) for n in self.at if COLUMNS[n].cell is Cell.DATE}
        doubt_where_mixed(self._dates.items())
        self._numbers = {n: self._read_numbers(n) for n in self.at if COLUMNS[n].cell is Cell.AMOUNT}
        self._floats = {
            n: mapping_identity.has_floats(self.column(n)) for n in self.at if COLUMNS[n].cell is Cell.NUMBER
        }
        self._headed = {n: currency_in(h) for n, h in mapping.columns.items() if n in self._numbers}

    def column(self, name: str) -> list[str]:
        """Give all cells of one of our columns."""
        at = self.at[name]
        return [cells[at] for _, cells in self.sheet.rows]

    def begin(self, cells: Sequence[str]) -> None:
        """Go on to a row."""
        self.cells, self.faults, self.left_out = cells, [], []

    def has(self, name: str) -> bool:
        """Say whether the file has a column."""
        return name in self.at

    def text(self, name: str) -> str:
        """Give a cell as it stands; empty where there is no such column."""
        return self.cells[self.at[name]].strip() if name in self.at else ""

    def fault(self, name: str, text: str) -> None:
        """Note what is wrong with a cell."""
        heading = self.mapping.columns.get(name, name)
        where = heading if heading == name else f"{heading} ({name})"
        self.faults.append((where, text))

    def leave_out(self, name: str, text: str) -> None:
        """Note a cell that is left out, and why; the row stays."""
        heading = self.mapping.columns.get(name, name)
        note = (heading, self.text(name), text)
        if note not in self.left_out:
            self.left_out.append(note)

    def number(self, name: str) -> str:
        """Give a number that names something, put right where a spreadsheet wrote it as a float."""
        cell = self.text(name)
        if not cell:
            return ""
        try:
            return mapping_identity.identity(cell, floats=self._floats.get(name, True))
        except ValueError as why:
            self.fault(name, f"{cell!r} {why}")
            return ""

    def date(self, name: str) -> date | None:
        """Give a day; None where the cell is empty, or cannot be read, which is noted."""
        cell = self.text(name)
        if not cell:
            return None
        day = self._dates[name].read(cell)
        if day is None:
            self.fault(name, f"{cell!r} {self._dates[name].fault(cell)}")
        return day

    def amount(self, name: str) -> Decimal | None:
        """Give an amount; None where the cell is empty, or cannot be read, which is noted."""
        cell = self.text(name)
        if not cell:
            return None
        amount = self._numbers[name].read(cell)
        if amount is None:
            self.fault(name, f"{cell!r} {self._numbers[name].fault(cell)}")
        return amount

    def currency(self) -> str:
        """Give the row's currency: its column, what its amounts or their headings say, or the default. A contradiction is noted."""
        stated = self.text("currency").upper()
        stated = _SIGNS.get(stated, stated)
        shown = {code for name in self._numbers for code in mapping_numbers.currencies_in(self.text(name))}
        shown |= {code for name, code in self._headed.items() if code}
        if len(shown | ({stated} if stated else set())) > 1:
            self.fault("currency", f"the row names {' and '.join(sorted(shown | {stated} - {''}))}")
        found = stated or next(iter(shown), "") or self.mapping.defaults.currency or ""
        if not found:
            self.fault("currency", "is empty: fill it, or say --currency")
        self._check_signs(found)
        return found

    def _check_signs(self, currency: str) -> None:
        """Note an amount whose sign is of other currencies than the row's."""
        for name in self._numbers:
            cell = self.text(name)
            if not currency or not cell or (cell[0].isdigit() and cell[-1].isdigit()):
                continue
            if any(sign.search(cell) and currency not in codes for sign, codes in _MAY_BE):
                self.fault(name, f"{cell!r} shows another currency than {currency}")

    def settle(self, values: dict[str, Any], names: dict[str, str]) -> None:
        """Note an error of a whole row at the columns that it came from."""
        for column, text in values.items():
            self.fault(names.get(column, column), text)

    def readable(self, name: str) -> float:
        """Give the share of filled cells of a column that can be read."""
        at = self.at[name]
        rows = (cells for _, cells in self.sheet.rows[:2000] if alone(cells) is None)
        filled = [cell for cells in rows if (cell := cells[at].strip())]
        reading: Dates | Numbers = self._dates[name] if name in self._dates else self._numbers[name]
        return sum(reading.read(cell) is not None for cell in filled) / len(filled) if filled else 1.0

    def formatted(self) -> list[str]:
        """List the columns that have a format: dates and amounts."""
        return [*self._dates, *self._numbers]

    def _read_dates(self, name: str) -> Dates:
        if not self.mapping.dates.get(name):
            return mapping_dates.study(self.column(name))
        dates = Dates(orders=dict(map(mapping_dates.known_format, self.mapping.dates[name])))
        dates.why = dict.fromkeys(dates.orders, "you said so")
        # Where both ways of writing stood in the column nothing was settled: each cell speaks for itself.
        dates.mixed = {s for s in mapping_dates.study(self.column(name)).mixed if s not in dates.orders}
        return dates

    def _read_numbers(self, name: str) -> Numbers:
        written = self.mapping.numbers.get(name, "plain")
        if written == "both":
            return Numbers(mixed=True)
        if written == "plain":
            return mapping_numbers.study(self.column(name))
        return Numbers(mark=mapping_numbers.mark_of(written))

"""What the cells of a column look like: dates, amounts, addresses, currencies. Looks at cells alone, never at headings."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from ledger import mapping_dates, mapping_numbers
from ledger.mapping_fields import Cell
from ledger.mapping_names import document
from store.ledger_rows import is_zone

_ADDRESS = re.compile(r"[^@\s;,<>]+@[^@\s;,<>]+\.[^@\s;,<>]+")
_CURRENCY = re.compile(r"[A-Z]{3}")
_LANGUAGE = re.compile(r"[A-Za-z]{2}(?:[-_][A-Za-z]{2})?")
_DAYS = re.compile(
    r"(?:net|netto|n)?\s*(\d{1,3})\s*(?:d|days?|tage?|jours?|dias|días|giorni|gg|dagen)?(?:\s*(?:net|netto|nets))?",
    re.I,
)
#: So many cells, spread over the column, say what it is.
_LOOKED_AT = 400


@dataclass(frozen=True, slots=True)
class Content:
    """The share of filled cells that look like each kind of cell; `filled`: of all; `distinct`: of the filled."""

    shares: dict[Cell, float]
    filled: float
    distinct: float
    sample: tuple[str, ...]

    def fits(self, cell: Cell) -> float:
        """Say how well a column could be one of this kind: 1 all cells look so, 0 none; an empty column could be anything."""
        if not self.filled:
            return 0.7
        return self.shares.get(cell, 1.0)


def content_of(cells: Sequence[str]) -> Content:
    """Look at a column."""
    filled = [cell.strip() for cell in cells if cell.strip()]
    step = max(1, len(filled) // _LOOKED_AT)
    looked = filled[::step][:_LOOKED_AT]
    if not looked:
        return Content({}, 0.0, 0.0, ())
    tests = {
        Cell.DATE: lambda c: mapping_dates.seen(c) is not None,
        Cell.AMOUNT: lambda c: mapping_numbers.seen(c) is not None or mapping_numbers.is_float(c),
        Cell.EMAIL: lambda c: bool(_ADDRESS.search(c)),
        Cell.CURRENCY: lambda c: bool(_CURRENCY.fullmatch(c.upper())) or c in "€£$",
        Cell.LANGUAGE: lambda c: bool(_LANGUAGE.fullmatch(c)),
        Cell.ZONE: is_zone,
        Cell.DAYS: lambda c: bool(_DAYS.fullmatch(c)),
        Cell.DOCUMENT: lambda c: document(c) is not None,
    }
    shares = {cell: sum(map(test, looked)) / len(looked) for cell, test in tests.items()}
    # A number that names something is no date with separators, no address, and no sentence.
    shares[Cell.NUMBER] = sum(_names_something(c) for c in looked) / len(looked)
    shares[Cell.TEXT] = 1.0 - shares[Cell.EMAIL]
    samples = tuple(dict.fromkeys(looked))[:3]
    return Content(shares, len(filled) / len(cells), len(set(looked)) / len(looked), samples)


def _names_something(cell: str) -> bool:
    found = mapping_dates.seen(cell)
    dated = found is not None and found[0].kind not in ("8", "serial")
    return not dated and "@" not in cell and len(cell) <= 60


def days_in(cell: str) -> int | None:
    """Give the days of a payment term: "30", "30 Tage netto", "Net 30"; None where it says something else."""
    found = _DAYS.fullmatch(cell.strip())
    return int(found[1]) if found else None


def addresses_in(cell: str) -> list[str]:
    """Give the mail addresses of a cell, which may hold several."""
    return [match[0].strip("<>.'\"") for match in _ADDRESS.finditer(cell)]

"""Tells lines of a report that hold no row of their own: lines of sums, and lines that head a group. Looks at cells alone."""

from __future__ import annotations

import re
from collections.abc import Sequence

from ledger import mapping_dates
from ledger.mapping_names import begins_a_sum, plain

_BUCKET = re.compile(
    r"current|aktuell|courant|corriente|corrente|actueel|not (?:yet )?due|nicht faellig|nicht fallig|(?:over|more than|ueber|uber|plus de|mas de|oltre|meer dan|mais de)? ?"
    r"\d{1,3}(?: (?:to |a |bis |tot )?\d{1,3})?(?: (?:days?|tage?|jours?|dias|giorni|dagen)\b.*)?|(?:days?|tage|jours|dias|giorni|dagen) \d.*"
)


def sums_up(cells: Sequence[str]) -> bool:
    """Say whether a line begins like one of sums; in a line that is mostly empty the word may stand anywhere."""
    if any(begins_a_sum(cell) for cell in cells[:4]):
        return True
    filled = [cell for cell in cells if cell.strip()]
    return 2 * len(filled) <= len(cells) and any(begins_a_sum(cell) for cell in filled)


def without_a_day(cells: Sequence[str]) -> bool:
    """Say whether no cell is a day that is written with signs: sums have none, whoever is called Total has."""
    return not any((found := mapping_dates.seen(cell)) is not None and found[0].sign for cell in cells)


def alone(cells: Sequence[str]) -> int | None:
    """Give the place of the only cell of a line that is filled; None where there are none, or more."""
    filled = [at for at, cell in enumerate(cells) if cell.strip()]
    return filled[0] if len(filled) == 1 and len(cells) >= 4 else None


def heads_a_group(cell: str, *, names_rows: bool) -> bool:
    """Say whether a cell that is alone in its line heads those below; `names_rows`: its column holds the numbers of rows."""
    return not names_rows or not any(c.isdigit() for c in cell) or is_bucket(cell)


def is_bucket(text: str) -> bool:
    """Say whether a text names an age: Current, 1 - 30 days past due, >90."""
    return _BUCKET.fullmatch(plain(text)) is not None

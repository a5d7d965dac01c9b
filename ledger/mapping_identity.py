"""Puts numbers right that name something and that a spreadsheet wrote as floats. Leading zeros stay; what was cut off is refused."""

from __future__ import annotations

import re
from collections.abc import Iterable

from ledger.mapping_numbers import exact


def identity(cell: str, *, floats: bool = True) -> str:
    """Put a number right that a spreadsheet wrote as a float: 10234.0, 1.0234E+4. Leading zeros stay; other text as it is.

    Raises ValueError where the spreadsheet has cut digits off.
    """
    text = " ".join(cell.split())
    # With three zeros it may be thousands.
    if floats and re.fullmatch(r"\d+(?:\.0+|,0|,00|,0000+)", text) and not re.fullmatch(r"\d{1,3}\.000", text):
        return re.split(r"[.,]", text)[0]
    if re.fullmatch(r"\d[.,]\d+[eE]\+\d+", text):
        whole = exact(text.replace(",", "."))
        if whole is None or whole != whole.to_integral_value():
            raise ValueError("is cut off by a spreadsheet: format the column as text and export it again")
        return str(int(whole))
    return text.removeprefix("'")


def has_floats(cells: Iterable[str]) -> bool:
    """Say whether a column of numbers may hold floats: not where others really have a part after the point."""
    return not any(re.fullmatch(r"\d+[.,]0*[1-9]\d*", cell.strip()) for cell in set(cells))

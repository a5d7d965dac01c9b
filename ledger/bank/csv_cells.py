"""Days and amounts as banks' tables write them: how a column writes them is settled by the whole column, never by one cell."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal

from store.bank_words import BankFault

_FORMS = ("%Y-%m-%d", "%Y/%m/%d", "%Y%m%d", "%d.%m.%Y", "%d.%m.%y", "%d-%m-%Y", "%d-%m-%y", "%d/%m/%Y", "%m/%d/%Y", "%d/%m/%y", "%m/%d/%y", "%Y.%m.%d", "%d %b %Y", "%d-%b-%Y", "%d-%b-%y", "%b %d, %Y")  # fmt: skip
_SPACES = re.compile(r"[\s\u00a0\u202f'’]")
_MOST = Decimal(10) ** 14


def day_form(cells: Sequence[str], *, column: str) -> str:
    """Give the one form that all cells of a column have. Raises BankFault where none fits, or two that mean other days."""
    fitting = [form for form in _FORMS if all(_day(cell, form) is not None for cell in cells)]
    if not fitting:
        odd = next((c for c in cells if all(_day(c, form) is None for form in _FORMS)), cells[0] if cells else "")
        raise BankFault(
            f"column {column}: {odd[:30]!r} is no date that is known: say how days are written with --date-format"
        )
    if len({tuple(_day(cell, form) for cell in cells) for form in fitting}) > 1:
        raise BankFault(
            f"column {column}: {cells[0]!r} may be day/month or month/day: say it with --date-format, as %d/%m/%Y"
        )
    return fitting[0]


def day_in(cell: str, form: str, *, line: int) -> date:
    """Read a day. Raises BankFault."""
    found = _day(cell, form)
    if found is None:
        raise BankFault(f"line {line}: {cell[:30]!r} is no date of the form {form}")
    return found


def _day(cell: str, form: str) -> date | None:
    text = cell.strip()
    for candidate in (text, text.split(" ")[0].split("T")[0]):
        try:
            found = datetime.strptime(candidate, form).date()  # noqa: DTZ007 (a day, of no zone)
        except ValueError:
            continue
        return found if 1990 <= found.year <= 2100 else None
    return None


def decimal_mark(cells: Sequence[str]) -> str:
    """Say whether a column writes "," or "." before the cents. Raises BankFault where it does both, or cannot be told."""
    marks = {mark for cell in cells if (mark := _mark(_SPACES.sub("", cell))) is not None}
    if len(marks) > 1:
        raise BankFault("amounts are written with a decimal comma and with a decimal point: say which with --decimal")
    if marks:
        return marks.pop()
    if any("," in cell or "." in cell for cell in cells):
        raise BankFault("whether amounts have a decimal comma or point cannot be told: say it with --decimal")
    return "."


def _mark(cell: str) -> str | None:
    text = re.sub(r"[^0-9.,]", "", cell)
    if "," in text and "." in text:
        return max(",.", key=text.rfind)
    found = re.search(r"([.,])(\d+)$", text)
    return found.group(1) if found and len(found.group(2)) != 3 and text.count(found.group(1)) == 1 else None


def amount_in(cell: str, mark: str, *, line: int) -> Decimal:
    """Read an amount with its sign, wherever it stands: "-12,50", "12,50-", "(12.50)", "12,50 S". Raises BankFault."""
    text = _SPACES.sub("", cell).replace("\u2212", "-")
    core = re.sub(r"^(?:[A-Z]{3}|[€$£])|(?:[A-Z]{3}|[€$£])$", "", text)
    negative = core.startswith(("-", "(")) or core.endswith(("-", ")"))
    bare, group = core.strip("+-()"), "," if mark == "." else "."
    digits = bare.replace(group, "").replace(mark, ".")
    parted = re.fullmatch(r"\d+|\d{1,3}(?:G\d{2,3})*G\d{3}".replace("G", re.escape(group)), bare.partition(mark)[0])
    if parted is None or re.fullmatch(r"\d{1,14}(?:\.\d{1,2}0*)?", digits) is None:
        raise BankFault(f"line {line}: {cell[:30]!r} is no amount with at most two decimals")
    amount = Decimal(digits).quantize(Decimal("0.01"))
    return -amount if negative else amount

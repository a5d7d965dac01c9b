"""Days and amounts as banks' tables write them: read by the readers of the ledger's files, refused where those would ask.

How a column writes them is settled by the whole column, never by one cell.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from ledger import mapping_dates, mapping_numbers
from ledger.mapping_date_pairs import take_over
from ledger.mapping_dates import Dates, Shape
from ledger.mapping_numbers import Numbers
from store.bank_words import BankFault

#: No bank writes the month first where it parts the date with dashes, nor the year first where it has two digits.
_BANKS = {Shape("YYYY", "-"): ("DMY",), Shape("YY", "-"): ("DMY",), Shape("YY", "/"): ("DMY", "MDY")}
_STATED = {"%d": "DD", "%m": "MM", "%Y": "YYYY", "%y": "YY", "%b": "Mon"}
_CODE = re.compile(r"^[A-Z]{3}\s*(?=[\d(+-])|(?<=[\d)+-])\s*[A-Z]{3}$")
#: Which side a line is on, behind its amount.
SIDE = re.compile(r"(?i)\s*(?:cr|dr|s|h)$")


def days_of(booked: Sequence[str], value: Sequence[str], *, stated: str = "") -> tuple[Dates, Dates]:
    """Find how the columns of booking and value days are written. `stated`: %d.%m.%Y or DD.MM.YYYY, by a person.

    Raises BankFault where a booking day cannot be read, or could be two days.
    """
    if stated:
        dates = _stated(stated)
        return dates, dates
    dates, valued = _studied(booked), _studied(value)
    take_over((("booked", dates), ("value", valued)))
    odd = next((cell for cell in booked if dates.read(cell) is None), None)
    if odd is None:
        return dates, valued
    found = mapping_dates.seen(odd)
    if found is not None and (found[0] in dates.open or found[0] in dates.mixed):
        ways = [mapping_dates.name(found[0], way) for way in mapping_dates.orders_of(found[0])[:2]]
        raise BankFault(
            f"column booked: {odd[:30]!r} may be day/month or month/day: say it with --date-format, as {' or '.join(ways)}"
        )
    raise BankFault(
        f"column booked: {odd[:30]!r} is no date that is known: say how days are written with --date-format"
    )


def _studied(cells: Sequence[str]) -> Dates:
    """Study a column; of what is open, give up what no bank writes."""
    dates = mapping_dates.study(cells)
    for shape, (ways, _) in list(dates.open.items()):
        known = [way for way in ways if way in _BANKS.get(shape, ways)]
        seen = (each for cell in cells if (each := mapping_dates.seen(cell)) is not None)
        if known and all(len({mapping_dates.day_of(s, n, way) for way in known}) == 1 for s, n in seen if s == shape):
            mapping_dates.take(dates, shape, known[0], why="as banks write it")
    return dates


def _stated(text: str) -> Dates:
    name = text
    for sign, ours in _STATED.items():
        name = name.replace(sign, ours)
    try:
        shape, order = mapping_dates.known_format(name)
    except ValueError as why:
        raise BankFault(f"--date-format: {why}") from None
    return Dates(orders={shape: order})


def day_in(cell: str, dates: Dates, *, line: int) -> date:
    """Read a day. Raises BankFault."""
    found = dates.read(cell)
    if found is None:
        raise BankFault(f"line {line}: {cell[:30]!r} is no date of the form {' or '.join(dates.formats())}")
    return found


def decimal_mark(cells: Sequence[str]) -> str:
    """Say whether a column writes "," or "." before the cents. Raises BankFault where it does both, or cannot be told."""
    found = mapping_numbers.study([_bare(cell) for cell in cells])
    if found.mixed:
        raise BankFault("amounts are written with a decimal comma and with a decimal point: say which with --decimal")
    if found.open:
        raise BankFault("whether amounts have a decimal comma or point cannot be told: say it with --decimal")
    return found.mark or "."


def amount_in(cell: str, mark: str, *, line: int) -> Decimal:
    """Read an amount with its sign, wherever it stands: "-12,50", "12,50-", "(12.50)", "12,50 S". Raises BankFault."""
    amount = Numbers(mark=mark).read(_bare(cell))
    if amount is None or amount != amount.quantize(Decimal("0.01")) or abs(amount) >= Decimal(10) ** 14:
        raise BankFault(f"line {line}: {cell[:30]!r} is no amount with at most two decimals")
    return amount.quantize(Decimal("0.01"))


def _bare(cell: str) -> str:
    """Take off what tells the side and the currency, whichever it is."""
    text = _CODE.sub("", SIDE.sub("", cell.strip())).strip()
    if text.startswith("(") != text.endswith(")"):
        inside = text.strip("()").strip()  # its other bracket is behind what was taken off
        text = inside if inside.startswith(("-", "\u2212")) or inside.endswith("-") else f"({inside})"
    return text

"""Reads the dates of a column: which formats stand in it, and which could be read in two ways. It never guesses between two.

A shape is what can be seen of one cell ("two numbers and a year, with slashes"); an order says what the numbers are. The whole
column settles the order where it can: 25/03/2026 has the day first. What stays open is said, and a person settles it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import lru_cache

from babel.dates import get_month_names

from ledger.mapping_names import plain

_LOCALES = ("en", "de", "fr", "es", "it", "nl", "pt")
_YEAR_FIRST = re.compile(r"(\d{4})([-/. ])(\d{1,2})\2(\d{1,2})")
_YEAR_LAST = re.compile(r"(\d{1,2})([-/. ])(\d{1,2})\2(\d{4}|\d{2})")
_DIGITS = re.compile(r"\d{8}")
_DAY_NAME = re.compile(r"(\d{1,2})[\s./-]*(?:de\s+)?([^\W\d_]+)\.?[\s.,/-]*(?:de\s+)?(\d{4}|\d{2})")
_NAME_DAY = re.compile(r"([^\W\d_]+)\.?[\s/-]*(\d{1,2})(?:st|nd|rd|th)?[\s,/-]+(\d{4})")
_SERIAL = re.compile(r"(\d{5})(?:[.,]0+)?")
_TIME = re.compile(r"(?:T|\s+)\d{1,2}:\d{2}(?::\d{2}(?:[.,]\d+)?)?\s*(?:[AaPp][Mm])?\s*(?:Z|UTC|[+-]\d{2}:?\d{2})?$")
#: Days that a spreadsheet counts from the end of 1899; only those of the years 2000 to 2099 are taken for dates.
_FIRST_SERIAL, _LAST_SERIAL, _EPOCH = 36526, 73050, date(1899, 12, 30)
_ORDERS = {"YYYY": ("DMY", "MDY"), "YY": ("DMY", "MDY", "YMD"), "8": ("YMD", "DMY", "MDY")}


@dataclass(frozen=True, slots=True)
class Shape:
    """What can be seen of a date: "first" (year first), "YYYY", "YY", "8" (digits), "name", "name first", "serial"; with which sign."""

    kind: str
    sign: str = ""


@lru_cache(maxsize=1)
def _months() -> dict[str, int]:
    found: dict[str, set[int]] = {}
    for locale in _LOCALES:
        for width in ("wide", "abbreviated"):
            for context in ("format", "stand-alone"):
                for number, name in get_month_names(width, context, locale).items():
                    found.setdefault(plain(name), set()).add(number)
                    found.setdefault(plain(name)[:3], set()).add(number)
    return {name: next(iter(numbers)) for name, numbers in found.items() if len(numbers) == 1 and len(name) >= 3}


def bare(cell: str) -> str:
    """Take the time of day off a cell."""
    return _TIME.sub("", cell.strip()).strip()


@lru_cache(maxsize=65_536)
def seen(cell: str) -> tuple[Shape, tuple[int, ...]] | None:
    """Give the shape of a cell and its numbers as they stand (a month by name as its number); None where it is no date."""
    text = bare(cell)
    if match := _YEAR_FIRST.fullmatch(text):
        return Shape("first", match[2]), (int(match[1]), int(match[3]), int(match[4]))
    if match := _YEAR_LAST.fullmatch(text):
        return Shape("YYYY" if len(match[4]) == 4 else "YY", match[2]), (int(match[1]), int(match[3]), int(match[4]))
    if _DIGITS.fullmatch(text):
        return Shape("8"), (int(text),)
    if (match := _DAY_NAME.fullmatch(text)) and (month := _months().get(plain(match[2]))):
        return Shape("name" if len(match[3]) == 4 else "name YY"), (int(match[1]), month, int(match[3]))
    if (match := _NAME_DAY.fullmatch(text)) and (month := _months().get(plain(match[1]))):
        return Shape("name first"), (month, int(match[2]), int(match[3]))
    if (match := _SERIAL.fullmatch(text)) and _FIRST_SERIAL <= int(match[1]) <= _LAST_SERIAL:
        return Shape("serial"), (int(match[1]),)
    return None


def orders_of(shape: Shape) -> tuple[str, ...]:
    """Give the orders in which a shape could be read."""
    fixed = {"first": ("YMD",), "name": ("DMY",), "name YY": ("DMY",), "name first": ("MDY",), "serial": ("serial",)}
    return fixed.get(shape.kind) or _ORDERS[shape.kind]


def day_of(shape: Shape, numbers: tuple[int, ...], order: str) -> date | None:
    """Give the day that numbers mean in an order; None where there is no such day between 1970 and 2099."""
    if order == "serial":
        return _EPOCH + timedelta(days=numbers[0])
    if shape.kind == "8":
        text = f"{numbers[0]:08d}"
        cut = (text[:4], text[4:6], text[6:]) if order == "YMD" else (text[:2], text[2:4], text[4:])
        numbers = (int(cut[0]), int(cut[1]), int(cut[2]))
    named = dict(zip(order, numbers, strict=True))
    year = named["Y"]
    if year < 100 and shape.kind in ("YY", "name YY"):
        year += 2000 if year < 70 else 1900
    try:
        day = date(year, named["M"], named["D"])
    except ValueError:
        return None
    return day if 1970 <= day.year <= 2099 else None


@dataclass(slots=True)
class Dates:
    """How the dates of one column are read. `orders`: settled; `open`: shapes that could be read in several ways, with a cell each.

    `mixed`: shapes of which some cells are one way and some the other; only a cell that can be read in one way is.
    """

    orders: dict[Shape, str] = field(default_factory=dict)
    open: dict[Shape, tuple[tuple[str, ...], str]] = field(default_factory=dict)
    mixed: set[Shape] = field(default_factory=set)
    why: dict[Shape, str] = field(default_factory=dict)

    def read(self, cell: str) -> date | None:
        """Read a cell; None where it is no date, or could be two. Raises nothing."""
        found = seen(cell)
        if found is None:
            return None
        shape, numbers = found
        if (order := self.orders.get(shape)) is not None:
            return day_of(shape, numbers, order)
        if shape in self.mixed:
            days = {day_of(shape, numbers, order) for order in orders_of(shape)} - {None}
            return days.pop() if len(days) == 1 else None
        return None

    def fault(self, cell: str) -> str:
        """Say why a cell was not read."""
        found = seen(cell)
        if found is None:
            return "is no date that is known here"
        shape, numbers = found
        ways = [name(shape, o) for o in orders_of(shape) if day_of(shape, numbers, o) is not None]
        if not ways:
            return "is a day that does not exist"
        if shape in self.open or shape in self.mixed:
            return f"could be {' or '.join(ways)}: say which with --date-format"
        if shape in self.orders:
            return f"does not read as {name(shape, self.orders[shape])}, like the rest of the column"
        return f"reads as {' or '.join(ways)}, which is not a date format of this column"

    def formats(self) -> list[str]:
        """Name the formats that are settled."""
        return [name(shape, order) for shape, order in self.orders.items()]

    @property
    def settled(self) -> bool:
        """Say whether nothing is open."""
        return not self.open and not self.mixed


def study(cells: Iterable[str]) -> Dates:
    """Find the formats of a column by its cells alone."""
    by_shape: dict[Shape, dict[tuple[int, ...], str]] = {}
    for cell in dict.fromkeys(cells):
        if (found := seen(cell)) is not None:
            by_shape.setdefault(found[0], {})[found[1]] = cell
    dates = Dates()
    for shape, values in sorted(by_shape.items(), key=lambda item: -len(item[1])):
        _settle(dates, shape, values)
    return dates


def _settle(dates: Dates, shape: Shape, values: Mapping[tuple[int, ...], str]) -> None:
    orders = orders_of(shape)
    days = {numbers: [day_of(shape, numbers, order) for order in orders] for numbers in values}
    real = {numbers: each for numbers, each in days.items() if any(each)}
    if not real:
        return
    fitting = [o for at, o in enumerate(orders) if all(each[at] is not None for each in real.values())]
    same = all(len({d for d in each if d is not None}) == 1 for each in real.values())
    if len(fitting) == 1 or (fitting and same):
        dates.orders[shape] = fitting[0]
        if len(orders) > 1:
            dates.why[shape] = "the only way to read all cells"
    elif not fitting:
        dates.mixed.add(shape)
    elif shape.sign == "." and "DMY" in fitting:
        dates.orders[shape] = "DMY"
        dates.why[shape] = "with points the day comes first"
    else:
        example = next(values[n] for n, each in real.items() if len({d for d in each if d is not None}) > 1)
        dates.open[shape] = (tuple(fitting), example)


def take(dates: Dates, shape: Shape, order: str, *, why: str) -> None:
    """Settle a shape."""
    dates.open.pop(shape, None)
    dates.mixed.discard(shape)
    dates.orders[shape] = order
    dates.why[shape] = why


def name(shape: Shape, order: str) -> str:
    """Name a format: DD.MM.YYYY, MM/DD/YY, YYYYMMDD, "DD Mon YYYY", "serial"."""
    if shape.kind == "serial":
        return "serial"
    if shape.kind.startswith("name"):
        return {"name": "DD Mon YYYY", "name YY": "DD Mon YY", "name first": "Mon DD, YYYY"}[shape.kind]
    parts = {"D": "DD", "M": "MM", "Y": "YY" if shape.kind == "YY" else "YYYY"}
    return shape.sign.join(parts[letter] for letter in order)


def known_format(text: str) -> tuple[Shape, str]:
    """Give shape and order of a format's name. Raises ValueError with the names that there are."""
    wanted = text.strip().upper()
    signs = ("-", "/", ".", " ")
    shapes = [Shape("first", s) for s in signs] + [Shape(k, s) for k in ("YYYY", "YY") for s in signs]
    shapes += [Shape("8"), Shape("name"), Shape("name YY"), Shape("name first"), Shape("serial")]
    for shape in shapes:
        for order in orders_of(shape):
            if name(shape, order).upper() == wanted:
                return shape, order
    raise ValueError(f"{text!r} is no date format such as DD.MM.YYYY, MM/DD/YYYY, DD-MM-YY, YYYYMMDD or DD Mon YYYY")

"""Reads the amounts of a column, whatever marks thousands and decimals.

1.234 alone could be one thousand or one and a bit: the column says which, or the rest of the file, or a person; never a guess.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal

_CODES = re.compile(
    r"(?i)\b(EUR|USD|GBP|CHF|CAD|AUD|NZD|SEK|NOK|DKK|PLN|CZK|HUF|RON|BGN|BRL|MXN|ZAR|JPY|CNY|INR|SGD|HKD|TRY|AED|Fr\.?|kr\.?|zł|Kč|R\$|US\$)(?![a-z])"
)
_SIGNS = re.compile(r"[€$£¥₹]")
_SPACES = re.compile(r"[\s'’`´\u2009]")
_BARE = re.compile(r"\d[\d.,]*")
_FLOAT = re.compile(r"[+-]?\d+(?:\.\d+)?[eE][+-]?\d+")
_NO_CENTS = re.compile(r"(?<=\d)(?P<mark>[.,])\s?[-–—−]{1,2}(?=\)?$)")
_DASHES = frozenset("-–—−")
#: What stands for a currency without doubt.
_OF_SIGN = {"€": "EUR", "£": "GBP", "zł": "PLN", "kč": "CZK", "r$": "BRL", "us$": "USD", "₹": "INR"}


@dataclass(frozen=True, slots=True)
class Figure:
    """What can be seen of an amount: sign, digits with their marks, and whether spaces or apostrophes part thousands."""

    negative: bool
    body: str
    spaced: bool
    marks: str


def seen(cell: str) -> Figure | None:
    """Take currency and sign off a cell; None where no amount is left."""
    if _BARE.fullmatch(cell):
        return Figure(False, cell, False, "".join(c for c in cell if c in ".,"))
    text = _SIGNS.sub(" ", _CODES.sub(" ", cell.replace("\u202f", " ").replace("\xa0", " "))).strip()
    if text in _DASHES and text != cell.strip():
        return Figure(False, "0", False, "")  # as spreadsheets write nothing in books: "€ -"
    # "1.250,-" is 1,250 and no cents: the dash behind the decimal mark is no minus.
    text = _NO_CENTS.sub(r"\g<mark>00", text)
    signs = 0
    if text.startswith("(") and text.endswith(")"):
        signs, text = 1, text[1:-1].strip()
    upper = text.upper()
    if upper.endswith(("CR", "DR")):
        signs, text = signs + upper.endswith("CR"), text[:-2].strip()
    for sign in ("-", "−", "–"):
        if text.startswith(sign):
            signs, text = signs + 1, text[1:].strip()
        elif text.endswith(sign):
            signs, text = signs + 1, text[:-1].strip()
    if signs > 1:
        return None  # "(-100.00)" and "-100.00 CR": whether one takes the other back nobody can say
    negative = signs == 1
    # A plus stands before or behind; beside a minus it says two things.
    if (plain := text.removeprefix("+").removesuffix("+").strip()) != text and signs:
        return None
    text = plain
    if not text or not re.fullmatch(r"[\d.,\s'’`´]+", text) or not any(c.isdigit() for c in text):
        return None
    body = _SPACES.sub("", text)
    spaced = body != text
    if spaced and not re.fullmatch(r"\d{1,3}(?:[\s'’`´]\d{3})+(?:[.,]\d*)?", text):
        return None
    return Figure(negative, body, spaced, "".join(c for c in body if c in ".,"))


def decimal_mark(figure: Figure) -> str | None:
    """Say which mark is the decimal one: "." or ","; "" where any reading is the same; None where it stays open.

    Raises ValueError for marks that no number has.
    """
    body, marks = figure.body, figure.marks
    if not marks:
        return ""
    last = marks[-1]
    other = "," if last == "." else "."
    if len(set(marks)) == 2:
        whole, _, _ = body.rpartition(last)
        if marks.count(last) > 1 or not _grouped(whole, other):
            raise ValueError("has thousands where no thousands can be")
        return last
    if len(marks) > 1:
        if figure.spaced or not _grouped(body, last):
            raise ValueError("has thousands where no thousands can be")
        return other
    before, _, after = body.partition(last)
    if figure.spaced or len(after) != 3 or not 1 <= len(before) <= 3 or before.startswith("0"):
        return last
    return None


def _grouped(whole: str, mark: str) -> bool:
    """Say whether a mark parts thousands, or lakhs as in India."""
    groups = whole.split(mark)
    if len(groups) == 1:
        return True
    first, middle, final = groups[0], groups[1:-1], groups[-1]
    if len(final) != 3 or not 1 <= len(first) <= 3:
        return False
    return all(len(g) == 3 for g in middle) or (len(first) <= 2 and all(len(g) == 2 for g in middle))


@dataclass(slots=True)
class Numbers:
    """How the amounts of one column are read. `mark`: the decimal mark, "" where no cell shows it. `mixed`: both were seen."""

    mark: str = ""
    open: str = ""
    mixed: bool = False
    why: str = ""
    currencies: set[str] = field(default_factory=set)

    def read(self, cell: str) -> Decimal | None:
        """Read a cell; None where it is no amount, or could be two. Raises nothing."""
        figure = seen(cell)
        if figure is None:
            return exact(cell)
        try:
            mark = decimal_mark(figure)
        except ValueError:
            return None
        if mark is None:
            mark = "" if self.mixed else self.mark
            if not mark:
                return None
        elif mark and self.mark and not self.mixed and mark != self.mark:
            return None
        group = {".": ",", ",": "."}.get(mark, "")
        text = figure.body.replace(group, "") if group else figure.body
        amount = Decimal(text.replace(mark, ".") if mark else text)
        return -amount if figure.negative else amount

    def fault(self, cell: str) -> str:
        """Say why a cell was not read."""
        figure = seen(cell)
        if figure is None:
            if _FLOAT.fullmatch(cell.strip()):
                return "is cut off by a spreadsheet: write the whole amount"
            return "is no amount" + (": write 0.00 where it is nothing" if cell.strip() in _DASHES else "")
        try:
            mark = decimal_mark(figure)
        except ValueError as why:
            return str(why)
        if mark is None:
            return "could be thousands or decimals: say which with --numbers 1.234,56 or --numbers 1,234.56"
        return f"has another decimal mark than {self.mark!r}, which the rest of the column has"

    @property
    def settled(self) -> bool:
        """Say whether nothing is open."""
        return not self.open

    def format(self) -> str:
        """Show the format with an example."""
        if self.mixed:
            return "1.234,56 and 1,234.56"
        return {".": "1,234.56", ",": "1.234,56"}.get(self.mark, "plain")


def study(cells: Iterable[str]) -> Numbers:
    """Find how a column writes amounts, by its cells alone."""
    found, marks = Numbers(), set()
    for cell in dict.fromkeys(cells):
        found.currencies |= currencies_in(cell)
        figure = seen(cell)
        if figure is None:
            continue
        try:
            mark = decimal_mark(figure)
        except ValueError:
            continue
        if mark is None:
            found.open = found.open or cell
        elif mark:
            marks.add(mark)
    found.mixed = len(marks) == 2
    if len(marks) == 1:
        found.mark, found.why = marks.pop(), "by the cells that can be read in one way only"
        found.open = ""
    return found


def take_over(columns: Iterable[tuple[str, Numbers]]) -> None:
    """Read what is open in one column as another column of the file writes its amounts for certain."""
    named = list(columns)
    marks = {numbers.mark for _, numbers in named if numbers.mark and not numbers.mixed}
    if len(marks) != 1 or any(numbers.mixed for _, numbers in named):
        return
    for _, numbers in named:
        if numbers.open and not numbers.mark:
            numbers.mark, numbers.open, numbers.why = next(iter(marks)), "", "as in the other amounts of the file"


def mark_of(example: str) -> str:
    """Give the decimal mark of a format as a person writes it: 1.234,56. Raises ValueError."""
    figure = seen(example)
    try:
        mark = decimal_mark(figure) if figure is not None else None
    except ValueError:
        mark = None
    if not mark:
        raise ValueError(f"{example!r} is no number format: write it like 1.234,56 or 1,234.56")
    return mark


def currencies_in(cell: str) -> set[str]:
    """Give the currencies that a cell names without doubt: a code, or a sign of one currency alone."""
    if cell[:1].isdigit() and cell[-1:].isdigit():
        return set()
    found = {sign for sign in _OF_SIGN if sign in cell.casefold()}
    codes = {m[0].upper() for m in _CODES.finditer(cell) if re.fullmatch(r"[A-Za-z]{3}", m[0])}
    return codes | {_OF_SIGN[sign] for sign in found}


def is_float(cell: str) -> bool:
    """Say whether a cell is written like 1.0234E+4."""
    return _FLOAT.fullmatch(cell.strip()) is not None


def exact(cell: str) -> Decimal | None:
    """Read 1.0234E+4 where it says every digit."""
    text = cell.strip()
    if not _FLOAT.fullmatch(text):
        return None
    mantissa, _, power = text.lower().partition("e")
    digits = len(mantissa.partition(".")[2])
    exponent = int(power)
    return Decimal(text) if 0 <= exponent <= digits else None

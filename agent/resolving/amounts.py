"""Find the amounts of money in a customer's words, as exact decimals.

A number counts as money when a currency stands beside it, when it is written like money (1.234,50), or when the words
around it speak of paying. Dates, telephone, invoice and purchase order numbers, percentages and times are never
amounts. It must never raise, and never guess a separator: what can be read two ways is left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from functools import lru_cache

from agent.resolving.dates import find_dates
from agent.resolving.folding import LONGEST, Flat, blank, flatten, fold, spans_of
from agent.resolving.money_words import (
    CONTEXT_AFTER,
    CONTEXT_BEFORE,
    CURRENCIES,
    MULTIPLIERS,
    NOT_MONEY,
    NUMBER_WORDS,
    THINGS,
)

_DOLLARS = {"USD", "CAD", "AUD", "NZD", "SGD", "HKD", "MXN", "CLP", "COP", "ARS"}
_CROWNS = {"SEK", "NOK", "DKK", "CZK", "ISK"}
_POUNDS = {"GBP", "EGP", "FKP", "GIP"}
_THREE_DECIMALS = {"BHD", "KWD", "OMR", "TND", "JOD", "IQD", "LYD"}
_SHARED = {"$": (_DOLLARS, "USD"), "kr": (_CROWNS, None), "£": (_POUNDS, "GBP")}


@dataclass(frozen=True)
class FoundAmount:
    """An amount in a text: the exact span, the value, and the currency that the words name (else the given one).

    `marked` says that a currency stands beside the number or that it has cents.
    """

    start: int
    end: int
    text: str
    amount: Decimal
    currency: str | None
    marked: bool = True


@lru_cache(maxsize=1)
def _patterns() -> dict[str, re.Pattern[str]]:
    """Compile on first use."""
    money = "|".join(pattern for pattern, _ in CURRENCIES)
    digits = r"\d{1,3}(?:(?P<g>[.,' ])\d{3})(?:(?P=g)\d{3})*(?!\d)|\d{1,2}(?:,\d{2})+,\d{3}(?!\d)|\d+"
    number = rf"(?P<number>(?:{digits})(?:[.,](?:\d{{1,2}}(?!\d)|[-–]{{1,2}}))?)"
    times = "|".join(MULTIPLIERS)
    words = "|".join(sorted(NUMBER_WORDS, key=len, reverse=True))
    named = r"euros?|pounds?|quid|dollars?|bucks|francs?|grand"
    return {
        "digits": re.compile(
            rf"(?<![\w#/@+])(?<![\w)][-.,'])(?<!\d )(?:(?P<before>{money})(?<!\d)\s?)?{number}"
            rf"(?:[ -]?(?P<times>{times})(?!\w))?(?:,?-{{1,2}})?(?:\s?(?P<after>{money})(?!\w))?"
        ),
        "words": re.compile(
            rf"(?<!\w)(?P<number>(?:{words})(?:[ -](?:{words}))*)(?:[ -](?P<times>{times}))?(?:\s(?P<after>{named}))(?!\w)"
        ),
        "currency": re.compile("|".join(f"(?P<c{i}>{pattern})" for i, (pattern, _) in enumerate(CURRENCIES))),
        "sign_before": re.compile(rf"(?<!\w)(?:{money})\s?$"),
        "sign_after": re.compile(rf"\s?(?:{money})(?!\w)"),
        "things": re.compile(rf"\s(?:{THINGS})(?!\w)"),
        "percent": re.compile(
            r"\s?(?:%|percent\b|per cent\b|prozent\b|procent\b|pour cent\b|por ciento\b|por cento\b|per cento\b)"
        ),
        "tail": re.compile(r"[\w/@]|[-'][a-z0-9]|[.,:]\d|-\d"),
        "not_before": re.compile(rf"(?:{NOT_MONEY})[ .:#]*$"),
        "context_before": re.compile(rf"(?:{CONTEXT_BEFORE})\s+$"),
        "context_after": re.compile(rf"\s*(?:{CONTEXT_AFTER})(?!\w)"),
    }


def find_amounts(text: str, *, currency: str | None, known_numbers: Iterable[str] = ()) -> list[FoundAmount]:
    """Find all amounts in `text`, in order. `known_numbers` (invoices, orders) are never read as money."""
    flat = flatten(text[:LONGEST])
    folded = blank(fold(flat.text), spans_of(flat.text, known_numbers))
    folded = blank(folded, _dates_in(folded))
    found: list[FoundAmount] = []
    for name in ("digits", "words"):
        for match in _patterns()[name].finditer(folded):
            amount = _amount(match, flat, folded, currency)
            if amount and all(amount.end <= other.start or amount.start >= other.end for other in found):
                found.append(amount)
    return sorted(found, key=lambda one: one.start)


def _dates_in(folded: str) -> list[tuple[int, int]]:
    """Give the spans of dates, so that 16.03 is no price; the day asked from does not change a span."""
    money = _patterns()
    return [
        (one.start, one.end)
        for one in find_dates(folded, received_on=date(2001, 1, 1), language=None)
        if not money["sign_before"].search(folded[max(0, one.start - 5) : one.start])
        and not money["sign_after"].match(folded, one.end)
    ]


def _amount(match: re.Match[str], flat: Flat, folded: str, given: str | None) -> FoundAmount | None:
    patterns, groups = _patterns(), match.groupdict()
    mark = groups.get("before") or groups.get("after")
    start, end = match.span()
    if groups.get("before") and groups.get("after") and not folded[start:end].strip():
        return None
    if patterns["percent"].match(folded, end):
        return None
    if not mark and patterns["tail"].match(folded, end):
        return None
    if not mark and patterns["things"].match(folded, end):
        return None
    code = _currency(mark, given)
    value = _value(match, code)
    if value is None or not (mark or _is_money(match, folded)):
        return None
    if groups["number"].startswith("0") and not mark and "." not in groups["number"] and "," not in groups["number"]:
        return None
    marked = bool(mark) or value != value.to_integral_value()
    start, end = flat.span(start, end)
    return FoundAmount(start, end, flat.original[start:end], value, code, marked)


def _is_money(match: re.Match[str], folded: str) -> bool:
    """Judge a number without a currency by its shape and the words around it."""
    patterns, (start, end) = _patterns(), match.span()
    before = folded[max(0, start - 40) : start]
    if patterns["not_before"].search(before):
        return False
    shape = match.group("number")
    if match.groupdict().get("times"):
        return True
    if re.fullmatch(
        r"\d{1,3}(?:[.,']\d{3})+(?:[.,]\d{2})?|\d{1,3}(?: \d{3})+[.,]\d{2}|\d+[.,]\d{2}|\d+[.,]-{1,2}", shape
    ):
        return not _is_clock(shape, before, folded[end : end + 8])
    if len(shape) > 1 and patterns["context_after"].match(folded, end):
        return True
    if re.fullmatch(r"(?:19|20)\d\d", shape) and re.search(r"(?:of|de|in|at)\s+$", before):
        return False
    return len(shape) > 2 and bool(patterns["context_before"].search(before))


def _is_clock(shape: str, before: str, after: str) -> bool:
    """Tell 9.14 in the morning from money."""
    parts = re.fullmatch(r"(\d{1,2})\.(\d{2})", shape)
    if not parts:
        return False
    hour, minute = int(parts[1]) < 25, int(parts[2]) < 60
    if hour and minute and re.match(r"\s?(?:am|pm|h|uhr|uur|hrs|o'clock)\b", after):
        return True
    return hour and minute and bool(re.search(r"\b(?:at|um|om|alle|a las|as|kl\.?)\s*$", before))


def _value(match: re.Match[str], code: str | None) -> Decimal | None:
    groups = match.groupdict()
    if not groups["number"][:1].isdigit():
        value = _from_words(groups["number"])
    else:
        value = _from_digits(groups["number"], code)
    if value is None:
        return None
    times = groups.get("times")
    factor = next((n for pattern, n in MULTIPLIERS.items() if times and re.fullmatch(pattern, times)), 1)
    if (groups.get("after") or "") == "grand":
        factor *= 1000
    result = value * factor
    return result if Decimal(0) < result < Decimal(10) ** 12 else None


def _from_digits(number: str, code: str | None) -> Decimal | None:
    """Read 1,234.50, 1.234,50, 1 234,50, 1'234.50, 672,- and 4.800 exactly."""
    plain = re.sub(r"[.,]-{1,2}$", "", number).replace(" ", "").replace("'", "")
    marks = re.findall(r"[.,]", plain)
    decimal = ""
    if marks:
        tail = len(plain) - max(plain.rfind("."), plain.rfind(",")) - 1
        if len(set(marks)) == 2 or (len(marks) == 1 and tail < 3):
            decimal = marks[-1]
        elif len(marks) == 1 and code in _THREE_DECIMALS and marks[0] == ".":
            return None  # 2.150 rial may be two or two thousand
        elif len(marks) == 1 and plain.startswith("0"):
            return None
    whole, _, rest = plain.rpartition(decimal) if decimal else (plain, "", "")
    try:
        return Decimal(re.sub(r"[.,]", "", whole) + ("." + rest if rest else ""))
    except InvalidOperation:
        return None


def _from_words(words: str) -> Decimal | None:
    """Add up number words: hundreds multiply what stands before them, the rest is added."""
    total = current = 0
    for word in re.split(r"[ -]", words):
        value = NUMBER_WORDS.get(word)
        if value is None:
            return None
        if value in (100, 1000):
            current = max(current, 1) * value
            if value == 1000:
                total, current = total + current, 0
        else:
            current += value
    return Decimal(total + current) if total + current else None


def _currency(mark: str | None, given: str | None) -> str | None:
    """Name the ISO 4217 code of a sign or word; a sign that many share follows the given currency."""
    if not mark:
        return given
    match = _patterns()["currency"].fullmatch(mark.strip())
    if not match or match.lastgroup is None:
        return given
    code = CURRENCIES[int(match.lastgroup[1:])][1]
    if code in _SHARED:
        family, default = _SHARED[code]
        return given if given in family else default
    return code

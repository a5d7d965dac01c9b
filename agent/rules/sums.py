"""Finds the sums of money that stand in a draft, however they are written. It reads; what is right, `known` says."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from functools import lru_cache

from agent.rules.reading import plain

_DOLLARS = frozenset({"USD", "CAD", "AUD", "NZD", "SGD", "HKD", "MXN"})
_CROWNS = frozenset({"SEK", "NOK", "DKK", "CZK", "ISK"})
_CODES = [
    "EUR",
    "USD",
    "GBP",
    "CHF",
    "JPY",
    "SEK",
    "NOK",
    "DKK",
    "PLN",
    "CZK",
    "HUF",
    "RON",
    "BGN",
    "CAD",
    "AUD",
    "NZD",
    "SGD",
    "HKD",
    "INR",
    "MXN",
    "BRL",
    "ZAR",
    "AED",
    "SAR",
    "QAR",
    "KWD",
    "BHD",
    "OMR",
    "TRY",
    "ILS",
    "CNY",
    "RMB",
    "KRW",
    "THB",
    "MYR",
    "IDR",
    "PHP",
    "VND",
    "EGP",
    "MAD",
    "TND",
    "NGN",
    "KES",
    "GHS",
    "CLP",
    "COP",
    "ARS",
    "PEN",
    "UAH",
    "ISK",
    "RSD",
]
#: How a currency is written -> the codes that it can stand for. Longer ones first.
_MARKS: tuple[tuple[str, frozenset[str]], ...] = (
    (r"US ?\$|U\.S\. dollars?|US dollars?", frozenset({"USD"})),
    (r"C(?:A)?\$", frozenset({"CAD"})),
    (r"A(?:U)?\$", frozenset({"AUD"})),
    (r"R\$|reais", frozenset({"BRL"})),
    (r"\$|dollars?|dólares|dollari|dollar", _DOLLARS),
    (r"€|euros?|Euros?|EUROS?", frozenset({"EUR"})),
    (
        r"£|pounds?(?: sterling)?|sterling|Pfund|livres sterling|libras(?: esterlinas)?|sterline|pond",
        frozenset({"GBP"}),
    ),
    (r"¥|yen|yuan", frozenset({"JPY", "CNY"})),
    (r"₹|rupees?", frozenset({"INR"})),
    (r"zł|złotych", frozenset({"PLN"})),
    (r"Fr\.|SFr\.?|[Ff]ranken|francs? suisses?|francs?|franchi", frozenset({"CHF"})),
    (r"kr\.?|kronor|kroner|Kronen|couronnes|coronas|corone|coroas", _CROWNS),
    *((code, frozenset({code})) for code in _CODES),
)
_TIMES = {"k": 1000, "K": 1000, "tsd": 1000, "Tsd": 1000, "m": 1_000_000, "Mio": 1_000_000, "million": 1_000_000}
_TIMES |= {"thousand": 1000, "tausend": 1000, "mille": 1000, "mil": 1000, "duizend": 1000, "mila": 1000}


@dataclass(frozen=True, slots=True)
class Sum:
    """A sum as it stands in a text. `currencies` None: none is named. `value` None: it cannot be read one way only."""

    text: str
    start: int
    end: int
    value: Decimal | None
    currencies: frozenset[str] | None


@lru_cache(maxsize=1)
def _pattern() -> re.Pattern[str]:
    marks = "|".join(pattern for pattern, _ in _MARKS)
    number = r"\d{1,3}(?:[ .,']\d{3})+(?!\d)(?:[.,]\d{1,2}(?!\d))?|\d{1,2}(?:,\d{2})+,\d{3}(?!\d)(?:\.\d{2}(?!\d))?|\d+(?:[.,]\d{1,4}(?!\d))?"
    return re.compile(
        rf"(?:(?<!\w)(?P<before>{marks})(?P<gap>\s?-?\s?))?(?<![\w.,'])(?<!\d )(?P<number>{number})"
        rf"(?:[.,][-–]{{1,2}})?(?:\s?(?P<times>{'|'.join(_TIMES)})\.?(?!\w))?"
        rf"(?:\s?(?P<after>{marks})(?![\w])(?!\s?\d))?"
    )


@lru_cache(maxsize=1)
def _glued() -> re.Pattern[str]:
    # "EUR1,800.00": the mark stands right before the figure, so that no word boundary helps.
    signs = r"[$€£¥₹]|(?<![A-Za-z])(?:" + "|".join(_CODES) + ")"
    return re.compile(
        rf"(?P<before>{signs})(?P<number>\d{{1,3}}(?: \d{{3}})+(?!\d)(?:[.,]\d{{1,2}}(?!\d))?|\d[\d.,']*\d|\d)"
    )


def sums_in(text: str, *, bare: bool = False) -> list[Sum]:
    """List the sums of a text that `reading.plain` gave: those with a currency, and with `bare` those with cents alone."""
    found: list[Sum] = []
    taken = bytearray(len(text))
    for match in (*_glued().finditer(text), *_pattern().finditer(text)):
        groups = match.groupdict()
        marks = [m for m in (groups.get("before"), groups.get("after")) if m]
        if not marks and not (bare and re.search(r"[.,]\d{2}$", groups["number"])):
            continue
        # The mark before a figure is its own; one behind it counts where there is none before.
        currencies = _currencies(marks[0]) if marks else None
        value = read_number(groups["number"])
        times = _TIMES.get(groups.get("times") or "", 1)
        one = Sum(match.group(0).strip(), *match.span(), None if value is None else value * times, currencies)
        if not any(taken[one.start : one.end]):
            taken[one.start : one.end] = b"\x01" * (one.end - one.start)
            found.append(one)
    return sorted(found, key=lambda one: one.start)


def without_sums(text: str) -> str:
    """Give a line without its sums of money, and without the brackets and commas that only they needed."""
    if not sums_in(plain(text)):
        return text
    bare, last = plain(text), 0
    kept = []
    for one in sums_in(bare):
        kept += [bare[last : one.start]]
        last = one.end
    line = " ".join([*kept, bare[last:]])
    line = re.sub(r"\(\s*\)|\[\s*\]", " ", line)
    line = re.sub(r" ?[,;:–-] ?(?=[,;:.–-]|$)", " ", " ".join(line.split())).replace(" ,", ",")
    return " ".join(line.split()).strip(" ,;–-")


def _currencies(mark: str) -> frozenset[str]:
    return next((codes for pattern, codes in _MARKS if re.fullmatch(pattern, mark)), frozenset())


def read_number(text: str) -> Decimal | None:
    """Read 1,234.56, 1.234,56, 1 234,56, 1'234.56 and 1234: the last mark is the decimal one, unless three digits follow it."""
    bare = text.replace(" ", "").replace("'", "")
    marks = re.findall(r"[.,]", bare)
    if marks:
        tail = len(bare) - 1 - max(bare.rfind("."), bare.rfind(","))
        decimal = marks[-1] if len(set(marks)) == 2 or (len(marks) == 1 and tail != 3) else ""
        if len(set(marks)) == 2 and marks.count(marks[-1]) > 1:
            return None
        whole, _, rest = bare.rpartition(decimal) if decimal else (bare, "", "")
        bare = re.sub(r"[.,]", "", whole) + (f".{rest}" if rest else "")
    try:
        return Decimal(bare)
    except InvalidOperation:
        return None

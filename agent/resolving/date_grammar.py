"""Turn the lexicons' rules into regular expressions, and a match into its parts.

Compiled once a language on first use. Nothing here knows what a date means: see `date_rules`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from agent.resolving.words import Lexicon, lexicon

_DAY = r"(?:3[01]|[12]\d|0?[1-9])(?!\d)"
_UNITS_AFTER = (
    r"%|percent\b|per cent\b|prozent\b|procent\b|pour cent\b|por ciento\b|por cento\b|per cento\b|€|\$|£|eur\b|euros?\b|chf\b|usd\b"
    r"|gbp\b|kr\b|pounds?\b|quid\b|dollars?\b|:\d|[.,]\d|[/-]\d|uhr\b|uur\b|h\b|h\d|heures?\b|horas?\b|pm\b|a\.?m\b(?=[^a-z]|$)|k\b|mil\b"
    r"|st(?:uck|k)\b|pcs\b|kg\b|x\b"
)

#: Absolute forms in digits, the same in every language. `<CUE>` is what may stand before a bare one.
_NUMERIC = (
    ("iso", r"(?P<y>(?:19|20)\d\d)-(?P<a>\d{1,2})-(?P<b>\d{1,2})(?![\w-])"),
    (
        "numeric",
        r"(?:<W>\.?,? (?:<ART> )?)?(?P<a>\d{1,2})(?P<s>[./-])\s?(?P<b>\d{1,2})(?P=s)(?: ?(?P<y>(?:19|20)\d\d)|(?P<y>\d\d))(?![\d/-]|[.,]\d)",
    ),
    ("numeric", r"<W>\.?,? (?:<ART> )?(?P<a>\d{1,2})[./](?P<b>\d{1,2})\.?(?![\d/-])"),
    ("dotted", r"(?P<a>\d{1,2})\. ?(?P<b>\d{1,2})\.(?![\d/-])"),
    ("bare", r"(?P<a>\d{1,2})(?P<s>[./])(?P<b>\d{1,2})(?![\w/%-]|[.,]\d)"),
)


@dataclass(frozen=True)
class Rule:
    """One compiled rule; `needs` names what must occur in a text for it to be tried."""

    kind: str
    pattern: re.Pattern[str]
    needs: str


@dataclass(frozen=True)
class Grammar:
    """All that is compiled for one language."""

    lexicon: Lexicon
    rules: tuple[Rule, ...]
    weekdays: tuple[re.Pattern[str], ...]
    months: tuple[re.Pattern[str], ...]
    units: tuple[tuple[re.Pattern[str], str], ...]
    presence: Mapping[str, re.Pattern[str]]
    cue: re.Pattern[str]
    before: re.Pattern[str]
    past: re.Pattern[str]
    future: re.Pattern[str]


@dataclass(frozen=True)
class Parts:
    """What a rule's match holds, as numbers. None where the form leaves it open."""

    weekday: int | None = None
    month: int | None = None
    number: int | None = None
    year: int | None = None
    count: int | None = None
    unit: str = ""
    rank: int = 0
    qualifier: str = ""
    first: int = 0
    second: int = 0
    separator: str = ""


def _alternatives(patterns: tuple[str, ...]) -> str:
    return "|".join(patterns)


def _expand(pattern: str, lex: Lexicon) -> str:
    """Replace the placeholders of a rule; repeated groups are numbered apart."""
    words = "|".join(sorted(lex.days, key=len, reverse=True))
    late = "|".join(word for word in sorted(lex.days, key=len, reverse=True) if lex.days[word] > 3) or r"(?!)"
    ending = f"(?:{lex.ordinal})"
    parts = {
        "<WF>": f"(?P<w>{_alternatives(lex.weekdays_full)})",
        "<W>": f"(?P<w>{_alternatives(lex.weekdays)})",
        "<MF>": f"(?P<m>{_alternatives(lex.months_full)})",
        "<M>": f"(?P<m>{_alternatives(lex.months)})",
        "<DO>": f"(?:(?P<d>{_DAY}){ending}|(?P<d>{late}))",
        "<DN>": f"(?P<d>{_DAY}){ending}",
        "<DD>": f"(?P<d>{_DAY}){ending}?",
        "<D1>": f"{_DAY}{ending}?",
        "<D>": f"(?:(?P<d>{_DAY}){ending}?|(?P<d>{words}))",
        "<N>": rf"(?P<n>\d{{1,3}}(?!\d)|(?:{'|'.join(sorted(lex.numbers, key=len, reverse=True))})(?!\w))",
        "<U>": f"(?P<u>{_alternatives(tuple(lex.units))})",
        "<Y>": r"(?:,? ?(?:de |del |do )?(?P<y>(?:19|20)\d\d)(?!\d)|(?:-| ')(?P<y>\d\d)(?![\d.,:%]))?",
        "<R>": f"(?:,? (?:(?P<same>{lex.this_month})|(?P<next>{lex.next_month})|(?P<prev>{lex.last_month})))?",
        "<STOP>": rf"(?!\s*(?:{_UNITS_AFTER}|(?:{lex.not_day})\b))",
        "<ART>": f"(?:{lex.article})",
    }
    for name, replacement in parts.items():
        pattern = pattern.replace(name, replacement)
    seen: dict[str, int] = {}

    def apart(match: re.Match[str]) -> str:
        name = match.group(1)
        seen[name] = seen.get(name, 0) + 1
        return f"(?P<{name}_{seen[name]}>"

    return re.sub(r"\(\?P<([a-z]+)\d*>", apart, pattern).replace("(?P=s)", "(?P=s_1)")


#: Kinds whose every pattern holds a month when one of them names it at all.
_MONTHLY = ("range", "day", "week_of", "month", "from_month", "next_month_of", "last_month_of")


def _needs(kind: str, pattern: str) -> str:
    """Name what a text must hold for a rule to be worth trying: d(igit or ordinal), w(eekday), m(onth), u(nit)."""
    fixed = re.sub(r"\(\?:<WF?>[^()]*(?:\([^()]*\)[^()]*)*\)\?", "", pattern)
    marks = {"d": "<D" in fixed or "(?P<a>" in fixed, "w": "<W" in fixed, "u": "<U>" in fixed}
    marks["m"] = "<M" in fixed and kind in _MONTHLY
    return "".join(letter for letter, needed in marks.items() if needed)


def _compile(kind: str, pattern: str, lex: Lexicon) -> Rule:
    edge = r"(?<![\w/#])(?<!\d[.,])(?<!\w-)"
    return Rule(kind, re.compile(rf"{edge}(?:{_expand(pattern, lex)})(?!\w)"), _needs(kind, pattern))


@lru_cache(maxsize=8)
def grammar(code: str) -> Grammar:
    """Compile the grammar of one language."""
    lex = lexicon(code)
    return Grammar(
        lexicon=lex,
        rules=tuple(_compile(kind, pattern, lex) for kind, pattern in (*_NUMERIC, *lex.rules)),
        weekdays=tuple(re.compile(p) for p in lex.weekdays),
        months=tuple(re.compile(p) for p in lex.months),
        units=tuple((re.compile(p), unit) for p, unit in lex.units.items()),
        presence={
            "d": re.compile(rf"\d|\b(?:{_alternatives(tuple(lex.days))})\b"),
            "w": re.compile(rf"\b(?:{_alternatives(lex.weekdays)})(?:\b|[a-z])"),
            "m": re.compile(rf"\b(?:{_alternatives(lex.months)})\b"),
            "u": re.compile(rf"\b(?:{_alternatives(tuple(lex.units))})(?!\w)"),
        },
        cue=re.compile(rf"(?:{lex.cue})\s*$"),
        before=re.compile(rf"(?<!\w)(?:{lex.before})(?!\w)"),
        past=re.compile(lex.past),
        future=re.compile(lex.future),
    )


_RANKS = {
    **dict.fromkeys(("first", "1", "premi", "prim", "eerst", "erst"), 1),
    **dict.fromkeys(("second", "2", "zweit", "deuxi", "segund", "tweed"), 2),
    **dict.fromkeys(("third", "3", "dritt", "troisi", "terc", "derde", "terz"), 3),
    **dict.fromkeys(("fourth", "4", "viert", "quatri", "cuart", "quart", "vierd"), 4),
    **dict.fromkeys(("last", "letzt", "derni", "ultim", "laatst"), -1),
}


def _index(text: str, patterns: tuple[re.Pattern[str], ...]) -> int | None:
    return next((i for i, pattern in enumerate(patterns) if pattern.fullmatch(text)), None)


def _number(text: str, words: Mapping[str, int]) -> int | None:
    return int(text) if text.isdecimal() else words.get(text)


def parts_of(match: re.Match[str], rules: Grammar) -> Parts:
    """Read the named groups of a match."""
    got: dict[str, str] = {}
    for name, value in match.groupdict().items():
        if value is not None:
            got.setdefault(name.partition("_")[0], value)
    lex = rules.lexicon
    weekday = got.get("w")
    return Parts(
        weekday=_index(weekday, rules.weekdays) if weekday else None,
        month=(month + 1) if (month := _index(got.get("m", ""), rules.months)) is not None else None,
        number=_number(got["d"], lex.days) if "d" in got else None,
        year=_year(got["y"]) if "y" in got else None,
        count=_number(got["n"], lex.numbers) if "n" in got else None,
        unit=next((u for p, u in rules.units if p.fullmatch(got.get("u", ""))), ""),
        rank=next((rank for stem, rank in _RANKS.items() if got.get("k", "").startswith(stem)), 0) if "k" in got else 0,
        qualifier=next((q for q in ("same", "next", "prev") if q in got), ""),
        first=int(got.get("a", 0)),
        second=int(got.get("b", 0)),
        separator=got.get("s", ""),
    )


def _year(text: str) -> int:
    return int(text) if len(text) == 4 else 2000 + int(text)

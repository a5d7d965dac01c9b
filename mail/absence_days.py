"""The days that an absence note can name, in thirteen languages: written dates, days of the week, weeks, ends of months.

It finds and reads them; which of them is the last day of the absence is for `mail.absence` to say. A date with two
readings is no date, and none is read that lies far from the day of the mail.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from itertools import islice

from mail.day_names import months, one_of, weekdays
from mail.robot_fold import fold

_LONGEST = timedelta(days=400)
#: Leave of parents and of soldiers is announced with the year.
_YEARS = timedelta(days=1100)
#: No absence note names more days in one sentence.
_MOST = 40
_AMBIGUOUS = timedelta(days=150)


@dataclass(frozen=True, slots=True)
class Day:
    """Days that a text names: `last` is the last of them, `first` the first; `kind` says how they are written.

    Kinds: `date`, `weekday`, `ordinal` (a day of a month without its name), `week`, `month`, `end`, `day`.
    """

    start: int
    end: int
    first: date
    last: date
    kind: str


def read_date(written: str, *, received_on: date, longest: timedelta = _LONGEST) -> date | None:
    """Read a date that lies between a week ago and `longest` ahead; None where it has none or two such readings."""
    earliest, latest = received_on - timedelta(days=7), received_on + longest
    readings = {day for day in _readings(fold(written), received_on) if earliest <= day <= latest}
    if len(readings) > 1:
        near = {day for day in readings if day - received_on <= _AMBIGUOUS}
        readings = near if len(near) == 1 else set()
    return next(iter(readings), None)


def find_days(folded: str, *, received_on: date) -> list[Day]:
    """Find the days in one folded sentence, in order, without overlaps."""
    found: list[Day] = []
    taken: list[tuple[int, int]] = []
    for day in islice(_all(folded, received_on), _MOST):
        if all(day.end <= start or day.start >= end for start, end in taken):
            found.append(day)
            taken.append((day.start, day.end))
    return sorted(found, key=lambda day: day.start)


def _all(folded: str, received_on: date) -> Iterator[Day]:
    for match in _end_pattern().finditer(folded):
        if last := _end_of(match, received_on):
            yield Day(match.start(), match.end(), last, last, "end")
    for match in _date_pattern().finditer(folded):
        longest = _YEARS if re.search(r"\d{4}", match[0]) else _LONGEST
        if day := read_date(match[0], received_on=received_on, longest=longest):
            yield Day(match.start(), match.end(), day, day, "date")
    for match in _WEEK.finditer(folded):
        if monday := _monday(match, received_on):
            yield Day(match.start(), match.end(), monday, monday + timedelta(days=6), "week")
    for match in _weekday_pattern().finditer(folded):
        ahead = (weekdays()[match["name"]] - received_on.weekday() - 1) % 7 + 1
        if match["next"] and ahead <= 6 - received_on.weekday():
            ahead += 7
        day = received_on + timedelta(days=ahead)
        yield Day(match.start(), match.end(), day, day, "weekday")
    for match in _NEAR.finditer(folded):
        day = received_on + timedelta(days=0 if match["today"] else 1)
        yield Day(match.start(), match.end(), day, day, "day")
    yield from _months_and_ordinals(folded, received_on)


def _months_and_ordinals(folded: str, received_on: date) -> Iterator[Day]:
    for match in _month_pattern().finditer(folded):
        first = _next_month(received_on, months()[match[1]])
        yield Day(match.start(), match.end(), first, _month_end(first), "month")
    for match in _ORDINAL.finditer(folded):
        if day := _next_day(received_on, int(match[1])):
            yield Day(match.start(), match.end(), day, day, "ordinal")


# --- written dates ------------------------------------------------------------------------------------------------


def _readings(written: str, received_on: date) -> list[date]:
    numbers = [int(number) for number in re.findall(r"\d+", written)]
    if re.match(r"\d{4}-", written):
        return _days(numbers[0], (numbers[1], numbers[2])) if len(numbers) > 2 else []
    if "月" in written:
        years = numbers[:-2] or _years(received_on)
        return [day for year in years for day in _days(year, (numbers[-2], numbers[-1]))] if len(numbers) > 1 else []
    month = next((months()[word] for word in re.findall(r"[^\W\d]{3,12}", written) if word in months()), None)
    if month and numbers:
        years = numbers[1:] or _years(received_on)
        return [day for year in years for day in _days(_full(year), (month, numbers[0]))]
    if len(numbers) < 2 or not re.fullmatch(r"[\d./ -]+", written):
        return []
    years = numbers[2:] or _years(received_on)
    pairs = [(numbers[1], numbers[0])]
    if "/" in written:
        pairs.append((numbers[0], numbers[1]))
    return [day for year in years for pair in pairs for day in _days(_full(year), pair)]


def _years(received_on: date) -> list[int]:
    return [received_on.year, received_on.year + 1]


def _full(year: int) -> int:
    return year + 2000 if year < 100 else year


def _days(year: int, month_day: tuple[int, int]) -> list[date]:
    try:
        return [date(year, *month_day)]
    except ValueError:
        return []


@cache
def _date_pattern() -> re.Pattern[str]:
    month = one_of(months())
    year = r"(?:,? (?:de |del )?\d{4}(?!\d)| \d{2}(?=[^\w:]|$))?"
    return re.compile(
        rf"\d{{4}}-\d{{2}}-\d{{2}}|(?:\d{{4}}年)?\d{{1,2}}月\d{{1,2}}日|"
        r"(?<![\d./:@])(?:\d{1,2}\. ?\d{1,2}(?:\. ?(?:\d{4}|\d{2}(?!\.|\d))(?![\d:])|\.)?|\d{1,2}/\d{1,2}(?:/(?:\d{4}|\d{2}))?|\d{1,2}-\d{1,2}-(?:\d{4}|\d{2})|\d{2}-\d{2}(?= (?:t/m|tot|to|bis)|$|[,.)]))"
        r"(?![\d:]|/\d)(?! ?(?:uhr|h\b|am\b|pm\b|%|€|eur))|"
        rf"(?<![\d./:])\d{{1,2}}(?:st|nd|rd|th|er|\.|o|:[ea])? ?(?:de |of |di |d'|den )?(?:{month})(?!\w)\.?{year}|"
        rf"(?<!\w)(?:{month})\.? \d{{1,2}}(?:st|nd|rd|th)?(?![\d:])(?:,? \d{{4}})?"
    )


# --- days that are not written out --------------------------------------------------------------------------------

_WEEK = re.compile(
    r"(?<!\w)(?:(?:kw|kalenderwoche|week(?: no\.?)?|wk|semaine|semana|settimana|vecka|v\.|uge|uke|tydzien|viikko\w*|tyden)(?: ?\d{1,2} ?(?:-|/|\+|und|bis|to|and|au|a|t/m|og|och|en|et|y|e|i|till?) ?)? ?(?P<number>\d{1,2})(?![\d:]| ?(?:days|tage|hours))"
    r"|(?P<next>next week|(?:in der |die )?(?:nachste|kommende)[nr]? woche|la semaine prochaine|la (?:proxima semana|semana (?:que viene|proxima))|(?:na )?proxima semana|la (?:prossima settimana|settimana prossima)|la prossima settimana|volgende week|komende week|nasta vecka|naeste uge|neste uke|(?:w )?przyszly(?:m)? tygodni\w+|ensi viik\w+|pristi tyden)"
    r"|(?P<this>(?:all |this |(?:the )?rest of (?:the|this) |(?:the )?(?:whole|entire) |later this )week|(?:diese|die ganze|den rest der|der laufenden)[rn]? woche|cette semaine|toute la semaine|esta semana|toda la semana|questa settimana|tutta la settimana|deze week|de hele week|denna vecka|hela veckan|den har veckan|denne uge|denne uken|hele ugen|hele uken|caly tydzien|toda a semana|a semana toda|koko viikon|w tym tygodniu|talla viikolla|tento tyden))(?!\w)"
)
_NEAR = re.compile(
    r"(?<!\w)(?:(?P<today>today|heute|aujourd'hui|hoy|oggi|vandaag|hoje|idag|i dag|dzis(?:iaj)?|tanaan|dnes|本日)|(?P<tomorrow>tomorrow|morgen(?! ?(?:fruh|stund))|demain|manana|domani|amanha|imorgon|i morgon|i morgen|jutro|huomenna|zitra|明日))(?!\w)"
)
_ORDINAL = re.compile(
    r"(?<![\d./:@+-])(\d{1,2})(?:st|nd|rd|th|\.|er|:[ea])?(?=$|[,;)!?]| ?\(?(?:incl|inkl|einschl|compris|inclus|of this month|and|und|et|y|e|en|och|wieder|zuruck|with|mit)|\.$|\. )"
)


def _monday(match: re.Match[str], received_on: date) -> date | None:
    monday = received_on - timedelta(days=received_on.weekday())
    if match["this"]:
        return monday
    if match["next"]:
        return monday + timedelta(days=7)
    number = int(match["number"])
    for year in _years(received_on):
        try:
            day = date.fromisocalendar(year, number, 1)
        except ValueError:
            continue
        if day >= monday:
            return day
    return None


@cache
def _weekday_pattern() -> re.Pattern[str]:
    return re.compile(
        r"(?<!\w)(?:(?P<next>next|nachste[nr]?|kommende[nr]?|prossimo|proximo|volgende|nasta) )?"
        rf"(?P<name>{one_of(weekdays())})(?:en|na|hin|ista)?(?!\w)(?!\.?,? ?(?:the |den |dem |le |el |il |d\.? |dia )?\d)"
    )


@cache
def _month_pattern() -> re.Pattern[str]:
    return re.compile(
        rf"(?<!\w)(?:in|im|throughout|during|en|au mois de|in|nel mese di|a|em|i(?! may)|w) ({one_of(months())})(?!\w)"
    )


@cache
def _end_pattern() -> re.Pattern[str]:
    return re.compile(
        rf"(?<!\w)(?:(?:the )?end of|ende(?: des)?|fin(?: de| du)?|finales de|final de(?:l)?|a fine|fine|eind(?:e)?(?: van)?|(?:o )?fim d[eo]|slutet (?:av|pa)|konca|koniec|slutningen af|slutten av|konce)"
        rf" (?:(?:the |this |des |de la |of |du |del |di |de |deze |van )?(?P<what>month|week|year|monats?|woche|jahres?|mois|semaine|annee|mes|semana|ano|mese|settimana|anno|maand|jaar|manaden|veckan|aret|miesiaca|tygodnia|roku)|(?P<month>{one_of(months())}))(?!\w)"
    )


def _end_of(match: re.Match[str], received_on: date) -> date | None:
    if match["month"]:
        return _month_end(_next_month(received_on, months()[match["month"]]))
    what = match["what"]
    if re.match(r"w|sem|sett|veck|tyg", what):
        return received_on + timedelta(days=6 - received_on.weekday())
    if re.match(r"y|ja[hr]|ja|ann|ano|are|rok", what):
        return date(received_on.year, 12, 31)
    return _month_end(received_on)


def _next_month(received_on: date, month: int) -> date:
    return date(received_on.year + (month < received_on.month), month, 1)


def _month_end(day: date) -> date:
    return day.replace(day=calendar.monthrange(day.year, day.month)[1])


def _next_day(received_on: date, number: int) -> date | None:
    """Give the next day of this number, in this month or the next."""
    following = (received_on.replace(day=1) + timedelta(days=32)).replace(day=1)
    for month in (received_on, following):
        found = _days(month.year, (month.month, number))
        if found and found[0] >= received_on:
            return found[0]
    return None

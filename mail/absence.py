"""Read from an automatic answer until when somebody is away and who stands in.

Small patterns only: what is not written plainly stays unknown, and a date with two readings is no date.
"""

from __future__ import annotations

import re
from datetime import date, timedelta
from functools import lru_cache

from store.inbound import AutoReply

_UNTIL = (
    r"until|till och med|till|through|thru|bis(?: einschließlich| einschl\.| inklusive| inkl\.| zum)?|jusqu['’](?:au|à)|hasta(?: el)?|fino (?:al|a)|"
    r"sino al|tot(?: en met)?|t/m|até(?: ao?| dia)?|t\.o\.m\.|do(?: dnia)?"
)
_BACK = (
    r"back (?:on|in the office on|at work on)|return(?:ing)?(?: to the office)? on|wieder ab|(?:bin |und )?ab(?: dem)?|zurück am|"
    r"de retour (?:le|à partir du)|à partir du|regreso el|vuelvo el|a partir del|rientr\w{1,4} il|di ritorno il|a partire dal|"
    r"terug (?:op|vanaf)|vanaf|de volta (?:em|no dia|a)|regresso a|tillbaka(?: den)?|åter(?: den)?|wracam|od(?: dnia)?"
)
_GAP = r"[ \t\n]{1,3}(?:(?:and |und |et )?(?:including |dem |den |el |le |il |al |the |including )?[^\W\d]{2,12}(?:\.,? |, | )(?:the |den |dem )?)?\b"
_DATE = r"(\d{4}-\d{2}-\d{2}|\d{1,2}[./-] ?\d{1,2}[./-](?: ?\d{4}|\d{2})?|\d{1,2}(?:st|nd|rd|th|er|\.|º)? (?:de |of )?[^\W\d]{3,10}\.?(?:,? (?:de )?\d{4})?|[^\W\d]{3,10} \d{1,2}(?:st|nd|rd|th)?(?:,? \d{4})?)"
_UNTIL_DATE = re.compile(rf"\b(?:{_UNTIL}){_GAP}{_DATE}", re.IGNORECASE)
_BACK_DATE = re.compile(rf"\b(?:{_BACK}){_GAP}{_DATE}", re.IGNORECASE)
_ADDRESS = re.compile(r"[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){1,6}")

_LANGUAGES = ("en", "de", "fr", "es", "nl", "it", "pt", "sv", "pl")
_LONGEST = timedelta(days=400)
_AMBIGUOUS = timedelta(days=150)


def read_absence(text: str, *, received_on: date, from_address: str | None) -> AutoReply:
    """Give the last day of the absence and the substitute's address, each None where not plainly written."""
    text = text[:5000]
    until = _found(_UNTIL_DATE, text, received_on)
    if until is None and (back := _found(_BACK_DATE, text, received_on)):
        until = back - timedelta(days=1)
    others = [hit.lower().rstrip(".") for hit in _ADDRESS.findall(text)]
    contact = next((address for address in others if address != from_address), None)
    return AutoReply(until=until, contact=contact)


def _found(pattern: re.Pattern[str], text: str, received_on: date) -> date | None:
    for match in pattern.finditer(text):
        if day := read_date(match[1], received_on=received_on):
            return day
    return None


def read_date(written: str, *, received_on: date) -> date | None:
    """Read a date that lies between a week ago and 400 days ahead; None where it has none or two such readings."""
    readings = {day for day in _readings(written.lower(), received_on) if _plausible(day, received_on)}
    if len(readings) > 1:
        near = {day for day in readings if day - received_on <= _AMBIGUOUS}
        readings = near if len(near) == 1 else set()
    return next(iter(readings), None)


def _plausible(day: date, received_on: date) -> bool:
    return received_on - timedelta(days=7) <= day <= received_on + _LONGEST


def _readings(written: str, received_on: date) -> list[date]:
    numbers = [int(number) for number in re.findall(r"\d+", written)]
    if re.match(r"\d{4}-", written):
        return _days(numbers[0], (numbers[1], numbers[2]))
    month = next((_months()[word] for word in re.findall(r"[^\W\d]{3,10}", written) if word in _months()), None)
    if month:
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


@lru_cache(maxsize=1)
def _months() -> dict[str, int]:
    """Give the month names of the languages we read, full and short, in lower case."""
    from babel import Locale

    names: dict[str, int] = {}
    for language in _LANGUAGES:
        months = Locale(language).months
        for context in ("format", "stand-alone"):
            for width in ("abbreviated", "wide"):
                for number, name in months[context][width].items():
                    names[name.lower().rstrip(".")] = number
    return {name: number for name, number in names.items() if len(name) >= 3 and name not in ("out", "set")}

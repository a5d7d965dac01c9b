"""The year that is simulated, in which zones, on which days nobody is written to. A leap day and both changes of clocks lie in it."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

FIRST = date(2027, 9, 1)
LAST = date(2028, 8, 31)
#: When the day's work begins, in UTC: one and the same calendar day everywhere from Los Angeles to Sydney.
MORNING = time(8, 30)
#: When collectors decide what waits, on weekdays.
DESK_HOURS = (time(9, 0), time(14, 30))
#: For the policy of the simulated company, as it writes them; the checker counts its own days out (`evals.year.rules_time`).
HOLIDAYS = ("01-01", "easter-2", "easter+1", "05-01", "12-25", "12-26")
#: Languages with the zones and currencies of the customers who speak them.
PLACES: dict[str, tuple[tuple[str, str], ...]] = {
    "en": (
        ("Europe/London", "GBP"),
        ("America/New_York", "USD"),
        ("America/Los_Angeles", "USD"),
        ("Australia/Sydney", "AUD"),
        ("Asia/Kolkata", "USD"),
        ("Europe/Dublin", "EUR"),
    ),
    "de": (("Europe/Berlin", "EUR"), ("Europe/Vienna", "EUR"), ("Europe/Zurich", "CHF")),
    "fr": (("Europe/Paris", "EUR"), ("America/Montreal", "CAD")),
    "es": (("Europe/Madrid", "EUR"), ("America/Bogota", "USD")),
    "it": (("Europe/Rome", "EUR"),),
    "nl": (("Europe/Amsterdam", "EUR"),),
    "pt": (("Europe/Lisbon", "EUR"), ("America/Sao_Paulo", "USD")),
}


def days(first: date = FIRST, last: date = LAST) -> list[date]:
    """List the days of the year, both ends with it."""
    return [first + timedelta(days=number) for number in range((last - first).days + 1)]


def at(day: date, hour: time, zone: str = "UTC") -> datetime:
    """Give a moment in UTC from a day and an hour of a zone."""
    return datetime.combine(day, hour, tzinfo=ZoneInfo(zone)).astimezone(UTC)


def working(day: date) -> bool:
    """Say whether the company works: no weekend. Its holidays keep mail back, not its books."""
    return day.weekday() < 5


def next_working(day: date, after: int) -> date:
    """Give the day so many days later, or the first weekday after it."""
    found = day + timedelta(days=after)
    while not working(found):
        found += timedelta(days=1)
    return found


def month_end(day: date) -> date:
    """Give the last day of its month."""
    return (day.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)


def begin_of(day: date) -> datetime:
    """Give the moment at which a day begins in UTC."""
    return datetime.combine(day, time(0), tzinfo=UTC)

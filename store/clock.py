"""The one source of the present. Nothing else in dunwell may ask the operating system for the time."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

#: Gives the present as an aware UTC datetime.
Clock = Callable[[], datetime]


def system_clock() -> datetime:
    """Give the present in UTC."""
    return datetime.now(UTC)


def clock_from(start: datetime) -> Clock:
    """Give a clock that shows `start` now and runs on at real speed (demo, tests, replays)."""
    offset = start - system_clock()
    return lambda: system_clock() + offset


def day_in(zone: str, moment: datetime) -> date:
    """Give the calendar day at `moment` in an IANA zone; an unknown zone counts as UTC."""
    try:
        return moment.astimezone(_zone(zone)).date()
    except (ZoneInfoNotFoundError, ValueError):
        return moment.astimezone(UTC).date()


@lru_cache(maxsize=1024)
def _zone(name: str) -> ZoneInfo:
    """Keep the rules of a zone: `ZoneInfo` itself keeps those of eight, and reads the others' files again and again."""
    return ZoneInfo(name)

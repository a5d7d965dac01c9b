"""Reads amounts, days and texts of the systems' answers. Never guesses: what cannot be read raises Unreadable with the field's name."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

#: Currencies whose amounts Stripe states in whole units, and those it states in thousandths (docs.stripe.com/currencies).
#: ISK and UGX are whole in trade, but stated with two decimals for compatibility.
_WHOLE = frozenset(
    ["BIF", "CLP", "DJF", "GNF", "JPY", "KMF", "KRW", "MGA", "PYG", "RWF", "VND", "VUV", "XAF", "XOF", "XPF"]
)
_THOUSANDTHS = frozenset(["BHD", "JOD", "KWD", "OMR", "TND"])
#: The dates of Microsoft's JSON: milliseconds since 1970, with an offset that changes nothing about the moment.
_TICKS = re.compile(r"/Date\((-?\d+)([+-]\d{4})?\)/")
_ADDRESSES = re.compile(r"[,;\s]+")


class Unreadable(ValueError):
    """A field of a record cannot be read. The text names the field, never a name or an address."""

    def __init__(self, field: str, text: str) -> None:
        """Keep the field apart from what is wrong with it."""
        super().__init__(text)
        self.field = field


def text(record: Mapping[str, Any], *path: str) -> str:
    """Give a text at a path of keys, "" where there is none; control characters become spaces."""
    found: Any = record
    for key in path:
        found = found.get(key) if isinstance(found, Mapping) else None
    if found is None or isinstance(found, bool | Mapping | list):
        return ""
    return " ".join("".join(c if c.isprintable() else " " for c in str(found)).split())


def lines(record: Mapping[str, Any], *path: str) -> list[str]:
    """Give the lines of a text at a path of keys."""
    found: Any = record
    for key in path:
        found = found.get(key) if isinstance(found, Mapping) else None
    return [each for line in found.splitlines() if (each := text({"": line}, ""))] if isinstance(found, str) else []


def language(record: Mapping[str, Any], field: str) -> str:
    """Give the first of a list of locales as ISO 639-1; "" where none is stated."""
    said = record.get(field) or [""]
    code = str(said[0])[:2].lower()
    return code if len(code) == 2 and code.isalpha() else ""


def needed(record: Mapping[str, Any], *path: str) -> str:
    """Give a text that must be there. Raises Unreadable."""
    found = text(record, *path)
    if not found:
        raise Unreadable(path[-1], "is missing")
    return found


def amount(record: Mapping[str, Any], *path: str, default: Decimal | None = None) -> Decimal:
    """Give an amount with its decimals. Raises Unreadable for what is none."""
    found = text(record, *path)
    if not found and default is not None:
        return default
    try:
        value = Decimal(found)
    except InvalidOperation:
        raise Unreadable(path[-1], "is not an amount") from None
    if not value.is_finite():
        raise Unreadable(path[-1], "is not an amount")
    return value


def minor(record: Mapping[str, Any], field: str, currency: str) -> Decimal:
    """Give an amount that is stated in the smallest unit of its currency. Raises Unreadable."""
    found = record.get(field)
    if isinstance(found, bool) or not isinstance(found, int):
        raise Unreadable(field, "is not a whole number of the smallest unit")
    return from_minor(found, currency)


def from_minor(units: int, currency: str) -> Decimal:
    """Turn smallest units into an amount."""
    places = 0 if currency in _WHOLE else 3 if currency in _THOUSANDTHS else 2
    return Decimal(units).scaleb(-places)


def currency(record: Mapping[str, Any], *path: str, default: str | None = None) -> str:
    """Give an ISO 4217 code in capitals; `default` where none stands there. Raises Unreadable."""
    found = text(record, *path).upper() or (default or "")
    if not re.fullmatch("[A-Z]{3}", found):
        raise Unreadable(path[-1], "states no currency: set `currency` of the connection" if not found else "is none")
    return found


def day(record: Mapping[str, Any], *path: str) -> date:
    """Give a calendar day: ISO 8601, or the system's milliseconds. Raises Unreadable."""
    found = needed(record, *path)
    ticks = _TICKS.fullmatch(found)
    try:
        return moment_of_ticks(int(ticks.group(1))).date() if ticks else date.fromisoformat(found[:10])
    except (ValueError, OverflowError):
        raise Unreadable(path[-1], "is not a day") from None


def moment_of_ticks(milliseconds: int) -> datetime:
    """Turn milliseconds since 1970 into a moment. Raises ValueError, OverflowError."""
    return datetime.fromtimestamp(milliseconds / 1000, UTC)


def day_of_seconds(record: Mapping[str, Any], field: str) -> date | None:
    """Give the day (UTC) of seconds since 1970; None where none stands there. Raises Unreadable."""
    found = record.get(field)
    if found is None:
        return None
    if isinstance(found, bool) or not isinstance(found, int):
        raise Unreadable(field, "is not a moment")
    try:
        return datetime.fromtimestamp(found, UTC).date()
    except (ValueError, OverflowError, OSError):
        raise Unreadable(field, "is not a moment") from None


def addresses(found: str) -> list[str]:
    """Give the addresses of a field into which people write several."""
    return [part for part in _ADDRESSES.split(found) if "@" in part]

"""Reads the filters of the queue from an address and writes them into one. Whatever an address holds, it is no error.

What cannot be understood is left out, and the page shows what is left.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from urllib.parse import urlencode

from store.queue import Filters, Place

#: "me" in an address: whoever looks. So a shared view shows everybody their own work.
ME = "me"
_LONGEST = 200
_TEXTS = ("reason", "tier", "owner", "who", "flag", "language")
_PLACE = re.compile(r"(\d{1,15})\.(\d{1,15})")
_MOST_HUNDREDTHS = 10**17


@dataclass(frozen=True, slots=True)
class Asked:
    """What an address asks for: the filters by name as typed, and the place to go on from."""

    values: Mapping[str, str]
    after: Place | None = None
    before: Place | None = None

    def filters(self, *, login: str, safe: tuple[str, ...]) -> Filters:
        """Give the filters for who looks. `safe`: the reasons that may be approved together."""
        texts = {name: self.values.get(name, "") for name in _TEXTS}
        if texts["who"] == ME:
            texts["who"] = login
        return Filters(
            **texts,
            least=hundredths(self.values.get("from", "")),
            most=hundredths(self.values.get("to", "")),
            text=self.values.get("q", ""),
            safe=safe if self.values.get("safe") else None,
        )

    def query(self, **changed: str) -> str:
        """Write the filters as part of an address, some of them changed (to "": left out); always from the first page."""
        values = {name: value for name, value in {**self.values, **changed}.items() if value}
        return urlencode(sorted(values.items()))

    def page(self, **place: str) -> str:
        """Write the address of another page of the same list."""
        return f"/?{urlencode([*sorted(self.values.items()), *place.items()])}"


def asked(params: Mapping[str, str]) -> Asked:
    """Read what an address asks for."""
    values = {}
    for name in (*_TEXTS, "q"):
        text = "".join(c for c in params.get(name, "") if c.isprintable()).strip()[:_LONGEST]
        if text:
            values[name] = text
    for name in ("from", "to"):
        if hundredths(params.get(name, "")) is not None:
            values[name] = params[name].strip()
    if params.get("safe") == "1":
        values["safe"] = "1"
    return Asked(values, after=_place(params.get("after", "")), before=_place(params.get("before", "")))


def hundredths(text: str) -> int | None:
    """Read an amount as a person types it (1000, 1,000.50); None where it is none."""
    plain = text.strip().replace(",", "").replace(" ", "")
    if not re.fullmatch(r"\d{1,15}(\.\d{1,2})?", plain, re.ASCII):
        return None
    try:
        return min(int(Decimal(plain) * 100), _MOST_HUNDREDTHS)
    except InvalidOperation:
        return None


def mark(place: Place) -> str:
    """Write a place for an address."""
    return f"{place.rank}.{place.id}"


def _place(text: str) -> Place | None:
    found = _PLACE.fullmatch(text)
    return Place(int(found[1]), int(found[2])) if found else None

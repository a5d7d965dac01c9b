"""Puts the parts of a postal address into the lines of an envelope, in the order of its country. Corrects and adds nothing."""

from __future__ import annotations

from collections.abc import Iterable

#: Where the town stands before its code, in one line; where both have a line of their own; where the number is before the street.
_TOWN_FIRST = frozenset(["US", "CA", "AU", "NZ", "IN", "BR", "ZA", "SG"])
_OWN_LINES = frozenset(["GB", "IE", "GG", "JE", "IM"])
_NUMBER_FIRST = frozenset(["GB", "IE", "US", "CA", "AU", "NZ", "FR", "LU", "IN", "ZA", "SG", "GG", "JE", "IM", "MC"])
#: The longest that is stored.
MOST = 500


def split(address: str) -> list[str]:
    """Part an address into lines where a line break or a semicolon stands."""
    lines = (" ".join(line.split()) for line in address.replace(";", "\n").splitlines())
    return [line for line in lines if line]


def street_of(street: str, number: str, *, country: str) -> str:
    """Put street and house number together, unless the number stands there already."""
    words = street.split()
    if not number or not words or number in (words[0], words[-1]):
        return street
    return f"{number} {street}" if country in _NUMBER_FIRST else f"{street} {number}"


def postal(
    lines: Iterable[str], *, postcode: str = "", city: str = "", state: str = "", country: str = "", name: str = ""
) -> str:
    """Give an address, a line a line; "" where no line names a place in the town.

    `country`: ISO 3166, "" where it is not known. `name`: the customer, whom a letter names anyway.
    """
    first = [line for each in lines for line in split(each) if line.casefold() != name.strip().casefold()]
    if not first:
        return ""
    town = [part for part in (postcode, city, state) if part]
    if _stands_there(first, town, by_code=bool(postcode), city=city):
        town = []
    elif country in _OWN_LINES:
        town = [city, state, postcode]
    elif country in _TOWN_FIRST or (not country and state):
        town = [" ".join(filter(None, (", ".join(filter(None, (city, state))), postcode)))]
    else:
        town = [" ".join(filter(None, (postcode, city))), state if state.casefold() != city.casefold() else ""]
    return "\n".join(dict.fromkeys(" ".join(line.split()) for line in (*first, *town) if line))


def _stands_there(lines: list[str], town: list[str], *, by_code: bool, city: str) -> bool:
    """Say whether the lines name the town already. Without a code it has to stand by itself: York Road need not be in York."""
    whole = " ".join(lines).casefold()
    by_itself = {part.strip().casefold() for line in lines for part in line.split(",")}
    return all(part.casefold() in whole for part in town) and (by_code or not town or city.casefold() in by_itself)

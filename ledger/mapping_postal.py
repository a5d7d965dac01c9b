"""Reads phone, postal address and country of a row. What cannot be understood is left out and told; it refuses no row.

Money does not hang on them: an open invoice is not kept back because a telephone number is wrong.
"""

from __future__ import annotations

from ledger import mapping_identity
from ledger.countries import country_code, names_country
from ledger.mapping_cells import Reader
from ledger.postal import MOST, postal, split, street_of
from store.phones import read_phone

_MORE = ("address_2", "address_3", "address_4", "address_5")
#: How people leave a cell empty.
_NOTHING = frozenset(["-", "--", ".", "?", "n/a", "#n/a"])
#: What, any of it changed, makes another address or number of a row; for whoever reads each only once.
CELLS = ("phone", "mobile", "country")


def country_of(reader: Reader) -> str:
    """Give the country that a row states: in its column, or as the last line of its address. Empty where nobody can say."""
    cell = reader.text("country")
    if cell and cell.casefold() not in _NOTHING:
        found = country_code(cell)
        if not found:
            reader.leave_out("country", "is no country that is known here")
        return found
    lines = split(reader.text("address"))
    last = lines[-1].rpartition(",")[2].strip() if lines else ""
    return names_country(last)


def address_of(reader: Reader, *, country: str, name: str) -> str:
    """Give the postal address of a row, a line a line; empty where it names no street."""
    whole, street = reader.text("address"), reader.text("street")
    if street:
        street = street_of(street, _plain_number(reader.text("house_number")), country=country)
    elif whole and reader.text("house_number"):
        whole = street_of(whole, _plain_number(reader.text("house_number")), country=country)
    first = street or whole
    if not first:
        return ""
    found = postal(
        (first, *(reader.text(more) for more in _MORE)),
        postcode=_plain_number(reader.text("postcode")),
        city=reader.text("city"),
        state=reader.text("state"),
        country=country,
        name=name,
    )
    if len(found) > MOST:
        reader.leave_out("street" if street else "address", f"makes an address of more than {MOST} letters")
        return ""
    return found


def phone_of(reader: Reader) -> str:
    """Give the telephone number of a row (E.164): the fixed one, else the mobile one; empty where none can be dialled."""
    for name in ("phone", "mobile"):
        if (cell := reader.text(name)) and cell.casefold() not in _NOTHING:
            try:
                return read_phone(cell, country=_region(reader))
            except ValueError as why:
                reader.leave_out(name, str(why))
    return ""


def without_person(reader: Reader) -> None:
    """Tell a number that stands beside no mail address: it would be nobody's."""
    name = next((name for name in ("phone", "mobile") if reader.text(name)), None)
    if name is not None:
        reader.leave_out(name, "has no mail address beside it: whose number is it?")


def _region(reader: Reader) -> str:
    stated = country_of(reader)
    return stated if stated or reader.text("country") else reader.mapping.defaults.country or ""


def _plain_number(cell: str) -> str:
    """Take the decimals off that a spreadsheet gave a number: 20095.0."""
    try:
        return mapping_identity.identity(cell)
    except ValueError:
        return cell

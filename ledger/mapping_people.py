"""Makes customers and contacts of a file's rows. A customer without a number is known by its name, exactly, or is a new one."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from ledger.mapping_cells import Reader
from ledger.mapping_content import addresses_in
from ledger.mapping_names import plain
from ledger.mapping_postal import CELLS, address_of, country_of, phone_of, without_person
from store.ledger_rows import ContactRow, CustomerRow, only_where_new


def written(name: str) -> str:
    """Write a name as names are compared: without case and with single spaces."""
    return " ".join(name.casefold().split())


@dataclass(slots=True)
class Names:
    """Customers that are stored, by the names that they have or had; `seen`: customers of this file, by number."""

    numbers: Mapping[str, frozenset[str]] = field(default_factory=dict)
    seen: dict[str, CustomerRow] = field(default_factory=dict)
    others: dict[str, set[str]] = field(default_factory=dict)
    people: dict[tuple[str, ...], list[ContactRow]] = field(default_factory=dict)

    @classmethod
    def of(cls, known: Iterable[tuple[str, str]]) -> Names:
        """Take (number, name) of all customers."""
        found: dict[str, set[str]] = {}
        for number, name in known:
            found.setdefault(written(name), set()).add(number)
        return cls({name: frozenset(numbers) for name, numbers in found.items()})

    def customer(self, reader: Reader, customer_id: str) -> CustomerRow:
        """Give the customer of a row, made once: later rows with another name are noted."""
        name = reader.text("customer_name")
        known = self.seen.get(customer_id)
        if known is None:
            known = self.seen[customer_id] = _customer(reader, customer_id)
            return known
        if not known.address and any(map(reader.text, ("street", "address"))):
            # An earlier row of this customer named none.
            known.country = country_of(reader) or known.country
            known.address = address_of(reader, country=known.country, name=known.name)
        if name and written(name) != written(known.name):
            self.others.setdefault(customer_id, {known.name}).add(name)
        return known

    def contacts(self, reader: Reader, customer_id: str) -> list[ContactRow]:
        """Give the contacts of a row; the same cells are read once, as an address takes long to check."""
        key = (customer_id, *(reader.text(name) for name in ("email", "contact_name", "role", *CELLS)))
        if key not in self.people:
            found = contacts_of(reader, customer_id)
            if reader.faults:
                return found
            self.people[key] = found
        return self.people[key]


def customer_of(reader: Reader, names: Names) -> str:
    """Give the number of a row's customer; empty, and noted, where nobody can say."""
    number = reader.number("customer_id")
    if number or reader.faults:
        return number
    name = reader.text("customer_name")
    if not name:
        reader.fault("customer_id" if reader.has("customer_id") else "customer_name", "is empty: whose row is it?")
        return ""
    found = names.numbers.get(written(name), frozenset())
    if len(found) > 1:
        reader.fault("customer_name", f"{name!r} is the name of {', '.join(sorted(found))}: name the number")
        return ""
    return next(iter(found)) if found else made_of(name)


def made_of(name: str) -> str:
    """Make a number of a name, the same each time: "Bracken Joinery Ltd" is "bracken-joinery-ltd"."""
    return plain(name).replace(" ", "-")[:60] or re.sub(r"\s+", "-", name.strip().casefold())[:60]


def read_people(reader: Reader, names: Names) -> tuple[CustomerRow | None, list[ContactRow]]:
    """Read a row of a file of customers."""
    customer_id = customer_of(reader, names)
    if not reader.text("customer_name"):
        reader.fault("customer_name", "is empty")
    if reader.faults:
        return None, []
    return _customer(reader, customer_id), contacts_of(reader, customer_id)


def contacts_of(reader: Reader, customer_id: str, *, needed: bool = False) -> list[ContactRow]:
    """Read the contacts of a row: an address each. A cell that holds something else is noted."""
    cell = reader.text("email")
    addresses = addresses_in(cell)
    if not addresses:
        if cell or needed:
            reader.fault("email", f"{cell!r} is no mail address" if cell else "is empty")
        else:
            without_person(reader)
        return []
    lacking = []
    if not reader.has("contact_name"):
        lacking.append("name")
    if not reader.has("role"):
        lacking.append("role")
    values = {
        "customer_id": customer_id,
        "name": reader.text("contact_name"),
        "role": reader.text("role") or reader.mapping.defaults.role,
    }
    if reader.faults:
        return []
    # Of several addresses the first has the number: who says "do not call me" says it for all of a number.
    numbers = [phone_of(reader), *[""] * (len(addresses) - 1)]
    return [
        only_where_new(ContactRow.model_validate(values | {"email": address, "phone": phone}), lacking)
        for address, phone in zip(addresses, numbers, strict=True)
    ]


def _customer(reader: Reader, customer_id: str) -> CustomerRow:
    defaults, stated = reader.mapping.defaults, country_of(reader)
    country = stated or ("" if reader.text("country") else defaults.country or "")
    name = reader.text("customer_name") or customer_id
    values = {
        "customer_id": customer_id,
        "name": name,
        "currency": reader.currency(),
        "language": (reader.text("language") or defaults.language or "")[:2].lower(),
        "timezone": reader.text("timezone") or defaults.timezone or "",
        "tier": reader.text("tier") or defaults.tier,
        "owner": reader.text("owner") or defaults.owner,
        "portal": reader.text("portal"),
        "supplier_number": reader.text("supplier_number"),
        "address": address_of(reader, country=country, name=name),
        "country": country,
    }
    lacking = [
        name for name in ("language", "timezone", "tier", "owner", "portal", "supplier_number") if not reader.text(name)
    ]
    if not reader.has("currency") or reader.mapping.kind != "customers":
        # The currency of one invoice is not the customer's for ever.
        lacking.append("currency")
    if not reader.text("customer_name"):
        lacking.append("name")
    if not stated:
        lacking.append("country")
    return only_where_new(CustomerRow.model_validate(values), lacking)

"""Makes rows of the ledger of what a pull brought. Pure: nothing is written, and what cannot be is a fault that names its place.

Which customer a record is follows from what was taken before, from a configured field, or from an address that one customer alone
has; nobody is guessed. A connection with `customers_of` never makes a customer.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from ledger.connectors.remote import Page, RemoteContact, RemoteCustomer
from ledger.connectors.stored import Stored
from ledger.settings import CRM, ConnectionSettings
from store.ledger import Place
from store.ledger_faults import Fault
from store.ledger_rows import ContactRow, CustomerRow, InvoiceRow, PaymentRow, only_where_new
from store.phones import read_phone
from store.remote_records import Known

_Made = TypeVar("_Made", bound=BaseModel)


@dataclass(slots=True)
class Taken:
    """What a pull comes to. `records`: which record is which row, to be noted once the rows are in; `merged`: (old, new) customers."""

    customers: list[tuple[Place, CustomerRow]] = field(default_factory=list)
    contacts: list[tuple[Place, ContactRow]] = field(default_factory=list)
    invoices: list[tuple[Place, InvoiceRow]] = field(default_factory=list)
    payments: list[tuple[Place, PaymentRow]] = field(default_factory=list)
    records: dict[tuple[str, str], Known] = field(default_factory=dict)
    merged: list[tuple[str, str, str]] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)

    def make(self, model: type[_Made], place: str, values: dict[str, Any]) -> _Made | None:
        """Make a row; where it cannot be one the faults are kept."""
        try:
            return model.model_validate(values)
        except ValidationError as error:
            for detail in error.errors():
                column = str(detail["loc"][0]) if detail["loc"] else ""
                shown = f"{values[column]!r}: " if column in ("amount", "balance", "currency") else ""
                self.faults.append(Fault(place, 0, column, shown + detail["msg"].removeprefix("Value error, ")))
            return None


class Whose:
    """Tells which customer of the ledger a customer of the system is."""

    def __init__(self, settings: ConnectionSettings, stored: Stored, page: Page, *, truth_prefix: str) -> None:
        """Take what is known. `truth_prefix`: what ids of the connection begin with whose customers these are."""
        self._settings, self._stored, self._truth_prefix = settings, stored, truth_prefix
        self._brought = {each.id: each for each in page.customers if not each.merged_into}
        self._merged = {each.id: each.merged_into for each in page.customers if each.merged_into}
        self._found: dict[str, str | None] = {}

    def survivor(self, remote_id: str) -> str:
        """Follow mergers to the record that stands for the customer today."""
        seen = {remote_id}
        while (further := self._merged.get(remote_id)) is not None and further not in seen:
            remote_id = further
            seen.add(further)
        return remote_id

    def id_of(self, remote_id: str) -> str | None:
        """Give the id in our ledger; None for a customer who is nobody there."""
        survivor = self.survivor(remote_id)
        if survivor not in self._found:
            found = self._look(survivor)
            self._found[survivor] = None if found is None else self._stored.now(found)
        return self._found[survivor]

    def _look(self, remote_id: str) -> str | None:
        known = self._stored.records.get(("customer", remote_id))
        if known is not None:
            return known.customer_id
        if self._settings.customers_of is None:
            return f"{self._settings.id_prefix}{remote_id}"
        brought = self._brought.get(remote_id)
        return self._match(brought) if brought is not None else None

    def _match(self, brought: RemoteCustomer) -> str | None:
        if brought.ours:
            for wanted in (brought.ours, f"{self._truth_prefix}{brought.ours}"):
                if self._stored.now(wanted) in self._stored.customers:
                    return wanted
            return None
        if self._settings.match_by_email and brought.email:
            found = self._stored.by_address.get(brought.email.lower(), set())
            if len(found) == 1:
                return next(iter(found))
        return None

    def country_of(self, remote_id: str) -> str:
        """Give the country of a customer, as this pull says or as is stored; "" where neither does."""
        brought = self._brought.get(self.survivor(remote_id))
        if brought is not None and brought.country:
            return brought.country
        stored = self._stored.customers.get(self.id_of(remote_id) or "")
        return stored.country if stored is not None else ""

    @property
    def merged(self) -> dict[str, str]:
        """Give the mergers of this pull: each old record, with the one that stands for it."""
        return {old: self.survivor(old) for old in self._merged}


def take_customers(page: Page, settings: ConnectionSettings, stored: Stored, whose: Whose, taken: Taken) -> None:
    """Take customers, with their mergers."""
    for each in page.customers:
        if each.merged_into:
            continue
        customer_id = whose.id_of(each.id)
        if customer_id is None:
            taken.left_out.append(_nobody(each, settings))
            continue
        taken.records[("customer", each.id)] = Known(customer_id, (customer_id,))
        if settings.customers_of is not None:
            _fill(each, customer_id, stored, taken)
            continue
        values = _customer(each, customer_id, settings, stored)
        if not values["currency"]:
            taken.left_out.append(
                f"{each.place}: states no currency: set `currency` of the connection where they have invoices"
            )
            continue
        row = taken.make(CustomerRow, each.place, values)
        if row is not None:
            taken.customers.append((Place(each.place), row))
    for old, survivor in whose.merged.items():
        today = whose.id_of(survivor)
        known = stored.records.get(("customer", old))
        if today is None:
            continue
        if known is not None and stored.now(known.customer_id) != today and settings.customers_of is None:
            taken.merged.append((old, known.customer_id, today))
        else:
            # Without a row of its own: what is written into the system goes to the record that stands for it.
            taken.records[("customer", old)] = Known(today, ())


def _fill(each: RemoteCustomer, customer_id: str, stored: Stored, taken: Taken) -> None:
    """Give a customer of another source the address that nobody gave them yet; nothing else of theirs is touched."""
    before = stored.customers.get(customer_id)
    filled = any(row.customer_id == customer_id for _, row in taken.customers)
    if before is None or before.address or not each.address or filled:
        return
    if before.country and each.country not in ("", before.country):
        taken.left_out.append(f"{each.place}: its address is in {each.country}, they in {before.country}: left out")
        return
    values = {**asdict(before), "customer_id": customer_id, "address": each.address}
    row = taken.make(CustomerRow, each.place, values | {"country": before.country or each.country})
    if row is not None:
        ours = ("name", "currency", "language", "timezone", "tier", "owner")
        taken.customers.append((Place(each.place), only_where_new(row, ours)))


def _nobody(each: RemoteCustomer, settings: ConnectionSettings) -> str:
    by = f"its field {settings.customer_field}" if settings.customer_field else "an address that one customer alone has"
    return f"{each.place}: is no customer of {settings.customers_of} (looked for by {by}): nothing of theirs is taken"


def _customer(each: RemoteCustomer, customer_id: str, settings: ConnectionSettings, stored: Stored) -> dict[str, Any]:
    before = stored.customers.get(customer_id)
    values: dict[str, Any] = {
        "customer_id": customer_id,
        "name": each.name[:300],
        "currency": each.currency or (before.currency if before else settings.currency or ""),
        "language": each.language or settings.language,
        "timezone": settings.timezone,
        "tier": settings.tier,
        "owner": settings.owner,
        "address": each.address,
        "country": each.country,
    }
    if before is not None:
        # What the system does not say may have been set by hand, or by a file: it stays.
        values |= {"language": before.language, "timezone": before.timezone, "tier": before.tier, "owner": before.owner}
    return values


def take_contacts(
    contacts: Sequence[RemoteContact], settings: ConnectionSettings, stored: Stored, whose: Whose, taken: Taken
) -> None:
    """Take people. An address to which nothing can be sent is left out and told.

    A CRM changes nobody who is known already; it may give a number to whom nobody gave one.
    """
    seen: set[tuple[str, str]] = set()
    undialled: dict[str, list[str]] = {}
    for each in contacts:
        customer_id = whose.id_of(each.customer)
        key = (customer_id or "", each.email.lower())
        known = settings.customers_of is not None and key in stored.addresses
        if customer_id is None or key in seen or (known and not (each.phone and key in stored.without_phone)):
            continue
        seen.add(key)
        phone = _phone(each, whose.country_of(each.customer), undialled)
        if known and not phone:
            continue
        try:
            role = each.role or settings.kind
            row = ContactRow(customer_id=customer_id, name=each.name[:300], email=each.email, role=role, phone=phone)
        except ValidationError:
            taken.left_out.append(f"{each.place}: mail cannot be sent to its address as it is")
            continue
        taken.contacts.append((Place(each.place), only_where_new(row, ("name", "role")) if known else row))
    for why, places in undialled.items():
        more = f" and {len(places) - 3:,} more" if len(places) > 3 else ""
        taken.left_out.append(f"{', '.join(places[:3])}{more}: the telephone number {why}: left out")


def _phone(each: RemoteContact, country: str, undialled: dict[str, list[str]]) -> str:
    if not each.phone:
        return ""
    try:
        return read_phone(each.phone, country=each.country or country)
    except ValueError as why:
        undialled.setdefault(str(why), []).append(each.place)
        return ""


def take(
    page: Page,
    settings: ConnectionSettings,
    stored: Stored,
    *,
    full: bool,
    accept_missing: bool,
    truth_prefix: str = "",
) -> Taken:
    """Turn a whole pull into rows. `full`: it brought everything there is, so what was known and did not come is gone."""
    from ledger.connectors.taking_invoices import take_invoices
    from ledger.connectors.taking_payments import take_payments

    taken = Taken(faults=list(page.faults), left_out=list(page.left_out))
    whose = Whose(settings, stored, page, truth_prefix=truth_prefix)
    take_customers(page, settings, stored, whose, taken)
    take_contacts(page.contacts, settings, stored, whose, taken)
    if settings.kind not in CRM:
        numbers = take_invoices(page, settings, stored, whose, taken, full=full, accept_missing=accept_missing)
        take_payments(page, settings, stored, whose, taken, numbers=numbers, full=full)
    return taken

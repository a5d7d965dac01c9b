"""Where a system says that a customer is, and how they are called: the fields of each API put into an address, a country, a number.

Facts of the APIs: the pages named in each connector's module. What is not there is "", and nothing is guessed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ledger.connectors.values import lines, text
from ledger.countries import country_code
from ledger.postal import MOST, postal


@dataclass(frozen=True, slots=True)
class Fields:
    """What the parts of an address are called in a record. `state_code`: beside the name of a state, where the API has both."""

    lines: Sequence[str]
    city: str
    postcode: str
    state: str
    country: str


@dataclass(frozen=True, slots=True)
class Where:
    """Where a customer is. `told`: what of it could not be understood."""

    address: str = ""
    country: str = ""
    told: list[str] = field(default_factory=list)


#: Customer.BillAddr of QuickBooks Online; Contact.Addresses of Xero; Customer.address of Stripe; EntityAddress of NetSuite;
#: Account of Salesforce; the properties of a HubSpot company.
QUICKBOOKS = Fields(
    ("Line1", "Line2", "Line3", "Line4", "Line5"), "City", "PostalCode", "CountrySubDivisionCode", "Country"
)
XERO = Fields(
    ("AddressLine1", "AddressLine2", "AddressLine3", "AddressLine4"), "City", "PostalCode", "Region", "Country"
)
STRIPE = Fields(("line1", "line2"), "city", "postal_code", "state", "country")
NETSUITE = Fields(("addr1", "addr2", "addr3"), "city", "zip", "state", "country")
SALESFORCE = Fields(("BillingStreet",), "BillingCity", "BillingPostalCode", "BillingState", "BillingCountry")
HUBSPOT = Fields(("address", "address2"), "city", "zip", "state", "country")


def where(record: Mapping[str, Any] | None, fields: Fields, place: str, *, name: str = "") -> Where:
    """Read an address. `place` names the record in what is told; `name`: the customer, whose own line is not kept."""
    record = record or {}
    stated = text(record, fields.country)
    country, told = country_code(stated), []
    if stated and not country:
        told.append(f"{place}: its country is none that is known here: left out")
    address = postal(
        [line for each in fields.lines for line in lines(record, each)],
        postcode=text(record, fields.postcode),
        city=text(record, fields.city),
        state=text(record, fields.state),
        country=country,
        name=name,
    )
    if len(address) > MOST:
        told.append(f"{place}: its address has more than {MOST} letters: left out")
        address = ""
    return Where(address, country, told)


def first(*numbers: str) -> str:
    """Give the first number that is there."""
    return next(filter(None, numbers), "")


def xero_address(record: Mapping[str, Any]) -> Mapping[str, Any]:
    """Choose among the addresses of a contact in Xero: POBOX is the one that Xero calls the billing address, else STREET."""
    kinds = {text(each, "AddressType"): each for each in record.get("Addresses") or ()}
    filled = (kinds[kind] for kind in ("POBOX", "STREET") if kind in kinds and text(kinds[kind], "AddressLine1"))
    return next(filled, {})


def xero_phone(record: Mapping[str, Any]) -> str:
    """Choose among the numbers of a contact in Xero, which stands in three fields; a fax is none."""
    kinds = {text(each, "PhoneType"): each for each in record.get("Phones") or ()}
    for kind in ("DEFAULT", "DDI", "OFFICE", "MOBILE"):
        number = text(kinds.get(kind, {}), "PhoneNumber")
        if not number:
            continue
        area, code = (
            text(kinds[kind], "PhoneAreaCode"),
            text(kinds[kind], "PhoneCountryCode").lstrip("+").removeprefix("00"),
        )
        if number.startswith("+"):
            return number
        return f"+{code} {area} {number}" if code else f"{area} {number}".strip()
    return ""

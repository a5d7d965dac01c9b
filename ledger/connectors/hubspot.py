"""HubSpot: companies and contacts by cursor, changes by search; notes as engagements beside a company.

Facts of the API: https://developers.hubspot.com/docs/api-reference/crm-companies-v3, crm-notes-v3 (a note goes with a company by
association type 190), usage-details (429 with a `policyName`). A search gives at most 10,000 records and lags behind by seconds: a
note that may be there already is looked for among the company's associations, which do not.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

import httpx2

from ledger.connectors import values
from ledger.connectors.failures import BadAnswer
from ledger.connectors.paging import Part, Record, number_at, rows, whole
from ledger.connectors.payables import is_for_invoices
from ledger.connectors.reading import read_each
from ledger.connectors.remote import Page, RemoteContact, RemoteCustomer
from ledger.connectors.whereabouts import HUBSPOT, first, where
from ledger.connectors.wire import Wire

_SIZE = 100
_WHERE = ("address", "address2", "city", "state", "zip", "country")
_MOST_FOUND = 10_000
_NOTE_OF_COMPANY, _COMPANY_OF_CONTACT = 190, 279
_WAITS = {"SECONDLY": 1.0, "TEN_SECONDLY_ROLLING": 10.0, "DAILY": 3600.0}


def waits(response: httpx2.Response, answer: Mapping[str, Any]) -> float | None:
    """Say how long to wait after a 429 without Retry-After: its `policyName` tells which limit it was."""
    del response
    return _WAITS.get(values.text(answer, "policyName").upper())


class HubSpot:
    """One account (portal)."""

    def __init__(self, wire: Wire, *, page_size: int | None, field: str | None, contact_field: str | None) -> None:
        """Take the way to it; nothing is asked yet."""
        self._wire, self._size, self._field, self._mark = (
            wire,
            min(page_size or _SIZE, _SIZE),
            field,
            contact_field or "",
        )

    def whose(self) -> str:
        """Say nothing: ids are unique whosever they are."""
        return ""

    def probe(self) -> str:
        """Read one company."""
        self._wire.get("/crm/v3/objects/companies", {"limit": "1"})
        return "companies can be read"

    def reaches_back(self, since: datetime, now: datetime) -> bool:
        """Say yes: nothing that is deleted there changes a ledger."""
        return True

    def pull(self, since: datetime | None) -> Iterator[Page]:
        """Give companies, and contacts who deal with invoices, changed since a moment or all of them."""
        of_company = ["name", "hs_merged_object_ids", *_WHERE, *([self._field] if self._field else [])]
        companies = self._changed("companies", of_company, "hs_lastmodifieddate", since)
        yield read_each(self._wire.what, "company", companies, self._company, key="id")
        of_person = [
            "email",
            "firstname",
            "lastname",
            "jobtitle",
            "associatedcompanyid",
            "phone",
            "mobilephone",
            *([self._mark] if self._mark else []),
        ]
        people = self._changed("contacts", of_person, "lastmodifieddate", since)
        yield read_each(self._wire.what, "contact", people, self._contact, key="id")

    def _changed(self, kind: str, properties: list[str], changed_at: str, since: datetime | None) -> list[Record]:
        if since is None:
            return self._list(kind, properties)
        value = str(int(since.timestamp() * 1000))
        asked = {
            "filterGroups": [{"filters": [{"propertyName": changed_at, "operator": "GTE", "value": value}]}],
            "sorts": [{"propertyName": "hs_object_id", "direction": "ASCENDING"}],
            "properties": properties,
            "limit": self._size,
        }
        what, path = f"{self._wire.what} {kind}", f"/crm/v3/objects/{kind}/search"
        if number_at(what, self._wire.ask(path, {**asked, "limit": 1}), "total") > _MOST_FOUND:
            return self._list(kind, properties)

        def fetch(after: Any) -> Part:
            answer = self._wire.ask(path, {**asked, "after": after} if after else asked)
            return Part(rows(what, answer, "results"), _after(answer), number_at(what, answer, "total"))

        return whole(what, fetch, identity=lambda r: values.text(r, "id"))

    def _list(self, kind: str, properties: list[str]) -> list[Record]:
        what = f"{self._wire.what} {kind}"

        def fetch(after: Any) -> Part:
            asked = {"limit": str(self._size), "properties": ",".join(properties), "archived": "false"}
            answer = self._wire.get(f"/crm/v3/objects/{kind}", asked | ({"after": after} if after else {}))
            return Part(rows(what, answer, "results"), _after(answer))

        def count() -> int:
            nothing_left_out = {"filterGroups": [], "properties": ["hs_object_id"], "limit": 1}
            return number_at(what, self._wire.ask(f"/crm/v3/objects/{kind}/search", nothing_left_out), "total")

        return whole(what, fetch, identity=lambda r: values.text(r, "id"), count=count, at_least=True)

    def _company(self, record: Record, place: str, page: Page) -> None:
        number, said = values.needed(record, "id"), record["properties"]
        name = values.text(said, "name")
        there = where(said, HUBSPOT, place, name=name)
        page.left_out += there.told
        page.customers.append(
            RemoteCustomer(
                number,
                name,
                place,
                ours=values.text(said, self._field) if self._field else "",
                address=there.address,
                country=there.country,
            )
        )
        for old in re.findall(r"\d+", values.text(said, "hs_merged_object_ids")):
            page.customers.append(RemoteCustomer(old, "", place, merged_into=number))

    def _contact(self, record: Record, place: str, page: Page) -> None:
        said = record["properties"]
        company, title = values.text(said, "associatedcompanyid"), values.text(said, "jobtitle")
        if not company or not is_for_invoices(said, title=title, mark=self._mark):
            return
        name = " ".join(filter(None, (values.text(said, "firstname"), values.text(said, "lastname"))))
        number, role = values.needed(record, "id"), title or "accounts payable"
        phone = first(values.text(said, "phone"), values.text(said, "mobilephone"))
        for address in values.addresses(values.text(said, "email")):
            page.contacts.append(RemoteContact(number, company, name or address, address, role, place, phone))
            phone = ""

    # --- writing --------------------------------------------------------------------------------------------------

    def note(self, customer: str, text: str, *, key: str, at: datetime, again: bool) -> str:
        """Write a note beside a company; give its id."""
        if again and (found := self._note_with(customer, key)):
            return found
        body = "<br>".join(html.escape(line) for line in f"{text}\n[{key}]".splitlines())
        note = {
            "properties": {
                "hs_timestamp": at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
                "hs_note_body": body[:65_000],
            },
            "associations": [_to(customer, _NOTE_OF_COMPANY)],
        }
        return _made(self._wire.what, self._wire.write("POST", "/crm/v3/objects/notes", note))

    def _note_with(self, customer: str, key: str) -> str:
        """Look through a company's notes for one that bears our key."""
        what = f"{self._wire.what} notes of a company"

        def fetch(after: Any) -> Part:
            path = f"/crm/v4/objects/companies/{_number(customer)}/associations/notes"
            answer = self._wire.get(path, {"limit": "500"} | ({"after": after} if after else {}))
            return Part(rows(what, answer, "results"), _after(answer))

        ids = [
            values.text(each, "toObjectId")
            for each in whole(what, fetch, identity=lambda r: values.text(r, "toObjectId"))
        ]
        for start in range(0, len(ids), _SIZE):
            asked = {"properties": ["hs_note_body"], "inputs": [{"id": each} for each in ids[start : start + _SIZE]]}
            answer = self._wire.ask("/crm/v3/objects/notes/batch/read", asked)
            for note in rows(what, answer, "results"):
                if f"[{key}]" in values.text(note, "properties", "hs_note_body"):
                    return values.needed(note, "id")
        return ""

    def update_contact(self, customer: str, contact: RemoteContact, *, key: str) -> str:
        """Correct the name of whoever has this address, or add them beside the company; give the id. An address is one contact there."""
        first, _, last = contact.name.rpartition(" ")
        person = {"firstname": first, "lastname": last}
        wanted = {"idProperty": "email", "properties": ["email"], "inputs": [{"id": contact.email}]}
        found = rows(self._wire.what, self._wire.ask("/crm/v3/objects/contacts/batch/read", wanted), "results")
        if found:
            number = _number(values.needed(found[0], "id"))
            self._wire.write("PATCH", f"/crm/v3/objects/contacts/{number}", {"properties": person})
            return number
        new = {
            "properties": {**person, "jobtitle": contact.role, "email": contact.email},
            "associations": [_to(customer, _COMPANY_OF_CONTACT)],
        }
        return _made(self._wire.what, self._wire.write("POST", "/crm/v3/objects/contacts", new))


def _after(answer: Record) -> str | None:
    return values.text(answer, "paging", "next", "after") or None


def _to(customer: str, kind: int) -> dict[str, Any]:
    types = [{"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": kind}]
    return {"to": {"id": _number(customer)}, "types": types}


def _number(text: str) -> str:
    if not re.fullmatch(r"\d{1,20}", text):
        raise BadAnswer("an id of HubSpot is a number")
    return text


def _made(what: str, answer: Any) -> str:
    number = values.text(answer or {}, "id")
    if not number:
        raise BadAnswer(f"{what}: the answer to a new record holds no id")
    return number

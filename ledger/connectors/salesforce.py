"""Salesforce: accounts and contacts by SOQL, read to the end by `nextRecordsUrl`; notes as completed tasks.

Facts of the API: REST API Developer Guide, resources Query, QueryAll and sObject Rows by External ID. An account that was merged is
deleted and names its `MasterRecordId`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from ledger.connectors import values
from ledger.connectors.failures import BadAnswer
from ledger.connectors.paging import Part, Record, number_at, rows, whole
from ledger.connectors.payables import is_for_invoices
from ledger.connectors.reading import read_each
from ledger.connectors.remote import Page, RemoteContact, RemoteCustomer, at_each
from ledger.connectors.whereabouts import SALESFORCE, first, where
from ledger.connectors.wire import Wire

VERSION = "v64.0"
_PATH = f"/services/data/{VERSION}"
_SIZE = 2000
_WHERE = "BillingStreet, BillingCity, BillingState, BillingPostalCode, BillingCountry"
_ID = re.compile(r"[A-Za-z0-9]{15,18}")


class Salesforce:
    """One organisation."""

    def __init__(
        self, wire: Wire, *, page_size: int | None, field: str | None, contact_field: str | None, key_field: str | None
    ) -> None:
        """Take the way to it; nothing is asked yet."""
        self._wire, self._size, self._field = wire, max(200, min(page_size or _SIZE, _SIZE)), field
        self._mark, self._key_field = contact_field or "", key_field

    def whose(self) -> str:
        """Say nothing: ids are unique whosever they are."""
        return ""

    def probe(self) -> str:
        """Count the accounts."""
        found = self._wire.get(f"{_PATH}/query", {"q": "SELECT COUNT() FROM Account"})
        return f"{number_at(self._wire.what, found, 'totalSize')} accounts can be read"

    def reaches_back(self, since: datetime, now: datetime) -> bool:
        """Say whether merged accounts are still in the bin: for 15 days."""
        return (now - since).days < 14

    def pull(self, since: datetime | None) -> Iterator[Page]:
        """Give accounts, which of them were merged, and contacts who deal with invoices."""
        stamp = f"SystemModstamp >= {since.astimezone(UTC).strftime('%Y-%m-%dT%H:%M:%SZ')}" if since is not None else ""
        more = f", {self._field}" if self._field else ""
        asked = f"SELECT Id, Name, {_WHERE}{more} FROM Account"  # noqa: S608 (a checked name)
        accounts = self._list("Account", asked, [stamp], "query")
        yield read_each(self._wire.what, "account", accounts, self._account, key="Id")
        gone = ["IsDeleted = true", "MasterRecordId != null", stamp]
        merged = self._list("Account", "SELECT Id, Name, MasterRecordId FROM Account", gone, "queryAll")
        yield read_each(self._wire.what, "account", merged, self._account, key="Id")
        wanted = ["Email != null", "AccountId != null", stamp]
        marked = f", {self._mark}" if self._mark else ""
        people = self._list(
            "Contact",
            f"SELECT Id, AccountId, Name, Email, Title, Phone, MobilePhone{marked} FROM Contact",  # noqa: S608 (a checked name)
            wanted,
            "query",
        )
        yield read_each(self._wire.what, "contact", people, self._contact, key="Id")

    def _list(self, kind: str, query: str, conditions: list[str], resource: str) -> list[Record]:
        where = " AND ".join(filter(None, conditions))
        query = f"{query}{f' WHERE {where}' if where else ''} ORDER BY Id"
        what = f"{self._wire.what} {kind}"
        options = {"Sforce-Query-Options": f"batchSize={self._size}"}

        def fetch(cursor: Any) -> Part:
            if cursor:
                answer = self._wire.get(cursor, headers=options)
            else:
                answer = self._wire.get(f"{_PATH}/{resource}", {"q": query}, headers=options)
            found, total = rows(what, answer, "records"), number_at(what, answer, "totalSize")
            if answer.get("done") is True:
                return Part(found, None, total)
            further = values.text(answer, "nextRecordsUrl")
            if not re.fullmatch(r"/services/data/v[0-9.]+/query(All)?/[A-Za-z0-9_-]+", further):
                raise BadAnswer(f"{what}: the answer names no address of the next page")
            return Part(found, further, total)

        return whole(what, fetch, identity=lambda r: values.text(r, "Id"), first="")

    def _account(self, record: Record, place: str, page: Page) -> None:
        name = values.text(record, "Name")
        there = where(record, SALESFORCE, place, name=name)
        page.left_out += there.told
        page.customers.append(
            RemoteCustomer(
                values.needed(record, "Id"),
                name,
                place,
                address=there.address,
                country=there.country,
                merged_into=values.text(record, "MasterRecordId"),
                ours=values.text(record, self._field) if self._field else "",
            )
        )

    def _contact(self, record: Record, place: str, page: Page) -> None:
        title = values.text(record, "Title")
        if not is_for_invoices(record, title=title, mark=self._mark):
            return
        number, account = values.needed(record, "Id"), values.needed(record, "AccountId")
        name, role = values.text(record, "Name"), title or "accounts payable"
        phone = first(values.text(record, "Phone"), values.text(record, "MobilePhone"))
        known = RemoteContact(number, account, name, "", role, place, phone)
        page.contacts += at_each(values.addresses(values.text(record, "Email")), known)

    # --- writing --------------------------------------------------------------------------------------------------

    def note(self, customer: str, text: str, *, key: str, at: datetime, again: bool) -> str:
        """Write a completed task beside an account; give its id."""
        first = text.partition("\n")[0]
        task = {
            "Subject": f"{first[: 250 - len(key)]} [{key}]",
            "Description": text[:32_000],
            "WhatId": _id(customer),
            "Status": "Completed",
            "Priority": "Normal",
            "ActivityDate": at.date().isoformat(),
        }
        if self._key_field is not None:
            answer = self._wire.write("PATCH", f"{_PATH}/sobjects/Task/{self._key_field}/{key}", task)
            return values.text(answer or {}, "id") or key
        there = f"SELECT Id FROM Task WHERE WhatId = '{_id(customer)}' AND Subject LIKE '%[{key}]'"  # noqa: S608 (checked)
        if again and (found := self._first(there)):
            return found
        return _made(self._wire.what, self._wire.write("POST", f"{_PATH}/sobjects/Task", task))

    def update_contact(self, customer: str, contact: RemoteContact, *, key: str) -> str:
        """Correct the name of the contact of an account that has this address, or add one; give its id."""
        whose = f"AccountId = '{_id(customer)}' AND Email = '{_quoted(contact.email)}'"
        there = f"SELECT Id FROM Contact WHERE {whose} ORDER BY Id LIMIT 1"  # noqa: S608 (escaped)
        first, _, last = contact.name.rpartition(" ")
        person = {"FirstName": first[:40], "LastName": (last or contact.email)[:80]}
        if found := self._first(there):
            self._wire.write("PATCH", f"{_PATH}/sobjects/Contact/{found}", person)
            return found
        new = {**person, "Title": contact.role[:128], "Email": contact.email, "AccountId": _id(customer)}
        return _made(self._wire.what, self._wire.write("POST", f"{_PATH}/sobjects/Contact", new))

    def _first(self, query: str) -> str:
        found = rows(self._wire.what, self._wire.get(f"{_PATH}/query", {"q": query}), "records")
        return _id(values.text(found[0], "Id")) if found else ""


def _id(text: str) -> str:
    if not _ID.fullmatch(text):
        raise BadAnswer("an id of Salesforce has 15 or 18 letters and digits")
    return text


def _quoted(text: str) -> str:
    """Escape a text for SOQL (SOQL and SOSL Reference, quoted string escape sequences)."""
    return text.replace("\\", "\\\\").replace("'", "\\'")


def _made(what: str, answer: Any) -> str:
    number = values.text(answer or {}, "id")
    if not number:
        raise BadAnswer(f"{what}: the answer to a new record holds no id")
    return number

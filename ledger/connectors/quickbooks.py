"""QuickBooks Online: the query endpoint page by page, the change data capture for what was deleted.

Facts of the API: https://developer.intuit.com/app/developer/qbo/docs/learn/explore-the-quickbooks-online-api/data-queries and
change-data-capture. A voided invoice has a total of zero; a customer that was merged into another is inactive, its invoices name
the other one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from ledger.connectors import values
from ledger.connectors.failures import BadAnswer, PagingFault
from ledger.connectors.paging import Part, Record, number_at, rows, whole
from ledger.connectors.quickbooks_lines import applied_by, po_number, without_credits
from ledger.connectors.reading import read_each
from ledger.connectors.remote import Page, RemoteContact, RemoteCustomer, RemoteInvoice, RemotePayment, at_each
from ledger.connectors.whereabouts import QUICKBOOKS, first, where
from ledger.connectors.wire import Wire
from store.ledger_faults import Fault

MINOR_VERSION = "75"
#: The most that one answer holds.
_MOST = 1000
#: The change data capture looks back so far and no further.
_REACH = timedelta(days=29)


class QuickBooks:
    """One company file (realm)."""

    def __init__(
        self,
        wire: Wire,
        *,
        realm: str,
        currency: str | None,
        page_size: int | None,
        since: date | None,
        field: str | None,
    ) -> None:
        """Take the way to it; nothing is asked yet."""
        self._wire, self._path = wire, f"/v3/company/{realm}"
        self._currency, self._size, self._since = currency, max(2, min(page_size or _MOST, _MOST)), since
        self._field, self._realm = field, realm

    def whose(self) -> str:
        """Give the realm: its ids are small numbers, and those of another one would be taken for them."""
        return self._realm

    def probe(self) -> str:
        """Count the customers."""
        return f"{self._count('Customer', '')} customers can be read"

    def reaches_back(self, since: datetime, now: datetime) -> bool:
        """Say whether the change data capture still knows what was deleted since."""
        return now - since < _REACH

    def pull(self, since: datetime | None) -> Iterator[Page]:
        """Give customers, invoices with credit memos, and payments, changed since a moment or all of them."""
        self._currency = self._currency or self._home_currency()
        for entity, read, dated in self._entities():
            where = _where(since, self._since if dated else None, active=entity == "Customer")
            yield read_each(self._wire.what, _NAMES[entity], self._list(entity, where), read, key="Id")
        if since is not None:
            yield self._deleted(since)

    def _home_currency(self) -> str | None:
        """Ask what amounts are in that state no currency: a company with one currency states none."""
        found = self._query("select * from Preferences").get("Preferences") or [{}]
        return values.text(found[0], "CurrencyPrefs", "HomeCurrency", "value") or None

    def _entities(self) -> tuple[tuple[str, Callable[[Record, str, Page], None], bool], ...]:
        return (
            ("Customer", self._customer, False),
            ("Invoice", self._invoice, True),
            ("CreditMemo", self._credit, True),
            ("Payment", self._payment, True),
        )

    def _list(self, entity: str, where: str) -> list[Record]:
        """Read a list. Each page overlaps the one before by a record: where one was deleted meanwhile, they do not join on."""
        what = f"{self._wire.what} {entity}"

        def fetch(cursor: Any) -> Part:
            start, expected = cursor
            query = f"select * from {entity}{where} orderby Id startposition {start} maxresults {self._size}"  # noqa: S608
            answer = self._query(query)
            found = rows(what, answer, entity) if entity in answer else []
            full = len(found) == self._size
            if expected:
                if not found or values.text(found[0], "Id") != expected:
                    raise PagingFault(f"{what}: a page does not join on to the one before")
                found = found[1:]
            further = (start + self._size - 1, values.text(found[-1], "Id")) if full and found else None
            return Part(found, further)

        return whole(
            what,
            fetch,
            identity=lambda r: values.text(r, "Id"),
            first=(1, ""),
            count=lambda: self._count(entity, where),
        )

    def _count(self, entity: str, where: str) -> int:
        answer = self._query(f"select count(*) from {entity}{where}")  # noqa: S608
        return number_at(f"{self._wire.what} {entity}", answer, "totalCount")

    def _query(self, query: str) -> Record:
        answer = self._wire.get(f"{self._path}/query", {"query": query, "minorversion": MINOR_VERSION})
        found = answer.get("QueryResponse") if isinstance(answer, dict) else None
        if not isinstance(found, dict):
            raise BadAnswer(f"{self._wire.what}: the answer holds no QueryResponse")
        return found

    def _deleted(self, since: datetime) -> Page:
        """Ask the change data capture for what was deleted: a query does not tell."""
        entities = "Invoice,CreditMemo,Payment"
        params = {"entities": entities, "changedSince": _stamp(since), "minorversion": MINOR_VERSION}
        answer = self._wire.get(f"{self._path}/cdc", params)
        page = Page()
        for response in rows(f"{self._wire.what} changes", answer, "CDCResponse"):
            for part in rows(f"{self._wire.what} changes", response, "QueryResponse"):
                for entity in entities.split(","):
                    found = rows(f"{self._wire.what} changes", part, entity) if entity in part else []
                    if len(found) >= _MOST:
                        raise BadAnswer(
                            f"{self._wire.what}: more changes than one answer holds: run `dunwell connect sync {self._wire.what} --full`"
                        )
                    self._gone(entity, found, page)
        return page

    def _gone(self, entity: str, found: list[Record], page: Page) -> None:
        for record in found:
            if record.get("status") != "Deleted":
                continue
            number = values.text(record, "Id")
            place = f"{self._wire.what} {_NAMES[entity]} {number}"
            if entity == "Payment":
                page.payments.append(RemotePayment(number, place, gone=True))
            else:
                page.invoices.append(
                    RemoteInvoice(_id(entity, number), place, credit=entity == "CreditMemo", gone=True)
                )

    def _customer(self, record: Record, place: str, page: Page) -> None:
        number = values.needed(record, "Id")
        name = values.text(record, "CompanyName") or values.needed(record, "DisplayName")
        addresses = values.addresses(values.text(record, "PrimaryEmailAddr", "Address"))
        there = where(record.get("BillAddr"), QUICKBOOKS, place, name=name)
        page.left_out += there.told
        page.customers.append(
            RemoteCustomer(
                number,
                name,
                place,
                currency=values.currency(record, "CurrencyRef", "value", default=self._currency),
                email=addresses[0] if addresses else "",
                ours=values.text(record, self._field) if self._field else "",
                address=there.address,
                country=there.country,
            )
        )
        phone = first(*(values.text(record, each, "FreeFormNumber") for each in ("PrimaryPhone", "Mobile")))
        person = " ".join(filter(None, (values.text(record, "GivenName"), values.text(record, "FamilyName")))) or name
        known = RemoteContact(number, number, person, "", "accounts payable", place, phone, there.country)
        page.contacts += at_each(addresses, known) if record.get("Active") is not False else ()

    def _invoice(self, record: Record, place: str, page: Page) -> None:
        page.invoices.append(self._paper("Invoice", record, place))

    def _credit(self, record: Record, place: str, page: Page) -> None:
        page.invoices.append(self._paper("CreditMemo", record, place))

    def _paper(self, entity: str, record: Record, place: str) -> RemoteInvoice:
        total = values.amount(record, "TotalAmt")
        issued = values.day(record, "TxnDate")
        left = values.amount(record, "RemainingCredit", default=values.amount(record, "Balance", default=Decimal(0)))
        credit = entity == "CreditMemo"
        return RemoteInvoice(
            _id(entity, values.needed(record, "Id")),
            place,
            number=values.text(record, "DocNumber"),
            customer=values.needed(record, "CustomerRef", "value"),
            issued=issued,
            due=values.day(record, "DueDate") if record.get("DueDate") and not credit else issued,
            currency=values.currency(record, "CurrencyRef", "value", default=self._currency),
            amount=total,
            balance=left if credit else values.amount(record, "Balance"),
            po_number=po_number(record),
            description=values.text(record, "CustomerMemo", "value"),
            credit=credit,
            gone=total == 0,
        )

    def _payment(self, record: Record, place: str, page: Page) -> None:
        total, left = values.amount(record, "TotalAmt"), values.amount(record, "UnappliedAmt", default=Decimal(0))
        applied, credits = applied_by(record)
        if total + credits != sum(applied.values()) + left:
            page.faults.append(
                Fault(
                    place,
                    0,
                    "TotalAmt",
                    f"{total} is not what its lines apply and leave over: look at it in QuickBooks",
                )
            )
            return
        if credits:
            applied = without_credits(applied, credits)
        page.payments.append(
            RemotePayment(
                values.needed(record, "Id"),
                place,
                customer=values.needed(record, "CustomerRef", "value"),
                received_on=values.day(record, "TxnDate"),
                currency=values.currency(record, "CurrencyRef", "value", default=self._currency),
                applied=applied,
                unapplied=left,
                reference=values.text(record, "PaymentRefNum") or values.text(record, "PrivateNote"),
                gone=total == 0 and left == 0,
            )
        )


_NAMES = {"Customer": "customer", "Invoice": "invoice", "CreditMemo": "credit memo", "Payment": "payment"}


def _id(entity: str, number: str) -> str:
    """Credit memos and invoices have numbers of one series; they are told apart all the same."""
    return f"c{number}" if entity == "CreditMemo" else number


def _where(since: datetime | None, first_day: date | None, *, active: bool) -> str:
    conditions = ["Active IN (true, false)"] if active else []
    if since is not None:
        conditions.append(f"MetaData.LastUpdatedTime >= '{_stamp(since)}'")
    elif first_day is not None:
        conditions.append(f"TxnDate >= '{first_day.isoformat()}'")
    return f" where {' and '.join(conditions)}" if conditions else ""


def _stamp(moment: datetime) -> str:
    return moment.isoformat(timespec="seconds")

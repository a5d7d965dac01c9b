"""Xero: pages of up to 1000 with their count, If-Modified-Since for changes, dates as milliseconds.

Facts of the API: https://developer.xero.com/documentation/api/accounting/ and oauth2/limits (60 calls a minute, 5,000 a day, five at
once, with Retry-After). A contact that was merged names `MergedToContactID`, in paged lists alone.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from ledger.connectors import values
from ledger.connectors.failures import BadAnswer, SignInNeeded
from ledger.connectors.paging import Part, Record, number_at, rows, whole
from ledger.connectors.reading import read_each
from ledger.connectors.remote import Page, RemoteContact, RemoteCustomer, RemoteInvoice, RemotePayment, at_each
from ledger.connectors.whereabouts import XERO, where, xero_address, xero_phone
from ledger.connectors.wire import Wire
from store.ledger_faults import Fault

_API = "/api.xro/2.0"
_SIZE = 1000
_OVER = ("VOIDED", "DELETED")
_DRAFTS = ("DRAFT", "SUBMITTED")


class Xero:
    """One organisation (tenant); the only one of the sign-in where none is named."""

    def __init__(
        self,
        wire: Wire,
        *,
        tenant: str,
        currency: str | None,
        page_size: int | None,
        since: date | None,
        field: str | None,
    ) -> None:
        """Take the way to it; nothing is asked yet."""
        self._wire, self._tenant, self._currency = wire, tenant, currency
        self._size, self._since, self._field = min(page_size or _SIZE, _SIZE), since, field

    @property
    def tenant(self) -> str:
        """Give the organisation's id; where none is configured, that of the only one. Raises ConnectorError."""
        if not self._tenant:
            found = self._wire.get("/connections")
            if not isinstance(found, list):
                raise BadAnswer(f"{self._wire.what}: the answer holds no list of organisations")
            ids = [values.text(each, "tenantId") for each in found if each.get("tenantType") == "ORGANISATION"]
            if len(ids) != 1:
                raise SignInNeeded(
                    f"{self._wire.what}: the sign-in opens {len(ids)} organisations: name one by `account` "
                    f"({', '.join(ids) or 'none was chosen at the sign-in'})"
                )
            self._tenant = ids[0]
        return self._tenant

    def whose(self) -> str:
        """Give the organisation."""
        return self.tenant

    def probe(self) -> str:
        """Read the organisation."""
        return (
            f"the organisation can be read (base currency {values.text(self._organisation(), 'BaseCurrency') or '?'})"
        )

    def _organisation(self) -> Record:
        found = rows(self._wire.what, self._get("Organisation", {}, None), "Organisations")
        return found[0] if found else {}

    def reaches_back(self, since: datetime, now: datetime) -> bool:
        """Say yes: what was voided or deleted keeps its record and its date of change."""
        return True

    def pull(self, since: datetime | None) -> Iterator[Page]:
        """Give contacts, invoices, credit notes, overpayments, prepayments and payments."""
        self._currency = self._currency or values.text(self._organisation(), "BaseCurrency") or None
        what, first = self._wire.what, self._since if since is None else None
        dated = f" AND Date >= DateTime({first.year},{first.month:02},{first.day:02})" if first is not None else ""
        contacts = self._list("Contacts", "ContactID", since, {"includeArchived": "true"})
        yield read_each(what, "contact", contacts, self._contact, key="ContactID")
        invoices = self._list("Invoices", "InvoiceID", since, {"where": f'Type=="ACCREC"{dated}'})
        yield read_each(what, "invoice", invoices, self._invoice, key="InvoiceNumber")
        credits = self._list("CreditNotes", "CreditNoteID", since, {"where": f'Type=="ACCRECCREDIT"{dated}'})
        yield read_each(what, "credit note", credits, self._credit, key="CreditNoteNumber")
        for kind, key, of in (
            ("Overpayments", "OverpaymentID", "RECEIVE-OVERPAYMENT"),
            ("Prepayments", "PrepaymentID", "RECEIVE-PREPAYMENT"),
        ):
            found = self._list(kind, key, since, {"where": f'Type=="{of}"{dated}'})
            yield read_each(what, kind[:-1].lower(), found, self._kept_for(key), key=key)
        payments = self._list("Payments", "PaymentID", since, {"where": f'PaymentType=="ACCRECPAYMENT"{dated}'})
        yield read_each(what, "payment", payments, self._payment, key="PaymentID")

    def _get(self, path: str, params: dict[str, str], since: datetime | None) -> Any:
        headers = {"Xero-Tenant-Id": self.tenant}
        if since is not None:
            headers["If-Modified-Since"] = since.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S")
        return self._wire.get(f"{_API}/{path}", params, headers=headers)

    def _list(self, kind: str, key: str, since: datetime | None, params: dict[str, str]) -> list[Record]:
        what = f"{self._wire.what} {kind}"

        def fetch(page: Any) -> Part:
            asked = {**params, "order": f"{key} ASC", "page": str(page), "pageSize": str(self._size)}
            answer = self._get(kind, asked, since)
            if answer is None:  # 304: nothing changed
                return Part([], None, 0)
            found = rows(what, answer, kind)
            pages = number_at(what, answer, "pagination", "pageCount")
            total = number_at(what, answer, "pagination", "itemCount")
            return Part(found, page + 1 if page < pages else None, total)

        return whole(what, fetch, identity=lambda r: values.text(r, key), first=1)

    def _contact(self, record: Record, place: str, page: Page) -> None:
        number, name = values.needed(record, "ContactID"), values.needed(record, "Name")
        addresses = values.addresses(values.text(record, "EmailAddress"))
        there = where(xero_address(record), XERO, place, name=name)
        page.left_out += there.told
        page.customers.append(
            RemoteCustomer(
                number,
                name,
                place,
                currency=values.text(record, "DefaultCurrency").upper() or (self._currency or ""),
                email=addresses[0] if addresses else "",
                merged_into=values.text(record, "MergedToContactID"),
                ours=values.text(record, self._field) if self._field else "",
                address=there.address,
                country=there.country,
            )
        )
        if values.text(record, "ContactStatus") not in ("", "ACTIVE"):
            return
        person, phone = _person(record) or name, xero_phone(record)
        known = RemoteContact(number, number, person, "", "accounts payable", place, phone, there.country)
        page.contacts += at_each(addresses, known)
        for other in record.get("ContactPersons") or ():
            if other.get("IncludeInEmails") is True and values.text(other, "EmailAddress"):
                mail, called = values.text(other, "EmailAddress"), _person(other) or name
                page.contacts.append(RemoteContact(f"{number}/{mail}", number, called, mail, "contact", place))

    def _invoice(self, record: Record, place: str, page: Page) -> None:
        status = values.needed(record, "Status")
        if status in _DRAFTS:
            return
        number = values.needed(record, "InvoiceID")
        if status in _OVER:
            page.invoices.append(RemoteInvoice(number, place, gone=True))
            return
        total, due = values.amount(record, "Total"), values.amount(record, "AmountDue")
        paid = values.amount(record, "AmountPaid", default=Decimal(0))
        credited = values.amount(record, "AmountCredited", default=Decimal(0))
        if total - paid - credited != due:
            text = f"{due} is not the total {total} less {paid} paid and {credited} credited: look at it in Xero"
            page.faults.append(Fault(place, 0, "AmountDue", text))
            return
        issued = values.day(record, "Date")
        page.invoices.append(
            RemoteInvoice(
                number,
                place,
                number=values.text(record, "InvoiceNumber"),
                customer=values.needed(record, "Contact", "ContactID"),
                issued=issued,
                due=values.day(record, "DueDate") if record.get("DueDate") else issued,
                currency=values.currency(record, "CurrencyCode", default=self._currency),
                amount=total,
                balance=due,
                po_number=values.text(record, "Reference"),
            )
        )

    def _credit(self, record: Record, place: str, page: Page) -> None:
        status, number = values.needed(record, "Status"), values.needed(record, "CreditNoteID")
        if status in _DRAFTS:
            return
        if status in _OVER:
            page.invoices.append(RemoteInvoice(number, place, credit=True, gone=True))
            return
        issued = values.day(record, "Date")
        page.invoices.append(
            RemoteInvoice(
                number,
                place,
                number=values.text(record, "CreditNoteNumber"),
                customer=values.needed(record, "Contact", "ContactID"),
                issued=issued,
                due=issued,
                currency=values.currency(record, "CurrencyCode", default=self._currency),
                amount=values.amount(record, "Total"),
                balance=values.amount(record, "RemainingCredit"),
                description=values.text(record, "Reference"),
                credit=True,
            )
        )

    def _kept_for(self, key: str) -> Any:
        def read(record: Record, place: str, page: Page) -> None:
            """Read money that was paid too much or ahead: what is left of it lies on no invoice."""
            number, status = values.needed(record, key), values.needed(record, "Status")
            if status in _OVER:
                page.payments.append(RemotePayment(number, place, gone=True))
                return
            page.payments.append(
                RemotePayment(
                    number,
                    place,
                    customer=values.needed(record, "Contact", "ContactID"),
                    received_on=values.day(record, "Date"),
                    currency=values.currency(record, "CurrencyCode", default=self._currency),
                    unapplied=values.amount(record, "RemainingCredit"),
                    reference=values.text(record, "Reference"),
                )
            )

        return read

    def _payment(self, record: Record, place: str, page: Page) -> None:
        number = values.needed(record, "PaymentID")
        if values.text(record, "Status") in _OVER:
            page.payments.append(RemotePayment(number, place, gone=True))
            return
        invoice = values.needed(record, "Invoice", "InvoiceID")
        page.payments.append(
            RemotePayment(
                number,
                place,
                customer=values.needed(record, "Invoice", "Contact", "ContactID"),
                received_on=values.day(record, "Date"),
                currency=values.currency(record, "Invoice", "CurrencyCode", default=self._currency),
                applied={invoice: values.amount(record, "Amount")},
                reference=values.text(record, "Reference"),
            )
        )


def _person(record: Record) -> str:
    return " ".join(filter(None, (values.text(record, "FirstName"), values.text(record, "LastName"))))

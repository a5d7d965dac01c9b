"""Stripe: lists by cursor, changes by events, amounts in the smallest unit of their currency.

Facts of the API: https://docs.stripe.com/api/pagination, /api/events (kept for 30 days), /currencies. Pages overlap by one record, as
no answer says how many there are: one that does not join on is noticed.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

from ledger.connectors import values
from ledger.connectors.failures import PagingFault, Refused
from ledger.connectors.paging import Part, Record, rows, whole
from ledger.connectors.reading import read_each
from ledger.connectors.remote import Page, RemoteContact, RemoteCustomer, RemoteInvoice, RemotePayment, at_each
from ledger.connectors.whereabouts import STRIPE, where
from ledger.connectors.wire import Wire
from store.ledger_faults import Fault

#: The version whose fields are read here: payments of an invoice are records of their own since 2025-03-31.
VERSION = "2025-03-31.basil"
_SIZE = 100
_REACH = timedelta(days=29)
#: More changed records than these are not read one by one, but with all others.
_ONE_BY_ONE = 300
#: Which list holds what an event is about.
_OF_EVENTS = {
    "customer.*": ("customer", "customers"),
    "invoice.*": ("invoice", "invoices"),
    "credit_note.*": ("credit_note", "credit_notes"),
    "invoice_payment.*": ("invoice_payment", "invoice_payments"),
}


class Stripe:
    """One account."""

    def __init__(self, wire: Wire, *, page_size: int | None, since: date | None, field: str | None) -> None:
        """Take the way to it; nothing is asked yet."""
        self._wire, self._since, self._field = wire, since, field
        self._size = max(2, min(page_size or _SIZE, _SIZE))

    def whose(self) -> str:
        """Say nothing: ids are unique whosever they are."""
        return ""

    def probe(self) -> str:
        """Read one invoice."""
        self._wire.get("/v1/invoices", {"limit": "1"})
        return "invoices can be read"

    def reaches_back(self, since: datetime, now: datetime) -> bool:
        """Say whether the events since are still kept."""
        return now - since < _REACH

    def pull(self, since: datetime | None) -> Iterator[Page]:
        """Give customers, invoices, credit notes and payments, changed since a moment or all of them."""
        if since is None:
            found = {name: self._list(name, self._of_all(name)) for _, name in _OF_EVENTS.values()}
            found["customers"] += _deleted(found["customers"], found["invoices"])
        else:
            found = {name: self._changed(event, kind, name, since) for event, (kind, name) in _OF_EVENTS.items()}
        yield read_each(self._wire.what, "customer", found["customers"], self._customer, key="id")
        yield read_each(self._wire.what, "invoice", found["invoices"], self._invoice, key="id")
        yield read_each(self._wire.what, "credit note", found["credit_notes"], self._credit, key="id")
        yield read_each(self._wire.what, "payment", found["invoice_payments"], self._payment, key="id")

    def _of_all(self, name: str) -> dict[str, str]:
        if name == "invoice_payments":
            return {"status": "paid"}
        if self._since is None or name == "customers":
            return {}
        return {"created[gte]": str(int(datetime.fromisoformat(f"{self._since}T00:00:00+00:00").timestamp()))}

    def _list(self, name: str, params: dict[str, str]) -> list[Record]:
        what = f"{self._wire.what} {name}"

        def fetch(cursor: Any) -> Part:
            after, expected = cursor
            asked = {**params, "limit": str(self._size)} | ({"starting_after": after} if after else {})
            answer = self._wire.get(f"/v1/{name}", asked)
            found = rows(what, answer, "data")
            if expected:
                if not found or values.text(found[0], "id") != expected:
                    raise PagingFault(f"{what}: a page does not join on to the one before")
                found = found[1:]
            if answer.get("has_more") is not True:
                return Part(found)
            ids = (
                [expected, *(values.text(each, "id") for each in found)]
                if expected
                else [values.text(e, "id") for e in found]
            )
            return Part(found, (ids[-2], ids[-1]) if len(ids) > 1 else (ids[-1], "") if ids else ("", ""))

        return whole(what, fetch, identity=lambda r: values.text(r, "id"), first=("", ""))

    def _changed(self, event: str, kind: str, name: str, since: datetime) -> list[Record]:
        """Read anew what events say has changed: an event tells how it was then, not how it is."""
        events = self._list("events", {"type": event, "created[gte]": str(int(since.timestamp()))})
        about = (each["data"]["object"] for each in events)
        ids = sorted({values.text(each, "id") for each in about if each.get("object") == kind})
        if len(ids) > _ONE_BY_ONE:
            return self._list(name, self._of_all(name))
        return [self._one(name, number) for number in ids]

    def _one(self, name: str, number: str) -> Record:
        try:
            return self._wire.get(f"/v1/{name}/{number}")  # type: ignore[no-any-return]  # what it holds is read later
        except Refused as refused:
            if refused.status != 404:
                raise
            return {"id": number, "deleted": True}

    def _customer(self, record: Record, place: str, page: Page) -> None:
        number = values.needed(record, "id")
        credit = RemotePayment(f"balance:{number}", f"{place}'s balance", customer=number, gone=True)
        if record.get("deleted") is True:
            page.payments.append(credit)
            return
        currency = values.text(record, "currency").upper()
        addresses = values.addresses(values.text(record, "email"))
        name = values.text(record, "name") or next(iter(addresses), number)
        there = where(record.get("address"), STRIPE, place, name=name)
        page.left_out += there.told
        page.customers.append(
            RemoteCustomer(
                number,
                name,
                place,
                currency=currency,
                language=values.language(record, "preferred_locales"),
                email=next(iter(addresses), ""),
                ours=values.text(record, "metadata", self._field) if self._field else "",
                address=there.address,
                country=there.country,
            )
        )
        phone = values.text(record, "phone")
        known = RemoteContact(number, number, name, "", "accounts payable", place, phone, there.country)
        page.contacts += at_each(addresses, known)
        balance = record.get("balance")
        if isinstance(balance, int) and balance < 0 and currency:
            # Below zero is what we owe them: the next invoice takes it.
            credit = RemotePayment(
                credit.id,
                credit.place,
                customer=number,
                received_on=values.day_of_seconds(record, "created"),
                currency=currency,
                unapplied=values.from_minor(-balance, currency),
                reference="Credit balance",
            )
        page.payments.append(credit)

    def _invoice(self, record: Record, place: str, page: Page) -> None:
        number, status = values.needed(record, "id"), values.text(record, "status")
        if record.get("deleted") is True or status == "void":
            page.invoices.append(RemoteInvoice(number, place, gone=True))
            return
        if status == "draft":
            return
        currency = values.currency(record, "currency")
        due, paid = values.minor(record, "amount_due", currency), values.minor(record, "amount_paid", currency)
        left, total = values.minor(record, "amount_remaining", currency), values.minor(record, "total", currency)
        if left != max(due - paid, 0):
            text = f"{left} is not {due} due less {paid} paid: look at it in Stripe"
            page.faults.append(Fault(place, 0, "amount_remaining", text))
            return
        if total < 0:
            page.left_out.append(
                f"{place}: is below zero; Stripe adds it to the customer's balance, and it counts there"
            )
            return
        ended = values.day_of_seconds(record.get("status_transitions") or {}, "finalized_at")
        issued = ended or values.day_of_seconds(record, "created")
        day = values.day_of_seconds(record, "due_date") or issued
        page.invoices.append(
            RemoteInvoice(
                number,
                place,
                number=values.text(record, "number"),
                customer=values.needed(record, "customer"),
                issued=issued,
                due=max(day, issued) if day is not None and issued is not None else issued,
                currency=currency,
                amount=max(total, due),
                balance=left if status == "open" else values.from_minor(0, currency),
                description="uncollectible in Stripe"
                if status == "uncollectible"
                else values.text(record, "description"),
            )
        )

    def _credit(self, record: Record, place: str, page: Page) -> None:
        number = values.needed(record, "id")
        if record.get("deleted") is True or values.text(record, "status") == "void":
            page.invoices.append(RemoteInvoice(number, place, credit=True, gone=True))
            return
        currency = values.currency(record, "currency")
        day = values.day_of_seconds(record, "created")
        page.invoices.append(
            RemoteInvoice(
                number,
                place,
                number=values.text(record, "number"),
                customer=values.needed(record, "customer"),
                issued=day,
                due=day,
                currency=currency,
                amount=values.minor(record, "amount", currency),
                # It has lowered its invoice already, was refunded, or lies in the customer's balance.
                balance=values.from_minor(0, currency),
                description=values.text(record, "memo"),
                credit=True,
            )
        )

    def _payment(self, record: Record, place: str, page: Page) -> None:
        number = values.needed(record, "id")
        if record.get("deleted") is True or values.text(record, "status") != "paid":
            page.payments.append(RemotePayment(number, place, gone=True))
            return
        currency = values.currency(record, "currency")
        intent = values.text(record, "payment", "payment_intent") or values.text(record, "payment", "charge")
        paid_at = values.day_of_seconds(record.get("status_transitions") or {}, "paid_at")
        page.payments.append(
            RemotePayment(
                number,
                place,
                received_on=paid_at or values.day_of_seconds(record, "created"),
                currency=currency,
                applied={values.needed(record, "invoice"): values.minor(record, "amount_paid", currency)},
                reference=f"Stripe {intent}".strip(),
            )
        )


def _deleted(customers: list[Record], invoices: list[Record]) -> list[Record]:
    """Make customers of those whom invoices name and no list holds any more: what a deleted one owes is owed all the same."""
    there = {values.text(each, "id") for each in customers}
    found = {
        number: {"id": number, "name": values.text(each, "customer_name"), "currency": values.text(each, "currency")}
        for each in invoices
        if (number := values.text(each, "customer")) and number not in there and each.get("status") != "draft"
    }
    return list(found.values())

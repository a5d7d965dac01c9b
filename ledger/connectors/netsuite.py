"""NetSuite: SuiteQL over REST, in pages of up to 1000, without a saved query behind it (`Prefer: transient`).

Facts of the API: https://docs.oracle.com/en/cloud/saas/netsuite/ns-online-help/section_157909186990.html. One query gives at most
100,000 rows, so a longer list is read in windows by id. Days of change have no zone: a query goes back a day more. What was deleted
is found when everything is read again.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from ledger.connectors import values
from ledger.connectors.failures import BadAnswer, Refused
from ledger.connectors.netsuite_queries import CUSTOMERS, LINKS, PAPERS, WHERE
from ledger.connectors.paging import Part, Record, number_at, rows, whole
from ledger.connectors.reading import read_each
from ledger.connectors.remote import Page, RemoteContact, RemoteCustomer, RemoteInvoice, RemotePayment, at_each
from ledger.connectors.whereabouts import NETSUITE, first, where
from ledger.connectors.wire import Wire
from store.ledger_faults import Fault

_PATH = "/services/rest/query/v1/suiteql"
_SIZE = 1000
#: So many rows one query gives at most.
WINDOW = 100_000
_ZONES = timedelta(hours=26)


class NetSuite:
    """One account."""

    def __init__(
        self,
        wire: Wire,
        *,
        account: str,
        currency: str | None,
        page_size: int | None,
        since: date | None,
        field: str | None,
        window: int = WINDOW,
    ) -> None:
        """Take the way to it; nothing is asked yet."""
        self._wire, self._currency, self._since, self._field = wire, currency, since, field
        self._account = account
        self._size, self._window = min(page_size or _SIZE, _SIZE), window

    def whose(self) -> str:
        """Give the account."""
        return self._account

    def probe(self) -> str:
        """Count the customers."""
        found = rows(self._wire.what, self._ask("SELECT COUNT(*) AS n FROM customer", 0), "items")
        return f"{values.text(found[0], 'n') if found else 0} customers can be read"

    def reaches_back(self, since: datetime, now: datetime) -> bool:
        """Say yes: days of change are kept for ever."""
        return True

    def pull(self, since: datetime | None) -> Iterator[Page]:
        """Give customers, invoices, credit memos and payments, changed since a moment or all of them."""
        what = self._wire.what
        more = f", c.{self._field} AS ours" if self._field else ""
        customers = self._list("customers", CUSTOMERS.replace("{more}", more), since, alias="c")
        there, told = self._whereabouts(since) if customers else ({}, Page())

        def read_customer(record: Record, place: str, page: Page) -> None:
            self._customer(record, place, page, there.get(values.text(record, "id"), {}))

        yield read_each(what, "customer", customers, read_customer, key="entityid")
        yield told
        for kind, name, read in (
            ("CustInvc", "invoice", self._invoice),
            ("CustCred", "credit memo", self._credit),
        ):
            papers = self._list(f"{name}s", PAPERS.replace("{kind}", kind), since, alias="t")
            yield read_each(what, name, papers, read, key="tranid")
        payments = self._list("payments", PAPERS.replace("{kind}", "CustPymt"), since, alias="t")
        links = self._links(since) if payments else {}

        def read_payment(record: Record, place: str, page: Page) -> None:
            self._payment(record, place, page, links.get(values.text(record, "id"), {}))

        yield read_each(what, "payment", payments, read_payment, key="tranid")

    def _ask(self, query: str, offset: int) -> Any:
        params = {"limit": str(self._size), "offset": str(offset)}
        return self._wire.ask(_PATH, {"q": query}, params, headers={"Prefer": "transient"})

    def _list(self, name: str, query: str, since: datetime | None, *, alias: str) -> list[Record]:
        what, limits = f"{self._wire.what} {name}", self._limits(since, alias)

        def fetch(cursor: Any) -> Part:
            after, offset = cursor
            answer = self._ask(query.format(after=after, since=limits), offset)
            found = rows(what, answer, "items")
            total = number_at(what, answer, "totalResults")
            behind = offset + len(found)
            if answer.get("hasMore") is not True:
                return Part(found, None, total if after == 0 else None)
            if behind >= self._window and found:
                return Part(found, (int(values.needed(found[-1], "id")), 0))
            return Part(found, (after, behind), total if after == 0 and total < self._window else None)

        return whole(what, fetch, identity=lambda r: values.text(r, "id"), first=(0, 0))

    def _whereabouts(self, since: datetime | None) -> tuple[dict[str, Record], Page]:
        """Read addresses and numbers, by customer; where they may not be read, say so and go on without."""
        try:
            found = self._list("addresses", WHERE, since, alias="c")
        except Refused as refused:
            if refused.status not in (400, 403):
                raise
            told = f"{self._wire.what}: addresses and telephone numbers cannot be read with this role: left out"
            return {}, Page(left_out=[told])
        return {values.text(each, "id"): each for each in found}, Page()

    def _links(self, since: datetime | None) -> dict[str, dict[str, Decimal]]:
        """Read which payment lies on which invoice, and how much of it."""
        what, query = f"{self._wire.what} payments' lines", LINKS.format(since=self._limits(since, "t"))

        def fetch(offset: Any) -> Part:
            answer = self._ask(query, offset)
            found, total = rows(what, answer, "items"), number_at(what, answer, "totalResults")
            if total >= self._window:
                raise BadAnswer(f"{what}: more than {self._window}: set `since`, so that older ones are left out")
            return Part(found, offset + len(found) if answer.get("hasMore") is True else None, total)

        keys = ("nextdoc", "nextline", "previousdoc", "previousline")
        found = whole(what, fetch, identity=lambda r: "/".join(values.text(r, key) for key in keys), first=0)
        applied: dict[str, dict[str, Decimal]] = defaultdict(lambda: defaultdict(Decimal))
        for link in found:
            try:
                amount = abs(values.amount(link, "foreignamount"))
            except values.Unreadable as error:
                raise BadAnswer(f"{what}: a line's {error.field} {error}") from None
            applied[values.text(link, "nextdoc")][values.text(link, "previousdoc")] += amount
        return applied

    def _limits(self, since: datetime | None, alias: str) -> str:
        if since is not None:
            stamp = (since - _ZONES).strftime("%Y-%m-%d %H:%M:%S")
            return f" AND {alias}.lastmodifieddate >= TO_TIMESTAMP('{stamp}', 'YYYY-MM-DD HH24:MI:SS')"
        if self._since is not None and alias == "t":
            return f" AND t.trandate >= TO_DATE('{self._since.isoformat()}', 'YYYY-MM-DD')"
        return ""

    def _customer(self, record: Record, place: str, page: Page, said: Record) -> None:
        number = values.needed(record, "id")
        name = values.text(record, "companyname") or values.text(record, "altname") or values.needed(record, "entityid")
        addresses = values.addresses(values.text(record, "email"))
        there = where(said, NETSUITE, place, name=name)
        page.left_out += there.told
        page.customers.append(
            RemoteCustomer(
                number,
                name,
                place,
                currency=values.currency(record, "currency", default=self._currency),
                email=addresses[0] if addresses else "",
                ours=values.text(record, "ours"),
                address=there.address,
                country=there.country,
            )
        )
        phone = first(values.text(said, "phone"), values.text(said, "mobilephone"))
        known = RemoteContact(number, number, name, "", "accounts payable", place, phone, there.country)
        page.contacts += at_each(addresses, known) if values.text(record, "isinactive") != "T" else ()

    def _invoice(self, record: Record, place: str, page: Page) -> None:
        if values.text(record, "voided") == "T":
            page.invoices.append(RemoteInvoice(values.needed(record, "id"), place, gone=True))
            return
        total, left = values.amount(record, "foreigntotal"), values.amount(record, "foreignamountunpaid")
        paid = values.amount(record, "foreignamountpaid", default=Decimal(0))
        if total - paid != left:
            text = f"{left} is not the total {total} less {paid} paid: look at it in NetSuite"
            page.faults.append(Fault(place, 0, "foreignamountunpaid", text))
            return
        page.invoices.append(self._paper(record, place, amount=total, balance=left, credit=False))

    def _credit(self, record: Record, place: str, page: Page) -> None:
        if values.text(record, "voided") == "T":
            page.invoices.append(RemoteInvoice(values.needed(record, "id"), place, credit=True, gone=True))
            return
        left = abs(values.amount(record, "foreignpaymentamountunused", default=Decimal(0)))
        total = abs(values.amount(record, "foreigntotal"))
        page.invoices.append(self._paper(record, place, amount=total, balance=left, credit=True))

    def _paper(self, record: Record, place: str, *, amount: Decimal, balance: Decimal, credit: bool) -> RemoteInvoice:
        issued = values.day(record, "trandate")
        return RemoteInvoice(
            values.needed(record, "id"),
            place,
            number=values.text(record, "tranid"),
            customer=values.needed(record, "entity"),
            issued=issued,
            due=values.day(record, "duedate") if values.text(record, "duedate") and not credit else issued,
            currency=values.currency(record, "currency", default=self._currency),
            amount=amount,
            balance=balance,
            po_number=values.text(record, "otherrefnum"),
            description=values.text(record, "memo"),
            credit=credit,
        )

    def _payment(self, record: Record, place: str, page: Page, applied: dict[str, Decimal]) -> None:
        number = values.needed(record, "id")
        if values.text(record, "voided") == "T":
            page.payments.append(RemotePayment(number, place, gone=True))
            return
        total = abs(values.amount(record, "foreigntotal"))
        left = abs(values.amount(record, "foreignpaymentamountunused", default=Decimal(0)))
        if sum(applied.values()) + left > total:
            text = f"{total} is less than what its lines apply and leave over: look at it in NetSuite"
            page.faults.append(Fault(place, 0, "foreigntotal", text))
            return
        page.payments.append(
            RemotePayment(
                number,
                place,
                customer=values.needed(record, "entity"),
                received_on=values.day(record, "trandate"),
                currency=values.currency(record, "currency", default=self._currency),
                applied=dict(applied),
                unapplied=left,
                reference=values.text(record, "otherrefnum") or values.text(record, "memo"),
            )
        )

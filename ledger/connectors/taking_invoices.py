"""Makes rows of the invoices and credit notes that a pull brought, under the numbers that customers see.

What was voided, deleted or renumbered stands in the ledger at nothing open; it is never removed. An invoice that another system
brought already stays that one's.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from ledger.connectors.remote import Page, RemoteInvoice
from ledger.connectors.stored import IMPORT, Stored
from ledger.connectors.taking import Taken, Whose
from ledger.settings import ConnectionSettings
from store.ledger import Place
from store.ledger_faults import Fault
from store.ledger_rows import InvoiceRow
from store.remote_records import Known

_ZERO = Decimal("0.00")
#: So many invoices may be gone at once before a person is asked: an answer with most of them missing is rather a fault of the system.
_GONE_AT_ONCE, _GONE_OF_ALL = 20, Decimal("0.1")


class Numbers:
    """Under which number each invoice of the system stands in the ledger, and whose it is."""

    def __init__(self, stored: Stored) -> None:
        """Begin with what was taken before."""
        self._stored = stored
        self._found: dict[str, tuple[str, str]] = {}
        self.elsewhere: set[str] = set()

    def put(self, remote_id: str, number: str, customer_id: str) -> None:
        """Note an invoice of this pull."""
        self._found[remote_id] = (number, customer_id)

    def get(self, remote_id: str) -> tuple[str, str] | None:
        """Give number and customer; None for an invoice that is not in the ledger."""
        if remote_id in self._found:
            return self._found[remote_id]
        known = self._stored.records.get(("invoice", remote_id))
        if known is None or not known.ledger_ids or known.ledger_ids[0] not in self._stored.invoices:
            return None
        return known.ledger_ids[0], self._stored.now(known.customer_id)


def take_invoices(
    page: Page,
    settings: ConnectionSettings,
    stored: Stored,
    whose: Whose,
    taken: Taken,
    *,
    full: bool,
    accept_missing: bool,
) -> Numbers:
    """Take invoices and credit notes; give their numbers."""
    numbers = Numbers(stored)
    rows: dict[str, tuple[str, dict[str, Any]]] = {}
    came = {each.id for each in page.invoices}
    for each in page.invoices:
        for number, values in _of(each, settings, stored, whose, taken, numbers):
            if number in rows and not values.get("settles"):
                taken.faults.append(
                    Fault(
                        each.place,
                        0,
                        "number",
                        f"{number!r} stands already on {rows[number][0]}: give one another number",
                    )
                )
                continue
            if number in rows and values.get("settles"):
                continue  # its number was given to another one in the same pull
            rows[number] = (each.place, values)
    if full:
        for number, values in _missing(settings, stored, came, taken, accept_missing=accept_missing):
            rows.setdefault(number, (f"{settings.name} {number}", values))
    for place, values in rows.values():
        values.pop("settles", None)
        row = taken.make(InvoiceRow, place, values)
        if row is not None:
            taken.invoices.append((Place(place), row))
    return numbers


def _of(
    each: RemoteInvoice, settings: ConnectionSettings, stored: Stored, whose: Whose, taken: Taken, numbers: Numbers
) -> Iterator[tuple[str, dict[str, Any]]]:
    known = stored.records.get(("invoice", each.id))
    before = known.ledger_ids[0] if known is not None and known.ledger_ids else None
    if each.gone:
        if before is not None:
            yield from _settled(before, stored, f"void in {settings.name}")
        return
    customer_id = whose.id_of(each.customer)
    if customer_id is None:
        return  # told with the customer
    number = f"{settings.invoice_prefix}{each.number}" if each.number else f"{settings.id_prefix}{each.id}"
    if before != number and not _may_stand(each, number, customer_id, settings, stored, taken, numbers):
        return
    settled = each.balance == 0 and not each.credit
    if settled and before is None and each.due is not None and each.issued is not None and each.due < each.issued:
        taken.left_out.append(f"{each.place}: is settled, and due before its own day: it is left out")
        return
    numbers.put(each.id, number, customer_id)
    taken.records[("invoice", each.id)] = Known(customer_id, (number,))
    sign = -1 if each.credit else 1
    yield (
        number,
        {
            "invoice_number": number,
            "customer_id": customer_id,
            "issue_date": each.issued,
            "due_date": each.due,
            "currency": each.currency,
            "amount": sign * each.amount,
            "balance": sign * each.balance,
            "po_number": each.po_number[:1000],
            "description": each.description[:1000],
        },
    )
    if before is not None and before != number:
        yield from _settled(before, stored, f"goes on as {number}")


def _may_stand(
    each: RemoteInvoice,
    number: str,
    customer_id: str,
    settings: ConnectionSettings,
    stored: Stored,
    taken: Taken,
    numbers: Numbers,
) -> bool:
    """Say whether a record may come into the ledger under a number; one that another source brought is told, or a fault."""
    there = stored.payments.get(number) if each.credit else stored.invoices.get(number)
    if there is None:
        return True
    source = stored.source_of("invoice", number)
    same = (there.customer_id, there.currency) == (customer_id, each.currency) and (
        each.credit or there.amount == each.amount
    )
    if source == settings.name:
        taken.faults.append(
            Fault(
                each.place,
                0,
                "number",
                f"{number!r} is another record's of {source} already: give one of them another number",
            )
        )
        return False
    if same and source == IMPORT and settings.customers_of is None:
        return True
    if same:
        taken.left_out.append(f"{each.place}: {number} is the same invoice as {source} brought, and counts once")
        numbers.elsewhere.add(each.id)
        return False
    taken.faults.append(
        Fault(
            each.place,
            0,
            "number",
            f"{number!r} was brought by {source} with another customer, currency or amount: set invoice_prefix of {settings.name}",
        )
    )
    return False


def _settled(number: str, stored: Stored, why: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Give the row of an invoice, or a credit note, at which nothing is open any more."""
    invoice, credit = stored.invoices.get(number), stored.payments.get(number)
    values: Mapping[str, Any]
    if invoice is not None:
        note = invoice.description if why in invoice.description else f"{invoice.description} ({why})".strip()
        values = {
            "customer_id": invoice.customer_id,
            "issue_date": invoice.issued,
            "due_date": invoice.due,
            "currency": invoice.currency,
            "amount": invoice.amount,
            "po_number": invoice.po_number,
            "description": note[:1000],
        }
    elif credit is not None and credit.amount > 0:
        values = {
            "customer_id": credit.customer_id,
            "issue_date": credit.received_on,
            "due_date": credit.received_on,
            "currency": credit.currency,
            "amount": -credit.amount,
            "po_number": "",
            "description": why,
        }
    else:
        return
    yield number, {"invoice_number": number, "balance": _ZERO, "settles": True, **values}


def _missing(
    settings: ConnectionSettings, stored: Stored, came: set[str], taken: Taken, *, accept_missing: bool
) -> Iterator[tuple[str, dict[str, Any]]]:
    """Settle what was known and did not come with everything else. Where it is too much, it is a fault: a person decides."""
    known = {key: record for (kind, key), record in stored.records.items() if kind == "invoice" and record.ledger_ids}
    gone = [record.ledger_ids[0] for key, record in known.items() if key not in came]
    still_open = [
        n for n in gone if n in stored.invoices and stored.invoices[n].balance > 0 and _asked_for(n, settings, stored)
    ]
    if len(still_open) > max(Decimal(_GONE_AT_ONCE), len(known) * _GONE_OF_ALL) and not accept_missing:
        taken.faults.append(
            Fault(
                settings.name,
                0,
                "invoices",
                f"{len(still_open)} open ones of {len(known)} are not there any more, which is hardly so: look at the system; if it is, "
                f"run `dunwell connect sync {settings.name} --full --accept-missing`",
            )
        )
        return
    credits = [
        n for n in gone if n in stored.payments and not stored.payments[n].invoice_number and settings.since is None
    ]
    for number in [*still_open, *credits]:
        taken.left_out.append(f"{settings.name} {number}: is not there any more, and counts as void")
        yield from _settled(number, stored, f"gone from {settings.name}")


def _asked_for(number: str, settings: ConnectionSettings, stored: Stored) -> bool:
    return settings.since is None or stored.invoices[number].issued >= settings.since

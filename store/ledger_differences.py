"""What an import would do to the ledger that is stored: new, changed and unchanged rows, and what a person should know of them.

Reading only; `store.ledger.import_ledger` puts in what is found here, so that what is shown before is what happens.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, TypeVar

from sqlmodel import Session, col, select

from store.ledger_changes import ChangeKind, LedgerChange, numbers_before, written
from store.ledger_putting import Brought, Difference, chunks, contact_difference, difference, table_of
from store.ledger_rows import ContactRow, CustomerRow, InvoiceRow, PaymentRow
from store.tables import Customer, Invoice, Payment

if TYPE_CHECKING:
    from store.ledger import Ledger

#: What of an invoice, and of a customer, is noted where it changes.
_NOTED = ("issue_date", "due_date", "currency", "amount", "balance", "customer_id")


_Row = TypeVar("_Row", CustomerRow, ContactRow, InvoiceRow, PaymentRow)


@dataclass(slots=True)
class Differences:
    """What would be put in, a table each. `same_money`: payments that are left out, each with the one that it repeats.

    `under_today`: customers that the source names by a number of before a merger, with the number of today.
    """

    customers: Difference = field(default_factory=Difference)
    contacts: Difference = field(default_factory=Difference)
    invoices: Difference = field(default_factory=Difference)
    payments: Difference = field(default_factory=Difference)
    credits: Difference = field(default_factory=Difference)
    same_money: list[tuple[PaymentRow, str]] = field(default_factory=list)
    changes: list[LedgerChange] = field(default_factory=list)
    under_today: dict[str, str] = field(default_factory=dict)

    def counts(self) -> dict[str, int]:
        """Count what is new or changed, a table each."""
        names = ("customers", "contacts", "invoices", "payments", "credits")
        return {name: getattr(self, name).count for name in names}

    def customers_moved(self) -> set[str]:
        """Name the customers whose account would be another one."""
        moved = {row.identity for row in self.customers.new} | {row.identity for row in self.customers.changed}
        moved |= {row.whole["customer_id"] for row in self.invoices.new}
        for row in self.invoices.changed:
            moved |= {row.customer_id, row.after.get("customer_id", row.customer_id)}
        return moved


def compare(session: Session, ledger: Ledger, *, actor: str, now: datetime) -> Differences:
    """Compare a checked ledger with what is stored. Customers that were merged go under their number of today."""
    aliases = numbers_before(session)
    customers = [row for row in ledger.customers if row.customer_id not in aliases]
    found = Differences()
    named = {row.customer_id for rows in (ledger.customers, ledger.contacts, ledger.invoices) for row in rows}
    found.under_today = {old: new for old, new in aliases.items() if old in named}
    found.customers = difference(session, Customer, [_customer(row) for row in customers], key="id")
    found.contacts = contact_difference(session, _today(ledger.contacts, aliases), now=now)
    hashes = {number: hashlib.sha256(pdf).hexdigest() for number, pdf in ledger.documents.items()}
    brought = [_invoice(row, hashes) for row in _today(ledger.invoices, aliases)]
    found.invoices = difference(session, Invoice, brought, key="number")
    payments = _today(ledger.payments, aliases)
    if not ledger.keep_same_money:
        payments, found.same_money = _without_same_money(session, payments)
    found.payments = difference(session, Payment, [_payment(row) for row in payments], key="id")
    credits = [_payment(row) for row in _today(ledger.credits, aliases)]
    found.credits = difference(session, Payment, credits, key="id")
    found.changes = [*_changes(session, found, ledger.source, actor=actor, now=now)]
    return found


def _today(rows: Sequence[_Row], aliases: Mapping[str, str]) -> list[_Row]:
    if not aliases:
        return list(rows)
    return [
        row.model_copy(update={"customer_id": aliases[row.customer_id]}) if row.customer_id in aliases else row
        for row in rows
    ]


def _customer(row: CustomerRow) -> Brought:
    whole = {"id": row.customer_id, "stopped_reason": None, "kept_on": None}
    given = row.model_dump(exclude={"customer_id"}, exclude_unset=True)
    # A source that knows no address takes none away that another one gave.
    given = {name: value for name, value in given.items() if value or name not in ("address", "country")}
    return Brought(row.customer_id, given, whole | row.model_dump(exclude={"customer_id"}))


def _invoice(row: InvoiceRow, hashes: Mapping[str, str]) -> Brought:
    number = row.invoice_number
    given = row.model_dump(exclude={"invoice_number"}, exclude_unset=True)
    if number in hashes:
        given["document_sha256"] = hashes[number]
    whole = {"number": number, "document_sha256": None, **row.model_dump(exclude={"invoice_number"}), **given}
    return Brought(number, given, whole)


def _payment(row: PaymentRow) -> Brought:
    given = row.model_dump(exclude={"payment_id"}) | {"invoice_number": row.invoice_number or None}
    return Brought(row.payment_id, given, {"id": row.payment_id, **given})


def _same(customer_id: str, row: Any) -> tuple[Any, ...] | None:
    """Give what two bookings of the same money share; None where nothing but day and amount could be compared."""
    reference = " ".join(row.reference.casefold().split())
    if not reference:
        return None
    return customer_id, row.received_on, row.currency, row.amount, reference, row.invoice_number or None


def _without_same_money(
    session: Session, payments: Sequence[PaymentRow]
) -> tuple[list[PaymentRow], list[tuple[PaymentRow, str]]]:
    """Leave out what is new and the same money as another payment: same day, amount, words and invoice, another number."""
    table = table_of(Payment)
    known: dict[tuple[Any, ...], str] = {}
    stored: set[str] = set()
    for some in chunks(sorted({row.customer_id for row in payments})):
        for row in session.execute(table.select().where(table.c.customer_id.in_(some))):
            stored.add(row.id)
            if (same := _same(row.customer_id, row)) is not None:
                known.setdefault(same, row.id)
    kept, left_out = [], []
    for payment in payments:
        same = _same(payment.customer_id, payment)
        if (
            same is None
            or payment.payment_id in stored
            or known.setdefault(same, payment.payment_id) == payment.payment_id
        ):
            kept.append(payment)
        else:
            left_out.append((payment, known[same]))
    return kept, left_out


def _changes(session: Session, found: Differences, origin: str, *, actor: str, now: datetime) -> Iterable[LedgerChange]:
    """Write down what changes, row by row. A payment that was left out is noted once."""

    def change(customer_id: str, invoice: str | None, kind: ChangeKind, before: Any, after: Any) -> LedgerChange:
        return LedgerChange(
            customer_id=customer_id,
            invoice_number=invoice,
            kind=kind,
            before=written(before),
            after=written(after),
            origin=origin,
            actor=actor,
            at=now,
        )

    for row in found.customers.changed:
        if "name" in row.after:
            yield change(row.identity, None, ChangeKind.NAME, row.before["name"], row.after["name"])
    for row in found.invoices.changed:
        whose = row.after.get("customer_id", row.customer_id)
        for name in (n for n in _NOTED if n in row.after):
            yield change(whose, row.identity, ChangeKind(name), row.before[name], row.after[name])
            if name == ChangeKind.CUSTOMER:
                yield change(row.customer_id, row.identity, ChangeKind.CUSTOMER, row.before[name], row.after[name])
    told = _told_before(session, [row.payment_id for row, _ in found.same_money])
    for payment, other in found.same_money:
        if payment.payment_id not in told:
            number = payment.invoice_number or None
            yield change(payment.customer_id, number, ChangeKind.SAME_PAYMENT, other, payment.payment_id)


def _told_before(session: Session, payments: Sequence[str]) -> set[str]:
    told: set[str] = set()
    for some in chunks(payments):
        query = select(LedgerChange.after).where(LedgerChange.kind == ChangeKind.SAME_PAYMENT)
        told |= set(session.exec(query.where(col(LedgerChange.after).in_(some))).all())
    return told

"""Money that the bank shows and the ledger does not yet: what nobody is asked for, and how keeping a promise is judged meanwhile.

Reads one customer's rows alone. No balance is changed: that is the ERP's import.
"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from sqlmodel import Session, col, select

from store.bank_tables import BankLine, BankPart
from store.bank_words import SURE, Deduction, PartState
from store.facts import CREDIT_NOTE, PaymentFacts
from store.tables import Invoice, Payment

NOTHING = Decimal(0)


def seen_money(session: Session, customer_id: str) -> dict[str, Decimal]:
    """Give by invoice what of its balance need not be asked for, as a line of the bank shows it; never more than is open.

    Counted are confirmed matches that the ERP has not booked, and suggested ones that are sure enough, each with what was deducted
    for a named reason. Confirmed money that no invoice has got yet is laid over the customer's oldest ones.
    """
    parts = _parts(session, customer_id)
    if not parts:
        return {}
    balances = {i.number: i for i in session.exec(select(Invoice).where(Invoice.customer_id == customer_id))}
    seen: dict[str, Decimal] = {}
    for part in parts:
        invoice = balances.get(part.invoice_number or "")
        if invoice is not None and invoice.currency == part.currency:
            seen[invoice.number] = min(seen.get(invoice.number, NOTHING) + part.amount + part.deducted, invoice.balance)
    for part in parts:
        if part.invoice_number is not None or part.state != PartState.CONFIRMED:
            continue
        left = part.amount
        for invoice in sorted(balances.values(), key=lambda i: (i.due_date, i.number)):
            free = invoice.balance - seen.get(invoice.number, NOTHING)
            if invoice.currency == part.currency and free > 0 and left > 0:
                seen[invoice.number] = seen.get(invoice.number, NOTHING) + min(free, left)
                left -= min(free, left)
    return {number: amount for number, amount in seen.items() if amount > 0}


def credits_taken(session: Session, customer_id: str) -> dict[str, Decimal]:
    """Give by currency what of the customer's unapplied credit notes `seen_money` counts on its invoices already.

    Who lays unapplied credits over what is open takes this off first: else a credit note is netted twice, and a debt hidden.
    """
    parts = [part for part in _parts(session, customer_id) if part.deduction == Deduction.CREDIT and part.deducted > 0]
    if not parts:
        return {}
    unapplied = select(Payment).where(Payment.customer_id == customer_id, col(Payment.invoice_number).is_(None))
    left = {p.id: p for p in session.exec(unapplied) if p.reference.casefold().startswith(CREDIT_NOTE.casefold())}
    amounts = {number: credit.amount for number, credit in left.items()}
    taken: dict[str, Decimal] = {}
    for part in parts:
        named = {number.strip() for number in part.credit_number.split(",") if number.strip()} or set(left)
        wanted = part.deducted
        for number in sorted(named & set(left)):
            if left[number].currency == part.currency:
                some = min(wanted, amounts[number])
                wanted, amounts[number] = wanted - some, amounts[number] - some
                taken[part.currency] = taken.get(part.currency, NOTHING) + some
    return {currency: amount for currency, amount in taken.items() if amount}


def _parts(session: Session, customer_id: str) -> list[BankPart]:
    query = select(BankPart).where(
        BankPart.customer_id == customer_id,
        (col(BankPart.state) == PartState.CONFIRMED)
        | ((col(BankPart.state) == PartState.SUGGESTED) & (col(BankPart.confidence) >= SURE)),
    )
    return list(session.exec(query.order_by(col(BankPart.booked_on), col(BankPart.id))))


def settled_by_bank(session: Session, customer_id: str) -> dict[str, Decimal]:
    """Give by invoice how far confirmed lines settle it that the ERP has not booked."""
    settled: dict[str, Decimal] = {}
    for part in _parts(session, customer_id):
        if part.state == PartState.CONFIRMED and part.invoice_number is not None:
            settled[part.invoice_number] = settled.get(part.invoice_number, NOTHING) + part.amount + part.deducted
    return settled


def bank_receipts(session: Session, customer_id: str) -> tuple[PaymentFacts, ...]:
    """Give what the bank shows as receipts: on its invoice where a person confirmed it, unapplied where it is only suggested."""
    return tuple(
        PaymentFacts(
            id=receipt_id(part),
            invoice_number=part.invoice_number if part.state == PartState.CONFIRMED else None,
            received_on=part.booked_on,
            currency=part.currency,
            amount=part.amount,
            reference="",
        )
        for part in _parts(session, customer_id)
        if part.amount > 0
    )


def lying_for(session: Session, customer_id: str, invoices: Iterable[str]) -> tuple[str, ...]:
    """List the receipts of the bank that are supposed to pay some of these invoices, and that nobody has confirmed."""
    wanted = set(invoices)
    return tuple(
        receipt_id(part)
        for part in _parts(session, customer_id)
        if part.state == PartState.SUGGESTED and part.invoice_number in wanted
    )


def receipt_id(part: BankPart) -> str:
    """Name a part of a line as a receipt; the ERP's own receipts have other names."""
    return f"BANK-{part.bank_line_id}/{part.id}"


def line_receipt(line: BankLine) -> str:
    """Name a line towards the ERP."""
    return f"BANK-{line.id}"

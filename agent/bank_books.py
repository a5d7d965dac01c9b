"""Loads what lines of the bank are matched against: the ledger of the whole house. Reads only."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from sqlmodel import Session, col, func, select

from ledger.bank.booked import DAYS
from ledger.bank.books import Advice, Books, CreditNote, Incoming, Limits, OpenItem, Receipt
from ledger.bank.naming import name_key
from store.bank_advices import by_mail
from store.bank_statements import named_parts
from store.bank_tables import BankLine, BankPart
from store.bank_words import UNDECIDED, LineState, PartState
from store.facts import CREDIT_NOTE
from store.ledger_changes import AliasKind, CustomerAlias
from store.mailed_advices import standing_advices
from store.tables import Customer, Invoice, Payment
from tools.limits import CashLimits

#: An invoice that was paid so long before a line is not named by it any more.
_PAID_SINCE = timedelta(days=120)


@dataclass(frozen=True, slots=True)
class Loaded:
    """The ledger, what confirmed lines take of it, and the receipts of the time.

    `sworn`: the same with those payers alone whom a person confirmed.
    """

    books: Books
    sworn: Books
    taken: Mapping[str, Decimal]
    receipts: tuple[Receipt, ...]


def load(
    session: Session,
    lines: Sequence[BankLine],
    *,
    cash: CashLimits,
    customers: Collection[str] | None = None,
    also: Collection[str] = (),
) -> Loaded:
    """Load the ledger for these lines; where `customers` are named, of these alone, with the invoices `also`."""
    since = _since(session)
    recent = session.exec(_of(select(Payment).where(col(Payment.received_on) >= since), Payment, customers)).all()
    by_iban, by_name = _known_payers(session, customers=customers)
    names = _of(select(Customer.id, Customer.name), Customer, customers)
    books = Books(
        items=tuple(_items(session, since, customers, also)),
        customers=dict(session.exec(names).all()),
        credits=tuple(_credits(session, customers)),
        advices=tuple(_advices(session, lines)),
        by_iban=by_iban,
        by_name=by_name,
        limits=limits_of(cash),
    )
    receipts = tuple(_receipt(p) for p in recent if not _is_credit(p.reference))
    sworn_iban, sworn_name = _known_payers(session, sworn=True, customers=customers)
    sworn = replace(books, by_iban=sworn_iban, by_name=sworn_name)
    return Loaded(books, sworn, _taken(session), receipts)


def _since(session: Session) -> date:
    """Give the day from which on the ledger's receipts matter to lines that wait."""
    waits = [*(s.value for s in UNDECIDED), LineState.CONFIRMED, LineState.MAYBE_BOOKED]
    first = session.exec(select(func.min(BankLine.booked_on)).where(col(BankLine.state).in_(waits))).one()
    first = first if first is not None else date.max - timedelta(days=DAYS)
    return first - timedelta(days=DAYS) if first > date.min + _PAID_SINCE else first


def _of(query: Any, table: type[Customer] | type[Invoice] | type[Payment], customers: Collection[str] | None) -> Any:
    if customers is None:
        return query
    column = col(table.id) if table is Customer else table.customer_id  # type: ignore[union-attr]  # the others have one
    return query.where(column.in_(list(customers)))  # type: ignore[union-attr]


def limits_of(cash: CashLimits) -> Limits:
    """Give the policy's limits as matching takes them."""
    return Limits(
        tolerance=cash.tolerance,
        tolerance_share=cash.tolerance_share,
        discount_share=cash.discount_share,
        discount_days=cash.discount_days,
    )


def incoming(line: BankLine) -> Incoming:
    """Give a line as it is matched."""
    return Incoming(
        key=f"{line.account}:{line.key}",
        booked_on=line.booked_on,
        amount=line.amount,
        currency=line.currency,
        text=line.remittance,
        structured=line.structured,
        end_to_end=line.end_to_end,
        payer_name=line.payer_name,
        payer_iban=line.payer_iban,
        charges=line.charges,
        named=named_parts(line.named),
    )


def undecided(session: Session) -> list[BankLine]:
    """List the lines that came in and that nobody has decided."""
    query = select(BankLine).where(
        col(BankLine.state).in_([s.value for s in UNDECIDED]), col(BankLine.reversal).is_(False)
    )
    return [line for line in session.exec(query.order_by(col(BankLine.booked_on), BankLine.key)) if line.amount > 0]


def _items(session: Session, since: date, customers: Collection[str] | None, also: Collection[str]) -> list[OpenItem]:
    """List open invoices, and those that were paid not long ago: a line may name them, paid twice."""
    receipts = select(Payment.invoice_number).where(
        col(Payment.invoice_number).is_not(None), col(Payment.received_on) >= since - _PAID_SINCE
    )
    # A receipt may stand under another customer than its invoice.
    paid = set(session.exec(receipts))
    columns = (
        Invoice.number,
        Invoice.customer_id,
        Invoice.currency,
        Invoice.balance,
        Invoice.issue_date,
        Invoice.due_date,
    )
    query = select(*columns)  # type: ignore[call-overload]  # more columns than the overloads know
    if customers is not None:
        query = query.where(col(Invoice.customer_id).in_(list(customers)) | col(Invoice.number).in_(list(also)))
    rows = session.execute(query).all()
    return [OpenItem(*row) for row in rows if row.balance > 0 or row.number in paid]


def _is_credit(reference: str) -> bool:
    return reference.casefold().startswith(CREDIT_NOTE.casefold())


def _credits(session: Session, customers: Collection[str] | None) -> list[CreditNote]:
    rows = session.exec(_of(select(Payment).where(col(Payment.invoice_number).is_(None)), Payment, customers))
    used = set(session.exec(select(BankPart.credit_number).where(BankPart.state == PartState.CONFIRMED)))
    gone = {number.strip() for each in used for number in each.split(",")}
    return [
        CreditNote(p.id, p.customer_id, p.currency, p.amount)
        for p in rows
        if _is_credit(p.reference) and p.amount > 0 and p.id not in gone
    ]


def receipts_near(session: Session, line: BankLine) -> list[Receipt]:
    """List the receipts of a line's currency and time."""
    around = timedelta(days=DAYS)
    query = select(Payment).where(
        Payment.currency == line.currency,
        Payment.received_on >= line.booked_on - around,
        Payment.received_on <= line.booked_on + around,
    )
    return [_receipt(p) for p in session.exec(query) if not _is_credit(p.reference)]


def _receipt(payment: Payment) -> Receipt:
    return Receipt(
        id=payment.id,
        customer_id=payment.customer_id,
        invoice_number=payment.invoice_number,
        received_on=payment.received_on,
        currency=payment.currency,
        amount=payment.amount,
        reference=payment.reference,
    )


def _advices(session: Session, lines: Sequence[BankLine]) -> list[Advice]:
    return [
        Advice(row.customer_id, row.total, row.currency, row.reference, named_parts(row.parts), mailed=by_mail(row))
        for row in standing_advices(session, {(line.amount, line.currency) for line in lines})
    ]


def _known_payers(
    session: Session, *, sworn: bool = False, customers: Collection[str] | None = None
) -> tuple[dict[str, frozenset[str]], dict[str, frozenset[str]]]:
    """Learn from what persons confirmed and the ERP booked, and from earlier names of customers, whose an account or a name is."""
    by_iban: dict[str, set[str]] = defaultdict(set)
    by_name: dict[str, set[str]] = defaultdict(set)
    for alias in session.exec(select(CustomerAlias).where(CustomerAlias.kind == AliasKind.NAME)):
        if customers is not None and alias.customer_id not in customers:
            continue
        if key := name_key(alias.alias):
            by_name[key].add(alias.customer_id)
    query = select(BankLine.payer_iban, BankLine.payer_name, BankLine.customer_id).where(
        col(BankLine.state).in_([LineState.CONFIRMED, LineState.MAYBE_BOOKED, LineState.BOOKED]),
        col(BankLine.customer_id).is_not(None),
    )
    query = query.where(col(BankLine.decided_by).is_not(None)) if sworn else query
    query = query if customers is None else query.where(col(BankLine.customer_id).in_(list(customers)))
    for account, name, customer in session.exec(query.distinct()):
        if account and customer:
            by_iban[account].add(customer)
        if customer and (key := name_key(name)):
            by_name[key].add(customer)
    return {k: frozenset(v) for k, v in by_iban.items()}, {k: frozenset(v) for k, v in by_name.items()}


def _taken(session: Session) -> dict[str, Decimal]:
    taken: dict[str, Decimal] = defaultdict(Decimal)
    for part in session.exec(select(BankPart).where(BankPart.state == PartState.CONFIRMED)):
        if part.invoice_number is not None:
            taken[part.invoice_number] += part.amount + part.deducted
    return dict(taken)

"""Loads what lines of the bank are matched against: the ledger of the whole house. Reads only."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal

from sqlmodel import Session, col, select

from ledger.bank.booked import DAYS
from ledger.bank.books import Advice, Books, CreditNote, Incoming, Limits, OpenItem, Receipt
from ledger.bank.naming import name_key
from store.bank_statements import named_parts
from store.bank_tables import BankAdvice, BankLine, BankPart
from store.bank_words import UNDECIDED, LineState, PartState
from store.facts import CREDIT_NOTE
from store.ledger_changes import AliasKind, CustomerAlias
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


def load(session: Session, lines: Sequence[BankLine], *, cash: CashLimits) -> Loaded:
    """Load the ledger for these lines."""
    first = min((line.booked_on for line in lines), default=date.max - timedelta(days=DAYS))
    since = first - timedelta(days=DAYS) if first > date.min + _PAID_SINCE else first
    recent = session.exec(select(Payment).where(col(Payment.received_on) >= since)).all()
    by_iban, by_name = _known_payers(session)
    books = Books(
        items=tuple(_items(session, since)),
        customers=dict(session.exec(select(Customer.id, Customer.name)).all()),
        credits=tuple(_credits(session)),
        advices=tuple(_advices(session)),
        by_iban=by_iban,
        by_name=by_name,
        limits=limits_of(cash),
    )
    receipts = tuple(_receipt(p) for p in recent if not _is_credit(p.reference))
    sworn_iban, sworn_name = _known_payers(session, sworn=True)
    sworn = replace(books, by_iban=sworn_iban, by_name=sworn_name)
    return Loaded(books, sworn, _taken(session), receipts)


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


def _items(session: Session, since: date) -> list[OpenItem]:
    """List open invoices, and those that were paid not long ago: a line may name them, paid twice."""
    paid = set(
        session.exec(
            select(Payment.invoice_number).where(
                col(Payment.invoice_number).is_not(None), col(Payment.received_on) >= since - _PAID_SINCE
            )
        )
    )
    columns = (
        Invoice.number,
        Invoice.customer_id,
        Invoice.currency,
        Invoice.balance,
        Invoice.issue_date,
        Invoice.due_date,
    )
    rows = session.execute(select(*columns)).all()  # type: ignore[call-overload]  # more columns than the overloads know
    return [OpenItem(*row) for row in rows if row.balance > 0 or row.number in paid]


def _is_credit(reference: str) -> bool:
    return reference.casefold().startswith(CREDIT_NOTE.casefold())


def _credits(session: Session) -> list[CreditNote]:
    rows = session.exec(select(Payment).where(col(Payment.invoice_number).is_(None)))
    used = set(session.exec(select(BankPart.credit_number).where(BankPart.state == PartState.CONFIRMED)))
    gone = {number.strip() for each in used for number in each.split(",")}
    return [
        CreditNote(p.id, p.customer_id, p.currency, p.amount)
        for p in rows
        if _is_credit(p.reference) and p.amount > 0 and p.id not in gone
    ]


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


def _advices(session: Session) -> list[Advice]:
    return [
        Advice(row.customer_id, row.total, row.currency, row.reference, named_parts(row.parts))
        for row in session.exec(select(BankAdvice).order_by(BankAdvice.digest))
    ]


def _known_payers(
    session: Session, *, sworn: bool = False
) -> tuple[dict[str, frozenset[str]], dict[str, frozenset[str]]]:
    """Learn from what persons confirmed and the ERP booked, and from earlier names of customers, whose an account or a name is."""
    by_iban: dict[str, set[str]] = defaultdict(set)
    by_name: dict[str, set[str]] = defaultdict(set)
    for alias in session.exec(select(CustomerAlias).where(CustomerAlias.kind == AliasKind.NAME)):
        if key := name_key(alias.alias):
            by_name[key].add(alias.customer_id)
    query = select(BankLine.payer_iban, BankLine.payer_name, BankLine.customer_id).where(
        col(BankLine.state).in_([LineState.CONFIRMED, LineState.BOOKED]), col(BankLine.customer_id).is_not(None)
    )
    query = query.where(col(BankLine.decided_by).is_not(None)) if sworn else query
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

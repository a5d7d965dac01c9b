"""Lists lines of the bank for a person, and what was confirmed for the ERP. Reads only."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlmodel import Session, col, func, or_, select

from store.bank import line_receipt
from store.bank_tables import BankAccountStatement, BankAdvice, BankLine, BankPart
from store.bank_words import LineState, PartState
from store.mailed_advices import advices_beside
from store.tables import Customer, Invoice, Message

PAGE = 50
#: What asks for a person.
ASKS = (LineState.SUGGESTED, LineState.UNCLEAR, LineState.OPEN, LineState.MAYBE_BOOKED, LineState.MAYBE_KNOWN)


@dataclass(frozen=True, slots=True)
class Lines:
    """A page of lines, and how many there are in all."""

    rows: Sequence[BankLine]
    total: int


@dataclass(frozen=True, slots=True)
class OneLine:
    """A line with its parts, the customers and invoices that it speaks of, and advices beside it with the mails they came with.

    `other`: the line of another file that it is, or may be.
    """

    row: BankLine
    statement: BankAccountStatement
    parts: Sequence[BankPart]
    customers: Mapping[str, str]
    invoices: Mapping[str, Invoice]
    advices: Sequence[tuple[BankAdvice, Message | None]] = ()
    other: BankLine | None = None


def lines(
    session: Session, *, state: str = "", words: str = "", exact: bool = False, page: int = 1, size: int = PAGE
) -> Lines:
    """List lines of a state (empty: those that ask for a person), the newest first; `exact`: those that may be confirmed together.

    `words` are looked for in what the payer wrote, their name, and the numbers of invoices.
    """
    query = select(BankLine)
    query = (
        query.where(col(BankLine.state).in_(ASKS))
        if not state
        else query.where(BankLine.state == state)
        if state != "all"
        else query
    )
    if words:
        wanted = f"%{words.replace('%', '').replace('_', '')}%"
        parts = select(BankPart.bank_line_id).where(col(BankPart.invoice_number).ilike(wanted))
        query = query.where(
            or_(
                col(BankLine.remittance).ilike(wanted),
                col(BankLine.payer_name).ilike(wanted),
                col(BankLine.end_to_end).ilike(wanted),
                col(BankLine.id).in_(parts),
            )
        )
    if exact:
        query = query.where(BankLine.state == LineState.SUGGESTED, BankLine.confidence >= 0.95)
    count = session.exec(select(func.count()).select_from(query.subquery())).one()
    ordered = query.order_by(col(BankLine.booked_on).desc(), col(BankLine.id).desc())
    return Lines(session.exec(ordered.offset((page - 1) * size).limit(size)).all(), count)


def one_line(session: Session, line_id: int) -> OneLine | None:
    """Give one line with what is around it; None where there is none of this number."""
    row = session.get(BankLine, line_id)
    if row is None:
        return None
    parts = session.exec(select(BankPart).where(BankPart.bank_line_id == line_id).order_by(col(BankPart.id))).all()
    numbers = {p["invoice"] for way in row.ways for p in way["pieces"]} | {
        p.invoice_number for p in parts if p.invoice_number
    }
    invoices = {i.number: i for i in session.exec(select(Invoice).where(col(Invoice.number).in_(numbers)))}
    whose = {p.customer_id for p in parts} | {way["customer_id"] for way in row.ways if way["customer_id"]}
    whose |= {i.customer_id for i in invoices.values()} | ({row.customer_id} if row.customer_id else set())
    advices = advices_beside(session, row, whose)
    whose |= {advice.customer_id for advice, _ in advices}
    customers = dict(session.exec(select(Customer.id, Customer.name).where(col(Customer.id).in_(whose))).all())
    statement = session.get_one(BankAccountStatement, row.bank_statement_id)
    other = session.get(BankLine, row.same_as) if row.same_as is not None else None
    return OneLine(row, statement, parts, customers, invoices, advices, other)


def counts(session: Session) -> dict[str, int]:
    """Count the lines of each state."""
    return dict(session.exec(select(BankLine.state, func.count()).group_by(BankLine.state)).all())


def statements(session: Session) -> Sequence[BankAccountStatement]:
    """List all statements, the newest first."""
    query = select(BankAccountStatement)
    return session.exec(
        query.order_by(
            BankAccountStatement.account,
            col(BankAccountStatement.closed_on).desc(),
            col(BankAccountStatement.id).desc(),
        )
    ).all()


@dataclass(frozen=True, slots=True)
class ForErp:
    """A confirmed part of a line that the ERP must book. `invoice` empty: unapplied, on the customer's account."""

    line_id: int
    customer_id: str
    customer: str
    payment: str
    received_on: date
    reference: str
    invoice: str
    amount: Decimal
    currency: str
    deducted: Decimal
    deduction: str
    credit_note: str
    bank_reference: str
    why: str


def for_erp(session: Session) -> list[ForErp]:
    """List what was confirmed and is not booked yet, oldest first; not what is booked perhaps: it would be booked twice."""
    rows = session.exec(
        select(BankPart, BankLine, Customer.name)
        .join(BankLine, col(BankLine.id) == BankPart.bank_line_id)
        .join(Customer, col(Customer.id) == BankPart.customer_id)
        .where(BankPart.state == PartState.CONFIRMED, BankLine.state == LineState.CONFIRMED)
        .order_by(col(BankPart.booked_on), col(BankPart.bank_line_id), col(BankPart.id))
    )
    return [
        ForErp(
            line_id=line.id or 0,
            customer_id=part.customer_id,
            customer=name,
            payment=line_receipt(line),
            received_on=part.booked_on,
            reference=line.remittance or line.end_to_end,
            invoice=part.invoice_number or "",
            amount=part.amount,
            currency=part.currency,
            deducted=part.deducted,
            deduction=part.deduction,
            credit_note=part.credit_number,
            bank_reference=line.bank_reference,
            why=f"confirmed by {line.decided_by}",
        )
        for part, line, name in rows
    ]

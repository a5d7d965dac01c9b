"""Keeps remittance advices of customers, each once. An advice is a customer's word: it helps to match money, and is no money."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from decimal import Decimal

from sqlmodel import Session, col, select

from store import audit
from store.bank_tables import BankAdvice
from store.bank_words import BankFault, NamedPart
from store.tables import Invoice, Payment


def take_advice(
    session: Session,
    parts: Sequence[NamedPart],
    *,
    total: Decimal,
    currency: str,
    reference: str,
    digest: str,
    actor: str,
    now: datetime,
) -> BankAdvice | None:
    """Keep an advice in the caller's transaction; None where it is there already. Raises BankFault."""
    audit.take_turn(session)
    numbers = [part.number for part in parts]
    invoices = session.exec(select(Invoice).where(col(Invoice.number).in_(numbers))).all()
    credits = session.exec(select(Payment).where(col(Payment.id).in_(numbers))).all()
    customers = {i.customer_id for i in invoices} | {c.customer_id for c in credits}
    if len(customers) != 1:
        raise BankFault("lists invoices of several customers: bring each customer's by itself")
    billed = {i.currency for i in invoices} | ({currency} if currency else set())
    if len(billed) != 1:
        raise BankFault(f"is about several currencies: {', '.join(sorted(billed))}")
    (customer,) = customers
    if session.exec(select(BankAdvice.id).where(BankAdvice.digest == digest)).first() is not None:
        return None
    row = BankAdvice(
        customer_id=customer,
        digest=digest,
        reference=reference[:100],
        total=total,
        currency=billed.pop(),
        parts=[{k: str(v) if isinstance(v, Decimal) else v for k, v in asdict(part).items()} for part in parts],
        imported_at=now,
        created_by=actor,
    )
    session.add(row)
    session.flush()
    payload = {"invoices": numbers[:50], "total": total, "currency": row.currency}
    audit.append(
        session, at=now, actor=actor, event="bank.advice_imported", subject=f"bank_advice:{row.id}", payload=payload
    )
    return row

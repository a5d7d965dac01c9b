"""Keeps remittance advices of customers, each once. An advice is a customer's word: it helps to match money, and is no money.

One that came by mail is believed less than one that a person of ours brought (`by_mail`).
"""

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

#: Who takes advices up that came by mail.
CODE = "code"
#: More than this is on no bill.
_MOST = Decimal(10) ** 10


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
    message_id: int | None = None,
    file: str = "",
) -> BankAdvice | None:
    """Keep an advice in the caller's transaction; None where it is there already. Raises BankFault.

    `message_id` and `file`: with which mail it came. One that a person brings too is a person's from then on.
    """
    audit.take_turn(session)
    if any(abs(amount) >= _MOST for p in parts for amount in (p.paid or Decimal(0), p.deducted)) or total >= _MOST:
        raise BankFault("has amounts that are on no bill")
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
    known = session.exec(select(BankAdvice).where(BankAdvice.digest == digest)).first()
    if known is not None:
        if by_mail(known) and actor != CODE:
            _vouch(session, known, actor=actor, now=now)
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
        message_id=message_id,
        file=file[:120],
    )
    session.add(row)
    session.flush()
    payload = {"invoices": numbers[:50], "total": total, "currency": row.currency, "message": message_id}
    audit.append(
        session, at=now, actor=actor, event="bank.advice_imported", subject=f"bank_advice:{row.id}", payload=payload
    )
    return row


def by_mail(row: BankAdvice) -> bool:
    """Say whether an advice is believed on the word of a mail alone."""
    return row.message_id is not None and row.created_by == CODE


def _vouch(session: Session, row: BankAdvice, *, actor: str, now: datetime) -> None:
    row.created_by = actor
    session.add(row)
    audit.append(session, at=now, actor=actor, event="bank.advice_vouched", subject=f"bank_advice:{row.id}")

"""How a line of the bank is shown: what it may pay, what lies beside it. Accounts of customers leave here masked. Reads nothing."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from agent.bank_decisions import is_exact
from ledger.bank.accounts import masked
from store.bank_advices import by_mail
from store.bank_lists import OneLine
from store.bank_statements import named_parts
from store.bank_tables import BankAdvice, BankLine
from store.bank_words import ASKED, UNDECIDED, LineState, NamedPart
from store.tables import Message


@dataclass(frozen=True, slots=True)
class CashLine:
    """A line as a list shows it. `exact`: it may be confirmed together with others; `seen`: names the suggestion that is shown."""

    id: int
    booked_on: date
    amount: Decimal
    currency: str
    state: str
    payer: str
    account: str
    text: str
    invoices: tuple[str, ...]
    confidence: float
    explanation: str
    exact: bool
    seen: str


@dataclass(frozen=True, slots=True)
class CashWay:
    """One way in which a line may be meant, with what is open on each invoice."""

    number: int
    seen: str
    confidence: float
    reasons: tuple[str, ...]
    customer_id: str | None
    customer: str
    pieces: tuple[dict[str, Any], ...]
    unapplied: Decimal


@dataclass(frozen=True, slots=True)
class CashAdvice:
    """A remittance advice that may belong to a line. `message_id`: the mail it came with; `proven`: a person of ours brought it."""

    customer_id: str
    customer: str
    reference: str
    file: str
    total: Decimal
    same_sum: bool
    parts: tuple[NamedPart, ...]
    message_id: int | None
    came_at: datetime
    proven: bool


@dataclass(frozen=True, slots=True)
class CashSheet:
    """One line with all around it. `asked`: what a yes or a no is wanted for; `other`: the line that it may be, of another file."""

    line: CashLine
    value_on: date | None
    end_to_end: str
    structured: str
    bank_reference: str
    ours: str
    statement: str
    ways: tuple[CashWay, ...]
    parts: tuple[dict[str, Any], ...]
    payments: tuple[str, ...]
    decided_by: str | None
    decided_at: datetime | None
    note: str
    may_decide: bool
    may_reopen: bool
    asked: str
    other: CashLine | None
    advices: tuple[CashAdvice, ...] = ()


def seen_of(way: dict[str, Any]) -> str:
    """Name a way by what it would do, so that nobody confirms another one than they saw."""
    told = json.dumps([way["customer_id"], way["pieces"], way["unapplied"]], sort_keys=True)
    return hashlib.sha256(told.encode()).hexdigest()[:16]


def shown_line(row: BankLine) -> CashLine:
    """Give a line as a list shows it."""
    best = row.ways[0] if row.ways else None
    return CashLine(
        id=row.id or 0,
        booked_on=row.booked_on,
        amount=row.amount,
        currency=row.currency,
        state=row.state,
        payer=row.payer_name,
        account=masked(row.payer_iban),
        text=row.remittance,
        invoices=tuple(p["invoice"] for p in best["pieces"]) if best else (),
        confidence=row.confidence if row.state in UNDECIDED else 0.0,
        explanation=row.explanation,
        exact=is_exact(row),
        seen=seen_of(best) if best else "",
    )


def shown_sheet(found: OneLine) -> CashSheet:
    """Give a line with all around it."""
    row = found.row
    undecided = row.state in UNDECIDED
    return CashSheet(
        line=shown_line(row),
        value_on=row.value_on,
        end_to_end=row.end_to_end,
        structured=row.structured,
        bank_reference=row.bank_reference,
        ours=masked(found.statement.account),
        statement=found.statement.number or found.statement.statement_ref,
        ways=tuple(_way(n, way, found) for n, way in enumerate(row.ways)) if undecided else (),
        parts=tuple(
            {
                "invoice": p.invoice_number,
                "customer_id": p.customer_id,
                "customer": found.customers.get(p.customer_id, p.customer_id),
                "amount": p.amount,
                "deducted": p.deducted,
                "deduction": p.deduction,
                "credit": p.credit_number,
                "state": p.state,
            }
            for p in found.parts
            if not undecided
        ),
        payments=tuple(row.payments),
        decided_by=row.decided_by,
        decided_at=row.decided_at,
        note=row.note,
        may_decide=undecided and row.amount > 0,
        may_reopen=row.state in (LineState.CONFIRMED, LineState.MAYBE_BOOKED, LineState.DISMISSED),
        asked=row.state if row.state in ASKED else "",
        other=shown_line(found.other) if found.other is not None else None,
        advices=tuple(_advice(advice, mail, found) for advice, mail in found.advices),
    )


def _advice(advice: BankAdvice, mail: Message | None, found: OneLine) -> CashAdvice:
    return CashAdvice(
        customer_id=advice.customer_id,
        customer=found.customers.get(advice.customer_id, advice.customer_id),
        reference=advice.reference,
        file=advice.file,
        total=advice.total,
        same_sum=advice.total == found.row.amount,
        parts=named_parts(advice.parts),
        message_id=advice.message_id,
        came_at=mail.received_at if mail is not None else advice.imported_at,
        proven=not by_mail(advice),
    )


def _way(number: int, way: dict[str, Any], found: OneLine) -> CashWay:
    return CashWay(
        number=number,
        seen=seen_of(way),
        confidence=way["confidence"],
        reasons=tuple(way["reasons"]),
        customer_id=way["customer_id"],
        customer=found.customers.get(way["customer_id"] or "", ""),
        pieces=tuple(
            {
                "invoice": p["invoice"],
                "customer_id": p["customer_id"],
                "customer": found.customers.get(p["customer_id"], p["customer_id"]),
                "amount": Decimal(p["amount"]),
                "deducted": Decimal(p["deducted"]),
                "deduction": p["deduction"],
                "credit": p["credit"],
                "open": found.invoices[p["invoice"]].balance if p["invoice"] in found.invoices else None,
            }
            for p in way["pieces"]
        ),
        unapplied=Decimal(way["unapplied"]),
    )

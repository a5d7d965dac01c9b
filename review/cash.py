"""Lines of the bank at the desk: what each may pay, and a person's decision. Accounts of customers leave here masked."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Engine

from agent.bank_decisions import Banking, is_exact
from ledger.bank.accounts import masked
from store import bank_lists
from store.bank_deciding import Share
from store.bank_lists import PAGE, OneLine
from store.bank_tables import BankLine
from store.bank_words import UNDECIDED, BankFault, LineState
from store.clock import Clock
from store.engine import looking
from tools.limits import Policy


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
class CashSheet:
    """One line with all around it."""

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


@dataclass(frozen=True, slots=True)
class CashPage:
    """A page of lines, with how many there are of each state."""

    lines: tuple[CashLine, ...]
    total: int
    pages: int
    counts: dict[str, int]


class Cash:
    """The part of the desk for money on the bank account."""

    engine: Engine
    clock: Clock
    policy: Policy

    def cash_lines(self, *, state: str = "", words: str = "", exact: bool = False, page: int = 1) -> CashPage:
        """List lines: those that ask for a person, or of one state."""
        with looking(self.engine) as session:
            found = bank_lists.lines(session, state=state, words=words, exact=exact, page=page)
            counted = bank_lists.counts(session)
        return CashPage(tuple(map(_line, found.rows)), found.total, max(1, -(-found.total // PAGE)), counted)

    def cash_line(self, number: int) -> CashSheet | None:
        """Give one line; None where there is none of this number."""
        with looking(self.engine) as session:
            found = bank_lists.one_line(session, number)
        return _sheet(found) if found is not None else None

    def confirm_cash(
        self,
        number: int,
        shares: Sequence[Share] | None,
        *,
        actor: str,
        customer_id: str | None = None,
        way: int = 0,
        seen: str = "",
        note: str = "",
    ) -> None:
        """Confirm a line: the way that was looked at, or these shares. Raises BankFault, also where the way is another by now."""
        if shares is None:
            self._still(number, way, seen)
        banking = Banking(self.engine, self.policy)
        banking.confirm(number, shares, actor=actor, now=self.clock(), customer_id=customer_id, way=way, note=note)

    def confirm_cash_together(self, chosen: Sequence[tuple[int, str]], *, actor: str) -> dict[int, str]:
        """Confirm lines with exact suggestions, as they were looked at; give why not for the others."""
        refused: dict[int, str] = {}
        for number, seen in chosen:
            try:
                self._still(number, 0, seen)
            except BankFault as fault:
                refused[number] = str(fault)
        going = [number for number, _ in chosen if number not in refused]
        return refused | Banking(self.engine, self.policy).confirm_together(going, actor=actor, now=self.clock())

    def dismiss_cash(self, number: int, *, actor: str, note: str) -> None:
        """Say that a line is no customer's payment. Raises BankFault."""
        Banking(self.engine, self.policy).dismiss(number, actor=actor, note=note, now=self.clock())

    def reopen_cash(self, number: int, *, actor: str) -> None:
        """Take a decision back that the ERP has not booked. Raises BankFault."""
        Banking(self.engine, self.policy).reopen(number, actor=actor, now=self.clock())

    def _still(self, number: int, way: int, seen: str) -> None:
        with looking(self.engine) as session:
            line = session.get(BankLine, number)
            ways = line.ways if line is not None else []
        if line is None:
            raise BankFault(f"there is no line {number} of the bank")
        if line.state not in UNDECIDED:
            raise BankFault(f"line {number} is {line.state} already: nothing was changed")
        if not 0 <= way < len(ways) or seen_of(ways[way]) != seen:
            raise BankFault(f"line {number}: the suggestion is another one by now: look at it again")


def seen_of(way: dict[str, Any]) -> str:
    """Name a way by what it would do, so that nobody confirms another one than they saw."""
    told = json.dumps([way["customer_id"], way["pieces"], way["unapplied"]], sort_keys=True)
    return hashlib.sha256(told.encode()).hexdigest()[:16]


def _line(row: BankLine) -> CashLine:
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


def _sheet(found: OneLine) -> CashSheet:
    row = found.row
    undecided = row.state in UNDECIDED
    return CashSheet(
        line=_line(row),
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
        may_reopen=row.state in (LineState.CONFIRMED, LineState.DISMISSED),
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

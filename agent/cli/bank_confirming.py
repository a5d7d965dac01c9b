"""Confirms lines of the bank for the command line. What was said is checked where it is decided; a refusal is one clear line."""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from agent.bank_decisions import Banking, is_exact
from agent.cli.home import actor
from agent.cli.output import input_refused
from agent.installation import Installation
from store import bank_lists
from store.bank_deciding import Share
from store.bank_words import BankFault, Deduction
from store.engine import looking

_TO = re.compile(
    r"(?P<number>.+)=(?P<amount>\d+(?:\.\d{1,2})?)(?:-(?P<kept>\d+(?:\.\d{1,2})?):(?P<why>\w+)(?::(?P<credit>.+))?)?"
)
_WHY = {
    "discount": Deduction.DISCOUNT,
    "charges": Deduction.CHARGES,
    "credit": Deduction.CREDIT,
    "other": Deduction.OTHER,
}


def share_from(text: str) -> Share:
    """Read INVOICE=AMOUNT, or INVOICE=AMOUNT-DEDUCTED:WHY, with a credit note's number behind "credit:". Raises BankFault."""
    found = _TO.fullmatch(text.strip())
    if found is None:
        raise BankFault(
            f"{text!r}: write INVOICE=AMOUNT, such as INV-20413=1200.00, or INV-20413=1176.00-24.00:discount"
        )
    why = _WHY.get(found["why"]) if found["why"] else None
    if found["why"] and why is None:
        raise BankFault(f"{text!r}: what was deducted is one of {', '.join(_WHY)}")
    return Share(
        invoice_number=found["number"].strip(),
        amount=Decimal(found["amount"]).quantize(Decimal("0.01")),
        deducted=Decimal(found["kept"] or "0").quantize(Decimal("0.01")),
        deduction=why,
        credit_number=found["credit"] or "",
    )


def confirm_one(
    home: Installation, banking: Banking, number: int, *, to: Sequence[str] | None, customer: str, way: int, note: str
) -> dict[str, Any]:
    """Confirm one line, as suggested or as said."""
    with input_refused(BankFault):
        shares = [share_from(text) for text in to] if to else [] if customer else None
        banking.confirm(
            number, shares, actor=actor(), now=home.clock(), customer_id=customer or None, way=way, note=note
        )
    with looking(home.engine) as session:
        found = bank_lists.one_line(session, number)
        assert found is not None
        parts = [
            f"{p.currency} {p.amount:,.2f} to {p.invoice_number}"
            if p.invoice_number
            else f"{p.currency} {p.amount:,.2f} unapplied with {p.customer_id}"
            for p in found.parts
        ]
    return {
        "id": number,
        "done": "confirmed",
        "told": f"line {number}: {'; '.join(parts)}: the ERP books it (dunwell export applications)",
    }


def confirm_many(home: Installation, banking: Banking, numbers: Sequence[int]) -> dict[str, Any]:
    """Confirm several lines, or (none named) all that are suggested exactly and surely."""
    chosen = list(numbers)
    page = 1
    while not numbers:
        with looking(home.engine) as session:
            rows = bank_lists.lines(session, exact=True, page=page, size=1000).rows
        chosen += [line.id or 0 for line in rows if is_exact(line)]
        page += 1
        if len(rows) < 1000:
            break
    refused = banking.confirm_together(chosen, actor=actor(), now=home.clock())
    done = [n for n in chosen if n not in refused]
    told = [
        f"{len(done)} lines are confirmed: the ERP books them (dunwell export applications)",
        *(f"line {n}: {why}" for n, why in refused.items()),
    ]
    return {"confirmed": done, "refused": {str(n): why for n, why in refused.items()}, "told": "\n".join(told)}

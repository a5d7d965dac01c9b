"""Shows lines of the bank in a terminal. Accounts of customers are masked, here as on the pages."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from rich.markup import escape
from rich.table import Table

from agent.cli.output import console, say
from ledger.bank.accounts import masked
from store.bank_advices import by_mail
from store.bank_lists import Lines, OneLine
from store.bank_tables import BankAccountStatement, BankLine


def brief(line: BankLine) -> dict[str, Any]:
    """Give a line for a program."""
    best = line.ways[0] if line.ways else None
    return {
        "id": line.id,
        "booked_on": line.booked_on,
        "amount": f"{line.amount:.2f}",
        "currency": line.currency,
        "state": line.state,
        "payer": line.payer_name,
        "account": masked(line.payer_iban),
        "text": line.remittance,
        "match": line.match,
        "confidence": line.confidence,
        "invoices": [p["invoice"] for p in best["pieces"]] if best else [],
        "explanation": line.explanation,
    }


def whole(found: OneLine) -> dict[str, Any]:
    """Give a line with all around it."""
    row = found.row
    return brief(row) | {
        "value_on": row.value_on,
        "end_to_end": row.end_to_end,
        "structured": row.structured,
        "bank_reference": row.bank_reference,
        "statement": {"id": found.statement.id, "account": found.statement.account, "number": found.statement.number},
        "ways": row.ways,
        "customers": dict(found.customers),
        "open": {number: f"{invoice.balance:.2f}" for number, invoice in found.invoices.items()},
        "parts": [
            {
                "invoice": p.invoice_number,
                "customer_id": p.customer_id,
                "amount": f"{p.amount:.2f}",
                "deducted": f"{p.deducted:.2f}",
                "deduction": p.deduction,
                "state": p.state,
            }
            for p in found.parts
        ],
        "advices": [
            {
                "customer_id": advice.customer_id,
                "total": f"{advice.total:.2f}",
                "invoices": [part["number"] for part in advice.parts],
                "reference": advice.reference,
                "file": advice.file,
                "message_id": advice.message_id,
                "proven": not by_mail(advice),
            }
            for advice, _ in found.advices
        ],
        "same_as": row.same_as,
        "other": brief(found.other) if found.other is not None else None,
        "payments": row.payments,
        "decided_by": row.decided_by,
        "decided_at": row.decided_at,
        "note": row.note,
    }


def table(found: Lines) -> None:
    """Print a list."""
    if not found.rows:
        say("no line of the bank asks for you")
        return
    shown = Table("line", "day", "amount", "payer", "state", "sure", "what it is")
    for line in found.rows:
        numbers = ", ".join(p["invoice"] for p in line.ways[0]["pieces"][:4]) if line.ways else ""
        told = f"{numbers}: {line.explanation}" if numbers else line.explanation
        sure = f"{line.confidence:.0%}" if line.ways and line.confidence else ""
        cells = (
            str(line.id),
            str(line.booked_on),
            f"{line.currency} {line.amount:,.2f}",
            line.payer_name,
            line.state,
            sure,
            told,
        )
        shown.add_row(*map(escape, cells))
    console().print(shown)
    if found.total > len(found.rows):
        say(f"{len(found.rows)} of {found.total}: --page shows more")


def sheet(shown: dict[str, Any]) -> None:
    """Print one line."""
    say(f"line {shown['id']}: {shown['currency']} {shown['amount']} on {shown['booked_on']}, {shown['state']}")
    for name in ("payer", "account", "text", "end_to_end", "structured", "explanation", "note"):
        if shown[name]:
            say(f"  {name.replace('_', ' ')}: {shown[name]}")
    for place, way in enumerate(shown["ways"], 1):
        say(f"  way {place} ({way['confidence']:.0%}): {'; '.join(way['reasons'])}")
        for piece in way["pieces"]:
            kept = f", less {piece['deducted']} ({piece['deduction'].replace('_', ' ')})" if piece["deduction"] else ""
            say(
                f"    {piece['amount']} to {piece['invoice']} of {shown['customers'].get(piece['customer_id'], piece['customer_id'])}{kept}"
            )
        if way["unapplied"] != "0.00":
            say(f"    {way['unapplied']} unapplied")
    if (other := shown["other"]) is not None:
        say(
            f"  line {other['id']} of another file: {other['currency']} {other['amount']} on {other['booked_on']}, {other['state']}"
        )
        for name in ("payer", "account", "text"):
            if other[name]:
                say(f"    {name}: {other[name]}")
    for advice in shown["advices"]:
        whose = shown["customers"].get(advice["customer_id"], advice["customer_id"])
        came = f"in mail {advice['message_id']}" if advice["message_id"] else "brought in"
        trust = "" if advice["proven"] else " (a mail's word alone)"
        say(f"  advice of {whose}, {came}{trust}: {advice['total']} for {', '.join(advice['invoices'][:10])}")
    if shown["state"] in ("confirmed", "booked", "maybe_booked"):
        for part in shown["parts"]:
            say(f"  {part['state']}: {part['amount']} to {part['invoice'] or 'no invoice'} ({part['customer_id']})")


def statements_json(rows: Sequence[BankAccountStatement], missing: Sequence[str]) -> dict[str, Any]:
    """Give the statements for a program."""
    return {
        "statements": [
            {
                "id": r.id,
                "account": r.account,
                "form": r.form,
                "number": r.number,
                "closed_on": r.closed_on,
                "opening": r.opening,
                "closing": r.closing,
                "imported_at": r.imported_at,
            }
            for r in rows
        ],
        "missing": list(missing),
    }


def statement_table(rows: Sequence[BankAccountStatement], missing: Sequence[str]) -> None:
    """Print the statements."""
    if not rows:
        say("no statement was imported: dunwell bank import FILE")
        return
    shown = Table("statement", "account", "number", "closed on", "opening", "closing", "format")
    for r in rows:
        cells = (str(r.id), r.account, r.number, str(r.closed_on or ""), f"{r.opening:,.2f}" if r.opening is not None else "", f"{r.closing:,.2f}" if r.closing is not None else "", r.form)  # fmt: skip
        shown.add_row(*map(escape, cells))
    console().print(shown)
    for told in missing:
        say(f"note: {told}")

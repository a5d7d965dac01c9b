"""`dunwell export applications`: receipts that were found, and confirmed lines of the bank, to be booked in the ERP. Prints; books nothing."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from agent.cli.output import CommandFailed, console, print_json, say

if TYPE_CHECKING:
    from store.applications import Doubtful, Row
    from store.bank_lists import ForErp

DEFAULT = Path("dunwell.toml")
_HEADING = (
    "check_id",
    "customer_id",
    "customer",
    "payment_id",
    "received_on",
    "reference",
    "invoice_number",
    "amount",
    "currency",
    "why",
    "deducted",
    "deduction",
    "credit_note",
    "bank_reference",
)


def applications(
    config: Annotated[Path, typer.Option("--config", "-c", help="The configuration file.")] = DEFAULT,
    json: Annotated[bool, typer.Option("--json", help="Print JSON, with the doubtful ones.")] = False,
    csv: Annotated[bool, typer.Option("--csv", help="Print CSV for the ERP: only what can be applied today.")] = False,
    dismiss: Annotated[int | None, typer.Option("--dismiss", help="End this search: it is wrong.")] = None,
    note: Annotated[str, typer.Option("--note", help="With --dismiss: why, in your own words.")] = "",
    name: Annotated[str | None, typer.Option("--as", help="With --dismiss: who decides; default: you.")] = None,
) -> None:
    """List what is to be booked in your ERP: receipts that were found for invoices, and lines of the bank that were confirmed."""
    from agent.cli.csv_out import write_csv
    from agent.cli.home import actor, open_home
    from store import applications as found
    from store.bank_lists import for_erp
    from store.engine import unit_of_work

    home = open_home(config)
    with unit_of_work(home.engine) as session:
        if dismiss is not None:
            try:
                found.dismiss(session, dismiss, actor=name or actor(), note=note, now=home.clock())
            except ValueError as error:
                raise CommandFailed(f"payment search {dismiss}: {error}", code=2) from None
        rows, doubts, lines = found.proposed(session), found.doubtful(session), for_erp(session)
    if dismiss is not None:
        say(f"payment search {dismiss} is dismissed; reminders go on")
        return
    if csv:
        write_csv(_HEADING, [*(_cells(row) for row in rows if not row.fault), *map(_bank_cells, lines)])
        return
    if json:
        print_json(
            {
                "applications": [
                    *(dict(zip(_HEADING, _cells(r), strict=True)) | {"fault": r.fault} for r in rows),
                    *(dict(zip(_HEADING, _bank_cells(r), strict=True)) | {"fault": ""} for r in lines),
                ],
                "doubtful": [
                    {
                        "check_id": d.check_id,
                        "customer_id": d.customer_id,
                        "outcome": d.outcome,
                        "invoices": d.invoices,
                        "candidates": d.payments,
                        "pause_until": d.pause_until,
                        "why": d.why,
                    }
                    for d in doubts
                ],
            }
        )
        return
    _show(rows, doubts, lines)


def _cells(row: Row) -> tuple[object, ...]:
    return (
        row.check_id,
        row.customer_id,
        row.customer,
        row.payment,
        row.received_on,
        row.reference,
        row.invoice,
        row.amount,
        row.currency,
        row.why,
        "",
        "",
        "",
        "",
    )


def _bank_cells(row: ForErp) -> tuple[object, ...]:
    return (
        "",
        row.customer_id,
        row.customer,
        row.payment,
        row.received_on,
        row.reference,
        row.invoice,
        row.amount,
        row.currency,
        row.why,
        row.deducted or "",
        row.deduction,
        row.credit_note,
        row.bank_reference,
    )


def _show(rows: list[Row], doubts: list[Doubtful], lines: list[ForErp]) -> None:
    from rich.markup import escape
    from rich.table import Table

    if not rows and not doubts and not lines:
        say("no receipt waits to be applied")
        return
    if rows:
        table = Table("search", "customer", "receipt", "received", "to invoice", "amount", "", title="to be applied")
        for row in rows:
            cells = (
                str(row.check_id),
                row.customer,
                row.payment,
                str(row.received_on or ""),
                row.invoice,
                f"{row.currency} {row.amount:,.2f}",
                row.fault or "ready",
            )
            table.add_row(*map(escape, cells))
        console().print(table)
    if lines:
        table = Table(
            "line", "customer", "received", "to invoice", "amount", "deducted", title="confirmed, to be booked"
        )
        for line in lines:
            kept = (
                f"{line.deducted:,.2f} {line.deduction.replace('_', ' ')} {line.credit_note}".strip()
                if line.deducted
                else ""
            )
            whose = (line.payment, line.customer, str(line.received_on), line.invoice or "unapplied")
            table.add_row(*map(escape, (*whose, f"{line.currency} {line.amount:,.2f}", kept)))
        console().print(table)
    if doubts:
        table = Table("search", "customer", "invoices", "what was found", "paused until", title="for a person")
        for doubt in doubts:
            told = (
                str(doubt.check_id),
                doubt.customer_id,
                ", ".join(doubt.invoices),
                doubt.why,
                str(doubt.pause_until or ""),
            )
            table.add_row(*map(escape, told))
        console().print(table)

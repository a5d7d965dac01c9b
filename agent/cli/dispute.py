"""Disputes in a terminal: which are open, and how each ends. The customer's answer is then proposed like any other."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Annotated

import typer

from agent.cli.options import DEFAULT, ConfigPath
from agent.cli.output import CommandFailed, console, print_json, say
from store.aftermath import DisputeStatus

app = typer.Typer(no_args_is_help=True, help="Disputes: which are open, and how each ends.")

Number = Annotated[int, typer.Argument(help="The dispute's number, as `dunwell dispute list` shows it.")]
Reason = Annotated[str, typer.Option("--reason", help="Why, in your own words; kept with the dispute.")]


@app.command("list")
def list_(config: ConfigPath = DEFAULT, json: Annotated[bool, typer.Option("--json")] = False) -> None:
    """List open disputes, the one that is due first at the top."""
    from rich.table import Table

    from agent.cli.home import open_home
    from store.disputes import contested, open_disputes
    from store.engine import unit_of_work

    with unit_of_work(open_home(config).engine) as session:
        rows = [
            {
                "id": d.id,
                "customer": d.customer_id,
                "invoice": d.invoice_number,
                "kind": d.kind,
                "contested": str(contested(session, d)),
                "whole": d.amount is None,
                "owner": d.owner,
                "due": d.due.isoformat() if d.due else None,
                "statement": d.statement,
            }
            for d in open_disputes(session)
        ]
    if json:
        print_json(rows)
        return
    if not rows:
        say("no dispute is open")
        return
    table = Table(*("no.", "customer", "invoice", "what", "contested", "owner", "answer due", "in their words"))
    for row in rows:
        shown = ("id", "customer", "invoice", "kind", "contested", "owner", "due", "statement")
        table.add_row(*(str(row[name] or "") for name in shown))
    console().print(table)


@app.command()
def credit(number: Number, amount: str, reason: Reason, config: ConfigPath = DEFAULT) -> None:
    """End a dispute with a credit of AMOUNT; your ERP books it, dunwell tells the customer."""
    try:
        sum_ = Decimal(amount)
    except InvalidOperation:
        raise CommandFailed(f"{amount!r} is no amount: write it as 120.00", code=2) from None
    _end(number, DisputeStatus.CREDITED, reason=reason, config=config, credit=sum_)


@app.command()
def reject(number: Number, reason: Reason, config: ConfigPath = DEFAULT) -> None:
    """End a dispute because the customer is not right; the reason belongs into the answer."""
    _end(number, DisputeStatus.REJECTED, reason=reason, config=config)


@app.command()
def withdraw(number: Number, reason: Reason, config: ConfigPath = DEFAULT) -> None:
    """End a dispute because the customer no longer holds it up."""
    _end(number, DisputeStatus.WITHDRAWN, reason=reason, config=config)


def _end(number: int, status: DisputeStatus, *, reason: str, config: Path, credit: Decimal | None = None) -> None:
    from agent.cli.home import actor, desk_of, open_home

    try:
        desk_of(open_home(config)).end_dispute(number, status=status, actor=actor(), reason=reason, credit=credit)
    except ValueError as error:
        raise CommandFailed(f"dispute {number}: {error}", code=2) from None
    say(f"dispute {number}: {status.value}; the answer to the customer is proposed with the next round")

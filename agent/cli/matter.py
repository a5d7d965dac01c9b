"""Matters in a person's hands: list them, close one, let a stopped customer be written to again."""

from __future__ import annotations

from typing import Annotated

import typer

from agent.cli.options import DEFAULT, ConfigPath
from agent.cli.output import CommandFailed, print_json, say

app = typer.Typer(no_args_is_help=True, help="What was handed to a person, and stops on writing.")

Note = Annotated[str, typer.Option("--note", help="What became of it, for the log.")]


@app.command("list")
def list_(
    config: ConfigPath = DEFAULT, json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False
) -> None:
    """List the open matters."""
    from agent.cli.home import desk_of, open_home

    found = desk_of(open_home(config)).attention()
    rows = [
        {"id": m.id, "customer": m.customer_id, "role": m.role, "urgency": m.urgency, "reason": m.reason}
        for m in found.escalations
    ]
    if json:
        print_json(rows)
        return
    for row in rows:
        say(
            f"{row['id']}: {found.name(str(row['customer']))} ({row['customer']}), {row['reason']}, {row['role']}, {row['urgency']}"
        )
    if not rows:
        say("no matter is open")


@app.command()
def close(
    number: Annotated[int, typer.Argument(help="The matter's number, as `dunwell matter list` shows it.")],
    note: Note,
    config: ConfigPath = DEFAULT,
) -> None:
    """Close a matter: what it held ends, and mail to the customer is judged without it."""
    from agent.cli.home import actor, desk_of, open_home

    try:
        desk_of(open_home(config)).close_matter(number, actor=actor(), note=note)
    except ValueError as error:
        raise CommandFailed(f"matter {number}: {error}", code=2) from None
    say(f"matter {number}: closed")


@app.command()
def resume(
    customer: Annotated[str, typer.Argument(help="The customer's id in the ledger.")],
    note: Note,
    config: ConfigPath = DEFAULT,
) -> None:
    """Let a customer be written to again, to whom all writing was stopped."""
    from agent.cli.home import actor, desk_of, open_home

    try:
        desk_of(open_home(config)).lift_stop(customer, actor=actor(), note=note)
    except ValueError as error:
        raise CommandFailed(f"customer {customer}: {error}", code=2) from None
    say(f"customer {customer}: may be written to again; open matters stay open (dunwell matter list)")

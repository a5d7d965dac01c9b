"""Contacts that a mail named and a person must verify before anything is sent to them."""

from __future__ import annotations

from typing import Annotated

import typer

from agent.cli.options import DEFAULT, ConfigPath
from agent.cli.output import CommandFailed, print_json, say

app = typer.Typer(no_args_is_help=True, help="Contacts to be verified.")


@app.command("list")
def list_(config: ConfigPath = DEFAULT, json: Annotated[bool, typer.Option("--json")] = False) -> None:
    """List contacts that wait for verification."""
    from agent.cli.home import open_home
    from store.contacts import to_verify
    from store.engine import unit_of_work

    with unit_of_work(open_home(config).engine) as session:
        found = to_verify(session)
    if json:
        print_json([{"id": c.id, "customer_id": c.customer_id, "name": c.name, "email": c.email} for c in found])
        return
    for contact in found:
        say(f"{contact.id}  {contact.customer_id}  {contact.name} <{contact.email}>")
    if not found:
        say("no contact waits for verification")


@app.command()
def verify(
    number: Annotated[int, typer.Argument(help="The contact's number.")],
    note: Annotated[str, typer.Option(help="How it was verified: whom you called, on which known number.")],
    keep_old: Annotated[bool, typer.Option("--keep-old", help="Go on writing to the one whom they replace.")] = False,
    config: ConfigPath = DEFAULT,
) -> None:
    """Verify a contact after calling the customer on a number that was known before."""
    from agent.cli.home import actor, open_home
    from store.contacts import verify as verify_contact
    from store.engine import unit_of_work

    home = open_home(config)
    try:
        with unit_of_work(home.engine) as session:
            verify_contact(session, number, actor=actor(), note=note, now=home.clock(), keep_old=keep_old)
    except ValueError as error:
        raise CommandFailed(f"contact {number}: {error}", code=2) from None
    say(f"contact {number} is verified")


@app.command()
def restore(
    number: Annotated[int, typer.Argument(help="The contact's number.")],
    note: Annotated[str, typer.Option(help="Why they are written to again.")],
    config: ConfigPath = DEFAULT,
) -> None:
    """Write again to a contact that another one had replaced."""
    from agent.cli.home import actor, open_home
    from store.contacts import restore as restore_contact
    from store.engine import unit_of_work

    home = open_home(config)
    try:
        with unit_of_work(home.engine) as session:
            restore_contact(session, number, actor=actor(), note=note, now=home.clock())
    except ValueError as error:
        raise CommandFailed(f"contact {number}: {error}", code=2) from None
    say(f"contact {number} is written to again")

"""The ledger in a terminal: how a file would be read, what imports changed, customers that became one."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from agent.cli import mapping_options as given
from agent.cli.mapping_options import Asked
from agent.cli.options import DEFAULT, ConfigPath
from agent.cli.output import CommandFailed, console, input_refused, print_json, say

app = typer.Typer(no_args_is_help=True, help="The ledger: how files are read, what imports changed, customers merged.")


@app.command()
def guess(
    file: Annotated[Path, typer.Argument(help="A CSV, TSV, semicolon or Excel file.")],
    kind: given.KindOption = "",
    column: given.ColumnOption = None,
    date_format: given.DateOption = None,
    numbers: given.NumbersOption = None,
    currency: given.CurrencyOption = "",
    language: given.LanguageOption = "",
    timezone: given.ZoneOption = "",
    country: given.CountryOption = "",
    terms: given.TermsOption = None,
    encoding: given.EncodingOption = "",
    sheet: given.SheetOption = "",
    save_profile: Annotated[
        str, typer.Option("--save-profile", help="Keep it under this name, if nothing is open.")
    ] = "",
    config: ConfigPath = DEFAULT,
    json: Annotated[bool, typer.Option("--json")] = False,
) -> None:
    """Show what each column of a file is taken for, how dates and amounts are written, and what is left to ask."""
    from agent.cli.ledger_guess import show_guess

    defaults: dict[str, object] = {"currency": currency, "language": language, "timezone": timezone, "country": country}
    defaults["terms"] = terms
    asked = Asked(kind, column or (), date_format or (), numbers or (), encoding, sheet, defaults)
    found = show_guess(file, asked=asked, as_json=json)
    if save_profile:
        from ledger.mapping_profile import NoProfile, folder_beside, save

        if not found.certain:
            raise CommandFailed("the profile was not saved: something is left to ask", code=2)
        with input_refused(NoProfile):
            path = save(folder_beside(config), save_profile, [found.settled(asked.said().columns)])
        if not json:
            say(f"profile {save_profile} is saved: {path}")


@app.command()
def changes(
    customer: Annotated[str, typer.Option("--customer", help="Only of this customer.")] = "",
    invoice: Annotated[str, typer.Option("--invoice", help="Only of this invoice.")] = "",
    limit: Annotated[int, typer.Option("--limit", min=1, max=10_000, help="At most so many, the newest first.")] = 50,
    config: ConfigPath = DEFAULT,
    json: Annotated[bool, typer.Option("--json")] = False,
) -> None:
    """List what imports changed of invoices and customers: what was before and after, when, by whom, from which source."""
    from rich.box import SIMPLE_HEAD
    from rich.table import Table
    from rich.text import Text

    from agent.cli.home import open_home
    from store.engine import looking
    from store.ledger_changes import changes as changes_of
    from store.ledger_changes import in_words

    with looking(open_home(config).engine) as session:
        rows = changes_of(session, customer_id=customer or None, invoice_number=invoice or None, limit=limit)
    if json:
        print_json([row.model_dump(mode="json") for row in rows])
        return
    if not rows:
        say("no import changed anything that was stored before")
        return
    table = Table("when", "customer", "invoice", "what", "from", "by", box=SIMPLE_HEAD, padding=(0, 1))
    for row in rows:
        cells = (
            f"{row.at:%Y-%m-%d %H:%M}",
            row.customer_id,
            row.invoice_number or "",
            in_words(row),
            row.origin,
            row.actor,
        )
        table.add_row(*map(Text, cells))
    console().print(table)


@app.command()
def merge(
    old: Annotated[str, typer.Argument(help="The customer number that is given up.")],
    into: Annotated[str, typer.Argument(help="The word INTO.", metavar="INTO")],
    new: Annotated[str, typer.Argument(help="The customer number that stays.")],
    yes: Annotated[bool, typer.Option("--yes", help="Do it: it cannot be taken back.")] = False,
    config: ConfigPath = DEFAULT,
    json: Annotated[bool, typer.Option("--json")] = False,
) -> None:
    """Join two customers: all of OLD's is NEW's, in one step; later files that name OLD mean NEW."""
    from agent.cli.ledger_merge import merge_customers

    if into.lower() != "into":
        raise CommandFailed("write it like: dunwell ledger merge K-17 into K-4", code=2)
    merge_customers(old, new, yes=yes, config=config, as_json=json)


@app.command()
def aliases(
    customer: Annotated[str, typer.Argument(help="The customer's number.")],
    config: ConfigPath = DEFAULT,
    json: Annotated[bool, typer.Option("--json")] = False,
) -> None:
    """List the numbers and names that a customer had before."""
    from agent.cli.home import open_home
    from store.engine import looking
    from store.ledger_changes import aliases_of

    with looking(open_home(config).engine) as session:
        rows = aliases_of(session, customer)
    if json:
        print_json([row.model_dump(mode="json") for row in rows])
        return
    for row in rows:
        say(f"{row.kind} {row.alias}, until {row.since:%Y-%m-%d} ({row.actor})")
    if not rows:
        say(f"{customer} has no other number or name")

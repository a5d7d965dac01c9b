"""Bank statements in a terminal: import them, see what each line pays, confirm or dismiss it. The ledger is the ERP's and stays as it is."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from agent.cli.options import DEFAULT, ConfigPath
from agent.cli.output import CommandFailed, input_refused, print_json, say

if TYPE_CHECKING:
    from agent.bank_decisions import Banking
    from agent.installation import Installation

app = typer.Typer(no_args_is_help=True, help="Statements of your bank: which invoices their lines pay.")

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Number = Annotated[int, typer.Argument(help="The line's number, as `dunwell bank lines` shows it.")]
Note = Annotated[str, typer.Option("--note", help="In your own words; it stays in the log.")]


@app.command("import")
def import_(
    files: Annotated[list[Path], typer.Argument(help="Statements: CAMT.053, MT940, or your bank's CSV.")],
    account: Annotated[
        str, typer.Option("--account", help="CSV: which of your accounts, where the file does not say.")
    ] = "",
    columns: Annotated[
        str, typer.Option("--columns", help="CSV: such as booked=Datum,amount=Betrag,text=Zweck; places count from 1.")
    ] = "",
    delimiter: Annotated[str, typer.Option("--delimiter", help="CSV: what stands between cells.")] = "",
    decimal: Annotated[str, typer.Option("--decimal", help='CSV: "," or "." before the cents.')] = "",
    date_format: Annotated[
        str, typer.Option("--date-format", help="CSV: how days are written, such as DD.MM.YYYY.")
    ] = "",
    encoding: Annotated[str, typer.Option("--encoding", help="CSV: the file's encoding, where it is not UTF-8.")] = "",
    currency: Annotated[
        str, typer.Option("--currency", help="CSV: the account's currency, where the file does not say.")
    ] = "",
    anew: Annotated[
        bool, typer.Option("--anew", help="Lines that look like known ones, written otherwise, are other payments.")
    ] = False,
    config: ConfigPath = DEFAULT,
    json: AsJson = False,
) -> None:
    """Import statements: each file whole, or not at all. What was imported before is not counted again."""
    from agent.cli.bank_files import csv_form, import_files

    form = csv_form(
        account=account,
        columns=columns,
        delimiter=delimiter,
        decimal=decimal,
        date_format=date_format,
        encoding=encoding,
        currency=currency,
    )
    import_files(files, form=form, anew=anew, config=config, as_json=json)


@app.command()
def advice(
    file: Annotated[
        Path, typer.Argument(help="A customer's remittance advice: a table, a text, or a PDF with text in it.")
    ],
    config: ConfigPath = DEFAULT,
    json: AsJson = False,
) -> None:
    """Import a remittance advice: it says which invoices a payment is for. It is no money."""
    from agent.cli.bank_files import import_advice

    import_advice(file, config=config, as_json=json)


@app.command()
def lines(
    state: Annotated[
        str,
        typer.Option(
            "--state", help="suggested, unclear, open, confirmed, booked, dismissed, reversed, outgoing, or all."
        ),
    ] = "",
    words: Annotated[str, typer.Option("--find", help="In the payer's name and words, or an invoice's number.")] = "",
    exact: Annotated[bool, typer.Option("--exact", help="Only those that may be confirmed together.")] = False,
    page: Annotated[int, typer.Option("--page", min=1, help="Fifty a page.")] = 1,
    config: ConfigPath = DEFAULT,
    json: AsJson = False,
) -> None:
    """List lines, the newest first: by itself those that ask for you."""
    from agent.cli.bank_show import brief, table
    from store import bank_lists
    from store.bank_words import LineState
    from store.engine import looking

    if state and state != "all" and state not in set(LineState):
        raise CommandFailed(f"--state: {state} is none of {', '.join(LineState)}, all", code=2)
    with looking(_home(config).engine) as session:
        found = bank_lists.lines(session, state=state, words=words, exact=exact, page=page)
    if json:
        print_json({"lines": [brief(line) for line in found.rows], "total": found.total, "page": page})
    else:
        table(found)


@app.command()
def show(number: Number, config: ConfigPath = DEFAULT, json: AsJson = False) -> None:
    """Show one line with all that it may pay, and why."""
    from agent.cli.bank_show import sheet, whole
    from store.bank_lists import one_line
    from store.engine import looking

    with looking(_home(config).engine) as session:
        found = one_line(session, number)
        if found is None:
            raise CommandFailed(f"there is no line {number}: see `dunwell bank lines`", code=2)
        shown = whole(found)
    if json:
        print_json(shown)
    else:
        sheet(shown)


@app.command()
def confirm(
    numbers: Annotated[
        list[int] | None, typer.Argument(help="The line's number; several are each confirmed as suggested.")
    ] = None,
    to: Annotated[
        list[str] | None,
        typer.Option(
            "--to", help="INVOICE=AMOUNT, or INVOICE=AMOUNT-DEDUCTED:discount|charges|credit|other. May be repeated."
        ),
    ] = None,
    customer: Annotated[str, typer.Option("--customer", help="Whose the rest is that no invoice gets.")] = "",
    way: Annotated[
        int, typer.Option("--way", min=1, help="Which of the suggestions, as `bank show` numbers them.")
    ] = 1,
    exact: Annotated[bool, typer.Option("--exact", help="All that are suggested exactly and surely.")] = False,
    note: Note = "",
    config: ConfigPath = DEFAULT,
    json: AsJson = False,
) -> None:
    """Confirm what a line pays: as suggested, or as you say. The ERP books it: `dunwell export applications`."""
    from agent.cli.bank_confirming import confirm_many, confirm_one

    home, chosen = _home(config), list(numbers or [])
    if len(chosen) == 1 and not exact:
        told = confirm_one(home, banking(home), chosen[0], to=to, customer=customer, way=way - 1, note=note)
    elif to or customer or way != 1:
        raise CommandFailed("--to, --customer and --way go with one line", code=2)
    elif chosen or exact:
        told = confirm_many(home, banking(home), chosen)
    else:
        raise CommandFailed("name a line, or --exact", code=2)
    if json:
        print_json(told)
    else:
        say(told["told"])


@app.command()
def dismiss(
    number: Number,
    note: Annotated[str, typer.Option("--note", help="Why it is no payment of a customer; it stays in the log.")],
    config: ConfigPath = DEFAULT,
    json: AsJson = False,
) -> None:
    """Say that a line is no customer's payment."""
    from agent.cli.home import actor
    from store.bank_words import BankFault

    home = _home(config)
    with input_refused(BankFault):
        banking(home).dismiss(number, actor=actor(), note=note, now=home.clock())
    _done(number, "dismissed", as_json=json)


@app.command()
def reopen(number: Number, config: ConfigPath = DEFAULT, json: AsJson = False) -> None:
    """Take back that a line was confirmed or dismissed, while the ERP has not booked it."""
    from agent.cli.home import actor
    from store.bank_words import BankFault

    home = _home(config)
    with input_refused(BankFault):
        banking(home).reopen(number, actor=actor(), now=home.clock())
    _done(number, "open again", as_json=json)


@app.command()
def answer(
    number: Number,
    yes: Annotated[bool, typer.Option("--yes/--no", help="the ERP has booked it; it is the line of the other file")],
    config: ConfigPath = DEFAULT,
    json: AsJson = False,
) -> None:
    """Say whether a line in doubt is booked by the ERP, or known from another file."""
    from agent.cli.home import actor
    from store.bank_words import BankFault

    home = _home(config)
    with input_refused(BankFault):
        banking(home).answer(number, yes=yes, actor=actor(), now=home.clock())
    _done(number, "answered", as_json=json)


@app.command()
def statements(config: ConfigPath = DEFAULT, json: AsJson = False) -> None:
    """List the statements that were imported, and which are missing between them."""
    from agent.cli.bank_show import statement_table, statements_json
    from store.bank_lists import statements as listed
    from store.bank_statements import gaps
    from store.engine import looking

    with looking(_home(config).engine) as session:
        rows = listed(session)
        missing = [told for account in dict.fromkeys(r.account for r in rows) for told in gaps(session, account)]
    if json:
        print_json(statements_json(rows, missing))
    else:
        statement_table(rows, missing)


def banking(home: Installation) -> Banking:
    """Give what decides lines of this installation."""
    from agent.bank_decisions import Banking as Decisions

    return Decisions(home.engine, home.settings.policy)


def _home(config: Path) -> Installation:
    from agent.cli.home import open_home

    return open_home(config)


def _done(number: int, what: str, *, as_json: bool) -> None:
    if as_json:
        print_json({"id": number, "done": what})
    else:
        say(f"line {number}: {what}")

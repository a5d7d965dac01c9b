"""The `dunwell import` command: a folder of our own files, or files of any shape."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from agent.cli import mapping_options as given
from agent.cli.mapping_options import Asked
from agent.cli.options import DEFAULT, ConfigPath
from agent.cli.output import CommandFailed

app = typer.Typer()


@app.command("import")
def import_(
    what: Annotated[
        list[Path],
        typer.Argument(
            metavar="DIR|FILE...",
            help="A folder with customers.csv, contacts.csv, invoices.csv, payments.csv; or CSV and Excel files of any shape.",
        ),
    ],
    profile: Annotated[str, typer.Option("--profile", help="How these files are read, as it was saved.")] = "",
    save_profile: Annotated[str, typer.Option("--save-profile", help="Keep how they were read, under this name.")] = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show what would change, and change nothing.")] = False,
    set_aside: Annotated[
        bool,
        typer.Option("--set-aside", help="Let the good rows in; refused rows go to FILE.refused.csv, with the reason."),
    ] = False,
    duplicates: Annotated[
        str,
        typer.Option(
            "--duplicates", help="Rows with one number that differ: refuse (all of them) or last (it counts)."
        ),
    ] = "refuse",
    same_money: Annotated[
        str,
        typer.Option(
            "--same-money", help="Payments alike in day, amount, words and invoice: once, or keep (all count)."
        ),
    ] = "once",
    faults: Annotated[Path | None, typer.Option("--faults", help="Write every fault to this CSV file.")] = None,
    kind: given.KindOption = "",
    column: given.ColumnOption = None,
    date_format: given.DateOption = None,
    numbers: given.NumbersOption = None,
    currency: given.CurrencyOption = "",
    language: given.LanguageOption = "",
    timezone: given.ZoneOption = "",
    country: given.CountryOption = "",
    tier: given.TierOption = "",
    owner: given.OwnerOption = "",
    terms: given.TermsOption = None,
    encoding: given.EncodingOption = "",
    sheet: given.SheetOption = "",
    config: ConfigPath = DEFAULT,
    json: Annotated[bool, typer.Option("--json")] = False,
) -> None:
    """Load the ledger from a folder or files: all of it, or nothing, unless --set-aside."""
    from agent.cli.ledger_files import import_files
    from agent.cli.ledger_mappings import Wanted
    from agent.cli.setup import import_folder

    for option, value, known in (
        ("--duplicates", duplicates, ("refuse", "last")),
        ("--same-money", same_money, ("once", "keep")),
    ):
        if value not in known:
            raise CommandFailed(f"{option} {value}: there are {' and '.join(known)}", code=2)
    defaults: dict[str, object] = {
        "currency": currency,
        "language": language,
        "timezone": timezone,
        "country": country,
        "tier": tier,
        "owner": owner,
        "terms": terms,
    }
    asked = Asked(kind, column or (), date_format or (), numbers or (), encoding, sheet, defaults)
    if len(what) == 1 and (what[0].is_dir() or not what[0].suffix):
        import_folder(what[0], config=config, as_json=json, dry_run=dry_run, keep_same_money=same_money == "keep")
        return
    if folders := [str(path) for path in what if path.is_dir()]:
        raise CommandFailed(f"{', '.join(folders)}: bring one folder, or files", code=2)
    wanted = Wanted(
        asked,
        profile,
        save_profile,
        dry_run,
        set_aside,
        duplicates == "last",
        same_money == "keep",
        faults,
    )
    import_files(what, config=config, wanted=wanted, as_json=json)

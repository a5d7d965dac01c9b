"""Commands that try dunwell on files and keep nothing: classify, propose, parse. They stand beside the others, without a name of their own."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from agent.chosen_company import chosen
from agent.cli.options import DEFAULT, ConfigPath

app = typer.Typer()


@app.command()
def classify(
    ledger: Annotated[Path, typer.Option("--ledger", help="Folder with the ledger's CSV files.")],
    source: Annotated[Path, typer.Option("--in", help="JSON lines: id, from, subject, body, received.")],
    out: Annotated[Path, typer.Option("--out", help="JSON lines: id, claims, reader.")],
    reader: Annotated[str, typer.Option(help="embedded, or llm (as configured).")] = "embedded",
    config: ConfigPath = DEFAULT,
) -> None:
    """Read replies and write their claims: how reading is measured from outside."""
    from agent.cli.classify import classify_file

    classify_file(ledger=ledger, source=source, out=out, reader=reader, config=config)


@app.command()
def propose(
    source: Annotated[Path, typer.Argument(metavar="FILE", help="A mail (.eml), or - for standard input.")],
    ledger: Annotated[Path, typer.Option("--ledger", help="Folder with the ledger's CSV files.")],
    json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
    config: Annotated[
        Path | None, typer.Option("--config", "-c", help="Whose company, policy and model; else an example company.")
    ] = None,
    policy_file: Annotated[Path | None, typer.Option("--policy", help="Another policy file.")] = None,
    reader: Annotated[str, typer.Option(help="embedded, or llm (as configured).")] = "embedded",
    received: Annotated[
        str | None, typer.Option("--received", help="The day the mail came, as 2026-03-31. Default: its Date header.")
    ] = None,
    customer: Annotated[
        str | None, typer.Option("--customer", help="Whose mail it is, where its sender is no known contact.")
    ] = None,
    authserv_id: Annotated[
        list[str] | None,
        typer.Option("--authserv-id", help="A mail server whose Authentication-Results are believed. May be repeated."),
    ] = None,
) -> None:
    """Show what would be proposed for one mail: claims, allowed and chosen actions, tone, draft, findings. Keeps nothing."""
    from agent.cli.propose import propose_file

    propose_file(
        source,
        ledger=ledger,
        config=config or (DEFAULT if chosen.get() is not None else None),
        policy=policy_file,
        reader=reader,
        received=received,
        customer=customer,
        authserv_ids=authserv_id or [],
        as_json=json,
    )


@app.command()
def parse(
    source: Annotated[
        Path,
        typer.Argument(
            metavar="PATH", help="A mail, a folder, an .mbox, a list in JSON lines, or - for standard input."
        ),
    ],
    json: Annotated[
        bool, typer.Option("--json", help="Print JSON: one document, or one a line for many mails.")
    ] = False,
    out: Annotated[Path | None, typer.Option("--out", help="Write the JSON to this file.")] = None,
    received: Annotated[
        str | None, typer.Option("--received", help="The day the mail came, as 2026-03-31. Default: its Date header.")
    ] = None,
    jobs: Annotated[
        int | None, typer.Option("--jobs", help="Mails parsed at a time. Default: one a core.", min=1, max=64)
    ] = None,
    authserv_id: Annotated[
        list[str] | None,
        typer.Option("--authserv-id", help="A mail server whose Authentication-Results are believed. May be repeated."),
    ] = None,
) -> None:
    """Show how mails are read: kind, new and quoted text, flags, attachments, bounce, absence."""
    from agent.cli.parse import parse_path

    parse_path(source, as_json=json, out=out, received=received, jobs=jobs, authserv_ids=authserv_id or [])

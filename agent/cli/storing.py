"""Commands about what is stored: backup, restore, erase, retention, audit. They stand beside the others, without a name of their own."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from agent.cli.options import DEFAULT, ConfigPath

app = typer.Typer()


@app.command()
def backup(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The archive to write, or to check.")],
    check: Annotated[bool, typer.Option("--check", help="Check an archive; write nothing.")] = False,
    config: ConfigPath = DEFAULT,
    json: Annotated[bool, typer.Option("--json", help="Print the manifest as JSON.")] = False,
) -> None:
    """Write database and key into one archive while dunwell works, or check such an archive."""
    from agent.cli.backup import check_backup, write_backup

    if check:
        check_backup(file, as_json=json)
    else:
        write_backup(file, config=config, as_json=json)


@app.command()
def restore(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="An archive that `dunwell backup` wrote.")],
    config: ConfigPath = DEFAULT,
    json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Put a backup into an empty place. The outbox is paused afterwards: nothing leaves before you say so."""
    from agent.cli.backup import restore_backup

    restore_backup(file, config=config, as_json=json)


@app.command()
def erase(
    email: Annotated[str, typer.Argument(metavar="EMAIL", help="The address of the person who asks to be forgotten.")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show what would go; change nothing.")] = False,
    config: ConfigPath = DEFAULT,
    json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Forget a person: their name, address and words, in every table and file of this installation. Stop the daemon first."""
    from agent.cli.erase import erase_person

    erase_person(email, dry_run=dry_run, config=config, as_json=json)


@app.command()
def retention(
    now: Annotated[bool, typer.Option("--now", help="Erase it at once; stop the daemon first.")] = False,
    config: ConfigPath = DEFAULT,
    json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Show which mails are old enough to be erased, as dunwell.toml states it, and why others are kept; with --now erase them."""
    from agent.cli.retention import show_retention

    show_retention(config, now=now, as_json=json)


@app.command()
def audit(config: ConfigPath = DEFAULT) -> None:
    """Verify the audit log's chain."""
    from agent.cli.setup import verify_audit

    verify_audit(config)

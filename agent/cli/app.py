"""The `dunwell` command: which commands there are. Heavy parts are loaded by the command that needs them."""

from __future__ import annotations

import logging
import sys
from pathlib import Path
from typing import Annotated

import typer

from agent.cli import (
    contacts,
    dispute,
    documents,
    evaluate,
    export,
    matter,
    outbox,
    people,
    policy,
    portal,
    queue,
    report,
    tokens,
)
from agent.cli.output import CommandFailed, fail, say

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Answers the mail that comes back from overdue invoices. Nothing is sent before a person approves it.",
)
app.add_typer(queue.app, name="queue")
app.add_typer(contacts.app, name="contacts")
app.add_typer(dispute.app, name="dispute")
app.add_typer(evaluate.app, name="eval")
app.add_typer(export.app, name="export")
app.add_typer(matter.app, name="matter")
app.add_typer(policy.app, name="policy")
app.add_typer(report.app, name="report")
app.add_typer(outbox.app, name="outbox")
app.add_typer(people.app, name="people")
app.add_typer(portal.app, name="portal")
app.add_typer(documents.app, name="documents")
app.add_typer(tokens.app, name="tokens")

ConfigPath = Annotated[Path, typer.Option("--config", "-c", help="The configuration file.")]
DEFAULT = Path("dunwell.toml")


@app.command()
def init(
    path: Annotated[Path, typer.Argument(help="Where to write it.")] = DEFAULT,
    force: Annotated[bool, typer.Option("--force", help="Overwrite a file that is there.")] = False,
) -> None:
    """Write a commented dunwell.toml."""
    from agent.cli.setup import write_config

    write_config(path, force=force)


@app.command()
def doctor(config: ConfigPath = DEFAULT, json: Annotated[bool, typer.Option("--json")] = False) -> None:
    """Check mailboxes, SMTP, model and database; one line each."""
    from agent.cli.doctor import examine

    examine(config, as_json=json)


@app.command("import")
def import_(
    folder: Annotated[
        Path, typer.Argument(help="Folder with customers.csv, contacts.csv, invoices.csv, payments.csv.")
    ],
    config: ConfigPath = DEFAULT,
    json: Annotated[bool, typer.Option("--json")] = False,
) -> None:
    """Load the ledger from CSV files: all of it, or nothing."""
    from agent.cli.setup import import_folder

    import_folder(folder, config=config, as_json=json)


@app.command()
def run(
    config: ConfigPath = DEFAULT,
    once: Annotated[bool, typer.Option("--once", help="Do one round and stop.")] = False,
    json: Annotated[bool, typer.Option("--json", help="With --once: print what was done as JSON.")] = False,
) -> None:
    """Read the mailboxes, hold proposals, send what was approved."""
    from agent.cli.serve import run_daemon

    run_daemon(config, once=once, as_json=json)


@app.command()
def account(
    customer: Annotated[str, typer.Argument(metavar="CUSTOMER", help="The customer_id of the ledger.")],
    config: ConfigPath = DEFAULT,
    json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """Show what is open with a customer: invoices, promises, plans with their instalments, disputes, pauses."""
    from agent.cli.account import show_account

    show_account(customer, config=config, as_json=json)


@app.command()
def review(
    config: ConfigPath = DEFAULT,
    port: Annotated[int | None, typer.Option(help="Another port.", min=1, max=65535)] = None,
) -> None:
    """Serve the review queue."""
    from agent.cli.serve import run_review

    run_review(config, port=port)


@app.command()
def demo(
    no_serve: Annotated[bool, typer.Option("--no-serve", help="Do not serve the page.")] = False,
    json: Annotated[bool, typer.Option("--json", help="Print one JSON document instead of a table.")] = False,
    port: Annotated[int, typer.Option(help="Port of the page.", min=1, max=65535)] = 8765,
    folder: Annotated[Path | None, typer.Option("--dir", help="Where the demo keeps its data; emptied first.")] = None,
) -> None:
    """Run the whole way on a sample company: no key, no server, nothing sent to the outside."""
    from agent.cli.demo import run_demo

    run_demo(serve=not no_serve, as_json=json, port=port, folder=folder)


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
        config=config,
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
def audit(config: ConfigPath = DEFAULT) -> None:
    """Verify the audit log's chain."""
    from agent.cli.setup import verify_audit

    verify_audit(config)


def main() -> None:
    """Run a command; a known fault is one plain line and exit code 1 or 2, never a traceback."""
    logging.basicConfig(
        level=logging.WARNING, format="%(asctime)s %(levelname)s %(name)s: %(message)s", stream=sys.stderr
    )
    try:
        app(standalone_mode=True)
    except CommandFailed as error:
        fail(str(error))
        sys.exit(error.code)
    except OSError as error:
        from agent.cli.faults import told

        fail(f"a file or connection cannot be used: {told(error)}")
        sys.exit(1)
    except Exception as error:
        from sqlalchemy.exc import SQLAlchemyError

        if not isinstance(error, SQLAlchemyError):
            raise
        from agent.cli.faults import told

        fail(f"store.url: the database could not do it: {told(error)}")
        sys.exit(1)
    except KeyboardInterrupt:
        say("stopped")
        sys.exit(130)

"""The `dunwell` command: which commands there are. Heavy parts are loaded by the command that needs them."""

from __future__ import annotations

import logging
import sys
from pathlib import Path
from typing import Annotated

import typer

from agent.chosen_company import chosen
from agent.cli import (
    bank,
    companies,
    connect,
    contacts,
    dispute,
    documents,
    evaluate,
    export,
    importing,
    last_resort,
    ledger,
    matter,
    outbox,
    outreach,
    people,
    policy,
    portal,
    queue,
    report,
    risk,
    storing,
    task,
    tokens,
    trying,
    worklist,
)
from agent.cli.options import DEFAULT, ConfigPath
from agent.cli.output import CommandFailed, fail, say

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Answers the mail that comes back from overdue invoices. Nothing is sent before a person approves it.",
)
app.callback()(companies.for_company)
app.add_typer(companies.app, name="companies")
app.add_typer(queue.app, name="queue")
app.add_typer(bank.app, name="bank")
app.add_typer(connect.app, name="connect")
app.add_typer(contacts.app, name="contacts")
app.add_typer(dispute.app, name="dispute")
app.add_typer(evaluate.app, name="eval")
app.add_typer(export.app, name="export")
app.add_typer(ledger.app, name="ledger")
app.add_typer(last_resort.app, name="last-resort")
app.add_typer(matter.app, name="matter")
app.add_typer(policy.app, name="policy")
app.add_typer(report.app, name="report")
app.add_typer(risk.app, name="risk")
app.add_typer(outbox.app, name="outbox")
app.add_typer(outreach.app, name="outreach")
app.add_typer(people.app, name="people")
app.add_typer(portal.app, name="portal")
app.add_typer(documents.app, name="documents")
app.add_typer(task.app, name="task")
app.add_typer(tokens.app, name="tokens")
app.add_typer(trying.app)
app.add_typer(storing.app)
app.add_typer(worklist.app)
app.add_typer(importing.app)


@app.command()
def init(
    path: Annotated[Path, typer.Argument(help="Where to write it.")] = DEFAULT,
    force: Annotated[bool, typer.Option("--force", help="Overwrite a file that is there.")] = False,
) -> None:
    """Write a commented dunwell.toml."""
    from agent.cli.setup import write_config

    write_config(path, force=force)


@app.command()
def doctor(
    config: ConfigPath = DEFAULT,
    deep: Annotated[
        bool, typer.Option("--deep", help="Also verify all that is stored, clocks, room and backup.")
    ] = False,
    json: Annotated[bool, typer.Option("--json")] = False,
) -> None:
    """Check mailboxes, SMTP, model and database; one line each."""
    from agent.cli.doctor import examine

    examine(config, deep=deep, as_json=json)


@app.command()
def run(
    config: ConfigPath = DEFAULT,
    once: Annotated[bool, typer.Option("--once", help="Do one round and stop.")] = False,
    json: Annotated[bool, typer.Option("--json", help="With --once: print what was done as JSON.")] = False,
) -> None:
    """Read the mailboxes, hold proposals, send what was approved."""
    from agent.cli.companies_serve import run_whoever

    run_whoever(config, once=once, as_json=json)


@app.command()
def worker(
    config: ConfigPath = DEFAULT,
    setup: Annotated[
        bool, typer.Option("--setup", help="Prepare the database for workers, with this machine's key, and stop.")
    ] = False,
) -> None:
    """Do the daemon's work as one of many, on any machine. Needs PostgreSQL and the extra `workers`."""
    from agent.cli.worker import run_worker

    run_worker(config, setup=setup)


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
    socket: Annotated[Path | None, typer.Option(hidden=True)] = None,
) -> None:
    """Serve the review queue."""
    from agent.cli.companies_serve import review_whoever

    review_whoever(config, port=port, socket=socket)


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


def main() -> None:
    """Run a command; a known fault is one plain line and exit code 1 or 2, never a traceback."""
    logging.basicConfig(
        level=logging.WARNING, format="%(asctime)s %(levelname)s %(name)s: %(message)s", stream=sys.stderr
    )
    try:
        app(standalone_mode=True)
    except CommandFailed as error:
        fail(str(error), company=chosen.get())
        sys.exit(error.code)
    except OSError as error:
        from agent.cli.faults import told

        fail(f"a file or connection cannot be used: {told(error)}", company=chosen.get())
        sys.exit(1)
    except Exception as error:
        from sqlalchemy.exc import SQLAlchemyError

        if not isinstance(error, SQLAlchemyError):
            raise
        from agent.cli.faults import told

        fail(f"store.url: the database could not do it: {told(error)}", company=chosen.get())
        sys.exit(1)
    except KeyboardInterrupt:
        say("stopped")
        sys.exit(130)
    finally:
        chosen.set(None)

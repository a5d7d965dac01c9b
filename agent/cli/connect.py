"""Connected systems: sign in once, look, test, read now, forget. Which ones there are stands in the configuration."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any

import typer

from agent.cli.connect_sign_in import signed_in, standing
from agent.cli.options import DEFAULT, ConfigPath
from agent.cli.output import CommandFailed, console, input_refused, print_json, say

if TYPE_CHECKING:
    from agent.connecting import Connections, Synced

app = typer.Typer(no_args_is_help=True, help="Accounting systems and CRMs that dunwell reads, and notes things in.")

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Name = Annotated[str, typer.Argument(help="The connection's name in the configuration.")]


@app.command("list")
def list_(config: ConfigPath = DEFAULT, json: AsJson = False) -> None:
    """Show each connection: what it is, whether somebody signed in, when it was last read, what is wrong."""
    found = _open(config)
    told = [standing(found, settings) for settings in found.settings]
    if json:
        print_json(told)
        return
    if not told:
        say("no system is connected: add a block [[connections]] to the configuration (docs/connectors.md)")
        return
    from rich.table import Table

    table = Table(box=None, pad_edge=False)
    for heading in ("name", "system", "signed in", "last read", "notes", "state"):
        table.add_column(heading, overflow="fold")
    for each in told:
        notes = ", ".join(f"{number} {state}" for state, number in each["notes"].items()) or "-"
        table.add_row(
            each["name"], each["kind"], each["signed_in"], str(each["read_to"] or "never")[:16], notes, each["state"]
        )
    console().print(table)


@app.command()
def add(
    name: Name,
    config: ConfigPath = DEFAULT,
    paste: Annotated[
        bool,
        typer.Option("--paste", help="Paste the address of the last page, where no browser can reach this machine."),
    ] = False,
    json: AsJson = False,
) -> None:
    """Sign in at a system; with a key of its own, only test it. The tokens are sealed with the installation's key."""
    from agent.cli.home import actor
    from ledger.connectors.kinds import sign_in_of
    from ledger.connectors.tokens import sealed
    from store import connections
    from store.engine import unit_of_work

    found = _open(config)
    with _told():
        settings = found.named(name)
        found.row(settings, actor=actor())
        if settings.signs_in:
            sign_in = sign_in_of(settings, found.home.clock)
            tokens = signed_in(settings, sign_in, paste=paste)
            with unit_of_work(found.home.engine) as session:
                connections.sign_in(
                    session,
                    name,
                    sealed=sealed(tokens, name, found.seals),
                    account=tokens.account,
                    actor=actor(),
                    now=found.home.clock(),
                )
        line = found.probe(name, actor=actor())
    if json:
        print_json({"name": name, "ok": True, "text": line})
        return
    say(f"{name} is connected: {line}")
    say(
        f"read it with `dunwell connect sync {name} --dry-run`; the daemon reads it every {settings.every_minutes} minutes"
    )


@app.command("test")
def try_(name: Name, config: ConfigPath = DEFAULT, json: AsJson = False) -> None:
    """Ask a system for as little as shows that the connection works."""
    from agent.cli.home import actor

    found = _open(config)
    with _told():
        line = found.probe(name, actor=actor())
    if json:
        print_json({"name": name, "ok": True, "text": line})
        return
    say(f"{name}: {line}")


@app.command()
def sync(
    name: Name,
    config: ConfigPath = DEFAULT,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show what would change, and change nothing.")] = False,
    full: Annotated[bool, typer.Option("--full", help="Read everything, not the changes alone.")] = False,
    accept_missing: Annotated[
        bool, typer.Option("--accept-missing", help="With --full: believe that many open invoices are gone.")
    ] = False,
    json: AsJson = False,
) -> None:
    """Read a system into the ledger now: all that it brings, or nothing."""
    from agent.cli.home import actor
    from store.ledger import LedgerFaults

    found = _open(config)
    try:
        with _told():
            done = found.sync(
                name, actor=actor(), full=full or accept_missing, dry_run=dry_run, accept_missing=accept_missing
            )
    except LedgerFaults as faults:
        raise CommandFailed(f"{faults}\nnothing was taken: {len(faults.faults)} faults", code=2) from None
    assert done is not None
    if json:
        print_json(asdict(done) | {"dry_run": dry_run})
        return
    for line in _lines(done, dry_run=dry_run):
        say(line)


@app.command()
def pause(name: Name, config: ConfigPath = DEFAULT, json: AsJson = False) -> None:
    """Have a system read no more by itself, until `resume`. What it brought stays; `sync` reads it still."""
    _steer(config, name, paused=True, as_json=json)


@app.command()
def resume(name: Name, config: ConfigPath = DEFAULT, json: AsJson = False) -> None:
    """Have a paused system read again, at the daemon's next round."""
    _steer(config, name, paused=False, as_json=json)


def _steer(config: Any, name: str, *, paused: bool, as_json: bool) -> None:
    from agent.cli.home import actor
    from store.connection_steering import CannotSteer, pause, resume
    from store.engine import unit_of_work

    found = _open(config)
    with _told():
        found.named(name)
    with input_refused(CannotSteer), unit_of_work(found.home.engine) as session:
        (pause if paused else resume)(session, name, actor=actor(), now=found.home.clock())
    if as_json:
        print_json({"name": name, "paused": paused})
        return
    say(
        f"{name} is paused: nothing is read until `dunwell connect resume {name}`"
        if paused
        else f"{name} is read again"
    )


@app.command()
def remove(name: Name, config: ConfigPath = DEFAULT, json: AsJson = False) -> None:
    """Forget a connection's tokens and how far it was read. What it brought stays in the ledger."""
    from agent.cli.home import actor
    from store import connections
    from store.engine import unit_of_work

    found = _open(config)
    with unit_of_work(found.home.engine) as session:
        gone = connections.forget(session, name, actor=actor(), now=found.home.clock())
    if json:
        print_json({"name": name, "removed": gone})
        return
    if not gone:
        raise CommandFailed(f"{name}: there is nothing to forget", code=2)
    say(f"{name} is forgotten: revoke its access in the system as well, and take its block out of the configuration")


@app.command()
def notes(
    name: Name,
    config: ConfigPath = DEFAULT,
    again: Annotated[bool, typer.Option("--again", help="Try once more what failed.")] = False,
    json: AsJson = False,
) -> None:
    """Show how many notes wait, were written, or failed in a CRM."""
    from store import crm_notes
    from store.engine import unit_of_work

    found = _open(config)
    with _told():
        found.named(name)
    with unit_of_work(found.home.engine) as session:
        tried = crm_notes.try_again(session, name, now=found.home.clock()) if again else 0
        counts = crm_notes.by_state(session, name)
    if json:
        print_json({"name": name, "notes": counts, "queued_again": tried})
        return
    say(", ".join(f"{number} {state}" for state, number in sorted(counts.items())) or "no notes yet")


def _open(config: Any) -> Connections:
    from agent.cli.connected import connections_of
    from agent.cli.home import open_home

    return connections_of(open_home(config))


@contextmanager
def _told() -> Iterator[None]:
    from ledger.connectors.failures import ConnectorError
    from store.connections import AnotherOne

    try:
        yield
    except (ConnectorError, AnotherOne) as error:
        raise CommandFailed(str(error)) from None


def _lines(done: Synced, *, dry_run: bool) -> Iterator[str]:
    what = "everything" if done.full else "what changed"
    yield f"{done.name}: read {what}; {'nothing was changed (dry run)' if dry_run else 'all of it is in the ledger'}"
    verb = "would be" if dry_run else "are"
    for name in ("customers", "contacts", "invoices", "payments", "credits"):
        read, changed = done.read.get(name, 0), done.changed.get(name, 0)
        if read:
            yield f"{name}: {read} read, {changed} {verb} new or changed"
    if done.merged:
        yield f"{done.merged} customers were merged there, and here as well"
    if done.left_out:
        yield f"left out: {len(done.left_out)}"
        yield from (f"  {line}" for line in done.left_out[:50])

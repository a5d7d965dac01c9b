"""Writing first: plan the day, show what comes for a customer and why, print the cadences, pause and resume a customer."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import typer

from agent.cli.options import DEFAULT, ConfigPath
from agent.cli.output import CommandFailed, console, input_refused, print_json, say
from agent.cli.outreach_told import document, for_whom, in_words, print_lines

if TYPE_CHECKING:
    from agent.installation import Installation
    from outreach.cadence import Cadences

app = typer.Typer(no_args_is_help=True, help="Writing first: who is due for which step, and why nothing comes.")

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
CustomerId = Annotated[str, typer.Argument(metavar="CUSTOMER", help="The customer's id in the ledger.")]


@app.command()
def plan(
    config: ConfigPath = DEFAULT,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would be planned, and plan nothing.")] = False,
    json: AsJson = False,
) -> None:
    """Plan the steps of the day, as the daemon does once each customer's day. Nothing is sent: each becomes a held proposal."""
    from agent.cli.home import open_home
    from outreach.planning import plan_day

    home = open_home(config)
    settings = home.settings
    if not settings.outreach.enabled and not dry_run:
        raise CommandFailed(
            "outreach.enabled: is false: nothing is written first; see the plan with --dry-run, then set it in dunwell.toml",
            code=2,
        )
    planned = plan_day(
        home.engine,
        now=home.clock(),
        settings=settings.outreach,
        policy=settings.policy,
        mailbox=settings.writes_first_from,
        texts=settings.channels.sms is not None,
        risk=settings.risk,
        cadences=_cadences(home),
        dry=dry_run,
    )
    if json:
        print_json(
            {
                "dry_run": dry_run,
                "planned": planned.planned,
                "internal": planned.internal,
                "failed": planned.failed,
                "customers": [document(decision) for decision in planned.decisions],
                "passed_over": planned.silent,
                "waiting": list(planned.waiting),
            }
        )
        return
    for decision in planned.decisions:
        say(f"{decision.customer_id}: {in_words(decision)}")
    if not settings.outreach.enabled:
        say("outreach is off (outreach.enabled): this is what would come")
    would = "would be " if dry_run else ""
    say(f"{planned.planned} mails {would}planned, {planned.internal} steps {would}proposed to people of ours")
    if planned.waiting:
        per_day = settings.outreach.per_day
        say(
            f"{len(planned.waiting)} customers wait for their turn: at most {per_day} steps are begun a day (outreach.per_day)"
        )
    if planned.failed:
        raise CommandFailed(f"{planned.failed} customers could not be planned: see the log", code=1)


@app.command()
def show(customer: CustomerId, config: ConfigPath = DEFAULT, json: AsJson = False) -> None:
    """Show for each open invoice of a customer what comes when, or why nothing comes."""
    from sqlalchemy.exc import NoResultFound

    from agent.cli.home import open_home
    from outreach.planning import explain
    from store.engine import looking
    from store.outreach_loading import steps_taken
    from store.tables import Customer

    home = open_home(config)
    table, settings = _cadences(home), home.settings
    with looking(home.engine) as session:
        try:
            zone = session.get_one(Customer, customer).timezone
        except NoResultFound:
            raise CommandFailed(
                f"{customer} is no customer in the ledger: see customer_id in customers.csv", code=2
            ) from None
        decision = explain(
            session,
            customer,
            now=home.clock(),
            settings=settings.outreach,
            policy=settings.policy,
            cadences=table,
            texts=settings.channels.sms is not None,
        )
        steps = steps_taken(session, customer, zone=zone)
    if json:
        taken = [one.model_dump(mode="json") for one in steps]
        print_json(document(decision) | {"enabled": settings.outreach.enabled, "steps": taken})
        return
    if not settings.outreach.enabled:
        say("outreach is off (outreach.enabled): this is what would come")
    say(f"{customer}, {decision.day}, cadence {decision.cadence!r}: {in_words(decision)}")
    print_lines(decision)
    for one in steps:
        sent = f", out on {one.sent_on}" if one.sent_on else ""
        say(f"{one.day}: {one.step.replace('_', ' ')} ({one.state}{sent}): {', '.join(one.listed)}")


@app.command()
def cadence(config: ConfigPath = DEFAULT, json: AsJson = False) -> None:
    """Print the cadences that hold, and check them."""
    from rich.table import Table

    from agent.cli.home import settings_from
    from outreach.cadence import CadenceFault, read_cadences

    path = settings_from(config).outreach.cadences
    with input_refused(CadenceFault):
        table = read_cadences(path)
    if json:
        print_json(table.model_dump(mode="json"))
        return
    say(f"{path or 'the cadences that come along'}: {len(table.cadence)} cadences, sound")
    for one in table.cadence:
        shown = Table("step", "day", "channel", title=f"{one.name}: {for_whom(one)}", title_justify="left")
        for step in one.steps:
            shown.add_row(
                step.step.replace("_", " "), f"{step.day:+d}", "people of ours" if step.internal else step.channel.value
            )
        console().print(shown)


@app.command()
def pause(
    customer: CustomerId,
    until: Annotated[
        datetime | None, typer.Option("--until", formats=["%Y-%m-%d"], help="The last day of the pause.")
    ] = None,
    config: ConfigPath = DEFAULT,
) -> None:
    """Let no step go to a customer, until a day or until it is resumed."""
    from agent.cli.home import actor, open_home
    from store import outreach
    from store.clock import day_in
    from store.engine import unit_of_work
    from store.tables import Customer

    home = open_home(config)
    day = until.date() if until is not None else None
    with unit_of_work(home.engine) as session:
        row = session.get(Customer, customer)
        if row is None:
            raise CommandFailed(f"{customer} is no customer in the ledger: see customer_id in customers.csv", code=2)
        if day is not None and day < day_in(row.timezone, home.clock()):
            raise CommandFailed(f"--until {day}: is over already", code=2)
        outreach.pause(session, customer, until=day, actor=actor(), now=home.clock())
    say(f"customer {customer}: no step goes out {f'until {day}' if day else 'until you resume it'}")


@app.command()
def resume(customer: CustomerId, config: ConfigPath = DEFAULT) -> None:
    """Let the cadence of a customer go on. What fell due meanwhile is not made up for: the latest step comes."""
    from agent.cli.home import actor, open_home
    from store import outreach
    from store.engine import unit_of_work

    home = open_home(config)
    with unit_of_work(home.engine) as session:
        if not outreach.resume(session, customer, actor=actor(), now=home.clock()):
            raise CommandFailed(f"customer {customer}: is not paused", code=2)
    say(f"customer {customer}: the cadence goes on")


def _cadences(home: Installation) -> Cadences:
    from outreach.cadence import CadenceFault, read_cadences

    with input_refused(CadenceFault):
        return read_cadences(home.settings.outreach.cadences)

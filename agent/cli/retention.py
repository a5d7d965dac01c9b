"""Says which mails are old enough to be erased and why others are kept; erases them when told to."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy.exc import SQLAlchemyError

from agent.cli.faults import told
from agent.cli.home import actor, open_home
from agent.cli.output import CommandFailed, print_json, say
from agent.only_one import AlreadyRunning, DataFolderUnusable, only_one
from store.engine import looking
from store.retention import Due, due
from store.scrubbing import NotScrubbed

_OFF = (
    "nothing is erased by its age: state messages_days, machine_mail_days or unrelated_days under [retention] "
    "in dunwell.toml"
)


def show_retention(config: Path, *, now: bool, as_json: bool) -> None:
    """Show what would go; with `now` let it go at once, as the daemon does by itself once a day."""
    from agent.retention import erase_old

    home = open_home(config)
    rules = home.settings.retention.rules
    if rules is None:
        if as_json:
            print_json({"on": False})
        else:
            say(_OFF)
        return
    with looking(home.engine) as session:
        found = due(session, rules, now=home.clock())
    if now:
        try:
            with only_one(home.settings.data_dir):
                erase_old(home.engine, rules, clock=home.clock, actor=actor())
        except (AlreadyRunning, DataFolderUnusable) as error:
            raise CommandFailed(str(error)) from None
        except NotScrubbed as error:
            raise CommandFailed(f"the rows are erased, but {error}") from None
        except SQLAlchemyError as error:
            raise CommandFailed(f"store.url: the database could not do it: {told(error)}") from None
    _report(found, erased=now, as_json=as_json)


def _report(found: Due, *, erased: bool, as_json: bool) -> None:
    counts = {kind.value: count for kind, count in sorted(found.counts.items())}
    kept = {why.value: count for why, count in sorted(found.kept.items())}
    if as_json:
        print_json({"on": True, "erased": erased, "mails": counts, "kept": kept, "messages": list(found.messages)})
        return
    verb = "erased" if erased else "would go"
    say(f"{verb}: {len(found.messages)} mails" + "".join(f", {count} {kind}" for kind, count in counts.items()))
    for why, count in kept.items():
        say(f"kept although old: {count}, as {why}")
    if not erased and found.messages:
        say(
            "the daemon does this once a day by itself; `dunwell retention --now`, with the daemon stopped, does it at once"
        )

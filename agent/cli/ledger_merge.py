"""Joins two customers for a person, who is shown first what would be moved."""

from __future__ import annotations

from pathlib import Path

from agent.cli.home import actor, open_home
from agent.cli.output import CommandFailed, print_json, say
from store.engine import looking, unit_of_work
from store.merging import CannotMerge, merge, why_not
from store.queue_filling import fill_all
from store.tables import Customer


def merge_customers(old: str, new: str, *, yes: bool, config: Path, as_json: bool) -> None:
    """Join two customers, or say why not."""
    home = open_home(config)
    with looking(home.engine) as session:
        reasons = why_not(session, old, new)
        names = {number: row.name for number in (old, new) if (row := session.get(Customer, number)) is not None}
    if reasons:
        raise CommandFailed("\n".join([*reasons, "nothing was merged"]), code=2)
    if not yes:
        raise CommandFailed(
            f"all that is of {old} ({names[old]}) would be of {new} ({names[new]}), for good: say --yes", code=2
        )
    try:
        with unit_of_work(home.engine) as session:
            done = merge(session, old, new, actor=actor(), now=home.clock())
    except CannotMerge as error:
        raise CommandFailed(f"{error}\nnothing was merged", code=2) from None
    fill_all(home.engine)
    if as_json:
        print_json({"merged": old, "into": new, "moved": done.moved, "void": done.void})
        return
    say(f"{old} is merged into {new}; files that still name {old} mean {new} from now on")
    for name, count in sorted(done.moved.items()):
        say(f"  {name.replace('_', ' ')}: {count}")
    if done.void:
        say(f"{done.void} held proposals are made anew with the joined account")

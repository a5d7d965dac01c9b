"""The outbox while it is paused: what waits, what may have left before the restore, and the word that lets it go."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from agent.cli.options import DEFAULT, ConfigPath
from agent.cli.output import print_json, say

if TYPE_CHECKING:
    from agent.resuming import Waiting

app = typer.Typer(no_args_is_help=True, help="The outbox, which a restore pauses.")

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]


@app.command()
def show(config: ConfigPath = DEFAULT, json: AsJson = False) -> None:
    """Show whether the outbox is paused, and what waits. The Sent folders are asked what left before the restore."""
    from agent.cli.home import open_home
    from agent.resuming import look

    pause, found = look(open_home(config))
    if json:
        print_json({"paused": pause.why if pause else None, "waiting": [asdict(each) for each in found]})
        return
    if pause is None:
        say("the outbox is not paused")
        return
    say(f"paused since {pause.since:%Y-%m-%d %H:%M} UTC: {pause.why}; {len(found)} mails wait")
    for each in found:
        say(_line(each))


@app.command()
def resume(config: ConfigPath = DEFAULT, json: AsJson = False) -> None:
    """End the pause. Mails that a Sent folder holds are marked as sent, those that no folder knows about are left to a person."""
    from agent.cli.home import actor, open_home
    from agent.resuming import resume as end_pause

    found = end_pause(open_home(config), actor=actor())
    if json:
        print_json({"resumed": found is not None, "waited": [asdict(each) for each in found or ()]})
        return
    if found is None:
        say("the outbox was not paused")
        return
    for each in found:
        say(_line(each))
    say("the outbox works again")


def _line(each: Waiting) -> str:
    if not each.doubtful:
        fate = "approved after the restore: leaves"
    elif each.left:
        fate = "left before the restore: the Sent folder holds it, it is marked as sent"
    elif each.left is None:
        fate = "left before the restore? Nobody can know: it is left to you (`dunwell queue settle`)"
    else:
        fate = "left before the restore? The Sent folder does not hold it: leaves"
    to = ", ".join(each.recipients)
    return f"{each.number}  {each.customer}  {to}  approved {each.approved_at:%Y-%m-%d %H:%M}  {fate}"

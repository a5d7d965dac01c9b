"""Letters and calls in a terminal: what waits, one of them with its script or paper, and what became of it."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from agent.cli.options import DEFAULT, ConfigPath
from agent.cli.output import CommandFailed, print_json, say
from store.outreach_words import CallOutcome, Channel

if TYPE_CHECKING:
    from review.tasking import TaskRow, TaskView

app = typer.Typer(no_args_is_help=True, help="Letters to be posted and calls to be made; a person does them.")

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Number = Annotated[int, typer.Argument(help="The task's number, as `dunwell task list` shows it.")]
_Day = Annotated[datetime | None, typer.Option("--on", formats=["%Y-%m-%d"], help="Posted on, or promised for.")]


@app.command("list")
def list_(
    channel: Annotated[Channel | None, typer.Option("--channel", help="Only letters, calls or SMS.")] = None,
    every: Annotated[bool, typer.Option("--all", help="Also those that are over.")] = False,
    config: ConfigPath = DEFAULT,
    json: AsJson = False,
) -> None:
    """List what waits, the one that may be done first on top."""
    rows = [_brief(row) for row in _desk(config).tasks(channel, every=every)]
    if json:
        print_json(rows)
        return
    from rich.console import Console
    from rich.table import Table

    table = Table("number", "way", "customer", "step", "state", "not before", "invoices")
    for row in rows:
        state = f"{row['state']} (ground gone)" if row["gone"] else str(row["state"])
        cells = (row["id"], row["channel"], row["customer"], row["step"], state, row["not_before"][:16])
        table.add_row(*(str(cell).replace("_", " ") for cell in cells), ", ".join(row["invoices"]))
    Console().print(table) if rows else say("nothing waits")


@app.command()
def show(
    number: Number,
    save: Annotated[Path | None, typer.Option("--save", help="Write the letter's, or the script's, PDF there.")] = None,
    config: ConfigPath = DEFAULT,
    json: AsJson = False,
) -> None:
    """Show one task: the script of a call as the books are now, or the words of a letter."""
    from agent.cli.home import actor

    desk = _desk(config)
    view = desk.task(number, caller=actor())
    if view is None:
        raise CommandFailed(f"there is no task {number}: see `dunwell task list`", code=2)
    if save is not None:
        _save(desk, number, save, caller=actor())
    if json:
        print_json(_whole(view) | ({"saved": str(save)} if save is not None else {}))
        return
    _print(view)
    if save is not None:
        say(f"the PDF stands in {save}")


@app.command()
def done(
    number: Number,
    outcome: Annotated[CallOutcome | None, typer.Option("--outcome", help="Of a call.")] = None,
    on: _Day = None,
    amount: Annotated[str, typer.Option("--amount", help="Of a promise or a dispute; without it, all of it.")] = "",
    invoice: Annotated[
        list[str] | None, typer.Option("--invoice", help="About which; without it, all of the task.")
    ] = None,
    note: Annotated[str, typer.Option("--note", help="What was said.")] = "",
    no_more_calls: Annotated[bool, typer.Option("--no-more-calls", help="They want no more calls.")] = False,
    drop: Annotated[bool, typer.Option("--drop", help="Not to be done; --note says why.")] = False,
    config: ConfigPath = DEFAULT,
    json: AsJson = False,
) -> None:
    """Note what became of a task: a letter was posted (--on), a call came to something (--outcome), or it is not done (--drop)."""
    from agent.cli.home import actor
    from outreach.channels.outcome import Called, NotNow

    desk, day = _desk(config), on.date() if on is not None else None
    view = desk.task(number, caller=actor())
    if view is None:
        raise CommandFailed(f"there is no task {number}: see `dunwell task list`", code=2)
    told = "noted"
    try:
        if drop:
            desk.drop_task(number, note=note, actor=actor())
        elif view.task.channel == Channel.LETTER:
            desk.post_task(number, day=day or view.today, actor=actor())
        elif outcome is None:
            raise CommandFailed("--outcome: say what came of the call", code=2)
        else:
            said = Called(
                outcome=outcome,
                note=note,
                day=day,
                amount=_amount(amount),
                invoices=tuple(invoice or ()),
                no_more_calls=no_more_calls,
            )
            told = desk.call_task(number, said, actor=actor())
    except NotNow as refused:
        raise CommandFailed(f"task {number}: {refused}") from None
    if json:
        print_json({"id": number, "done": told})
    else:
        say(f"task {number}: {told}")


def _amount(text: str) -> Any:
    from decimal import Decimal, InvalidOperation

    if not text.strip():
        return None
    try:
        amount = Decimal(text)
        whole = amount.is_finite() and amount > 0 and amount == amount.quantize(Decimal("0.01"))
    except InvalidOperation:
        whole = False
    if not whole:
        raise CommandFailed(f"--amount: {text!r} is not a sum such as 1234.50", code=2)
    return amount


def _desk(config: Path) -> Any:
    from agent.cli.home import desk_of, open_home

    return desk_of(open_home(config))


def _save(desk: Any, number: int, path: Path, *, caller: str) -> None:
    from outreach.channels.outcome import NotNow

    try:
        found = desk.task_paper(number, caller=caller)
    except NotNow as refused:
        raise CommandFailed(f"task {number}: {refused}") from None
    if found is None:
        raise CommandFailed(f"task {number} has no paper")
    if path.exists():
        raise CommandFailed(f"{path} is there already: name another file", code=2)
    path.write_bytes(found[1])


def _brief(row: TaskRow) -> dict[str, Any]:
    task = row.task
    return {
        "id": task.id,
        "channel": task.channel,
        "customer": row.customer,
        "customer_id": task.customer_id,
        "step": task.step,
        "state": task.state,
        "item": task.proposal_id,
        "invoices": list(task.invoices),
        "not_before": task.not_before.isoformat(),
        "gone": row.gone,
        "outcome": task.outcome,
        "done_on": task.done_on.isoformat() if task.done_on is not None else None,
    }


def _whole(view: TaskView) -> dict[str, Any]:
    from review.tasking import TaskRow

    script = view.script
    told: dict[str, Any] = _brief(TaskRow(view.task, view.customer, view.gone))
    told |= {"contact": view.contact, "words": view.task.words, "tries": view.task.tries, "note": view.task.note}
    if script is not None:
        told["script"] = {
            "phone": script.phone,
            "local_time": script.local_time,
            "open_now": script.open_now,
            "steps": [list(step) for step in script.steps],
            "invoices": [list(map(str, line)) for line in script.lines],
            "past": list(script.past),
            "objections": [[each.said, each.answer] for each in script.objections],
        }
    return told


def _print(view: TaskView) -> None:
    task, script = view.task, view.script
    say(f"{task.channel} {task.id} to {view.customer}: {task.state.replace('_', ' ')}")
    if view.gone:
        say(f"not to be done any more: {view.gone}")
    if script is None:
        say(task.words)
        return
    hours = (
        "inside their hours"
        if script.open_now
        else f"outside of their hours until {script.opens_at:%Y-%m-%d %H:%M} UTC"
    )
    say(f"{script.contact or script.role}, {script.phone}; there it is {script.local_time}, {hours}")
    for place, (do, words) in enumerate(script.steps, start=1):
        say(f"{place}. {do}\n   {words}")
    for number, day, amount, late in script.lines:
        say(f"{number}, due {day}, {late} days late: {amount}")
    for told in script.past:
        say(told)
    for each in script.objections:
        say(f"- {each.said} {each.answer}")

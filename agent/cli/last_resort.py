"""The last steps in a terminal: account hold, review, settlement, hand-off, write-off. What the pages do, by the same desk."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from agent.cli.options import DEFAULT, ConfigPath
from agent.cli.output import CommandFailed, print_json, say
from store.last_resort_words import Ending, Ground, Receiver
from store.outreach_words import LastResort

if TYPE_CHECKING:
    from review.desk import Desk

app = typer.Typer(
    no_args_is_help=True, help="What is done when asking has not helped. People propose, approve and end it."
)

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Number = Annotated[int, typer.Argument(help="The step's number, as `dunwell last-resort list` shows it.")]
Name = Annotated[str | None, typer.Option("--as", help="Who decides; default: you.")]
Noted = Annotated[str, typer.Option("--note", help="Why, in your own words.")]


@app.command("list")
def list_(
    config: ConfigPath = DEFAULT,
    kind: Annotated[LastResort | None, typer.Option(help="Only of this kind.")] = None,
    every: Annotated[bool, typer.Option("--all", help="Also what has ended.")] = False,
    json: AsJson = False,
) -> None:
    """List what is proposed and what stands, the newest first."""
    from review.api_last_resort_models import step_out

    rows, _ = _desk(config).last_steps(kind=kind, state="all" if every else "open", limit=None)
    if json:
        print_json([step_out(each.row, each.customer).model_dump(mode="json") for each in rows])
        return
    from agent.cli.last_resort_show import table

    table(rows)


@app.command()
def show(number: Number, config: ConfigPath = DEFAULT, json: AsJson = False) -> None:
    """Show one step with what a decision rests on: sums today, who approves, the ways compared, what stands against it."""
    from review.api_last_resort_models import whole_out

    with _told():
        step = _desk(config).last_step(number)
    if step is None:
        raise CommandFailed(f"there is no last step {number}", code=2)
    if json:
        print_json(whole_out(step).model_dump(mode="json"))
        return
    from agent.cli.last_resort_show import page

    page(step)


@app.command()
def propose(
    customer: Annotated[str, typer.Argument(metavar="CUSTOMER", help="The customer_id of the ledger.")],
    kind: Annotated[LastResort, typer.Argument(help="What is to be done.")],
    invoice: Annotated[
        list[str] | None, typer.Option(help="About this invoice; several times; default: all open ones.")
    ] = None,
    why: Annotated[Ground, typer.Option(help="On what ground.")] = Ground.JUDGEMENT,
    amount: Annotated[str, typer.Option(help="What a settlement accepts, or what is written off.")] = "",
    pay_by: Annotated[str, typer.Option(help="By which day a settlement is paid: 2026-03-31.")] = "",
    cause: Annotated[str, typer.Option(help="The cause of a write-off.")] = "",
    note: Noted = "",
    name: Name = None,
    config: ConfigPath = DEFAULT,
    json: AsJson = False,
) -> None:
    """Propose a step. Nothing changes before it is approved."""
    from store.aftermath import Cause

    if cause and cause not in set(Cause):
        raise CommandFailed(f"--cause: {cause} is none of {', '.join(Cause)}", code=2)
    with _told():
        number = _desk(config).propose_last_step(
            customer,
            kind=kind,
            invoices=invoice or [],
            actor=_who(name),
            why=why,
            note=note,
            amount=_amount(amount),
            pay_by=_day(pay_by),
            cause=Cause(cause) if cause else None,
        )
    _done({"number": number}, f"proposed as number {number}", as_json=json)


@app.command()
def approve(number: Number, name: Name = None, config: ConfigPath = DEFAULT, json: AsJson = False) -> None:
    """Approve a step as it stands now."""
    with _told():
        desk = _desk(config)
        done = desk.approve_last_step(number, version=_version(desk, number), actor=_who(name))
    said = "approved" if done else "your approval is noted: a second person has to approve as well"
    _done({"number": number, "approved": done}, f"{number}: {said}", as_json=json)


@app.command()
def refuse(number: Number, note: Noted, name: Name = None, config: ConfigPath = DEFAULT, json: AsJson = False) -> None:
    """Refuse a step, and say why."""
    with _told():
        desk = _desk(config)
        desk.refuse_last_step(number, version=_version(desk, number), actor=_who(name), note=note)
    _done({"number": number}, f"{number}: refused", as_json=json)


@app.command()
def end(
    number: Number,
    note: Noted = "",
    why: Annotated[Ending | None, typer.Option(help="For a hand-off: called_back or given_back.")] = None,
    name: Name = None,
    config: ConfigPath = DEFAULT,
    json: AsJson = False,
) -> None:
    """Lift a hold, call a claim back, withdraw a settlement, take a write-off back, finish a review."""
    with _told():
        _desk(config).end_last_step(number, actor=_who(name), note=note, why=why)
    _done({"number": number}, f"{number}: ended", as_json=json)


@app.command()
def told(number: Number, name: Name = None, config: ConfigPath = DEFAULT, json: AsJson = False) -> None:
    """Note that you told the customer of a settlement yourself."""
    with _told():
        _desk(config).told_settlement(number, actor=_who(name))
    _done({"number": number}, f"{number}: the customer was told", as_json=json)


@app.command()
def packet(
    number: Number,
    file: Annotated[Path, typer.Argument(help="The ZIP to write; it must not be there yet.")],
    sheet: Annotated[
        Path | None, typer.Option("--sheet", help="Also write our own decision sheet (PDF) there.")
    ] = None,
    config: ConfigPath = DEFAULT,
    json: AsJson = False,
) -> None:
    """Write the packet of a hand-off, as it would be handed over today."""
    with _told():
        made = _desk(config).packet_of_step(number)
    for path, content in ((file, made.content), (sheet, made.decision)):
        if path is not None:
            _write(path, content)
    for text in made.refused:
        say(f"stands against it: {text}")
    told = {"refused": list(made.refused), "said": list(made.said)}
    document = {"number": number, "sha256": made.sha256, "files": list(made.files), **told}
    _done(document, f"{file}: {len(made.files)} files, sha256 {made.sha256}", as_json=json)


@app.command("hand-over")
def hand_over(
    number: Number,
    receiver: Annotated[Receiver, typer.Argument(help="To whom.")],
    file: Annotated[
        Path, typer.Argument(help="The packet that was handed over, as `dunwell last-resort packet` wrote it.")
    ],
    name: Name = None,
    config: ConfigPath = DEFAULT,
    json: AsJson = False,
) -> None:
    """Note that a packet was handed over; nobody here asks for its invoices from then on."""
    import hashlib

    if not file.is_file():
        raise CommandFailed(f"{file}: there is no such file", code=2)
    sha256 = hashlib.sha256(file.read_bytes()).hexdigest()
    with _told():
        _desk(config).hand_over_claim(number, actor=_who(name), receiver=receiver, sha256=sha256)
    _done({"number": number, "sha256": sha256}, f"{number}: handed over", as_json=json)


def _desk(config: Path) -> Desk:
    from agent.cli.home import desk_of, open_home  # here: heavy

    return desk_of(open_home(config))


def _who(name: str | None) -> str:
    from agent.cli.home import actor

    return name or actor()


def _version(desk: Desk, number: int) -> int:
    step = desk.last_step(number)
    if step is None:
        raise CommandFailed(f"there is no last step {number}", code=2)
    return step.row.version


@contextmanager
def _told() -> Iterator[None]:
    """Turn what the desk refuses into one plain line."""
    from store.proposals import Stale

    try:
        yield
    except (Stale, ValueError) as error:
        raise CommandFailed(str(error)) from None


def _amount(text: str) -> Decimal | None:
    try:
        return Decimal(text) if text else None
    except InvalidOperation:
        raise CommandFailed(f"--amount: {text} is no amount: write it like 1200.00", code=2) from None


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise CommandFailed(f"--pay-by: {text} is no day: write it like 2026-03-31", code=2) from None


def _write(path: Path, content: bytes) -> None:
    try:
        with path.open("xb") as out:
            out.write(content)
    except FileExistsError:
        raise CommandFailed(f"{path} exists already: name another file", code=2) from None
    except OSError as error:
        raise CommandFailed(f"{path} cannot be written: {error.strerror}", code=2) from None


def _done(document: dict[str, object], text: str, *, as_json: bool) -> None:
    print_json(document) if as_json else say(text)

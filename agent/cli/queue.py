"""The queue in a terminal: the same desk as the pages."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from agent.cli.options import DEFAULT, ConfigPath
from agent.cli.output import CommandFailed, print_json, say

if TYPE_CHECKING:
    from review.desk import Desk, Item

app = typer.Typer(no_args_is_help=True, help="Proposals that wait for a person.")

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Number = Annotated[int, typer.Argument(help="The proposal's number, as `dunwell queue list` shows it.")]


@app.command("list")
def list_(
    config: ConfigPath = DEFAULT, json: AsJson = False, decided: Annotated[bool, typer.Option("--decided")] = False
) -> None:
    """List what waits for a person."""
    from agent.cli.show import item_json, queue_table

    desk = _desk(config)
    items = desk.decided() if decided else desk.held()
    if json:
        print_json([item_json(item) for item in items])
    else:
        queue_table(items)
        waiting = desk.waiting()
        if not decided and waiting > len(items):
            say(f"the first {len(items)} of {waiting}; the page of the queue shows all of them")


@app.command()
def show(number: Number, config: ConfigPath = DEFAULT, json: AsJson = False) -> None:
    """Show one proposal: the mail, what was understood, what approving will do."""
    from agent.cli.show import item_json, item_page

    item = _item(_desk(config), number)
    if json:
        print_json(item_json(item))
    else:
        item_page(item)


@app.command()
def approve(
    number: Number,
    config: ConfigPath = DEFAULT,
    json: AsJson = False,
    version: Annotated[int | None, typer.Option(help="Approve only if the proposal still has this version.")] = None,
    without: Annotated[
        list[int] | None, typer.Option("--without", help="An action (1, 2, ...) to leave out. May be repeated.")
    ] = None,
    acknowledge: Annotated[
        list[str] | None,
        typer.Option("--acknowledge", help="FLAG=why: answer for a serious flag of the mail. May be repeated."),
    ] = None,
    with_undo: Annotated[
        bool, typer.Option("--undo", help="Let it wait for review.undo_seconds first, as the pages do.")
    ] = False,
) -> None:
    """Approve a proposal: its mail goes into the outbox, which the daemon sends. It stands at once, unless --undo is given.

    With --without the mail is worded anew for the actions that stay, and shown: approve it with a second call.
    """
    from agent.cli.home import actor
    from review.desk import Blocked
    from store.proposals import Stale

    desk = _desk(config)
    item = _item(desk, number)
    if without:
        _leave_out(desk, item, without, version=version)
        return
    try:
        decided = desk.approve(
            number,
            version=version or item.row.version,
            actor=actor(),
            acknowledged=_acknowledged(acknowledge),
            at_once=not with_undo,
        )
    except Stale as error:
        raise CommandFailed(f"proposal {number}: {error}") from None
    except Blocked as error:
        raise CommandFailed(f"proposal {number} cannot be approved: {error}") from None
    except ValueError as error:
        # The mail cannot be written as it is meant: an address, a character, a document.
        raise CommandFailed(f"proposal {number} cannot be approved: no mail can be made of it: {error}") from None
    _report(desk, number, "approved" if decided else "approved; a second person has to approve as well", as_json=json)


@app.command()
def undo(number: Number, config: ConfigPath = DEFAULT, json: AsJson = False) -> None:
    """Take an approval back that still waits: the proposal is held again, with the same words."""
    from agent.cli.home import actor
    from store.proposals import Stale

    desk = _desk(config)
    item = _item(desk, number)
    try:
        desk.take_back(number, version=item.row.version, actor=actor())
    except Stale as error:
        raise CommandFailed(f"proposal {number}: {error}") from None
    _report(desk, number, "taken back; it waits again", as_json=json)


def _acknowledged(given: list[str] | None) -> dict[str, str]:
    pairs = [text.partition("=") for text in given or ()]
    for flag, mark, why in pairs:
        if not mark or not why.strip():
            raise CommandFailed(f"--acknowledge {flag}: write FLAG=why, with a reason in your own words", code=2)
    return {flag.strip(): why.strip() for flag, _, why in pairs}


def _leave_out(desk: Desk, item: Item, without: list[int], *, version: int | None) -> None:
    """Nobody approves words that they have not seen: the shorter mail is shown first."""
    from agent.cli.home import actor
    from agent.cli.show import item_page
    from store.proposals import Stale

    number = item.row.id or 0
    positions = {place - 1 for place in without}
    try:
        desk.leave_out(number, version=version or item.row.version, actor=actor(), without=positions)
    except (Stale, ValueError) as error:
        raise CommandFailed(f"proposal {number}: {error}", code=2) from None
    item_page(_item(desk, number))
    say(f"proposal {number}: this is what is left; approve it with `dunwell queue approve {number}`")


@app.command()
def reject(
    number: Number,
    reason: Annotated[
        str, typer.Option(help="wrong_reason, wrong_action, wrong_words, no_answer_needed, handled_elsewhere, other.")
    ],
    note: Annotated[str, typer.Option(help="In your own words.")] = "",
    config: ConfigPath = DEFAULT,
    json: AsJson = False,
) -> None:
    """Reject a proposal with a reason: nothing is sent."""
    from agent.cli.home import actor
    from review.desk import RejectReason
    from store.proposals import Stale

    desk = _desk(config)
    item = _item(desk, number)
    try:
        typed = RejectReason(reason)
    except ValueError:
        known = ", ".join(r.value for r in RejectReason)
        raise CommandFailed(f"--reason {reason!r} is not one of {known}", code=2) from None
    try:
        desk.reject(number, version=item.row.version, actor=actor(), reason=typed, note=note)
    except Stale as error:
        raise CommandFailed(f"proposal {number}: {error}") from None
    _report(desk, number, "rejected", as_json=json)


@app.command()
def settle(
    number: Annotated[int, typer.Argument(help="The outgoing mail's number.")],
    sent: Annotated[
        bool, typer.Option("--sent/--not-sent", help="Did it reach the customer? Look into the Sent folder.")
    ],
    config: ConfigPath = DEFAULT,
) -> None:
    """Decide the fate of a mail that may or may not have gone out."""
    from agent.cli.home import actor
    from store.proposals import Stale

    desk = _desk(config)
    try:
        desk.settle(number, sent=sent, actor=actor())
    except Stale:
        raise CommandFailed(
            f"outgoing {number} is not one whose fate is unknown: it never was, or somebody settled it before you"
        ) from None
    except (ValueError, LookupError) as error:
        raise CommandFailed(f"outgoing {number}: {error}") from None
    say(f"outgoing {number}: settled as {'sent' if sent else 'not sent; it goes out with the next round'}")


@app.command()
def assign(
    number: Annotated[int, typer.Argument(help="The message's number, as `dunwell queue show` names it.")],
    customer: Annotated[str, typer.Argument(help="The customer's id in the ledger.")],
    config: ConfigPath = DEFAULT,
) -> None:
    """Give a mail of an unknown sender to a customer; the next round understands it anew."""
    from agent.cli.home import actor
    from store.proposals import Stale

    try:
        _desk(config).assign(number, customer_id=customer, actor=actor())
    except (Stale, ValueError) as error:
        raise CommandFailed(f"message {number}: {error}", code=2) from None
    say(f"message {number}: assigned to {customer}")


@app.command()
def retry(
    number: Annotated[int, typer.Argument(help="The outgoing mail's number.")], config: ConfigPath = DEFAULT
) -> None:
    """Try again to send a mail that the server refused."""
    from agent.cli.home import actor
    from store.proposals import Stale

    try:
        _desk(config).retry(number, actor=actor())
    except (Stale, LookupError) as error:
        raise CommandFailed(f"outgoing {number}: {error}", code=2) from None
    say(f"outgoing {number}: goes out with the next round")


def _desk(config: Path) -> Desk:
    from agent.cli.home import desk_of, open_home

    return desk_of(open_home(config))


def _item(desk: Desk, number: int) -> Item:
    item = desk.show(number)
    if item is None:
        raise CommandFailed(f"there is no proposal {number}: see `dunwell queue list`", code=2)
    return item


def _report(desk: Desk, number: int, what: str, *, as_json: bool) -> None:
    from review.when import leaves

    item = _item(desk, number)
    if as_json:
        print_json({"id": number, "status": item.row.status})
        return
    previews: list[Any] = [action.preview for action in item.proposal.actions if not action.declined]
    when = leaves(desk.outgoing(number), item.facts, now=desk.clock())
    told = [f"The mail {when}."] if when else []
    say(f"proposal {number}: {what}" + (f". {' '.join([*previews, *told])}" if what == "approved" else ""))

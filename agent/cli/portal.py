"""Portal items in a terminal: what is to be entered in customers' portals, and what became of it. Nothing is submitted here."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from agent.cli.options import DEFAULT, ConfigPath
from agent.cli.output import CommandFailed, print_json, say

if TYPE_CHECKING:
    from agent.installation import Installation
    from store.aftermath import PortalStatus
    from store.matters import PortalItem

app = typer.Typer(no_args_is_help=True, help="Invoices that must go through a customer's portal; a person enters them.")

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Number = Annotated[int, typer.Argument(help="The item's number, as `dunwell portal list` shows it.")]
Why = Annotated[str, typer.Option("--why", help="In the portal's words.")]


@app.command("list")
def list_(
    config: ConfigPath = DEFAULT,
    json: AsJson = False,
    every: Annotated[bool, typer.Option("--all", help="Also those that ask for nothing any more.")] = False,
) -> None:
    """List the items that still ask for something, oldest first."""
    from agent.cli.portal_show import brief, table
    from store.engine import unit_of_work
    from store.portals import items

    with unit_of_work(_home(config).engine) as session:
        rows = [brief(item) for item in items(session, every=every)]
    if json:
        print_json(rows)
    else:
        table(rows)


@app.command()
def show(
    number: Number,
    config: ConfigPath = DEFAULT,
    json: AsJson = False,
    save: Annotated[
        Path | None, typer.Option("--save", help="Write the invoice's PDF there, ready to be uploaded.")
    ] = None,
) -> None:
    """Show the portal's fields with what to enter in them, and what is missing."""
    from agent.cli.portal_show import page, whole
    from store.engine import unit_of_work

    home = _home(config)
    with unit_of_work(home.engine) as session:
        shown = whole(session, _item(session, number), home.settings.company)
        saved = _save(session, number, save) if save is not None else None
    if json:
        print_json(shown | ({"saved": str(saved)} if saved else {}))
        return
    page(shown)
    if saved is not None:
        say(f"the PDF stands in {saved}")


@app.command()
def fill(
    number: Number,
    supplier_number: Annotated[str, typer.Option("--supplier-number", help="Our number at the customer.")] = "",
    po: Annotated[str, typer.Option("--po", help="The purchase order's number.")] = "",
    config: ConfigPath = DEFAULT,
    json: AsJson = False,
) -> None:
    """Fill in what was missing, as you learned it. It stays with the item; the ledger is the ERP's."""
    from agent.cli.home import actor
    from store.aftermath import Portal
    from store.engine import unit_of_work
    from store.portals import IllegalMove, supply
    from tools.portal_sheet import Piece, field_for

    pieces = {Piece.SUPPLIER_NUMBER: supplier_number.strip(), Piece.PO_NUMBER: po.strip()}
    if not any(pieces.values()):
        raise CommandFailed("name --supplier-number, --po, or both", code=2)
    if any(len(value) > 60 or not value.isprintable() for value in pieces.values()):
        raise CommandFailed("a number is one line of at most 60 characters", code=2)
    home = _home(config)
    with unit_of_work(home.engine) as session:
        portal = Portal(_item(session, number).portal)
        given = {piece.value: (field_for(portal, piece), value) for piece, value in pieces.items() if value}
        try:
            item = supply(session, number, given=given, actor=actor(), now=home.clock())
        except IllegalMove as error:
            raise CommandFailed(str(error)) from None
        left = ", ".join(item.missing).replace("_", " ")
    _done(number, f"filled in; still missing: {left}" if left else "filled in; nothing is missing", as_json=json)


@app.command()
def submitted(number: Number, config: ConfigPath = DEFAULT, json: AsJson = False) -> None:
    """Mark an item as submitted: you entered the invoice in the portal."""
    _move(number, "submitted", config=config, as_json=json)


@app.command()
def rejected(number: Number, why: Why, config: ConfigPath = DEFAULT, json: AsJson = False) -> None:
    """Mark an item as rejected by the portal or the customer; its case wakes, so that a person answers."""
    if not why.strip():
        raise CommandFailed("--why: say what the portal says", code=2)
    _move(number, "rejected", why=why, config=config, as_json=json)


@app.command()
def approved(number: Number, config: ConfigPath = DEFAULT, json: AsJson = False) -> None:
    """Mark an item as approved for payment."""
    _move(number, "approved", config=config, as_json=json)


@app.command()
def paid(number: Number, config: ConfigPath = DEFAULT, json: AsJson = False) -> None:
    """Note that the portal says paid. The ledger does not change: the money is there when the bank says so."""
    _move(number, "paid", config=config, as_json=json)


@app.command("set-back")
def set_back(
    number: Number,
    note: Annotated[str, typer.Option("--note", help="Why: it stays in the log.")],
    config: ConfigPath = DEFAULT,
    json: AsJson = False,
) -> None:
    """Undo a "paid" that was a mistake: the item stands again where it stood before."""
    from agent.cli.home import actor
    from store.engine import unit_of_work
    from store.portals import IllegalMove
    from store.portals import set_back as undo

    home = _home(config)
    with unit_of_work(home.engine) as session:
        _item(session, number)
        try:
            stands = undo(session, number, actor=actor(), note=note, now=home.clock()).status
        except IllegalMove as error:
            raise CommandFailed(str(error)) from None
    _done(number, f"set back to {stands.replace('_', ' ')}", as_json=json)


def _move(number: int, to: str, *, config: Path, as_json: bool, why: str = "") -> None:
    from agent.cli.home import actor
    from store.aftermath import PortalStatus
    from store.engine import unit_of_work
    from store.portal_hearing import advance
    from store.portals import IllegalMove

    home = _home(config)
    status: PortalStatus = PortalStatus(to)
    with unit_of_work(home.engine) as session:
        _item(session, number)
        try:
            advance(session, number, status, actor=actor(), now=home.clock(), why=why)
        except IllegalMove as error:
            raise CommandFailed(str(error)) from None
    _done(number, to, as_json=as_json)


def _done(number: int, what: str, *, as_json: bool) -> None:
    if as_json:
        print_json({"id": number, "done": what})
    else:
        say(f"portal item {number}: {what}")


def _home(config: Path) -> Installation:
    from agent.cli.home import open_home

    return open_home(config)


def _item(session: Any, number: int) -> PortalItem:
    from store.matters import PortalItem as Row

    item: PortalItem | None = session.get(Row, number)
    if item is None:
        raise CommandFailed(f"there is no portal item {number}: see `dunwell portal list`", code=2)
    return item


def _save(session: Any, number: int, path: Path) -> Path:
    from store.tables import Document, Invoice

    invoice = session.get_one(Invoice, _item(session, number).invoice_number)
    if invoice.document_sha256 is None:
        raise CommandFailed(
            f"the PDF of {invoice.number} is not in the store: put it into the ledger's folder documents"
        )
    if path.exists():
        raise CommandFailed(f"{path} is there already: name another file", code=2)
    path.write_bytes(session.get_one(Document, invoice.document_sha256).content)
    return path

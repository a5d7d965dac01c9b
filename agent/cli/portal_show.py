"""How a portal item is shown: a table of all, and one item's fields ready to be typed or pasted."""

from __future__ import annotations

from typing import Any

from rich.markup import escape
from rich.table import Table
from sqlmodel import Session

from agent.cli.output import console, say
from store.aftermath import Portal, PortalStatus
from store.company import CompanyProfile
from store.matters import PortalItem
from store.portal_names import title_of
from store.portals import LEGAL
from store.tables import Customer, Invoice
from tools.portal_sheet import MISSING_WORDS, Piece, entries


def brief(item: PortalItem) -> dict[str, Any]:
    """Give one item as a line of the list."""
    return {
        "id": item.id,
        "customer": item.customer_id,
        "invoice": item.invoice_number,
        "portal": item.portal,
        "status": item.status,
        "missing": list(item.missing),
        "updated_at": item.updated_at.isoformat(),
    }


def whole(session: Session, item: PortalItem, company: CompanyProfile) -> dict[str, Any]:
    """Give one item with the portal's fields, what is missing, and every move."""
    portal = Portal(item.portal)
    invoice = session.get_one(Invoice, item.invoice_number)
    customer = session.get_one(Customer, item.customer_id)
    shown = entries(portal, item.fields, company)
    return brief(item) | {
        "customer_name": customer.name,
        "portal_name": title_of(portal, written=str(item.fields.get("Portal") or customer.portal)),
        "document_sha256": invoice.document_sha256,
        "balance": str(invoice.balance),
        "fields": [entry._asdict() for entry in shown],
        "to_do": [MISSING_WORDS[Piece(piece)] for piece in item.missing],
        "moves": list(item.moves),
        "may_become": sorted(status.value for status in LEGAL[PortalStatus(item.status)]),
    }


def table(rows: list[dict[str, Any]]) -> None:
    """Print the list."""
    if not rows:
        say("no invoice waits in a portal")
        return
    shown = Table("no.", "customer", "invoice", "portal", "status", "missing", box=None)
    for row in rows:
        cells = (str(row["id"]), row["customer"], row["invoice"], row["portal"], _plain(row["status"]))
        shown.add_row(*map(escape, cells), escape(", ".join(_plain(piece) for piece in row["missing"])))
    console().print(shown)


def page(shown: dict[str, Any]) -> None:
    """Print one item: a mandatory field bears an asterisk, an empty one a line to write on."""
    say(f"portal item {shown['id']}: {shown['invoice']} of {shown['customer_name']} in {shown['portal_name']}")
    say(
        f"status: {_plain(shown['status'])}; it can become {', '.join(map(_plain, shown['may_become'])) or 'nothing more'}"
    )
    form = Table("field", "value", "how", box=None)
    for entry in shown["fields"]:
        name = f"{entry['name']} *" if entry["mandatory"] else entry["name"]
        form.add_row(escape(name), escape(entry["value"] or "____"), escape(entry["note"]))
    console().print(form)
    for piece in shown["to_do"]:
        say(f"missing: {piece}")
    for move in shown["moves"]:
        why = f": {move['why']}" if move["why"] else ""
        say(f"{move['at'][:16].replace('T', ' ')} {_plain(move['to'])} by {move['by']}{why}")


def _plain(code: str) -> str:
    return code.replace("_", " ")

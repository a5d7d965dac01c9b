"""One invoice in a customer's portal, at the desk: what to type there, what was missing filled in, a mistaken "paid" set back.

Nothing is submitted from here. What a person fills in stays with the item: the ledger is the ERP's. Every call is a transaction
of its own, with its entry in the log.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import Engine

from store import portals
from store.aftermath import Portal, PortalStatus
from store.clock import Clock
from store.company import CompanyProfile
from store.engine import looking, unit_of_work
from store.matters import PortalItem
from store.portal_names import title_of
from store.tables import Customer, Document, Effect, Invoice
from tools.portal_sheet import ASKABLE, MISSING_WORDS, Entry, Piece, entries, field_for

#: A number that a person fills in is one line, and no longer than this.
LONGEST = 60
_WAITS = (PortalStatus.TO_SUBMIT, PortalStatus.REJECTED)


@dataclass(frozen=True, slots=True)
class PortalSheet:
    """One invoice as it is to be entered. `wanted`: what a person may fill in, by its name, with the portal's field for it.

    `moves`: what the item can become. `may_set_back`: a "paid" that was a mistake can be undone.
    """

    item: PortalItem
    customer: str
    portal: str
    entries: tuple[Entry, ...]
    missing: tuple[str, ...]
    wanted: Mapping[str, str]
    moves: tuple[str, ...]
    may_set_back: bool
    has_document: bool
    proposal_id: int


class PortalFilling:
    """The part of the desk that fills in what a portal asks for."""

    engine: Engine
    clock: Clock
    company: CompanyProfile

    def portal_sheet(self, item_id: int) -> PortalSheet | None:
        """Give one item with the portal's own fields; None where there is none of this number."""
        with looking(self.engine) as session:
            item = session.get(PortalItem, item_id)
            if item is None:
                return None
            portal, status = Portal(item.portal), PortalStatus(item.status)
            customer = session.get_one(Customer, item.customer_id)
            shown = entries(portal, item.fields, self.company)
            wanted = {piece.value: field_for(portal, piece) for piece in ASKABLE} if status in _WAITS else {}
            return PortalSheet(
                item=item,
                customer=customer.name,
                portal=title_of(portal, written=str(item.fields.get("Portal") or customer.portal)),
                entries=shown,
                missing=tuple(MISSING_WORDS[Piece(piece)] for piece in item.missing),
                wanted=wanted,
                moves=tuple(sorted(each.value for each in portals.LEGAL[status])),
                may_set_back=status is PortalStatus.PAID,
                has_document=session.get_one(Invoice, item.invoice_number).document_sha256 is not None,
                proposal_id=session.get_one(Effect, item.effect_id).proposal_id,
            )

    def portal_document(self, item_id: int) -> tuple[str, bytes] | None:
        """Give the file name and the bytes of an item's invoice, to be uploaded; None where the store has none."""
        with looking(self.engine) as session:
            item = session.get(PortalItem, item_id)
            invoice = session.get_one(Invoice, item.invoice_number) if item is not None else None
            if invoice is None or invoice.document_sha256 is None:
                return None
            return f"{invoice.number}.pdf", session.get_one(Document, invoice.document_sha256).content

    def fill_portal_item(self, item_id: int, *, actor: str, given: Mapping[Piece, str]) -> None:
        """Fill in what was missing, as a person learned it. Raises ValueError with what is wrong."""
        values = {piece: value.strip() for piece, value in given.items() if value.strip()}
        if not values:
            raise ValueError("write our supplier number, the order number, or both")
        if any(len(value) > LONGEST or not value.isprintable() for value in values.values()):
            raise ValueError(f"a number is one line of at most {LONGEST} characters")
        with unit_of_work(self.engine) as session:
            item = session.get(PortalItem, item_id)
            if item is None:
                raise portals.IllegalMove(f"there is no portal item {item_id}")
            filled = {piece.value: (field_for(Portal(item.portal), piece), value) for piece, value in values.items()}
            portals.supply(session, item_id, given=filled, actor=actor, now=self.clock())

    def set_back_portal_item(self, item_id: int, *, actor: str, note: str) -> None:
        """Undo a "paid" that was a mistake, with a note of why. Raises ValueError."""
        with unit_of_work(self.engine) as session:
            portals.set_back(session, item_id, actor=actor, note=note, now=self.clock())

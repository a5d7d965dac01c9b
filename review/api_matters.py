"""The JSON API of the lists beside the queue: escalations, promises, plans, disputes, portals, payment searches; and of ending them."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request

from review.api_models import CustomerRef, Done, Money
from review.api_problems import RESPONSES, Refusal, told
from review.api_queue_models import MatterList, MatterOut
from review.api_requests import CloseIn, EndDisputeIn, FillPortalIn, MovePortalIn, Number, TakeIn
from review.desk import Desk
from review.listing import Kind
from review.listrows import STATES
from review.viewer import actor_of
from store.aftermath import DisputeStatus
from store.matter_lists import Matter, Wanted
from store.tables import Dispute, Escalation, Plan, Promise
from tools.portal_sheet import Piece

_Words = Annotated[str, Query(max_length=100, pattern=r"^[^\x00]*$")]


def matter_routes(desk: Desk) -> APIRouter:
    """Make the routes of the lists."""
    api = APIRouter(prefix="/api/v1", tags=["lists"], responses=RESPONSES)

    @api.get("/lists/{kind}", operation_id="get_list")
    def get_list(
        kind: Kind,
        state: Annotated[_Words, Query(description="`open` by default")] = "open",
        q: Annotated[_Words, Query(description="in a customer's name or number, or an invoice number")] = "",
        page: Annotated[int, Query(ge=1, le=100_000)] = 1,
    ) -> MatterList:
        """List matters of one kind."""
        if state not in STATES[kind]:
            raise Refusal(422, f"This list has the states {', '.join(STATES[kind])}.", kind="refused")
        found = desk.listed(kind, Wanted(state=state, words=q.strip(), page=page))
        return MatterList(matters=[_matter(matter) for matter in found.rows], total=found.total, page=page)

    @api.post("/escalations/{number}/take", operation_id="take_escalation")
    def take_escalation(request: Request, number: Number, asked: TakeIn) -> Done:
        """Put one's name to a matter."""
        with told(conflict=True):
            desk.take_over(number, actor=actor_of(request), seen=asked.seen)
        return Done()

    @api.post("/escalations/{number}/close", operation_id="close_escalation")
    def close_escalation(request: Request, number: Number, asked: CloseIn) -> Done:
        """Close a matter, with a note of what became of it."""
        with told(conflict=True):
            desk.close_matter(number, actor=actor_of(request), note=asked.note)
        return Done()

    @api.post("/disputes/{number}/end", operation_id="end_dispute")
    def end_dispute(request: Request, number: Number, asked: EndDisputeIn) -> Done:
        """End a dispute; the answer to the customer is proposed with the next round."""
        credit = asked.credit if asked.status is DisputeStatus.CREDITED else None
        with told(conflict=True):
            desk.end_dispute(number, status=asked.status, actor=actor_of(request), reason=asked.reason, credit=credit)
        return Done()

    @api.post("/portal-items/{number}/move", operation_id="move_portal_item")
    def move_portal_item(request: Request, number: Number, asked: MovePortalIn) -> Done:
        """Note what became of an invoice in a portal."""
        with told(conflict=True):
            desk.move_portal_item(number, asked.status, actor=actor_of(request), why=asked.why)
        return Done()

    @api.post("/portal-items/{number}/fill", operation_id="fill_portal_item")
    def fill_portal_item(request: Request, number: Number, asked: FillPortalIn) -> Done:
        """Fill in what was missing for a portal. It stays with the item; the ledger is not changed."""
        given = {Piece.SUPPLIER_NUMBER: asked.supplier_number, Piece.PO_NUMBER: asked.po_number}
        with told(conflict=True):
            desk.fill_portal_item(number, actor=actor_of(request), given=given)
        return Done()

    @api.post("/portal-items/{number}/set-back", operation_id="set_back_portal_item")
    def set_back_portal_item(request: Request, number: Number, asked: CloseIn) -> Done:
        """Undo a "paid" that was a mistake: the item stands where it stood before."""
        with told(conflict=True):
            desk.set_back_portal_item(number, actor=actor_of(request), note=asked.note)
        return Done()

    @api.post("/payment-searches/{number}/dismiss", operation_id="dismiss_payment_search")
    def dismiss_payment_search(request: Request, number: Number, asked: CloseIn) -> Done:
        """End a payment search that is wrong, and its pause."""
        with told(conflict=True):
            desk.dismiss_search(number, actor=actor_of(request), note=asked.note)
        return Done()

    return api


def _matter(matter: Matter) -> MatterOut:
    row = matter.row
    return MatterOut(
        id=row.id,
        customer=CustomerRef(id=row.customer_id, name=matter.customer),
        owner=str(getattr(row, "owner", "") or matter.owner),
        status=row.status,
        item_id=matter.proposal_id,
        since=matter.since,
        due=_due(row),
        amount=_amount(row),
        invoices=_invoices(row),
        about=_about(row),
    )


def _due(row: Any) -> date | None:
    found = getattr(row, "due", None) or getattr(row, "pause_until", None)
    return found if isinstance(found, date) else None


def _amount(row: Any) -> Money | None:
    amount = row.total if isinstance(row, Plan) else getattr(row, "amount", None)
    # A dispute's amount is in its invoice's currency, which the row does not hold.
    return Money(amount=amount, currency=getattr(row, "currency", "")) if isinstance(amount, Decimal) else None


def _invoices(row: Any) -> list[str]:
    several = getattr(row, "invoices", None)
    one = getattr(row, "invoice_number", None)
    return list(several) if several is not None else [one] if one else []


def _about(row: Any) -> str:
    match row:
        case Escalation():
            return f"{row.reason}: {row.summary}"
        case Dispute():
            return f"{row.kind}: {row.statement}"
        case Promise():
            return str(row.method)
        case Plan():
            return f"round {row.round}"
        case _:
            return str(getattr(row, "portal", "") or getattr(row, "explanation", "") or "")

"""The JSON API of one invoice in a customer's portal: what to type there, and its PDF. Filling in stands in `review.api_matters`."""

from __future__ import annotations

from fastapi import APIRouter, HTTPException, Response
from pydantic import Field

from review.api_models import Answer, CustomerRef
from review.api_problems import RESPONSES
from review.api_requests import Number
from review.desk import Desk
from review.paperpages import for_saving
from review.security import BYTES


class PortalField(Answer):
    """One field of the portal. `value` empty: to be filled in by hand."""

    name: str
    value: str
    mandatory: bool
    note: str = Field(description="how to fill it in, or what is wrong with the value")


class PortalSheetOut(Answer):
    """One invoice as it is to be entered."""

    id: int
    item_id: int = Field(description="the approval from which it came")
    customer: CustomerRef
    invoice: str
    portal: str
    status: str
    fields: list[PortalField]
    missing: list[str] = Field(description="what is not known yet, in words")
    fill: dict[str, str] = Field(description="what `fill` takes, with the portal's own name of the field")
    moves: list[str] = Field(description="what `move` can make of it")
    may_set_back: bool
    has_document: bool


def portal_api_routes(desk: Desk) -> APIRouter:
    """Make the routes."""
    api = APIRouter(prefix="/api/v1", tags=["lists"], responses=RESPONSES)

    @api.get("/portal-items/{number}", operation_id="get_portal_item")
    def get_portal_item(number: Number) -> PortalSheetOut:
        """Give one invoice with the portal's own fields."""
        found = desk.portal_sheet(number)
        if found is None:
            raise HTTPException(404, f"There is no portal item {number}.")
        item = found.item
        return PortalSheetOut(
            id=number,
            item_id=found.proposal_id,
            customer=CustomerRef(id=item.customer_id, name=found.customer),
            invoice=item.invoice_number,
            portal=found.portal,
            status=item.status,
            fields=[PortalField(name=e.name, value=e.value, mandatory=e.mandatory, note=e.note) for e in found.entries],
            missing=list(found.missing),
            fill=dict(found.wanted),
            moves=list(found.moves),
            may_set_back=found.may_set_back,
            has_document=found.has_document,
        )

    @api.get(
        "/portal-items/{number}/document",
        operation_id="get_portal_document",
        response_class=Response,
        responses={200: {"description": "The PDF.", "content": {BYTES: {"schema": {"type": "string"}}}}},
    )
    def get_portal_document(number: Number) -> Response:
        """Give the invoice's PDF, as bytes of no type that a browser would open."""
        found = desk.portal_document(number)
        if found is None:
            raise HTTPException(404, f"The PDF of portal item {number} is not in the store.")
        return for_saving(found[1], found[0])

    return api

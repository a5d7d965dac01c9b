"""The route that hands a person the PDFs of an answer, to look at before approving. It never shows one inside a page."""

from __future__ import annotations

from fastapi import APIRouter, HTTPException, Response

from review.desk import Desk
from review.enclosing import enclosure_of
from review.pages import known


def paper_routes(desk: Desk) -> APIRouter:
    """Make the route. A PDF is offered for saving, as bytes of no type that a browser would open (threat T-42)."""
    look = APIRouter()

    @look.get("/items/{number}/documents/{place}")
    def document(number: int, place: int) -> Response:
        item = known(desk, number)
        try:
            found = enclosure_of(desk.engine, item, place, company=desk.company)
        except ValueError as error:
            raise HTTPException(422, f"This document cannot go along: {error}.") from error
        if found is None:
            raise HTTPException(404, f"Proposal {number} has no document {place}.")
        named = {"content-disposition": f'attachment; filename="{found.filename}"'}
        return Response(found.content, media_type="application/octet-stream", headers=named)

    return look

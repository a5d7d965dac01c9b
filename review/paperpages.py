"""The route that hands a person the PDFs of an answer, to look at before approving. It never shows one inside a page."""

from __future__ import annotations

from fastapi import APIRouter, HTTPException, Response

from review.desk import Desk
from review.enclosing import enclosure_of
from review.item import Item
from review.pages import known
from review.security import BYTES


def paper_routes(desk: Desk) -> APIRouter:
    """Make the route."""
    look = APIRouter()

    @look.get("/items/{number}/documents/{place}")
    def document(number: int, place: int) -> Response:
        item = known(desk, number)
        try:
            return paper(desk, item, place)
        except ValueError as error:
            raise HTTPException(422, f"This document cannot go along: {error}.") from error

    return look


def paper(desk: Desk, item: Item, place: int) -> Response:
    """Give a PDF of an item for saving (threat T-42).

    Raises HTTPException 404 where there is none at this place, ValueError for one that cannot go along.
    """
    found = enclosure_of(desk.engine, item, place, company=desk.company)
    if found is None:
        raise HTTPException(404, f"Proposal {item.row.id} has no document {place}.")
    return for_saving(found.content, found.filename)


def for_saving(content: bytes, filename: str) -> Response:
    """Give a document for saving: its name is plain, and its type none that a browser would open in a page."""
    plain = "".join(c if c.isalnum() or c in "-._ " else "_" for c in filename if c.isascii())[:150]
    named = {"content-disposition": f'attachment; filename="{plain or "document.pdf"}"'}
    return Response(content, media_type=BYTES, headers=named)

"""The routes of one invoice in a customer's portal: its sheet, its PDF, filling in, setting back. No GET changes anything."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Form, HTTPException, Request, Response

from review import words
from review.desk import Desk
from review.pages import Number, to
from review.paperpages import for_saving
from review.rendering import Renderer
from review.security import FormTokens
from review.viewer import actor_of, viewer_of
from store.roles import DECIDERS
from tools.portal_sheet import Piece

_Line = Annotated[str, Form(max_length=200)]


def portal_routes(desk: Desk, show: Renderer) -> APIRouter:
    """Make the routes that only look."""
    look = APIRouter()

    @look.get("/portal-items/{number}")
    def sheet(request: Request, number: Number, notice: str = "") -> Response:
        found = desk.portal_sheet(number)
        if found is None:
            raise HTTPException(404, f"There is no portal item {number}.")
        told = words.NOTICES.get(notice)
        may_decide = viewer_of(request).role in DECIDERS
        return show.page(request, "portal.html", tab="lists", sheet=found, may_decide=may_decide, notice=told)

    @look.get("/portal-items/{number}/document")
    def document(number: Number) -> Response:
        found = desk.portal_document(number)
        if found is None:
            raise HTTPException(404, f"The PDF of portal item {number} is not in the store.")
        return for_saving(found[1], found[0])

    return look


def portal_fill_routes(desk: Desk, tokens: FormTokens) -> APIRouter:
    """Make the routes that fill in and set back: each wants a form of ours, made for this browser."""
    fill = APIRouter(dependencies=[Depends(tokens.require)])

    @fill.post("/portal-items/{number}/fill")
    def filled(request: Request, number: Number, supplier_number: _Line = "", po_number: _Line = "") -> Response:
        given = {Piece.SUPPLIER_NUMBER: supplier_number, Piece.PO_NUMBER: po_number}
        try:
            desk.fill_portal_item(number, actor=actor_of(request), given=given)
        except ValueError as refused:
            raise HTTPException(409, words.sentence(str(refused))) from None
        return to(f"/portal-items/{number}?notice=portal_filled")

    @fill.post("/portal-items/{number}/set-back")
    def set_back(request: Request, number: Number, note: Annotated[str, Form(max_length=2000)] = "") -> Response:
        try:
            desk.set_back_portal_item(number, actor=actor_of(request), note=note)
        except ValueError as refused:
            raise HTTPException(409, words.sentence(str(refused))) from None
        return to(f"/portal-items/{number}?notice=portal_moved")

    return fill

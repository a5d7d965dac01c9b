"""The route that takes an approval back, while its time runs."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request, Response

from review.desk import Desk
from review.itempage import ItemPages
from review.pages import Number, known
from review.rendering import Renderer
from review.security import FormTokens
from review.viewer import actor_of
from review.walking import back
from store.proposals import Stale


def undo_routes(desk: Desk, show: Renderer, tokens: FormTokens) -> APIRouter:
    """Make the route: it wants a form of ours, made for this browser, and answers with the item, which waits again."""
    undo = APIRouter(dependencies=[Depends(tokens.require)])
    items = ItemPages(desk, show)

    @undo.post("/items/{number}/undo")
    def take_back(request: Request, number: Number, version: Annotated[int, Form()]) -> Response:
        known(desk, number)
        try:
            desk.take_back(number, version=version, actor=actor_of(request))
        except Stale as stale:
            return items.too_late(request, known(desk, number), str(stale))
        return back(request, number, "taken_back")

    return undo

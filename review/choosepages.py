"""The route by which a person leaves some actions of a proposal out. The mail is then worded anew, and looked at before approval."""

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


def choose_routes(desk: Desk, show: Renderer, tokens: FormTokens) -> APIRouter:
    """Make the route: it wants a form of ours, made for this browser."""
    choose = APIRouter(dependencies=[Depends(tokens.require)])
    items = ItemPages(desk, show)

    @choose.post("/items/{number}/choose")
    def chosen(
        request: Request,
        number: Number,
        version: Annotated[int, Form()],
        keep: Annotated[list[int] | None, Form()] = None,
    ) -> Response:
        item = known(desk, number)
        without = set(range(len(item.proposal.actions))) - set(keep or ())
        try:
            desk.leave_out(number, version=version, actor=actor_of(request), without=without)
        except Stale as stale:
            return items.stale(request, known(desk, number), str(stale), version=version)
        except ValueError as error:
            return items.refused(request, item, f"{str(error).capitalize()}.")
        return back(request, number, "chosen")

    return choose

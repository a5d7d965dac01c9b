"""The page "My tokens": a person makes and revokes tokens for their own programs. A token's text is shown once, when it is made."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Form, HTTPException, Request, Response

from review.desk import Desk
from review.pages import Number, to
from review.rendering import Renderer
from review.security import FormTokens
from review.viewer import viewer_of
from store.api_tokens import Scope, is_live

_SCOPES: dict[str, frozenset[Scope]] = {
    "read": frozenset({Scope.READ}),
    "decide": frozenset({Scope.READ, Scope.DECIDE}),
}
_NOTICES = {"revoked": ("good", "The token is revoked: whoever uses it is turned away from now on.")}


def token_routes(desk: Desk, show: Renderer, forms: FormTokens) -> APIRouter:
    """Make the routes of the page."""
    pages = APIRouter()

    def page(
        request: Request, *, status: int = 200, made: str | None = None, notice: tuple[str, str] | None = None
    ) -> Response:
        now = desk.clock()
        tokens = desk.tokens_of(viewer_of(request))
        live = [row for row in tokens if is_live(row, now=now)]
        return show.page(request, "tokens.html", status=status, tab="tokens", live=live, made=made, notice=notice)

    @pages.get("/tokens")
    def my_tokens(request: Request, notice: str = "") -> Response:
        return page(request, notice=_NOTICES.get(notice))

    @pages.post("/tokens", dependencies=[Depends(forms.require)])
    def make(
        request: Request,
        name: Annotated[str, Form()] = "",
        scope: Annotated[str, Form()] = "read",
        days: Annotated[int, Form()] = 90,
    ) -> Response:
        try:
            _, text = desk.make_token(viewer_of(request), name=name, scopes=_SCOPES.get(scope, frozenset()), days=days)
        except ValueError as error:
            return page(request, status=422, notice=("bad", f"Not made: {error}."))
        # Not by a redirect: the text must stand in no address and in no history.
        return page(request, made=text)

    @pages.post("/tokens/{number}/revoke", dependencies=[Depends(forms.require)])
    def revoke(request: Request, number: Number) -> Response:
        try:
            desk.revoke_token(viewer_of(request), number)
        except ValueError as error:
            raise HTTPException(409, f"{str(error).capitalize()}.") from None
        return to("/tokens?notice=revoked")

    return pages

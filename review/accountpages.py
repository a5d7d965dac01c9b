"""The routes of one's own account: password, sessions. Nobody sees or changes anybody else's here."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Form, HTTPException, Request, Response
from fastapi.responses import RedirectResponse

from review import myself
from review.cookies import SESSION
from review.limiting import Limits
from review.pages import Number, to
from review.passwords import ADVISED, FLOOR
from review.people import People, Refused
from review.rendering import Renderer
from review.security import FormTokens
from review.signinpages import browser_of, count_try, enter
from review.viewer import viewer_of

_NOTICES = {"ended": "That session is over.", "password": "Your password is changed; all other sessions are over."}


def account_routes(people: People, show: Renderer, tokens: FormTokens, limits: Limits) -> APIRouter:
    """Make the routes."""
    routes = APIRouter()
    ours = [Depends(tokens.require)]

    def page(request: Request, *, notice: str = "", wrong: str = "", status: int = 200) -> Response:
        viewer = viewer_of(request)
        return show.page(
            request,
            "account.html",
            status=status,
            tab="account",
            sessions=myself.sessions_of(people, viewer),
            has_password=myself.has_password(people, viewer),
            told=_NOTICES.get(notice, ""),
            wrong=wrong,
            floor=FLOOR,
            advised=ADVISED,
        )

    @routes.get("/account")
    def account(request: Request, notice: str = "") -> Response:
        return page(request, notice=notice)

    @routes.post("/account/password", dependencies=ours)
    def change_password(
        request: Request,
        current: Annotated[str, Form(max_length=2000)] = "",
        code: Annotated[str, Form(max_length=20)] = "",
        new: Annotated[str, Form(max_length=2000)] = "",
        again: Annotated[str, Form(max_length=2000)] = "",
    ) -> Response:
        if new != again:
            return page(request, wrong="The two new passwords are not the same.", status=422)
        viewer = viewer_of(request)
        give_back = count_try(request, people, limits, viewer.login)
        try:
            entered = myself.change_password(
                people, viewer, current=current, code=code, new=new, browser=browser_of(request)
            )
        except Refused as refused:
            return page(request, wrong=str(refused), status=422)
        give_back()
        return enter(request, people, entered, "/account?notice=password")

    @routes.post("/account/sessions/end", dependencies=ours)
    def end_all(request: Request, tokens: Annotated[str, Form(max_length=10)] = "") -> Response:
        myself.end_all(people, viewer_of(request), tokens=tokens == "revoke")
        response = RedirectResponse("/sign-in", status_code=303)
        SESSION.remove(request, response)
        return response

    @routes.post("/account/sessions/{number}/end", dependencies=ours)
    def end_one(request: Request, number: Number) -> Response:
        if not myself.end_session(people, viewer_of(request), number, why="ended by its owner"):
            raise HTTPException(404, "There is no such session of yours.")
        return to("/account?notice=ended")

    return routes

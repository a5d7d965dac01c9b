"""The routes at which a person proves anew who they are, so that what they asked for goes on. Both ways in lead here too."""

from __future__ import annotations

import logging
from typing import Annotated

from fastapi import APIRouter, Depends, Form, HTTPException, Query, Request, Response
from fastapi.responses import RedirectResponse
from starlette.concurrency import run_in_threadpool

from review import myself
from review.cookies import FLOW, SESSION, session_token
from review.limiting import Limits
from review.oidc import Provider, Untrusted
from review.people import People, Refused, hashed
from review.rendering import Renderer
from review.security import FormTokens
from review.signinpages import browser_of, count_try
from review.stepup import ProofNeeded, page_of, pages
from review.viewer import viewer_of

log = logging.getLogger(__name__)
#: What the page sends on beside password and code, by the names of its fields.
FIELD = "field."


def prove_routes(
    people: People, show: Renderer, tokens: FormTokens, limits: Limits, provider: Provider | None
) -> APIRouter:
    """Make the routes."""
    routes = APIRouter()

    @routes.post("/account/prove", dependencies=[Depends(tokens.require)])
    async def prove(
        request: Request,
        act: Annotated[str, Form(max_length=300)] = "",
        password: Annotated[str, Form(max_length=2000)] = "",
        code: Annotated[str, Form(max_length=20)] = "",
    ) -> Response:
        form = await request.form()
        fields = {
            name.removeprefix(FIELD): value
            for name, value in form.items()
            if name.startswith(FIELD) and isinstance(value, str)
        }
        page = page_of(act)
        if page is None:
            raise HTTPException(422, "This is nothing that waits for a proof: begin again on its page.")
        return await run_in_threadpool(_proven, request, ProofNeeded(act, fields, page), password, code)

    def _proven(request: Request, asked: ProofNeeded, password: str, code: str) -> Response:
        viewer = viewer_of(request)
        give_back = count_try(request, people, limits, viewer.login)
        try:
            entered = myself.prove(
                people,
                viewer,
                password=password,
                code=code,
                browser=browser_of(request),
                before=session_token(request),
            )
        except Refused as refused:
            return ask(request, show, people, asked, wrong=str(refused))
        give_back()
        # The form that goes on is one of the new session.
        request.state.session_key = hashed(entered.token)
        response = show.outside(request, "proven.html", act=asked.act, fields=asked.fields)
        SESSION.set(request, response, entered.token)
        return response

    @routes.get("/account/prove/oidc")
    def go(request: Request, page: Annotated[str, Query(max_length=100)] = "/account") -> Response:
        if provider is None:
            raise HTTPException(404, "There is no identity provider here.")
        if page not in pages():
            raise HTTPException(422, "There is nothing there that waits for a proof.")
        token = session_token(request)
        if token is None:
            raise HTTPException(422, "Nobody signs in here.")
        try:
            started = provider.start(proves=hashed(token), page=page)
        except Untrusted as error:
            log.warning("identity provider: %s", error)
            raise HTTPException(502, "The identity provider cannot be used now: try again later.") from None
        response = RedirectResponse(started.address, status_code=303)
        FLOW.set(request, response, started.kept)
        return response

    return routes


def ask(request: Request, show: Renderer, people: People, asked: ProofNeeded, *, wrong: str = "") -> Response:
    """Give the page that asks for a proof, with what was filled in."""
    return show.outside(
        request,
        "prove.html",
        status=403,
        viewer=viewer_of(request),
        act=asked.act,
        fields={f"{FIELD}{name}": value for name, value in asked.fields.items()},
        page=asked.page,
        by_password=myself.has_password(people, viewer_of(request)),
        wrong=wrong,
    )

"""The routes of signing in at the identity provider. Going there and coming back change nothing; the form at the end does.

The browser comes back from another site, so its strict cookies stay away; a form of ours, sent at once by a small script or by
its button, brings code, state and cookies together. That keeps every cookie strict and every GET without effect.
"""

from __future__ import annotations

import logging
from typing import Annotated

from fastapi import APIRouter, Depends, Form, HTTPException, Query, Request, Response
from fastapi.responses import RedirectResponse

from review import inviting, myself
from review.cookies import FLOW, session_token
from review.limiting import Limits, too_many
from review.oidc import Came, Provider, Untrusted
from review.people import Entered, People, Refused, hashed
from review.rendering import Renderer
from review.security import FormTokens
from review.signinpages import address_of, browser_of, enter

log = logging.getLogger(__name__)
_NOT_NOW = "The identity provider cannot be used now: try again later, or ask an admin."
_NO = "That did not work. Begin again; if it goes on, ask an admin for a new link."
_UNKNOWN = "This company account belongs to nobody here: follow the link of your invitation first."


def oidc_routes(people: People, show: Renderer, tokens: FormTokens, limits: Limits, provider: Provider) -> APIRouter:
    """Make the routes."""
    routes = APIRouter()

    @routes.get("/sign-in/oidc")
    def go(request: Request, invitation: Annotated[str, Query(max_length=100)] = "") -> Response:
        _limit(request, limits, "oidc")
        if invitation and (found := inviting.invited(people, invitation)) is not None and found.first:
            raise HTTPException(422, "The first person signs in with a password, for the day the provider is away.")
        try:
            started = provider.start(invitation)
        except Untrusted as error:
            log.warning("identity provider: %s", error)
            raise HTTPException(502, _NOT_NOW) from None
        response = RedirectResponse(started.address, status_code=303)
        FLOW.set(request, response, started.kept)
        return response

    @routes.get("/sign-in/oidc/back")
    def back(
        request: Request,
        code: Annotated[str, Query(max_length=2000)] = "",
        state: Annotated[str, Query(max_length=200)] = "",
        iss: Annotated[str, Query(max_length=500)] = "",
    ) -> Response:
        if not code or not state:
            raise HTTPException(403, "The identity provider did not sign you in.")
        return show.outside(request, "oidc_back.html", code=code, state=state, iss=iss)

    @routes.post("/sign-in/oidc/back", dependencies=[Depends(tokens.require)])
    def came_back(
        request: Request,
        code: Annotated[str, Form(max_length=2000)] = "",
        state: Annotated[str, Form(max_length=200)] = "",
        iss: Annotated[str, Form(max_length=500)] = "",
    ) -> Response:
        _limit(request, limits, "address")
        try:
            came = provider.finish(FLOW.read(request) or "", code=code, state=state, issuer=iss)
        except Untrusted as error:
            log.warning("identity provider: %s", error)
            people.note_failed(str(error))
            raise HTTPException(403, _NO) from None
        try:
            entered = _entered(request, came)
        except Refused as refused:
            people.note_failed("not linked")
            raise HTTPException(403, str(refused)) from None
        limits.give_back("address", address_of(request))
        response = enter(request, people, entered, came.page)
        FLOW.remove(request, response)
        return response

    def _entered(request: Request, came: Came) -> Entered:
        issuer, subject = came.account.issuer, came.account.subject
        browser, before = browser_of(request), session_token(request)
        if came.proves:
            # Only in the browser, and for the session, that asked.
            viewer = people.viewer(before) if before is not None and hashed(before) == came.proves else None
            if viewer is None or came.at is None:
                raise Refused("The session is over: sign in again.")
            return myself.prove_by_account(
                people, viewer, issuer=issuer, subject=subject, at=came.at, browser=browser, before=before
            )
        if came.invitation:
            return inviting.accept_account(
                people,
                came.invitation,
                issuer=issuer,
                subject=subject,
                browser=browser,
                before=before,
                proven_at=came.at,
            )
        entered = people.sign_in_account(issuer, subject, browser=browser, before=before, proven_at=came.at)
        if entered is None:
            raise Refused(_UNKNOWN)
        return entered

    return routes


def _limit(request: Request, limits: Limits, kind: str) -> None:
    wait = limits.hit(kind, address_of(request))
    if wait:
        raise too_many(wait, "tries to sign in")

"""The routes behind an invitation: set a password and a second factor, once. Looking at the page uses nothing up."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Form, HTTPException, Path, Request, Response

from review import inviting, totp
from review.cookies import session_token
from review.inviting import Invited
from review.limiting import Limits, too_many
from review.passwords import ADVISED, FLOOR
from review.people import People, Refused
from review.rendering import Renderer
from review.security import FormTokens
from review.signinpages import address_of, browser_of, enter

Link = Annotated[str, Path(max_length=100)]
_OVER = "This link does not work any more: it was used, has run out, or another one took its place. Ask for a new one."


def invite_routes(people: People, show: Renderer, tokens: FormTokens, limits: Limits, *, oidc: bool) -> APIRouter:
    """Make the routes; `oidc` shows the way to the identity provider."""
    routes = APIRouter()

    def page(request: Request, token: str, found: Invited, sealed: str = "", **told: str) -> Response:
        secret, sealed = inviting.offered_secret(people, token, sealed)
        login = told.get("login") or found.login
        return show.outside(
            request,
            "invitation.html",
            status=422 if told else 200,
            token=token,
            found=found,
            login=login,
            name=told.get("name") or found.name,
            wrong=told.get("wrong", ""),
            sealed=sealed,
            secret=totp.spaced(secret),
            picture=totp.picture(secret, login=login, company=people.company),
            floor=FLOOR,
            advised=ADVISED,
            oidc=oidc and not found.first,
        )

    @routes.get("/invitations/{link}")
    def invited(request: Request, link: Link) -> Response:
        return page(request, link, _known(people, limits, request, link))

    @routes.post("/invitations/{link}", dependencies=[Depends(tokens.require)])
    def accept(
        request: Request,
        link: Link,
        password: Annotated[str, Form(max_length=2000)] = "",
        again: Annotated[str, Form(max_length=2000)] = "",
        code: Annotated[str, Form(max_length=20)] = "",
        sealed: Annotated[str, Form(max_length=500)] = "",
        login: Annotated[str, Form(max_length=100)] = "",
        name: Annotated[str, Form(max_length=200)] = "",
    ) -> Response:
        found = _known(people, limits, request, link)
        typed = {"login": login, "name": name}
        if password != again:
            return page(request, link, found, sealed, wrong="The two passwords are not the same.", **typed)
        try:
            entered = inviting.accept(
                people,
                link,
                login=login,
                name=name,
                password=password,
                sealed=sealed,
                code=code,
                browser=browser_of(request),
                before=session_token(request),
            )
        except Refused as refused:
            return page(request, link, found, sealed, wrong=str(refused), **typed)
        return enter(request, people, entered)

    return routes


def _known(people: People, limits: Limits, request: Request, token: str) -> Invited:
    wait = limits.hit("invitation", address_of(request))
    if wait:
        raise too_many(wait, "requests for invitations")
    found = inviting.invited(people, token)
    if found is None:
        raise HTTPException(404, _OVER)
    limits.give_back("invitation", address_of(request))
    return found

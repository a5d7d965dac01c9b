"""The routes of signing in and out, with a password and a code. What went wrong is never said more exactly than "something"."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request, Response
from fastapi.responses import RedirectResponse

from review import devices, myself
from review.cookies import DEVICE, SESSION, session_token
from review.limiting import Limits, too_many
from review.people import Entered, People
from review.rendering import Renderer
from review.security import FormTokens
from review.viewer import Viewer, viewer_of
from store.roles import Role

_WRONG = "That did not work: login, password or code is wrong. A code works once, for 30 seconds."
_OVER = "Your session was over, so nothing was saved. Go back to keep what you wrote, then sign in and send it again."
#: Where somebody may be led after signing in: a path of ours, without anything that a browser could read as another host.
_PATH = re.compile(r"/(?![/\\])[A-Za-z0-9/_.?=&%-]{0,300}")


def signin_routes(people: People, show: Renderer, tokens: FormTokens, limits: Limits, *, oidc: bool) -> APIRouter:
    """Make the routes; `oidc` shows the way to the identity provider."""
    routes = APIRouter()
    ours = [Depends(tokens.require)]

    @routes.get("/sign-in")
    def sign_in_page(request: Request) -> Response:
        return sign_in_form(request, show, oidc=oidc)

    @routes.post("/sign-in", dependencies=ours)
    def sign_in(
        request: Request,
        login: Annotated[str, Form(max_length=100)] = "",
        password: Annotated[str, Form(max_length=2000)] = "",
        code: Annotated[str, Form(max_length=20)] = "",
        following: Annotated[str, Form(max_length=400)] = "",
    ) -> Response:
        login = login.strip().lower()
        give_back = count_try(request, people, limits, login)
        entered = people.sign_in(
            login=login, password=password, code=code, browser=browser_of(request), before=session_token(request)
        )
        if entered is None:
            return sign_in_form(request, show, oidc=oidc, login=login, following=following, wrong=_WRONG, status=401)
        give_back()
        return enter(request, people, entered, following)

    @routes.post("/sign-out", dependencies=ours)
    def sign_out(request: Request) -> Response:
        myself.sign_out(people, viewer_of(request))
        response = RedirectResponse("/sign-in", status_code=303)
        SESSION.remove(request, response)
        response.headers["clear-site-data"] = '"cache", "storage"'
        return response

    return routes


def sign_in_form(
    request: Request,
    show: Renderer,
    *,
    oidc: bool,
    login: str = "",
    following: str = "",
    wrong: str = "",
    status: int = 200,
) -> Response:
    """Give the page on which somebody signs in."""
    return show.outside(
        request,
        "signin.html",
        status=status,
        login=login,
        following=following if safe_path(following) else "",
        wrong=wrong,
        oidc=oidc,
    )


def asked_to_sign_in(request: Request, show: Renderer, *, oidc: bool) -> Response:
    """Answer a request without a session: with the page to sign in on, in its place; parts of pages are led there."""
    if request.headers.get("hx-request") == "true":
        return Response(status_code=401, headers={"hx-redirect": "/sign-in"})
    if request.method != "GET":
        return sign_in_form(request, show, oidc=oidc, wrong=_OVER, status=401)
    path = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    return sign_in_form(request, show, oidc=oidc, following=path, status=401)


def count_try(request: Request, people: People, limits: Limits, login: str) -> Callable[[], None]:
    """Count a try by its address and its account; give what takes it back, for one that was right. Raises HTTPException 429.

    A browser from which this person signed in before counts by itself: a stranger who guesses cannot keep its owner out.
    """
    mark = DEVICE.read(request) or ""
    kind, who = ("device", mark) if devices.is_of(people.key_for("device"), login, mark) else ("account", login)
    counted: list[tuple[str, str]] = []
    for each in ((kind, who), ("address", address_of(request))):
        wait = limits.hit(*each)
        if wait:
            for before in counted:
                limits.give_back(*before)
            raise too_many(wait, "tries to sign in")
        counted.append(each)

    def give_back() -> None:
        for each in counted:
            limits.give_back(*each)

    return give_back


def enter(request: Request, people: People, entered: Entered, following: str = "") -> Response:
    """Set the session's cookie, and lead to the page that was asked for."""
    start = "/people" if entered.role is Role.ADMIN else "/"
    safe = following if safe_path(following) and following != "/" else start
    response = RedirectResponse(safe, status_code=303)
    SESSION.set(request, response, entered.token)
    DEVICE.set(request, response, devices.mark(people.key_for("device"), entered.login))
    return response


def home_of(viewer: Viewer | None) -> str:
    """Give the page that somebody begins on."""
    return "/people" if viewer is not None and viewer.role is Role.ADMIN else "/"


def safe_path(path: str) -> bool:
    """Say whether a path is one of ours to be led to, and no way to another site."""
    return _PATH.fullmatch(path) is not None and not path.startswith(("/sign-", "/invitations/"))


def browser_of(request: Request) -> str:
    """Name the browser, for its owner's list of sessions."""
    return "".join(c for c in request.headers.get("user-agent", "") if c.isprintable())[:120]


def address_of(request: Request) -> str:
    """Give the address that a request came from; a proxy that is trusted has put it there. Of IPv6 its network, which is one customer's."""
    host = request.client.host if request.client is not None else "unknown"
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return host
    return str(ipaddress.ip_network((address, 64), strict=False)) if address.version == 6 else host

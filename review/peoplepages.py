"""The routes by which an admin keeps people: who there is, invitations, roles, access. An admin decides about no mail."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Form, HTTPException, Path, Request, Response

from review import inviting
from review.limiting import limited
from review.pages import to
from review.people import People, Refused
from review.rendering import Renderer
from review.security import FormTokens
from review.viewer import actor_of
from store.roles import Role

Login = Annotated[str, Path(max_length=100)]
_NOTICES = {
    "role": "The role is changed; the person signs in anew.",
    "disabled": "The person has no access any more.",
    "enabled": "The person has access again.",
}


def people_routes(people: People, show: Renderer, tokens: FormTokens) -> APIRouter:
    """Make the routes."""
    routes = APIRouter()
    ours = [Depends(tokens.require)]

    def page(request: Request, *, status: int = 200, **told: str) -> Response:
        return show.page(
            request,
            "people.html",
            status=status,
            tab="people",
            persons=people.everybody(),
            roles=list(Role),
            told=told.get("told", ""),
            wrong=told.get("wrong", ""),
            link=told.get("link", ""),
            whose=told.get("whose", ""),
        )

    @routes.get("/people")
    def everybody(request: Request, notice: str = "") -> Response:
        return page(request, told=_NOTICES.get(notice, ""))

    @routes.post("/people/invite", dependencies=ours)
    def invite(
        request: Request,
        login: Annotated[str, Form(max_length=100)] = "",
        name: Annotated[str, Form(max_length=200)] = "",
        role: Annotated[str, Form(max_length=20)] = "",
    ) -> Response:
        limited(request, "people")
        try:
            link = inviting.invite(people, login=login, name=name, role=_role(role), by=actor_of(request))
        except Refused as refused:
            return page(request, wrong=str(refused), status=422)
        return page(request, link=link, whose=login.strip().lower())

    @routes.post("/people/{login}/invite", dependencies=ours)
    def invite_again(request: Request, login: Login) -> Response:
        limited(request, "people")
        try:
            link = inviting.invite_again(people, login, by=actor_of(request))
        except Refused as refused:
            return page(request, wrong=str(refused), status=422)
        return page(request, link=link, whose=login)

    @routes.post("/people/{login}/role", dependencies=ours)
    def set_role(request: Request, login: Login, role: Annotated[str, Form(max_length=20)] = "") -> Response:
        limited(request, "people")
        try:
            inviting.set_role(people, login, _role(role), by=actor_of(request))
        except Refused as refused:
            return page(request, wrong=str(refused), status=422)
        return to("/people?notice=role")

    @routes.post("/people/{login}/disable", dependencies=ours)
    def disable(request: Request, login: Login) -> Response:
        return _access(request, login, disabled=True)

    @routes.post("/people/{login}/enable", dependencies=ours)
    def enable(request: Request, login: Login) -> Response:
        return _access(request, login, disabled=False)

    def _access(request: Request, login: str, *, disabled: bool) -> Response:
        limited(request, "people")
        try:
            inviting.set_disabled(people, login, disabled=disabled, by=actor_of(request))
        except Refused as refused:
            return page(request, wrong=str(refused), status=422)
        return to(f"/people?notice={'disabled' if disabled else 'enabled'}")

    return routes


def _role(text: str) -> Role:
    if text not in set(Role):
        raise HTTPException(422, "Choose a role.")
    return Role(text)

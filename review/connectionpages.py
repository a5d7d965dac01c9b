"""The routes of connected systems: the list, one of them, and what is done about it. No GET changes anything or asks a system."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated

from fastapi import APIRouter, Depends, HTTPException, Path, Query, Request, Response

from review import words
from review.connected import CannotSteer, Tried
from review.desk import Desk
from review.limiting import limited
from review.pages import to
from review.rendering import Renderer
from review.security import FormTokens
from review.viewer import actor_of, viewer_of
from store.roles import Role

if TYPE_CHECKING:
    from agent.connection_standing import Standing

Name = Annotated[str, Path(max_length=100, pattern=r"^[^\x00]*$")]
#: Who does something about a connection.
KEEPERS = frozenset({Role.CONTROLLER})
SYSTEMS = {
    "quickbooks": "QuickBooks Online",
    "xero": "Xero",
    "stripe": "Stripe",
    "netsuite": "NetSuite",
    "salesforce": "Salesforce",
    "hubspot": "HubSpot",
}
#: How a connection stands: the word, and its colour.
CONDITIONS = {
    "not_signed_in": ("nobody signed in", "warn"),
    "refused": ("sign-in refused", "bad"),
    "paused": ("paused", ""),
    "being_read": ("being read now", ""),
    "rate_limited": ("asked to slow down", "warn"),
    "failing": ("failing", "bad"),
    "not_read": ("not read yet", "warn"),
    "works": ("works", "good"),
}
_NOTICES = {
    "asked": ("good", "The daemon reads it at its next round."),
    "paused": ("good", "Paused. It is not read until somebody lets it go on."),
    "resumed": ("good", "It is read again, at the daemon's next round."),
    "removed": ("good", "Forgotten. What it brought stays in the ledger."),
}


def connection_routes(desk: Desk, show: Renderer) -> APIRouter:
    """Make the routes that only look."""
    look = APIRouter()

    @look.get("/connections")
    def connections(request: Request) -> Response:
        return show.page(
            request,
            "connections.html",
            tab="connections",
            rows=desk.connections(),
            systems=SYSTEMS,
            conditions=CONDITIONS,
        )

    @look.get("/connections/{name}")
    def one(request: Request, name: Name, notice: Annotated[str, Query(max_length=20)] = "") -> Response:
        return _page(request, show, _found(desk, name), notice=_NOTICES.get(notice))

    @look.get("/connections/{name}/remove")
    def ask(request: Request, name: Name) -> Response:
        row = _found(desk, name)
        return show.page(
            request, "connection_remove.html", tab="connections", row=row, systems=SYSTEMS, may=_may(request)
        )

    return look


def connection_steering_routes(desk: Desk, show: Renderer, tokens: FormTokens) -> APIRouter:
    """Make the routes that do something: each wants a form of ours, made for this browser."""
    act = APIRouter(dependencies=[Depends(tokens.require)])

    @act.post("/connections/{name}/read-now")
    def read_now(request: Request, name: Name) -> Response:
        with _told():
            desk.read_connection_now(name, actor=actor_of(request))
        return to(f"/connections/{name}?notice=asked")

    @act.post("/connections/{name}/pause")
    def pause(request: Request, name: Name) -> Response:
        with _told():
            desk.pause_connection(name, actor=actor_of(request))
        return to(f"/connections/{name}?notice=paused")

    @act.post("/connections/{name}/resume")
    def resume(request: Request, name: Name) -> Response:
        with _told():
            desk.resume_connection(name, actor=actor_of(request))
        return to(f"/connections/{name}?notice=resumed")

    @act.post("/connections/{name}/remove")
    def remove(request: Request, name: Name) -> Response:
        with _told():
            desk.remove_connection(name, actor=actor_of(request))
        return to(f"/connections/{name}?notice=removed")

    @act.post("/connections/{name}/try")
    def try_(request: Request, name: Name) -> Response:
        limited(request, "connect")
        with _told():
            tried = desk.try_connection(name, actor=actor_of(request))
        return _page(request, show, _found(desk, name), tried=tried)

    return act


def _page(
    request: Request,
    show: Renderer,
    row: Standing,
    *,
    notice: tuple[str, str] | None = None,
    tried: Tried | None = None,
) -> Response:
    return show.page(
        request,
        "connection.html",
        tab="connections",
        row=row,
        systems=SYSTEMS,
        conditions=CONDITIONS,
        tried=tried,
        may=_may(request),
        notice=notice,
    )


def _may(request: Request) -> bool:
    return viewer_of(request).role in KEEPERS


def _found(desk: Desk, name: str) -> Standing:
    row = desk.connection(name)
    if row is None:
        raise HTTPException(404, "There is no connection of this name.")
    return row


@contextmanager
def _told() -> Iterator[None]:
    try:
        yield
    except CannotSteer as error:
        raise HTTPException(409, words.sentence(str(error))) from None

"""The routes of an item's page beside the decision: other readings, acts and words; putting off, passing on, talking, being there."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Annotated

from fastapi import APIRouter, Depends, Form, HTTPException, Request, Response

from review import words
from review.desk import Desk
from review.itempage import ItemPages
from review.limiting import limited
from review.pages import Number, known
from review.rendering import Renderer, by_htmx
from review.security import FormTokens
from review.viewer import actor_of, viewer_of
from review.views import age
from review.walking import back
from store.proposals import Stale
from store.vocabulary import Reason
from tools.escalate_to_human import Role

Text = Annotated[str, Form()]


def alternative_routes(desk: Desk, show: Renderer, tokens: FormTokens) -> APIRouter:
    """Make the routes at which a person decides otherwise. What they change waits, and is looked at, like any proposal."""
    routes = APIRouter()
    changes = APIRouter(dependencies=[Depends(tokens.require)])
    items = ItemPages(desk, show)

    def tried(request: Request, number: int, version: int, notice: str, change: Callable[[], object]) -> Response:
        """Do it, and say kindly what stood in the way. Where a model may word the mail, nobody asks it without end."""
        known(desk, number)
        if desk.has_model() or notice == "redrafted":
            limited(request, "redraft")
        try:
            change()
        except Stale as stale:
            return items.stale(request, known(desk, number), str(stale), version=version)
        except ValueError as error:
            return items.refused(request, known(desk, number), words.sentence(str(error)))
        return back(request, number, notice)

    @routes.get("/items/{number}/alternatives")
    def alternatives(request: Request, number: Number) -> Response:
        item = known(desk, number)
        readings = desk.other_readings(item)
        if not by_htmx(request):
            return items.page(request, item, readings=readings)
        return show.fragment(request, "_readings.html", item=item, readings=readings)

    @changes.post("/items/{number}/reread")
    def reread(request: Request, number: Number, version: Annotated[int, Form()], choice: Text = "") -> Response:
        claim, _, reason = choice.partition(":")
        if not claim.isdecimal() or len(claim) > 4 or reason not in set(Reason):
            raise HTTPException(422, "Choose how the claim is to be read.")
        return tried(
            request,
            number,
            version,
            "redecided",
            lambda: desk.reread(
                number, version=version, actor=actor_of(request), claim=int(claim), reason=Reason(reason)
            ),
        )

    @changes.post("/items/{number}/retool")
    def retool(request: Request, number: Number, version: Annotated[int, Form()], choice: Text = "") -> Response:
        action, _, tool = choice.partition(":")
        if not action.isdecimal() or len(action) > 4:
            raise HTTPException(422, "Choose what is to be done.")
        return tried(
            request,
            number,
            version,
            "redecided",
            lambda: desk.retool(number, version=version, actor=actor_of(request), action=int(action), tool=tool),
        )

    @changes.post("/items/{number}/redraft")
    def redraft(request: Request, number: Number, version: Annotated[int, Form()], instruction: Text = "") -> Response:
        return tried(
            request,
            number,
            version,
            "redrafted",
            lambda: desk.redraft(number, version=version, actor=actor_of(request), instruction=instruction),
        )

    routes.include_router(changes)
    return routes


def handling_routes(desk: Desk, show: Renderer, tokens: FormTokens) -> APIRouter:
    """Make the routes that pass an item on, or tell that it is open."""
    routes = APIRouter(dependencies=[Depends(tokens.require)])
    items = ItemPages(desk, show)

    def tried(request: Request, number: int, notice: str, change: Callable[[], object]) -> Response:
        known(desk, number)
        try:
            change()
        except Stale as stale:
            return items.stale(request, known(desk, number), str(stale))
        except ValueError as error:
            return items.refused(request, known(desk, number), words.sentence(str(error)))
        return back(request, number, notice)

    @routes.post("/items/{number}/snooze")
    def snooze(request: Request, number: Number, until: Text = "", day: Text = "") -> Response:
        chosen = _day(until or day)
        notice = "snoozed" if chosen is not None else "woken"
        return tried(request, number, notice, lambda: desk.snooze(number, until=chosen, actor=actor_of(request)))

    @routes.post("/items/{number}/give")
    def give(request: Request, number: Number, person: Text = "") -> Response:
        return tried(request, number, "given", lambda: desk.give(number, to=person, actor=actor_of(request)))

    @routes.post("/items/{number}/hand-over")
    def hand_over(request: Request, number: Number, role: Text = "", note: Text = "") -> Response:
        if role not in set(Role):
            raise HTTPException(422, "Choose whom it is handed to.")
        chosen = Role(role)
        return tried(
            request, number, "handed", lambda: desk.hand_over(number, to=chosen, note=note, actor=actor_of(request))
        )

    @routes.post("/items/{number}/comment")
    def comment(request: Request, number: Number, text: Text = "") -> Response:
        return tried(request, number, "commented", lambda: desk.say(number, text=text, actor=actor_of(request)))

    @routes.post("/items/{number}/here")
    def here(request: Request, number: Number) -> Response:
        viewer = viewer_of(request)
        others = desk.be_here(number, login=viewer.login, name=viewer.name)
        if not by_htmx(request):
            return back(request, number)
        return show.fragment(request, "_here.html", others=others, now=desk.clock(), age=age)

    return routes


def _day(text: str) -> date | None:
    """Read the day that something is put off until; "back" takes it back."""
    if text == "back":
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise HTTPException(422, "Choose the day until which it is put off.") from None

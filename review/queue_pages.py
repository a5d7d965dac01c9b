"""The routes of the queue's page: the list, its part that is renewed in place, and the views that people keep.

No GET changes anything. The page works without JavaScript; with it, what moved is shown without losing what was ticked.
"""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form, HTTPException, Request, Response

from review import words
from review.desk import Desk
from review.pages import Number, to
from review.queue_filters import Asked, asked, mark
from review.queue_rows import choices, line
from review.rendering import Renderer, by_htmx
from review.security import FormTokens
from review.viewer import viewer_of
from store.queue import PAGE
from store.queue_search import MOST_FOUND
from store.queue_words import asked as words_asked
from store.roles import DECIDERS
from store.saved_views import SHARED


def queue_routes(desk: Desk, show: Renderer) -> APIRouter:
    """Make the routes that only look."""
    look = APIRouter()

    @look.get("/")
    def queue(request: Request, notice: str = "") -> Response:
        ask = asked(request.query_params)
        context = _list(desk, request, ask)
        login = viewer_of(request).login
        saved = desk.saved_views(login)
        return show.page(
            request,
            "queue.html",
            tab="waiting",
            notice=words.NOTICES.get(notice),
            saved=saved,
            shared=SHARED,
            login=login,
            outbox_paused=desk.outbox_paused(),
            **context,
        )

    @look.get("/queue/rows")
    def rows(request: Request) -> Response:
        ask = asked(request.query_params)
        if not by_htmx(request):
            return to(ask.page())
        return show.fragment(request, "_queue_list.html", **_list(desk, request, ask))

    return look


def view_routes(desk: Desk, tokens: FormTokens) -> APIRouter:
    """Make the routes that keep and remove views: forms of ours, made for this browser."""
    keep = APIRouter(dependencies=[Depends(tokens.require)])

    @keep.post("/views")
    def save(
        request: Request,
        name: Annotated[str, Form()] = "",
        query: Annotated[str, Form()] = "",
        shared: Annotated[str, Form()] = "",
    ) -> Response:
        ask = _of_query(query)
        viewer = viewer_of(request)
        if shared and viewer.role not in DECIDERS:
            raise HTTPException(403, f"A view for all is not made by the role {viewer.role.value}.")
        try:
            desk.save_view(login=viewer.login, name=name, query=ask.query(), shared=bool(shared))
        except ValueError as refused:
            raise HTTPException(422, f"The view was not kept: {refused}.") from refused
        return to(ask.page(notice="view_kept"))

    @keep.post("/views/{number}/remove")
    def remove(request: Request, number: Number) -> Response:
        try:
            desk.remove_view(number, login=viewer_of(request).login)
        except ValueError as refused:
            raise HTTPException(422, f"The view was not removed: {refused}.") from refused
        return to("/?notice=view_removed")

    return keep


def _of_query(query: str) -> Asked:
    """Read the filters of a form; only what the page knows is kept of it."""
    from urllib.parse import parse_qsl

    return asked(dict(parse_qsl(query[:2000])))


def _list(desk: Desk, request: Request, ask: Asked) -> dict[str, Any]:
    viewer = viewer_of(request)
    filters = ask.filters(login=viewer.login, safe=desk.safe_reasons)
    found = desk.queue_page(filters, after=ask.after, before=ask.before)
    now, up_to = desk.clock(), desk.policy.manager_above
    page = found.page
    lines = [line(row, now=now, safe=desk.safe_reasons, up_to=up_to) for row in page.rows]
    return {
        "ask": ask,
        "lines": lines,
        "chosen": found.counts.chosen,
        "choices": choices(ask, found.counts, login=viewer.login),
        "safe_count": sum(found.counts.facets["safe"].get(reason, 0) for reason in desk.safe_reasons),
        "seq": found.beat.seq,
        "newer": ask.page(before=mark(page.rows[0].place)) if page.rows and page.earlier else None,
        "older": ask.page(after=mark(page.rows[-1].place)) if page.rows and page.later else None,
        "first": ask.page(),
        "page_size": PAGE,
        "may_tick": viewer.role in DECIDERS and any(each.tick for each in lines),
        "most_found": MOST_FOUND if found.cut else None,
        "no_word": bool(ask.values.get("q")) and not words_asked(ask.values["q"]),
    }

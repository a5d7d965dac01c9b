"""The routes of the lists beside the queue. Every decision is the desk's; no GET changes anything."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal, InvalidOperation
from typing import Annotated

from fastapi import APIRouter, Depends, Form, HTTPException, Query, Request, Response

from review import words
from review.desk import Desk
from review.listing import Kind
from review.listrows import STATES, TITLES, list_row
from review.pages import Number, to
from review.rendering import Renderer
from review.security import FormTokens
from review.viewer import actor_of, viewer_of
from store.aftermath import DisputeStatus, PortalStatus
from store.matter_lists import PAGE, Wanted
from store.roles import DECIDERS
from tools.escalate_to_human import Role as Desks

Words = Annotated[str, Query(max_length=100)]
Note = Annotated[str, Form(max_length=2000)]


def list_routes(desk: Desk, show: Renderer) -> APIRouter:
    """Make the routes that only look."""
    look = APIRouter()

    @look.get("/lists")
    def lists() -> Response:
        return to(f"/lists/{Kind.ESCALATIONS}")

    @look.get("/lists/{kind}")
    def one_list(
        request: Request,
        kind: Kind,
        state: Words = "",
        q: Words = "",
        role: Words = "",
        page: Annotated[int, Query(ge=1, le=100_000)] = 1,
        notice: Words = "",
    ) -> Response:
        states = STATES[kind]
        chosen = state if state in states else next(iter(states))
        wanted = Wanted(state=chosen, words=q.strip(), role=role if role in set(Desks) else "", page=page)
        found = desk.listed(kind, wanted)
        return show.page(
            request,
            "list.html",
            tab="lists",
            kind=kind,
            kinds=[(k, TITLES[k][0]) for k in Kind],
            title=TITLES[kind],
            states=states,
            roles=[r.value for r in Desks] if kind is Kind.ESCALATIONS else [],
            wanted=wanted,
            rows=[list_row(kind, matter, today=desk.today()) for matter in found.rows],
            total=found.total,
            pages=max(1, -(-found.total // PAGE)),
            open_counts=desk.open_counts(),
            may_decide=viewer_of(request).role in DECIDERS,
            notice=words.NOTICES.get(notice),
        )

    return look


def settle_routes(desk: Desk, tokens: FormTokens) -> APIRouter:
    """Make the routes that settle: each wants a form of ours, made for this browser."""
    settle = APIRouter(dependencies=[Depends(tokens.require)])

    @settle.post("/escalations/{number}/take")
    def take(request: Request, number: Number, seen: Annotated[str, Form()] = "") -> Response:
        _told("The matter", lambda: desk.take_over(number, actor=actor_of(request), seen=seen))
        return to("/lists/escalations?notice=taken_over")

    @settle.post("/escalations/{number}/close")
    def close(request: Request, number: Number, note: Note = "") -> Response:
        _told("The matter", lambda: desk.close_matter(number, actor=actor_of(request), note=note))
        return to("/lists/escalations?notice=closed")

    @settle.post("/disputes/{number}/end")
    def end(
        request: Request,
        number: Number,
        status: Annotated[DisputeStatus, Form()],
        reason: Note = "",
        credit: Annotated[str, Form(max_length=30)] = "",
    ) -> Response:
        amount = _amount(credit) if status is DisputeStatus.CREDITED else None
        _told(
            "The dispute",
            lambda: desk.end_dispute(number, status=status, actor=actor_of(request), reason=reason, credit=amount),
        )
        return to("/lists/disputes?notice=dispute_ended")

    @settle.post("/portal-items/{number}/move")
    def move(request: Request, number: Number, status: Annotated[PortalStatus, Form()], why: Note = "") -> Response:
        _told("", lambda: desk.move_portal_item(number, status, actor=actor_of(request), why=why))
        return to("/lists/portal?notice=portal_moved")

    @settle.post("/payment-searches/{number}/dismiss")
    def dismiss(request: Request, number: Number, note: Note = "") -> Response:
        _told("", lambda: desk.dismiss_search(number, actor=actor_of(request), note=note))
        return to("/lists/payments?notice=search_dismissed")

    return settle


def _told(what: str, act: Callable[[], object]) -> None:
    """Do it, or say in one line why not."""
    try:
        act()
    except ValueError as error:
        text = f"{what} {error}".strip()
        raise HTTPException(409, f"{text[:1].upper()}{text[1:]}.") from None


def _amount(text: str) -> Decimal:
    try:
        return Decimal(text.strip())
    except InvalidOperation:
        raise HTTPException(422, "Write the credit as an amount, such as 120.00.") from None

"""The routes of letters and calls: the lists, one of them, its PDF, and what became of it. No GET changes anything."""

from __future__ import annotations

from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Annotated

from fastapi import APIRouter, Depends, Form, HTTPException, Query, Request, Response

from outreach.channels.outcome import Called, NotNow
from review import words
from review.desk import Desk
from review.pages import Number, to
from review.paperpages import for_saving
from review.rendering import Renderer
from review.security import FormTokens
from review.viewer import actor_of, introduced, viewer_of
from review.woken import STEPS
from store.outreach_words import CallOutcome, Channel
from store.roles import DECIDERS
from store.vocabulary import DisputeKind

_Words = Annotated[str, Query(max_length=300)]
_Line = Annotated[str, Form(max_length=60)]
_Note = Annotated[str, Form(max_length=2000)]
TITLES = {Channel.LETTER: "Letters", Channel.CALL: "Calls", Channel.SMS: "SMS"}


def task_routes(desk: Desk, show: Renderer) -> APIRouter:
    """Make the routes that only look."""
    look = APIRouter()

    @look.get("/tasks")
    def tasks(
        request: Request, channel: Channel | None = None, which: _Words = "open", notice: _Words = ""
    ) -> Response:
        waiting = desk.tasks_waiting()
        # Who names no way comes to the first in which something waits.
        busy = next((each for each in TITLES if waiting[each]), Channel.LETTER)
        chosen = channel if channel in TITLES else busy
        return show.page(
            request,
            "tasks.html",
            tab="tasks",
            channel=chosen,
            titles=TITLES,
            steps=STEPS,
            waiting=waiting,
            every=which == "all",
            rows=desk.tasks(chosen, every=which == "all"),
            notice=words.NOTICES.get(notice),
        )

    @look.get("/tasks/{number}")
    def one(request: Request, number: Number, notice: _Words = "") -> Response:
        viewer = viewer_of(request)
        found = desk.task(number, caller=introduced(viewer))
        if found is None:
            raise HTTPException(404, f"There is no task {number}.")
        return show.page(
            request,
            "task.html",
            tab="tasks",
            view=found,
            titles=TITLES,
            steps=STEPS,
            outcomes=list(CallOutcome),
            kinds=list(DisputeKind),
            may_decide=viewer.role in DECIDERS,
            notice=words.NOTICES.get(notice),
        )

    @look.get("/tasks/{number}/paper")
    def paper(request: Request, number: Number) -> Response:
        try:
            found = desk.task_paper(number, caller=introduced(viewer_of(request)))
        except NotNow as refused:
            raise HTTPException(409, words.sentence(str(refused))) from None
        if found is None:
            raise HTTPException(404, f"Task {number} has no paper.")
        return for_saving(found[1], found[0])

    return look


def task_done_routes(desk: Desk, tokens: FormTokens) -> APIRouter:
    """Make the routes that note what became of a task: each wants a form of ours, made for this browser."""
    act = APIRouter(dependencies=[Depends(tokens.require)])

    @act.post("/tasks/{number}/posted")
    def posted(request: Request, number: Number, day: Annotated[date, Form()]) -> Response:
        try:
            desk.post_task(number, day=day, actor=actor_of(request))
        except NotNow as refused:
            raise HTTPException(409, words.sentence(str(refused))) from None
        return to(f"/tasks/{number}?notice=task_done")

    @act.post("/tasks/{number}/called")
    def called(
        request: Request,
        number: Number,
        outcome: Annotated[CallOutcome, Form()],
        note: _Note = "",
        day: _Line = "",
        amount: _Line = "",
        kind: Annotated[DisputeKind, Form()] = DisputeKind.OTHER,
        invoices: Annotated[list[str], Form(max_length=50)] = [],  # noqa: B006 - FastAPI copies it
        no_more_calls: Annotated[bool, Form()] = False,
    ) -> Response:
        try:
            said = Called(
                outcome=outcome,
                note=note,
                day=_day(day),
                amount=_amount(amount),
                invoices=tuple(invoices),
                kind=kind,
                no_more_calls=no_more_calls,
            )
            desk.call_task(number, said, actor=actor_of(request))
        except NotNow as refused:
            raise HTTPException(409, words.sentence(str(refused))) from None
        return to(f"/tasks/{number}?notice=task_done")

    @act.post("/tasks/{number}/drop")
    def drop(request: Request, number: Number, note: _Note = "") -> Response:
        try:
            desk.drop_task(number, note=note, actor=actor_of(request))
        except NotNow as refused:
            raise HTTPException(409, words.sentence(str(refused))) from None
        return to(f"/tasks/{number}?notice=task_done")

    return act


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text.strip()) if text.strip() else None
    except ValueError:
        raise NotNow(f"{text.strip()!r} is not a day such as 2026-03-20") from None


def _amount(text: str) -> Decimal | None:
    if not text.strip():
        return None
    try:
        amount = Decimal(text.strip())
        whole = amount == amount.quantize(Decimal("0.01")) and amount.is_finite()
    except InvalidOperation:
        amount, whole = Decimal(0), False
    if not whole or amount <= 0:
        raise NotNow(f"{text.strip()!r} is not a sum such as 1234.50")
    return amount

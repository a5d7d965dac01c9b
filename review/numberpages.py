"""The page of numbers, and the switch of the autonomy table. Every decision is the desk's; no GET changes anything."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Depends, Form, HTTPException, Query, Request, Response
from pydantic import ValidationError

from review import words
from review.desk import Desk
from review.edit_numbers import TOLD
from review.item import RejectReason
from review.pages import to
from review.rendering import Renderer
from review.security import FormTokens
from review.viewer import actor_of, viewer_of
from store.roles import SENIORS
from tools.autonomy import Cell

#: The periods that are offered, in days.
PERIODS: tuple[int, ...] = (7, 30, 90, 365)
_TWO_DAYS = 2 * 86_400


def number_routes(desk: Desk, show: Renderer, tokens: FormTokens) -> APIRouter:
    """Make the routes."""
    routes = APIRouter()

    @routes.get("/numbers")
    def numbers(
        request: Request,
        days: Annotated[int, Query(ge=1, le=3650)] = 30,
        notice: Annotated[str, Query(max_length=40)] = "",
    ) -> Response:
        until = desk.clock()
        found = desk.numbers(since=until - timedelta(days=days), until=until)
        edits = desk.edits(since=until - timedelta(days=days), until=until)
        return show.page(
            request,
            "numbers.html",
            tab="numbers",
            days=days,
            periods=PERIODS,
            found=found,
            tables=(
                ("By reason", "reason", {words.reason_words(k): v for k, v in found.reasons.items()}),
                ("By reader", "reader", found.readers),
                ("By who wrote the draft", "writer", found.models),
            ),
            whys={_why(code): count for code, count in found.whys.items()},
            edits=edits,
            mended=TOLD,
            edit_tables=(
                ("reason", {words.reason_words(k): v for k, v in edits.reasons.items()}),
                ("reader", edits.readers),
                ("month", edits.months),
            ),
            review=span(found.review_seconds),
            reply=span(found.reply_seconds),
            cells=sorted(desk.autonomy_table(), key=lambda v: (not v.open, bool(v.missing), -v.record.decided)),
            limits=desk.policy.autonomy,
            may_switch=viewer_of(request).role in SENIORS,
            notice=words.NOTICES.get(notice),
        )

    @routes.post("/numbers/autonomy", dependencies=[Depends(tokens.require)])
    def switch(
        request: Request,
        reason: Annotated[str, Form()],
        band: Annotated[str, Form()],
        tier: Annotated[str, Form(max_length=100)],
        state: Annotated[str, Form()],
    ) -> Response:
        try:
            cell = Cell.model_validate({"reason": reason, "band": band, "tier": tier})
        except ValidationError:
            raise HTTPException(422, "This can never be answered without a person.") from None
        try:
            desk.switch_cell(cell, open_=state == "open", actor=actor_of(request))
        except ValueError as error:
            raise HTTPException(409, f"The cell {error}.") from None
        return to(f"/numbers?notice={'cell_opened' if state == 'open' else 'cell_closed'}")

    return routes


def span(seconds: int | None) -> str:
    """Say a time in its largest unit that fits; "" where there is none."""
    if seconds is None:
        return ""
    if seconds < 60:
        return f"{seconds} s"
    if seconds < 3600:
        return f"{seconds // 60} min"
    return f"{seconds / 3600:.1f} h" if seconds < _TWO_DAYS else f"{seconds / 86_400:.1f} d"


def _why(code: str) -> str:
    return words.REJECT_REASONS[RejectReason(code)] if code in set(RejectReason) else words.plain(code)

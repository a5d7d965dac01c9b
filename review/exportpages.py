"""The route that gives tables as CSV: at most five an hour a person, each logged, every cell safe in a spreadsheet."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain
from typing import Annotated

from fastapi import APIRouter, Depends, Form, HTTPException, Request, Response
from fastapi.responses import StreamingResponse

from review.desk import Desk
from review.exporting import Export
from review.limiting import limited
from review.security import FormTokens
from review.viewer import actor_of
from store.csv_cells import MARK, csv_text

CSV = "text/csv; charset=utf-8"


def export_routes(desk: Desk, tokens: FormTokens) -> APIRouter:
    """Make the route. It is a form's, as an export is written into the log."""
    routes = APIRouter(dependencies=[Depends(tokens.require)])

    @routes.post("/exports/{what}")
    def export(request: Request, what: str, days: Annotated[int, Form(ge=1, le=3650)] = 30) -> Response:
        if what not in desk.exports():
            raise HTTPException(404, "There is no such export.")
        limited(request, "export")
        return csv_response(desk.export(what, days=days, actor=actor_of(request)))

    return routes


def csv_response(made: Export) -> Response:
    """Give a table for saving, row by row."""
    text: Iterator[str] = chain([MARK], csv_text(made.heading, made.rows))
    named = {"content-disposition": f'attachment; filename="{made.name}"'}
    return StreamingResponse(text, media_type=CSV, headers=named)

"""The page of the worklist, and of one account's risk. Looks only: every act has its own page."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, HTTPException, Query, Request, Response

from review.desk import Desk
from review.rendering import Renderer
from risk.priority import in_words

#: So many accounts a page.
PAGE = 50


def worklist_routes(desk: Desk, show: Renderer) -> APIRouter:
    """Make the routes."""
    look = APIRouter()

    @look.get("/worklist")
    def worklist(
        request: Request,
        owner: Annotated[str, Query(max_length=200)] = "",
        currency: Annotated[str, Query(max_length=3)] = "",
        page: Annotated[int, Query(ge=1, le=100_000)] = 1,
    ) -> Response:
        everything = desk.worklist()
        rows = desk.worklist(owner=owner, currency=currency)
        return show.page(
            request,
            "worklist.html",
            tab="worklist",
            rows=rows[(page - 1) * PAGE : page * PAGE],
            first=(page - 1) * PAGE + 1,
            total=len(rows),
            page=page,
            pages=max(1, -(-len(rows) // PAGE)),
            owner=owner,
            currency=currency,
            currencies=sorted({row.currency for row in everything}),
            owners=sorted({row.owner for row in everything if row.owner}),
            warnings=desk.early_warnings(),
            horizon=desk.risk.horizon_days,
            in_words=in_words,
        )

    @look.get("/worklist/{customer_id}")
    def account(request: Request, customer_id: str) -> Response:
        found = desk.account_risk(customer_id)
        if found is None:
            raise HTTPException(404, "There is no such customer.")
        return show.page(request, "worklist_account.html", tab="worklist", found=found, in_words=in_words)

    return look

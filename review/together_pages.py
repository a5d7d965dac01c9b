"""The routes that approve several proposals: first what each of them does and says, then one form for those, then what became of it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Depends, Form, HTTPException, Query, Request, Response

from review import views
from review.desk import Desk, Item
from review.queue_together import MOST
from review.rendering import Renderer
from review.security import FormTokens
from review.viewer import actor_of
from review.views import DraftView

_TICKED = re.compile(r"(\d{1,18})\.(\d{1,9})", re.ASCII)
_NONE = "Nothing was ticked: go back, and tick what you want to approve."


@dataclass(frozen=True, slots=True)
class Shown:
    """One of several before its approval: what it does, and the letter. `alone`: why it does not go with the others."""

    item: Item
    version: int
    draft: DraftView | None
    alone: str | None


def together_routes(desk: Desk, show: Renderer, tokens: FormTokens) -> APIRouter:
    """Make the routes."""
    several = APIRouter()

    @several.get("/together")
    def look(request: Request, item: Annotated[list[str] | None, Query()] = None) -> Response:
        shown = [_shown(desk, number, version) for number, version in _ticked(item)] if item else []
        return show.page(request, "together.html", tab="waiting", shown=shown)

    @several.post("/together", dependencies=[Depends(tokens.require)])
    def approve(request: Request, item: Annotated[list[str] | None, Form()] = None) -> Response:
        actor = actor_of(request)
        told = [desk.approve_together(number, version=version, actor=actor) for number, version in _ticked(item)]
        return show.page(request, "together_done.html", tab="waiting", told=told)

    return several


def _ticked(items: list[str] | None) -> list[tuple[int, int]]:
    """Read what was ticked: numbers with the version that was shown, each once."""
    found = [_TICKED.fullmatch(text) for text in dict.fromkeys(items or ())]
    if not found:
        raise HTTPException(422, _NONE)
    if len(found) > MOST or None in found:
        raise HTTPException(422, f"Tick up to {MOST} items of the list: this form holds something else.")
    return list({int(each[1]): int(each[2]) for each in found if each is not None}.items())


def _shown(desk: Desk, number: int, version: int) -> Shown:
    item = desk.show(number) if number < 2**63 else None
    if item is None:
        raise HTTPException(404, f"There is no proposal {number}.")
    alone = desk.why_alone(item)
    if alone is None and item.row.version != version:
        alone = "it was changed since it was listed: here it stands as it is now, and it goes by itself"
    proposal = item.proposal
    draft = views.draft_view(proposal.draft, proposal.findings, changed=False) if proposal.draft else None
    return Shown(item, version, draft, alone)

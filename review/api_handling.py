"""The JSON API of an item beside the decision: other readings, acts and words; undo; putting off, passing on, remarks."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated

from fastapi import APIRouter, Path, Request, Response

from review.api_items import decided, known
from review.api_models import Decided, Done
from review.api_problems import RESPONSES, told
from review.api_queue_models import CommentList, CommentOut, ReadingList, ReadingOut
from review.api_requests import (
    CommentIn,
    GiveIn,
    HandOverIn,
    Number,
    RedraftIn,
    RereadIn,
    RetoolIn,
    SnoozeIn,
    UndoIn,
)
from review.desk import Desk
from review.limiting import limited
from review.paperpages import paper
from review.security import BYTES
from review.viewer import actor_of


def redecide_routes(desk: Desk) -> APIRouter:
    """Make the routes at which a person decides otherwise, or takes an approval back. What they change waits like any proposal."""
    api = APIRouter(prefix="/api/v1", tags=["items"], responses=RESPONSES)

    def tried(request: Request, number: int, change: Callable[[], object]) -> Decided:
        known(desk, number)
        if desk.has_model():
            limited(request, "redraft")
        with told():
            change()
        return decided(desk, number, findings=True)

    @api.get("/items/{number}/alternatives", operation_id="get_alternatives")
    def get_alternatives(number: Number) -> ReadingList:
        """Say what else the claims could be read as."""
        readings = desk.other_readings(known(desk, number))
        return ReadingList(
            readings=[ReadingOut(claim=r.claim, reason=r.reason, share=r.share, confirms=r.confirms) for r in readings]
        )

    @api.post("/items/{number}/reread", operation_id="reread_claim")
    def reread_claim(request: Request, number: Number, asked: RereadIn) -> Decided:
        """Read a claim otherwise, and have acts and words follow."""
        actor, version = actor_of(request), asked.version
        return tried(
            request,
            number,
            lambda: desk.reread(number, version=version, actor=actor, claim=asked.claim, reason=asked.reason),
        )

    @api.post("/items/{number}/retool", operation_id="choose_another_action")
    def choose_another_action(request: Request, number: Number, asked: RetoolIn) -> Decided:
        """Choose another act that is allowed, and have the words follow."""
        actor, version = actor_of(request), asked.version
        return tried(
            request,
            number,
            lambda: desk.retool(number, version=version, actor=actor, action=asked.action, tool=asked.tool),
        )

    @api.post("/items/{number}/redraft", operation_id="redraft_item")
    def redraft_item(request: Request, number: Number, asked: RedraftIn) -> Decided:
        """Have the mail worded anew, as asked."""
        actor, version = actor_of(request), asked.version
        return tried(
            request,
            number,
            lambda: desk.redraft(number, version=version, actor=actor, instruction=asked.instruction),
        )

    @api.post("/items/{number}/undo", operation_id="undo_approval")
    def undo_approval(request: Request, number: Number, asked: UndoIn) -> Decided:
        """Take an approval back while its time runs; the item waits again."""
        known(desk, number)
        with told():
            desk.take_back(number, version=asked.version, actor=actor_of(request))
        return decided(desk, number)

    return api


def handling_api_routes(desk: Desk) -> APIRouter:
    """Make the routes that pass an item on."""
    api = APIRouter(prefix="/api/v1", tags=["items"], responses=RESPONSES)

    def tried(number: int, change: Callable[[], object]) -> Done:
        known(desk, number)
        with told():
            change()
        return Done()

    @api.post("/items/{number}/snooze", operation_id="snooze_item")
    def snooze_item(request: Request, number: Number, asked: SnoozeIn) -> Done:
        """Put an item off until the morning of a day."""
        return tried(number, lambda: desk.snooze(number, until=asked.until, actor=actor_of(request)))

    @api.post("/items/{number}/give", operation_id="assign_item")
    def assign_item(request: Request, number: Number, asked: GiveIn) -> Done:
        """Give an item to a person."""
        return tried(number, lambda: desk.give(number, to=asked.login, actor=actor_of(request)))

    @api.post("/items/{number}/hand-over", operation_id="escalate_item")
    def escalate_item(request: Request, number: Number, asked: HandOverIn) -> Done:
        """Hand the matter to a person in charge; the item stays."""
        return tried(number, lambda: desk.hand_over(number, to=asked.role, note=asked.note, actor=actor_of(request)))

    @api.get("/items/{number}/comments", operation_id="list_comments")
    def list_comments(request: Request, number: Number) -> CommentList:
        """List what colleagues said about an item."""
        said = desk.around(known(desk, number), login=actor_of(request)).comments
        return CommentList(comments=[CommentOut(by=c.actor, at=c.at, text=c.text) for c in said])

    @api.get(
        "/items/{number}/documents/{place}",
        operation_id="get_document",
        response_class=Response,
        responses={200: {"description": "The PDF.", "content": {BYTES: {"schema": {"type": "string"}}}}},
    )
    def get_document(number: Number, place: Annotated[int, Path(ge=0, lt=1000)]) -> Response:
        """Give one of the PDFs that go along (`draft.files`, from 0), as bytes of no type that a browser would open."""
        item = known(desk, number)
        with told():
            return paper(desk, item, place)

    @api.post("/items/{number}/comment", operation_id="comment_item")
    def comment_item(request: Request, number: Number, asked: CommentIn) -> Done:
        """Keep a remark for colleagues."""
        return tried(number, lambda: desk.say(number, text=asked.text, actor=actor_of(request)))

    return api

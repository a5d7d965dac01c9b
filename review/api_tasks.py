"""The JSON API of letters and calls: the lists, one of them with its script, its PDF, and what became of it."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated

from fastapi import APIRouter, HTTPException, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from outreach.channels.call import CallScript
from outreach.channels.outcome import Called
from review.api_models import Answer, CustomerRef, Done
from review.api_problems import RESPONSES, told
from review.api_requests import Number
from review.desk import Desk
from review.paperpages import for_saving
from review.security import BYTES
from review.tasking import TaskView
from review.viewer import actor_of, introduced, viewer_of
from store.channel_tasks import ChannelTask
from store.outreach_words import CallOutcome, Channel
from store.vocabulary import DisputeKind

_Note = Annotated[str, Field(max_length=2000, pattern=r"^[^\x00]*$")]


class _In(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class PostedIn(_In):
    """The day on which a letter was posted."""

    day: date


class CalledIn(_In):
    """What came of a call."""

    outcome: CallOutcome
    note: _Note = ""
    day: date | None = Field(default=None, description="of a promise")
    amount: Decimal | None = Field(default=None, gt=0, max_digits=14, decimal_places=2)
    invoices: tuple[Annotated[str, Field(max_length=300, pattern=r"^[^\x00]*$")], ...] = Field(
        default=(), max_length=50
    )
    kind: DisputeKind = DisputeKind.OTHER
    no_more_calls: bool = False


class DropIn(_In):
    """Why a task is not done."""

    note: _Note


class TaskLine(Answer):
    """A letter, a call or an SMS."""

    id: int
    channel: str
    step: str
    state: str
    customer: CustomerRef
    item_id: int = Field(description="the approval from which it came")
    invoices: list[str]
    not_before: datetime
    gone: str | None = Field(default=None, description="why it may not be done any more")
    outcome: str | None = None
    done_on: date | None = None


class TaskList(Answer):
    """Tasks of one channel, or of all."""

    tasks: list[TaskLine]


class ScriptOut(Answer):
    """What the collector needs for a call, as the books say it now."""

    contact: str
    phone: str
    local_time: str
    open_now: bool
    opens_at: datetime
    steps: list[list[str]] = Field(description="what to do, and what to say")
    voicemail: str
    invoices: list[list[str]] = Field(description="number, due, what is asked for, days late")
    past: list[str]
    objections: list[list[str]]


class TaskOut(TaskLine):
    """One task whole."""

    contact: str
    words: str = Field(description="what was approved")
    tries: int
    note: str
    script: ScriptOut | None = None


def task_api_routes(desk: Desk) -> APIRouter:
    """Make the routes."""
    api = APIRouter(prefix="/api/v1", tags=["tasks"], responses=RESPONSES)

    @api.get("/tasks", operation_id="get_tasks")
    def get_tasks(channel: Channel | None = None, every: Annotated[bool, Query()] = False) -> TaskList:
        """List what is to be printed, called or sent; with `every` what is over too."""
        rows = desk.tasks(channel, every=every)
        return TaskList(tasks=[TaskLine(**_line(row.task, row.customer, row.gone)) for row in rows])

    @api.get("/tasks/{number}", operation_id="get_task")
    def get_task(request: Request, number: Number) -> TaskOut:
        """Give one task, with the script of a call that may be made."""
        found = desk.task(number, caller=introduced(viewer_of(request)))
        if found is None:
            raise HTTPException(404, f"There is no task {number}.")
        return _whole(found)

    @api.get(
        "/tasks/{number}/paper",
        operation_id="get_task_paper",
        response_class=Response,
        responses={200: {"description": "The PDF.", "content": {BYTES: {"schema": {"type": "string"}}}}},
    )
    def get_task_paper(request: Request, number: Number) -> Response:
        """Give the letter, or the script of a call, as bytes of no type that a browser would open."""
        with told(conflict=True):
            found = desk.task_paper(number, caller=introduced(viewer_of(request)))
        if found is None:
            raise HTTPException(404, f"Task {number} has no paper.")
        return for_saving(found[1], found[0])

    @api.post("/tasks/{number}/posted", operation_id="post_task")
    def post_task(request: Request, number: Number, asked: PostedIn) -> Done:
        """Note that a letter was posted."""
        with told(conflict=True):
            desk.post_task(number, day=asked.day, actor=actor_of(request))
        return Done()

    @api.post("/tasks/{number}/called", operation_id="call_task")
    def call_task(request: Request, number: Number, asked: CalledIn) -> Done:
        """Note what came of a call; a promise or a dispute goes into the books."""
        with told(conflict=True):
            desk.call_task(number, Called(**dict(asked)), actor=actor_of(request))
        return Done()

    @api.post("/tasks/{number}/drop", operation_id="drop_task")
    def drop_task(request: Request, number: Number, asked: DropIn) -> Done:
        """End a task that nobody will do."""
        with told(conflict=True):
            desk.drop_task(number, note=asked.note, actor=actor_of(request))
        return Done()

    return api


def _line(task: ChannelTask, customer: str, gone: str | None) -> dict[str, object]:
    return {
        "id": task.id,
        "channel": task.channel,
        "step": task.step,
        "state": task.state,
        "customer": CustomerRef(id=task.customer_id, name=customer),
        "item_id": task.proposal_id,
        "invoices": list(task.invoices),
        "not_before": task.not_before,
        "gone": gone,
        "outcome": task.outcome,
        "done_on": task.done_on,
    }


def _whole(view: TaskView) -> TaskOut:
    task = view.task
    more = {"contact": view.contact, "words": task.words, "tries": len(task.tries), "note": task.note}
    return TaskOut(
        **_line(task, view.customer, view.gone),
        **more,
        script=_script(view.script) if view.script is not None else None,
    )


def _script(script: CallScript) -> ScriptOut:
    return ScriptOut(
        contact=script.contact,
        phone=script.phone,
        local_time=script.local_time,
        open_now=script.open_now,
        opens_at=script.opens_at,
        steps=[list(step) for step in script.steps],
        voicemail=script.voicemail,
        invoices=[[number, day, amount, str(late)] for number, day, amount, late in script.lines],
        past=list(script.past),
        objections=[[each.said, each.answer] for each in script.objections],
    )

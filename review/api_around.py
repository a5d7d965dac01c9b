"""The JSON API around the queue: the thread of an item, who else has it open, saved views, tables as CSV, lists at a glance."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import parse_qsl

from fastapi import APIRouter, HTTPException, Path, Request, Response

from review.api_around_models import (
    ExportIn,
    FiltersOut,
    HereOut,
    HistoryOut,
    ListCounts,
    PersonHere,
    StateOut,
    ThreadMailOut,
    ThreadOut,
    ViewIn,
    ViewList,
    ViewOut,
)
from review.api_items import known
from review.api_models import Done
from review.api_problems import RESPONSES, Refusal, told
from review.api_requests import Number
from review.desk import Desk
from review.exporting import REPORTS, WHOLE
from review.exportpages import CSV, csv_response
from review.limiting import limited
from review.listing import Kind
from review.queue_filters import asked
from review.viewer import actor_of, viewer_of
from store.revisions import Made
from store.roles import DECIDERS
from store.saved_views import SHARED, SavedView

_What = Annotated[str, Path(max_length=40, description=f"one of: {', '.join((*WHOLE, *REPORTS, *Kind))}")]


def around_routes(desk: Desk) -> APIRouter:
    """Make the routes around an item."""
    api = APIRouter(prefix="/api/v1", tags=["items"], responses=RESPONSES)

    @api.get("/items/{number}/thread", operation_id="get_thread")
    def get_thread(request: Request, number: Number) -> ThreadOut:
        """Give the conversation that an item belongs to, newest first, but for the mail of the item itself."""
        thread = desk.around(known(desk, number), login=actor_of(request)).thread
        mails = [
            ThreadMailOut(
                at=mail.at,
                ours=mail.ours,
                by_hand=mail.by_hand,
                who=mail.who,
                subject=mail.subject,
                text=mail.text,
                state=mail.state or None,
                path=mail.href,
            )
            for mail in thread.mails
        ]
        return ThreadOut(mails=mails, more=thread.more)

    @api.get("/items/{number}/history", operation_id="get_history")
    def get_history(number: Number) -> HistoryOut:
        """Give every state that an item had, to compare them."""
        known(desk, number)
        return HistoryOut(states=[_state(made) for made in desk.history(number)])

    @api.post("/items/{number}/here", operation_id="be_here")
    def be_here(request: Request, number: Number) -> HereOut:
        """Say that you have an item open, for a minute or so, and learn who else has. It keeps nobody from deciding."""
        known(desk, number)
        viewer = viewer_of(request)
        others = desk.be_here(number, login=viewer.login, name=viewer.name)
        return HereOut(others=[PersonHere(login=p.login, name=p.name, since=p.since) for p in others])

    return api


def view_api_routes(desk: Desk) -> APIRouter:
    """Make the routes of saved views."""
    api = APIRouter(prefix="/api/v1", tags=["queue"], responses=RESPONSES)

    def kept(login: str) -> ViewList:
        return ViewList(views=[_view(view, login) for view in desk.saved_views(login)])

    @api.get("/views", operation_id="list_views")
    def list_views(request: Request) -> ViewList:
        """List your own saved views, and those that all share."""
        return kept(actor_of(request))

    @api.post("/views", operation_id="save_view")
    def save_view(request: Request, asked_for: ViewIn) -> ViewList:
        """Keep filters under a name; one of yours of the same name gives way."""
        viewer = viewer_of(request)
        if asked_for.shared and viewer.role not in DECIDERS:
            raise HTTPException(403, f"A view for all is not made by the role {viewer.role.value}.")
        given = asked_for.filters.model_dump(exclude={"least", "most", "safe"})
        given |= {"from": asked_for.filters.least, "to": asked_for.filters.most}
        query = asked(given | ({"safe": "1"} if asked_for.filters.safe else {})).query()
        with told():
            desk.save_view(login=viewer.login, name=asked_for.name, query=query, shared=asked_for.shared)
        return kept(viewer.login)

    @api.post("/views/{number}/remove", operation_id="remove_view")
    def remove_view(request: Request, number: Number) -> Done:
        """Remove a view that you made."""
        with told(conflict=True):
            desk.remove_view(number, login=actor_of(request))
        return Done()

    return api


def table_routes(desk: Desk) -> APIRouter:
    """Make the routes of the lists at a glance, and of tables to take along."""
    api = APIRouter(prefix="/api/v1", tags=["lists"], responses=RESPONSES)

    @api.get("/lists", operation_id="get_lists")
    def get_lists() -> ListCounts:
        """Say how much is open in each list."""
        return ListCounts(open=dict(desk.open_counts()))

    @api.post(
        "/exports/{what}",
        operation_id="export_table",
        response_class=Response,
        responses={200: {"description": "The table.", "content": {CSV: {"schema": {"type": "string"}}}}},
    )
    def export_table(
        request: Request,
        what: _What,
        asked_for: ExportIn,
    ) -> Response:
        """Give a table as CSV, safe in a spreadsheet. It is written into the log; five an hour a person."""
        if what not in desk.exports():
            raise Refusal(404, "There is no such export.", kind="export")
        limited(request, "export")
        return csv_response(desk.export(what, days=asked_for.days, actor=actor_of(request)))

    return api


def _state(made: Made) -> StateOut:
    draft = made.proposal.draft
    return StateOut(
        version=made.version,
        change=made.change,
        by=made.actor,
        at=made.at,
        actions=[action.preview for action in made.proposal.actions if not action.declined],
        body=draft.body if draft is not None else None,
        rendered=draft.rendered if draft is not None else None,
    )


def _view(view: SavedView, login: str) -> ViewOut:
    values = asked(dict(parse_qsl(view.query))).values
    names = {"from": "least", "to": "most"}
    filters = {names.get(name, name): value for name, value in values.items() if name != "safe"}
    return ViewOut(
        id=view.id or 0,
        name=view.name,
        shared=view.owner == SHARED,
        mine=view.created_by == login,
        filters=FiltersOut(**filters, safe="safe" in values),
    )

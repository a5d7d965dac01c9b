"""The JSON API of the queue in its own order, of approving several, and of numbers and the autonomy switch."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Annotated

from fastapi import APIRouter, Query, Request
from pydantic import StringConstraints, ValidationError

from review.api_models import Done, Money
from review.api_problems import RESPONSES, Refusal, told
from review.api_queue_models import (
    CellList,
    CellOut,
    NumbersOut,
    QueueItem,
    QueueOut,
    TallyOut,
    TogetherOut,
    ToldOut,
)
from review.api_requests import SwitchIn, TogetherIn
from review.desk import Desk
from review.queue_filters import ME, asked, mark
from review.viewer import actor_of, viewer_of
from store.queue import QueueRow
from store.review_numbers import Tally
from tools.autonomy import Cell

_Word = Annotated[str, Query(max_length=200), StringConstraints(pattern=r"^[^\x00]*$")]
_Sum = Annotated[str, Query(pattern=r"^(\d{1,15}(\.\d{1,2})?)?$", description="an amount")]


def queue_api_routes(desk: Desk) -> APIRouter:
    """Make the routes of the queue."""
    api = APIRouter(prefix="/api/v1", tags=["queue"], responses=RESPONSES)

    @api.get("/queue", operation_id="get_queue")
    def get_queue(
        request: Request,
        q: _Word = "",
        reason: _Word = "",
        tier: _Word = "",
        owner: _Word = "",
        who: Annotated[_Word, Query(description=f"a login, `{ME}`, or `-` for nobody")] = "",
        flag: Annotated[_Word, Query(description="the name of one, `any` or `none`")] = "",
        language: _Word = "",
        least: _Sum = "",
        most: _Sum = "",
        safe: Annotated[bool, Query(description="only what may be approved together")] = False,
        cursor: Annotated[str, Query(max_length=40, pattern=r"^(\d{1,15}\.\d{1,15})?$")] = "",
    ) -> QueueOut:
        """List what waits, what matters most first, narrowed as on the page."""
        stated = {"q": q, "reason": reason, "tier": tier, "owner": owner, "who": who, "flag": flag}
        stated |= {"language": language, "from": least, "to": most, "safe": "1" if safe else "", "after": cursor}
        wanted = asked(stated)
        filters = wanted.filters(login=viewer_of(request).login, safe=desk.safe_reasons)
        found = desk.queue_page(filters, after=wanted.after)
        rows = found.page.rows
        following = mark(rows[-1].place) if found.page.later and rows else None
        return QueueOut(items=[_row(row) for row in rows], chosen=found.counts.chosen, next_cursor=following)

    @api.post("/queue/approve", operation_id="approve_together")
    def approve_together(request: Request, asked_for: TogetherIn) -> TogetherOut:
        """Approve several that are safe to approve together. Each is decided by itself, and told by itself."""
        actor = actor_of(request)
        each = {shown.id: shown.version for shown in asked_for.items}
        results = [desk.approve_together(number, version=version, actor=actor) for number, version in each.items()]
        return TogetherOut(results=[ToldOut(id=t.number, approved=t.went, why_not=t.said) for t in results])

    return api


def number_api_routes(desk: Desk) -> APIRouter:
    """Make the routes of numbers and of the autonomy table."""
    api = APIRouter(prefix="/api/v1", tags=["numbers"], responses=RESPONSES)

    @api.get("/numbers", operation_id="get_numbers")
    def get_numbers(days: Annotated[int, Query(ge=1, le=3650)] = 30) -> NumbersOut:
        """Give how often was approved unedited, edited, rejected and why, and how long it took."""
        until = desk.clock()
        since = until - timedelta(days=days)
        found, edits = desk.numbers(since=since, until=until), desk.edits(since=since, until=until, seconds=None)
        return NumbersOut(
            days=days,
            whole=_tally(found.whole),
            by_reason={name: _tally(tally) for name, tally in found.reasons.items()},
            by_reader={name: _tally(tally) for name, tally in found.readers.items()},
            by_writer={name: _tally(tally) for name, tally in found.models.items()},
            rejected_because=dict(found.whys),
            mended={kind.value: count for kind, count in edits.whole.common()},
            review_seconds=found.review_seconds,
            reply_seconds=found.reply_seconds,
        )

    @api.get("/autonomy", operation_id="get_autonomy")
    def get_autonomy() -> CellList:
        """List every cell that could ever be answered without a person, with its evidence."""
        return CellList(
            cells=[
                CellOut(
                    reason=view.cell.reason,
                    band=view.cell.band,
                    tier=view.cell.tier,
                    open=view.open,
                    decided=view.record.decided,
                    unedited=view.record.unedited,
                    missing=view.missing,
                )
                for view in desk.autonomy_table()
            ]
        )

    @api.post("/autonomy", operation_id="switch_autonomy")
    def switch_autonomy(request: Request, asked_for: SwitchIn) -> Done:
        """Close a cell. Opening one asks a person who signs in for password and code, and is done on the page of numbers."""
        if asked_for.open and viewer_of(request).person_id is not None:
            raise Refusal(
                403, "A cell is opened on the page of numbers, where its person proves who they are.", kind="page"
            )
        try:
            cell = Cell(reason=asked_for.reason, band=asked_for.band, tier=asked_for.tier)
        except ValidationError:
            raise Refusal(422, "This can never be answered without a person.", kind="refused") from None
        with told(conflict=True):
            desk.switch_cell(cell, open_=asked_for.open, actor=actor_of(request))
        return Done()

    return api


def _row(row: QueueRow) -> QueueItem:
    stake = Money(amount=Decimal(row.stake) / 100, currency=row.currency) if row.currency else None
    return QueueItem(
        id=row.id,
        version=row.version,
        customer=row.customer,
        reason=row.reason,
        tier=row.tier,
        owner=row.owner,
        assigned_to=row.assigned_to,
        stake=stake,
        due_on=row.due_on,
        came_at=row.came_at,
        flags=list(row.flags),
        safe=row.safe,
    )


def _tally(tally: Tally) -> TallyOut:
    return TallyOut(
        unedited=tally.unedited,
        edited=tally.edited,
        rejected=tally.rejected,
        alone=tally.alone,
        taken_back=tally.taken_back,
        unedited_share=tally.share,
    )

"""The JSON API of proposals: list, look, preview, edit, choose, approve, reject. Every decision is the desk's.

A decision names the version that was looked at. An older one is refused, so that nothing is decided twice; the same decision of
the same person sent again, as after a lost answer, is told as done.
"""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, HTTPException, Query, Request

from review.api_lists import NoCursor
from review.api_models import Decided, ItemList, ItemOut, PreviewOut
from review.api_problems import RESPONSES, Refusal, told
from review.api_requests import ApproveIn, ChooseIn, CustomerId, EditIn, Number, PreviewIn, RejectIn
from review.api_views import draft_out, findings_out, item_out, item_summary
from review.desk import Blocked, Desk, Item
from review.viewer import actor_of
from store.proposals import Stale
from store.vocabulary import ProposalStatus

Limit = Annotated[int, Query(ge=1, le=100, description="how many at most")]
Cursor = Annotated[str | None, Query(max_length=400, description="`next_cursor` of the page before")]
_APPROVED = frozenset(
    {ProposalStatus.APPROVED, ProposalStatus.SENT, ProposalStatus.DONE, ProposalStatus.UNCERTAIN, ProposalStatus.FAILED}
)


def item_routes(desk: Desk) -> APIRouter:
    """Make the routes of items."""
    api = APIRouter(prefix="/api/v1", tags=["items"], responses=RESPONSES)

    @api.get("/items", operation_id="list_items")
    def list_items(
        status: ProposalStatus | Literal["all"] = ProposalStatus.HELD,
        customer: Annotated[CustomerId | None, Query()] = None,
        order: Literal["oldest", "newest"] = "oldest",
        cursor: Cursor = None,
        limit: Limit = 50,
    ) -> ItemList:
        """List proposals in the order in which they were made. By default those that wait for a person."""
        try:
            page = desk.items_after(
                cursor,
                status=None if status == "all" else status,
                customer_id=customer,
                newest_first=order == "newest",
                limit=limit,
            )
        except NoCursor as error:
            raise Refusal(422, f"{str(error).capitalize()}.", kind="cursor") from None
        return ItemList(items=[item_summary(item) for item in page.items], next_cursor=page.next_cursor)

    @api.get("/items/{number}", operation_id="get_item")
    def get_item(number: Number) -> ItemOut:
        """Give one proposal: the mail, what was understood, what approving will do, the draft, the account, what became of it."""
        return item_out(known(desk, number), outgoing=desk.outgoing(number), effects=desk.effects(number))

    @api.post("/items/{number}/preview", operation_id="preview_item")
    def preview_item(number: Number, asked: PreviewIn) -> PreviewOut:
        """Fill and judge words as they would be saved. Saves nothing."""
        item = _with_draft(desk, number)
        draft, findings = desk.preview(item, body=asked.body.replace("\r\n", "\n"))
        blocked = any(f.severity == "block" for f in findings)
        return PreviewOut(draft=draft_out(draft), findings=findings_out(findings), blocked=blocked)

    @api.post("/items/{number}/edit", operation_id="edit_item")
    def edit_item(request: Request, number: Number, asked: EditIn) -> Decided:
        """Save words in place of the draft's, and say what the rules make of them."""
        _with_draft(desk, number)
        if not asked.body.strip():
            raise Refusal(422, "The text is empty: write an answer, or reject the proposal.", kind="refused")
        with told():
            desk.edit(number, version=asked.version, actor=actor_of(request), body=asked.body)
        return decided(desk, number, findings=True)

    @api.post("/items/{number}/choose", operation_id="choose_actions")
    def choose_actions(request: Request, number: Number, asked: ChooseIn) -> Decided:
        """Leave out every action that is not named. The mail is worded anew for those that stay."""
        item = known(desk, number)
        without = set(range(len(item.proposal.actions))) - set(asked.keep)
        with told():
            desk.leave_out(number, version=asked.version, actor=actor_of(request), without=without)
        return decided(desk, number, findings=True)

    @api.post("/items/{number}/approve", operation_id="approve_item")
    def approve_item(request: Request, number: Number, asked: ApproveIn) -> Decided:
        """Approve what was looked at. The mail goes into the outbox and leaves from there."""
        item, actor = known(desk, number), actor_of(request)
        with told():
            if item.proposal.blocked and item.row.version == asked.version and item.row.status == ProposalStatus.HELD:
                raise Blocked(item.proposal.findings)
            try:
                through = desk.approve(number, version=asked.version, actor=actor, acknowledged=asked.acknowledged)
            except Stale:
                if not _repeated(known(desk, number), version=asked.version, actor=actor, after=_APPROVED):
                    raise
                through = True
        return decided(desk, number, waits=not through)

    @api.post("/items/{number}/reject", operation_id="reject_item")
    def reject_item(request: Request, number: Number, asked: RejectIn) -> Decided:
        """Reject: nothing is sent, nothing carried out, and the reason is counted."""
        known(desk, number)
        actor, after = actor_of(request), frozenset({ProposalStatus.REJECTED})
        with told():
            try:
                desk.reject(number, version=asked.version, actor=actor, reason=asked.reason, note=asked.note)
            except Stale:
                if not _repeated(known(desk, number), version=asked.version, actor=actor, after=after):
                    raise
        return decided(desk, number)

    return api


def known(desk: Desk, number: int) -> Item:
    """Give an item. Raises HTTPException 404."""
    item = desk.show(number)
    if item is None:
        raise HTTPException(404, f"There is no proposal {number}.")
    return item


def _with_draft(desk: Desk, number: int) -> Item:
    item = known(desk, number)
    if item.proposal.draft is None:
        raise Refusal(409, "This proposal has no draft.", kind="state")
    return item


def _repeated(item: Item, *, version: int, actor: str, after: frozenset[ProposalStatus]) -> bool:
    """Say whether this very decision was taken already by this person: its answer may have been lost."""
    row = item.row
    return row.status in after and row.decided_by == actor and row.version == version + 1


def decided(desk: Desk, number: int, *, waits: bool = False, findings: bool = False) -> Decided:
    """Say where an item stands after a decision."""
    item = known(desk, number)
    return Decided(
        id=number,
        version=item.row.version,
        status=ProposalStatus(item.row.status),
        findings=findings_out(item.proposal.findings) if findings else [],
        waits_for_second=waits,
    )

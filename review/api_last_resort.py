"""The JSON API of the last steps: what the pages do, by the same desk, for the same roles."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, HTTPException, Query, Request, Response

from outreach.handing_off import Packet
from review.api_last_resort_models import (
    ApprovedOut,
    EndIn,
    HandOverIn,
    LastStepList,
    LastStepOut,
    LastStepWhole,
    ProposedOut,
    ProposeIn,
    RefuseIn,
    ReviseIn,
    SeenIn,
    step_out,
    whole_out,
)
from review.api_models import Done
from review.api_problems import RESPONSES, told
from review.api_requests import Number
from review.desk import Desk
from review.last_resort_looking import Step
from review.paperpages import for_saving
from review.security import BYTES
from review.viewer import actor_of
from store.outreach_words import LastResort

_Words = Annotated[str, Query(max_length=100, pattern=r"^[^\x00]*$")]
_FILE: dict[int | str, dict[str, object]] = {
    200: {"description": "The file.", "content": {BYTES: {"schema": {"type": "string"}}}}
}


def last_resort_api_routes(desk: Desk) -> APIRouter:
    """Make the routes."""
    api = APIRouter(prefix="/api/v1", tags=["last resort"], responses=RESPONSES)

    @api.get("/last-resort", operation_id="get_last_steps")
    def get_last_steps(
        kind: LastResort | None = None,
        state: Annotated[
            _Words, Query(pattern="^(open|all|proposed|approved|carried_out|ended|refused|lapsed)$")
        ] = "open",
        q: Annotated[_Words, Query(description="in a customer's name or number")] = "",
        page: Annotated[int, Query(ge=1, le=100_000)] = 1,
    ) -> LastStepList:
        """List last steps."""
        rows, total = desk.last_steps(kind=kind, state=state, words=q.strip(), page=page)
        return LastStepList(steps=[step_out(each.row, each.customer) for each in rows], total=total, page=page)

    @api.get("/last-resort/{number}", operation_id="get_last_step")
    def get_last_step(number: Number) -> LastStepWhole:
        """Give one last step with what a decision rests on."""
        return whole_out(_known(desk, number))

    @api.get("/last-resort/{number}/packet", operation_id="get_packet", response_class=Response, responses=_FILE)
    def get_packet(number: Number) -> Response:
        """Give the packet of a hand-off as it would be handed over today (ZIP)."""
        return for_saving(_packet(desk, number).content, f"hand-off-{number}.zip")

    @api.get(
        "/last-resort/{number}/decision-sheet",
        operation_id="get_decision_sheet",
        response_class=Response,
        responses=_FILE,
    )
    def get_decision_sheet(number: Number) -> Response:
        """Give the sheet on which the decision rests (PDF): for ourselves, no part of the packet."""
        return for_saving(_packet(desk, number).decision, f"decision-{number}.pdf")

    @api.get("/accounts/{customer_id}/last-resort", operation_id="get_last_steps_of")
    def get_last_steps_of(customer_id: str) -> list[LastStepOut]:
        """List the last steps of one customer, newest first."""
        facts = desk.account_for_last_step(customer_id) if "\x00" not in customer_id else None
        if facts is None or facts.customer is None:
            raise HTTPException(404, "There is no such customer.")
        return [step_out(row, facts.customer.name) for row in desk.last_steps_of(customer_id)]

    @api.post("/accounts/{customer_id}/last-resort", operation_id="propose_last_step")
    def propose_last_step(request: Request, customer_id: str, asked: ProposeIn) -> ProposedOut:
        """Propose a last step."""
        if "\x00" in customer_id:
            raise HTTPException(404, "There is no such customer.")
        with told(conflict=True):
            number = desk.propose_last_step(
                customer_id,
                kind=asked.kind,
                invoices=asked.invoices,
                actor=actor_of(request),
                why=asked.why,
                note=asked.note,
                amount=asked.amount,
                pay_by=asked.pay_by,
                cause=asked.cause,
            )
        return ProposedOut(id=number)

    @api.post("/last-resort/{number}/approve", operation_id="approve_last_step")
    def approve_last_step(request: Request, number: Number, asked: SeenIn) -> ApprovedOut:
        """Approve what was looked at."""
        with told(conflict=True):
            done = desk.approve_last_step(number, version=asked.version, actor=actor_of(request))
        return ApprovedOut(approved=done)

    @api.post("/last-resort/{number}/refuse", operation_id="refuse_last_step")
    def refuse_last_step(request: Request, number: Number, asked: RefuseIn) -> Done:
        """Refuse a proposal."""
        with told(conflict=True):
            desk.refuse_last_step(number, version=asked.version, actor=actor_of(request), note=asked.note)
        return Done()

    @api.post("/last-resort/{number}/revise", operation_id="revise_last_step")
    def revise_last_step(request: Request, number: Number, asked: ReviseIn) -> Done:
        """Change the sum, the day or the cause of a proposal."""
        with told(conflict=True):
            desk.revise_last_step(
                number,
                version=asked.version,
                actor=actor_of(request),
                amount=asked.amount,
                pay_by=asked.pay_by,
                cause=asked.cause,
            )
        return Done()

    @api.post("/last-resort/{number}/told", operation_id="told_settlement")
    def told_settlement(request: Request, number: Number) -> Done:
        """Note that the customer was told of a settlement by a person."""
        with told(conflict=True):
            desk.told_settlement(number, actor=actor_of(request))
        return Done()

    @api.post("/last-resort/{number}/hand-over", operation_id="hand_over_claim")
    def hand_over(request: Request, number: Number, asked: HandOverIn) -> Done:
        """Note that this very packet was handed over."""
        with told(conflict=True):
            desk.hand_over_claim(number, actor=actor_of(request), receiver=asked.receiver, sha256=asked.sha256)
        return Done()

    @api.post("/last-resort/{number}/end", operation_id="end_last_step")
    def end_last_step(request: Request, number: Number, asked: EndIn) -> Done:
        """Lift a hold, call a claim back, withdraw, finish a review."""
        with told(conflict=True):
            desk.end_last_step(number, actor=actor_of(request), note=asked.note, why=asked.why)
        return Done()

    return api


def _known(desk: Desk, number: int) -> Step:
    step = desk.last_step(number)
    if step is None:
        raise HTTPException(404, f"There is no last step {number}.")
    return step


def _packet(desk: Desk, number: int) -> Packet:
    if _known(desk, number).row.kind not in (LastResort.HAND_OFF, LastResort.REVIEW):
        raise HTTPException(409, "Only a hand-off, or a review that may lead to one, has a packet.")
    return desk.packet_of_step(number)

"""The pages of the last steps: a list, one step, a form to propose one. Every decision is the desk's; no GET changes anything."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Form, HTTPException, Query, Request, Response

from outreach.handing_off import Packet
from review import last_resort_words as said
from review.desk import Desk
from review.last_resort_forms import amount_of, cause_of, day_of, told
from review.last_resort_looking import PAGE, Step
from review.pages import Number, to
from review.paperpages import for_saving
from review.rendering import Renderer
from review.security import FormTokens
from review.viewer import actor_of, viewer_of
from store.aftermath import Cause
from store.last_resort import claimable, uncontested
from store.last_resort_words import Ending, Ground, Receiver, Standing
from store.outreach_words import LastResort
from store.roles import DECIDERS

_Words = Annotated[str, Query(max_length=100)]
_Note = Annotated[str, Form(max_length=2000)]
_Sum = Annotated[str, Form(max_length=30)]
_Day = Annotated[str, Form(max_length=10)]
_Version = Annotated[int, Form(ge=1, lt=2**31)]
STATES = {"open": "open", **said.STANDINGS, "all": "all"}


def last_resort_routes(desk: Desk, show: Renderer) -> APIRouter:
    """Make the routes that only look."""
    look = APIRouter()

    @look.get("/last-resort")
    def steps(
        request: Request,
        kind: _Words = "",
        state: _Words = "open",
        q: _Words = "",
        page: Annotated[int, Query(ge=1, le=100_000)] = 1,
    ) -> Response:
        chosen = LastResort(kind) if kind in set(LastResort) else None
        state = state if state in STATES else "open"
        rows, total = desk.last_steps(kind=chosen, state=state, words=q.strip(), page=page)
        return show.page(
            request,
            "last_resort.html",
            tab="lists",
            said=said,
            states=STATES,
            wanted={"kind": chosen.value if chosen else "", "state": state, "q": q, "page": page},
            rows=rows,
            total=total,
            pages=max(1, -(-total // PAGE)),
        )

    @look.get("/last-resort/{number}")
    def one(request: Request, number: Number, notice: _Words = "") -> Response:
        step = _known(desk, number)
        row = step.row
        return show.page(
            request,
            "last_resort_one.html",
            tab="lists",
            said=said,
            step=step,
            row=row,
            about=[i for i in step.facts.invoices if i.number in row.invoices],
            uncontested=uncontested,
            proposed=row.status == Standing.PROPOSED,
            stands=row.status in (Standing.APPROVED, Standing.CARRIED_OUT),
            may_decide=viewer_of(request).role in DECIDERS,
            causes=list(Cause),
            receivers=list(Receiver),
            notice=said.NOTICES.get(notice),
        )

    @look.get("/last-resort/{number}/packet")
    def packet(number: Number) -> Response:
        found = _packet(desk, number)
        return for_saving(found.content, f"hand-off-{number}.zip")

    @look.get("/last-resort/{number}/decision-sheet")
    def decision(number: Number) -> Response:
        return for_saving(_packet(desk, number).decision, f"decision-{number}.pdf")

    @look.get("/accounts/{customer_id}/last-resort")
    def propose(request: Request, customer_id: str, kind: _Words = "", why: _Words = "") -> Response:
        facts = desk.account_for_last_step(customer_id) if "\x00" not in customer_id else None
        if facts is None:
            raise HTTPException(404, "There is no such customer.")
        return show.page(
            request,
            "last_resort_new.html",
            tab="lists",
            said=said,
            facts=facts,
            claim=claimable(facts),
            uncontested=uncontested,
            steps=desk.last_steps_of(customer_id),
            chosen=kind if kind in set(LastResort) else LastResort.HOLD.value,
            why=why if why in set(Ground) else Ground.JUDGEMENT.value,
            causes=list(Cause),
            may_decide=viewer_of(request).role in DECIDERS,
        )

    return look


def last_resort_deciding_routes(desk: Desk, tokens: FormTokens) -> APIRouter:
    """Make the routes that decide: each wants a form of ours, made for this browser."""
    decide = APIRouter(dependencies=[Depends(tokens.require)])

    @decide.post("/accounts/{customer_id}/last-resort")
    def propose(
        request: Request,
        customer_id: str,
        kind: Annotated[str, Form(max_length=30)] = "",
        why: Annotated[str, Form(max_length=30)] = Ground.JUDGEMENT.value,
        invoices: Annotated[list[str] | None, Form()] = None,
        note: _Note = "",
        amount: _Sum = "",
        pay_by: _Day = "",
        cause: Annotated[str, Form(max_length=40)] = "",
    ) -> Response:
        if kind not in set(LastResort) or why not in set(Ground):
            raise HTTPException(422, "Choose what is to be done, and why.")
        if "\x00" in customer_id:
            raise HTTPException(404, "There is no such customer.")
        if not invoices:
            raise HTTPException(422, "Tick the invoices that it is about.")
        wanted = LastResort(kind)
        number = told(
            lambda: desk.propose_last_step(
                customer_id,
                kind=wanted,
                invoices=invoices,
                actor=actor_of(request),
                why=Ground(why),
                note=note,
                amount=amount_of(amount) if wanted in (LastResort.SETTLEMENT, LastResort.WRITE_OFF) else None,
                pay_by=day_of(pay_by) if wanted is LastResort.SETTLEMENT else None,
                cause=cause_of(cause) if wanted is LastResort.WRITE_OFF else None,
            )
        )
        return to(f"/last-resort/{number}?notice=proposed")

    @decide.post("/last-resort/{number}/approve")
    def approve(request: Request, number: Number, version: _Version = 1) -> Response:
        done = told(lambda: desk.approve_last_step(number, version=version, actor=actor_of(request)))
        return to(f"/last-resort/{number}?notice={'approved' if done else 'second'}")

    @decide.post("/last-resort/{number}/refuse")
    def refuse(request: Request, number: Number, version: _Version = 1, note: _Note = "") -> Response:
        told(lambda: desk.refuse_last_step(number, version=version, actor=actor_of(request), note=note))
        return to(f"/last-resort/{number}?notice=refused")

    @decide.post("/last-resort/{number}/revise")
    def revise(
        request: Request,
        number: Number,
        version: _Version = 1,
        amount: _Sum = "",
        pay_by: _Day = "",
        cause: Annotated[str, Form(max_length=40)] = "",
    ) -> Response:
        told(
            lambda: desk.revise_last_step(
                number,
                version=version,
                actor=actor_of(request),
                amount=amount_of(amount),
                pay_by=day_of(pay_by),
                cause=cause_of(cause),
            )
        )
        return to(f"/last-resort/{number}?notice=revised")

    @decide.post("/last-resort/{number}/told")
    def told_by_hand(request: Request, number: Number) -> Response:
        told(lambda: desk.told_settlement(number, actor=actor_of(request)))
        return to(f"/last-resort/{number}?notice=told")

    @decide.post("/last-resort/{number}/hand-over")
    def hand_over(
        request: Request,
        number: Number,
        receiver: Annotated[str, Form(max_length=20)] = "",
        sha256: Annotated[str, Form(max_length=64)] = "",
    ) -> Response:
        if receiver not in set(Receiver):
            raise HTTPException(422, "Say to whom it is handed: an agency or an attorney.")
        told(lambda: desk.hand_over_claim(number, actor=actor_of(request), receiver=Receiver(receiver), sha256=sha256))
        return to(f"/last-resort/{number}?notice=handed")

    @decide.post("/last-resort/{number}/end")
    def end(
        request: Request, number: Number, note: _Note = "", why: Annotated[str, Form(max_length=20)] = ""
    ) -> Response:
        if why and why not in set(Ending):
            raise HTTPException(422, "It does not end like that.")
        chosen = Ending(why) if why else None
        told(lambda: desk.end_last_step(number, actor=actor_of(request), note=note, why=chosen))
        return to(f"/last-resort/{number}?notice=ended")

    return decide


def _known(desk: Desk, number: int) -> Step:
    step = desk.last_step(number) if 0 < number < 2**31 else None
    if step is None:
        raise HTTPException(404, f"There is no last step {number}.")
    return step


def _packet(desk: Desk, number: int) -> Packet:
    if _known(desk, number).row.kind not in (LastResort.HAND_OFF, LastResort.REVIEW):
        raise HTTPException(409, "Only a hand-off, or a review that may lead to one, has a packet.")
    return desk.packet_of_step(number)

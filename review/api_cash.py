"""The JSON API of money on the bank account: lines, what each may pay, confirming and dismissing. The ledger is not changed by it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated

from fastapi import APIRouter, HTTPException, Query, Request

from review import words
from review.api_cash_models import (
    AnswerCashIn,
    CashAdviceOut,
    CashLineOut,
    CashList,
    CashPieceOut,
    CashSheetOut,
    CashWayOut,
    ConfirmCashIn,
    ConfirmTogetherIn,
    TogetherOut,
)
from review.api_models import Done, Money
from review.api_problems import RESPONSES, Refusal
from review.api_requests import CloseIn, Number
from review.cash_shown import CashAdvice, CashLine, CashSheet
from review.cashpages import STATES
from review.desk import Desk
from review.viewer import actor_of
from store.bank_deciding import Share
from store.bank_words import BankFault

_Words = Annotated[str, Query(max_length=100, pattern=r"^[^\x00]*$")]


def cash_api_routes(desk: Desk) -> APIRouter:
    """Make the routes."""
    api = APIRouter(prefix="/api/v1", tags=["cash"], responses=RESPONSES)

    @api.get("/cash", operation_id="get_cash")
    def get_cash(
        state: _Words = "",
        q: _Words = "",
        exact: Annotated[bool, Query(description="only sure ones")] = False,
        page: Annotated[int, Query(ge=1, le=100_000)] = 1,
    ) -> CashList:
        """List lines: those that ask for a person, or of one state."""
        if state not in STATES:
            raise Refusal(422, f"A line is one of {', '.join(s for s in STATES if s)}.", kind="refused")
        found = desk.cash_lines(state=state, words=q.strip(), exact=exact, page=page)
        return CashList(lines=[_line(each) for each in found.lines], total=found.total, page=page, counts=found.counts)

    @api.get("/cash/{number}", operation_id="get_cash_line")
    def get_cash_line(number: Number) -> CashSheetOut:
        """Give one line with all that it may pay, and why."""
        sheet = desk.cash_line(number)
        if sheet is None:
            raise HTTPException(404, f"There is no line {number} of the bank.")
        return _sheet(sheet)

    @api.post("/cash/confirm", operation_id="confirm_cash_together")
    def confirm_together(request: Request, asked: ConfirmTogetherIn) -> TogetherOut:
        """Confirm several exact suggestions, each as it was looked at."""
        chosen = [(each.id, each.seen) for each in asked.lines]
        refused = desk.confirm_cash_together(chosen, actor=actor_of(request))
        done = [number for number, _ in chosen if number not in refused]
        return TogetherOut(confirmed=done, refused={str(n): words.sentence(why) for n, why in refused.items()})

    @api.post("/cash/{number}/confirm", operation_id="confirm_cash")
    def confirm(request: Request, number: Number, asked: ConfirmCashIn) -> Done:
        """Confirm what a line pays. The ERP books it; its next ledger closes the line."""
        given = asked.shares
        shares = [Share(s.invoice, s.amount, s.deducted, s.deduction) for s in given] if given is not None else None
        with _told():
            desk.confirm_cash(
                number,
                shares,
                actor=actor_of(request),
                customer_id=asked.customer_id,
                way=asked.way,
                seen=asked.seen,
                note=asked.note,
            )
        return Done()

    @api.post("/cash/{number}/dismiss", operation_id="dismiss_cash")
    def dismiss(request: Request, number: Number, asked: CloseIn) -> Done:
        """Say that a line is no customer's payment, and why."""
        with _told():
            desk.dismiss_cash(number, actor=actor_of(request), note=asked.note)
        return Done()

    @api.post("/cash/{number}/answer", operation_id="answer_cash")
    def answer(request: Request, number: Number, asked: AnswerCashIn) -> Done:
        """Answer what is asked of a line: whether the ERP has booked it, or whether another file brought it."""
        with _told():
            desk.answer_cash(number, yes=asked.yes, actor=actor_of(request))
        return Done()

    @api.post("/cash/{number}/reopen", operation_id="reopen_cash")
    def reopen(request: Request, number: Number) -> Done:
        """Take a decision back that the ERP has not booked."""
        with _told():
            desk.reopen_cash(number, actor=actor_of(request))
        return Done()

    return api


@contextmanager
def _told() -> Iterator[None]:
    try:
        yield
    except BankFault as fault:
        raise Refusal(409, words.sentence(str(fault)), kind="state") from None


def _line(line: CashLine) -> CashLineOut:
    return CashLineOut(
        id=line.id,
        booked_on=line.booked_on,
        money=Money(amount=line.amount, currency=line.currency),
        state=line.state,
        payer=line.payer,
        account=line.account,
        text=line.text,
        invoices=list(line.invoices),
        confidence=line.confidence,
        explanation=line.explanation,
        exact=line.exact,
        seen=line.seen,
    )


def _sheet(sheet: CashSheet) -> CashSheetOut:
    return CashSheetOut(
        line=_line(sheet.line),
        value_on=sheet.value_on,
        end_to_end=sheet.end_to_end,
        structured=sheet.structured,
        bank_reference=sheet.bank_reference,
        statement=sheet.statement,
        ways=[
            CashWayOut(
                way=way.number,
                seen=way.seen,
                confidence=way.confidence,
                reasons=list(way.reasons),
                customer_id=way.customer_id,
                pieces=[_piece(p) for p in way.pieces],
                unapplied=way.unapplied,
            )
            for way in sheet.ways
        ],
        parts=[_piece(p) for p in sheet.parts],
        payments=list(sheet.payments),
        decided_by=sheet.decided_by,
        decided_at=sheet.decided_at,
        note=sheet.note,
        may_decide=sheet.may_decide,
        may_reopen=sheet.may_reopen,
        asked=sheet.asked,
        other=_line(sheet.other) if sheet.other is not None else None,
        advices=[_advice(each) for each in sheet.advices],
    )


def _advice(advice: CashAdvice) -> CashAdviceOut:
    return CashAdviceOut(
        customer_id=advice.customer_id,
        total=advice.total,
        same_sum=advice.same_sum,
        invoices=[part.number for part in advice.parts],
        reference=advice.reference,
        file=advice.file,
        message_id=advice.message_id,
        came_at=advice.came_at,
        proven=advice.proven,
    )


def _piece(piece: dict[str, object]) -> CashPieceOut:
    return CashPieceOut.model_validate(
        {
            "invoice": piece["invoice"],
            "customer_id": piece["customer_id"],
            "amount": piece["amount"],
            "deducted": piece["deducted"],
            "deduction": piece["deduction"],
            "credit_note": piece["credit"],
        }
    )

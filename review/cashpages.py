"""The routes of money on the bank account: the list, one line, and deciding. Every decision is the desk's; no GET changes anything."""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal, InvalidOperation
from typing import Annotated

from fastapi import APIRouter, Depends, Form, HTTPException, Query, Request, Response

from review import words
from review.desk import Desk
from review.pages import Number, to
from review.rendering import Renderer
from review.security import FormTokens
from review.viewer import actor_of, viewer_of
from store.bank_deciding import Share
from store.bank_words import BankFault, Deduction, LineState
from store.roles import DECIDERS

_Words = Annotated[str, Query(max_length=100)]
_Cells = Annotated[list[str], Form(max_length=200)]
_Line = Annotated[str, Form(max_length=300)]
STATES = {"": "asks for you"} | {str(s): str(s).replace("_", " ") for s in LineState} | {"all": "all"}
#: So many empty rows stand below those of the suggestion.
_EMPTY_ROWS = 3


def cash_routes(desk: Desk, show: Renderer) -> APIRouter:
    """Make the routes that only look."""
    look = APIRouter()

    @look.get("/cash")
    def cash(
        request: Request,
        state: _Words = "",
        q: _Words = "",
        exact: bool = False,  # noqa: FBT001 (a query)
        page: Annotated[int, Query(ge=1, le=100_000)] = 1,
        notice: _Words = "",
        refused: _Words = "",
    ) -> Response:
        chosen = state if state in STATES else ""
        found = desk.cash_lines(state=chosen, words=q.strip(), exact=exact, page=page)
        return show.page(
            request,
            "cash.html",
            tab="cash",
            found=found,
            states=STATES,
            state=chosen,
            q=q.strip(),
            exact=exact,
            page=page,
            may_decide=viewer_of(request).role in DECIDERS,
            notice=words.NOTICES.get(notice),
            refused=refused if refused.replace(",", "").isdigit() else "",
        )

    @look.get("/cash/{number}")
    def line(request: Request, number: Number, notice: _Words = "") -> Response:
        sheet = desk.cash_line(number)
        if sheet is None:
            raise HTTPException(404, f"There is no line {number} of the bank.")
        return show.page(
            request,
            "cash_line.html",
            tab="cash",
            sheet=sheet,
            deductions=[str(d) for d in Deduction],
            empty_rows=_EMPTY_ROWS,
            may_decide=viewer_of(request).role in DECIDERS,
            notice=words.NOTICES.get(notice),
        )

    return look


def cash_deciding_routes(desk: Desk, tokens: FormTokens) -> APIRouter:
    """Make the routes that decide: each wants a form of ours, made for this browser."""
    decide = APIRouter(dependencies=[Depends(tokens.require)])

    @decide.post("/cash/confirm")
    def together(request: Request, line: _Cells = []) -> Response:  # noqa: B006 (FastAPI copies it)
        chosen = [_chosen(each) for each in line]
        refused = desk.confirm_cash_together(chosen, actor=actor_of(request))
        more = f"&refused={','.join(str(n) for n in sorted(refused)[:10])}" if refused else ""
        return to(
            f"/cash?notice=cash_confirmed{more}" if len(refused) < len(chosen) else f"/cash?notice=cash_refused{more}"
        )

    @decide.post("/cash/{number}/confirm")
    def confirm(
        request: Request,
        number: Number,
        seen: Annotated[str, Form(max_length=40)] = "",
        way: Annotated[int, Form(ge=0, le=100)] = 0,
        invoice: _Cells = [],  # noqa: B006 (FastAPI copies it)
        amount: _Cells = [],  # noqa: B006
        deducted: _Cells = [],  # noqa: B006
        deduction: _Cells = [],  # noqa: B006
        customer: _Line = "",
        note: _Line = "",
    ) -> Response:
        shares = None if seen else _shares(invoice, amount, deducted, deduction)
        _told(
            lambda: desk.confirm_cash(
                number,
                shares,
                actor=actor_of(request),
                customer_id=customer.strip() or None,
                way=way,
                seen=seen,
                note=note,
            )
        )
        return to(f"/cash/{number}?notice=cash_confirmed")

    @decide.post("/cash/{number}/dismiss")
    def dismiss(request: Request, number: Number, note: _Line = "") -> Response:
        _told(lambda: desk.dismiss_cash(number, actor=actor_of(request), note=note))
        return to("/cash?notice=cash_dismissed")

    @decide.post("/cash/{number}/answer")
    def answer(request: Request, number: Number, yes: Annotated[bool, Form()]) -> Response:
        _told(lambda: desk.answer_cash(number, yes=yes, actor=actor_of(request)))
        return to(f"/cash/{number}?notice=cash_answered")

    @decide.post("/cash/{number}/reopen")
    def reopen(request: Request, number: Number) -> Response:
        _told(lambda: desk.reopen_cash(number, actor=actor_of(request)))
        return to(f"/cash/{number}?notice=cash_reopened")

    return decide


def _told(act: Callable[[], object]) -> None:
    """Do it, or say in one line why not."""
    try:
        act()
    except BankFault as fault:
        raise HTTPException(409, words.sentence(str(fault))) from None


def _chosen(cell: str) -> tuple[int, str]:
    number, _, seen = cell.partition(".")
    if not number.isdigit() or len(number) > 9:
        raise HTTPException(422, "A ticked line cannot be understood: reload the page, and tick it again.")
    return int(number), seen


def _shares(invoices: list[str], amounts: list[str], deducted: list[str], deductions: list[str]) -> list[Share]:
    """Read the rows of the form; an empty row is none. Raises HTTPException."""
    shares = []
    rows = zip(
        invoices, amounts, [*deducted, *[""] * len(invoices)], [*deductions, *[""] * len(invoices)], strict=False
    )
    for number, amount, kept, why in rows:
        if not number.strip():
            if amount.strip():
                raise HTTPException(422, "An amount stands without its invoice.")
            continue
        reason = next((d for d in Deduction if d == why), None)
        shares.append(
            Share(number.strip(), _amount(amount), _amount(kept or "0"), reason if _amount(kept or "0") else None)
        )
    return shares


def _amount(text: str) -> Decimal:
    if re.search(r"[.,]\d{3}$", text.strip()):
        raise HTTPException(422, "Write an amount with two decimals and without a sign for thousands, such as 1200.00.")
    try:
        amount = Decimal(text.strip().replace(",", ".") or "0")
    except InvalidOperation:
        raise HTTPException(422, "Write an amount such as 1200.00.") from None
    if not amount.is_finite() or abs(amount) > Decimal(10) ** 12 or amount != amount.quantize(Decimal("0.01")):
        raise HTTPException(422, "Write an amount with two decimals, such as 1200.00.")
    return amount.quantize(Decimal("0.01"))

"""The routes by which a person puts things right beside the proposals: mails, contacts, what left. Each is the desk's decision."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Form, HTTPException, Request, Response

from review import words
from review.desk import Desk
from review.pages import Number, known, to
from review.security import FormTokens
from review.viewer import actor_of
from review.walking import back
from store.proposals import Stale
from store.vocabulary import SendState


def mend_routes(desk: Desk, tokens: FormTokens) -> APIRouter:
    """Make the routes: each wants a form of ours, made for this browser, and answers with the page to look at."""
    mend = APIRouter(dependencies=[Depends(tokens.require)])

    @mend.post("/outgoing/{number}/settle")
    def settle(request: Request, number: Number, sent: Annotated[str, Form()]) -> Response:
        if sent not in ("yes", "no"):
            raise HTTPException(422, "Say whether the mail was sent.")
        try:
            desk.settle(number, sent=sent == "yes", actor=actor_of(request))
        except (Stale, ValueError, LookupError):
            raise HTTPException(409, "This mail is not uncertain any more: look at it again.") from None
        return to("/attention?notice=settled")

    @mend.post("/outgoing/{number}/retry")
    def retry(request: Request, number: Number) -> Response:
        try:
            desk.retry(number, actor=actor_of(request))
        except Stale as stale:
            raise HTTPException(409, f"{words.plain(str(stale))}.") from None
        return to("/attention?notice=retried")

    @mend.post("/items/{number}/set-aside")
    def set_aside(request: Request, number: Number) -> Response:
        known(desk, number)
        failed = desk.outgoing(number)
        if failed is None or failed.state != SendState.FAILED:
            raise HTTPException(409, "This mail is not one that failed: look at it again.")
        try:
            desk.set_aside(number, actor=actor_of(request))
        except Stale as stale:
            raise HTTPException(409, f"{words.plain(str(stale))}.") from None
        return back(request, number)

    @mend.post("/contacts/{number}/verify")
    def verify(
        request: Request, number: Number, note: Annotated[str, Form()] = "", keep_old: Annotated[str, Form()] = ""
    ) -> Response:
        try:
            desk.verify_contact(number, actor=actor_of(request), note=note, keep_old=keep_old == "yes")
        except ValueError as error:
            raise HTTPException(422, f"The contact {error}.") from None
        return to("/attention?notice=verified")

    @mend.post("/contacts/{number}/reachable")
    def reachable(request: Request, number: Number) -> Response:
        try:
            desk.make_reachable(number, actor=actor_of(request))
        except ValueError as error:
            raise HTTPException(409, f"The contact {error}.") from None
        return to("/attention?notice=reachable")

    @mend.post("/messages/{number}/assign")
    def assign(request: Request, number: Number, customer: Annotated[str, Form()] = "") -> Response:
        try:
            desk.assign(number, customer_id=customer, actor=actor_of(request))
        except Stale as stale:
            raise HTTPException(409, f"{words.plain(str(stale))}.") from None
        except ValueError:
            raise HTTPException(422, "Choose the customer whose mail this is.") from None
        return to("/unmatched?notice=assigned")

    @mend.post("/messages/{number}/mark")
    def mark(request: Request, number: Number, customer: Annotated[str, Form()] = "") -> Response:
        try:
            desk.mark_reported(number, customer_id=customer or None, actor=actor_of(request))
        except (Stale, ValueError) as refused:
            raise HTTPException(409, f"{words.plain(str(refused))}.") from None
        return to("/unmatched?notice=marked" if customer else "/attention?notice=marked")

    @mend.post("/wakings/{number}/retry")
    def think_again(request: Request, number: Number) -> Response:
        try:
            desk.retry_waking(number, actor=actor_of(request))
        except ValueError as error:
            raise HTTPException(409, f"{words.plain(str(error))}.") from None
        return to("/attention?notice=thought")

    @mend.post("/wakings/{number}/close")
    def close_waking(request: Request, number: Number) -> Response:
        try:
            desk.close_waking(number, actor=actor_of(request))
        except ValueError as error:
            raise HTTPException(409, f"{words.plain(str(error))}.") from None
        return to("/attention?notice=closed")

    @mend.post("/messages/{number}/close")
    def close(request: Request, number: Number) -> Response:
        try:
            desk.close_mail(number, actor=actor_of(request))
        except ValueError as error:
            raise HTTPException(409, f"{words.plain(str(error))}.") from None
        return to("/attention?notice=closed")

    return mend

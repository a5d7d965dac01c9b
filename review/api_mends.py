"""The JSON API of what is put right beside the proposals: mails, contacts, wakings, what left; and of accounts and counts."""

from __future__ import annotations

from fastapi import APIRouter, HTTPException, Request

from review.api_accounts import AccountList, AccountOut, AccountSummary, AttentionOut, CountsOut
from review.api_attention_views import attention_out
from review.api_items import Cursor, Limit
from review.api_lists import NoCursor
from review.api_mail_models import StrandedOut, UnmatchedList
from review.api_models import Done
from review.api_problems import RESPONSES, Refusal, told
from review.api_requests import AssignIn, CustomerId, MarkIn, Number, SettleIn, VerifyIn
from review.api_views import stranded_out, unmatched_out
from review.desk import Desk
from review.lookups import StrandedMail
from review.viewer import actor_of
from store.proposals import Stale
from store.vocabulary import SendState


def look_api_routes(desk: Desk) -> APIRouter:
    """Make the routes that only look."""
    api = APIRouter(prefix="/api/v1", responses=RESPONSES)

    @api.get("/counts", operation_id="get_counts", tags=["queue"])
    def get_counts() -> CountsOut:
        """Count what waits."""
        counts = desk.counts()
        return CountsOut(
            waiting=counts.waiting, unmatched=counts.unmatched, attention=counts.attention, tasks=counts.tasks
        )

    @api.get("/attention", operation_id="get_attention", tags=["queue"])
    def get_attention() -> AttentionOut:
        """List everything that waits for a person outside the queue."""
        return attention_out(desk.attention())

    @api.get("/unmatched", operation_id="list_unmatched", tags=["mails"])
    def list_unmatched() -> UnmatchedList:
        """List the mails that belong to nobody yet, with whose they could be."""
        return UnmatchedList(mails=[unmatched_out(mail) for mail in desk.unmatched()])

    @api.get("/messages/{number}", operation_id="get_message", tags=["mails"])
    def get_message(number: Number) -> StrandedOut:
        """Give one stored mail, whatever became of it."""
        return stranded_out(_mail(desk, number))

    @api.get("/accounts", operation_id="list_accounts", tags=["accounts"])
    def list_accounts(cursor: Cursor = None, limit: Limit = 50) -> AccountList:
        """List customers by number."""
        try:
            rows, following = desk.customers_after(cursor, limit=limit)
        except NoCursor as error:
            raise Refusal(422, f"{str(error).capitalize()}.", kind="cursor") from None
        return AccountList(accounts=[AccountSummary(id=i, name=name) for i, name in rows], next_cursor=following)

    @api.get("/accounts/{customer_id}", operation_id="get_account", tags=["accounts"])
    def get_account(customer_id: CustomerId) -> AccountOut:
        """Give one customer's account as it stands: open invoices, payments, promises, plans, disputes, contacts."""
        found = desk.account(customer_id)
        if found is None:
            raise HTTPException(404, "There is no such customer.")
        return found

    return api


def mend_api_routes(desk: Desk) -> APIRouter:
    """Make the routes that put something right."""
    api = APIRouter(prefix="/api/v1", responses=RESPONSES)

    @api.post("/messages/{number}/assign", operation_id="assign_message", tags=["mails"])
    def assign_message(request: Request, number: Number, asked: AssignIn) -> Done:
        """Give an unmatched mail to a customer; it is then understood anew."""
        _mail(desk, number)
        with told():
            desk.assign(number, customer_id=asked.customer_id, actor=actor_of(request))
        return Done()

    @api.post("/messages/{number}/mark", operation_id="mark_message", tags=["mails"])
    def mark_message(request: Request, number: Number, asked: MarkIn) -> Done:
        """Believe a bounce or complaint that proves nothing: its contact is not written to any more."""
        _mail(desk, number)
        with told(conflict=True):
            desk.mark_reported(number, customer_id=asked.customer_id, actor=actor_of(request))
        return Done()

    @api.post("/messages/{number}/close", operation_id="close_message", tags=["mails"])
    def close_message(request: Request, number: Number) -> Done:
        """Mark a mail that came to no proposal as dealt with; it stays stored."""
        _mail(desk, number)
        with told(conflict=True):
            desk.close_mail(number, actor=actor_of(request))
        return Done()

    @api.post("/contacts/{number}/verify", operation_id="verify_contact", tags=["contacts"])
    def verify_contact(request: Request, number: Number, asked: VerifyIn) -> Done:
        """Make a contact a recipient, with a note of how it was verified."""
        with told(conflict=True):
            desk.verify_contact(number, actor=actor_of(request), note=asked.note)
        return Done()

    @api.post("/contacts/{number}/reachable", operation_id="make_contact_reachable", tags=["contacts"])
    def make_contact_reachable(request: Request, number: Number) -> Done:
        """Write again to a contact from which mail came back, or a complaint."""
        with told(conflict=True):
            desk.make_reachable(number, actor=actor_of(request))
        return Done()

    @api.post("/wakings/{number}/retry", operation_id="retry_waking", tags=["wakings"])
    def retry_waking(request: Request, number: Number) -> Done:
        """Let a waking that was set aside after failures be thought about again."""
        with told(conflict=True):
            desk.retry_waking(number, actor=actor_of(request))
        return Done()

    @api.post("/wakings/{number}/close", operation_id="close_waking", tags=["wakings"])
    def close_waking(request: Request, number: Number) -> Done:
        """Mark a waking that was set aside as dealt with."""
        with told(conflict=True):
            desk.close_waking(number, actor=actor_of(request))
        return Done()

    @api.post("/outgoing/{number}/retry", operation_id="retry_outgoing", tags=["outgoing"])
    def retry_outgoing(request: Request, number: Number) -> Done:
        """Try again to send a mail that was refused. The approval must still hold when it leaves."""
        with told():
            desk.retry(number, actor=actor_of(request))
        return Done()

    @api.post("/outgoing/{number}/settle", operation_id="settle_outgoing", tags=["outgoing"])
    def settle_outgoing(request: Request, number: Number, asked: SettleIn) -> Done:
        """Say what became of a mail that may or may not have gone out."""
        with told(conflict=True):
            desk.settle(number, sent=asked.sent, actor=actor_of(request))
        return Done()

    @api.post("/items/{number}/set-aside", operation_id="set_item_aside", tags=["items"])
    def set_item_aside(request: Request, number: Number) -> Done:
        """Give up a mail that could not be sent, and have its message understood anew."""
        failed = desk.outgoing(number)
        with told():
            if failed is None or failed.state != SendState.FAILED:
                raise Stale("this mail is not one that failed")
            desk.set_aside(number, actor=actor_of(request))
        return Done()

    return api


def _mail(desk: Desk, number: int) -> StrandedMail:
    mail = desk.mail(number)
    if mail is None:
        raise HTTPException(404, f"There is no mail {number}.")
    return mail

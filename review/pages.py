"""The routes: what a collector sees and decides. Every decision is the desk's; nothing here touches the store.

No GET changes anything. Every page works without JavaScript: forms post and are answered with a redirect or a page.
"""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Form, HTTPException, Path, Query, Request, Response
from fastapi.responses import RedirectResponse

from review import words
from review.desk import Blocked, Desk, Item, RejectReason
from review.itempage import ItemPages
from review.rendering import Renderer, by_htmx
from review.rows import row
from review.security import FormTokens
from review.viewer import actor_of
from review.views import seen
from review.walking import back
from store.proposals import Stale
from store.vocabulary import MessageState, ProposalStatus

#: A row's number in an address: no more than a database can be asked for.
Number = Annotated[int, Path(ge=0, lt=2**63)]
_EMPTY = "The text was empty, so it was not saved: write an answer, or reject the proposal."


def look_routes(desk: Desk, show: Renderer) -> APIRouter:
    """Make the routes that only look."""
    look = APIRouter()
    items = ItemPages(desk, show)

    @look.get("/unmatched")
    def unmatched(
        request: Request,
        notice: str = "",
        q: Annotated[str, Query(max_length=100)] = "",
        page: Annotated[int, Query(ge=1, le=100_000)] = 1,
    ) -> Response:
        found = desk.unmatched_page(asked=q.strip(), page=page)
        return show.page(
            request,
            "unmatched.html",
            tab="unmatched",
            mails=found.mails,
            total=found.total,
            asked=q.strip(),
            page=page,
            pages=found.pages,
            customers=desk.customers(),
            notice=words.NOTICES.get(notice),
        )

    @look.get("/decided")
    def decided(request: Request, status: str = "") -> Response:
        chosen = next((s for s in ProposalStatus if s == status and s is not ProposalStatus.HELD), None)
        found = desk.in_status(chosen) if chosen else desk.decided()
        rows = [row(item, now=desk.clock()) for item in found]
        filters = [(s, words.STATUS[s]) for s in ProposalStatus if s is not ProposalStatus.HELD]
        return show.page(request, "decided.html", tab="decided", rows=rows, filters=filters, chosen=chosen)

    @look.get("/attention")
    def attention(request: Request, notice: str = "") -> Response:
        found = desk.attention()
        return show.page(
            request, "attention.html", tab="attention", found=found, now=desk.clock(), notice=words.NOTICES.get(notice)
        )

    @look.get("/items/{number}")
    def item(request: Request, number: int, notice: str = "") -> Response:
        return items.page(request, known(desk, number), notice=words.NOTICES.get(notice))

    @look.get("/items/{number}/outcome")
    def outcome(request: Request, number: int) -> Response:
        if not by_htmx(request):
            return back(request, number)
        return items.outcome(request, known(desk, number))

    @look.get("/messages/{number}")
    def message(request: Request, number: Number) -> Response:
        mail = desk.mail(number)
        if mail is None:
            raise HTTPException(404, f"There is no mail {number}.")
        waits = mail.state is MessageState.UNMATCHED
        return show.page(
            request,
            "message.html",
            tab="unmatched" if waits else "attention",
            mail=mail,
            customers=desk.customers() if waits else [],
            suggestions=desk.suggestions(number) if waits else (),
        )

    return look


def decide_routes(desk: Desk, show: Renderer, tokens: FormTokens) -> APIRouter:
    """Make the routes that decide: each wants a form of ours, made for this browser."""
    decide = APIRouter(dependencies=[Depends(tokens.require)])
    items = ItemPages(desk, show)

    @decide.post("/items/{number}/preview")
    def preview(request: Request, number: int, body: Annotated[str, Form()] = "") -> Response:
        item = known(desk, number)
        if item.proposal.draft is None:
            raise HTTPException(422, "There is no draft here to be read.")
        body = _plain_lines(body)
        return items.preview(request, item, body) if by_htmx(request) else items.page(request, item, body=body)

    @decide.post("/items/{number}/edit")
    def edit(
        request: Request, number: int, version: Annotated[int, Form()], body: Annotated[str, Form()] = ""
    ) -> Response:
        item, body = known(desk, number), _plain_lines(body)
        if _emptied(item, body):
            return items.refused(request, item, _EMPTY)
        try:
            _save(desk, item, version=version, body=body, actor=actor_of(request))
        except Stale as stale:
            return items.stale(request, known(desk, number), str(stale), body=body, version=version)
        return back(request, number, "saved")

    @decide.post("/items/{number}/approve")
    def approve(
        request: Request,
        number: int,
        version: Annotated[int, Form()],
        body: Annotated[str, Form()] = "",
        shown: Annotated[str, Form()] = "",
        flag: Annotated[list[str] | None, Form()] = None,
        why: Annotated[list[str] | None, Form()] = None,
    ) -> Response:
        item, body, looked_at = known(desk, number), _plain_lines(body), version
        if _emptied(item, body):
            return items.refused(request, item, _EMPTY)
        try:
            if _edited(item, body):
                version = _save(desk, item, version=version, body=body, actor=actor_of(request))
                item = known(desk, number)
                # Nobody approves words that were never on the screen: a late keystroke, or no JavaScript.
                if item.proposal.draft is None or seen(item.proposal.draft) != shown:
                    return back(request, number, "look")
            if item.proposal.blocked and item.row.version == version:
                raise Blocked(item.proposal.findings)
            acknowledged = dict(zip(flag or (), why or (), strict=False))
            actor = actor_of(request)
            if not desk.approve(number, version=version, actor=actor, acknowledged=acknowledged, opened=True):
                return back(request, number, "second")
        except Stale as stale:
            return items.stale(request, known(desk, number), str(stale), body=body, version=looked_at)
        except (Blocked, ValueError) as refused:
            return items.refused(request, known(desk, number), str(refused))
        return back(request, number)

    @decide.post("/items/{number}/reject")
    def reject(
        request: Request,
        number: int,
        version: Annotated[int, Form()],
        reason: Annotated[str, Form()] = "",
        note: Annotated[str, Form()] = "",
    ) -> Response:
        item = known(desk, number)
        if reason not in set(RejectReason):
            return items.refused(request, item, "Choose why you reject it: that is how dunwell learns.")
        try:
            desk.reject(number, version=version, actor=actor_of(request), reason=RejectReason(reason), note=note)
        except Stale as stale:
            return items.stale(request, known(desk, number), str(stale), version=version)
        return back(request, number)

    return decide


def known(desk: Desk, number: int) -> Item:
    """Give an item, or say that there is none."""
    item = desk.show(number) if 0 < number < 2**63 else None
    if item is None:
        raise HTTPException(404, f"There is no proposal {number}.")
    return item


def to(path: str) -> Response:
    """Answer a form with the page to look at."""
    return RedirectResponse(path, status_code=303)


def _save(desk: Desk, item: Item, *, version: int, body: str, actor: str) -> int:
    """Save an edit and give the version that holds it; an unchanged body is left as it is."""
    if item.row.version != version or item.row.status != ProposalStatus.HELD:
        raise Stale("this proposal was changed or decided meanwhile: look at it again")
    if not _edited(item, body):
        return version
    desk.edit(item.row.id or 0, version=version, actor=actor, body=body)
    return version + 1


def _edited(item: Item, body: str) -> bool:
    draft = item.proposal.draft
    return draft is not None and body != _plain_lines(draft.body)


def _emptied(item: Item, body: str) -> bool:
    return item.proposal.draft is not None and not body.strip()


def _plain_lines(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")

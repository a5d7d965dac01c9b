"""The page of one item, in its several moods: fresh, edited, refused, overtaken, decided."""

from __future__ import annotations

from typing import Any

from fastapi import Request, Response

from agent.rules.flags import high_flags
from review import views, woken, words
from review.desk import Desk, Item
from review.rendering import Renderer
from review.when import leaves
from store.aftermath import FollowupState
from store.proposed import Draft, Finding
from store.vocabulary import ProposalStatus, SendState

#: While a mail is in one of these the page asks again.
_UNDER_WAY = frozenset({SendState.QUEUED, SendState.CLAIMED, SendState.TRANSMITTING})


class ItemPages:
    """Collects what the page of an item shows."""

    def __init__(self, desk: Desk, show: Renderer) -> None:
        """Keep the desk and the renderer."""
        self._desk, self._show = desk, show

    def page(
        self,
        request: Request,
        item: Item,
        *,
        body: str | None = None,
        notice: tuple[str, str] | None = None,
        lost: str | None = None,
        status: int = 200,
    ) -> Response:
        """Give the whole page; `body` is an edit that is not saved, `lost` one that cannot be."""
        before, after = views.neighbours(self._desk.held_ids(), item.row.id or 0)
        held = item.row.status == ProposalStatus.HELD
        return self._show.page(
            request,
            "item.html",
            status=status,
            tab="waiting" if held else "decided",
            item=item,
            held=held,
            woke=woken.why(item.facts.followup) if item.facts.followup else None,
            spans=views.mail_spans(item),
            claims=views.claim_views(item),
            actions=[views.action_view(a) for a in item.proposal.actions],
            invoices=views.invoice_views(item),
            totals=views.totals(item.facts),
            notice=notice,
            lost=lost,
            customers=self._desk.customers() if held and item.facts.customer is None else [],
            suggestions=self._desk.suggestions(item.message.id) if item.facts.customer is None else (),
            markable=item.markable if held else None,
            serious=[(flag, words.flag_words(flag)) for flag in high_flags(item.proposal.flags)] if held else [],
            before=before,
            after=after,
            **self._draft(item, body),
            **({} if held else self._outcome(item)),
        )

    def preview(self, request: Request, item: Item, body: str) -> Response:
        """Give the draft as an edit would make it, and what may be done with it."""
        held = item.row.status == ProposalStatus.HELD
        context = self._draft(item, body)
        return self._show.fragment(request, "_preview_parts.html", item=item, held=held, **context)

    def outcome(self, request: Request, item: Item) -> Response:
        """Give what became of a decided item, and once that is final the account as it is then."""
        _, after = views.neighbours(self._desk.held_ids(), item.row.id or 0)
        account: dict[str, Any] = {
            "customers": [],
            "suggestions": (),
            "invoices": views.invoice_views(item),
            "totals": views.totals(item.facts),
        }
        return self._show.fragment(
            request, "_outcome_parts.html", item=item, after=after, **account, **self._outcome(item)
        )

    def stale(self, request: Request, item: Item, why: str, *, body: str | None = None) -> Response:
        """Say kindly that somebody, or something, was faster, with the item as it is now and the text that was typed."""
        draft = item.proposal.draft
        lost = body if body and draft is not None and body != draft.body else None
        if item.row.status == ProposalStatus.HELD:
            text = f"{words.plain(why)}. This is how it stands now; nothing was sent."
        elif item.row.status == ProposalStatus.VOID:
            text = f"{words.plain(why)}. Nothing was sent."
        else:
            text = f"This proposal was decided meanwhile ({words.STATUS[ProposalStatus(item.row.status)]}). Your click changed nothing."
        return self.page(request, item, notice=("warn", text), lost=lost, status=409)

    def refused(self, request: Request, item: Item, why: str) -> Response:
        """Say what stands against a decision."""
        return self.page(request, item, notice=("bad", why), status=422)

    def _draft(self, item: Item, body: str | None) -> dict[str, Any]:
        draft, findings = item.proposal.draft, item.proposal.findings
        if draft is None:
            return {"draft": None, "view": None, "unsaved": False}
        unsaved = body is not None and body != draft.body and item.row.status == ProposalStatus.HELD
        if unsaved:
            draft, findings = self._judged(item, body or "")
        return {"draft": draft, "view": views.draft_view(draft, findings, changed=unsaved), "unsaved": unsaved}

    def _judged(self, item: Item, body: str) -> tuple[Draft, tuple[Finding, ...]]:
        return self._desk.preview(item, body=body)

    def _outcome(self, item: Item) -> dict[str, Any]:
        assert item.row.id is not None
        outgoing = self._desk.outgoing(item.row.id)
        status = ProposalStatus(item.row.status)
        remade, became = self._remade(item) if status is ProposalStatus.VOID else (None, "")
        leaving = outgoing is not None and SendState(outgoing.state) in _UNDER_WAY
        return {
            "outgoing": outgoing,
            "effects": self._desk.effects(item.row.id),
            "remade": remade,
            "became": became,
            "final": not leaving and not (status is ProposalStatus.VOID and remade is None and not became),
            "sending": words.SENDING[SendState(outgoing.state)] if outgoing is not None else None,
            "leaves": leaves(outgoing, item.facts, now=self._desk.clock()),
        }

    def _remade(self, item: Item) -> tuple[int | None, str]:
        """Give what took the place of a void proposal; for a waking that ended without one, in words what became of it."""
        if item.row.followup_id is None:
            return self._desk.live_proposal(item.message.id), ""
        live, state = self._desk.live_follow_up(item.row.followup_id)
        ended = state in (FollowupState.CLOSED, FollowupState.QUARANTINED)
        return live, woken.BECAME[state] if ended else ""

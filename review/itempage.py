"""The page of one item, in its several moods: fresh, edited, refused, overtaken, decided."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from fastapi import Request, Response

from agent.rules.flags import high_flags
from prompts.texts import length_of
from review import account, last_resort_words, linking, views, woken, words
from review.desk import Desk, Item
from review.diffing import state_at
from review.itempeople import changed_since, people_of
from review.redeciding import OtherReading
from review.rendering import Renderer
from review.undoing import seconds_left
from review.viewer import viewer_of
from review.walking import beside
from review.when import leaves
from store.aftermath import FollowupState
from store.last_resort_words import OPEN
from store.proposed import Draft, Finding
from store.roles import DECIDERS
from store.vocabulary import ProposalStatus, SendState

#: While a mail is in one of these the page asks again.
_UNDER_WAY = frozenset({SendState.QUEUED, SendState.CLAIMED, SendState.TRANSMITTING})


_NOTHING_NEWER: dict[str, Any] = {"newer": [], "newer_words": []}


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
        readings: Sequence[OtherReading] | None = None,
        version: int | None = None,
    ) -> Response:
        """Give the whole page; `body` is an edit that is not saved, `lost` one that cannot be.

        `readings` None: the page asks for them by itself. `version`: what somebody looked at, where it is another by now.
        """
        before, after = beside(self._desk, request, item.row.id or 0)
        waiting = item.row.status == ProposalStatus.HELD
        may_decide = viewer_of(request).role in DECIDERS
        held = waiting and may_decide
        return self._show.page(
            request,
            "item.html",
            status=status,
            tab="waiting" if waiting else "decided",
            item=item,
            waiting=waiting,
            may_decide=may_decide,
            held=held,
            woke=woken.why(item.facts.followup) if item.facts.followup else None,
            first_words=woken.first_words,
            cadence_steps=woken.STEPS,
            spans=views.mail_spans(item),
            claims=views.claim_views(item),
            actions=[views.action_view(a) for a in item.proposal.actions],
            **self._account(item),
            **people_of(self._desk, request, item),
            **(changed_since(self._desk, item, version) if version is not None else _NOTHING_NEWER),
            age=views.age,
            readings=readings,
            notice=notice,
            lost=lost,
            customers=self._desk.customers() if held and item.facts.customer is None else [],
            suggestions=self._desk.suggestions(item.message.id) if item.facts.customer is None else (),
            markable=item.markable if held else None,
            serious=[(flag, words.flag_words(flag)) for flag in high_flags(item.proposal.flags)] if held else [],
            before=before,
            after=after,
            **self._draft(item, body),
            **({} if waiting else self._outcome(item)),
        )

    def preview(self, request: Request, item: Item, body: str) -> Response:
        """Give the draft as an edit would make it, and what may be done with it."""
        held = item.row.status == ProposalStatus.HELD
        context = self._draft(item, body)
        return self._show.fragment(request, "_preview_parts.html", item=item, held=held, **context)

    def outcome(self, request: Request, item: Item) -> Response:
        """Give what became of a decided item, and once that is final the account as it is then."""
        _, after = beside(self._desk, request, item.row.id or 0)
        ledger: dict[str, Any] = {
            "customers": [],
            "suggestions": (),
            **self._account(item),
        }
        return self._show.fragment(
            request, "_outcome_parts.html", item=item, after=after, **ledger, **self._outcome(item)
        )

    def stale(
        self, request: Request, item: Item, why: str, *, body: str | None = None, version: int | None = None
    ) -> Response:
        """Say kindly that somebody, or something, was faster, with the item as it is now and the text that was typed.

        `version`: the one that was looked at, so that it is told what changed since.
        """
        lost = body if body and body not in self._bodies(item, version) else None
        if item.row.status == ProposalStatus.HELD:
            text = f"{words.plain(why)}. This is how it stands now; nothing was sent."
        elif item.row.status == ProposalStatus.VOID:
            text = f"{words.plain(why)}. Nothing was sent."
        else:
            text = f"This proposal was decided meanwhile ({words.STATUS[ProposalStatus(item.row.status)]}). Your click changed nothing."
        return self.page(request, item, notice=("warn", text), lost=lost, status=409, version=version)

    def too_late(self, request: Request, item: Item, why: str) -> Response:
        """Say that an approval can no longer be taken back, and how it stands."""
        waits = item.row.status == ProposalStatus.HELD
        text = "It waits again already: somebody took it back before you." if waits else f"{words.plain(why)}."
        return self.page(request, item, notice=("warn", text), status=409)

    def _bodies(self, item: Item, version: int | None) -> set[str]:
        """Give the texts that were on the screen: who typed nothing lost nothing."""
        seen = state_at(self._desk.history(item.row.id or 0), version) if version is not None else None
        shown = (item.proposal, *((seen.proposal,) if seen is not None else ()))
        return {proposal.draft.body.replace("\r\n", "\n") for proposal in shown if proposal.draft is not None}

    def refused(self, request: Request, item: Item, why: str) -> Response:
        """Say what stands against a decision."""
        return self.page(request, item, notice=("bad", why), status=422)

    def _account(self, item: Item) -> dict[str, Any]:
        customer = item.facts.customer
        steps = self._desk.last_steps_of(item.facts.customer.id) if item.facts.customer is not None else []
        return {
            "last_steps": [row for row in steps if row.status in OPEN],
            "last_said": last_resort_words,
            "invoices": views.invoice_views(item),
            "totals": views.totals(item.facts),
            "ageing": account.ageing(item.facts),
            "word": account.word_kept(item.facts),
            "pauses": account.pauses(item.facts),
            "plans": account.plans(item.facts),
            "nets": account.nets(item.facts),
            "imported": account.imported(self._desk.ledger_changes(customer.id)) if customer else (),
            "slipping": self._desk.early_warning(customer.id) if customer else None,
        }

    def _draft(self, item: Item, body: str | None) -> dict[str, Any]:
        draft, findings = item.proposal.draft, item.proposal.findings
        if draft is None:
            return {"draft": None, "view": None, "unsaved": False, "as_text": "", "as_text_long": ""}
        unsaved = body is not None and body != draft.body and item.row.status == ProposalStatus.HELD
        if unsaved:
            draft, findings = self._judged(item, body or "")
        view = views.draft_view(draft, findings, changed=unsaved)
        spans = linking.with_faults(linking.linked(view.spans, draft, item), (*view.blocking, *view.other))
        texts = self._desk.as_text(item)
        return {
            "draft": draft,
            "view": replace(view, spans=spans),
            "unsaved": unsaved,
            "as_text": texts,
            "as_text_long": str(length_of(texts)),
        }

    def _judged(self, item: Item, body: str) -> tuple[Draft, tuple[Finding, ...]]:
        return self._desk.preview(item, body=body)

    def _outcome(self, item: Item) -> dict[str, Any]:
        assert item.row.id is not None
        outgoing = self._desk.outgoing(item.row.id)
        status = ProposalStatus(item.row.status)
        remade, became = self._remade(item) if status is ProposalStatus.VOID else (None, "")
        leaving = outgoing is not None and SendState(outgoing.state) in _UNDER_WAY
        leaving = leaving or item.row.settles_at is not None
        return {
            "outgoing": outgoing,
            "effects": self._desk.effects(item.row.id),
            "remade": remade,
            "became": became,
            "final": not leaving and not (status is ProposalStatus.VOID and remade is None and not became),
            "sending": words.SENDING[SendState(outgoing.state)] if outgoing is not None else None,
            "leaves": leaves(outgoing, item.facts, now=self._desk.clock()),
            "undo": seconds_left(item.row.settles_at, self._desk.clock()),
        }

    def _remade(self, item: Item) -> tuple[int | None, str]:
        """Give what took the place of a void proposal; for a waking that ended without one, in words what became of it."""
        if item.row.followup_id is None:
            return self._desk.live_proposal(item.message.id), ""
        live, state = self._desk.live_follow_up(item.row.followup_id)
        ended = state in (FollowupState.CLOSED, FollowupState.QUARANTINED)
        return live, woken.BECAME[state] if ended else ""

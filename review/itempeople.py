"""What the page of an item shows of people: who has it open, whose turn it is, what they said, did and approved. For the page alone."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from fastapi import Request

from review import diffing
from review.desk import Desk, Item
from review.instructions import LANGUAGES
from review.viewer import viewer_of
from store.vocabulary import Reason
from tools.escalate_to_human import Role

#: The days to put something off by, with the key that does it.
SNOOZES: tuple[tuple[int, str, str], ...] = ((1, "1", "tomorrow"), (3, "3", "3 days"), (7, "7", "a week"))
_PLAN_REASONS = frozenset({Reason.HARDSHIP, Reason.PLAN_REQUEST})
_COUNTS = (2, 3, 4, 6)


def people_of(desk: Desk, request: Request, item: Item) -> dict[str, Any]:
    """Collect who has to do with an item, and what became of its words so far."""
    viewer = viewer_of(request)
    around = desk.around(item, login=viewer.login)
    history, approval = around.history, around.first_approval
    first, last = (history[0].proposal, history[-1].proposal) if history else (None, None)
    since = diffing.state_at(history, approval.version) if approval is not None and not approval.stands else None
    today = desk.clock().date()
    return {
        "now": desk.clock(),
        "others": around.others,
        "comments": around.comments,
        "names": around.names,
        "colleagues": around.colleagues,
        "thread": around.thread,
        "steps": diffing.steps(history),
        "diff": diffing.changed_words(first, last) if first is not None and last is not None else [],
        "first_approval": approval,
        "since_approval": diffing.changed_words(since.proposal, item.proposal) if since is not None else [],
        "snoozes": [((today + timedelta(days=days)).isoformat(), key, name) for days, key, name in SNOOZES],
        "earliest": (today + timedelta(days=1)).isoformat(),
        "handed_to": [role.value for role in Role],
        "languages": [(code, name) for code, name in LANGUAGES.items() if code != _language(item)],
        "counts_of_plan": _COUNTS if any(claim.reason in _PLAN_REASONS for claim in item.proposal.claims) else (),
        "has_model": desk.has_model(),
        "decidable": item.facts.followup is None and item.facts.customer is not None,
        "reasons": list(Reason),
    }


def changed_since(desk: Desk, item: Item, version: int) -> dict[str, Any]:
    """Say what was done to an item after somebody looked at one of its versions, and what became of its words."""
    history = desk.history(item.row.id or 0)
    seen = diffing.state_at(history, version)
    return {
        "newer": [step for step in diffing.steps(history) if step.version > version],
        "newer_words": diffing.changed_words(seen.proposal, item.proposal) if seen is not None else [],
    }


def _language(item: Item) -> str:
    return item.proposal.draft.language if item.proposal.draft is not None else ""

"""What becomes of a mail from a customer's portal: shown, never answered. What it moved was moved when it was recorded.

No model reads it. A mail that only looks like a portal's is named as such and moves nothing.
"""

from __future__ import annotations

from agent.nodes.reported import silent_action
from agent.state import Thought
from store.aftermath import PortalStatus
from store.facts import CaseFacts
from store.portal_names import title_of
from store.vocabulary import Verdict

#: Flags that matching (`mail.portal_match`) leaves on such a mail.
_MAIL, _UNPROVEN, _UNMOVED, _STANDING = "portal_mail", "portal_unproven", "portal_unmoved", "portal_"


def is_from_portal(state: Thought) -> bool:
    """Say whether matching found a portal's mail, or one that poses as one."""
    return bool({_MAIL, _UNPROVEN} & set(state.flags))


def from_portal(state: Thought) -> dict[str, object]:
    """Give the verdict: nothing is written; a person looks where an invoice was rejected, or the mail is not what it seems."""
    action = silent_action(state.facts, why=Verdict.PORTAL_NOTICE.value)
    return {
        "verdict": Verdict.PORTAL_NOTICE,
        "actions": (action,),
        "reader": "rules",
        "needs_person": _who_must_look(state),
    }


def _who_must_look(state: Thought) -> str | None:
    if _UNPROVEN in state.flags:
        return (
            "this looks like a portal's notification, but its sender is not proven: nothing was moved; "
            "look into the portal itself, not through the mail's links"
        )
    rejected = _numbers(state.flags, PortalStatus.REJECTED.value)
    if rejected:
        return "; ".join(_rejected(number, state) for number in rejected)
    if state.facts.customer is None:
        return "a portal's mail that belongs to no customer: assign it, or close it"
    if not any(_numbers(state.flags, status.value) for status in PortalStatus):
        return "a portal's mail that tells of no invoice's standing: read it"
    return None


def _rejected(number: str, state: Thought) -> str:
    item = max((p for p in state.facts.portal_items if p.invoice_number == number), key=lambda p: p.id, default=None)
    if item is None:
        return f"the portal rejected {number}; no work item of it is open here"
    place = title_of(item.portal, written=_ledger_name(state.facts))
    if f"{_UNMOVED}:{number}" in state.flags:
        return (
            f"{place} says that {number} was rejected; portal item {item.id} was not moved: it is {_plain(item.status)}"
        )
    return f"{place} rejected {number}: portal item {item.id} holds the reason"


def _ledger_name(facts: CaseFacts) -> str:
    return facts.customer.portal if facts.customer else ""


def _plain(status: PortalStatus) -> str:
    return status.value.replace("_", " ")


def _numbers(flags: tuple[str, ...], status: str) -> tuple[str, ...]:
    prefix = f"{_STANDING}{status}:"
    return tuple(flag.removeprefix(prefix) for flag in flags if flag.startswith(prefix))

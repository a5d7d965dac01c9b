"""Who may propose and approve a last step under a policy. Pure; a level only ever rises with the sum.

Settlements are concessions and stand under the limits of all concessions (`tools.approval`) as well.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from store.outreach_words import LastResort
from store.vocabulary import Reason
from tools.approval import Approver, level_for
from tools.limits import Policy

_ORDER: Sequence[Approver] = list(Approver)


@dataclass(frozen=True, slots=True)
class Needed:
    """Who must approve, and why. `role` is the higher of the two where `two` must; None where the policy lets nobody."""

    role: Approver | None
    two: bool
    why: tuple[str, ...]


def proposer_of(kind: LastResort) -> Approver:
    """Give the lowest role that may propose a step of this kind: what gives money away is a manager's from the start."""
    gives = kind in (LastResort.SETTLEMENT, LastResort.WRITE_OFF)
    return Approver.MANAGER if gives else Approver.COLLECTOR


def needed_for(policy: Policy, *, kind: LastResort, claim: Decimal, amount: Decimal | None = None) -> Needed:
    """Say who must approve a step about a `claim` (open and uncontested). `amount`: what is accepted, or written off."""
    if kind is LastResort.REVIEW:
        return Needed(Approver.COLLECTOR, False, ())
    if kind in (LastResort.HOLD, LastResort.HAND_OFF):
        return Needed(Approver.MANAGER, False, (f"a {kind.value.replace('_', '-')} is a manager's",))
    if amount is None or claim <= 0:
        raise ValueError("a settlement or a write-off has a sum")
    return _settlement(policy, claim, amount) if kind is LastResort.SETTLEMENT else _write_off(policy, amount)


def may_approve(needed: Needed, *, role: Approver | None, first: Approver | None = None) -> str | None:
    """Say why somebody of this role may not approve; None where they may. `first`: the role of who approved before them."""
    if needed.role is None:
        return f"the policy lets nobody approve this: {'; '.join(needed.why)}"
    if role is None:
        return "this is for collectors, managers and controllers"
    if not needed.two:
        return None if _reaches(role, needed.role) else _is_for(needed)
    # Two persons: both are managers at least, and one of them is what the sum asks for.
    if not _reaches(role, Approver.MANAGER):
        return _is_for(needed)
    if first is not None and not (_reaches(role, needed.role) or _reaches(first, needed.role)):
        return f"one of the two who approve is a {needed.role.value}: {'; '.join(needed.why)}"
    return None


def _settlement(policy: Policy, claim: Decimal, amount: Decimal) -> Needed:
    given = claim - amount
    level = level_for(policy, reason=Reason.SETTLEMENT_OFFER, amount=claim, discount=given / claim)
    two = level.second_person or given > policy.last_resort.settlement_two_above
    why = level.why
    if given > policy.last_resort.settlement_two_above:
        why = (*why, f"{given:,.2f} would be given away")
    return Needed(level.role, two, why)


def _write_off(policy: Policy, amount: Decimal) -> Needed:
    big = amount > max(policy.controller_above, policy.manager_above)
    two = big or amount > policy.last_resort.write_off_two_above
    why = f"{amount:,.2f} would be written off"
    return Needed(Approver.CONTROLLER if big else Approver.MANAGER, two, (why,))


def _reaches(role: Approver, needed: Approver) -> bool:
    return _ORDER.index(role) >= _ORDER.index(needed)


def _is_for(needed: Needed) -> str:
    assert needed.role is not None
    why = f": {'; '.join(needed.why)}" if needed.why else ""
    return f"a {needed.role.value} approves this{why}"

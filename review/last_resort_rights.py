"""Who may propose, approve and end a last step: people with their roles against the policy. Decides nothing by itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlmodel import Session

from agent.approvers import approver_of
from store.last_resort_tables import LastResortRow
from store.outreach_words import LastResort
from tools.approval import Approver
from tools.last_resort_approval import Needed, needed_for, proposer_of
from tools.limits import Policy

_ORDER: Sequence[Approver] = list(Approver)


class NotTheirs(ValueError):
    """Somebody may not do this. The text says whose it is."""


@dataclass(frozen=True, slots=True)
class Rights:
    """An actor with the role in which they act."""

    actor: str
    role: Approver | None

    def to_propose(self, kind: LastResort) -> None:
        """Raise NotTheirs where this person may not propose a step of this kind."""
        self._at_least(proposer_of(kind), f"proposes a {kind.value.replace('_', '-')}")

    def to_end(self, kind: LastResort) -> None:
        """Raise NotTheirs where this person may not refuse, carry out or end a step of this kind."""
        needed = Approver.COLLECTOR if kind is LastResort.REVIEW else Approver.MANAGER
        self._at_least(needed, f"decides about a {kind.value.replace('_', '-')}")

    def _at_least(self, needed: Approver, what: str) -> None:
        if self.role is None or _ORDER.index(self.role) < _ORDER.index(needed):
            is_ = f"is a {self.role.value}" if self.role is not None else "decides nothing"
            raise NotTheirs(f"a {needed.value} {what}; {self.actor} {is_}")


def needed_of(row: LastResortRow, policy: Policy) -> Needed:
    """Say who must approve a step as it was proposed."""
    return needed_for(policy, kind=LastResort(row.kind), claim=row.claim, amount=row.amount)


def standing_first(session: Session, row: LastResortRow, roles: Mapping[str, Approver]) -> tuple[str, Approver] | None:
    """Give the first of two who approved this very version, where they still may; None where nobody did."""
    first = row.approved_first_by if row.approved_first_version == row.version else None
    role = approver_of(session, first, roles) if first is not None else None
    return (first, role) if first is not None and role in (Approver.MANAGER, Approver.CONTROLLER) else None

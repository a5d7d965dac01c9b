"""The last step of an approval, and the way back: for a short time nothing of it is carried out, and it can be taken back.

How long is a setting (`review.undo_seconds`); with none, or where it is asked for at once, an approval stands immediately.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import Session

from agent.settling import stand
from review.approving import Decision
from review.autonomous import Autonomous
from review.item import Item
from store import decisions, proposals, undo
from store.decisions import AUTONOMY
from store.engine import looking, unit_of_work
from store.measured import ELSEWHERE, TOGETHER, Outcome
from store.tables import Customer, Outgoing, ProposalRow


@dataclass(frozen=True, slots=True)
class Undoable:
    """An approval that can still be taken back. `seconds`: how much longer, for certain. `alone`: no person made it."""

    proposal_id: int
    version: int
    customer: str
    seconds: int
    alone: bool = False


class Undoing(Autonomous):
    """The part of the desk that finishes approvals and takes them back."""

    undo: timedelta

    def _finish(
        self,
        session: Session,
        item: Item,
        outgoing: Outgoing | None,
        decision: Decision,
        *,
        actor: str,
        acknowledged: Mapping[str, str],
        now: datetime,
        at_once: bool,
    ) -> None:
        """Write an approval that nothing stands against. Raises Stale."""
        assert item.row.id is not None
        settles_at = None if at_once or not self.undo else now + self.undo
        edited = item.row.edited
        if outgoing is not None:
            outgoing = undo.in_its_place(session, outgoing)
            if settles_at is not None:
                outgoing.next_attempt_at = max(outgoing.next_attempt_at, settles_at)
        proposals.approve(
            session,
            item.row.id,
            version=item.row.version,
            actor=actor,
            now=now,
            outgoing=outgoing,
            acknowledged=acknowledged,
            settles_at=settles_at,
            second_person=decision.second_person,
            not_by_editor=decision.not_by_editor,
        )
        outcome, why = Outcome.EDITED if edited else Outcome.UNEDITED, _unseen(decision)
        self._note(session, item, outcome, actor=actor, now=now, why=why)
        if settles_at is None:
            stand(session, item.row.id, now)

    def take_back(self, proposal_id: int, *, version: int, actor: str) -> int:
        """Hold an approved proposal again, as it was; give its new version. Raises Stale when it is too late."""
        with unit_of_work(self.engine) as session:
            now = self.clock()
            anew = undo.take_back(session, proposal_id, version=version, actor=actor, now=now)
            self._close_fallen(session, decisions.note_taken_back(session, proposal_id), now=now)
            return anew

    def undoable(self, actor: str) -> list[Undoable]:
        """List what a person approved last and can still take back, and what went out by itself, the newest first."""
        now = self.clock()
        with looking(self.engine) as session:
            return [_undoable(session, row, now) for row in undo.waiting_of(session, (actor, AUTONOMY))]


def _unseen(decision: Decision) -> str:
    """Say why an approval is no evidence that it was looked at; "" where a person had the item open."""
    return TOGETHER if decision.together else "" if decision.opened else ELSEWHERE


def _undoable(session: Session, row: ProposalRow, now: datetime) -> Undoable:
    customer = session.get(Customer, row.customer_id) if row.customer_id is not None else None
    return Undoable(
        proposal_id=row.id or 0,
        version=row.version,
        customer=customer.name if customer is not None else "",
        seconds=seconds_left(row.settles_at, now),
        alone=row.decided_by == AUTONOMY,
    )


def seconds_left(settles_at: datetime | None, now: datetime) -> int:
    """Give the seconds until an approval stands, rounded up; 0 where it is over or there is none."""
    return max(0, -((now - settles_at) // timedelta(seconds=1))) if settles_at is not None else 0

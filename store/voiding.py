"""What the world overtook: a proposal is set aside with its mail, as long as that has not begun to leave, and is made anew.

In the caller's transaction, with its entry in the log. Nothing that left is ever taken back here.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import update
from sqlmodel import Session, col, select

from store import audit
from store.aftermath import FollowupState
from store.conditional import changed
from store.matters import Followup
from store.proposal_rows import note_event
from store.protecting import protects
from store.tables import Message, Outgoing, ProposalRow
from store.vocabulary import MessageState, ProposalStatus, SendState


def void(session: Session, proposal_id: int, *, reason: str, now: datetime) -> bool:
    """Set aside a proposal that the world overtook and let its message, or its waking, be proposed anew; False when it is too late.

    An approved one is voided together with its outbox row, as long as that row has not begun to leave; one that could
    not be sent (FAILED) as well.
    """
    audit.take_turn(session)
    row = session.get_one(ProposalRow, proposal_id, populate_existing=True)
    decided = row.status in (ProposalStatus.APPROVED, ProposalStatus.FAILED)
    # What waits without a mail, so that it can be taken back, has nothing that could have left.
    if decided and not _void_outgoing(session, proposal_id) and row.settles_at is None:
        return False
    count = changed(
        session,
        update(ProposalRow)
        .where(
            col(ProposalRow.id) == proposal_id,
            col(ProposalRow.status).in_([ProposalStatus.HELD, ProposalStatus.APPROVED, ProposalStatus.FAILED]),
        )
        .values(status=ProposalStatus.VOID, void_reason=reason, version=ProposalRow.version + 1, settles_at=None),
    )
    if count != 1:
        return False
    _propose_anew(session, row)
    note_event(session, proposal_id, at=now, actor="daemon", event="proposal.void", payload={"reason": reason})
    return True


def void_overtaken(session: Session, *, case_id: int, message_id: int, now: datetime) -> int:
    """Void what was proposed in a case before this mail was known; give how many. Called when a mail is recorded.

    A stop that was approved and can still be taken back is left to come about (its mail is asked before it leaves): nothing
    that a customer writes lifts it.
    """
    rows = session.exec(
        select(ProposalRow)
        .where(ProposalRow.case_id == case_id, col(ProposalRow.newest_message) < message_id)
        .where(col(ProposalRow.status).in_([ProposalStatus.HELD, ProposalStatus.APPROVED]))
    ).all()
    gone = [row.id or 0 for row in rows if row.settles_at is None or not protects(row)]
    return sum(void(session, number, reason="the customer wrote again", now=now) for number in gone)


def _propose_anew(session: Session, row: ProposalRow) -> None:
    """Let what was set aside be thought about again. A waking never opens its old mail again, which has its answer."""
    freed = {"claimed_by": None, "claimed_until": None, "attempts": 0}
    if row.followup_id is None:
        session.execute(
            update(Message).where(col(Message.id) == row.message_id).values(state=MessageState.STORED, **freed)
        )
    else:
        session.execute(
            update(Followup).where(col(Followup.id) == row.followup_id).values(state=FollowupState.WAITING, **freed)
        )


def _void_outgoing(session: Session, proposal_id: int) -> bool:
    count = changed(
        session,
        update(Outgoing)
        .where(
            col(Outgoing.proposal_id) == proposal_id,
            col(Outgoing.state).in_([SendState.QUEUED, SendState.CLAIMED, SendState.FAILED]),
        )
        .values(state=SendState.VOID),
    )
    return count == 1

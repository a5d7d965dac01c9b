"""What people decided about proposals, kept for counting: how much is approved as it was proposed, and how long it takes.

A decision is noted in the transaction that makes it. Nothing here decides, and no mail text is kept.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from sqlalchemy import update
from sqlmodel import Session, col, select

from store.measured import Decision, Outcome
from store.reviewing import PRESENT, Presence
from store.tables import Message, ProposalRow

#: The name in the log of what approves without a person.
AUTONOMY = "autonomy"
_APPROVED = (Outcome.UNEDITED, Outcome.EDITED)


@dataclass(frozen=True, slots=True)
class Decided:
    """What is noted of a decision beside the outcome. `amount`: the open balance it was about, in the largest currency."""

    reasons: tuple[str, ...]
    tier: str
    amount: Decimal
    reader: str
    model: str


def note(
    session: Session,
    proposal_id: int,
    decided: Decided,
    *,
    outcome: Outcome,
    actor: str,
    now: datetime,
    why: str = "",
) -> None:
    """Note a decision, with a row for every reason of the proposal."""
    held_at = session.get_one(ProposalRow, proposal_id).created_at
    attended = _attended(session, proposal_id, actor=actor, now=now)
    for place, reason in enumerate(dict.fromkeys(decided.reasons) or ("",)):
        session.add(
            Decision(
                proposal_id=proposal_id,
                decided_at=now,
                actor=actor,
                automatic=actor == AUTONOMY,
                outcome=outcome,
                why=why,
                reason=reason,
                first=place == 0,
                tier=decided.tier,
                cents=int(decided.amount * 100),
                reader=decided.reader,
                model=decided.model,
                review_seconds=max(0, int((now - held_at).total_seconds())),
                attended_seconds=attended,
            )
        )
    session.flush()


def _attended(session: Session, proposal_id: int, *, actor: str, now: datetime) -> int | None:
    """Give for how long who decides has had the item open, in seconds: measured by their page's signs of life."""
    here = session.get(Presence, (proposal_id, actor))
    if here is None or here.seen_at < now - PRESENT:
        return None
    return max(0, int((now - here.since).total_seconds()))


def note_taken_back(session: Session, proposal_id: int) -> list[str]:
    """Note that the approval of a proposal was taken back; give its reasons. It counts against what approved without a person."""
    standing = (col(Decision.proposal_id) == proposal_id, col(Decision.outcome).in_(_APPROVED))
    reasons = list(session.exec(select(Decision.reason).where(*standing)))
    session.execute(update(Decision).where(*standing).values(outcome=Outcome.TAKEN_BACK))
    return reasons


def note_sent(session: Session, proposal_id: int, *, now: datetime) -> None:
    """Note how long the customer waited for an answer that has left. What woke by itself answers no mail."""
    row = session.get_one(ProposalRow, proposal_id)
    if row.followup_id is not None:
        return
    came = session.exec(select(Message.received_at).where(Message.id == row.message_id)).one()
    seconds = max(0, int((now - came).total_seconds()))
    session.execute(
        update(Decision)
        .where(col(Decision.proposal_id) == proposal_id, col(Decision.outcome) != Outcome.TAKEN_BACK)
        .values(reply_seconds=seconds)
    )

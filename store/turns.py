"""Whose turn a proposal is when it takes the place of one that was overtaken: still the same person's."""

from __future__ import annotations

from sqlmodel import Session, col, select

from store.tables import ProposalRow
from store.vocabulary import ProposalStatus


def turn_of(session: Session, *, message_id: int, followup_id: int | None) -> str | None:
    """Give the login of the person to whom the last proposal for this mail, or this waking, was given; None for nobody."""
    same = (
        col(ProposalRow.followup_id).is_(None) if followup_id is None else col(ProposalRow.followup_id) == followup_id
    )
    return session.exec(
        select(ProposalRow.assigned_to)
        .where(ProposalRow.message_id == message_id, same, ProposalRow.status == ProposalStatus.VOID)
        .order_by(col(ProposalRow.id).desc())
    ).first()

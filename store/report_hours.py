"""How long people had items open, and how long answers by hand took: what the hours that are saved are measured by. Reads only."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlmodel import Session, col

from store.measured import Decision, Outcome
from store.tables import Message, ProposalRow

#: An answer by hand that comes later was not written in one go: how long it took is not known.
IN_ONE_GO = timedelta(hours=2)


@dataclass(frozen=True, slots=True)
class Times:
    """Seconds. `with_us`: of each approval whose item was open; `by_hand`: from opening the item to the mail that a person wrote.

    `alone`: answers that no person saw; `unmeasured`: approvals of several together, or from elsewhere than a page.
    """

    with_us: list[int] = field(default_factory=list)
    by_hand: list[int] = field(default_factory=list)
    alone: int = 0
    unmeasured: int = 0


def times(session: Session, *, since: datetime, until: datetime) -> Times:
    """Load the times of a period. Answers by hand are those to a mail whose proposal the same period saw rejected."""
    with_us, by_hand = list[int](), list[int]()
    period = (col(Decision.first).is_(True), col(Decision.decided_at) >= since, col(Decision.decided_at) <= until)
    approved = sa.select(col(Decision.automatic), col(Decision.attended_seconds)).where(
        *period, col(Decision.outcome).in_([Outcome.UNEDITED, Outcome.EDITED])
    )
    alone = unmeasured = 0
    for automatic, seconds in session.execute(approved):
        if automatic:
            alone += 1
        elif seconds is None:
            unmeasured += 1
        else:
            with_us.append(seconds)
    written = (
        sa.select(col(Decision.decided_at), col(Decision.attended_seconds), sa.func.min(col(Message.received_at)))
        .join(ProposalRow, col(ProposalRow.id) == col(Decision.proposal_id))
        .join(Message, col(Message.answers) == col(ProposalRow.message_id))
        .where(*period, col(Decision.outcome) == Outcome.REJECTED, col(Decision.attended_seconds).is_not(None))
        .where(col(Message.received_at) >= col(Decision.decided_at))
        .group_by(col(Decision.id), col(Decision.decided_at), col(Decision.attended_seconds))
    )
    for decided, seconds, sent in session.execute(written):
        if seconds is not None and sent - decided <= IN_ONE_GO:
            by_hand.append(seconds + int((sent - decided).total_seconds()))
    return Times(with_us, by_hand, alone, unmeasured)

"""What we wrote in a period, and whether the customer answered: for the rates by reason, tone and segment. Reads only.

An answer is a person's own mail in the same conversation, within a fortnight after ours left, and before our next one.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col

from store.tables import Message, Outgoing, ProposalRow
from store.vocabulary import SendState

#: What comes later answers something else.
WITHIN = timedelta(days=14)
_LEFT = (SendState.SENT, SendState.FILED)


@dataclass(frozen=True, slots=True)
class Wrote:
    """One mail of ours. `about`: the reason it answers, or the step of the cadence; `after`: how long the answer took, None: none."""

    at: datetime
    about: str
    register: str
    tier: str
    first: bool
    after: timedelta | None


def written_in(session: Session, *, since: datetime, until: datetime) -> list[Wrote]:
    """Load what left in a period. One whose fortnight is not over, and that has no answer yet, is left out: nobody knows."""
    rows = session.execute(
        sa.select(
            col(Outgoing.sent_at),
            col(Outgoing.case_id),
            col(ProposalRow.followup_id),
            col(ProposalRow.reason),
            col(ProposalRow.tier),
            col(ProposalRow.content),
        )
        .join(ProposalRow, col(ProposalRow.id) == col(Outgoing.proposal_id))
        .where(col(Outgoing.state).in_(_LEFT), col(Outgoing.sent_at) >= since, col(Outgoing.sent_at) <= until)
        .order_by(col(Outgoing.sent_at), col(Outgoing.id))
    ).all()
    cases = {case for _, case, *_ in rows if case is not None}
    came, left = _came(session, cases, since=since), _left(session, cases, since=since)
    found = []
    for sent, case, followup, reason, tier, content in rows:
        after = _answer(came.get(case, []), left.get(case, []), sent)
        if after is None and until - sent < WITHIN:
            continue
        about, register = _about(content, reason), str(content.get("tone", {}).get("register", ""))
        found.append(Wrote(at=sent, about=about, register=register, tier=tier, first=followup is not None, after=after))
    return found


def _about(content: dict[str, object], reason: str) -> str:
    """Name the step of a cadence, where a mail is one; else what the customer had said."""
    actions = content.get("actions")
    for action in actions if isinstance(actions, list) else ():
        if action.get("tool") == "remind":
            return str(action.get("arguments", {}).get("step", "remind"))
    return reason


def _answer(came: list[datetime], left: list[datetime], sent: datetime) -> timedelta | None:
    """Give how long it took until they wrote, where they did so in time and before we wrote again."""
    place = bisect_right(came, sent)
    if place == len(came) or came[place] - sent > WITHIN:
        return None
    again = bisect_right(left, sent)
    if again < len(left) and left[again] < came[place]:
        return None
    return came[place] - sent


def _came(session: Session, cases: set[int], *, since: datetime) -> dict[int, list[datetime]]:
    query: Any = sa.select(col(Message.case_id), col(Message.received_at)).where(
        col(Message.from_customer).is_(True), col(Message.received_at) >= since, col(Message.case_id).is_not(None)
    )
    return _by_case(session, query.order_by(col(Message.received_at)), cases)


def _left(session: Session, cases: set[int], *, since: datetime) -> dict[int, list[datetime]]:
    query: Any = sa.select(col(Outgoing.case_id), col(Outgoing.sent_at)).where(
        col(Outgoing.state).in_(_LEFT), col(Outgoing.sent_at) >= since, col(Outgoing.case_id).is_not(None)
    )
    return _by_case(session, query.order_by(col(Outgoing.sent_at)), cases)


def _by_case(session: Session, query: Any, cases: set[int]) -> dict[int, list[datetime]]:
    found: dict[int, list[datetime]] = defaultdict(list)
    for case, at in session.execute(query):
        if case in cases and at is not None:
            found[case].append(at)
    return found

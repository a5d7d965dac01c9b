"""What an approved stop, pause or hand-over holds back from the moment of its approval, while it can still be taken back.

Until that time is over it is not carried out, so the ledger does not tell of it yet; but nothing else leaves to that customer.
Taken back, the mails go on as if nothing had been; settled, the ledger tells of it, and what it overtakes is proposed anew.
Reads only.
"""

from __future__ import annotations

from datetime import datetime
from functools import cache

from sqlalchemy import Select, bindparam
from sqlalchemy import select as columns
from sqlmodel import Session, col, select

from store.tables import Outgoing, ProposalRow
from store.vocabulary import ProposalStatus, SendState

#: The acts that protect the customer: those that never wait for a mail (`tools.base.Tool.at_approval`; a test holds it).
PROTECTS = frozenset({"stop_contact", "hold_outreach", "escalate_to_human"})


def resting(session: Session, *, customer_id: str | None = None) -> dict[str, datetime]:
    """Give the customers to whom nothing leaves, of all or of one, each with when the last such approval stands."""
    of_one = {"customer": customer_id} if customer_id is not None else {}
    found: dict[str, datetime] = {}
    for row in session.execute(_unsettled(one=bool(of_one)), of_one).scalars():
        if row.customer_id is not None and row.settles_at is not None and protects(row):
            found[row.customer_id] = row.settles_at
    return found


@cache
def _unsettled(*, one: bool) -> Select[ProposalRow]:
    waiting = columns(ProposalRow).where(
        col(ProposalRow.settles_at).is_not(None),
        col(ProposalRow.status) == ProposalStatus.APPROVED,
        col(ProposalRow.customer_id).is_not(None),
    )
    if one:
        waiting = waiting.where(col(ProposalRow.customer_id) == bindparam("customer"))
    return waiting.order_by(col(ProposalRow.settles_at))


def comes_about(session: Session, row: ProposalRow) -> bool:
    """Say whether an approval that protects, and has no mail that could be wrong, only waits for its time: news leave it alone."""
    live = select(Outgoing.id).where(Outgoing.proposal_id == row.id, col(Outgoing.state) != SendState.VOID)
    return row.settles_at is not None and protects(row) and session.exec(live).first() is None


def protects(row: ProposalRow) -> bool:
    """Say whether one of the acts of a proposal protects the customer."""
    actions = row.content.get("actions") or ()
    return any(action.get("tool") in PROTECTS and not action.get("declined") for action in actions)

"""What went to a customer, or is on its way: for the caps, and for answers that would cross. And how old the ledger is.

It reads; whoever sends decides. One customer at a time.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import Row, Select, bindparam, select
from sqlmodel import Session, col

from store import channel_tasks
from store.account_rows import table_of
from store.tables import AuditEntry, Outgoing, ProposalRow
from store.vocabulary import ProposalStatus, SendState

#: The longest period that a cap looks back over, and a day more.
LOOKS_BACK = timedelta(days=8)
_LEFT = (SendState.TRANSMITTING, SendState.SENT, SendState.FILED, SendState.UNCERTAIN)
_WAITING = (SendState.QUEUED, SendState.CLAIMED)


@dataclass(frozen=True, slots=True)
class PastOutgoing:
    """A mail to a customer. `answer`: it answered a mail of theirs. `left`: it is gone, or may be. `at`: when, or when it will.

    Of no case (None), as a letter, a call or an SMS is counted, it counts for every one.
    """

    outgoing_id: int
    at: datetime
    case_id: int | None
    answer: bool
    left: bool
    invoices: frozenset[str]


def written_to(session: Session, customer_id: str, *, now: datetime) -> list[PastOutgoing]:
    """List what of the last days went to a customer, or will: mails oldest approval first, then letters, calls and SMS (number 0)."""
    session.flush()
    since = now - 2 * LOOKS_BACK
    rows = session.execute(_of_customer(), {"customer": customer_id, "since": since}).all()
    found = [_past(row) for row in rows if row.state in _LEFT or row.status == ProposalStatus.APPROVED]
    recent = [mail for mail in found if not mail.left or mail.at > now - LOOKS_BACK]
    ways = channel_tasks.reached(session, customer_id, since=now - LOOKS_BACK, waiting=True)
    return recent + [PastOutgoing(0, at, None, answer=False, left=True, invoices=frozenset()) for at in ways]


@cache
def _of_customer() -> Select[Any]:
    mail, proposal = table_of(Outgoing), table_of(ProposalRow)
    return (
        select(
            *(mail.c[name] for name in ("id", "sent_at", "created_at", "next_attempt_at", "case_id", "state")),
            *(proposal.c[name] for name in ("status", "followup_id", "content")),
        )
        .join(proposal, proposal.c.id == mail.c.proposal_id)
        .where(mail.c.customer_id == bindparam("customer"), mail.c.state.in_([*_LEFT, *_WAITING]))
        .where(mail.c.created_at > bindparam("since"))
        .order_by(mail.c.id)
    )


def _past(row: Row[Any]) -> PastOutgoing:
    left = row.state in _LEFT
    actions = [a for a in row.content["actions"] if not a.get("declined")]
    return PastOutgoing(
        outgoing_id=row.id,
        at=(row.sent_at or row.created_at) if left else row.next_attempt_at,
        case_id=row.case_id,
        answer=row.followup_id is None,
        left=left,
        invoices=frozenset(n for a in actions for n in a["arguments"].get("invoices", ())),
    )


def ledger_imported_at(session: Session) -> datetime | None:
    """Give the moment of the last import of the ledger; None before the first."""
    session.flush()
    return session.execute(_imports()).scalars().first()


@cache
def _imports() -> Select[datetime]:
    query = select(col(AuditEntry.at)).where(col(AuditEntry.event) == "ledger.imported")
    return query.order_by(col(AuditEntry.seq).desc()).limit(1)


def approved_mime(session: Session, proposal_id: int) -> str | None:
    """Give the hash of the mail that the log says was approved last for a proposal; None where it says nothing of one."""
    session.flush()
    payload = session.execute(_approvals(), {"subject": f"proposal:{proposal_id}"}).scalars().first()
    found = json.loads(payload).get("mime") if payload else None
    return found if isinstance(found, str) else None


@cache
def _approvals() -> Select[str]:
    return (
        select(col(AuditEntry.payload))
        .where(col(AuditEntry.event) == "proposal.approved", col(AuditEntry.subject) == bindparam("subject"))
        # A mail that a person put back into the outbox is approved again, and that entry names no mail: it is the same one.
        .where(col(AuditEntry.payload).contains('"mime":'))
        .order_by(col(AuditEntry.seq).desc())
        .limit(1)
    )

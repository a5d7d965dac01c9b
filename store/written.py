"""What went to a customer, or is on its way: for the caps, and for answers that would cross. And how old the ledger is.

It reads; whoever sends decides. One customer at a time.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import Session, col, select

from store import channel_tasks
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
    rows = session.exec(
        select(Outgoing, ProposalRow)
        .join(ProposalRow, col(ProposalRow.id) == col(Outgoing.proposal_id))
        .where(Outgoing.customer_id == customer_id, col(Outgoing.state).in_([*_LEFT, *_WAITING]))
        .where(col(Outgoing.created_at) > now - 2 * LOOKS_BACK)
        .order_by(col(Outgoing.id))
    )
    found = [
        _past(outgoing, proposal)
        for outgoing, proposal in rows
        if outgoing.state in _LEFT or proposal.status == ProposalStatus.APPROVED
    ]
    recent = [mail for mail in found if not mail.left or mail.at > now - LOOKS_BACK]
    ways = channel_tasks.reached(session, customer_id, since=now - LOOKS_BACK, waiting=True)
    return recent + [PastOutgoing(0, at, None, answer=False, left=True, invoices=frozenset()) for at in ways]


def _past(outgoing: Outgoing, proposal: ProposalRow) -> PastOutgoing:
    left = outgoing.state in _LEFT
    actions = [a for a in proposal.content["actions"] if not a.get("declined")]
    return PastOutgoing(
        outgoing_id=outgoing.id or 0,
        at=(outgoing.sent_at or outgoing.created_at) if left else outgoing.next_attempt_at,
        case_id=outgoing.case_id,
        answer=proposal.followup_id is None,
        left=left,
        invoices=frozenset(n for a in actions for n in a["arguments"].get("invoices", ())),
    )


def ledger_imported_at(session: Session) -> datetime | None:
    """Give the moment of the last import of the ledger; None before the first."""
    query = select(AuditEntry.at).where(AuditEntry.event == "ledger.imported").order_by(col(AuditEntry.seq).desc())
    return session.exec(query.limit(1)).first()


def approved_mime(session: Session, proposal_id: int) -> str | None:
    """Give the hash of the mail that the log says was approved last for a proposal; None where it says nothing of one."""
    query = (
        select(AuditEntry.payload)
        .where(AuditEntry.event == "proposal.approved", AuditEntry.subject == f"proposal:{proposal_id}")
        # A mail that a person put back into the outbox is approved again, and that entry names no mail: it is the same one.
        .where(col(AuditEntry.payload).contains('"mime":'))
        .order_by(col(AuditEntry.seq).desc())
    )
    payload = session.exec(query.limit(1)).first()
    found = json.loads(payload).get("mime") if payload else None
    return found if isinstance(found, str) else None

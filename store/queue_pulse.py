"""What moved in the queue: every change of a proposal is in the log, so the log's end says whether anything did."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import func
from sqlmodel import Session, col, select

from store.tables import AuditEntry

#: Events after which an item stands in the list, anew or as another, and those after which it does not.
CAME = frozenset({"proposal.held", "proposal.woken", "approval.taken_back"})
LEFT = frozenset({"proposal.approved", "proposal.rejected", "proposal.void", "proposal.snoozed"})
_SUBJECT = "proposal:"
#: No more is told at once; who was away for longer reads the list anew.
MOST = 500


@dataclass(frozen=True, slots=True)
class Beat:
    """How far the log is."""

    seq: int


@dataclass(frozen=True, slots=True)
class Move:
    """One item that came or left; `seq` is its entry in the log."""

    seq: int
    number: int
    came: bool


def beat(session: Session) -> Beat:
    """Say how far the log is."""
    return Beat(session.exec(select(func.max(AuditEntry.seq))).one() or 0)


def moves(session: Session, *, since: int) -> list[Move]:
    """List what came and left after an entry of the log, oldest first, `MOST` of it at most."""
    events = (*CAME, *LEFT)
    query = (
        select(AuditEntry.seq, AuditEntry.event, AuditEntry.subject)
        .where(col(AuditEntry.seq) > since, col(AuditEntry.event).in_(events))
        .order_by(col(AuditEntry.seq))
        .limit(MOST)
    )
    found = []
    for seq, event, subject in session.exec(query):
        number = subject.removeprefix(_SUBJECT)
        if subject.startswith(_SUBJECT) and number.isdecimal():
            found.append(Move(seq, int(number), event in CAME))
    return found

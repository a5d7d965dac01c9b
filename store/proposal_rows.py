"""The rows of proposals: read, listed, and what is noted beside them. Nothing is decided here."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, select

from store import audit
from store.proposed import ModelCall, Proposal
from store.tables import ModelCallRow, ProposalRow
from store.vocabulary import ProposalStatus


def content(row: ProposalRow) -> Proposal:
    """Read the proposal that a row holds."""
    return Proposal.model_validate(row.content)


def digest(proposal: Proposal) -> str:
    """Hash what a person is shown."""
    return hashlib.sha256(proposal.model_dump_json(exclude={"calls"}).encode()).hexdigest()


def held(session: Session) -> list[ProposalRow]:
    """List what waits for a person, oldest first."""
    query = select(ProposalRow).where(ProposalRow.status == ProposalStatus.HELD)
    return list(session.exec(query.order_by(col(ProposalRow.created_at), col(ProposalRow.id))))


def decided(session: Session, *, limit: int = 50) -> list[ProposalRow]:
    """List what was decided last, newest first; void ones are left out."""
    query = select(ProposalRow).where(col(ProposalRow.status).not_in([ProposalStatus.HELD, ProposalStatus.VOID]))
    return list(session.exec(query.order_by(col(ProposalRow.decided_at).desc()).limit(limit)))


def in_status(session: Session, status: ProposalStatus, *, limit: int = 50) -> list[ProposalRow]:
    """List the proposals of one status, newest first."""
    query = select(ProposalRow).where(ProposalRow.status == status)
    return list(session.exec(query.order_by(col(ProposalRow.id).desc()).limit(limit)))


def note_calls(session: Session, message_id: int, calls: Iterable[ModelCall], *, now: datetime) -> None:
    """Keep what was asked of a model about a mail."""
    for call in calls:
        session.add(ModelCallRow(message_id=message_id, created_at=now, **call.model_dump()))


def note_event(
    session: Session, proposal_id: int, *, at: datetime, actor: str, event: str, payload: dict[str, Any]
) -> None:
    """Write an entry about a proposal into the log."""
    audit.append(session, at=at, actor=actor, event=event, subject=f"proposal:{proposal_id}", payload=payload)

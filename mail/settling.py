"""The ends of an outgoing mail: sent with its effects, uncertain, or settled by a person. One transaction each, the caller's."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import datetime

from sqlalchemy import update
from sqlmodel import Session, col

from mail.readback import recipients_of
from store import outbox, proposals
from store.conditional import changed
from store.proposals import Stale
from store.tables import Outgoing
from store.vocabulary import ProposalStatus, SendState

#: Carries out what a sent proposal does: (session, proposal id). It must be idempotent and write only through the session.
OnSent = Callable[[Session, int], None]


def altered(row: Outgoing) -> str | None:
    """Say what is wrong when the row is not what was approved."""
    if hashlib.sha256(row.mime).hexdigest() != row.mime_sha256:
        return "the stored mail is not the one that was approved"
    if recipients_of(row.mime) != list(row.recipients):
        return "the recipients are not those of the mail that was approved"
    return None


def mark_sent(
    session: Session, outgoing_id: int, *, worker: str | None, actor: str, now: datetime, on_sent: OnSent
) -> bool:
    """Mark a mail as sent, with its effects and the end of its proposal; False when that was done already.

    A sender that knows the server's answer is right even when another declared its mail uncertain meanwhile.
    """
    before = [SendState.UNCERTAIN, SendState.TRANSMITTING] if worker is not None else [SendState.UNCERTAIN]
    if not outbox.move(session, outgoing_id, worker=worker, before=before, after=SendState.SENT, now=now):
        return False
    proposal_id = session.get_one(Outgoing, outgoing_id).proposal_id
    on_sent(session, proposal_id)
    proposals.close(session, proposal_id, status=ProposalStatus.SENT, actor=actor, now=now)
    return True


def mark_uncertain(session: Session, outgoing_id: int, *, error: str, now: datetime, worker: str | None = None) -> bool:
    """Mark a mail whose fate nobody knows, and show it at its proposal. It is never sent again by code."""
    before = [SendState.TRANSMITTING]
    moved = outbox.move(
        session, outgoing_id, worker=worker, before=before, after=SendState.UNCERTAIN, now=now, error=error
    )
    if moved:
        proposal_id = session.get_one(Outgoing, outgoing_id).proposal_id
        proposals.close(session, proposal_id, status=ProposalStatus.UNCERTAIN, actor="daemon", now=now)
    return moved


def take_back(session: Session, *, worker: str, now: datetime) -> int:
    """Recover what a sender of this name left: claims go back, mails in the body phase become uncertain; give how many went back."""
    released = outbox.release_claims(session, worker=worker)
    outbox.release_filing(session, worker=worker)
    for outgoing_id in outbox.left_transmitting(session, worker=worker, now=now):
        mark_uncertain(session, outgoing_id, error="the sender stopped while the mail was leaving", now=now)
    return released


def settle_uncertain(
    session: Session, outgoing_id: int, *, sent: bool, actor: str, now: datetime, on_sent: OnSent
) -> None:
    """Record what a person found out about an uncertain mail: it was sent, or it was not and goes out again.

    Sent: with all effects. Not sent: back into the queue with the same bytes, unless it is overtaken by then. Raises Stale.
    """
    if sent:
        settled = mark_sent(session, outgoing_id, worker=None, actor=actor, now=now, on_sent=on_sent)
    else:
        settled = _requeue(session, outgoing_id, actor=actor, now=now)
    if not settled:
        raise Stale("this mail is not uncertain any more: look at it again")


def _requeue(session: Session, outgoing_id: int, *, actor: str, now: datetime) -> bool:
    before = [SendState.UNCERTAIN]
    if not outbox.move(session, outgoing_id, worker=None, before=before, after=SendState.QUEUED, now=now):
        return False
    changed(
        session,
        update(Outgoing)
        .where(col(Outgoing.id) == outgoing_id)
        .values(next_attempt_at=now, claimed_by=None, claimed_until=None),
    )
    proposal_id = session.get_one(Outgoing, outgoing_id).proposal_id
    proposals.close(session, proposal_id, status=ProposalStatus.APPROVED, actor=actor, now=now)
    return True

"""Step 10 and the decisions after it: a proposal is held, then approved, rejected or voided.

Every change is conditional on the state that the decider saw, and is written with its audit entry in the caller's
transaction. Nothing is sent here: approving only writes a row into the outbox.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import update
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col

from store import audit, revisions
from store.conditional import changed
from store.proposal_rows import content, decided, digest, held, in_status, note_calls, note_event
from store.proposed import Proposal
from store.queue_keys import keys_of
from store.reviewing import Change
from store.scoping import narrowed
from store.tables import Message, Outgoing, ProposalRow
from store.turns import turn_of
from store.vocabulary import ProposalStatus, SendState
from store.voiding import void, void_overtaken

__all__ = [
    "Stale",
    "approve",
    "approve_first",
    "close",
    "content",
    "decided",
    "digest",
    "held",
    "hold",
    "in_status",
    "note_calls",
    "reject",
    "replace",
    "retry_failed",
    "void",
    "void_overtaken",
]

_MEANWHILE = "this proposal was changed or decided meanwhile: look at it again"


class Stale(Exception):
    """Somebody, or something, was faster: the proposal is no longer what the decider looked at."""


def hold(session: Session, proposal: Proposal, *, newest_message: int, now: datetime) -> int | None:
    """Hold a proposal for review; None when the message, or the waking, has a live one already, which then stands.

    `newest_message` is the last mail of the case that the proposal takes into account.
    """
    audit.take_turn(session)
    message = session.get_one(Message, proposal.message_id)
    if not message.customer_id:
        # Nobody's yet: there is no customer to narrow to, and no account that would be looked into.
        return _held(session, proposal, message, newest_message=newest_message, now=now)
    with narrowed(session, message.customer_id):
        return _held(session, proposal, message, newest_message=newest_message, now=now)


def _held(session: Session, proposal: Proposal, message: Message, *, newest_message: int, now: datetime) -> int | None:
    row = ProposalRow(
        message_id=proposal.message_id,
        followup_id=proposal.followup_id,
        case_id=message.case_id,
        customer_id=message.customer_id,
        newest_message=newest_message,
        content=proposal.model_dump(mode="json", exclude={"calls"}),
        created_at=now,
        assigned_to=turn_of(session, message_id=proposal.message_id, followup_id=proposal.followup_id),
        **keys_of(session, proposal, now=now),
    )
    try:
        with session.begin_nested():
            session.add(row)
            session.flush()
    except IntegrityError:
        return None
    note_calls(session, proposal.message_id, proposal.calls, now=now)
    session.flush()
    assert row.id is not None
    note_event(session, row.id, at=now, actor="daemon", event="proposal.held", payload={"content": digest(proposal)})
    return row.id


def replace(
    session: Session,
    proposal_id: int,
    proposal: Proposal,
    *,
    version: int,
    actor: str,
    now: datetime,
    worded: bool = True,
    change: Change = Change.EDITED,
) -> int:
    """Put an edited proposal in place of the one with this version; give the new version. Raises Stale.

    `worded`: the actor chose words or acts, and is not the one who approves them where that matters; else code filled it anew.
    It counts as edited while words, acts or the reading are others than those proposed at first; every state is kept (`store.revisions`).
    """
    audit.take_turn(session)
    values: dict[str, Any] = {"content": proposal.model_dump(mode="json", exclude={"calls"})}
    if worded:
        values["edited_by"] = actor
    _still_held(session, proposal_id, version=version)
    values |= keys_of(session, proposal, now=session.get_one(ProposalRow, proposal_id).created_at)
    first = revisions.keep(session, proposal_id, proposal, version=version, change=change, actor=actor, now=now)
    _conditionally(session, proposal_id, version=version, edited=revisions.reworded(first, proposal), **values)
    row = session.get_one(ProposalRow, proposal_id)
    note_calls(session, row.message_id, proposal.calls, now=now)
    payload = {"content": digest(proposal), "change": change.value}
    note_event(session, proposal_id, at=now, actor=actor, event="proposal.edited", payload=payload)
    return version + 1


def _still_held(session: Session, proposal_id: int, *, version: int) -> None:
    row = session.get_one(ProposalRow, proposal_id, populate_existing=True)
    if row.status != ProposalStatus.HELD or row.version != version:
        raise Stale(_MEANWHILE)


def approve_first(
    session: Session, proposal_id: int, *, version: int, actor: str, now: datetime, acknowledged: Mapping[str, str]
) -> None:
    """Note the first of two approvals; the proposal stays held for the second person. Raises Stale."""
    audit.take_turn(session)
    count = changed(
        session,
        update(ProposalRow)
        .where(col(ProposalRow.id) == proposal_id, col(ProposalRow.version) == version)
        .where(col(ProposalRow.status) == ProposalStatus.HELD)
        .values(approved_first_by=actor, approved_first_version=version),
    )
    if count != 1:
        raise Stale(_MEANWHILE)
    payload = {"acknowledged": dict(acknowledged)} if acknowledged else {}
    note_event(session, proposal_id, at=now, actor=actor, event="proposal.approved_first", payload=payload)


def approve(
    session: Session,
    proposal_id: int,
    *,
    version: int,
    actor: str,
    now: datetime,
    outgoing: Outgoing | None,
    acknowledged: Mapping[str, str] | None = None,
    settles_at: datetime | None = None,
    second_person: bool = False,
    not_by_editor: bool = False,
) -> None:
    """Approve: the outbox row in the same transaction, or DONE at once where nothing is to be sent. Raises Stale.

    `acknowledged`: why each serious flag does not stand in the way, for the log. `settles_at`: until then it can be taken back
    (`store.undo`), and nothing of it is done. `second_person`: this must be the second of two persons; `not_by_editor`: it
    must not be who edited it. The database itself holds both: IntegrityError where it is not so.
    """
    audit.take_turn(session)
    waits = outgoing is not None or settles_at is not None
    status = ProposalStatus.APPROVED if waits else ProposalStatus.DONE
    decided: dict[str, Any] = {"decided_at": now, "decided_by": actor, "settles_at": settles_at}
    decided |= {"second_person": second_person, "not_by_editor": not_by_editor}
    _conditionally(session, proposal_id, version=version, status=status, **decided)
    payload: dict[str, Any] = {}
    if outgoing is not None:
        session.add(outgoing)
        session.flush()
        payload = {"outgoing": outgoing.id, "mime": outgoing.mime_sha256, "ledger": outgoing.ledger_digest}
    if acknowledged:
        payload["acknowledged"] = dict(acknowledged)
    note_event(session, proposal_id, at=now, actor=actor, event="proposal.approved", payload=payload)


def reject(session: Session, proposal_id: int, *, version: int, actor: str, reason: str, now: datetime) -> None:
    """Reject with a reason: nothing is sent and nothing carried out. Raises Stale."""
    audit.take_turn(session)
    status = ProposalStatus.REJECTED
    _conditionally(
        session, proposal_id, version=version, status=status, decided_at=now, decided_by=actor, decision=reason
    )
    note_event(session, proposal_id, at=now, actor=actor, event="proposal.rejected", payload={"reason": reason})


def close(session: Session, proposal_id: int, *, status: ProposalStatus, actor: str, now: datetime) -> None:
    """Set the end of an approved proposal, as the outbox learned it."""
    audit.take_turn(session)
    session.execute(update(ProposalRow).where(col(ProposalRow.id) == proposal_id).values(status=status))
    note_event(session, proposal_id, at=now, actor=actor, event=f"proposal.{status}", payload={})


def retry_failed(session: Session, outgoing_id: int, *, actor: str, now: datetime) -> None:
    """Put a mail that was refused for good back into the outbox, as a person asked. Raises Stale."""
    audit.take_turn(session)
    count = changed(
        session,
        update(Outgoing)
        .where(col(Outgoing.id) == outgoing_id, col(Outgoing.state) == SendState.FAILED)
        .values(
            state=SendState.QUEUED, attempts=0, created_at=now, next_attempt_at=now, claimed_by=None, claimed_until=None
        ),
    )
    if count != 1:
        raise Stale("this mail is not one that failed")
    row = session.get_one(Outgoing, outgoing_id, populate_existing=True)
    close(session, row.proposal_id, status=ProposalStatus.APPROVED, actor=actor, now=now)


def _conditionally(session: Session, proposal_id: int, *, version: int, **values: Any) -> None:
    count = changed(
        session,
        update(ProposalRow)
        .where(col(ProposalRow.id) == proposal_id, col(ProposalRow.version) == version)
        .where(col(ProposalRow.status) == ProposalStatus.HELD)
        .values(version=version + 1, **values),
    )
    if count != 1:
        raise Stale(_MEANWHILE)

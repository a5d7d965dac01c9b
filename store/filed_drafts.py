"""Keeps what lies in Drafts folders: which proposal's words, under which Message-ID, and what became of them.

The row is committed before the mail is filed, and the mail is looked up by its Message-ID before it is added: none is there twice.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ColumnElement, and_, update
from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from store import audit
from store.clients import FiledDraft
from store.conditional import changed
from store.tables import Message, ProposalRow
from store.vocabulary import ProposalStatus

FILING, FILED, REMOVED, KEPT, SENT = "filing", "filed", "removed", "kept", "sent"
#: It may lie in the folder.
THERE = (FILING, FILED)


def to_file(session: Session, mailbox: str, *, after: int, limit: int) -> list[int]:
    """List held proposals of a mailbox, from a number on, whose present version was never filed."""
    known = select(FiledDraft.id).where(
        FiledDraft.proposal_id == ProposalRow.id, FiledDraft.version == ProposalRow.version
    )
    query = (
        select(ProposalRow.id)
        .join(Message, col(Message.id) == col(ProposalRow.message_id))
        .where(ProposalRow.status == ProposalStatus.HELD, Message.mailbox == mailbox, ~known.exists())
        .where(col(ProposalRow.id) > after)
        .order_by(col(ProposalRow.id))
        .limit(limit)
    )
    return [number for number in session.exec(query) if number is not None]


def begin(
    session: Session,
    *,
    proposal_id: int,
    version: int,
    mailbox: str,
    message_id_header: str,
    words_sha256: str,
    now: datetime,
) -> FiledDraft:
    """Note that a draft is about to be filed."""
    row = FiledDraft(
        proposal_id=proposal_id,
        version=version,
        mailbox=mailbox,
        message_id_header=message_id_header,
        words_sha256=words_sha256,
        created_at=now,
    )
    session.add(row)
    session.flush()
    return row


def unfinished(session: Session, mailbox: str) -> list[FiledDraft]:
    """List what was about to be filed when something went wrong, and is still wanted."""
    query = _with_proposal(mailbox).where(FiledDraft.state == FILING, _current())
    return list(session.exec(query))


def outdated(session: Session, mailbox: str) -> list[FiledDraft]:
    """List what may lie in the folder and is no longer wanted: decided, void, or of an older version."""
    query = _with_proposal(mailbox).where(col(FiledDraft.state).in_(THERE), ~_current())
    return list(session.exec(query))


def current(session: Session, mailbox: str) -> list[FiledDraft]:
    """List what lies in the folder and is wanted there."""
    return list(session.exec(_with_proposal(mailbox).where(FiledDraft.state == FILED, _current())))


def move(session: Session, draft_id: int, *, after: str, now: datetime) -> bool:
    """Note what became of a draft that may lie in the folder; False when that is known already."""
    ended = {} if after in THERE else {"ended_at": now}
    wanted = update(FiledDraft).where(col(FiledDraft.id) == draft_id, col(FiledDraft.state).in_(THERE))
    return changed(session, wanted.values(state=after, **ended)) == 1


def for_answer(session: Session, answers: Message) -> list[tuple[FiledDraft, ProposalRow]]:
    """Give the drafts that were filed for a customer's mail and whose proposal still waits, the newest version first."""
    query = (
        select(FiledDraft, ProposalRow)
        .join(ProposalRow, col(ProposalRow.id) == col(FiledDraft.proposal_id))
        .where(ProposalRow.message_id == answers.id, ProposalRow.status == ProposalStatus.HELD)
        .order_by(col(FiledDraft.version).desc())
    )
    return list(session.exec(query).all())


def note_sent(
    session: Session, draft: FiledDraft, *, sent_message_id: int, edited: bool, actor: str, now: datetime
) -> None:
    """Note that a draft was sent from the folder, by which mail, and whether with other words."""
    draft.state, draft.ended_at, draft.sent_message_id, draft.edited = SENT, now, sent_message_id, edited
    session.add(draft)
    session.flush()
    audit.append(
        session,
        at=now,
        actor=actor,
        event="draft.sent_by_hand",
        subject=f"proposal:{draft.proposal_id}",
        payload={"message": sent_message_id, "edited": edited, "version": draft.version},
    )


def close_as_sent(session: Session, proposal: ProposalRow, *, version: int, actor: str, now: datetime) -> bool:
    """Close a held proposal whose very words a person sent; False when it changed meanwhile."""
    audit.take_turn(session)
    count = changed(
        session,
        update(ProposalRow)
        .where(col(ProposalRow.id) == proposal.id, col(ProposalRow.version) == version)
        .where(col(ProposalRow.status) == ProposalStatus.HELD)
        .values(
            status=ProposalStatus.SENT,
            version=version + 1,
            decided_at=now,
            decided_by=actor,
            decision="sent by hand from the Drafts folder",
        ),
    )
    return count == 1


def _with_proposal(mailbox: str) -> SelectOfScalar[FiledDraft]:
    return (
        select(FiledDraft)
        .join(ProposalRow, col(ProposalRow.id) == col(FiledDraft.proposal_id))
        .where(FiledDraft.mailbox == mailbox)
        .order_by(col(FiledDraft.id))
    )


def _current() -> ColumnElement[bool]:
    return and_(col(ProposalRow.status) == ProposalStatus.HELD, col(ProposalRow.version) == col(FiledDraft.version))

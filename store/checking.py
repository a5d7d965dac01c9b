"""Looks through the whole database for what must not be: broken hashes, rows without their other half, claims that nobody works on.

It reads everything once and changes nothing. Each check gives what is wrong, a short phrase each, without a word of any mail.
"""

from __future__ import annotations

import gzip
import hashlib
from collections.abc import Iterator
from datetime import datetime, timedelta

from sqlalchemy import text
from sqlmodel import Session, col, select

from store.aftermath import FollowupState
from store.matters import Followup
from store.tables import Document, Message, MessageRaw, Outgoing, ProposalRow
from store.vocabulary import MessageState, ProposalStatus, SendState

#: No claim of a living process runs out unrenewed for so long.
STUCK = timedelta(hours=1)
#: More than so many of one kind are counted, and not named.
NAMED = 5
_LEFT = (SendState.SENT, SendState.FILED)
_UNDER_WAY = (SendState.QUEUED, SendState.CLAIMED, SendState.TRANSMITTING)


def contents(session: Session) -> tuple[int, list[str]]:
    """Compare everything that is kept by its hash with that hash; give how many were compared. What was erased is empty."""
    wrong, count = list[str](), 0
    for name, expected, content in _hashed(session):
        count += 1
        if hashlib.sha256(content).hexdigest() != expected:
            wrong.append(name)
    return count, wrong


def _hashed(session: Session) -> Iterator[tuple[str, str, bytes]]:
    for document in session.exec(select(Document).execution_options(yield_per=20)):
        yield f"document {document.filename}", document.sha256, document.content
    mails = select(Message.id, Message.sha256, MessageRaw.content).join(
        MessageRaw, col(MessageRaw.message_id) == col(Message.id)
    )
    for number, expected, packed in session.exec(mails.where(MessageRaw.size > 0).execution_options(yield_per=50)):
        yield f"message {number}", expected, _unpacked(packed)
    for mail in session.exec(select(Outgoing).where(Outgoing.mime != b"").execution_options(yield_per=50)):
        yield f"outgoing {mail.id}", mail.mime_sha256, mail.mime


def _unpacked(packed: bytes) -> bytes:
    try:
        return gzip.decompress(packed)
    except (OSError, EOFError, ValueError):
        return b"cannot be unpacked"


def pages(session: Session) -> list[str]:
    """Have SQLite look at every page and index, and both databases at every reference between tables."""
    connection = session.connection()
    if connection.dialect.name == "sqlite":
        told = [str(row[0]) for row in connection.execute(text("PRAGMA integrity_check(20)"))]
        found = [line for line in told if line != "ok"]
        refers = connection.execute(text("PRAGMA foreign_key_check")).all()
        return found + [f"row {row[1]} of {row[0]} refers to a row of {row[2]} that is not there" for row in refers]
    unchecked = connection.execute(
        text(
            "SELECT conrelid::regclass::text, conname FROM pg_constraint WHERE contype IN ('f', 'c') AND NOT convalidated"
        )
    )
    broken = connection.execute(text("SELECT indexrelid::regclass::text FROM pg_index WHERE NOT indisvalid"))
    return [f"constraint {name} of {table} does not hold for all rows" for table, name in unchecked] + [
        f"index {row[0]} is broken" for row in broken
    ]


def halves(session: Session) -> list[str]:
    """Find rows whose other half is missing: what the states say must be there, beyond what references hold."""
    live = select(ProposalRow.message_id).where(col(ProposalRow.status) != ProposalStatus.VOID)
    mailed = select(Outgoing.proposal_id).where(col(Outgoing.state) != SendState.VOID)
    approved = select(ProposalRow.id).where(col(ProposalRow.status) == ProposalStatus.APPROVED)
    with_mail = select(ProposalRow.id).where(
        col(ProposalRow.status).in_([ProposalStatus.SENT, ProposalStatus.UNCERTAIN, ProposalStatus.FAILED])
    )
    effects = select(ProposalRow.id).where(col(ProposalRow.status).in_([ProposalStatus.SENT, ProposalStatus.DONE]))
    searches = {
        "messages without their bytes": select(Message.id).where(col(Message.id).not_in(select(MessageRaw.message_id))),
        "messages that are proposed, without a proposal": select(Message.id).where(
            col(Message.state) == MessageState.PROPOSED, col(Message.id).not_in(live)
        ),
        "approved proposals without a mail, whose time to be taken back is over": select(ProposalRow.id).where(
            col(ProposalRow.id).in_(approved), col(ProposalRow.settles_at).is_(None), col(ProposalRow.id).not_in(mailed)
        ),
        "proposals that are sent, uncertain or failed, without a mail": select(ProposalRow.id).where(
            col(ProposalRow.id).in_(with_mail), col(ProposalRow.id).not_in(mailed)
        ),
        "mails that wait to leave without an approval": select(Outgoing.id).where(
            col(Outgoing.state).in_(_UNDER_WAY), col(Outgoing.proposal_id).not_in(approved)
        ),
        "mails that left, of proposals that are not sent": select(Outgoing.id).where(
            col(Outgoing.state).in_(_LEFT), col(Outgoing.proposal_id).not_in(effects)
        ),
    }
    return [told for what, query in searches.items() if (told := _named(what, session.exec(query).all()))]


def stuck(session: Session, *, now: datetime) -> list[str]:
    """Find work that somebody claimed, and whose claim ran out long ago without anybody taking it up."""
    before = now - STUCK
    searches = {
        "messages": select(Message.id).where(
            col(Message.state) == MessageState.PROPOSING, col(Message.claimed_until) < before
        ),
        "wakings": select(Followup.id).where(
            col(Followup.state) == FollowupState.PROPOSING, col(Followup.claimed_until) < before
        ),
        "outgoing mails": select(Outgoing.id).where(
            col(Outgoing.state).in_([SendState.CLAIMED, SendState.TRANSMITTING]), col(Outgoing.claimed_until) < before
        ),
    }
    return [told for what, query in searches.items() if (told := _named(what, session.exec(query).all()))]


def _named(what: str, numbers: object) -> str:
    found = sorted(n for n in numbers if isinstance(n, int))  # type: ignore[attr-defined] # a list of a query
    if not found:
        return ""
    more = f" and {len(found) - NAMED} more" if len(found) > NAMED else ""
    return f"{what}: {', '.join(map(str, found[:NAMED]))}{more}"

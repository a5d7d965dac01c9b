"""The whole conversation of a case: every mail in and out of it, as plain text. Reads only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, func, select

from store.own_notes import a_mail
from store.tables import Message, Outgoing, ProposalRow
from store.vocabulary import MessageState, SendState

#: So many mails of each direction are loaded; older ones are counted.
MOST = 40
#: So many are shown at once; the others are folded together.
SHOWN = 4
_LONGEST = 6000


@dataclass(frozen=True, slots=True)
class ThreadMail:
    """One mail. `ours`: we wrote it; `state` says where one of ours stands while it has not gone out; `href` shows it whole."""

    at: datetime
    ours: bool
    who: str
    subject: str
    text: str
    state: str
    href: str
    by_hand: bool = False


@dataclass(frozen=True, slots=True)
class Thread:
    """The mails of a case but the one that is looked at, newest first. `more`: older ones that are not listed."""

    mails: tuple[ThreadMail, ...] = ()
    more: int = 0

    @property
    def latest(self) -> tuple[ThreadMail, ...]:
        """The newest few."""
        return self.mails[:SHOWN]

    @property
    def older(self) -> tuple[ThreadMail, ...]:
        """The others."""
        return self.mails[SHOWN:]


def thread_of(session: Session, row: ProposalRow) -> Thread:
    """Give the conversation that a proposal belongs to."""
    if row.case_id is None:
        return Thread()
    came = session.exec(
        select(Message)
        .where(Message.case_id == row.case_id, col(Message.id) != row.message_id, a_mail())
        .order_by(col(Message.received_at).desc(), col(Message.id).desc())
        .limit(MOST)
    ).all()
    went = session.exec(
        select(Outgoing, ProposalRow.content)
        .join(ProposalRow, col(ProposalRow.id) == col(Outgoing.proposal_id))
        .where(Outgoing.case_id == row.case_id, col(Outgoing.state) != SendState.VOID)
        .where(col(Outgoing.proposal_id) != row.id)
        .order_by(col(Outgoing.created_at).desc())
        .limit(MOST)
    ).all()
    mails = [*(_came(message) for message in came), *(_went(mail, content) for mail, content in went)]
    mails.sort(key=lambda mail: mail.at, reverse=True)
    return Thread(tuple(mails), more=_beyond(session, row, len(came), len(went)))


def _beyond(session: Session, row: ProposalRow, came: int, went: int) -> int:
    if came < MOST and went < MOST:
        return 0
    mails = session.exec(
        select(func.count())
        .select_from(Message)
        .where(Message.case_id == row.case_id, col(Message.id) != row.message_id, a_mail())
    ).one()
    ours = session.exec(
        select(func.count())
        .select_from(Outgoing)
        .where(Outgoing.case_id == row.case_id, col(Outgoing.state) != SendState.VOID)
        .where(col(Outgoing.proposal_id) != row.id)
    ).one()
    return mails + ours - came - went


def _came(row: Message) -> ThreadMail:
    parsed: dict[str, Any] = row.parsed
    by_hand = row.state == MessageState.SENT_BY_HAND
    return ThreadMail(
        at=row.received_at,
        ours=by_hand,
        who=str(parsed.get("from_name") or parsed.get("from_address") or "unknown"),
        subject=str(parsed.get("subject") or ""),
        text=str(parsed.get("new_text") or "")[:_LONGEST],
        state="",
        href=f"/messages/{row.id}",
        by_hand=by_hand,
    )


def _went(mail: Outgoing, content: Mapping[str, Any]) -> ThreadMail:
    draft = content.get("draft") or {}
    gone = mail.state in (SendState.SENT, SendState.FILED)
    return ThreadMail(
        at=mail.sent_at or mail.created_at,
        ours=True,
        who=", ".join(mail.recipients),
        subject=str(draft.get("subject") or ""),
        text=str(draft.get("rendered") or "")[:_LONGEST],
        state="" if gone else str(mail.state),
        href=f"/items/{mail.proposal_id}",
    )

"""What people do with a proposal short of deciding it: put it off, give it to somebody, talk about it, have it open.

None of it touches the proposal's content or its version: an approval of what was seen still holds.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import delete, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session, col, select

from store import audit
from store.conditional import changed
from store.proposals import Stale
from store.reviewing import PRESENT, Comment, Presence
from store.tables import ProposalRow
from store.vocabulary import ProposalStatus

MOST_LETTERS = 2000
#: The furthest that a proposal may be put off.
FURTHEST = timedelta(days=365)


def snooze(session: Session, proposal_id: int, *, until: datetime | None, actor: str, now: datetime) -> None:
    """Put a held proposal off until a moment, or take it back at once (None). Raises Stale, ValueError."""
    if until is not None and not now < until <= now + FURTHEST:
        raise ValueError("it can be put off until a day from tomorrow on, within a year")
    audit.take_turn(session)
    _while_held(session, proposal_id, snoozed_until=until)
    payload = {"until": until.isoformat()} if until is not None else {}
    event = "proposal.snoozed" if until is not None else "proposal.woken"
    audit.append(session, at=now, actor=actor, event=event, subject=f"proposal:{proposal_id}", payload=payload)


def assign(session: Session, proposal_id: int, *, to: str | None, actor: str, now: datetime) -> None:
    """Give a held proposal to a person (by login), or to nobody. Raises Stale."""
    audit.take_turn(session)
    _while_held(session, proposal_id, assigned_to=to)
    subject = f"proposal:{proposal_id}"
    audit.append(session, at=now, actor=actor, event="proposal.assigned", subject=subject, payload={"to": to or ""})


def _while_held(session: Session, proposal_id: int, **values: object) -> None:
    count = changed(
        session,
        update(ProposalRow)
        .where(col(ProposalRow.id) == proposal_id, col(ProposalRow.status) == ProposalStatus.HELD)
        .values(**values),
    )
    if count != 1:
        raise Stale("this proposal was decided meanwhile")


def comment(session: Session, proposal_id: int, *, text: str, actor: str, now: datetime) -> None:
    """Keep a remark. The log says that there is one, not what it says. Raises ValueError."""
    words = text.replace("\r\n", "\n").strip()
    if not words:
        raise ValueError("the comment is empty")
    if len(words) > MOST_LETTERS:
        raise ValueError(f"a comment has at most {MOST_LETTERS} characters")
    audit.take_turn(session)
    session.add(Comment(proposal_id=proposal_id, actor=actor, at=now, text=words))
    session.flush()
    audit.append(session, at=now, actor=actor, event="proposal.commented", subject=f"proposal:{proposal_id}")


def comments(session: Session, row: ProposalRow) -> Sequence[Comment]:
    """List what was said about a proposal, and about those that it took the place of, oldest first."""
    same = select(ProposalRow.id).where(
        ProposalRow.message_id == row.message_id,
        col(ProposalRow.followup_id).is_(None)
        if row.followup_id is None
        else col(ProposalRow.followup_id) == row.followup_id,
    )
    return session.exec(select(Comment).where(col(Comment.proposal_id).in_(same)).order_by(col(Comment.id))).all()


def be_here(session: Session, proposal_id: int, *, login: str, name: str, now: datetime) -> None:
    """Note that somebody has a proposal open, and forget those who left."""
    session.execute(delete(Presence).where(col(Presence.seen_at) < now - PRESENT))
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    seen = insert(Presence).values(proposal_id=proposal_id, login=login, name=name, since=now, seen_at=now)
    # Two windows of one person may say so in the same moment.
    session.execute(
        seen.on_conflict_do_update(index_elements=["proposal_id", "login"], set_={"seen_at": now, "name": name})
    )


def others_here(session: Session, proposal_id: int, *, login: str, now: datetime) -> Sequence[Presence]:
    """List who else has a proposal open, the one who opened it first at first."""
    return session.exec(
        select(Presence)
        .where(Presence.proposal_id == proposal_id, Presence.login != login, col(Presence.seen_at) >= now - PRESENT)
        .order_by(col(Presence.since), Presence.login)
    ).all()

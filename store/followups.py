"""Cases that wake by themselves: each waking is recorded once, claimed by one worker, and ends in a state that a person can see.

When a case wakes is judged elsewhere (`store.keeping`); what is written then is the agent's. Nothing is sent or deleted here.

`subject_id` is the key of the row that a waking is about: the promise (PROMISE_BROKEN), the instalment (INSTALMENT_DUE,
INSTALMENT_MISSED), the plan (PLAN_UNANSWERED), the resubmission (RESUBMISSION_UNANSWERED), the effect that asked
(QUESTION_UNANSWERED), the payment search (CASH_NOT_FOUND), the hold (HOLD_OVER), the dispute (DISPUTE_*), the contact
(CONTACT_VERIFIED), the portal item (PORTAL_REJECTED).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date, datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import BindParameter, ColumnElement, Select, bindparam, or_, update
from sqlalchemy import select as columns
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session, col, select

from store import audit
from store.aftermath import FollowupKind, FollowupState
from store.cases import newest_message
from store.conditional import changed
from store.followup_overtaking import lies_on_the_desk
from store.matters import Followup
from store.messages import MAX_ATTEMPTS, MAX_CLAIMS
from store.tables import Effect, Message, ProposalRow
from store.vocabulary import MessageState

#: One act can make several rows of these, one an invoice; one letter speaks of all that fall on the same day.
_TOGETHER = (FollowupKind.HOLD_OVER, FollowupKind.RESUBMISSION_UNANSWERED)

#: A mail in one of these is still to be understood: it comes before anything that we write by ourselves.
_UNREAD = (MessageState.STORED, MessageState.PROPOSING)


def wake(session: Session, *, kind: FollowupKind, subject_id: int, effect_id: int, due_on: date, now: datetime) -> bool:
    """Wake the case of an effect; False when it woke for this before (same kind and day, same subject or letter).

    `effect_id` is the effect that the waking follows from: through it customer, case and the customer's mail are found.
    `due_on` is the day that was to bring something. Raises NoResultFound for an unknown effect.
    """
    audit.take_turn(session)
    row = session.exec(
        select(Message, ProposalRow.customer_id)
        .select_from(Effect)
        .join(ProposalRow, col(ProposalRow.id) == col(Effect.proposal_id))
        .join(Message, col(Message.id) == col(ProposalRow.message_id))
        .where(Effect.id == effect_id)
    ).one()
    message, customer_id = row
    if kind in _TOGETHER and _woke(session, kind, effect_id, due_on):
        return False
    on_postgres = session.get_bind().dialect.name == "postgresql"
    insert = (postgresql.insert if on_postgres else sqlite.insert)(Followup)
    values = {
        "customer_id": customer_id,
        "case_id": message.case_id,
        "message_id": message.id,
        "newest_message": newest_message(session, message),
        "effect_id": effect_id,
        "kind": kind.value,
        "subject_id": subject_id,
        "due_on": due_on,
        "created_at": now,
        "state": FollowupState.WAITING.value,
        "attempts": 0,
    }
    new = session.execute(
        insert.values(**values).on_conflict_do_nothing().returning(col(Followup.id))
    ).scalar_one_or_none()
    if new is None:
        return False
    payload = {"kind": kind.value, "subject": subject_id, "effect": effect_id, "due_on": due_on.isoformat()}
    _log(session, new, event="woken", now=now, payload=payload)
    return True


def _woke(session: Session, kind: FollowupKind, effect_id: int, due_on: date) -> bool:
    same = (Followup.kind == kind, Followup.effect_id == effect_id, Followup.due_on == due_on)
    return session.exec(select(Followup.id).where(*same)).first() is not None


def due(session: Session, *, now: datetime, limit: int = 50) -> list[int]:
    """List wakings that wait for a proposal, oldest first, at most one a case.

    None where a mail is still to be understood, and none whose matter lies on somebody's desk: it comes when that is clear.
    """
    rows = session.execute(_due(), {"now": now}).all()
    seen: set[int] = set()
    ids: list[int] = []
    for number, case_id in rows:
        if number is None or case_id in seen or lies_on_the_desk(session, number):
            continue
        ids.append(number)
        if len(ids) == limit:
            break
        if case_id is not None:
            seen.add(case_id)
    return ids


@cache
def _due() -> Select[*tuple[Any, ...]]:
    claimable = _claimable(bindparam("now"))
    busy = select(Followup.case_id).where(
        col(Followup.state) == FollowupState.PROPOSING, ~claimable, col(Followup.case_id).is_not(None)
    )
    unread = select(Message.case_id).where(col(Message.state).in_(_UNREAD), col(Message.case_id).is_not(None))
    return (
        columns(col(Followup.id), col(Followup.case_id))
        .where(claimable)
        .where(
            or_(
                col(Followup.case_id).is_(None),
                col(Followup.case_id).not_in(busy) & col(Followup.case_id).not_in(unread),
            )
        )
        .order_by(col(Followup.created_at), col(Followup.id))
    )


def _claimable(now: datetime | BindParameter[Any]) -> ColumnElement[bool]:
    return or_(
        col(Followup.state) == FollowupState.WAITING,
        (col(Followup.state) == FollowupState.PROPOSING) & (col(Followup.claimed_until) < now),
    )


def claim(session: Session, followup_id: int, *, worker: str, now: datetime, lease: timedelta) -> bool:
    """Take a waking for work by a conditional update; False when another worker has it.

    One that was taken MAX_CLAIMS times and never came to an end is set aside for a person instead.
    """
    audit.take_turn(session)
    mine = (col(Followup.id) == followup_id, _claimable(now))
    values = {"state": FollowupState.PROPOSING, "claimed_by": worker, "claimed_until": now + lease}
    count = changed(
        session,
        update(Followup)
        .where(*mine, col(Followup.attempts) < MAX_CLAIMS)
        .values(attempts=Followup.attempts + 1, **values),
    )
    if count == 1:
        return True
    error = f"the program stopped or failed {MAX_CLAIMS} times while it worked on this"
    given_up = {"state": FollowupState.QUARANTINED, "last_error": error, "claimed_by": None, "claimed_until": None}
    if changed(session, update(Followup).where(*mine, col(Followup.attempts) >= MAX_CLAIMS).values(**given_up)):
        _log(session, followup_id, event="quarantined", now=now)
    return False


def in_hand(session: Session, followup_id: int, *, worker: str) -> bool:
    """Say whether a worker still has a waking: a person may have closed it, or a lease run out meanwhile."""
    audit.take_turn(session)
    row = session.get_one(Followup, followup_id, populate_existing=True)
    return row.state == FollowupState.PROPOSING and row.claimed_by == worker


def release_claims(session: Session, *, worker: str, only: Collection[int] | None = None) -> int:
    """Give back what a worker of this name held when it died: `only` these, or all, at its start. The attempt counts."""
    audit.take_turn(session)
    mine = [col(Followup.state) == FollowupState.PROPOSING, col(Followup.claimed_by) == worker]
    mine += [col(Followup.id).in_(only)] if only is not None else []
    freed = {"state": FollowupState.WAITING, "claimed_by": None, "claimed_until": None}
    return changed(session, update(Followup).where(*mine).values(**freed))


def finish(
    session: Session, followup_id: int, *, state: FollowupState, now: datetime, why: str = "", actor: str = "daemon"
) -> None:
    """Leave a waking in the state in which its way ended; a closed one says why (codes and ids, never a mail's words)."""
    audit.take_turn(session)
    ended = {"state": state, "claimed_by": None, "claimed_until": None}
    session.execute(update(Followup).where(col(Followup.id) == followup_id).values(**ended))
    if state is FollowupState.CLOSED:
        _log(session, followup_id, event="closed", now=now, payload={"why": why}, actor=actor)


def fail(session: Session, followup_id: int, *, error: str, now: datetime) -> FollowupState:
    """Note a failed attempt: it waits again, or is set aside for a person after MAX_ATTEMPTS."""
    audit.take_turn(session)
    row = session.get_one(Followup, followup_id)
    row.state = FollowupState.QUARANTINED if row.attempts >= MAX_ATTEMPTS else FollowupState.WAITING
    row.last_error, row.claimed_by, row.claimed_until = error[:500], None, None
    if row.state == FollowupState.QUARANTINED:
        _log(session, followup_id, event="quarantined", now=now)
    return FollowupState(row.state)


def put_back(session: Session, followup_id: int) -> None:
    """Let a waking wait again without a failure: something came in between."""
    audit.take_turn(session)
    freed = {"state": FollowupState.WAITING, "claimed_by": None, "claimed_until": None, "attempts": 0}
    session.execute(update(Followup).where(col(Followup.id) == followup_id).values(**freed))


def quarantined(session: Session) -> list[Followup]:
    """List the wakings that were set aside for a person, newest first."""
    query = select(Followup).where(Followup.state == FollowupState.QUARANTINED)
    return list(session.exec(query.order_by(col(Followup.id).desc())))


def _log(
    session: Session,
    followup_id: int,
    *,
    event: str,
    now: datetime,
    payload: Mapping[str, object] | None = None,
    actor: str = "daemon",
) -> None:
    subject = f"followup:{followup_id}"
    audit.append(session, at=now, actor=actor, event=f"followup.{event}", subject=subject, payload=payload)

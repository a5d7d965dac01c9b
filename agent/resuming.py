"""Ends the pause after a restore: what the Sent folder holds has left and is marked so, the rest leaves after a person's word.

A mail that was approved before the restore never leaves on a guess: where no Sent folder can tell, it becomes uncertain.
"""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from agent.effects import effects_by
from agent.installation import Installation
from mail.mailbox import Mailbox, MailboxError
from mail.settling import mark_sent
from store import outbox, pausing, proposals
from store.engine import looking, unit_of_work
from store.tables import Outgoing, ProposalRow
from store.vocabulary import ProposalStatus, SendState

_UNKNOWN = "a backup was restored, and no Sent folder can tell whether it left before"


@dataclass(frozen=True, slots=True)
class Waiting:
    """A mail that waits in the paused outbox. `left`: whether the Sent folder holds it; None where nobody can know.

    `doubtful`: it was approved before the restore, so it may have left.
    """

    number: int
    proposal: int
    customer: str
    recipients: Sequence[str]
    approved_at: datetime
    doubtful: bool
    left: bool | None


def look(home: Installation) -> tuple[pausing.OutboxPause | None, list[Waiting]]:
    """Give the open pause and what waits in it; the Sent folders are asked about what is doubtful."""
    with looking(home.engine) as session:
        pause, rows = pausing.paused(session), pausing.waiting(session)
        approved = _approved(session, rows)
    if pause is None:
        return None, []
    with contextlib.ExitStack() as opened:
        boxes: dict[str, Mailbox] = {}
        if rows:
            boxes = {name: mailbox for name, (_, mailbox) in home.open_mailboxes().items()}
        for mailbox in boxes.values():
            opened.callback(mailbox.close)
        return pause, [_waiting(row, approved[row.proposal_id], pause, boxes.get(row.mailbox)) for row in rows]


def resume(home: Installation, *, actor: str) -> list[Waiting] | None:
    """End the pause; give what waited, as it was settled. None where there was no pause."""
    pause, found = look(home)
    if pause is None:
        return None
    with unit_of_work(home.engine) as session:
        now = home.clock()
        for each in found:
            if each.doubtful and each.left is not False:
                _settle(session, home, each, actor=actor, now=now)
        pausing.resume(session, actor=actor, now=now)
    return found


def _approved(session: Session, rows: Sequence[Outgoing]) -> dict[int, datetime]:
    """Give when each was approved: one that a person put back into the outbox since may have left before all the same."""
    wanted = select(ProposalRow.id, ProposalRow.decided_at).where(
        col(ProposalRow.id).in_([r.proposal_id for r in rows])
    )
    decided = {number: at for number, at in session.exec(wanted) if at is not None}
    return {row.proposal_id: min(row.created_at, decided.get(row.proposal_id, row.created_at)) for row in rows}


def _waiting(row: Outgoing, approved_at: datetime, pause: pausing.OutboxPause, mailbox: Mailbox | None) -> Waiting:
    doubtful = approved_at <= pause.since
    left: bool | None = False
    if doubtful:
        try:
            left = mailbox.find_sent(row.message_id_header) if mailbox is not None else None
        except MailboxError:
            left = None
    return Waiting(
        number=row.id or 0,
        proposal=row.proposal_id,
        customer=row.customer_id,
        recipients=tuple(row.recipients),
        approved_at=approved_at,
        doubtful=doubtful,
        left=left,
    )


def _settle(session: Session, home: Installation, each: Waiting, *, actor: str, now: datetime) -> None:
    before = [SendState.QUEUED]
    after = SendState.UNCERTAIN
    if not outbox.move(session, each.number, worker=None, before=before, after=after, now=now, error=_UNKNOWN):
        return
    if each.left:
        mark_sent(session, each.number, worker=None, actor=actor, now=now, on_sent=effects_by(home.clock))
    else:
        proposals.close(session, each.proposal, status=ProposalStatus.UNCERTAIN, actor=actor, now=now)

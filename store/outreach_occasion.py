"""Begins a conversation of ours: a note in place of the customer's mail, the step, and the waking from which it is thought about.

A proposal hangs on a message. Where we write first there is none, so a note of ours stands there: it names the case and nothing else,
came from nobody, and its bytes are our own. All steps of a case hang on one note, so that its mails are one thread. Nothing is sent.
"""

from __future__ import annotations

import gzip
import hashlib
from collections.abc import Mapping, Sequence
from datetime import date, datetime

from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session, col, func, select

from store import audit
from store.aftermath import FollowupKind, FollowupState
from store.cases import open_case
from store.inbound import InboundEmail
from store.matters import Followup
from store.outreach import OutreachStepRow
from store.outreach_words import Channel, OutreachStep
from store.own_notes import MARK
from store.tables import Message, MessageRaw
from store.vocabulary import IdentityLevel, MessageKind, MessageState


def begin(
    session: Session,
    customer_id: str,
    *,
    step: OutreachStep,
    channel: Channel,
    day: date,
    invoices: Sequence[str],
    taken: Mapping[str, OutreachStep],
    why: Mapping[str, str],
    mailbox: str,
    newest_message: int,
    now: datetime,
) -> int | None:
    """Begin a step that writes to the customer: the row, the note and the waking; give the step's key. None where the day has one.

    `mailbox`: the mailbox from which it goes out. `newest_message`: the customer's last mail that is known; a later one comes first.
    """
    audit.take_turn(session)
    case_id = open_case(session, customer_id, now=now)
    row = OutreachStepRow(
        customer_id=customer_id,
        case_id=case_id,
        step=step,
        channel=channel,
        day=day,
        invoices=list(invoices),
        taken={number: one.value for number, one in taken.items()},
        why=dict(why),
        newest_message=newest_message,
        created_at=now,
    )
    step_id = _add(session, row)
    if step_id is None:
        return None
    message_id = _note(session, customer_id, case_id, mailbox=mailbox, now=now)
    waking = Followup(
        customer_id=customer_id,
        case_id=case_id,
        message_id=message_id,
        newest_message=newest_message,
        kind=FollowupKind.OUTREACH,
        subject_id=step_id,
        due_on=day,
        created_at=now,
        state=FollowupState.WAITING,
    )
    _woke(session, waking, now=now)
    return step_id


def wake_on_note(
    session: Session,
    customer_id: str,
    *,
    kind: FollowupKind,
    subject_id: int,
    due_on: date,
    mailbox: str,
    now: datetime,
) -> bool:
    """Wake a case for a letter of ours to somebody who never wrote about it; False where it woke for this before."""
    audit.take_turn(session)
    known = select(Followup.id).where(
        Followup.kind == kind, Followup.subject_id == subject_id, Followup.due_on == due_on
    )
    if session.exec(known).first() is not None:
        return False
    case_id = open_case(session, customer_id, now=now)
    newest = select(func.max(Message.id)).where(
        Message.customer_id == customer_id, col(Message.from_customer).is_(True)
    )
    waking = Followup(
        customer_id=customer_id,
        case_id=case_id,
        message_id=_note(session, customer_id, case_id, mailbox=mailbox, now=now),
        newest_message=session.exec(newest).one() or 0,
        kind=kind,
        subject_id=subject_id,
        due_on=due_on,
        created_at=now,
        state=FollowupState.WAITING,
    )
    _woke(session, waking, now=now)
    return True


def _woke(session: Session, waking: Followup, *, now: datetime) -> None:
    session.add(waking)
    session.flush()
    payload = {"kind": waking.kind, "subject": waking.subject_id, "due_on": waking.due_on.isoformat()}
    audit.append(
        session, at=now, actor="daemon", event="followup.woken", subject=f"followup:{waking.id}", payload=payload
    )


def note_internal(
    session: Session,
    customer_id: str,
    *,
    step: OutreachStep,
    day: date,
    taken: Mapping[str, OutreachStep],
    why: Mapping[str, str],
    now: datetime,
) -> int | None:
    """Note a step that people of ours alone take; None where the day has one already."""
    audit.take_turn(session)
    row = OutreachStepRow(
        customer_id=customer_id,
        step=step,
        day=day,
        internal=True,
        invoices=list(taken),
        taken={number: one.value for number, one in taken.items()},
        why=dict(why),
        created_at=now,
    )
    return _add(session, row)


def _add(session: Session, row: OutreachStepRow) -> int | None:
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    values = row.model_dump(exclude={"id"})
    new: int | None = session.execute(
        insert(OutreachStepRow).values(**values).on_conflict_do_nothing().returning(col(OutreachStepRow.id))
    ).scalar_one_or_none()
    if new is None:
        return None
    payload = {"step": row.step, "channel": row.channel, "day": row.day.isoformat(), "invoices": list(row.invoices)}
    audit.append(
        session,
        at=row.created_at,
        actor="daemon",
        event="outreach.step",
        subject=f"outreach_step:{new}",
        payload=payload,
    )
    return new


def _note(session: Session, customer_id: str, case_id: int, *, mailbox: str, now: datetime) -> int:
    """Give the note of a case, or write it. A case that is taken up again goes on in its thread."""
    content = f"dunwell: we wrote first in case {case_id}; no mail of the customer came before\n".encode()
    sha256 = hashlib.sha256(content).hexdigest()
    known = session.exec(select(Message.id).where(Message.sha256 == sha256)).first()
    if known is not None:
        return known
    note = Message(
        mailbox=mailbox,
        sha256=sha256,
        content_key=f"{MARK}{case_id}",
        received_at=now,
        parsed=InboundEmail(kind=MessageKind.OUTREACH).model_dump(mode="json"),
        state=MessageState.CLOSED,
        case_id=case_id,
        customer_id=customer_id,
        # Nobody wrote: whom we write to is proven by the contact, which every rule asks for itself.
        identity=IdentityLevel.B,
        from_customer=False,
    )
    session.add(note)
    session.flush()
    assert note.id is not None
    session.add(MessageRaw(message_id=note.id, size=len(content), content=gzip.compress(content, 6, mtime=0)))
    session.flush()
    audit.append(
        session,
        at=now,
        actor="daemon",
        event="message.stored",
        subject=f"message:{note.id}",
        payload={"sha256": sha256, "kind": MessageKind.OUTREACH.value},
    )
    return note.id

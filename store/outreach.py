"""What we wrote by ourselves, and when: the steps that were taken, the pauses that a person set, the days that were looked at.

The tables and their plain reads and writes. When a step is due is judged elsewhere (`outreach`); nothing is sent here.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping

from sqlalchemy import Column, UniqueConstraint
from sqlalchemy import select as columns
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Field, Session, SQLModel, col, select

from store import audit
from store.aftermath import FollowupKind
from store.columns import JsonColumn, Moment
from store.matters import Followup
from store.outreach_words import Channel
from store.tables import ProposalRow


class OutreachStepRow(SQLModel, table=True):
    """A step that was begun for one customer on one of their days: one mail, or one internal act, however many invoices it is about.

    `invoices`: all that it speaks of. `taken`: by the number of an invoice, the step that this was for it; the most advanced is
    `step`. `internal`: nobody is written to. `newest_message`: the customer's last mail that was known. One a day is held by the
    database itself. Whether it went out is told by its waking, proposal and mail (`store.outreach_loading`).
    """

    __tablename__ = "outreach_step"
    __table_args__ = (UniqueConstraint("customer_id", "day", "internal"),)
    id: int | None = Field(default=None, primary_key=True)
    customer_id: str = Field(foreign_key="customer.id", index=True)
    case_id: int | None = Field(default=None, foreign_key="case.id")
    step: str
    channel: str = Channel.MAIL
    day: dt.date
    internal: bool = False
    invoices: list[str] = Field(default_factory=list, sa_column=Column(JsonColumn, nullable=False))
    taken: dict[str, str] = Field(default_factory=dict, sa_column=Column(JsonColumn, nullable=False))
    why: dict[str, str] = Field(default_factory=dict, sa_column=Column(JsonColumn, nullable=False))
    newest_message: int = 0
    created_at: dt.datetime = Field(sa_column=Column(Moment(), nullable=False))


class OutreachPause(SQLModel, table=True):
    """A customer to whom a person of ours lets no step go. `until`: the last day of it; None: until somebody resumes."""

    __tablename__ = "outreach_pause"
    customer_id: str = Field(foreign_key="customer.id", primary_key=True)
    until: dt.date | None = None
    paused_by: str
    paused_at: dt.datetime = Field(sa_column=Column(Moment(), nullable=False))


class OutreachLook(SQLModel, table=True):
    """The last day, in the customer's zone, on which it was looked at whether a step is due."""

    __tablename__ = "outreach_look"
    customer_id: str = Field(foreign_key="customer.id", primary_key=True)
    looked_on: dt.date


def pause(session: Session, customer_id: str, *, until: dt.date | None, actor: str, now: dt.datetime) -> None:
    """Let no step go to a customer, until a day (and on it) or until it is resumed. What is held already is refused when it is approved."""
    audit.take_turn(session)
    row = session.get(OutreachPause, customer_id) or OutreachPause(
        customer_id=customer_id, paused_by=actor, paused_at=now
    )
    row.until, row.paused_by, row.paused_at = until, actor, now
    session.add(row)
    session.flush()
    payload = {"until": until.isoformat() if until is not None else None}
    audit.append(
        session, at=now, actor=actor, event="outreach.paused", subject=f"customer:{customer_id}", payload=payload
    )


def resume(session: Session, customer_id: str, *, actor: str, now: dt.datetime) -> bool:
    """Take a pause away; False where there is none."""
    audit.take_turn(session)
    row = session.get(OutreachPause, customer_id)
    if row is None:
        return False
    session.delete(row)
    session.flush()
    audit.append(session, at=now, actor=actor, event="outreach.resumed", subject=f"customer:{customer_id}")
    return True


def paused_until(session: Session, customer_id: str, *, today: dt.date) -> dt.date | None:
    """Give the last day of a pause that holds today (`date.max` where it has none); None where nothing is paused."""
    row = session.get(OutreachPause, customer_id)
    if row is None or (row.until is not None and row.until < today):
        return None
    return row.until or dt.date.max


def note_looked(session: Session, customer_id: str, day: dt.date) -> None:
    """Note that a customer's day was looked at."""
    row = session.get(OutreachLook, customer_id) or OutreachLook(customer_id=customer_id, looked_on=day)
    row.looked_on = day
    session.add(row)


def note_all_looked(session: Session, days: Mapping[str, dt.date]) -> None:
    """Note for many customers at once which day of theirs was looked at."""
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    statement = insert(OutreachLook)
    session.execute(
        statement.on_conflict_do_update(
            index_elements=["customer_id"], set_={"looked_on": statement.excluded.looked_on}
        ),
        [{"customer_id": customer, "looked_on": day} for customer, day in days.items()],
    )


def looked_on(session: Session) -> dict[str, dt.date]:
    """Give the last day that was looked at, by customer."""
    rows = session.execute(columns(col(OutreachLook.customer_id), col(OutreachLook.looked_on)))
    return dict(rows.all())


def told_of(session: Session, proposal_id: int, invoices: Collection[str]) -> None:
    """Keep of a step what its mail, letter or call speaks of; an invoice that was left out by then was not asked for by it."""
    query = (
        select(OutreachStepRow)
        .join(Followup, col(Followup.subject_id) == col(OutreachStepRow.id))
        .join(ProposalRow, col(ProposalRow.followup_id) == col(Followup.id))
        .where(ProposalRow.id == proposal_id, Followup.kind == FollowupKind.OUTREACH)
    )
    for row in session.exec(query):
        row.invoices = [number for number in row.invoices if number in invoices]
        row.taken = {number: step for number, step in row.taken.items() if number in invoices}
        session.add(row)

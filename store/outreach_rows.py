"""Reads what stands around an account, as plain values: statements that are built once, and of rare things only whether there are any.

One customer at a time. The rows belong to no session; what was about to be written is written before.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Select, bindparam, exists, select
from sqlmodel import Session, SQLModel

from store.account_rows import table_of
from store.aftermath import FollowupKind, FollowupState
from store.bank_tables import BankPart
from store.channel_tables import ChannelTask
from store.last_resort_tables import LastResortRow
from store.matters import Followup
from store.outreach import OutreachPause, OutreachStepRow
from store.tables import Message, Outgoing, ProposalRow
from store.vocabulary import MessageState, ProposalStatus, SendState

_THEIRS = "customer"
_OPEN_PROPOSAL = (
    ProposalStatus.HELD,
    ProposalStatus.APPROVED,
    ProposalStatus.UNCERTAIN,
    ProposalStatus.FAILED,
)
_WAITING = (FollowupState.WAITING, FollowupState.PROPOSING, FollowupState.QUARANTINED)
_NOT_OURS = (SendState.VOID, SendState.FAILED)
#: The newest of our mails that are looked at.
_MOST = 20


class Rare(StrEnum):
    """What most accounts have none of. `pause` and `steps`: of a cadence; `tasks`: letters, calls and texts."""

    MONEY = "money"
    PAUSE = "pause"
    STEPS = "steps"
    TASKS = "tasks"
    LAST_STEPS = "last_steps"


def has(session: Session, customer_id: str) -> frozenset[Rare]:
    """Say of which rare things there is any row of a customer, whatever its state."""
    session.flush()
    found = session.execute(_any(), {_THEIRS: customer_id}).one()
    return frozenset(rare for rare in Rare if getattr(found, rare))


def mails(session: Session, customer_id: str) -> Sequence[Any]:
    """Read id, received_at, state and from_customer of the customer's mails, and of those that people of ours sent by hand."""
    return session.execute(_mails(), {_THEIRS: customer_id}).all()


def proposals(session: Session, customer_id: str) -> Sequence[Any]:
    """Read number and waking of the proposals that are not at their end."""
    return session.execute(_proposals(), {_THEIRS: customer_id}).all()


def wakings(session: Session, customer_id: str) -> Sequence[int]:
    """Read the numbers of the wakings that wait."""
    return session.execute(_wakings(), {_THEIRS: customer_id}).scalars().all()


def last_mails(session: Session, customer_id: str) -> Sequence[Any]:
    """Read of the last mails to a customer: when each went out, when it will, and the waking that it comes from."""
    return session.execute(_last_mails(), {_THEIRS: customer_id}).all()


def steps(session: Session, customer_id: str) -> Sequence[Any]:
    """Read the steps of a customer, the oldest first, each with number and state of its waking (None where it has none)."""
    return session.execute(_steps(), {_THEIRS: customer_id}).all()


def ends(session: Session, customer_id: str) -> Sequence[Any]:
    """Read what became of a customer's steps: waking, number, status and decided_at of the proposal, sent_at of its mail."""
    return session.execute(_ends(), {_THEIRS: customer_id}).all()


@cache
def _any() -> Select[*tuple[Any, ...]]:
    rare: dict[Rare, type[SQLModel]] = {
        Rare.MONEY: BankPart,
        Rare.PAUSE: OutreachPause,
        Rare.STEPS: OutreachStepRow,
        Rare.TASKS: ChannelTask,
        Rare.LAST_STEPS: LastResortRow,
    }
    return select(*(exists().where(_mine(model)).label(name) for name, model in rare.items()))


def _mine(model: type[SQLModel]) -> ColumnElement[bool]:
    mine: ColumnElement[bool] = table_of(model).c.customer_id == bindparam(_THEIRS)
    return mine


@cache
def _mails() -> Select[Any]:
    mail = table_of(Message)
    known = mail.c.from_customer.is_(True) | (mail.c.state == MessageState.SENT_BY_HAND)
    return select(mail.c.id, mail.c.received_at, mail.c.state, mail.c.from_customer).where(_mine(Message), known)


@cache
def _proposals() -> Select[Any]:
    proposal = table_of(ProposalRow)
    return select(proposal.c.id, proposal.c.followup_id).where(
        _mine(ProposalRow), proposal.c.status.in_(_OPEN_PROPOSAL)
    )


@cache
def _wakings() -> Select[Any]:
    waking = table_of(Followup)
    return select(waking.c.id).where(_mine(Followup), waking.c.state.in_(_WAITING))


@cache
def _last_mails() -> Select[Any]:
    mail, proposal = table_of(Outgoing), table_of(ProposalRow)
    return (
        select(mail.c.sent_at, mail.c.next_attempt_at, proposal.c.followup_id)
        .join(proposal, proposal.c.id == mail.c.proposal_id)
        .where(_mine(Outgoing), mail.c.state.not_in(_NOT_OURS))
        .order_by(mail.c.id.desc())
        .limit(_MOST)
    )


@cache
def _steps() -> Select[Any]:
    step, waking = table_of(OutreachStepRow), table_of(Followup)
    its = (waking.c.subject_id == step.c.id) & (waking.c.customer_id == step.c.customer_id)
    return (
        select(*step.c, waking.c.id.label("waking"), waking.c.state.label("waking_state"))
        .join(waking, its & (waking.c.kind == FollowupKind.OUTREACH), isouter=True)
        .where(_mine(OutreachStepRow))
        .order_by(step.c.day, step.c.id, waking.c.id)
    )


@cache
def _ends() -> Select[Any]:
    proposal, mail, waking = (table_of(model) for model in (ProposalRow, Outgoing, Followup))
    return (
        select(
            proposal.c.followup_id,
            proposal.c.id,
            proposal.c.status,
            proposal.c.decided_at,
            mail.c.sent_at,
        )
        .join(waking, waking.c.id == proposal.c.followup_id)
        .join(mail, mail.c.proposal_id == proposal.c.id, isouter=True)
        .where(_mine(Followup), waking.c.kind == FollowupKind.OUTREACH, proposal.c.status != ProposalStatus.VOID)
        .order_by(proposal.c.id, mail.c.id)
    )

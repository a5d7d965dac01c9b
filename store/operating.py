"""Counts what whoever operates dunwell watches: queue, outbox, decisions, model calls. Reads only; names nobody."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Float, String, cast, func
from sqlalchemy.orm import Mapped
from sqlmodel import Session, col, select

from store.tables import Message, ModelCallRow, Outgoing, ProposalRow
from store.vocabulary import MessageState, ProposalStatus, SendState, Severity

#: Upper ends of the classes of latency, in milliseconds.
LATENCY_MS = (250, 500, 1000, 2500, 5000, 10_000, 30_000, 60_000)
_LEAVING = (SendState.QUEUED, SendState.CLAIMED, SendState.TRANSMITTING)
_UNREAD = (MessageState.STORED, MessageState.PROPOSING)


@dataclass(frozen=True, slots=True)
class Calls:
    """Model calls of one purpose with one outcome; `cost` in the currency of the configured prices. `within[i]`: how many took at most LATENCY_MS[i]."""

    purpose: str
    outcome: str
    count: int
    prompt_tokens: int
    completion_tokens: int
    cost: float
    seconds: float
    within: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Watched:
    """One look. Ages in seconds, 0 where nothing waits."""

    messages: dict[str, int]
    oldest_unread: float
    proposals: dict[str, int]
    oldest_held: float
    blocked: int
    approved: dict[str, int]
    outgoing: dict[str, int]
    oldest_leaving: float
    calls: tuple[Calls, ...]


def watched(session: Session, *, now: datetime) -> Watched:
    """Count it all at one moment of the installation's clock."""
    return Watched(
        messages=_by(session, col(Message.state)),
        oldest_unread=_age(
            now, session.exec(select(func.min(Message.received_at)).where(col(Message.state).in_(_UNREAD))).one()
        ),
        proposals=_by(session, col(ProposalRow.status)),
        oldest_held=_age(
            now,
            session.exec(
                select(func.min(ProposalRow.created_at)).where(ProposalRow.status == ProposalStatus.HELD)
            ).one(),
        ),
        blocked=_blocked(session),
        approved=_approved(session),
        outgoing=_by(session, col(Outgoing.state)),
        oldest_leaving=_age(
            now, session.exec(select(func.min(Outgoing.created_at)).where(col(Outgoing.state).in_(_LEAVING))).one()
        ),
        calls=tuple(_calls(session)),
    )


def _by(session: Session, column: Mapped[str]) -> dict[str, int]:
    return {value: count for value, count in session.exec(select(column, func.count()).group_by(column))}  # noqa: C416  (a row is no pair to mypy)


def _age(now: datetime, since: datetime | None) -> float:
    return max(0.0, (now - since).total_seconds()) if since is not None else 0.0


def _blocked(session: Session) -> int:
    """Count the held drafts that cannot be approved as they are."""
    words = f'%"severity": "{Severity.BLOCK.value}"%'
    return session.exec(
        select(func.count()).where(
            ProposalRow.status == ProposalStatus.HELD, cast(ProposalRow.content, String).like(words)
        )
    ).one()


def _approved(session: Session) -> dict[str, int]:
    """Count what was approved, by whether a person changed the words first."""
    approved = (ProposalStatus.APPROVED, ProposalStatus.SENT, ProposalStatus.DONE, ProposalStatus.UNCERTAIN)
    query = (
        select(ProposalRow.edited, func.count())
        .where(col(ProposalRow.status).in_((*approved, ProposalStatus.FAILED)))
        .group_by(col(ProposalRow.edited))
    )
    return {"edited" if edited else "as proposed": count for edited, count in session.exec(query)}


def _calls(session: Session) -> list[Calls]:
    latency = col(ModelCallRow.latency_ms)
    within = [func.count().filter(latency <= most) for most in LATENCY_MS]
    rows = session.execute(
        select(  # type: ignore[call-overload]  # the overloads end at four columns
            ModelCallRow.purpose,
            ModelCallRow.outcome,
            func.count(),
            func.sum(ModelCallRow.prompt_tokens),
            func.sum(ModelCallRow.completion_tokens),
            func.sum(latency),
            # A metric is a float; no book is kept from it.
            func.coalesce(func.sum(cast(ModelCallRow.cost, Float)), 0.0),
            *within,
        ).group_by(ModelCallRow.purpose, ModelCallRow.outcome)
    )
    return [
        Calls(
            purpose=purpose,
            outcome=outcome,
            count=count,
            prompt_tokens=int(prompt),
            completion_tokens=int(completion),
            cost=float(cost),
            seconds=int(total) / 1000,
            within=tuple(classes),
        )
        for purpose, outcome, count, prompt, completion, total, cost, *classes in rows
    ]

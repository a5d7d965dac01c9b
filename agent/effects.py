"""Carries out what was approved: once, in the transaction that records that the answer was sent."""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import datetime

from sqlmodel import Session, select

from store import audit, decisions
from store.cases import customer_zone
from store.clock import Clock, day_in
from store.proposals import content
from store.scoping import narrowed
from store.tables import Effect, ProposalRow
from tools.base import Application
from tools.registry import tools


def effects_by(clock: Clock) -> Callable[[Session, int], None]:
    """Give what the outbox calls, in its own transaction, when a mail is sent."""

    def carry_out(session: Session, proposal_id: int) -> None:
        apply_effects(session, proposal_id, clock())
        decisions.note_sent(session, proposal_id, now=clock())

    return carry_out


def apply_effects(
    session: Session,
    proposal_id: int,
    now: datetime,
    *,
    protective_only: bool = False,
    without: Collection[int] = (),
) -> None:
    """Apply every action of an approved proposal that was not applied yet. Raises what a tool raises: all or nothing.

    `protective_only` applies those that must not wait for a mail to go out: an escalation, a stop, a hold. `without`: the places
    of those that are left out.
    """
    row = session.get_one(ProposalRow, proposal_id)
    done = set(session.exec(select(Effect.position).where(Effect.proposal_id == proposal_id)))
    if row.customer_id is None:
        return
    with narrowed(session, row.customer_id):
        _apply(session, row, row.customer_id, now, protective_only=protective_only, without={*without, *done})


def _apply(
    session: Session,
    row: ProposalRow,
    customer_id: str,
    now: datetime,
    *,
    protective_only: bool,
    without: Collection[int],
) -> None:
    today = day_in(customer_zone(session, customer_id), now)
    for position, action in enumerate(content(row).actions):
        if position in without or action.declined:
            continue
        tool = tools()[action.tool]
        if protective_only and not tool.at_approval:
            continue
        effect = Effect(proposal_id=row.id or 0, position=position, tool=action.tool, text="", applied_at=now)
        session.add(effect)
        session.flush()
        effect.text = tool.apply(
            tool.parse(action.arguments),
            Application(
                session=session,
                effect=effect,
                customer_id=customer_id,
                approved_by=row.decided_by or "",
                now=now,
                today=today,
            ),
        )
        audit.append(
            session,
            at=now,
            actor=row.decided_by or "daemon",
            event="effect.applied",
            subject=f"proposal:{row.id}",
            payload={"tool": action.tool, "position": position},
        )

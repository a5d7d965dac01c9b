"""Lets the agent work on one mail of a recorded conversation, approves what it proposes, and gives what came of it.

The agent is production's own `propose`. A proposal that the outbound rules forbid is not approved: then nothing changes.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlmodel import Session, SQLModel, col, select

from agent.deps import Deps
from agent.effects import apply_effects
from agent.graph import propose
from evals.conversations.watching import Watched, snapshot
from evals.conversations.world import Standing
from store import proposals
from store.engine import unit_of_work
from store.facts import CaseFacts
from store.inbound import StoredMessage
from store.matters import PaymentCheck, PortalItem
from store.proposed import Proposal
from store.tables import (
    Contact,
    Customer,
    Dispute,
    Escalation,
    Hold,
    Instalment,
    Plan,
    Promise,
    ProposalRow,
    Resubmission,
)
from store.vocabulary import ProposalStatus

Rows = dict[str, list[dict[str, Any]]]
_OF_CUSTOMER: dict[str, type[SQLModel]] = {
    "promises": Promise,
    "plans": Plan,
    "disputes": Dispute,
    "holds": Hold,
    "resubmissions": Resubmission,
    "portal_items": PortalItem,
    "payment_checks": PaymentCheck,
    "escalations": Escalation,
    "contacts": Contact,
}


@dataclass(frozen=True, slots=True)
class Played:
    """What the agent proposed for a mail, on what it stood, and the account after approval."""

    message: StoredMessage
    facts: CaseFacts
    proposal: Proposal
    state: Rows
    approved: bool
    watched: Watched | None = None


def play(there: Standing, deps: Deps, think: Callable[..., Proposal] = propose) -> Played:
    """Propose, approve where nothing forbids it, and look at the account. `think`: the agent under test."""
    before = snapshot(there.engine)
    proposal = think(there.message, there.facts, deps)
    with unit_of_work(there.engine) as session:
        newest = there.facts.newest_message or there.message.id
        held = proposals.hold(session, proposal, newest_message=newest, now=there.now)
    waiting = snapshot(there.engine)
    with unit_of_work(there.engine) as session:
        if held is not None and not proposal.blocked:
            row = session.get_one(ProposalRow, held)
            row.status, row.decided_at, row.decided_by = ProposalStatus.DONE, there.now, "eval"
            session.add(row)
            session.flush()
            apply_effects(session, held, there.now)
    with unit_of_work(there.engine) as session:
        customer = there.facts.customer.id if there.facts.customer else None
        state = account(session, customer) if customer else {}
    watched = Watched(there.policy, before, waiting, snapshot(there.engine))
    return Played(there.message, there.facts, proposal, state, approved=not proposal.blocked, watched=watched)


def account(session: Session, customer_id: str) -> Rows:
    """Give the rows of one customer that a case may ask for, as plain values."""
    found: Rows = {
        name: [_plain(row) for row in _of(session, table, customer_id)] for name, table in _OF_CUSTOMER.items()
    }
    plans = [plan["id"] for plan in found["plans"]]
    parts = session.exec(select(Instalment).where(col(Instalment.plan_id).in_(plans)).order_by(col(Instalment.id)))
    found["instalments"] = [_plain(row) for row in parts]
    reason = session.get_one(Customer, customer_id).stopped_reason
    found["stopped"] = [{"reason": reason}] if reason else []
    return found


def _of(session: Session, table: Any, customer_id: str) -> Sequence[SQLModel]:
    return list(session.exec(select(table).where(table.customer_id == customer_id).order_by(table.id)))


def _plain(row: SQLModel) -> dict[str, Any]:
    # In one order, whichever the database's rows come with: equal states are then written alike.
    return {name: _text(value) for name, value in sorted(row.model_dump().items())}


def _text(value: Any) -> Any:
    """Give a value as a case states it: money as text with cents, days and times as ISO 8601."""
    if isinstance(value, Decimal):
        return f"{value:.2f}"
    if isinstance(value, datetime | date):
        return value.isoformat()
    return value

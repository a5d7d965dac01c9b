"""The rows of exports, read some at a time so that no list is too long and no writer waits for one. Reads only."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from decimal import Decimal

from sqlalchemy import Engine, func
from sqlmodel import col, select

from store.engine import looking
from store.measured import Decision
from store.tables import Customer, ProposalRow
from store.vocabulary import ProposalStatus

_CHUNK = 1000

QUEUE = (
    "number",
    "customer",
    "name",
    "reason",
    "tier",
    "owner",
    "language",
    "flags",
    "assigned_to",
    "since",
    "needs_person",
)
DECIDED = (
    "number",
    "customer",
    "name",
    "decided_at",
    "by",
    "without_a_person",
    "outcome",
    "why",
    "reason",
    "tier",
    "open_balance",
    "reader",
    "writer",
    "seconds_to_decision",
    "seconds_to_answer",
)


def queue_rows(engine: Engine) -> Iterator[Sequence[object]]:
    """Give every proposal that waits, oldest first."""
    last = 0
    while True:
        with looking(engine) as session:
            query = (
                select(ProposalRow, Customer.name)
                .join(Customer, col(Customer.id) == col(ProposalRow.customer_id), isouter=True)
                .where(ProposalRow.status == ProposalStatus.HELD, col(ProposalRow.id) > last)
                .order_by(col(ProposalRow.id))
                .limit(_CHUNK)
            )
            found = session.exec(query).all()
        for row, name in found:
            content = row.content
            steps = (act["arguments"].get("step") for act in content["actions"] if act["tool"] == "remind")
            reasons = " ".join(
                dict.fromkeys(claim["reason"] for claim in content["claims"]) or (f"remind_{s}" for s in steps if s)
            )
            yield (
                row.id,
                row.customer_id,
                name,
                reasons,
                row.tier,
                row.owner,
                row.language,
                " ".join(content["flags"]),
                row.assigned_to,
                row.created_at.isoformat(),
                content["needs_person"],
            )
        if len(found) < _CHUNK:
            return
        last = found[-1][0].id or 0


def decided_rows(engine: Engine, *, since: datetime, until: datetime) -> Iterator[Sequence[object]]:
    """Give every decision of a period, oldest first."""
    period = (col(Decision.first).is_(True), col(Decision.decided_at) >= since, col(Decision.decided_at) <= until)
    with looking(engine) as session:
        last = (session.exec(select(func.min(Decision.id)).where(*period)).one() or 1) - 1
    while True:
        with looking(engine) as session:
            query = (
                select(Decision, ProposalRow.customer_id, Customer.name)
                .join(ProposalRow, col(ProposalRow.id) == col(Decision.proposal_id))
                .join(Customer, col(Customer.id) == col(ProposalRow.customer_id), isouter=True)
                .where(*period, col(Decision.id) > last)
                .order_by(col(Decision.id))
                .limit(_CHUNK)
            )
            found = session.exec(query).all()
        for made, customer, name in found:
            yield (
                made.proposal_id,
                customer,
                name,
                made.decided_at.isoformat(),
                made.actor,
                "yes" if made.automatic else "no",
                made.outcome,
                made.why,
                made.reason,
                made.tier,
                Decimal(made.cents) / 100,
                made.reader,
                made.model,
                made.review_seconds,
                made.reply_seconds,
            )
        if len(found) < _CHUNK:
            return
        last = found[-1][0].id or 0

"""Finds for whom anything is open: the customers whom `store.keeping` must look at. Changes nothing."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import CompoundSelect, union
from sqlmodel import Session, col, select

from store.aftermath import PlanStatus, PromiseStatus, ResubmissionStatus
from store.matters import PaymentCheck
from store.tables import AuditEntry, Customer, Effect, Hold, Plan, Promise, ProposalRow, Resubmission

#: The tool whose effect is nothing but a question, and longer than any question is waited for.
QUESTION = "ask_back"
QUESTIONS_OF = timedelta(days=150)


def customers_with_matters(session: Session, *, now: datetime, broken: bool = False) -> list[Customer]:
    """List the customers for whom anything is open; with `broken`, also those who broke a promise, as it may be put right."""
    promises = [PromiseStatus.OPEN, PromiseStatus.BROKEN] if broken else [PromiseStatus.OPEN]
    plans = [PlanStatus.PROPOSED, PlanStatus.AGREED]
    asked = (
        select(ProposalRow.customer_id)
        .join(Effect, col(Effect.proposal_id) == col(ProposalRow.id))
        .where(Effect.tool == QUESTION, col(Effect.applied_at) > now - QUESTIONS_OF)
    )
    concerned: CompoundSelect[Any] = union(
        select(Promise.customer_id).where(col(Promise.status).in_(promises)),
        select(Plan.customer_id).where(col(Plan.status).in_(plans)),
        select(Resubmission.customer_id).where(Resubmission.status == ResubmissionStatus.OPEN),
        select(PaymentCheck.customer_id).where(PaymentCheck.status == "open"),
        select(Hold.customer_id).where(col(Hold.released_at).is_(None), col(Hold.until).is_not(None)),
        asked,
    )
    return list(session.exec(select(Customer).where(col(Customer.id).in_(concerned)).order_by(Customer.id)))


def ledger_brought_in(session: Session) -> datetime | None:
    """Give the moment of the last import of the ledger."""
    query = select(AuditEntry.at).where(AuditEntry.event == "ledger.imported")
    return session.exec(query.order_by(col(AuditEntry.seq).desc()).limit(1)).first()

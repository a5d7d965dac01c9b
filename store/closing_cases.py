"""Closes a case when all invoices that it speaks of are settled and nothing waits in it. A later mail takes it up again."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlmodel import Session, col, select

from store import audit
from store.aftermath import (
    DisputeStatus,
    FollowupState,
    PlanStatus,
    PromiseStatus,
    ResubmissionStatus,
)
from store.matters import Followup, PaymentCheck
from store.tables import Case, Dispute, Invoice, Message, Plan, Promise, ProposalRow, Resubmission
from store.vocabulary import MessageState, ProposalStatus

_UNFINISHED_MAIL = (
    MessageState.STORED,
    MessageState.PROPOSING,
    MessageState.QUARANTINED,
    MessageState.UNREADABLE,
)
_UNFINISHED_PROPOSALS = (
    ProposalStatus.HELD,
    ProposalStatus.APPROVED,
    ProposalStatus.UNCERTAIN,
    ProposalStatus.FAILED,
)
_UNFINISHED_WAKINGS = (FollowupState.WAITING, FollowupState.PROPOSING, FollowupState.QUARANTINED)


def close_cases(session: Session, customer_id: str, *, now: datetime) -> int:
    """Close a customer's open cases that came to their end; give how many."""
    closed = 0
    mine = select(Case).where(Case.customer_id == customer_id, Case.status == "open")
    for case in session.exec(mine.order_by(col(Case.id))).all():
        if _over(session, case):
            case.status, case.closed_at = "closed", now
            session.add(case)
            closed += 1
            audit.append(session, at=now, actor="ledger", event="case.closed", subject=f"case:{case.id}")
    session.flush()
    return closed


def _over(session: Session, case: Case) -> bool:
    mails = session.exec(select(Message).where(Message.case_id == case.id)).all()
    if not mails or any(m.state in _UNFINISHED_MAIL for m in mails) or _waiting(session, case):
        return False
    query = select(Invoice).where(Invoice.customer_id == case.customer_id)
    balances = {invoice.number: invoice.balance for invoice in session.exec(query)}
    # A conversation that named no invoice was about the account.
    about = _named(session, case, mails) & set(balances) or set(balances)
    return all(balances[n] <= 0 for n in about) and not _open_matters(session, case.customer_id, about)


def _waiting(session: Session, case: Case) -> bool:
    proposals = select(ProposalRow.id).where(
        ProposalRow.case_id == case.id, col(ProposalRow.status).in_(_UNFINISHED_PROPOSALS)
    )
    wakings = select(Followup.id).where(Followup.case_id == case.id, col(Followup.state).in_(_UNFINISHED_WAKINGS))
    return session.exec(proposals).first() is not None or session.exec(wakings).first() is not None


def _named(session: Session, case: Case, mails: Any) -> set[str]:
    found = {number for mail in mails for number in mail.invoices}
    query = select(ProposalRow.content).where(ProposalRow.case_id == case.id, ProposalRow.status != ProposalStatus.VOID)
    for content in session.exec(query):
        found |= {number for claim in content["claims"] for number in claim["invoices"]}
        found |= {number for act in content["actions"] for number in act["arguments"].get("invoices", ())}
    return found


def _open_matters(session: Session, customer_id: str, about: set[str]) -> bool:
    """Say whether a dispute, promise, plan, search or resubmission about these invoices is unfinished.

    A portal item is not asked for: once the money is here, nobody submits anything.
    """
    single: tuple[Any, ...] = (
        select(Dispute.invoice_number).where(Dispute.customer_id == customer_id, Dispute.status == DisputeStatus.OPEN),
        select(Resubmission.invoice_number).where(
            Resubmission.customer_id == customer_id, Resubmission.status == ResubmissionStatus.OPEN
        ),
    )
    several: tuple[Any, ...] = (
        select(Promise.invoices).where(Promise.customer_id == customer_id, Promise.status == PromiseStatus.OPEN),
        select(Plan.invoices).where(
            Plan.customer_id == customer_id, col(Plan.status).in_([PlanStatus.PROPOSED, PlanStatus.AGREED])
        ),
        select(PaymentCheck.invoices).where(PaymentCheck.customer_id == customer_id, PaymentCheck.status == "open"),
    )
    if any(number in about for query in single for number in session.exec(query)):
        return True
    return any(about & set(numbers) for query in several for numbers in session.exec(query))

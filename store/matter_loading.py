"""Loads what an account holds besides invoices and money, as values for the snapshot. One customer at a time, never across."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlmodel import Session, col, select

from store.aftermath import InstalmentStatus, PaymentMethod, Portal, PortalStatus, ResubmissionStatus
from store.clock import day_in
from store.matter_facts import (
    CheckFacts,
    DisputeFacts,
    DocumentFacts,
    EscalationFacts,
    InstalmentFacts,
    PlanFacts,
    PortalFacts,
    PromiseFacts,
    ResubmissionFacts,
)
from store.matters import CompanyDocument, PaymentCheck, PortalItem
from store.tables import (
    Dispute,
    Document,
    Effect,
    Escalation,
    Instalment,
    Invoice,
    Message,
    Plan,
    Promise,
    ProposalRow,
    Resubmission,
)
from store.vocabulary import DocumentKind


@dataclass(frozen=True, slots=True)
class _Dated:
    """The days of effects, by effect: when each was applied, and when the mail came that it is of, where it is of one."""

    applied: dict[int, date]
    mailed: dict[int, date]


def disputes_of(session: Session, customer_id: str) -> Sequence[Dispute]:
    """Load all disputes of one customer, the oldest first."""
    return session.exec(select(Dispute).where(Dispute.customer_id == customer_id).order_by(col(Dispute.id))).all()


def matters(session: Session, customer_id: str, *, zone: str, disputes: Sequence[Dispute]) -> dict[str, Any]:
    """Give the fields of a `CaseFacts` that tell what was promised, planned, contested, sent and asked.

    `disputes`: those of `disputes_of`, which the balances need as well.
    """
    promises, plans, resubmissions = (_of(session, table, customer_id) for table in (Promise, Plan, Resubmission))
    rows = (*promises, *plans, *disputes, *resubmissions)
    dated = _dated(session, [row.effect_id for row in rows], zone)
    return {
        "promises": _promises(promises, dated),
        "plans": _plans(session, plans, dated.applied),
        "disputes": _disputes(disputes, dated.applied),
        "resubmissions": _resubmissions(resubmissions, dated.applied),
        "portal_items": tuple(
            PortalFacts(
                id=p.id or 0,
                invoice_number=p.invoice_number,
                portal=Portal(p.portal),
                status=PortalStatus(p.status),
            )
            for p in session.exec(
                select(PortalItem).where(PortalItem.customer_id == customer_id).order_by(col(PortalItem.id))
            )
        ),
        "checks": tuple(
            CheckFacts(
                id=c.id or 0,
                invoices=tuple(c.invoices),
                outcome=c.outcome,
                status=c.status,
                payments=tuple(c.payments),
                pause_until=c.pause_until,
            )
            for c in session.exec(
                select(PaymentCheck).where(PaymentCheck.customer_id == customer_id).order_by(col(PaymentCheck.id))
            )
        ),
        "documents": _documents(session, customer_id),
        "escalations": _escalations(session, customer_id),
    }


def _of(session: Session, table: Any, customer_id: str) -> Sequence[Any]:
    return session.exec(select(table).where(table.customer_id == customer_id).order_by(col(table.id))).all()


def _dated(session: Session, effects: Sequence[int], zone: str) -> _Dated:
    """Give the day on which each of these effects was applied, and that of its mail."""
    found = _Dated({}, {})
    if not effects:
        return found
    rows = session.exec(
        select(Effect.id, Effect.applied_at, Message.received_at)
        .join(ProposalRow, col(ProposalRow.id) == col(Effect.proposal_id), isouter=True)
        .join(Message, col(Message.id) == col(ProposalRow.message_id), isouter=True)
        .where(col(Effect.id).in_(set(effects)))
    )
    for number, at, mailed in rows:
        if number is not None:
            found.applied[number] = day_in(zone, at)
            if mailed is not None:
                found.mailed[number] = day_in(zone, min(at, mailed))
    return found


def _promises(rows: Sequence[Promise], dated: _Dated) -> tuple[PromiseFacts, ...]:
    return tuple(
        PromiseFacts(
            id=p.id or 0,
            invoices=tuple(p.invoices),
            due=p.due,
            amount=p.amount,
            currency=p.currency,
            status=p.status,
            said_on=dated.applied.get(p.effect_id),
            method=PaymentMethod(p.method),
            wait_until=p.wait_until,
            money_from=dated.mailed.get(p.effect_id),
        )
        for p in rows
    )


def _plans(session: Session, rows: Sequence[Plan], noted: dict[int, date]) -> tuple[PlanFacts, ...]:
    if not rows:
        return ()
    parts: dict[int, list[InstalmentFacts]] = {}
    wanted = [p.id for p in rows]
    for part in session.exec(
        select(Instalment).where(col(Instalment.plan_id).in_(wanted)).order_by(col(Instalment.position))
    ):
        parts.setdefault(part.plan_id, []).append(
            InstalmentFacts(id=part.id or 0, due=part.due, amount=part.amount, status=InstalmentStatus(part.status))
        )
    return tuple(
        PlanFacts(
            id=p.id or 0,
            invoices=tuple(p.invoices),
            total=p.total,
            currency=p.currency,
            status=p.status,
            instalments=tuple(parts.get(p.id or 0, ())),
            offered_on=noted.get(p.effect_id),
            ended_on=p.ended_on,
            round=p.round,
        )
        for p in rows
    )


def _disputes(rows: Sequence[Dispute], noted: dict[int, date]) -> tuple[DisputeFacts, ...]:
    return tuple(
        DisputeFacts(
            id=d.id or 0,
            invoice_number=d.invoice_number,
            kind=d.kind,
            amount=d.amount,
            status=d.status,
            opened_on=noted.get(d.effect_id),
            due=d.due,
            owner=d.owner,
            credit=d.credit,
        )
        for d in rows
    )


def _resubmissions(rows: Sequence[Resubmission], noted: dict[int, date]) -> tuple[ResubmissionFacts, ...]:
    return tuple(
        ResubmissionFacts(
            id=r.id or 0,
            invoice_number=r.invoice_number,
            kind=r.kind,
            status=ResubmissionStatus(r.status),
            po_number=r.po_number,
            sent_on=noted.get(r.effect_id),
        )
        for r in rows
    )


def _escalations(session: Session, customer_id: str) -> tuple[EscalationFacts, ...]:
    rows = session.exec(
        select(Escalation, Effect.proposal_id)
        .join(Effect, col(Effect.id) == col(Escalation.effect_id))
        .where(Escalation.customer_id == customer_id, Escalation.status == "open")
        .order_by(col(Escalation.id))
    )
    return tuple(
        EscalationFacts(id=row.id or 0, reason=row.reason, role=row.role, proposal_id=proposal_id)
        for row, proposal_id in rows
    )


def _documents(session: Session, customer_id: str) -> tuple[DocumentFacts, ...]:
    """List what may be sent to this customer: the company's papers, and those of their own invoices."""
    own = select(Invoice.number).where(Invoice.customer_id == customer_id)
    rows = session.exec(
        select(CompanyDocument, Document.filename)
        .join(Document, col(Document.sha256) == col(CompanyDocument.document_sha256))
        .where(col(CompanyDocument.withdrawn_at).is_(None))
        .where(col(CompanyDocument.invoice_number).is_(None) | col(CompanyDocument.invoice_number).in_(own))
        .order_by(col(CompanyDocument.id))
    )
    return tuple(
        DocumentFacts(
            kind=DocumentKind(row.kind),
            sha256=row.document_sha256,
            filename=filename,
            invoice_number=row.invoice_number,
        )
        for row, filename in rows
    )

"""Invoices that the ERP must re-issue with another order number: which wait, and which the ERP was told of.

A request is told once: exporting marks it in the transaction that wrote the file. It changes no invoice.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from sqlmodel import Session, col, select

from store import audit
from store.aftermath import ResubmissionStatus
from store.tables import Customer, Effect, Invoice, ProposalRow, Resubmission

KIND = "reissue"


@dataclass(frozen=True, slots=True)
class Reissue:
    """One request, as the ERP needs it. `request` is the same whenever it is exported, so that the ERP knows it again."""

    request: str
    requested_at: datetime
    approved_by: str
    customer_id: str
    customer: str
    invoice_number: str
    issue_date: date
    due_date: date
    currency: str
    amount: Decimal
    po_before: str
    po_number: str
    exported_at: datetime | None


def waiting(session: Session, *, again: bool = False) -> list[Reissue]:
    """List the open requests that the ERP was not told of yet; with `again` all open ones, oldest first."""
    wanted = (
        select(Resubmission, Invoice, Customer, Effect)
        .join(Invoice, col(Invoice.number) == col(Resubmission.invoice_number))
        .join(Customer, col(Customer.id) == col(Resubmission.customer_id))
        .join(Effect, col(Effect.id) == col(Resubmission.effect_id))
        .where(Resubmission.kind == KIND, Resubmission.status == ResubmissionStatus.OPEN)
        .order_by(col(Resubmission.id))
    )
    if not again:
        wanted = wanted.where(col(Resubmission.exported_at).is_(None))
    return [
        Reissue(
            request=f"reissue-{row.id}",
            requested_at=effect.applied_at,
            approved_by=session.get_one(ProposalRow, effect.proposal_id).decided_by or "",
            customer_id=customer.id,
            customer=customer.name,
            invoice_number=invoice.number,
            issue_date=invoice.issue_date,
            due_date=invoice.due_date,
            currency=invoice.currency,
            amount=invoice.amount,
            po_before=invoice.po_number,
            po_number=row.po_number or "",
            exported_at=row.exported_at,
        )
        for row, invoice, customer, effect in session.exec(wanted)
    ]


def mark_exported(
    session: Session, reissues: Sequence[Reissue], *, answer_due: date, actor: str, now: datetime
) -> None:
    """Note that the ERP was told; an answer is awaited from that day on. First in its transaction: `audit.take_turn`."""
    for reissue in reissues:
        row = session.get_one(Resubmission, int(reissue.request.rpartition("-")[2]))
        row.exported_at = row.exported_at or now
        row.answer_due = answer_due
    audit.append(
        session,
        at=now,
        actor=actor,
        event="reissues.exported",
        subject="export",
        payload={"requests": [reissue.request for reissue in reissues]},
    )

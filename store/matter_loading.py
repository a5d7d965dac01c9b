"""Loads what an account holds besides invoices and money, as values for the snapshot. One customer at a time, never across."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from store.account_rows import AccountRows, Kept
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
from store.vocabulary import DocumentKind

#: Rows of one table, as `AccountRows` gives them.
_Rows = Sequence[Any]


@dataclass(frozen=True, slots=True)
class _Dated:
    """The days of effects, by effect: when each was applied, and when the mail came that it is of, where it is of one."""

    applied: dict[int, date]
    mailed: dict[int, date]


def disputes_of(rows: AccountRows) -> _Rows:
    """Give the rows of all disputes of an account, the oldest first."""
    return rows.of(Kept.DISPUTES)


def matters(rows: AccountRows, *, disputes: _Rows) -> dict[str, Any]:
    """Give the fields of a `CaseFacts` that tell what was promised, planned, contested, sent and asked.

    `disputes`: those of `disputes_of`, which the balances need as well.
    """
    promises, plans, sent = (rows.of(kept) for kept in (Kept.PROMISES, Kept.PLANS, Kept.RESUBMISSIONS))
    dated = _dated(rows, [row.effect_id for row in (*promises, *plans, *disputes, *sent)])
    return {
        "promises": _promises(promises, dated),
        "plans": _plans(plans, rows.instalments([p.id for p in plans]), dated.applied),
        "disputes": _disputes(disputes, dated.applied),
        "resubmissions": _resubmissions(sent, dated.applied),
        "portal_items": tuple(
            PortalFacts(
                id=p.id,
                invoice_number=p.invoice_number,
                portal=Portal(p.portal),
                status=PortalStatus(p.status),
            )
            for p in rows.of(Kept.PORTAL_ITEMS)
        ),
        "checks": tuple(
            CheckFacts(
                id=c.id,
                invoices=tuple(c.invoices),
                outcome=c.outcome,
                status=c.status,
                payments=tuple(c.payments),
                pause_until=c.pause_until,
            )
            for c in rows.of(Kept.CHECKS)
        ),
        "documents": _documents(rows.of(Kept.DOCUMENTS)),
        "escalations": tuple(
            EscalationFacts(id=e.id, reason=e.reason, role=e.role, proposal_id=e.proposal_id)
            for e in rows.of(Kept.ESCALATIONS)
        ),
    }


def _dated(rows: AccountRows, effects: Sequence[int]) -> _Dated:
    """Give the day on which each of these effects was applied, and that of its mail."""
    found, zone = _Dated({}, {}), rows.customer.timezone
    for number, at, mailed in rows.effects(sorted(set(effects))):
        found.applied[number] = day_in(zone, at)
        if mailed is not None:
            found.mailed[number] = day_in(zone, min(at, mailed))
    return found


def _promises(rows: _Rows, dated: _Dated) -> tuple[PromiseFacts, ...]:
    return tuple(
        PromiseFacts(
            id=p.id,
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


def _plans(rows: _Rows, instalments: _Rows, noted: dict[int, date]) -> tuple[PlanFacts, ...]:
    parts: dict[int, list[InstalmentFacts]] = {}
    for part in instalments:
        parts.setdefault(part.plan_id, []).append(
            InstalmentFacts(id=part.id, due=part.due, amount=part.amount, status=InstalmentStatus(part.status))
        )
    return tuple(
        PlanFacts(
            id=p.id,
            invoices=tuple(p.invoices),
            total=p.total,
            currency=p.currency,
            status=p.status,
            instalments=tuple(parts.get(p.id, ())),
            offered_on=noted.get(p.effect_id),
            ended_on=p.ended_on,
            round=p.round,
        )
        for p in rows
    )


def _disputes(rows: _Rows, noted: dict[int, date]) -> tuple[DisputeFacts, ...]:
    return tuple(
        DisputeFacts(
            id=d.id,
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


def _resubmissions(rows: _Rows, noted: dict[int, date]) -> tuple[ResubmissionFacts, ...]:
    return tuple(
        ResubmissionFacts(
            id=r.id,
            invoice_number=r.invoice_number,
            kind=r.kind,
            status=ResubmissionStatus(r.status),
            po_number=r.po_number,
            sent_on=noted.get(r.effect_id),
        )
        for r in rows
    )


def _documents(rows: _Rows) -> tuple[DocumentFacts, ...]:
    return tuple(
        DocumentFacts(
            kind=DocumentKind(row.kind),
            sha256=row.document_sha256,
            filename=row.filename,
            invoice_number=row.invoice_number,
        )
        for row in rows
    )

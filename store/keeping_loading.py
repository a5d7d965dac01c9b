"""Loads one customer's account for `store.keeping`. Changes nothing, and reads no other customer's rows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import CompoundSelect, union
from sqlmodel import Session, col, select

from store.aftermath import CheckOutcome, InstalmentStatus, PaymentMethod, PlanStatus, PromiseStatus, ResubmissionStatus
from store.bank import bank_receipts, lying_for, settled_by_bank
from store.clock import day_in
from store.facts import PaymentFacts
from store.keeping_concerned import QUESTION, QUESTIONS_OF, ledger_brought_in
from store.keeping_facts import (
    Account,
    CheckRecord,
    CustomerMail,
    HoldRecord,
    InstalmentRecord,
    OpenInvoice,
    Origin,
    PlanRecord,
    PromiseRecord,
    QuestionRecord,
    ResubmissionRecord,
)
from store.keeping_mails import mails_after
from store.keeping_questions import decided
from store.matters import PaymentCheck
from store.reissues import KIND as REISSUE
from store.tables import (
    Customer,
    Dispute,
    Effect,
    Hold,
    Instalment,
    Invoice,
    Message,
    Payment,
    Plan,
    Promise,
    ProposalRow,
    Resubmission,
)


def account_of(session: Session, customer: Customer, *, now: datetime) -> Account:
    """Load what is open, what came in and what the customer wrote since."""
    return _Loader(session, customer, now).account()


class _Loader:
    def __init__(self, session: Session, customer: Customer, now: datetime) -> None:
        self._session, self._customer, self._now = session, customer, now
        self._origins: Mapping[int, Origin] = {}

    def account(self) -> Account:
        imported = ledger_brought_in(self._session)
        zone = self._customer.timezone
        self._origins = self._load_origins()
        questions = self._questions()
        return Account(
            today=day_in(zone, self._now),
            # Money is booked by our bank's day: where the customer's is ahead of UTC, theirs says nothing about ours.
            ledger_of=min(day_in(zone, imported), day_in("UTC", imported)) if imported else None,
            stopped=bool(self._customer.stopped_reason),
            invoices=self._invoices(),
            payments=self._payments(),
            promises=self._promises(),
            plans=self._plans(),
            resubmissions=self._resubmissions(),
            checks=self._checks(),
            holds=self._holds(),
            questions=questions,
            mails=self._mails(),
            decided=decided(self._session, self._customer.id),
        )

    def _load_origins(self) -> dict[int, Origin]:
        rows = self._session.exec(
            select(Effect.id, ProposalRow.case_id, Effect.applied_at, Message.received_at)
            .join(ProposalRow, col(ProposalRow.id) == col(Effect.proposal_id))
            .join(Message, col(Message.id) == col(ProposalRow.message_id))
            .where(col(Effect.id).in_(self._concerned()))
        )
        zone = self._customer.timezone
        return {
            n: Origin(n, case_id, at, day_in(zone, at), day_in(zone, mailed))
            for n, case_id, at, mailed in rows
            if n is not None
        }

    def _concerned(self) -> CompoundSelect[Any]:
        """Select the effects that anything of this customer goes back to."""
        own = self._customer.id
        return union(
            *(
                select(t.effect_id).where(t.customer_id == own)
                for t in (Promise, Plan, Resubmission, PaymentCheck, Hold)
            ),
            select(Effect.id)
            .join(ProposalRow, col(ProposalRow.id) == col(Effect.proposal_id))
            .where(ProposalRow.customer_id == own, Effect.tool == QUESTION),
        )

    def _invoices(self) -> dict[str, OpenInvoice]:
        rows = self._session.exec(select(Invoice).where(Invoice.customer_id == self._customer.id)).all()
        balances = {i.number: i.balance for i in rows}
        disputed: dict[str, Decimal] = {}
        for dispute in self._session.exec(
            select(Dispute).where(Dispute.customer_id == self._customer.id, Dispute.status == "open")
        ):
            number = dispute.invoice_number
            part = dispute.amount if dispute.amount is not None else balances.get(number, Decimal(0))
            disputed[number] = disputed.get(number, Decimal(0)) + part
        # What a person confirmed of a line of the bank is there, whatever day the ERP books it on.
        for number, settled in settled_by_bank(self._session, self._customer.id).items():
            if number in balances:
                balances[number] = max(balances[number] - settled, Decimal(0))
        return {n: OpenInvoice(balance, disputed.get(n, Decimal(0))) for n, balance in balances.items()}

    def _payments(self) -> tuple[PaymentFacts, ...]:
        rows = self._session.exec(select(Payment).where(Payment.customer_id == self._customer.id).order_by(Payment.id))
        booked = tuple(PaymentFacts(**p.model_dump(exclude={"customer_id"})) for p in rows)
        return booked + bank_receipts(self._session, self._customer.id)

    def _promises(self) -> tuple[PromiseRecord, ...]:
        rows = self._session.exec(
            select(Promise).where(Promise.customer_id == self._customer.id).order_by(col(Promise.id))
        )
        return tuple(
            PromiseRecord(
                id=p.id or 0,
                origin=self._origins[p.effect_id],
                invoices=tuple(p.invoices),
                due=p.due,
                amount=p.amount,
                currency=p.currency,
                status=PromiseStatus(p.status),
                method=PaymentMethod(p.method),
                wait_until=p.wait_until,
            )
            for p in rows
        )

    def _plans(self) -> tuple[PlanRecord, ...]:
        own = Plan.customer_id == self._customer.id
        rows = self._session.exec(select(Plan).where(own).order_by(col(Plan.id))).all()
        parts: dict[int, list[InstalmentRecord]] = {}
        for part in self._session.exec(
            select(Instalment)
            .where(col(Instalment.plan_id).in_([p.id for p in rows]))
            .order_by(col(Instalment.due), col(Instalment.position))
        ):
            record = InstalmentRecord(part.id or 0, part.due, part.amount, InstalmentStatus(part.status))
            parts.setdefault(part.plan_id, []).append(record)
        answers = self._answer_days(p.effect_id for p in rows)
        return tuple(
            PlanRecord(
                id=p.id or 0,
                origin=self._origins[p.effect_id],
                invoices=tuple(p.invoices),
                total=p.total,
                currency=p.currency,
                status=PlanStatus(p.status),
                instalments=tuple(parts.get(p.id or 0, ())),
                answer_by=answers.get(p.effect_id),
            )
            for p in rows
        )

    def _answer_days(self, effects: Iterable[int]) -> dict[int, date]:
        """Find until when each offer paused outreach: by that day it should be answered."""
        rows = self._session.exec(select(Hold).where(col(Hold.effect_id).in_(set(effects)), Hold.kind == "plan"))
        return {hold.effect_id: hold.until for hold in rows if hold.until is not None}

    def _resubmissions(self) -> tuple[ResubmissionRecord, ...]:
        rows = self._session.exec(
            select(Resubmission)
            .where(Resubmission.customer_id == self._customer.id, Resubmission.status == ResubmissionStatus.OPEN)
            .order_by(col(Resubmission.id))
        )
        return tuple(
            ResubmissionRecord(
                r.id or 0,
                self._exported(self._origins[r.effect_id], r),
                r.invoice_number,
                r.answer_due,
                told=r.kind != REISSUE or r.exported_at is not None,
            )
            for r in rows
        )

    def _exported(self, origin: Origin, row: Resubmission) -> Origin:
        """Count a re-issue from its export: nobody can answer to what the ERP has not sent."""
        if row.kind != REISSUE or row.exported_at is None:
            return origin
        return replace(origin, at=row.exported_at, on=day_in(self._customer.timezone, row.exported_at))

    def _checks(self) -> tuple[CheckRecord, ...]:
        rows = self._session.exec(
            select(PaymentCheck)
            .where(PaymentCheck.customer_id == self._customer.id, PaymentCheck.status == "open")
            .order_by(col(PaymentCheck.id))
        )
        return tuple(
            CheckRecord(
                id=c.id or 0,
                origin=self._origins[c.effect_id],
                invoices=tuple(c.invoices),
                payments=(*c.payments, *lying_for(self._session, self._customer.id, c.invoices)),
                pause_until=c.pause_until,
                # Money that a line of the bank is supposed to be is found, and waits for a person of ours.
                found=c.outcome == CheckOutcome.FOUND or bool(lying_for(self._session, self._customer.id, c.invoices)),
            )
            for c in rows
        )

    def _holds(self) -> tuple[HoldRecord, ...]:
        rows = self._session.exec(
            select(Hold)
            .where(Hold.customer_id == self._customer.id, col(Hold.released_at).is_(None))
            .order_by(col(Hold.id))
        )
        return tuple(HoldRecord(h.id or 0, self._origins[h.effect_id], h.kind, h.invoice_number, h.until) for h in rows)

    def _questions(self) -> tuple[QuestionRecord, ...]:
        rows = self._session.exec(
            select(Effect.id, Effect.position, ProposalRow.content)
            .join(ProposalRow, col(ProposalRow.id) == col(Effect.proposal_id))
            .where(ProposalRow.customer_id == self._customer.id, Effect.tool == QUESTION)
            .where(col(Effect.applied_at) > self._now - QUESTIONS_OF)
            .order_by(col(Effect.id))
        )
        return tuple(
            QuestionRecord(self._origins[n], tuple(content["actions"][position]["arguments"].get("invoices", ())))
            for n, position, content in rows
            if n is not None
        )

    def _mails(self) -> tuple[CustomerMail, ...]:
        """List what the customer wrote after the first thing that is open."""
        if not self._origins:
            return ()
        return mails_after(self._session, self._customer.id, min(o.at for o in self._origins.values()))

"""Follows a payment plan instalment by instalment, by the ledger and the calendar. Pure.

Money counts for the oldest instalment first; what is too much counts for the next. Money that nobody has applied is never
counted as paid, but nobody is told that it is missing while it may be the instalment.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from store.aftermath import FollowupKind, InstalmentStatus, PlanStatus, PromiseStatus
from store.cash_seen import oldest_first, paid_off, total, unapplied
from store.keeping_days import KeepingDays, later
from store.keeping_facts import Account, InstalmentRecord, PlanRecord
from store.keeping_promises import announced_until
from store.keeping_verdicts import Change, Matter, Question, Verdict, Waking

_RUNNING = frozenset({PlanStatus.PROPOSED, PlanStatus.AGREED})


@dataclass(frozen=True, slots=True)
class InstalmentStanding:
    """Where one payment stands: `paid` is what is covered of it, `last_day` the last one on which it is in time."""

    instalment: InstalmentRecord
    status: InstalmentStatus
    paid: Decimal
    last_day: date
    words: str


@dataclass(frozen=True, slots=True)
class PlanStanding:
    """Where a plan stands. `paid` of `total`; `possible`: came in since and was applied to no invoice."""

    status: PlanStatus
    paid: Decimal
    possible: Decimal
    instalments: tuple[InstalmentStanding, ...]
    words: str


def plan_standing(plan: PlanRecord, account: Account, days: KeepingDays) -> PlanStanding:
    """Judge one plan. One that has ended stays as it ended."""
    lost = account.astray(plan.invoices)
    if lost and plan.status in _RUNNING:
        return _unknown(plan, account, days, lost)
    paid = paid_off(
        account.payments,
        invoices=plan.invoices,
        currency=plan.currency,
        total=plan.total,
        balance=account.balance(plan.invoices),
        after=plan.origin.on,
    )
    lying = unapplied(account.payments, currency=plan.currency, since=later(plan.origin.on, 1))
    parts = tuple(_instalments(plan, account, days, paid=paid, possible=total(lying)))
    status = _offer(plan, account, days) if plan.status is PlanStatus.PROPOSED else _followed(plan, account, parts)
    return PlanStanding(status, paid, total(lying), parts, _words(plan, status, paid))


def _instalments(
    plan: PlanRecord, account: Account, days: KeepingDays, *, paid: Decimal, possible: Decimal
) -> Iterator[InstalmentStanding]:
    """Judge each payment by what is covered of it; of an offer that nobody accepted, none can be missed."""
    settled = account.balance(plan.invoices) == 0
    payable = account.payable(plan.invoices)
    announced = announced_until(plan.invoices, account, days, since=plan.origin.effect_id)
    lacks, charges = Decimal(0), Decimal(0)
    for part, covered in zip(plan.instalments, oldest_first([p.amount for p in plan.instalments], paid), strict=True):
        last = days.last_day(part.due)
        missing = min(part.amount - covered, payable)
        # What banks kept of the payments before is made up for by this one, and so counts towards its own allowance.
        lacks, charges = lacks + part.amount - covered, charges + days.charges_of(part.amount)
        short = covered > 0 and 0 < lacks <= charges
        status, words = part.status, f"due on {part.due}"
        if part.status is InstalmentStatus.MISSED:
            words = f"was not there by {last}"
        elif part.status is InstalmentStatus.PAID or settled or covered >= part.amount or short:
            status, words = InstalmentStatus.PAID, "paid"
            if short and not settled:
                words = f"paid; {plan.currency} {lacks:,.2f} lacks so far, as bank charges may be, and stays open"
        elif plan.status is PlanStatus.AGREED and account.today > last:
            if announced is not None and missing > 0:
                words = f"the customer has announced it: waits until {announced}"
            else:
                status, words = _overdue(missing, account, days, last=last, possible=possible)
        if status is InstalmentStatus.OPEN:
            possible = max(possible - missing, Decimal(0))
            words += f"; {plan.currency} {covered:,.2f} of it is paid" if covered else ""
        yield InstalmentStanding(part, status, covered, last, words)


def _unknown(plan: PlanRecord, account: Account, days: KeepingDays, lost: tuple[str, ...]) -> PlanStanding:
    """Leave a plan as it is where an invoice of it is another customer's by now, until a person has answered for it."""
    parts = tuple(
        InstalmentStanding(p, p.status, Decimal(0), days.last_day(p.due), f"due on {p.due}") for p in plan.instalments
    )
    answered = plan.origin.effect_id in account.decided
    told = "a person has dealt with it" if answered else "nothing here tells what was paid, a person is asked"
    status = PlanStatus.REPLACED if answered else plan.status
    return PlanStanding(status, Decimal(0), Decimal(0), parts, f"{', '.join(lost)} went to another customer: {told}")


def _overdue(
    missing: Decimal, account: Account, days: KeepingDays, *, last: date, possible: Decimal
) -> tuple[InstalmentStatus, str]:
    if missing <= 0:
        return InstalmentStatus.OPEN, "what is open is disputed"
    if not account.known_after(last):
        return InstalmentStatus.OPEN, f"the day is over; waits for a ledger that is newer than {last}"
    if possible >= missing and account.today <= later(last, days.unapplied_wait):
        return InstalmentStatus.OPEN, "money came in that was applied to no invoice: it may be this payment"
    return InstalmentStatus.MISSED, f"was not there by {last}"


def _followed(plan: PlanRecord, account: Account, parts: tuple[InstalmentStanding, ...]) -> PlanStatus:
    if plan.status is not PlanStatus.AGREED:
        return plan.status
    if account.balance(plan.invoices) == 0 or all(p.status is InstalmentStatus.PAID for p in parts):
        return PlanStatus.KEPT
    missed = any(p.status is InstalmentStatus.MISSED for p in parts)
    return PlanStatus.BROKEN if missed else PlanStatus.AGREED


def answer_by(plan: PlanRecord, days: KeepingDays) -> date:
    """Give the day by which the customer was asked to answer an offer."""
    return plan.answer_by or later(plan.origin.on, days.answer)


def _offer(plan: PlanRecord, account: Account, days: KeepingDays) -> PlanStatus:
    """Let an offer lapse when our second asking, with a time of its own to answer, brought nothing either."""
    if account.balance(plan.invoices) == 0:
        return PlanStatus.LAPSED
    over = account.today > later(answer_by(plan, days), 2 * days.answer)
    return PlanStatus.LAPSED if over and not account.on_the_desk(plan.origin, plan.invoices) else PlanStatus.PROPOSED


def _words(plan: PlanRecord, status: PlanStatus, paid: Decimal) -> str:
    sums = f"{plan.currency} {paid:,.2f} of {plan.total:,.2f} paid"
    lacks = f"; {plan.currency} {plan.total - paid:,.2f} lacks, as bank charges may be" if paid < plan.total else ""
    return {
        PlanStatus.PROPOSED: "offered; waits for the customer's answer",
        PlanStatus.AGREED: f"agreed; {sums}",
        PlanStatus.KEPT: f"all is paid{lacks}",
        PlanStatus.BROKEN: f"a payment was missed; {sums}",
        PlanStatus.LAPSED: "offered; nobody answered",
        PlanStatus.DECLINED: "the customer declined it",
        PlanStatus.REPLACED: "another one took its place",
    }[status]


def judge_plans(account: Account, days: KeepingDays) -> Verdict:
    """Say what becomes of every plan: instalments paid or missed, plans kept, broken or lapsed, reminders, pauses let go."""
    verdict = Verdict()
    standings = [(plan, plan_standing(plan, account, days)) for plan in account.plans if plan.status in _RUNNING]
    kept_on = {n for plan, now in standings if now.status in _RUNNING for n in plan.invoices}
    for plan, standing in standings:
        changes = tuple(_changes(plan, standing))
        released: tuple[int, ...] = ()
        if standing.status not in _RUNNING:
            over = set(plan.invoices) - kept_on
            released = tuple(h.id for h in account.holds if h.kind == "plan" and h.invoice in over)
        if standing.status in _RUNNING and account.astray(plan.invoices):
            verdict += Verdict(questions=(Question(plan.origin, f"Payment plan: {standing.words}."),))
            continue
        verdict += Verdict(changes, tuple(_wakings(plan, standing, account, days)), released)
    return verdict


def _changes(plan: PlanRecord, standing: PlanStanding) -> Iterator[Change]:
    for part in standing.instalments:
        if plan.status is PlanStatus.AGREED and part.status is not part.instalment.status:
            yield Change(Matter.INSTALMENT, part.instalment.id, part.instalment.status, part.status, part.words)
    if standing.status is not plan.status:
        yield Change(Matter.PLAN, plan.id, plan.status, standing.status, standing.words)


def _wakings(plan: PlanRecord, standing: PlanStanding, account: Account, days: KeepingDays) -> Iterator[Waking]:
    # A mail about it that waits for a person comes first: `store.followups` lets the case wait until the desk is clear.
    if plan.status is PlanStatus.PROPOSED:
        until = answer_by(plan, days)
        if account.today > until and account.balance(plan.invoices) > 0 and not _promised_since(plan, account):
            yield Waking(FollowupKind.PLAN_UNANSWERED, plan.id, plan.origin, until)
        return
    missed = [p.instalment for p in standing.instalments if p.status is InstalmentStatus.MISSED]
    if missed:
        if standing.status is PlanStatus.BROKEN:
            yield Waking(FollowupKind.INSTALMENT_MISSED, missed[0].id, plan.origin, missed[0].due)
        return
    following = next((p for p in standing.instalments if p.status is InstalmentStatus.OPEN), None)
    if following is not None and standing.status is PlanStatus.AGREED and account.payable(plan.invoices) > 0:
        due = following.instalment.due
        if due - timedelta(days=days.remind) <= account.today <= due:
            yield Waking(FollowupKind.INSTALMENT_DUE, following.instalment.id, plan.origin, due)


def _promised_since(plan: PlanRecord, account: Account) -> bool:
    return any(
        promise.status is PromiseStatus.OPEN
        and promise.origin.effect_id > plan.origin.effect_id
        and set(plan.invoices) <= set(promise.invoices)
        for promise in account.promises
    )

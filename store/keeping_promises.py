"""Judges a promise by the ledger and the calendar: kept, broken, replaced or still open. Pure.

Nobody's word makes a promise kept, and no promise is broken by a ledger that is older than its last day.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import partial

from store.aftermath import FollowupKind, PlanStatus, PromiseStatus
from store.cash_seen import NOTHING, received, total, unapplied
from store.keeping_days import KeepingDays, later
from store.keeping_facts import Account, PromiseRecord
from store.keeping_verdicts import Change, Matter, Question, Verdict, Waking

_ENDED: dict[PromiseStatus, str] = {
    PromiseStatus.KEPT: "the money came in time",
    PromiseStatus.REPLACED: "a newer arrangement took its place",
}


@dataclass(frozen=True, slots=True)
class PromiseStanding:
    """Where a promise stands today, with the sums that say so.

    `arrived`: in time, on the promised invoices. `late`: after `last_day`. `missing`: still to come of what was promised.
    `possible`: came in time and was applied to no invoice.
    """

    status: PromiseStatus
    last_day: date
    arrived: Decimal
    late: Decimal
    missing: Decimal
    possible: Decimal
    words: str


def promise_standing(promise: PromiseRecord, account: Account, days: KeepingDays) -> PromiseStanding:
    """Judge one promise. A broken one is put right when the ledger shows later that the money had come in time."""
    last = promise.wait_until or days.last_day(promise.due, promise.method)
    lost = account.astray(promise.invoices)
    if lost and promise.status in (PromiseStatus.OPEN, PromiseStatus.BROKEN):
        return _unknown(promise, account, last, lost)
    since = promise.origin.since
    came = partial(received, account.payments, invoices=promise.invoices, currency=promise.currency)
    in_time, ever = came(since=since, until=last), came(since=since)
    before = _said_for_before(promise, account, days) + _spent_on_older(promise, account, days)
    arrived, late = max(in_time - before, NOTHING), max(ever - max(in_time, before), NOTHING)
    payable = account.payable(promise.invoices)
    missing = payable if promise.amount is None else min(payable, max(promise.amount - arrived - late, NOTHING))
    charges = days.charges_of(arrived + late + missing if promise.amount is None else promise.amount)
    if arrived + late > 0 and missing <= charges:
        missing = NOTHING
    possible = total(unapplied(account.payments, currency=promise.currency, since=since, until=last))
    sums = _Sums(promise, account, last, arrived, late, missing, possible, charges)
    status, words = _settled(sums) or _superseded(sums) or _outstanding(sums, days)
    if promise.status is PromiseStatus.BROKEN and not (status is PromiseStatus.KEPT and sums.came_after_all):
        status, words = PromiseStatus.BROKEN, _shortfall(sums)
    elif promise.status in _ENDED:
        status, words = promise.status, _ENDED[promise.status]
    return PromiseStanding(status, last, arrived, late, missing, possible, words)


def _unknown(promise: PromiseRecord, account: Account, last: date, lost: tuple[str, ...]) -> PromiseStanding:
    """Leave a promise as it is where its invoice is another customer's by now, until a person has answered for it."""
    told, status = "nothing here tells whether it was paid, a person is asked", promise.status
    if promise.origin.effect_id in account.decided:
        told = "a person has dealt with it"
        status = PromiseStatus.REPLACED if status is PromiseStatus.OPEN else status
    words = f"{', '.join(lost)} went to another customer: {told}"
    return PromiseStanding(status, last, NOTHING, NOTHING, NOTHING, NOTHING, words)


def _said_for_before(promise: PromiseRecord, account: Account, days: KeepingDays) -> Decimal:
    """Give what the same mail promised for an earlier day on the same invoices: one payment keeps one promise."""
    taken = NOTHING
    for other in sorted(account.promises, key=lambda p: (p.due, p.id)):
        if (
            other.amount is not None
            and other.origin.at == promise.origin.at
            and (other.due, other.id) < (promise.due, promise.id)
            and set(other.invoices) & set(promise.invoices)
        ):
            last = other.wait_until or days.last_day(other.due, other.method)
            came = partial(received, account.payments, invoices=other.invoices, currency=other.currency)
            own = came(since=other.origin.since, until=last) - taken
            # What banks kept of it is not taken from the next one.
            short = other.amount - days.charges_of(other.amount) <= own < other.amount
            taken += own if short else other.amount
    return taken


def _spent_on_older(promise: PromiseRecord, account: Account, days: KeepingDays) -> Decimal:
    """Give what came since this promise was noted and had kept one of an earlier mail, on the same invoices."""
    spent = NOTHING
    for older in account.promises:
        shared = set(older.invoices) & set(promise.invoices)
        if older.amount is None or older.status is not PromiseStatus.KEPT or not shared:
            continue
        if older.origin.at >= promise.origin.at:
            continue
        came = partial(received, account.payments, invoices=older.invoices, currency=older.currency)
        last, noted = older.wait_until or days.last_day(older.due, older.method), promise.origin.since
        earlier = came(since=older.origin.since, until=noted) - came(since=noted, until=noted)
        lacking = older.amount - earlier
        if lacking > days.charges_of(older.amount):
            spent += min(lacking, came(since=noted, until=last))
    return spent


@dataclass(frozen=True, slots=True)
class _Sums:
    promise: PromiseRecord
    account: Account
    last: date
    arrived: Decimal
    late: Decimal
    missing: Decimal
    possible: Decimal
    charges: Decimal

    @property
    def amount_came(self) -> bool:
        return self.promise.amount is not None and self.arrived + self.charges >= self.promise.amount

    @property
    def short(self) -> Decimal:
        """What lacks of a sum that came in time: no more than banks may have kept."""
        if self.promise.amount is not None:
            return max(self.promise.amount - self.arrived, NOTHING)
        return self.account.payable(self.promise.invoices)

    @property
    def whole_came(self) -> bool:
        """All but what banks may have kept of a promise to pay in full, every bit of it in time."""
        whole = self.promise.amount is None and self.arrived > 0 and self.late == 0
        return whole and 0 < self.account.balance(self.promise.invoices) <= self.charges

    @property
    def came_after_all(self) -> bool:
        """Money in time that an older ledger did not show yet; a dispute or a credit alone puts nothing right."""
        return (
            self.amount_came
            or self.whole_came
            or (self.arrived > 0 and self.account.balance(self.promise.invoices) == 0)
        )


def _settled(sums: _Sums) -> tuple[PromiseStatus, str] | None:
    """Tell kept from paid too late: where nothing of what was promised is missing any more, or the amount came in time."""
    if sums.amount_came or sums.whole_came:
        lacks = (
            f"; {_figure(sums.short, sums.promise)} lacks, as bank charges may be, and stays open" if sums.short else ""
        )
        return PromiseStatus.KEPT, f"the promised amount came in time{lacks}"
    promise, account = sums.promise, sums.account
    if account.payable(promise.invoices) > 0:
        return None
    if sums.late > 0:
        return PromiseStatus.BROKEN, f"paid late: {_figure(sums.late, promise)} came after {sums.last}"
    if account.balance(promise.invoices) == 0:
        return PromiseStatus.KEPT, "the invoices are settled"
    return (PromiseStatus.KEPT, "all but the disputed part is settled") if sums.arrived > 0 else None


def _superseded(sums: _Sums) -> tuple[PromiseStatus, str] | None:
    """Find what took its place: the customer has disputed all of it since, or a plan was agreed for it."""
    promise, account = sums.promise, sums.account
    if account.payable(promise.invoices) == 0:
        return PromiseStatus.REPLACED, "what is open is disputed"
    wanted = {n for n in promise.invoices if account.payable([n]) > 0}
    for plan in account.plans:
        newer = plan.origin.effect_id > promise.origin.effect_id
        if newer and plan.status is PlanStatus.AGREED and wanted <= set(plan.invoices):
            return PromiseStatus.REPLACED, "a payment plan was agreed for it"
    return None


def _outstanding(sums: _Sums, days: KeepingDays) -> tuple[PromiseStatus, str]:
    """Tell still open from broken: the day is over, the ledger is newer, and no money lies there that could be it."""
    account = sums.account
    if account.today <= sums.last:
        return PromiseStatus.OPEN, f"waits for the money until {sums.last}{_part(sums)}"
    if not account.known_after(sums.last):
        return PromiseStatus.OPEN, f"the day is over; waits for a ledger that is newer than {sums.last}{_part(sums)}"
    if sums.possible >= sums.missing > 0 and account.today <= later(sums.last, days.unapplied_wait):
        possible = _figure(sums.possible, sums.promise)
        return PromiseStatus.OPEN, f"{possible} came in and was applied to no invoice: it may be this payment"
    return PromiseStatus.BROKEN, _shortfall(sums)


def _shortfall(sums: _Sums) -> str:
    if not sums.arrived:
        return f"nothing came by {sums.last}"
    whole = _figure(sums.promise.amount, sums.promise) if sums.promise.amount else "what was promised"
    return f"partly paid: {_figure(sums.arrived, sums.promise)} of {whole} came by {sums.last}"


def _part(sums: _Sums) -> str:
    return f"; {_figure(sums.arrived, sums.promise)} came so far" if sums.arrived else ""


def _figure(amount: Decimal, promise: PromiseRecord) -> str:
    return f"{promise.currency} {amount:,.2f}"


def _planned(promise: PromiseRecord, account: Account) -> bool:
    """Say whether an agreed plan runs over all of it: then its instalment is asked for, and nothing besides."""
    running = (p for p in account.plans if p.status is PlanStatus.AGREED)
    return any(set(promise.invoices) <= set(plan.invoices) for plan in running)


def announced_until(plan_invoices: Iterable[str], account: Account, days: KeepingDays, *, since: int) -> date | None:
    """Give the last day of a promise that still stands, was noted after an effect, and is about these invoices alone."""
    own = set(plan_invoices)
    standing = (
        promise_standing(p, account, days)
        for p in account.promises
        if p.status is PromiseStatus.OPEN and p.origin.effect_id > since and set(p.invoices) <= own
    )
    return max((s.last_day for s in standing if s.status is PromiseStatus.OPEN), default=None)


def judge_promises(account: Account, days: KeepingDays) -> Verdict:
    """Say what becomes of every promise. A broken one wakes its case once, if money is missing."""
    changes, wakings, ended, questions = [], [], set(), []
    for promise in account.promises:
        standing = promise_standing(promise, account, days)
        if standing.status is not promise.status:
            changes.append(
                Change(Matter.PROMISE, promise.id, promise.status, standing.status, standing.words),
            )
        elif promise.status is PromiseStatus.OPEN and account.astray(promise.invoices):
            questions.append(Question(promise.origin, f"The promise for {promise.due}: {standing.words}."))
        if standing.status is not PromiseStatus.OPEN:
            ended.add(promise.origin.effect_id)
        newly = promise.status is PromiseStatus.OPEN and standing.status is PromiseStatus.BROKEN
        asked = newly and standing.missing > 0 and not _planned(promise, account)
        if asked:
            wakings.append(Waking(FollowupKind.PROMISE_BROKEN, promise.id, promise.origin, promise.due))
    released = tuple(h.id for h in account.holds if h.kind == "promise" and h.origin.effect_id in ended)
    return Verdict(tuple(changes), tuple(wakings), released, tuple(questions))

"""Judges what waits for an answer or for cash: invoices sent again, searches for money, questions, pauses. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby

from store.aftermath import FollowupKind, PlanStatus, PromiseStatus, ResubmissionStatus
from store.keeping_days import KeepingDays, later, working_day
from store.keeping_facts import Account, CheckRecord, HoldRecord
from store.keeping_verdicts import Change, Matter, Verdict, Waking

#: Pauses on the customer's own word: when one is over and the invoice is open, they are asked.
ASKED_WHEN_OVER = frozenset({"payment_in_process", "awaiting_approval"})

#: What waited longer than this wakes nobody any more: a mail about it would come from nowhere.
STALE_DAYS = 45


def judge_resubmissions(account: Account, days: KeepingDays) -> Verdict:
    """Close what is paid; wake where nobody said a word about an invoice that was sent again."""
    changes, wakings = [], []
    for sent in account.resubmissions:
        if account.astray([sent.invoice]):
            continue
        if account.balance([sent.invoice]) == 0:
            changes.append(
                Change(
                    Matter.RESUBMISSION,
                    sent.id,
                    ResubmissionStatus.OPEN,
                    ResubmissionStatus.PAID,
                    "the invoice is settled",
                )
            )
            continue
        if not sent.told:
            continue
        until = sent.answer_due or later(sent.origin.on, days.resubmission_answer)
        over = until < account.today <= later(until, STALE_DAYS)
        if over and not account.written_since(sent.origin, [sent.invoice]) and free(account, [sent.invoice]):
            wakings.append(Waking(FollowupKind.RESUBMISSION_UNANSWERED, sent.id, sent.origin, until))
    return Verdict(tuple(changes), tuple(wakings))


def judge_checks(account: Account) -> Verdict:
    """End a search for money when the invoices are settled, or its pause is over and a newer ledger shows no cash.

    While a receipt that was found still waits to be applied, the delay is ours: nobody is told that it did not come.
    """
    changes, wakings = [], []
    lying = {p.id for p in account.payments if p.invoice_number is None}
    released: list[int] = []
    for check in account.checks:
        if lost := account.astray(check.invoices):
            gone = f"{', '.join(lost)} went to another customer"
            changes.append(Change(Matter.CHECK, check.id, "open", "lapsed", gone))
        elif account.balance(check.invoices) == 0:
            changes.append(Change(Matter.CHECK, check.id, "open", "applied", "the invoices are settled"))
        elif _was_applied(check, account):
            changes.append(Change(Matter.CHECK, check.id, "open", "applied", "a receipt that was found is applied"))
        elif _in_vain(check, account) and not (check.found and lying & set(check.payments)):
            changes.append(Change(Matter.CHECK, check.id, "open", "lapsed", f"no cash by {check.pause_until}"))
            if check.pause_until:
                wakings.append(Waking(FollowupKind.CASH_NOT_FOUND, check.id, check.origin, check.pause_until))
        else:
            continue
        released += [h.id for h in account.holds if h.origin.effect_id == check.origin.effect_id]
    return Verdict(tuple(changes), tuple(wakings), tuple(dict.fromkeys(released)))


def _was_applied(check: CheckRecord, account: Account) -> bool:
    """Say whether a receipt that the search named now stands on its invoices: the word was true, a rest may stay open."""
    return any(p.id in check.payments and p.invoice_number in check.invoices for p in account.payments)


def _in_vain(check: CheckRecord, account: Account) -> bool:
    return check.pause_until is not None and account.known_after(check.pause_until)


def judge_questions(account: Account, days: KeepingDays) -> Verdict:
    """Wake where a question of ours brought no mail at all by the day that was named for it."""
    wakings = []
    for question in account.questions:
        until = working_day(later(question.origin.on, days.answer))
        about = question.invoices or tuple(account.invoices)
        over = until < account.today <= later(until, STALE_DAYS)
        if over and not account.written_since(question.origin, ()) and free(account, about):
            wakings.append(Waking(FollowupKind.QUESTION_UNANSWERED, question.origin.effect_id, question.origin, until))
    return Verdict(wakings=tuple(wakings))


def judge_holds(account: Account, *, undecided: Iterable[int]) -> Verdict:
    """Let go of pauses that are over. `undecided` are the effects whose matter still waits for the ledger, or for us."""
    kept = set(undecided)
    over = [h for h in account.holds if h.until is not None and h.until < account.today]
    over = [h for h in over if h.origin.effect_id not in kept and not _of_a_running_plan(h, account)]
    released: list[int] = []
    wakings: list[Waking] = []
    for group in _together(over):
        first, until = group[0], group[0].until
        if first.kind in ASKED_WHEN_OVER and until is not None:
            if not account.known_after(until):
                continue
            numbers = [h.invoice for h in group if h.invoice is not None]
            fresh = account.today <= later(until, STALE_DAYS)
            if fresh and free(account, numbers, but=group):
                wakings.append(Waking(FollowupKind.HOLD_OVER, first.id, first.origin, until))
        released += [h.id for h in group]
    return Verdict(wakings=tuple(wakings), released=tuple(released))


def _together(holds: Iterable[HoldRecord]) -> Iterator[list[HoldRecord]]:
    """Group the pauses of one act: they end on one day, and wake once."""
    ordered = sorted(holds, key=lambda h: (_act(h), h.id))
    for _, group in groupby(ordered, key=_act):
        yield list(group)


def _act(hold: HoldRecord) -> tuple[int, str, str]:
    return hold.origin.effect_id, hold.kind, str(hold.until)


def _of_a_running_plan(hold: HoldRecord, account: Account) -> bool:
    return hold.kind == "plan" and any(
        plan.status is PlanStatus.AGREED and hold.invoice in plan.invoices for plan in account.plans
    )


def free(account: Account, numbers: Iterable[str], *, but: Iterable[HoldRecord] = ()) -> bool:
    """Say whether money is open on one of these invoices at least that no newer arrangement speaks for."""
    ending = {h.id for h in but}
    spoken_for: set[str | None] = set()
    for promise in account.promises:
        spoken_for |= set(promise.invoices) if promise.status is PromiseStatus.OPEN else set()
    for plan in account.plans:
        running = plan.status in (PlanStatus.PROPOSED, PlanStatus.AGREED)
        spoken_for |= set(plan.invoices) if running else set()
    for hold in account.holds:
        if hold.id not in ending and (hold.until is None or hold.until >= account.today):
            spoken_for.add(hold.invoice)
    if None in spoken_for:
        return False
    return any(account.payable([n]) > 0 for n in numbers if n not in spoken_for)


def undecided_effects(account: Account, verdict: Verdict) -> set[int]:
    """List the effects of promises and searches that are still open after a verdict: their pauses stay."""
    ended = {(c.matter, c.id) for c in verdict.changes}
    found: set[int] = set()
    for promise in account.promises:
        if promise.status is PromiseStatus.OPEN and (Matter.PROMISE, promise.id) not in ended:
            found.add(promise.origin.effect_id)
    for check in account.checks:
        if (Matter.CHECK, check.id) not in ended:
            found.add(check.origin.effect_id)
    return found

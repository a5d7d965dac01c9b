"""When a mail may leave, and what it may say of time (R-TIM), in the recipient's own zone."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import chain

from agent.rules import asking_words
from agent.rules.base import Outbound, block
from agent.rules.days import days_in
from agent.rules.demand import demands, reminds, step_of
from agent.rules.known import covered_invoices, named_invoices
from agent.rules.reading import folded
from agent.rules.words import find
from prompts.next_step import NextStep
from prompts.slots import slots_in
from store.aftermath import FollowupKind, PromiseStatus
from store.clock import day_in
from store.proposed import Finding
from tools.windows import NoMoment, known_zone, may_write, next_moment

#: The shortest time that a customer is given to answer, on no policy less.
LEAST_DAYS = 7
_SENTENCE = re.compile(r"[^.?!;:]+")
_NUMBERS = {
    word: number
    for number, words in enumerate(
        (
            "one a an ein einem eine einer un une uno una een um uma",
            "two zwei deux dos twee due dois duas",
            "three drei trois tres drie tre",
            "four vier quatre cuatro quattro quatro",
            "five funf cinq cinco vijf cinque",
            "six sechs seis zes sei",
            "seven sieben sept siete zeven sette sete",
        ),
        start=1,
    )
    for word in words.split()
}


def opening(out: Outbound) -> datetime:
    """Give the first moment from when it would leave at which the window is open. Raises NoMoment."""
    profile, customer = out.profile, out.scope.facts.customer
    zone = customer.timezone if customer else None
    return next_moment(out.leaves, zone, profile.contact, profile.holidays, candidates=profile.zones)


def inside_the_window(out: Outbound) -> Iterator[Finding]:
    """R-TIM-01: mail leaves inside the window of the recipient's zone; in an unknown zone, inside that of every one."""
    try:
        opens = opening(out)
    except NoMoment as none:
        yield block("R-TIM-01", f"There is no time to send this at: {none}.")
        return
    if opens != out.leaves.astimezone(UTC):
        yield block("R-TIM-01", f"The recipient's window is closed until {opens:%Y-%m-%d %H:%M} UTC.")


def within_the_caps(out: Outbound) -> Iterator[Finding]:
    """R-TIM-02: not more mails than the caps allow; an answer to the customer's own mail has a cap of its own."""
    answer = out.scope.facts.followup is None
    pause = may_write(out.written, out.leaves, out.profile.contact, case_id=out.scope.facts.case_id, answer=answer)
    if pause is not None:
        yield block("R-TIM-02", f"{pause.why}: the next one may leave from {pause.until:%Y-%m-%d %H:%M} UTC on.")


def not_before_it_is_due(out: Outbound) -> Iterator[Finding]:
    """R-TIM-03: nobody is reminded before the due date and its grace, and nothing is called overdue that is not."""
    facts, grace = out.scope.facts, timedelta(days=out.policy.sending.reminder_grace_days)
    about = [i for i in covered_invoices(out) or facts.open_invoices if i.balance > 0]
    own_word = facts.followup is not None and facts.followup.kind in (
        FollowupKind.PROMISE_BROKEN,
        FollowupKind.INSTALMENT_MISSED,
    )
    if reminds(out) and about and not own_word and all(i.due_date + grace >= facts.today for i in about):
        yield block("R-TIM-03", f"{about[0].number} is not due for reminding before {about[0].due_date + grace}.")
    late = any(i.due_date < facts.today for i in facts.open_invoices)
    missed = any(p.due < facts.today for plan in facts.plans for p in plan.instalments)
    found = find(asking_words.OVERDUE, out) if out.proven and not late and not missed else None
    if found:
        yield block("R-TIM-03", f"{found!r} is said, but nothing of this customer is overdue.")


def not_while_they_have_time(out: Outbound) -> Iterator[Finding]:
    """R-TIM-04: no demand while a promised day, an absence or a search for their payment is not over."""
    facts = out.scope.facts
    if not (demands(out) or reminds(out)):
        return
    numbers = {i.number for i in covered_invoices(out) or named_invoices(out) or facts.open_invoices}
    own = out.scope.promise.date if out.scope.promise is not None else None
    for promise in facts.promises:
        until = promise.wait_until or promise.due
        if (
            promise.status == PromiseStatus.OPEN
            and until >= facts.today
            and promise.due != own
            and numbers & set(promise.invoices)
        ):
            yield block("R-TIM-04", f"The customer has promised payment for {promise.due}: nothing is demanded before.")
    for check in facts.checks:
        if check.pause_until is not None and check.pause_until >= facts.today and numbers & set(check.invoices):
            yield block(
                "R-TIM-04", f"The customer says that they have paid: nothing is demanded before {check.pause_until}."
            )
    if reminds(out):
        for invoice in facts.invoices:
            if invoice.number in numbers and invoice.held_until is not None and invoice.held_until >= facts.today:
                yield block(
                    "R-TIM-04", f"{invoice.number} rests until {invoice.held_until}: nothing is demanded before."
                )


def enough_time_to_answer(out: Outbound) -> Iterator[Finding]:
    """R-TIM-05: a customer has at least seven days to answer, counted from the day on which the mail leaves."""
    customer = out.scope.facts.customer
    zone = customer.timezone if customer and known_zone(customer.timezone) else "UTC"
    today = day_in(zone, out.leaves)
    asked = step_of(out) in (NextStep.YOUR_ANSWER, NextStep.PAYMENT_DATE)
    for day in _told_deadlines(out) if asked else ():
        if (day - today).days < LEAST_DAYS:
            yield block("R-TIM-05", f"{day} leaves the customer less than {LEAST_DAYS} days to answer.")
    for sentence in _SENTENCE.findall(folded(out.literal)):
        given = find(asking_words.WITHIN, out, text=sentence)
        if given is None or not find(asking_words.REQUEST, out, text=sentence):
            continue
        if find(asking_words.OURSELVES, out, text=sentence):
            continue
        hours = bool(re.search(r"hours?$|stunden$|heures?$|horas?$|uur$|ore$", given))
        number = next((n for word in given.split() if (n := _number(word)) is not None), None)
        if number is not None and (number <= 24 * LEAST_DAYS - 1 if hours else number < LEAST_DAYS):
            yield block("R-TIM-05", f"{given!r} is less than the {LEAST_DAYS} days that a customer has to answer.")


def _told_deadlines(out: Outbound) -> list[date]:
    """Give the day of the slot as it was filled: at sending, that is the approved one."""
    if "deadline.date" not in slots_in(out.draft.body):
        return []
    told = [value.text for value in out.draft.slots if value.slot == "deadline.date"]
    found = chain.from_iterable(day.meanings for text in told for day in days_in(text))
    return [date(y, m, d) for y, m, d in found if y is not None]


def _number(word: str) -> int | None:
    return int(word) if word.isdecimal() and len(word) < 5 else _NUMBERS.get(word)

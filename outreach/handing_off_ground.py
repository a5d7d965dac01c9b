"""What stands against handing a claim over, and what must be said where it is handed over all the same. Pure; it decides nothing.

An agency that writes to somebody who contests the claim, has asked us something or pays by a plan costs more than the money: such a
claim is refused. What only has to be known is said, in the packet and beside the button.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from prompts.sheet import words
from prompts.wording import long_date
from store.aftermath import PlanStatus, PromiseStatus
from store.facts import CaseFacts, InvoiceFacts
from store.last_resort import uncontested
from store.last_resort_loading import Gathered
from tools.limits import Policy


@dataclass(frozen=True, slots=True)
class Known:
    """Something that whoever collects must know: its words are those of the paper's language (`prompts/papers`)."""

    what: str
    day: date | None = None
    values: tuple[tuple[str, str], ...] = ()

    def words(self, language: str) -> str:
        """Say it in a language."""
        told = dict(self.values) | ({"day": long_date(self.day, language=language)} if self.day is not None else {})
        return words(language, "claim")[f"known_{self.what}"].format(**told)


@dataclass(frozen=True, slots=True)
class Standing:
    """What was found: `refused` forbids handing over, `said` is told."""

    refused: tuple[str, ...]
    said: tuple[Known, ...]


def ground_of(
    facts: CaseFacts,
    invoices: Sequence[InvoiceFacts],
    gathered: Gathered,
    *,
    policy: Policy,
    seen: Mapping[str, Decimal] | None = None,
) -> Standing:
    """Look for what forbids handing these invoices over, and for what must be known. `seen`: money that a bank line shows, by invoice."""
    refused = (
        *_matters(facts, invoices),
        *_money(facts, invoices, seen or {}),
        *_waiting(facts, gathered),
        *_past_limitation(invoices, facts.today, policy),
    )
    return Standing(tuple(dict.fromkeys(refused)), tuple(_said(facts, invoices, gathered, policy)))


def limitation_day(invoice: InvoiceFacts, *, policy: Policy) -> date:
    """Give the day from which a claim may be out of time, by the policy's years: the end of the year is not waited for."""
    years = policy.profile().limitation_years
    due = invoice.due_date
    try:
        return due.replace(year=due.year + years)
    except ValueError:
        return date(due.year + years, 3, 1)  # due on 29 February


def _matters(facts: CaseFacts, invoices: Sequence[InvoiceFacts]) -> Iterator[str]:
    numbers = {invoice.number for invoice in invoices}
    if not invoices:
        yield "nothing on these invoices is open and uncontested"
    for invoice in invoices:
        if invoice.due_date >= facts.today:
            yield f"{invoice.number} is not past its due day ({invoice.due_date})"
    for dispute in facts.disputes:
        if dispute.open and dispute.invoice_number in numbers:
            yield f"{dispute.invoice_number} is contested: end the dispute first"
    for plan in facts.plans:
        if plan.status in (PlanStatus.PROPOSED, PlanStatus.AGREED) and numbers & set(plan.invoices):
            state = "runs" if plan.status == PlanStatus.AGREED else "was offered and is not answered"
            yield f"a payment plan for {', '.join(sorted(numbers & set(plan.invoices)))} {state}"
    for promise in facts.promises:
        until = promise.wait_until or promise.due
        about = numbers & set(promise.invoices) or (numbers if not promise.invoices else set())
        if promise.status == PromiseStatus.OPEN and until >= facts.today and about:
            yield f"payment is promised for {promise.due}: wait until {until}"
    for check in facts.checks:
        # A search that names no invoice is about the whole account.
        if check.status == "open" and (not check.invoices or numbers & set(check.invoices)):
            yield "the customer says that they have paid, and the money is still looked for"


def _money(facts: CaseFacts, invoices: Sequence[InvoiceFacts], seen: Mapping[str, Decimal]) -> Iterator[str]:
    for invoice in invoices:
        if seen.get(invoice.number, Decimal(0)) > 0:
            yield f"a bank line shows money for {invoice.number}: have it booked first"
    for currency in sorted({invoice.currency for invoice in invoices}):
        claim = sum((uncontested(i) for i in invoices if i.currency == currency), Decimal(0))
        loose = sum(
            (p.amount for p in facts.payments if p.invoice_number is None and p.amount > 0 and p.currency == currency),
            Decimal(0),
        )
        if loose >= claim > 0:
            yield f"{currency} {loose:,.2f} came in and is applied to no invoice: that is as much as the claim"


def _waiting(facts: CaseFacts, gathered: Gathered) -> Iterator[str]:
    if gathered.waiting:
        many = "mails of theirs wait" if gathered.waiting > 1 else "mail of theirs waits"
        yield f"{gathered.waiting} {many} for an answer: answer first"
    if gathered.said_insolvent:
        yield "an insolvency was told: the claim is filed with the administrator, not collected"
    if facts.customer is not None and facts.customer.stopped:
        yield f"all writing to this customer is stopped ({facts.customer.stopped_reason}): a person clears that first"


def _past_limitation(invoices: Sequence[InvoiceFacts], today: date, policy: Policy) -> Iterator[str]:
    for invoice in invoices:
        if (day := limitation_day(invoice, policy=policy)) <= today:
            yield f"{invoice.number} may be out of time since {day} ({policy.profile().limitation_years} years): ask a lawyer"


def _said(facts: CaseFacts, invoices: Sequence[InvoiceFacts], gathered: Gathered, policy: Policy) -> Iterator[Known]:
    near = facts.today + timedelta(days=policy.last_resort.limitation_warn_days)
    for invoice in invoices:
        day = limitation_day(invoice, policy=policy)
        if facts.today < day <= near:
            yield Known("urgent", day, (("invoice", invoice.number),))
    if policy.profile().natural_person:
        yield Known("natural")
    copies, proofs = {p.invoice for p in gathered.invoices}, {p.invoice for p in gathered.deliveries}
    for what, found in (("no_copy", copies), ("no_proof", proofs)):
        missing = [i.number for i in invoices if i.number not in found]
        if missing:
            yield Known(what, values=(("invoices", ", ".join(missing)),))
    if any(not mail.raw for mail in gathered.mails):
        yield Known("erased")
    if not any(mail.ours for mail in gathered.mails):
        yield Known("no_mail")
    loose = [p for p in facts.payments if p.invoice_number is None and p.amount > 0]
    if loose:
        yield Known("loose", values=(("count", str(len(loose))),))

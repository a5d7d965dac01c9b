"""Whether this is a customer, and a moment, to write to at all (R-STA)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from agent.rules import asking_words, grief_words, legal_words
from agent.rules.base import Outbound, Stage, block, manager
from agent.rules.demand import demands, reminds
from agent.rules.known import covered_invoices, named_invoices
from agent.rules.reading import figures_in
from agent.rules.sums import sums_in
from agent.rules.words import find
from store.aftermath import InstalmentStatus, PlanStatus
from store.facts import InvoiceFacts
from store.proposed import Finding
from store.vocabulary import Reason, Register
from tools.escalate_to_human import STOPS, EscalateToHuman
from tools.stop_contact import StopContact

_LAWYERS = frozenset(
    {
        "lawyer",
        "solicitor",
        "attorney",
        "counsel",
        "legal",
        "legal representative",
        "avocat",
        "rechtsanwalt",
        "advocaat",
    }
)
_BANKRUPTCY = Reason.INSOLVENCY.value


def insolvent(out: Outbound) -> Iterator[Finding]:
    """R-STA-01: an insolvent customer gets nothing; one who says so is answered by the fixed words alone."""
    if _open(out, Reason.INSOLVENCY) or (
        out.scope.facts.customer is not None
        and out.scope.facts.customer.stopped_reason == _BANKRUPTCY
        and not _own_stop(out)
    ):
        yield block("R-STA-01", "The customer is insolvent: what is written now is for the legal department alone.")
    yield from _fixed_words(out, "R-STA-01", Reason.INSOLVENCY)


def not_to_the_stopped(out: Outbound) -> Iterator[Finding]:
    """R-STA-02: once writing to a customer is stopped, nothing goes out but the one word that confirms it."""
    customer = out.scope.facts.customer
    if customer is not None and customer.stopped and not _own_stop(out):
        yield block("R-STA-02", "All writing to this customer is stopped: lift the stop first (dunwell matter resume).")
    yield from _fixed_words(out, "R-STA-02", Reason.STOP_CONTACT)


def only_to_their_lawyer(out: Outbound) -> Iterator[Finding]:
    """R-STA-03: a customer whom a lawyer represents is written to through the lawyer."""
    lawyers = {c.email.lower() for c in out.scope.facts.contacts if c.role.strip().lower() in _LAWYERS and c.reachable}
    others = [address for address in out.draft.recipients if address.lower() not in lawyers]
    if lawyers and others:
        yield block("R-STA-03", f"A lawyer represents this customer: nothing goes to {others[0]}.")
    if _open(out, Reason.LEGAL_THREAT) and others:
        yield block(
            "R-STA-03",
            "A legal matter is open with this customer: close it first (dunwell matter close), or write to their lawyer.",
        )
    yield from _fixed_words(out, "R-STA-03", Reason.LEGAL_THREAT)


def disputed_is_not_demanded(out: Outbound) -> Iterator[Finding]:
    """R-STA-04: what is contested is not demanded; an answer to a dispute holds no demand, no interest and no deadline."""
    words = demands(out)
    contested = [i for i in (named_invoices(out) or list(out.scope.facts.open_invoices)) if i.disputed > 0]
    if (words or reminds(out)) and contested:
        told = {one.value for one in sums_in(figures_in(out))}
        for invoice in contested:
            free = invoice.balance - invoice.disputed
            if invoice.balance in told or (words and free <= 0 and not told):
                text = f"{invoice.number}: {invoice.disputed} {invoice.currency} of it are contested and may not be demanded."
                yield block("R-STA-04", text)
    if out.claims_any(Reason.DISPUTE, Reason.DEDUCTION) or any(a.tool == "open_dispute" for a in out.done):
        found = words or find(asking_words.INTEREST, out) or find(legal_words.FINAL, out)
        if found:
            yield block("R-STA-04", f"An answer to a dispute demands nothing: {found!r}.")


def bank_matter_open(out: Outbound) -> Iterator[Finding]:
    """R-STA-05: while a change of bank details or a misdirected payment is looked into, only the fixed warning goes out."""
    if _open(out, Reason.PAYMENT_FRAUD_RISK) and not out.claims_any(Reason.PAYMENT_FRAUD_RISK):
        yield block(
            "R-STA-05", "A matter of bank details is open with this customer: close it first (dunwell matter close)."
        )
    yield from _fixed_words(out, "R-STA-05", Reason.PAYMENT_FRAUD_RISK)


def gentle_in_hardship(out: Outbound) -> Iterator[Finding]:
    """R-STA-06: hardship is answered gently; a death or an illness is a manager's to answer."""
    grief = any(find(grief_words.GRIEF, out, text=claim.evidence) for claim in out.claims)
    if grief:
        yield manager("R-STA-06", "The customer writes of a death or an illness: a manager reads the answer first.")
    if not grief and not out.claims_any(Reason.HARDSHIP):
        return
    found = demands(out) or find(legal_words.FINAL, out)
    if found:
        yield block("R-STA-06", f"That is too hard for somebody in difficulty: {found!r}.")
    if out.tone.register_ in (Register.FIRM, Register.FINAL) and not out.by_template:
        yield block("R-STA-06", "The answer to somebody in difficulty must not be firm.")


def plan_is_kept(out: Outbound) -> Iterator[Finding]:
    """R-STA-07: what an agreed plan covers is not demanded while the plan is kept."""
    kept = {
        number
        for plan in out.scope.facts.plans
        if plan.status == PlanStatus.AGREED
        and all(p.status is not InstalmentStatus.MISSED and not _late(p.due, p.status, out) for p in plan.instalments)
        for number in plan.invoices
    }
    covered = {i.number for i in _about(out)} & kept
    if covered and (demands(out) or reminds(out)):
        yield block(
            "R-STA-07", f"{', '.join(sorted(covered))}: a payment plan is agreed and kept: nothing is demanded."
        )


def _late(due: date, status: InstalmentStatus, out: Outbound) -> bool:
    return status is InstalmentStatus.OPEN and due < out.scope.facts.today


def not_time_barred(out: Outbound) -> Iterator[Finding]:
    """R-STA-08: about a debt that may be time-barred nobody writes before a lawyer has looked."""
    years = out.profile.limitation_years
    for invoice in _about(out):
        if invoice.balance > 0 and _years_after(invoice.due_date, years) < out.scope.facts.today:
            yield block(
                "R-STA-08", f"{invoice.number} was due more than {years} years ago: a legal review comes first."
            )


def not_past_a_newer_mail(out: Outbound) -> Iterator[Finding]:
    """R-STA-09: the newest mail is answered, and once: no answer past it, no second one about the same invoices."""
    newer = out.scope.facts.overtaken_by
    if newer:
        yield block("R-STA-09", f"The customer wrote again about this (message {newer[-1]}): answer that mail instead.")
    if out.stage is not Stage.APPROVAL:
        return
    own = frozenset(out.scope.covered)
    if any(other & own or not (other or own) for other in out.waiting):
        yield block("R-STA-09", "Another answer about the same invoices is approved and has not left yet: wait for it.")


# --- what the checks have in common --------------------------------------------------------------------------------


def _open(out: Outbound, reason: Reason) -> bool:
    """Say whether a matter of this kind is open, other than the one that this very answer hands over."""
    return any(e.reason == reason.value for e in out.scope.facts.escalations) and not _own_stop(out, reason)


def _own_stop(out: Outbound, reason: Reason | None = None) -> bool:
    """Say whether this answer itself stops or hands over, which an approval did before the mail leaves."""
    if out.stage is not Stage.SENDING:
        return False
    for action in out.done:
        handed = action.arguments.get("reason")
        if action.tool == StopContact.name:
            return True
        if action.tool == EscalateToHuman.name and (
            handed == reason.value if reason is not None else handed in {r.value for r in STOPS}
        ):
            return True
    return False


def _fixed_words(out: Outbound, rule: str, reason: Reason) -> Iterator[Finding]:
    if out.claims_any(reason) and not out.by_template:
        said = reason.value.replace("_", " ")
        yield block(rule, f"A mail of this kind ({said}) is answered in the fixed words of the template alone.")


def _about(out: Outbound) -> list[InvoiceFacts]:
    return covered_invoices(out) or named_invoices(out)


def _years_after(day: date, years: int) -> date:
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return day.replace(year=day.year + years, day=28)

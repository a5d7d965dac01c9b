"""Write once more, because a day brought nothing: what was said, what did not happen, one next step. Never offered to a model.

The arguments are the facts of the waking and nothing else; a ground that is gone refuses, when it is proposed and when it
is approved. It changes nothing in the books.
"""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import ClassVar

from pydantic import Field

from store.aftermath import FollowupKind, Portal
from store.facts import CaseFacts, FollowupFacts
from store.last_resort_letter import told_by_letter
from store.terms import Cash, Term
from store.vocabulary import MissingPiece, Reason
from tools.base import Application, Arguments, Ask, NotAllowed, Tool, listed, money
from tools.followup_ground import gone
from tools.followup_money import begins, due_invoices, left_after_credit, missing

MOST_INVOICES = 50
#: Rule R-GND-07.
MOST_COPIES = 5
#: The wording for a dispute after which nothing is left to pay.
CREDITED_IN_FULL = "dispute_credited_in_full"
#: The wording for an objection that ended before the invoice was due.
NOT_DUE = "dispute_withdrawn_not_due"

#: The wording of a settlement where nobody wrote before us.
SETTLED_FIRST = "settlement_first"

#: The terms that say which day, and which sum, by kind.
_DAY = {
    FollowupKind.PROMISE_BROKEN: "missed.date",
    FollowupKind.INSTALMENT_MISSED: "missed.date",
    FollowupKind.HOLD_OVER: "missed.date",
    FollowupKind.INSTALMENT_DUE: "next_due.date",
    FollowupKind.SETTLEMENT: "settlement.date",
}
_SUM = {
    FollowupKind.PROMISE_BROKEN: "missed.amount",
    FollowupKind.INSTALMENT_MISSED: "missed.amount",
    FollowupKind.CASH_NOT_FOUND: "missed.amount",
    FollowupKind.INSTALMENT_DUE: "next_due.amount",
    FollowupKind.DISPUTE_CREDITED: "dispute.credit",
    FollowupKind.SETTLEMENT: "settlement.amount",
}
_SINCE = {
    FollowupKind.PLAN_UNANSWERED: "offered.date",
    FollowupKind.RESUBMISSION_UNANSWERED: "sent_again.date",
}


class FollowUpArguments(Arguments):
    """Why the case woke, and what it is about. `day`: what was to bring something; `since`: the day of our act.

    `missing`: what of the `amount` has not come, where a part of it has. `remains`: what is open and contested by nobody,
    where the letter says so. `copies`: invoices whose stored PDF goes along. `not_due`: nothing of it is due yet. `first`: nobody wrote
    before us (kept where it is so, and left out where it is not).
    """

    kind: FollowupKind
    invoices: tuple[str, ...] = Field(min_length=1, max_length=MOST_INVOICES)
    day: dt.date
    since: dt.date
    currency: str
    amount: Decimal | None = Field(default=None, gt=0)
    missing: Decimal | None = Field(default=None, gt=0)
    remains: Decimal | None = Field(default=None, ge=0)
    contact_id: int | None = None
    question: MissingPiece | None = None
    copies: tuple[str, ...] = Field(default=(), max_length=MOST_COPIES)
    not_due: bool = False
    first: bool = Field(default=False, exclude_if=lambda first: not first)


class FollowUp(Tool[FollowUpArguments]):
    """Remind the customer of what they said, because the day came and brought nothing."""

    name: ClassVar[str] = "follow_up"
    reasons: ClassVar[frozenset[Reason]] = frozenset()
    arguments = FollowUpArguments

    def refusal(self, ask: Ask) -> str | None:
        """Need a case that woke by itself, whose ground still holds."""
        return gone(ask.facts)

    def fill(self, ask: Ask) -> FollowUpArguments:
        """Take everything from the waking and the ledger."""
        refused = self.refusal(ask)
        woken = ask.facts.followup
        if refused or woken is None:
            raise NotAllowed(refused or "the case did not wake by itself")
        invoices = due_invoices(ask.facts)[:MOST_INVOICES]
        first = woken.kind is FollowupKind.CONTACT_VERIFIED
        copies = [i.number for i in invoices if first and i.document_sha256 is not None]
        return FollowUpArguments(
            kind=woken.kind,
            invoices=tuple(i.number for i in invoices),
            day=woken.day,
            since=woken.since,
            currency=woken.currency,
            amount=_amount(ask.facts, woken),
            missing=missing(ask.facts, woken),
            remains=_remains(ask.facts, woken),
            contact_id=woken.contact_id,
            question=woken.question if woken.kind is FollowupKind.QUESTION_UNANSWERED else None,
            copies=tuple(copies[:MOST_COPIES]),
            not_due=woken.kind is FollowupKind.DISPUTE_WITHDRAWN
            and all(i.due_date > ask.facts.today for i in invoices),
            first=begins(woken),
        )

    def check(self, arguments: FollowUpArguments, ask: Ask) -> None:
        """Only what the books say today."""
        if arguments != self.fill(ask):
            raise NotAllowed("the follow-up differs from what the books say by now")

    def preview(self, arguments: FollowUpArguments, facts: CaseFacts) -> str:
        """Say what the mail does."""
        about = listed(arguments.invoices)
        amount = money(arguments.amount, arguments.currency) if arguments.amount is not None else "the payment"
        return {
            FollowupKind.PROMISE_BROKEN: f"Reminds the customer that {amount} for {about}, promised for {arguments.day}, has not come, and asks when it will.",
            FollowupKind.INSTALMENT_DUE: f"Tells the customer that {amount} of the plan for {about} falls due on {arguments.day}; asks for nothing.",
            FollowupKind.INSTALMENT_MISSED: f"Reminds the customer that {amount} of the plan for {about}, due on {arguments.day}, has not come, and asks when it will.",
            FollowupKind.PLAN_UNANSWERED: f"Asks for an answer to the payment plan for {about} that we offered on {arguments.since}.",
            FollowupKind.RESUBMISSION_UNANSWERED: f"Asks when {about}, sent again on {arguments.since}, will be paid.",
            FollowupKind.QUESTION_UNANSWERED: f"Asks our question about {about} once more.",
            FollowupKind.CASH_NOT_FOUND: f"Tells the customer that the payment of {about} was not found, and asks for the remittance advice.",
            FollowupKind.HOLD_OVER: f"Tells the customer that the pause for {about} is over, and asks when the payment will come.",
            FollowupKind.DISPUTE_CREDITED: f"Tells the customer that {amount} of {about} is credited{self._left(arguments)}.",
            FollowupKind.DISPUTE_REJECTED: f"Tells the customer that the objection to {about} was examined and not accepted, and asks when the payment will come.",
            FollowupKind.DISPUTE_WITHDRAWN: f"Tells the customer that the matter of {about} is closed{self._then(arguments)}.",
            FollowupKind.CONTACT_VERIFIED: f"Writes to the new contact for the first time about {about}{self._along(arguments)}.",
            FollowupKind.PORTAL_REJECTED: f"Tells the customer that the portal did not take {about}, and asks what must be corrected.",
            FollowupKind.SETTLEMENT: f"Tells the customer that {amount} is accepted for {about} in place of the whole sum, if it is paid by {arguments.day}.",
        }[arguments.kind]

    def _then(self, arguments: FollowUpArguments) -> str:
        return (
            "; asks for nothing, as nothing is due yet"
            if arguments.not_due
            else ", and asks when the payment will come"
        )

    def _left(self, arguments: FollowUpArguments) -> str:
        if not arguments.remains:
            return " and that nothing is left to pay"
        return f" and that {money(arguments.remains, arguments.currency)} stays due"

    def _along(self, arguments: FollowUpArguments) -> str:
        return f", with the stored PDF of {listed(arguments.copies)}" if arguments.copies else ""

    def apply(self, arguments: FollowUpArguments, application: Application) -> str:
        """Note what was written; the mail is the whole effect."""
        about = listed(arguments.invoices)
        if arguments.kind is FollowupKind.SETTLEMENT:
            told_by_letter(
                application.session, application.customer_id, actor=application.approved_by, now=application.now
            )
        return f"Follow-up ({arguments.kind.value.replace('_', ' ')}) about {about} sent."

    def variant(self, arguments: FollowUpArguments) -> str:
        """Name the kind; a credit that leaves nothing to pay has words of its own, and so has what is not due yet."""
        if arguments.not_due:
            return NOT_DUE
        if arguments.first:
            return SETTLED_FIRST
        credited = arguments.kind is FollowupKind.DISPUTE_CREDITED
        return CREDITED_IN_FULL if credited and not arguments.remains else arguments.kind

    def says(self, arguments: FollowUpArguments) -> str:
        """Tell what the letter says of it."""
        return _NOT_DUE_SAYS if arguments.not_due else _SAYS[arguments.kind]

    def terms(self, arguments: FollowUpArguments, facts: CaseFacts) -> dict[str, Term]:
        """Give the days and sums that this letter goes back to."""
        kind = arguments.kind
        found: dict[str, Term] = {} if arguments.first else {"said.date": facts.received_on}
        if kind in _DAY:
            found[_DAY[kind]] = arguments.day
        if kind in _SINCE:
            found[_SINCE[kind]] = arguments.since
        if kind in _SUM and arguments.amount is not None:
            found[_SUM[kind]] = Cash(arguments.amount, arguments.currency)
        if arguments.missing is not None:
            found["missing.amount"] = Cash(arguments.missing, arguments.currency)
        if arguments.remains:
            found["undisputed.balance"] = Cash(arguments.remains, arguments.currency)
        if kind is FollowupKind.PORTAL_REJECTED and (name := _portal_name(arguments, facts)):
            found["portal.name"] = name
        return found

    def attachments(self, arguments: FollowUpArguments) -> tuple[str, ...]:
        """Name the invoices whose stored PDF goes along: to a person who never had them."""
        return arguments.copies


def _amount(facts: CaseFacts, woken: FollowupFacts) -> Decimal | None:
    """Give the sum that was to come, in the invoices' own currency; None where nobody named one."""
    currencies = {i.currency for i in facts.invoices if i.number in woken.invoices}
    amount = woken.amount
    return amount if amount is not None and amount > 0 and currencies <= {woken.currency} else None


def _remains(facts: CaseFacts, woken: FollowupFacts) -> Decimal | None:
    """Give what is open, for the letters that name it: after a credit, and where the money did not come."""
    invoices = due_invoices(facts)
    if woken.kind is FollowupKind.DISPUTE_CREDITED:
        return sum((left_after_credit(facts, i) for i in invoices), Decimal(0))
    missing = woken.kind in (FollowupKind.PROMISE_BROKEN, FollowupKind.HOLD_OVER, FollowupKind.SETTLEMENT)
    if missing and {i.currency for i in invoices} == {woken.currency}:
        return sum((i.balance - i.disputed for i in invoices), Decimal(0))
    return None


def _portal_name(arguments: FollowUpArguments, facts: CaseFacts) -> str | None:
    portals = {p.portal for p in facts.portal_items if p.invoice_number in arguments.invoices} - {Portal.OTHER}
    return portals.pop().value.title() if len(portals) == 1 else None


_NOT_DUE_SAYS = (
    "the matter that they raised is closed; the invoice stays payable on its due date, and we ask for nothing"
)
_SAYS: dict[FollowupKind, str] = {
    FollowupKind.PROMISE_BROKEN: "on {{ said.date }} they promised a payment for {{ missed.date }}; it has not come, and we ask when it will",
    FollowupKind.INSTALMENT_DUE: "a friendly note, without any demand: the next instalment falls due on {{ next_due.date }}",
    FollowupKind.INSTALMENT_MISSED: "the instalment that was due on {{ missed.date }} has not come, and we ask when it will",
    FollowupKind.PLAN_UNANSWERED: "on {{ offered.date }} we suggested a payment plan, and we ask whether they agree to it",
    FollowupKind.RESUBMISSION_UNANSWERED: "on {{ sent_again.date }} we sent the invoice again, and we ask when the payment will come",
    FollowupKind.QUESTION_UNANSWERED: "on {{ said.date }} they wrote to us, we asked one question in return, and we ask it once more",
    FollowupKind.CASH_NOT_FOUND: "on {{ said.date }} they told us that they had paid; we searched and could not find the payment; without any reproach we ask for the remittance advice",
    FollowupKind.HOLD_OVER: "we paused our reminders until {{ missed.date }}; the payment has not come, and we ask when it will",
    FollowupKind.DISPUTE_CREDITED: "we examined their objection and credit {{ dispute.credit }}",
    FollowupKind.DISPUTE_REJECTED: "we examined their objection carefully and cannot accept it; the amount stays due; a colleague explains the reasons if they wish",
    FollowupKind.DISPUTE_WITHDRAWN: "the matter that they raised is closed, and the invoice is due again",
    FollowupKind.CONTACT_VERIFIED: "we write to this person for the first time: who we are, that a colleague named them to us, which invoices are open",
    FollowupKind.SETTLEMENT: "{{ settlement.amount }} is accepted in place of the whole sum, if it is paid by {{ settlement.date }}; else the whole sum stays due",
    FollowupKind.PORTAL_REJECTED: "the portal did not accept the invoice, and we ask what has to be corrected",
}

"""Write first: ask whether an invoice lies right, remind of what is due, say what comes next. Never offered to a model.

Every figure comes from the books: what is open, less what is contested, less what the bank shows. What differs from the books when it
is approved, or a ground that is gone, refuses. It changes nothing in them; an announced hold is proposed to a person, no more.
"""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import ClassVar

from pydantic import BaseModel, ConfigDict, Field

from store.facts import CaseFacts, ContactFacts
from store.last_resort import propose_last_resort
from store.last_resort_words import Ground
from store.outreach import told_of
from store.outreach_around import Around, OutreachFacts
from store.outreach_words import Channel, LastResort, OutreachStep
from store.terms import Cash, Term
from store.vocabulary import MissingPiece, Reason
from tools.base import Application, Arguments, Ask, NotAllowed, Tool, listed, money
from tools.remind_ground import lines_of, positions, reminded_on, step_gone

MOST_INVOICES = 50
#: Rule R-GND-07.
MOST_COPIES = 5
#: Who acts where no person does.
ACTOR = "outreach"
_WITH_COPIES = frozenset({OutreachStep.VERIFY, OutreachStep.OVERDUE, OutreachStep.FINAL_NOTICE})
#: The customer's manager gets these too.
_TO_MANAGER = frozenset(
    {OutreachStep.FIRMER, OutreachStep.HOLD_AHEAD, OutreachStep.STILL_OPEN, OutreachStep.FINAL_NOTICE}
)
_MANAGES = ("manager", "head of", "director of finance", "finance director", "cfo", "controller", "supervisor")
_BEFORE_DUE = frozenset({OutreachStep.VERIFY, OutreachStep.BEFORE_DUE, OutreachStep.DUE_TODAY})


class AskedLine(BaseModel):
    """One invoice of the mail: what we ask for. `open` is less than the balance where a part is contested or on its way."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    number: str
    due: dt.date
    open: Decimal = Field(gt=0)
    currency: str
    days: int = Field(ge=0, description="days past due on the day when it was computed")


class RemindArguments(Arguments):
    """The step, and what it speaks of. `reminded_on`: the day of our last reminder. `copied`: the contact who gets it too."""

    step: OutreachStep
    channel: Channel = Channel.MAIL
    invoices: tuple[str, ...] = Field(min_length=1, max_length=MOST_INVOICES)
    lines: tuple[AskedLine, ...] = Field(min_length=1, max_length=MOST_INVOICES)
    reminded_on: dt.date | None = None
    question: MissingPiece | None = None
    copied: int | None = None
    copies: tuple[str, ...] = Field(default=(), max_length=MOST_COPIES)


class Remind(Tool[RemindArguments]):
    """Remind the customer of open invoices, because a step of the cadence came."""

    name: ClassVar[str] = "remind"
    reasons: ClassVar[frozenset[Reason]] = frozenset()
    arguments = RemindArguments
    by_letter: ClassVar[bool] = True

    def refusal(self, ask: Ask) -> str | None:
        """Need a step that was planned, whose ground still holds."""
        step = _step(ask.facts)
        if step is None:
            return "no step of a cadence called for this"
        return step_gone(ask.facts, step, limitation_years=ask.policy.profile().limitation_years)

    def fill(self, ask: Ask) -> RemindArguments:
        """Take everything from the step and the ledger."""
        refused, step, facts = self.refusal(ask), _step(ask.facts), ask.facts
        if refused or step is None:
            raise NotAllowed(refused or "no step of a cadence called for this")
        found = lines_of(facts, step, limitation_years=ask.policy.profile().limitation_years)[:MOST_INVOICES]
        numbers = tuple(line.number for line in found)
        invoices = [i for i in facts.open_invoices if i.number in numbers]
        copies = [i.number for i in invoices if step.step in _WITH_COPIES and i.document_sha256 is not None]
        manager = _manager(facts) if step.step in _TO_MANAGER and step.channel is Channel.MAIL else None
        return RemindArguments(
            step=step.step,
            channel=step.channel,
            invoices=numbers,
            lines=tuple(
                AskedLine(number=a.number, due=a.due, open=a.open, currency=a.currency, days=a.days) for a in found
            ),
            reminded_on=reminded_on(step.around, numbers),
            question=_doubt(step),
            copied=manager.id if manager is not None else None,
            copies=tuple(copies[:MOST_COPIES]),
        )

    def check(self, arguments: RemindArguments, ask: Ask) -> None:
        """Only what the books say today. That a day more has passed is no difference."""
        now = self.fill(ask)
        if _without_days(arguments) != _without_days(now):
            raise NotAllowed("the reminder differs from what the books say by now")

    def preview(self, arguments: RemindArguments, facts: CaseFacts) -> str:
        """Say what the mail does."""
        about, way = listed(arguments.invoices), _WAY[arguments.channel]
        text = _PREVIEW[arguments.step].format(about=about, total=_totals(arguments))
        who = facts.contact(next((c.email for c in facts.contacts if c.id == arguments.copied), None))
        return f"{text}{f' Their {who.role} gets it too.' if who is not None else ''}{way}"

    def apply(self, arguments: RemindArguments, application: Application) -> str:
        """Note what was written; an announced hold is proposed to a person once the customer has been told."""
        told_of(application.session, application.effect.proposal_id, arguments.invoices)
        said = f"{arguments.step.value.replace('_', ' ').capitalize()}: wrote first about {listed(arguments.invoices)}."
        # By another way it is announced when the letter is posted, or the call made (`outreach.channels.outcome`).
        if arguments.step is OutreachStep.HOLD_AHEAD and arguments.channel is Channel.MAIL:
            number = propose_last_resort(
                application.session,
                kind=LastResort.HOLD,
                customer_id=application.customer_id,
                invoices=arguments.invoices,
                why=Ground.CADENCE,
                actor=ACTOR,
                now=application.now,
            )
            said += f" An account hold is proposed ({number})." if number is not None else ""
        return said

    def variant(self, arguments: RemindArguments) -> str:
        """Name the step."""
        return arguments.step.value

    def says(self, arguments: RemindArguments) -> str:
        """Tell what the letter says of it."""
        return _SAYS[arguments.step]

    def terms(self, arguments: RemindArguments, facts: CaseFacts) -> dict[str, Term]:
        """Give the sums and days of this letter; a sum over all only where there is one currency."""
        found: dict[str, Term] = {}
        currencies = {line.currency for line in arguments.lines}
        if len(currencies) == 1:
            currency = currencies.pop()
            found["asked.amount"] = Cash(sum((line.open for line in arguments.lines), Decimal(0)), currency)
            step = _step(facts)
            position = positions(facts, step.around if step is not None else Around()).get(currency)
            if position is not None and position.unapplied > 0:
                found["credit.amount"] = Cash(position.unapplied, currency)
        if arguments.reminded_on is not None:
            found["reminded.date"] = arguments.reminded_on
        if arguments.step in _BEFORE_DUE:
            found["due.date"] = min(line.due for line in arguments.lines)
        return found

    def attachments(self, arguments: RemindArguments) -> tuple[str, ...]:
        """Name the invoices whose stored PDF goes along."""
        return arguments.copies


def _step(facts: CaseFacts) -> OutreachFacts | None:
    return facts.followup.outreach if facts.followup is not None else None


def _without_days(arguments: RemindArguments) -> RemindArguments:
    lines = tuple(line.model_copy(update={"days": 0}) for line in arguments.lines)
    return arguments.model_copy(update={"lines": lines})


def _doubt(step: OutreachFacts) -> MissingPiece | None:
    if step.step is not OutreachStep.VERIFY:
        return None
    doubts = set(step.why.values())
    if "order_number" in doubts:
        return MissingPiece.ORDER_NUMBER
    return MissingPiece.CONTACT if "contact" in doubts else None


def _manager(facts: CaseFacts) -> ContactFacts | None:
    """Find a verified contact, other than whom the mail goes to, who manages there."""
    others = [c for c in facts.recipients[1:] if any(word in c.role.lower() for word in _MANAGES)]
    return others[0] if others else None


def _totals(arguments: RemindArguments) -> str:
    sums: dict[str, Decimal] = {}
    for line in arguments.lines:
        sums[line.currency] = sums.get(line.currency, Decimal(0)) + line.open
    return " and ".join(money(amount, currency) for currency, amount in sums.items())


_WAY = {
    Channel.MAIL: "",
    Channel.LETTER: " It goes as a letter.",
    Channel.CALL: " It is a call: a colleague gets a task with a script.",
    Channel.SMS: " It goes as a text message.",
}
_PREVIEW = {
    OutreachStep.VERIFY: "Asks, before it is due, whether {about} lies with the right person and names the right order.",
    OutreachStep.BEFORE_DUE: "Tells the customer that {total} for {about} falls due soon; asks for nothing.",
    OutreachStep.DUE_TODAY: "Tells the customer that {total} for {about} is due today; asks for nothing.",
    OutreachStep.OVERDUE: "Reminds the customer that {total} for {about} is overdue, and asks when it will come.",
    OutreachStep.FIRMER: "Reminds the customer once more, more firmly, that {total} for {about} is overdue.",
    OutreachStep.HOLD_AHEAD: "Tells the customer that {total} for {about} is overdue and that deliveries on account may be held; a hold is then proposed to a person.",
    OutreachStep.PLAN_OFFER: "Reminds the customer of {total} for {about}, and offers to talk about instalments.",
    OutreachStep.STILL_OPEN: "Tells the customer that {total} for {about} is open still, and asks when it will come.",
    OutreachStep.FINAL_NOTICE: "Sends the final notice about {total} for {about}, with a last day to answer.",
    OutreachStep.REVIEW: "Asks people of ours to look at {about}.",
    OutreachStep.HAND_OFF: "Asks people of ours whether {about} is handed on.",
}
_SAYS = {
    OutreachStep.VERIFY: "before anything is due we ask whether the invoice lies with the right person and names the right order; no demand",
    OutreachStep.BEFORE_DUE: "a friendly note without any demand: these invoices fall due soon",
    OutreachStep.DUE_TODAY: "a friendly note without any demand: these invoices are due today",
    OutreachStep.OVERDUE: "the payment has not come, and we ask when it will",
    OutreachStep.FIRMER: "we reminded before; the payment has not come, and we ask when it will",
    OutreachStep.HOLD_AHEAD: "the payment has not come, and deliveries on account may have to be held",
    OutreachStep.PLAN_OFFER: "the payment has not come; if it cannot come at once, we ask for their proposal of instalments",
    OutreachStep.STILL_OPEN: "in spite of our reminders it is open still, and we ask when the payment will come",
    OutreachStep.FINAL_NOTICE: "it is open still; this is the final notice",
    OutreachStep.REVIEW: "",
    OutreachStep.HAND_OFF: "",
}

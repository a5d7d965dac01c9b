"""What one answer may draw on: who it goes to, what it covers, which slots it has and what they would say.

Shared by the writer, the checks and the queue's edits, so that all three fill a slot from the same facts.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from agent.letter_parts import asked_of, attachments, copied, covered, papers, parts_of, speaking, terms_of
from agent.machine_words import speaks_to_machines
from agent.notices import notices_of, with_notices, without_own_words, without_typed_notices
from agent.policy import distrusted
from agent.rules.sums import without_sums
from agent.textual import bank_detail_in, link_in, strange_number_in
from prompts.next_step import NextStep, next_step_for
from prompts.replies import ReplyPart
from prompts.scope import Instalment, PlanTerms, PromiseTerms, SlotScope
from prompts.slots import fill
from prompts.subjects import first_subject, fixed_subject, reply_subject
from store.aftermath import FollowupKind
from store.clock import day_in
from store.company import CompanyProfile
from store.facts import CaseFacts, ContactFacts
from store.outreach_words import Channel
from store.proposed import Claim, Draft, ProposedAction
from store.vocabulary import ContactStatus, Reason
from tools.followup_money import begins
from tools.hold_outreach import HoldOutreach, HoldOutreachArguments
from tools.holidays_of_a_year import is_holiday
from tools.limits import Policy
from tools.plan_arguments import Move, ProposePaymentPlanArguments
from tools.plans import paid_so_far
from tools.propose_payment_plan import ProposePaymentPlan
from tools.record_promise import RecordPromise, RecordPromiseArguments
from tools.remind_ground import way_of
from tools.resubmit_invoice import ResubmitInvoice
from tools.update_contact import UpdateContact
from tools.windows import NoMoment, known_zone, next_moment

__all__ = [
    "attachments",
    "covered",
    "draft_of",
    "may_be_written",
    "papers",
    "parts_of",
    "scope_of",
    "speaking",
]


def may_be_written(facts: CaseFacts) -> bool:
    """Say whether a letter may be drafted at all: somebody is there to read it, all writing is not stopped, no colleague wrote."""
    stopped = facts.customer is not None and facts.customer.stopped
    reached = bool(facts.recipients) or way_of(facts) is not Channel.MAIL
    return reached and not stopped and facts.answered_by_hand is None


def scope_of(
    *,
    facts: CaseFacts,
    claims: Sequence[Claim],
    actions: Sequence[ProposedAction],
    company: CompanyProfile,
    policy: Policy,
    language: str,
    leaves: datetime | None = None,
) -> SlotScope:
    """Collect what the slots of this answer stand for. `leaves`: not before this moment, where other mails come before it."""
    recipient = facts.recipients[0] if facts.recipients else _by_another_way(facts)
    owner = facts.customer.owner if facts.customer else ""
    return SlotScope(
        facts=facts,
        company=company,
        language=language,
        contact=recipient,
        sender_name=owner or company.team,
        plan=_plan(actions, facts),
        promise=_promise(actions),
        purchase_orders=_purchase_orders(actions),
        new_contact_name=_new_contact(claims, actions),
        hold_until=_hold_until(actions),
        deadline=_deadline(facts, parts_of(facts=facts, claims=claims, actions=actions), policy, leaves),
        covered=covered(facts, actions),
        asked=asked_of(actions),
        terms=terms_of(actions, facts),
        notices=notices_of(facts, claims=claims, recipient=recipient, company=company, policy=policy),
        first_notice=policy.profile().notices.first_notice,
    )


def draft_of(
    body: str,
    *,
    scope: SlotScope,
    actions: Sequence[ProposedAction],
    subject: str,
    written_by: str,
) -> Draft:
    """Fill a body's slots and address it. What cannot be filled stays visible; the checks find it.

    What the law of the customer's country wants said stands under every body, whatever was typed.
    """
    body = without_typed_notices(body, scope)
    scope = without_own_words(scope, body)
    body = with_notices(body, scope)
    filled = fill(body, scope)
    return Draft(
        language=scope.language,
        subject=_subject(subject, scope),
        body=body,
        rendered=filled.text,
        slots=filled.values,
        recipients=_recipients(scope, actions),
        attachments=() if distrusted(scope.facts) else attachments(speaking(actions)),
        papers=() if distrusted(scope.facts) else papers(actions, scope.facts),
        written_by=written_by,
    )


def _recipients(scope: SlotScope, actions: Sequence[ProposedAction]) -> tuple[str, ...]:
    """Give whom the mail goes to, and the customer's manager where a step of a cadence has them get it too."""
    if scope.contact is None or not scope.contact.reachable:
        return ()
    also = copied(actions)
    more = [c.email for c in scope.facts.recipients if c.id == also and c.id != scope.contact.id]
    return (scope.contact.email, *more)


def _by_another_way(facts: CaseFacts) -> ContactFacts | None:
    """Give whom a letter or a call greets where no mail reaches anybody: a bounced address does not matter to the post."""
    if way_of(facts) is Channel.MAIL:
        return None
    return next((c for c in facts.contacts if c.status is ContactStatus.VERIFIED), None)


def _subject(subject: str, scope: SlotScope) -> str:
    """Answer the mail's own subject, but never carry a stranger's words, a link or an account out under our name."""
    if _opens(scope.facts):
        return first_subject(scope.language)
    # A sum in a subject is read by whoever looks at the screen.
    answer = reply_subject(without_sums(subject))
    bare = answer.removeprefix("Re:").strip()
    # The whole of it is looked at: cut off at its end, an account number would not be known for one.
    known = [n for i in scope.facts.invoices for n in (i.number, i.po_number) if n]
    number = strange_number_in(subject, known=known)
    barred = number or link_in(subject) or bank_detail_in(subject) or speaks_to_machines(subject)
    if not bare or distrusted(scope.facts) or barred:
        return fixed_subject(scope.language)
    return answer


def _opens(facts: CaseFacts) -> bool:
    """Say whether nobody's own words are answered: a new contact never wrote, and an absence note is a robot's."""
    woken = facts.followup
    return woken is not None and (
        woken.kind in (FollowupKind.CONTACT_VERIFIED, FollowupKind.OUTREACH)
        or begins(woken)
        or woken.claim.reason is Reason.AUTO_REPLY
    )


def _plan(actions: Sequence[ProposedAction], facts: CaseFacts) -> PlanTerms | None:
    for action in speaking(actions):
        if action.tool == ProposePaymentPlan.name:
            plan = ProposePaymentPlanArguments.model_validate(action.arguments)
            parts = tuple(Instalment(due=part.due, amount=part.amount) for part in plan.instalments)
            return PlanTerms(instalments=parts[_came(plan, facts) :], currency=plan.currency)
    return None


def _came(plan: ProposePaymentPlanArguments, facts: CaseFacts) -> int:
    """Count the first payments of an agreed plan that came before the yes: nobody is asked for them again."""
    table = next((p for p in facts.plans if p.id == plan.plan_id), None)
    return (paid_so_far(table, facts) or 0) if table is not None and plan.move is Move.AGREED else 0


def _promise(actions: Sequence[ProposedAction]) -> PromiseTerms | None:
    for action in speaking(actions):
        if action.tool == RecordPromise.name:
            promise = RecordPromiseArguments.model_validate(action.arguments)
            return PromiseTerms(date=promise.due, amount=promise.amount, currency=promise.currency)
    return None


def _hold_until(actions: Sequence[ProposedAction]) -> date | None:
    """Give the day on which we come back; with several pauses the first of them."""
    days = [
        HoldOutreachArguments.model_validate(action.arguments).until
        for action in speaking(actions)
        if action.tool == HoldOutreach.name
    ]
    return min(days, default=None)


def _purchase_orders(actions: Sequence[ProposedAction]) -> dict[str, str]:
    found: dict[str, str] = {}
    for action in speaking(actions):
        if action.tool == ResubmitInvoice.name and action.arguments.get("po_number"):
            found |= dict.fromkeys(action.arguments["invoices"], action.arguments["po_number"])
    return found


def _new_contact(claims: Sequence[Claim], actions: Sequence[ProposedAction]) -> str | None:
    for action in speaking(actions):
        if action.tool == UpdateContact.name and action.claims:
            return claims[action.claims[0]].slots.contact_name
    return None


def _deadline(facts: CaseFacts, parts: Sequence[ReplyPart], policy: Policy, leaves: datetime | None) -> date:
    """Give the one date of the mail: by when the customer is asked to answer, else by when we will have answered."""
    step = next_step_for(parts)
    if step in (NextStep.WE_REPLY, NextStep.NONE):
        return _working_day(_leaving_day(facts, policy) + timedelta(days=policy.answer_within_days), policy)
    days = timedelta(days=policy.reply_deadline_days)
    day = _working_day(_leaving_day(facts, policy) + days, policy)
    if leaves is None or step not in (NextStep.YOUR_ANSWER, NextStep.PAYMENT_DATE):
        return day
    # Where other mails come before it, the customer has the same days from when it really leaves (rule R-TIM-05).
    later = _leaving_day(facts, policy, leaves)
    return day if day - later >= days else _working_day(later + days, policy)


def _working_day(day: date, policy: Policy) -> date:
    while day.weekday() >= 5 or is_holiday(day, policy.profile().holidays):
        day += timedelta(days=1)
    return day


def _leaving_day(facts: CaseFacts, policy: Policy, leaves: datetime | None = None) -> date:
    """Give the customer's day on which a mail that is approved now may leave: a deadline is counted from there."""
    profile, zone = policy.profile(), facts.customer.timezone if facts.customer else ""
    try:
        earliest = facts.as_of if leaves is None else max(facts.as_of, leaves)
        moment = next_moment(earliest, zone, profile.contact, profile.holidays, candidates=profile.zones)
    except NoMoment:
        return facts.today
    return day_in(zone, moment) if known_zone(zone) is not None else facts.today

"""The script of a call for the collector: whom, when it is their working day, what to say, what is open, and which answers policy allows.

What is said to the customer stands in their language; what is meant for the collector in English. It promises nothing, and no
figure in it is other than the books say at the moment when it is opened.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from outreach.channels.letter import Asked
from prompts.lettering import lettering_for
from prompts.sheet import WIDTH, Sheet, short_day, words
from prompts.wording import long_date, money
from store.company import CompanyProfile
from store.facts import CaseFacts, ContactFacts
from store.phones import shown
from tools.limits import Policy
from tools.windows import NoMoment, known_zone, next_moment

#: Calls that nobody answered: so much later the next one is suggested.
AGAIN = (timedelta(hours=4), timedelta(days=1), timedelta(days=3))


@dataclass(frozen=True, slots=True)
class Objection:
    """What a customer may say, and what may be answered."""

    said: str
    answer: str


@dataclass(frozen=True, slots=True)
class CallScript:
    """Everything that a collector needs for one call. `open_now`: their contact window is open; `opens_at`: when it is next."""

    customer: str
    contact: str
    role: str
    phone: str
    local_time: str
    open_now: bool
    opens_at: datetime
    steps: tuple[tuple[str, str], ...]
    voicemail: str
    lines: tuple[tuple[str, str, str, int], ...]
    past: tuple[str, ...]
    objections: tuple[Objection, ...]


def script_of(
    facts: CaseFacts,
    *,
    contact: ContactFacts,
    asked: Sequence[Asked],
    caller: str,
    company: CompanyProfile,
    policy: Policy,
    language: str,
    now: datetime,
) -> CallScript:
    """Put a call together from the account as it stands. Raises NoMoment where no window is ever open."""
    assert facts.customer is not None, "a call belongs to a customer"
    said, profile = words(language, "call"), policy.profile()
    zone = known_zone(facts.customer.timezone)
    opens = next_moment(now, facts.customer.timezone, profile.contact, profile.holidays, candidates=profile.zones)
    names = {"caller": caller, "company": company.name, "contact": contact.name or contact.role, "email": company.email}
    steps = tuple((label, _spoken(said[key], names)) for label, key in _STEPS)
    return CallScript(
        customer=facts.customer.name,
        contact=contact.name,
        role=contact.role,
        phone=shown(contact.phone),
        local_time=f"{now.astimezone(zone):%a %H:%M} ({facts.customer.timezone})" if zone is not None else "not known",
        open_now=opens <= now,
        opens_at=opens,
        steps=steps,
        voicemail=_spoken(said["voicemail"], names),
        lines=tuple(
            (
                each.number,
                short_day(each.due, language="en"),
                money(each.open, each.currency, language="en"),
                max(0, (facts.today - each.due).days),
            )
            for each in asked
        ),
        past=_past(facts),
        objections=objections_of(policy),
    )


def _spoken(text: str, names: dict[str, str]) -> str:
    """Fill a line to be said; a name that ends with a full stop ends its sentence too."""
    return text.format(what="___", **names).replace("..", ".")


def suggested(now: datetime, tries: int, *, facts: CaseFacts, policy: Policy) -> datetime | None:
    """Give when to call again after so many calls that nobody answered; None where it is enough. Inside of the window."""
    if tries > len(AGAIN) or facts.customer is None:
        return None
    profile = policy.profile()
    try:
        return next_moment(
            now + AGAIN[tries - 1],
            facts.customer.timezone,
            profile.contact,
            profile.holidays,
            candidates=profile.zones,
        )
    except NoMoment:
        return None


_STEPS = (
    ("Introduce yourself and ask for the person. Speak of nothing else until you have them.", "opening"),
    ("Say why you call.", "purpose"),
    ("Ask, and listen: the reason is what matters.", "ask"),
    ("Ask for a day.", "date"),
    ("Repeat what was agreed, with sum and day, and confirm it in writing.", "confirm"),
    ("Thank them.", "close"),
)


def objections_of(policy: Policy) -> tuple[Objection, ...]:
    """List what customers often say, with answers inside of the policy: nobody gives anything away on the telephone."""
    plan = policy.plan
    return (
        Objection(
            "We never got the invoice.",
            "Offer to send a copy today, and ask to whom. Note both under “reached”, and send it.",
        ),
        Objection(
            "It is paid already.",
            "Do not contradict. Ask for day, sum and reference of the payment, note them, and say that we look for it.",
        ),
        Objection(
            "It must be approved first.",
            "Ask who approves it and by when, and whether anything is missing for it. Note both.",
        ),
        Objection(
            "The price, the quantity or the goods were wrong.",
            "Take it down in their words and choose “disputes”. That part is not asked for while it is examined; "
            f"we answer within {policy.dispute_days} days. Admit nothing and credit nothing on the telephone.",
        ),
        Objection(
            "We cannot pay it all now.",
            f"Be kind. Instalments may help: up to {plan.max_instalments} payments, the last within {plan.last_due_days} days, "
            "may be offered without a manager. Ask what they could do; the plan itself goes out in writing.",
        ),
        Objection("We pay if you give us something off.", "Say that you pass it on. Only a manager may decide that."),
        Objection(
            "We pay on a certain day.",
            f"Repeat day and sum and choose “promised”. A day more than {policy.promise_max_days} days off is a manager's.",
        ),
        Objection(
            "To which account do we pay?",
            "To the one that is printed on the invoice. Never read out account numbers, and never say that they changed.",
        ),
        Objection("Do not call us again.", "Say that you respect it, thank them, and tick “no more calls”."),
        Objection(
            "You must talk to our lawyer, or: we are insolvent.",
            "Stop asking for money, note the name, thank them, and hand it to a manager.",
        ),
    )


def _past(facts: CaseFacts) -> tuple[str, ...]:
    told = [
        f"Promise of {money(p.amount, p.currency, language='en') if p.amount is not None else 'the balance'} "
        f"for {', '.join(p.invoices)} by {long_date(p.due, language='en')}: {p.status}."
        for p in facts.promises
    ]
    told += [f"Plan over {', '.join(p.invoices)}: {p.status}." for p in facts.plans]
    told += [f"Dispute on {d.invoice_number} ({d.kind.replace('_', ' ')}): {d.status}." for d in facts.disputes]
    return tuple(told)


def call_pdf(script: CallScript, *, company: CompanyProfile, facts: CaseFacts) -> bytes:
    """Set the script on paper, for whoever calls away from the screen."""
    assert facts.customer is not None
    texts = [script.customer, script.contact, script.voicemail, *(line for _, line in script.steps)]
    sheet = Sheet(lettering_for(*texts, company.name, company.address), language="en", company=company)
    when = "now inside their hours" if script.open_now else "outside of their hours: wait"
    sheet.address(
        facts.customer,
        title=f"Call {script.contact or script.role}",
        subtitle=f"{script.phone} · {script.role}",
        dated=f"There: {script.local_time}, {when}",
    )
    for place, (label, line) in enumerate(script.steps, start=1):
        sheet.say(f"{place}. {label}", soft=True, after=2)
        sheet.say(line, size=10.5, after=8)
    sheet.say("If a machine answers (no word of invoices, others may listen)", soft=True, after=2)
    sheet.say(script.voicemail, size=10.5, after=12)
    rows = [["Invoice", "Due", "Days late", "Asked for"]]
    rows += [[number, day, str(late), amount] for number, day, amount, late in script.lines]
    sheet.table(rows, (WIDTH - 300, 100, 80, 120), right_from=2)
    sheet.gap(12)
    for told in script.past:
        sheet.say(told)
    sheet.gap(10)
    sheet.say("What they may say", bold=True, size=11, after=6)
    for each in script.objections:
        sheet.say(f"“{each.said}”", bold=True, after=1)
        sheet.say(each.answer, after=6)
    return sheet.draw(f"Call {facts.customer.id}")

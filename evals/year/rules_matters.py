"""Rules about what stands in the way: disputes, stops, promises, plans, mail of theirs that nobody answered, whom we write to."""

from __future__ import annotations

from collections.abc import Iterator

from evals.year.evidence import Evidence, Violation
from evals.year.truth import Matter

#: Steps from which on the customer's manager may get a copy.
FIRM = frozenset({"firmer", "hold_ahead", "plan_offer", "still_open", "final_notice"})


def disputed(evidence: Evidence) -> Iterator[Violation]:
    """No reminder asks for more of an invoice than nobody contests, and none for nothing."""
    truth = evidence.truth
    for mail in (one for one in evidence.every_mail() if one.reminds):
        standing = [s for s in truth.standing(mail.sent.customer_id, mail.sent.at) if s.matter is Matter.DISPUTE]
        for number, cents in mail.asked.items():
            balance = truth.balance(number, mail.sent.at)
            contested = sum(balance if s.cents is None else s.cents for s in standing if s.about(number))
            if cents > max(0, balance - contested):
                text = f"{number}: asks for {cents}, open {balance}, of it contested {contested} (cents)"
                yield Violation("asks for a disputed part", mail.sent.customer_id, mail.sent.at, text)


def told_as_booked(evidence: Evidence) -> Iterator[Violation]:
    """Hold the figures of a reminder against the books of that moment, to the cent; every reminder has figures."""
    truth = evidence.truth
    for mail in (one for one in evidence.every_mail() if one.reminds):
        if not mail.asked:
            yield Violation("a reminder without figures", mail.sent.customer_id, mail.sent.at, mail.letter.subject)
        standing = [s for s in truth.standing(mail.sent.customer_id, mail.sent.at) if s.matter is Matter.DISPUTE]
        for number, cents in mail.asked.items():
            balance = truth.balance(number, mail.sent.at)
            if truth.owners.get(number) != mail.sent.customer_id:
                yield Violation("names another customer's invoice", mail.sent.customer_id, mail.sent.at, number)
            elif cents != balance and not any(s.about(number) for s in standing):
                text = f"{number}: says {cents}, the books {balance} (cents)"
                yield Violation("says other figures than the books", mail.sent.customer_id, mail.sent.at, text)


def stopped(evidence: Evidence) -> Iterator[Violation]:
    """Nothing that we write first leaves after the customer asked for silence."""
    for mail in (one for one in evidence.every_mail() if one.first):
        if any(s.matter is Matter.STOP for s in evidence.truth.standing(mail.sent.customer_id, mail.sent.at)):
            yield Violation("writes after a stop", mail.sent.customer_id, mail.sent.at, mail.letter.subject)


def promised(evidence: Evidence) -> Iterator[Violation]:
    """No reminder about an invoice whose payment was promised for a day that is not over, or that a plan covers."""
    for mail in (one for one in evidence.every_mail() if one.reminds):
        for span in evidence.truth.standing(mail.sent.customer_id, mail.sent.at):
            if span.matter not in (Matter.PROMISE, Matter.PLAN):
                continue
            covered = [number for number in mail.numbers if span.about(number)]
            if covered:
                text = f"{', '.join(covered)}: a {span.matter} of {span.since:%Y-%m-%d} runs until {span.until}"
                yield Violation("reminds of what is promised", mail.sent.customer_id, mail.sent.at, text)


def unanswered(evidence: Evidence) -> Iterator[Violation]:
    """Nothing that we write first leaves while a mail of theirs waits for its answer."""
    for mail in (one for one in evidence.every_mail() if one.reminds):
        for span in evidence.truth.standing(mail.sent.customer_id, mail.sent.at):
            if span.matter is Matter.MAIL and span.since < mail.sent.at:
                text = f"their mail of {span.since:%Y-%m-%d %H:%M}Z was not answered"
                yield Violation("writes past a mail of theirs", mail.sent.customer_id, mail.sent.at, text)


def recipients(evidence: Evidence) -> Iterator[Violation]:
    """Only verified contacts that are still theirs; a manager only from the firm steps on, or as the one who wrote to us."""
    truth = evidence.truth
    for mail in evidence.every_mail():
        known = truth.contacts[mail.sent.customer_id]
        for address in (*mail.sent.recipients, *mail.letter.to, *mail.letter.copy):
            wrong = None
            if (role := known.get(address.lower())) is None:
                wrong = "is no contact of this customer"
            elif (since := truth.verified.get(address.lower())) is not None and mail.sent.at < since:
                wrong = "was not verified yet"
            elif (gone := truth.replaced.get(address.lower())) is not None and mail.sent.at >= gone:
                wrong = "was replaced by another contact"
            elif role == "manager" and mail.reminds and mail.step not in FIRM:
                wrong = f"is a manager, and the step is {mail.step}"
            if wrong:
                yield Violation("writes to the wrong person", mail.sent.customer_id, mail.sent.at, f"{address} {wrong}")

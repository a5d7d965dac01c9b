"""Bounces and complaints: which mail of ours they report on, and which contact is not written to any more because of it.

A report is believed only when it names a Message-ID of ours, which nobody knows but who received that mail. Any other may be
forged: it is a suggestion, and a person decides.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from mail.links import Link, by_message_id, chain_of
from mail.strangers import by_digits
from store import contacts, whose
from store.candidates import Candidate, Hint, ranked
from store.inbound import Bounce, InboundEmail
from store.naming import whole_text
from store.vocabulary import Delivery, MessageKind

REPORTS = frozenset({MessageKind.BOUNCE, MessageKind.COMPLAINT})
#: Flags that say what a report did; `agent.nodes.screen` words them.
MARKED, NOTED, UNPROVEN = "contact_marked", "bounce_noted", "report_unproven"
NO_OBJECTION = "report_no_objection"


@dataclass(frozen=True, slots=True)
class Report:
    """Where a report belongs: a link when it names a mail of ours, else candidates."""

    link: Link | None
    candidates: tuple[Candidate, ...] = ()


def find(session: Session, email: InboundEmail) -> Report:
    """Find the mail of ours that a report is about; without one, the contact of ours that it names."""
    original = email.bounce.original_message_id if email.bounce else None
    link = by_message_id(session, [original, *chain_of(email)])
    return Report(link) if link else Report(None, _suggested(session, email))


def apply(session: Session, email: InboundEmail, *, link: Link | None, message_id: int, now: datetime) -> list[str]:
    """Mark the contacts that a proven report is about; give the flags that say what was done.

    Only who was written to in that very mail is ever marked: by a bounce only when the address is of no more use, by a
    feedback report only when it complains.
    """
    if email.kind not in REPORTS or email.bounce is None:
        return []
    if link is None:
        return [UNPROVEN]
    delivery = Delivery.COMPLAINED if email.kind is MessageKind.COMPLAINT else Delivery.BOUNCING
    if delivery is Delivery.BOUNCING and email.bounce.hard is not True:
        return [NOTED]
    if delivery is Delivery.COMPLAINED and not email.bounce.objects:
        return [NO_OBJECTION]
    reached = _written_to(session, email)
    concerned = _concerned(email.bounce, reached, everybody=delivery is Delivery.COMPLAINED)
    for address in concerned:
        contacts.mark(
            session, address, delivery, note=note_of(email.bounce), actor="daemon", message_id=message_id, now=now
        )
    return [MARKED] if concerned else [UNPROVEN]


def note_of(bounce: Bounce) -> str:
    """Give what is kept with a contact of why mail does not arrive: the other server's words."""
    words = bounce.diagnostic or (bounce.reason or "").replace("_", " ")
    status = bounce.status or ""
    return words if not status or status in words else f"{status} {words}".strip()


def _written_to(session: Session, email: InboundEmail) -> list[str]:
    original = email.bounce.original_message_id if email.bounce else None
    for message_id in (original, *chain_of(email)):
        found = contacts.recipients_of(session, f"<{message_id.strip('<> ')}>") if message_id else []
        if found:
            return [address.lower() for address in found]
    return []


def _concerned(bounce: Bounce, reached: list[str], *, everybody: bool) -> list[str]:
    """Choose among those who were written to. A report that names none of them may be about an address behind theirs."""
    named = [address.lower() for address in (bounce.recipient, *bounce.also) if address]
    hit = [address for address in reached if address in named]
    if hit:
        return hit
    if everybody and not named:
        return reached  # providers take the address out of complaints; not to write is the careful side
    return reached if len(reached) == 1 and not named else []


def _suggested(session: Session, email: InboundEmail) -> tuple[Candidate, ...]:
    """Suggest the customers whose contact the report names; those whose invoices stand in the returned mail first."""
    if email.bounce is None:
        return ()
    text = "\n".join((whole_text(email), email.bounce.original_subject or ""))
    numbers = by_digits(session, text)
    users = list(_users(session, (email.bounce.recipient, *email.bounce.also)))
    found = [
        Candidate(
            customer_id=customer,
            invoices=tuple(numbers.get(customer, ())),
            why=Hint.RETURNED_MAIL if customer in numbers or len(users) == 1 else Hint.SHARED_ADDRESS,
        )
        for customer in users
    ]
    return ranked(found)


def _users(session: Session, addresses: Iterable[str | None]) -> Iterable[str]:
    named = [user for a in addresses if a for user, _ in whose.customers_of_address(session, a)]
    return sorted(set(named))

"""Step 4: which case a mail belongs to, which invoices it names, and how sure we are who wrote.

Matching suggests where a mail belongs; it never makes a stranger a contact and never changes the ledger. What cannot be
told apart for certain stays unmatched, for a person.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from sqlmodel import Session

from mail.address import domain_of
from mail.identity import judge
from store import audit, cases, proposals
from store.company import CompanyProfile
from store.inbound import InboundEmail
from store.numbers import digit_runs, find_invoices
from store.tables import Message
from store.vocabulary import IdentityLevel, MessageKind, MessageState

#: The newest mails of a long chain are enough to find ours; a hostile header can be much longer.
_MAX_CHAIN = 50
_MACHINE_REPORTS = frozenset({MessageKind.BOUNCE, MessageKind.COMPLAINT})


@dataclass(frozen=True, slots=True)
class Match:
    """Where a mail belongs. `customer_id` None: unmatched. `case_id` None with a customer: their open case, or a new one."""

    customer_id: str | None
    case_id: int | None
    invoices: list[str] = field(default_factory=list)
    identity: IdentityLevel = IdentityLevel.C
    flags: list[str] = field(default_factory=list)
    own_mail: bool = False


@dataclass(frozen=True, slots=True)
class _Found:
    customer_id: str | None = None
    case_id: int | None = None
    contact: bool = False
    flags: tuple[str, ...] = ()


def match(
    session: Session,
    email: InboundEmail,
    *,
    company: CompanyProfile,
    now: datetime,
) -> Match:
    """Find case, customer, invoices and identity of a mail. Reads only.

    In this order: our own Message-ID in the chain, a known contact, an invoice number.
    """
    if email.kind in _MACHINE_REPORTS:
        return _report(session, email)
    sender = email.from_address
    own_mail = sender is not None and company.owns(sender)
    thread = _thread(session, [email.in_reply_to, *reversed(email.references)])
    found = (
        _by_thread(session, thread, sender)
        if thread
        else (_Found() if own_mail else _by_content(session, email, sender))
    )
    text = _words(email)
    numbers = find_invoices(text, cases.invoice_numbers(session, found.customer_id)) if found.customer_id else []
    identity, oddities = judge(
        email,
        contact=found.contact,
        in_thread=thread is not None or _answers_us(email, company),
        known_domains=() if found.contact or own_mail else _domains(session, company),
    )
    flags = [*found.flags, *oddities]
    if own_mail:
        # A copy of what the outbox sent ends by itself; anything else from our domain is shown to a person.
        copy = email.message_id is not None and _thread(session, [email.message_id]) is not None
        flags = ["own_copy" if copy else "own_mail", *(f for f in flags if f != "foreign_sender")]
    return Match(found.customer_id, found.case_id, numbers, identity, list(dict.fromkeys(flags)), own_mail)


def assign(session: Session, message_id: int, match: Match, now: datetime) -> int | None:
    """Write a match to the message and void what it overtakes; give the case, None when unmatched.

    Unmatched mail waits for a person, but for our own, which ends by itself; an unreadable mail stays unreadable.
    """
    row = session.get_one(Message, message_id)
    case_id = match.case_id
    if case_id is None and match.customer_id is not None:
        case_id = cases.open_case(session, match.customer_id, now=now)
    row.customer_id, row.case_id = match.customer_id, case_id
    row.identity, row.invoices, row.match_flags = match.identity, list(match.invoices), list(match.flags)
    row.from_customer = row.parsed.get("kind") == MessageKind.REPLY and not match.own_mail
    if case_id is None and not match.own_mail and row.state == MessageState.STORED:
        row.state = MessageState.UNMATCHED
    elif case_id is not None and row.state == MessageState.UNMATCHED:
        row.state = MessageState.STORED
    session.add(row)
    session.flush()
    audit.append(
        session,
        at=now,
        actor="daemon",
        event="message.matched",
        subject=f"message:{message_id}",
        payload={"case": case_id, "customer": match.customer_id, "identity": match.identity, "flags": match.flags},
    )
    if case_id is not None and row.from_customer:
        proposals.void_overtaken(session, case_id=case_id, message_id=message_id, now=now)
    return case_id


def _report(session: Session, email: InboundEmail) -> Match:
    """Match a bounce or complaint through the mail it reports on: its own sender is a machine, perhaps one of ours."""
    original = email.bounce.original_message_id if email.bounce else None
    thread = _thread(session, [original])
    return Match(thread[1], thread[0]) if thread else Match(None, None)


def _thread(session: Session, chain: Iterable[str | None]) -> tuple[int | None, str] | None:
    """Look up the chain from its newest end: the mail that is answered decides."""
    ids = [f"<{i.strip().strip('<>')}>" for i in chain if i and i.strip()]
    for message_id in list(dict.fromkeys(ids))[:_MAX_CHAIN]:
        known = cases.case_of_message_ids(session, [message_id])
        if known is not None:
            return known
    return None


def _by_thread(session: Session, thread: tuple[int | None, str], sender: str | None) -> _Found:
    """Trust our Message-ID for the place, never for the person: it may have been forwarded or guessed."""
    case_id, customer_id = thread
    users = cases.customers_of_address(session, sender) if sender else []
    contact = any(customer == customer_id for customer, _ in users)
    return _Found(customer_id, case_id, contact, () if contact else ("foreign_sender",))


def _by_content(session: Session, email: InboundEmail, sender: str | None) -> _Found:
    customers = sorted({customer for customer, _ in cases.customers_of_address(session, sender)}) if sender else []
    if len(customers) == 1:
        return _Found(customers[0], contact=True)
    text = _words(email)
    if customers:
        known = [number for customer in customers for number in cases.invoice_numbers(session, customer)]
        owners = set(cases.invoice_owners(session, find_invoices(text, known)).values())
        if len(owners) == 1:
            return _Found(owners.pop(), contact=True)
        return _Found(contact=True, flags=("shared_address",))
    known = cases.numbers_with_digits(session, digit_runs(text))
    owners = set(cases.invoice_owners(session, find_invoices(text, known)).values())
    if len(owners) == 1:
        return _Found(owners.pop(), flags=("foreign_sender",))
    return _Found(flags=("several_customers",) if owners else ())


def _words(email: InboundEmail) -> str:
    return "\n".join((email.subject, email.new_text, email.quoted_text))


def _answers_us(email: InboundEmail, company: CompanyProfile) -> bool:
    """Say whether the mail answers one of ours that another system of ours sent, such as a reminder from the ERP."""
    chain = [i.strip().strip("<>") for i in (email.in_reply_to, *email.references) if i]
    return any(company.owns(i) for i in chain) or (bool(chain) and any(company.owns(to) for to in email.to))


def _domains(session: Session, company: CompanyProfile) -> set[str]:
    own = {company.domain, *(domain.lower() for domain in company.own_domains)}
    return {domain_of(f"@{domain}") for domain in (*cases.contact_domains(session), *own)}

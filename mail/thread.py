"""Step 4: which case a mail belongs to, which invoices it names, and how sure we are who wrote.

Matching suggests where a mail belongs; it never makes a stranger a contact and never changes the ledger. What cannot be
told apart for certain stays unmatched, for a person, with those whom it could belong to.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from sqlmodel import Session

from mail import returned
from mail.address import domain_of
from mail.identity import judge, works
from mail.links import Link, by_message_id, by_token, chain_of
from mail.portal_match import Notice, note
from mail.portal_match import find as find_notice
from mail.strangers import Guess, of_shared_address, of_stranger
from store import audit, cases, contacts, proposals, whose
from store.candidates import Candidate, Hint, ranked
from store.company import CompanyProfile
from store.inbound import InboundEmail
from store.naming import invoices_in
from store.tables import Message
from store.vocabulary import IdentityLevel, MessageKind, MessageState

_SURE = frozenset({IdentityLevel.A, IdentityLevel.B})


@dataclass(frozen=True, slots=True)
class Match:
    """Where a mail belongs. `customer_id` None: unmatched. `case_id` None with a customer: their open case, or a new one.

    `candidates`: whose it could be, where that is left to a person. `notice`: a customer's portal wrote it, not the customer.
    """

    customer_id: str | None
    case_id: int | None
    invoices: list[str] = field(default_factory=list)
    identity: IdentityLevel = IdentityLevel.C
    flags: list[str] = field(default_factory=list)
    own_mail: bool = False
    candidates: tuple[Candidate, ...] = ()
    notice: Notice | None = None


@dataclass(frozen=True, slots=True)
class _Found:
    customer_id: str | None = None
    case_id: int | None = None
    contact: bool = False
    linked: bool = False
    flags: tuple[str, ...] = ()
    candidates: tuple[Candidate, ...] = ()


def match(
    session: Session,
    email: InboundEmail,
    *,
    company: CompanyProfile,
    now: datetime,
) -> Match:
    """Find case, customer, invoices and identity of a mail. Reads only.

    In this order: our own Message-ID in the chain, our reply token, a known contact, an invoice number.
    """
    if email.kind in returned.REPORTS:
        report = returned.find(session, email)
        link = report.link
        return Match(link.customer_id, link.case_id) if link else Match(None, None, candidates=report.candidates)
    sender = email.from_address
    from_us = sender is not None and company.owns(sender)
    copy = email.message_id is not None and by_message_id(session, [email.message_id]) is not None
    # Our own mail comes back under other names too: a list or a robot sent it on with the Message-ID that we gave it.
    own_mail = from_us or copy
    notice = None if own_mail else find_notice(session, email, company)
    if notice is not None:
        return _from_portal(session, email, notice, company)
    found = _place(session, email, company=company, own_mail=own_mail)
    known = cases.invoice_numbers(session, found.customer_id) if found.customer_id else []
    identity, oddities = judge(
        email,
        contact=found.contact,
        in_thread=found.linked or _answers_us(email, company),
        known_domains=() if found.contact or own_mail else _domains(session, company),
    )
    flags = [*found.flags, *oddities]
    if own_mail:
        # A copy of what the outbox sent ends by itself; anything else from our domain is shown to a person.
        kind = "own_mail_returned" if not from_us else "own_copy" if copy else "own_mail"
        flags = [kind, *(f for f in flags if f != "foreign_sender")]
    return Match(
        found.customer_id,
        found.case_id,
        invoices=invoices_in(email, known) if known else [],
        identity=identity,
        flags=list(dict.fromkeys(flags)),
        own_mail=own_mail,
        candidates=() if own_mail else found.candidates,
    )


def _from_portal(session: Session, email: InboundEmail, notice: Notice, company: CompanyProfile) -> Match:
    """Place a portal's mail with the customer whose invoices it names. A portal is nobody's contact: no figure ever goes there."""
    known = cases.invoice_numbers(session, notice.customer_id) if notice.customer_id else []
    portals = {domain for domains in company.portal_domains.values() for domain in domains}
    identity, oddities = judge(email, contact=False, in_thread=False, known_domains=portals)
    return Match(
        notice.customer_id,
        None,
        invoices=invoices_in(email, known),
        identity=identity,
        flags=list(dict.fromkeys([*notice.flags, *oddities])),
        candidates=notice.candidates,
        notice=notice,
    )


def assign(session: Session, message_id: int, match: Match, now: datetime) -> int | None:
    """Write a match to the message and void what it overtakes; give the case, None when unmatched.

    Unmatched mail waits for a person, but for our own, which ends by itself; an unreadable mail stays unreadable. What a mail
    says about contacts is noted: a proven bounce or complaint takes them out of use, a proven mail from them brings them back.
    """
    row = session.get_one(Message, message_id)
    case_id = match.case_id
    if case_id is None and match.customer_id is not None:
        case_id = cases.open_case(session, match.customer_id, now=now)
    elif case_id is not None and not match.own_mail:
        # A conversation that had come to its end goes on.
        cases.take_up(session, case_id)
    row.customer_id, row.case_id = match.customer_id, case_id
    row.identity, row.invoices = match.identity, list(match.invoices)
    row.match_flags = [*match.flags, *_noted(session, row, match, now=now)]
    row.candidates = [candidate.stored() for candidate in match.candidates]
    spoken = row.parsed.get("kind") == MessageKind.REPLY and match.notice is None
    row.from_customer = spoken and not match.own_mail
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
        payload={"case": case_id, "customer": match.customer_id, "identity": match.identity, "flags": row.match_flags},
    )
    if case_id is not None and row.from_customer:
        proposals.void_overtaken(session, case_id=case_id, message_id=message_id, now=now)
    return case_id


def _noted(session: Session, row: Message, match: Match, *, now: datetime) -> list[str]:
    """Let a mail change which contacts mail reaches, or what stands in a portal; give the flags that say so."""
    assert row.id is not None
    email = InboundEmail.model_validate(row.parsed)
    if match.notice is not None:
        return list(note(session, match.notice, email, message_id=row.id, now=now))
    if email.kind in returned.REPORTS:
        link = Link(match.case_id, match.customer_id) if match.customer_id else None
        return returned.apply(session, email, link=link, message_id=row.id, now=now)
    if match.identity in _SURE and email.from_address and works(email):
        contacts.works_again(session, email.from_address, message_id=row.id, now=now)
    return []


def _place(session: Session, email: InboundEmail, *, company: CompanyProfile, own_mail: bool) -> _Found:
    found = (by_message_id(session, chain_of(email)), by_token(session, email, company))
    links = [link for link in found if link is not None]
    sender = email.from_address
    users = sorted({customer for customer, _ in whose.customers_of_address(session, sender)}) if sender else []
    if links:
        return _linked(session, email, links, users)
    if own_mail:
        return _Found()
    if len(users) == 1:
        return _Found(users[0], contact=True)
    if users:
        return _shared(of_shared_address(session, email, users, linked=None))
    guess = of_stranger(session, email)
    if guess.customer_id is not None:
        return _Found(guess.customer_id, flags=("foreign_sender",))
    return _Found(flags=("several_customers",) if guess.several else (), candidates=guess.candidates)


def _linked(session: Session, email: InboundEmail, links: list[Link], users: list[str]) -> _Found:
    """Trust our Message-ID and our token for the place, never for the person: a mail may be forwarded, or stolen."""
    owners = {link.customer_id for link in links}
    if len(owners) > 1:
        both = ranked([Candidate(customer_id=owner, why=Hint.OUR_MAIL) for owner in owners])
        return _Found(contact=owners <= set(users), linked=True, flags=("several_customers",), candidates=both)
    link = links[0]
    if link.customer_id not in users:
        return _Found(link.customer_id, link.case_id, linked=True, flags=("foreign_sender",))
    if len(users) > 1:
        guess = of_shared_address(session, email, users, linked=link.customer_id)
        if guess.customer_id is None:
            return _Found(contact=True, linked=True, flags=("several_customers",), candidates=guess.candidates)
    return _Found(link.customer_id, link.case_id, contact=True, linked=True)


def _shared(guess: Guess) -> _Found:
    if guess.customer_id is not None:
        return _Found(guess.customer_id, contact=True)
    flags = ("shared_address", "several_customers") if guess.several else ("shared_address",)
    return _Found(contact=True, flags=flags, candidates=guess.candidates)


def _answers_us(email: InboundEmail, company: CompanyProfile) -> bool:
    """Say whether the mail answers one of ours that another system of ours sent, such as a reminder from the ERP."""
    chain = [i.strip().strip("<>") for i in chain_of(email)]
    return any(company.owns(i) for i in chain) or (bool(chain) and any(company.owns(to) for to in email.to))


def _domains(session: Session, company: CompanyProfile) -> set[str]:
    own = {company.domain, *(domain.lower() for domain in company.own_domains)}
    return {domain_of(f"@{domain}") for domain in (*whose.contact_domains(session), *own)}

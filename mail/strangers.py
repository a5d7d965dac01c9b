"""Whose mail it could be that came from no contact of ours, or from an address that several customers share.

It identifies a customer only by an invoice number that is surely one. All weaker signs become candidates for a person.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlmodel import Session

from mail.address import domain_of, registrable
from store import cases, whose
from store.candidates import Candidate, Hint, ranked
from store.inbound import InboundEmail
from store.naming import attached_text, written_text
from store.numbers import digit_runs, ending_in, find_invoices, surely_named

#: A name shorter than this stands in too many others.
_LONG_ENOUGH = 5
_NO_LETTER = re.compile(r"[^a-z0-9]+")


@dataclass(frozen=True, slots=True)
class Guess:
    """The customer that a mail surely names, or those whom it could belong to; `several`: it names invoices of more than one."""

    customer_id: str | None = None
    candidates: tuple[Candidate, ...] = ()
    several: bool = False


def of_stranger(session: Session, email: InboundEmail) -> Guess:
    """Guess for an unknown address: one customer only where the words or the quotation name an invoice of theirs beyond doubt."""
    written = written_text(email)
    owners = _owners_near(session, "\n".join((email.subject, written, attached_text(email))))
    known = list(owners)
    sure = {owners[number] for number in surely_named(written, known)}
    possible = sure | {owners[number] for number in find_invoices(written, known)}
    found = [
        *_naming(written, owners, sure=sure),
        *_weak(email, owners),
        *_by_domain(session, email.from_address),
    ]
    several = len(possible) > 1
    if len(sure) == 1 and not several:
        return Guess(customer_id=sure.pop())
    return Guess(candidates=ranked(found), several=several)


def of_shared_address(session: Session, email: InboundEmail, customers: Sequence[str], *, linked: str | None) -> Guess:
    """Guess among the customers that use one address. `linked` is the one whose mail of ours is answered.

    A mail that names invoices of two of them is for a person, even in a thread: half of it would be read with the wrong account.
    """
    text = "\n".join((email.subject, written_text(email), attached_text(email)))
    named = {customer: find_invoices(text, cases.invoice_numbers(session, customer)) for customer in customers}
    hits = {customer for customer, numbers in named.items() if numbers} | ({linked} if linked else set())
    if len(hits) == 1:
        return Guess(customer_id=hits.pop())
    found = [_shared(customer, tuple(named.get(customer, ())), linked) for customer in sorted({*customers, *hits})]
    return Guess(candidates=ranked(found), several=len(hits) > 1)


def by_digits(session: Session, text: str) -> dict[str, list[str]]:
    """Map each customer to the invoices of theirs that a text names, however weakly."""
    return _by_owner(text, _owners_near(session, text))


def _shared(customer: str, numbers: tuple[str, ...], linked: str | None) -> Candidate:
    why = Hint.OUR_MAIL if customer == linked else Hint.INVOICE if numbers else Hint.SHARED_ADDRESS
    return Candidate(customer_id=customer, invoices=numbers, why=why)


def _owners_near(session: Session, text: str) -> dict[str, str]:
    """Map those of all invoice numbers that the text could name to their customer."""
    owners = whose.invoices_with_digits(session, digit_runs(text))
    return {number: owners[number] for number in ending_in(text, owners)}


def _naming(written: str, owners: dict[str, str], *, sure: set[str]) -> Iterable[Candidate]:
    for customer, numbers in _by_owner(written, owners).items():
        why = Hint.INVOICE if customer in sure else Hint.DIGITS
        yield Candidate(customer_id=customer, invoices=tuple(numbers), why=why)


def _weak(email: InboundEmail, owners: dict[str, str]) -> Iterable[Candidate]:
    for text, why in ((email.subject, Hint.SUBJECT), (attached_text(email), Hint.ATTACHMENT)):
        for customer, numbers in _by_owner(text, owners).items():
            yield Candidate(customer_id=customer, invoices=tuple(numbers), why=why)


def _by_owner(text: str, owners: dict[str, str]) -> dict[str, list[str]]:
    """Search each customer's numbers by themselves: digits that mean an invoice of two customers make both candidates."""
    numbers: dict[str, list[str]] = {}
    for number, customer in owners.items():
        numbers.setdefault(customer, []).append(number)
    found = {customer: find_invoices(text, own) for customer, own in numbers.items()}
    return {customer: hits for customer, hits in found.items() if hits}


def _by_domain(session: Session, address: str | None) -> Iterable[Candidate]:
    """Suggest the customer whose contacts are at this domain, where the domain is the customer's name: no mail provider's is."""
    theirs = registrable(domain_of(address or ""))
    label = _NO_LETTER.sub("", theirs[0])
    if len(label) < _LONG_ENOUGH:
        return
    users = {
        customer
        for known, customers in whose.contact_domains(session, holding=theirs[0]).items()
        if registrable(known) == theirs
        for customer in customers
    }
    names = whose.customer_names(session) if users else {}
    for customer in sorted(users):
        if label in _NO_LETTER.sub("", names[customer].lower()):
            yield Candidate(customer_id=customer, why=Hint.DOMAIN)

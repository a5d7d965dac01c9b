"""Whose invoices a portal's mail speaks of: found by invoice number and the customer's portal, as a portal is nobody's contact.

Reads only. What the mail says is noted by `note`, in the transaction that records it, and only where the sender is proven.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from mail.portal_notice import Said, read_notice
from mail.portal_sender import is_proven, portal_of, poses_as
from store import whose
from store.aftermath import Portal, PortalStatus
from store.candidates import Candidate, Hint, ranked
from store.company import CompanyProfile
from store.inbound import InboundEmail
from store.naming import whole_text
from store.numbers import digit_runs, ending_in, surely_named
from store.portal_hearing import hear
from store.portal_names import portal_named
from store.portals import latest
from store.tables import Customer

#: A mail of a portal, whatever it says; the screen lets none of them be answered.
FROM_PORTAL = "portal_mail"
#: It looks like a portal's notification, and its sender is not proven to be the portal.
UNPROVEN = "portal_unproven"


@dataclass(frozen=True, slots=True)
class Notice:
    """What a portal's mail says of one customer's invoices. `said` is () where it is not proven, or tells of none."""

    portal: Portal
    customer_id: str | None = None
    said: tuple[Said, ...] = ()
    flags: tuple[str, ...] = ()
    candidates: tuple[Candidate, ...] = ()


def find(session: Session, email: InboundEmail, company: CompanyProfile) -> Notice | None:
    """Tell whose invoices a portal's mail is about; None for a mail that is none, so that it goes the usual way.

    Unproven ones, and mails of several customers' invoices, are for a person: they come back without anything said.
    """
    portal = portal_of(email, company.portal_domains)
    posing = None if portal is not None else poses_as(email, company.portal_domains)
    if portal is None and posing is None:
        return None
    owners = _owners_near(session, email)
    said = read_notice(email, list(owners))
    if posing is not None:
        # A person whose name or address resembles a portal's may write to us; a stranger's notification is what poses.
        known = email.from_address is not None and whose.customers_of_address(session, email.from_address)
        unsaid = not said or bool(known)
        return None if unsaid else Notice(posing, flags=(UNPROVEN,), candidates=_candidates(said, owners))
    assert portal is not None
    if not is_proven(email):
        return Notice(portal, flags=(UNPROVEN,), candidates=_candidates(said, owners))
    named = [s.invoice for s in said] or surely_named(whole_text(email), list(owners))
    fitting = {number for number in named if _fits(session, number, owners[number], portal)}
    customers = {owners[number] for number in fitting}
    if len(customers) != 1:
        several = ("several_customers",) if customers else ()
        return Notice(portal, flags=(FROM_PORTAL, *several), candidates=_candidates(said, owners))
    return Notice(portal, customers.pop(), tuple(s for s in said if s.invoice in fitting), (FROM_PORTAL,))


def note(session: Session, notice: Notice, email: InboundEmail, *, message_id: int, now: datetime) -> tuple[str, ...]:
    """Let a proven mail move the items that it names; give a flag for each standing, and for what it could not move."""
    if notice.customer_id is None:
        return ()
    flags = []
    for said in notice.said:
        moved = hear(
            session,
            customer_id=notice.customer_id,
            invoice_number=said.invoice,
            portal=notice.portal,
            status=said.status,
            reason=said.reason,
            said_at=email.sent_at,
            message_id=message_id,
            now=now,
        )
        flags.append(f"portal_{said.status}:{said.invoice}")
        if not moved and said.status is PortalStatus.REJECTED:
            flags.append(f"portal_unmoved:{said.invoice}")
    return tuple(flags)


def _owners_near(session: Session, email: InboundEmail) -> dict[str, str]:
    text = whole_text(email)
    owners = whose.invoices_with_digits(session, digit_runs(text))
    return {number: owners[number] for number in ending_in(text, owners)}


def _fits(session: Session, number: str, customer_id: str, portal: Portal) -> bool:
    """Say whether the invoice is one that this portal can speak of: by its work item, else by the customer's own entry.

    A customer for whom no portal is entered may use any: the number alone decides, and there is no item to be moved.
    """
    item = latest(session, number)
    if item is not None:
        return Portal(item.portal) is portal
    entered = portal_named(session.get_one(Customer, customer_id).portal)
    return entered is None or entered is portal


def _candidates(said: tuple[Said, ...], owners: dict[str, str]) -> tuple[Candidate, ...]:
    found: dict[str, list[str]] = {}
    for each in said:
        found.setdefault(owners[each.invoice], []).append(each.invoice)
    return ranked([Candidate(customer_id=c, invoices=tuple(n), why=Hint.INVOICE) for c, n in found.items()])

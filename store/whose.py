"""Finds whose a mail could be: by address, by invoice number, by what of ours it answers. Reads across customers, and nothing else does.

Never for one customer alone: an address that two share would then seem to be one's own.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from sqlalchemy import Select, bindparam, func, or_
from sqlmodel import Session, col, select

from store.scoping import whole_house
from store.tables import Contact, Customer, Invoice, Outgoing
from store.vocabulary import ContactStatus


def customers_of_address(session: Session, address: str) -> list[tuple[str, int]]:
    """List (customer id, contact id) for everyone who uses this address; several mean a shared mailbox."""
    whole_house(session)
    rows = session.execute(_users(), {"address": address.lower()})
    return [(customer, contact) for customer, contact in rows if contact is not None]


@cache
def _users() -> Select[str, int | None]:
    known = Contact.status != ContactStatus.TO_VERIFY
    here = func.lower(Contact.email) == bindparam("address")
    return select(col(Contact.customer_id), col(Contact.id)).where(here, known)


def contact_domains(session: Session, *, holding: str = "") -> dict[str, set[str]]:
    """Map each contact domain to the customers that use it; an address that a mail named and nobody verified makes none known.

    `holding`: of the addresses that hold this text alone.
    """
    whole_house(session)
    domains: dict[str, set[str]] = {}
    known = select(col(Contact.customer_id), col(Contact.email)).where(Contact.status != ContactStatus.TO_VERIFY)
    if holding and holding.isascii():  # databases fold no other letters alike
        known = known.where(func.lower(Contact.email).contains(holding.lower(), autoescape=True))
    for customer, email in session.execute(known):
        domains.setdefault(email.rpartition("@")[2].lower(), set()).add(customer)
    return domains


def invoices_with_digits(session: Session, runs: Sequence[str]) -> dict[str, str]:
    """Map invoice numbers of all customers that hold one of these runs of digits to their customer.

    There may be very many, where a year stands in every number: never put them into a statement as parameters.
    """
    whole_house(session)
    if not runs:
        return {}
    holds = or_(*(col(Invoice.number).contains(run, autoescape=True) for run in runs))
    return dict(session.exec(select(Invoice.number, Invoice.customer_id).where(holds)).all())


def cases_of_message_ids(session: Session, message_ids: Sequence[str]) -> dict[str, tuple[int | None, str]]:
    """Map those of these Message-IDs that are our own to the case and customer they belong to."""
    whole_house(session)
    rows = session.execute(_sent(), {"ids": list(message_ids)}) if message_ids else ()
    return {message_id: (case, customer) for message_id, case, customer in rows}


@cache
def _sent() -> Select[str, int | None, str]:
    mine = col(Outgoing.message_id_header).in_(bindparam("ids", expanding=True))
    return select(col(Outgoing.message_id_header), col(Outgoing.case_id), col(Outgoing.customer_id)).where(mine)


def case_of_token(session: Session, token: str) -> tuple[int | None, str] | None:
    """Find the case and customer that a reply token of ours stands for."""
    whole_house(session)
    row = session.exec(select(Outgoing.case_id, Outgoing.customer_id).where(Outgoing.reply_token == token)).first()
    return (row[0], row[1]) if row else None


def customer_names(session: Session) -> dict[str, str]:
    """Map every customer's id to the name."""
    whole_house(session)
    return dict(session.exec(select(Customer.id, Customer.name)).all())

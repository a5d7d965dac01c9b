"""Puts single rows of an imported ledger into the tables, and says whether they were new or changed. Nothing is ever removed."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlmodel import Session, col, select

from store.ledger_rows import ContactRow
from store.tables import Contact, Customer, Invoice, Payment
from store.vocabulary import ContactStatus


def put(
    session: Session,
    table: type[Customer] | type[Invoice] | type[Payment],
    identity: str,
    values: dict[str, Any],
    *,
    key: str,
) -> int:
    """Put a row in, or change what is different of it; give 1 where something was."""
    row = session.get(table, identity)
    if row is None:
        session.add(table(**{key: identity, **values}))
        return 1
    different = {name: value for name, value in values.items() if getattr(row, name) != value}
    for name, value in different.items():
        setattr(row, name, value)
    return 1 if different else 0


def put_contact(session: Session, contact: ContactRow, *, now: datetime) -> int:
    """Put a contact in, or change what is different of it; give 1 where something was."""
    email = contact.email.lower()
    row = session.exec(
        select(Contact).where(Contact.customer_id == contact.customer_id, col(Contact.email) == email)
    ).first()
    if row is None:
        session.add(
            Contact(customer_id=contact.customer_id, name=contact.name, email=email, role=contact.role, created_at=now)
        )
        return 1
    # The ERP vouches for a contact that so far only a mail had named; a bounced one stays invalid.
    status = ContactStatus.VERIFIED if row.status == ContactStatus.TO_VERIFY else row.status
    if (row.name, row.role, row.status) == (contact.name, contact.role, status):
        return 0
    row.name, row.role, row.status = contact.name, contact.role, status
    return 1

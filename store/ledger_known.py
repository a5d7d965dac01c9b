"""Reads what of the ledger is stored already, for checking rows that name it without bringing it again. Changes nothing."""

from __future__ import annotations

from sqlmodel import Session, select

from store.ledger_changes import AliasKind, CustomerAlias, numbers_before
from store.ledger_checking import Known
from store.scoping import whole_house
from store.tables import Customer, Invoice


def known_to(session: Session) -> Known:
    """Give the customers that are stored, those that were merged into them, and whose each invoice is."""
    whole_house(session)
    return Known(
        customers=frozenset(session.exec(select(Customer.id)).all()),
        owners=dict(session.exec(select(Invoice.number, Invoice.customer_id)).all()),
        aliases=numbers_before(session),
    )


def names_known(session: Session) -> list[tuple[str, str]]:
    """List (number, name) of all customers: the names that they have, and those that they had before."""
    whole_house(session)
    now = session.exec(select(Customer.id, Customer.name)).all()
    before = select(CustomerAlias.customer_id, CustomerAlias.alias).where(CustomerAlias.kind == AliasKind.NAME)
    return [*now, *session.exec(before).all()]

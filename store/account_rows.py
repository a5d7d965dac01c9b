"""Reads the rows of which a snapshot is made, as plain values, one customer at a time.

Whose account it is and of which matters it holds anything is one question; only those are then read, by statements that are built
once. The rows belong to no session: they are as the database has them at that moment, with what was about to be written.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import StrEnum
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, FromClause, Row, Select, bindparam, inspect, select
from sqlmodel import Session, SQLModel

from store.channel_tables import ChannelStop
from store.last_resort_tables import LastResortRow
from store.last_resort_words import DECIDED
from store.matters import CompanyDocument, PaymentCheck, PortalItem
from store.outreach_words import LastResort
from store.tables import (
    Contact,
    Customer,
    Dispute,
    Document,
    Effect,
    Escalation,
    Hold,
    Instalment,
    Invoice,
    Message,
    Payment,
    Plan,
    Promise,
    ProposalRow,
    Resubmission,
)

_THEIRS = "customer"
#: On the invoices of such a step nobody asks for money by mail until it ends. Handed over to an agency or an attorney: they ask.
#: Written off: nobody asks, until the books are as decided. Settled: the letter asks for the lower sum while it stands.
_RESTS = (LastResort.HAND_OFF, LastResort.WRITE_OFF, LastResort.SETTLEMENT)


class Kept(StrEnum):
    """What an account may hold; of most of them it holds nothing."""

    CONTACTS = "contacts"
    INVOICES = "invoices"
    PAYMENTS = "payments"
    PROMISES = "promises"
    PLANS = "plans"
    DISPUTES = "disputes"
    RESUBMISSIONS = "resubmissions"
    PORTAL_ITEMS = "portal_items"
    CHECKS = "checks"
    DOCUMENTS = "documents"
    ESCALATIONS = "escalations"
    HOLDS = "holds"
    STOPS = "stops"
    RESTING = "resting"


class AccountRows:
    """The rows of one account. `customer`: its own."""

    def __init__(self, session: Session, customer_id: str) -> None:
        """Ask whose account it is, and what it holds. Raises NoResultFound for a customer that is not there."""
        self._session, self._values = session, {_THEIRS: customer_id}
        session.flush()
        self.customer = session.execute(_whose(), self._values).one()

    def of(self, kept: Kept) -> Sequence[Any]:
        """Read all rows of one kind, by their key."""
        if not getattr(self.customer, f"has_{kept}"):
            return ()
        return self._session.execute(_questions()[kept], self._values).all()

    def instalments(self, plans: Sequence[int]) -> Sequence[Any]:
        """Read the instalments of these plans, by plan and position."""
        return self._session.execute(_instalments(), {"plans": plans}).all() if plans else ()

    def effects(self, effects: Sequence[int]) -> Sequence[Any]:
        """Read of these effects: their number, when each was applied, when the mail came that it is of."""
        return self._session.execute(_effects(), {"effects": effects}).all() if effects else ()


def columns_of(row: Row[Any], *, but: frozenset[str] = frozenset({"customer_id"})) -> dict[str, Any]:
    """Give the columns of a row by name, without some."""
    values: Mapping[Any, Any] = row._mapping
    return {name: value for name, value in values.items() if name not in but}


def table_of(model: type[SQLModel]) -> FromClause:
    """Give the table of a class of rows."""
    table: FromClause = inspect(model).local_table
    return table


@cache
def _whose() -> Select[Any]:
    customer = table_of(Customer)
    holds = (query.order_by(None).exists().label(f"has_{kept}") for kept, query in _questions().items())
    return select(*customer.c, *holds).where(customer.c.id == bindparam(_THEIRS))


@cache
def _questions() -> dict[Kept, Select[Any]]:
    escalation, effect, hold, last = (table_of(model) for model in (Escalation, Effect, Hold, LastResortRow))
    return {
        Kept.CONTACTS: _mine(Contact),
        Kept.INVOICES: _mine(Invoice, key="number"),
        Kept.PAYMENTS: _mine(Payment),
        Kept.PROMISES: _mine(Promise),
        Kept.PLANS: _mine(Plan),
        Kept.DISPUTES: _mine(Dispute),
        Kept.RESUBMISSIONS: _mine(Resubmission),
        Kept.PORTAL_ITEMS: _mine(PortalItem),
        Kept.CHECKS: _mine(PaymentCheck),
        Kept.DOCUMENTS: _documents(),
        Kept.ESCALATIONS: _mine(Escalation, escalation.c.status == "open")
        .join(effect, effect.c.id == escalation.c.effect_id)
        .add_columns(effect.c.proposal_id),
        Kept.HOLDS: _mine(Hold, hold.c.released_at.is_(None)),
        Kept.STOPS: _mine(ChannelStop),
        Kept.RESTING: _mine(
            LastResortRow,
            last.c.kind.in_([kind.value for kind in _RESTS]),
            last.c.status.in_(sorted(DECIDED)),
        ),
    }


def _mine(model: type[SQLModel], *also: ColumnElement[bool], key: str = "id") -> Select[Any]:
    table = table_of(model)
    return select(*table.c).where(table.c.customer_id == bindparam(_THEIRS), *also).order_by(table.c[key])


def _documents() -> Select[Any]:
    """Ask what may be sent to this customer: the company's papers, and those of their own invoices."""
    paper, document, invoice = (table_of(model) for model in (CompanyDocument, Document, Invoice))
    own = select(invoice.c.number).where(invoice.c.customer_id == bindparam(_THEIRS))
    return (
        select(*paper.c, document.c.filename)
        .join(document, document.c.sha256 == paper.c.document_sha256)
        .where(paper.c.withdrawn_at.is_(None))
        .where(paper.c.invoice_number.is_(None) | paper.c.invoice_number.in_(own))
        .order_by(paper.c.id)
    )


@cache
def _instalments() -> Select[Any]:
    part = table_of(Instalment)
    wanted = part.c.plan_id.in_(bindparam("plans", expanding=True))
    return select(*part.c).where(wanted).order_by(part.c.position)


@cache
def _effects() -> Select[Any]:
    effect, proposal, message = (table_of(model) for model in (Effect, ProposalRow, Message))
    return (
        select(effect.c.id, effect.c.applied_at, message.c.received_at)
        .join(proposal, proposal.c.id == effect.c.proposal_id, isouter=True)
        .join(message, message.c.id == proposal.c.message_id, isouter=True)
        .where(effect.c.id.in_(bindparam("effects", expanding=True)))
    )

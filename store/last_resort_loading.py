"""Loads what a packet for an agency or an attorney is made of: one customer's mails, papers and what was agreed. Reads only.

One customer at a time (`store.scoping`). To be sure that nobody else is named in it, the names, addresses and invoice numbers of all
others are loaded by themselves: for comparing, never for writing.
"""

from __future__ import annotations

import gzip
from dataclasses import dataclass

from sqlmodel import Session, col, select

from store.facts import CaseFacts
from store.last_resort_thread import PacketMail, by_other_ways
from store.ledger_changes import AliasKind, CustomerAlias
from store.matters import CompanyDocument
from store.scoping import narrowed, whole_house
from store.tables import (
    Contact,
    Customer,
    Dispute,
    Document,
    Escalation,
    Invoice,
    Message,
    MessageRaw,
    Outgoing,
    ProposalRow,
)
from store.vocabulary import DocumentKind, MessageKind, MessageState, ProposalStatus, Reason, SendState

#: Mails that somebody must still read or answer.
_UNREAD = (MessageState.STORED, MessageState.PROPOSING, MessageState.QUARANTINED, MessageState.UNREADABLE)
_UNANSWERED = (ProposalStatus.HELD, ProposalStatus.APPROVED, ProposalStatus.UNCERTAIN, ProposalStatus.FAILED)
_LEFT = (SendState.TRANSMITTING, SendState.SENT, SendState.FILED, SendState.UNCERTAIN)


@dataclass(frozen=True, slots=True)
class Paper:
    """A stored PDF of one invoice."""

    invoice: str
    content: bytes


@dataclass(frozen=True, slots=True)
class EndedDispute:
    """A dispute with how it ended, in our own words."""

    invoice: str
    kind: str
    statement: str
    status: str
    ended_by: str
    ended_on: str
    ending: str


@dataclass(frozen=True, slots=True)
class Gathered:
    """All of one customer that a packet may hold, and what still waits. `waiting`: mails of theirs that nobody answered yet."""

    mails: tuple[PacketMail, ...]
    invoices: tuple[Paper, ...]
    deliveries: tuple[Paper, ...]
    disputes: tuple[EndedDispute, ...]
    waiting: int
    said_insolvent: bool


@dataclass(frozen=True, slots=True)
class Strangers:
    """By what other customers could be told: lower case."""

    names: frozenset[str]
    addresses: frozenset[str]
    numbers: frozenset[str]


def gather(session: Session, facts: CaseFacts, numbers: list[str]) -> Gathered:
    """Load a customer's conversation and the papers of these invoices."""
    assert facts.customer is not None, "a claim is somebody's"
    customer_id = facts.customer.id
    with narrowed(session, customer_id):
        return Gathered(
            mails=tuple(
                sorted(
                    (*_came(session, customer_id), *_went(session, customer_id), *by_other_ways(session, customer_id)),
                    key=lambda mail: mail.at,
                )
            ),
            invoices=_papers(session, facts, numbers),
            deliveries=_deliveries(session, numbers),
            disputes=_disputes(session, customer_id),
            waiting=_waiting(session, customer_id),
            said_insolvent=_insolvent(session, customer_id),
        )


def strangers(session: Session, customer_id: str) -> Strangers:
    """Load by what everybody else could be told. Raises WrongScope within work for one customer."""
    whole_house(session)
    names = [*session.exec(select(Customer.name).where(Customer.id != customer_id))]
    former = select(CustomerAlias.alias).where(CustomerAlias.kind == AliasKind.NAME)
    names += session.exec(former.where(CustomerAlias.customer_id != customer_id))
    own = {address.lower() for address in session.exec(select(Contact.email).where(Contact.customer_id == customer_id))}
    addresses = session.exec(select(Contact.email).where(Contact.customer_id != customer_id))
    numbers = session.exec(select(Invoice.number).where(Invoice.customer_id != customer_id))
    return Strangers(
        names=frozenset(name.strip().lower() for name in names if len(name.strip()) >= 4),
        # One person may work for two of our customers: their address is no secret of the other's.
        addresses=frozenset(address.lower() for address in addresses) - own,
        numbers=frozenset(number.lower() for number in numbers),
    )


def _came(session: Session, customer_id: str) -> list[PacketMail]:
    rows = session.exec(
        select(Message, MessageRaw)
        .join(MessageRaw, col(MessageRaw.message_id) == col(Message.id), isouter=True)
        .where(Message.customer_id == customer_id)
        .order_by(col(Message.received_at), col(Message.id))
    )
    found = []
    for message, raw in rows:
        parsed = message.parsed
        if parsed.get("kind") == MessageKind.OUTREACH:
            continue
        content = gzip.decompress(raw.content) if raw is not None else b""
        by_hand = message.state == MessageState.SENT_BY_HAND
        who = str(parsed.get("from_name") or parsed.get("from_address") or "")
        text = "\n\n".join(str(parsed.get(part) or "") for part in ("new_text", "signature") if parsed.get(part))
        found.append(
            PacketMail(
                at=message.received_at,
                ours=by_hand,
                who=who,
                subject=str(parsed.get("subject") or ""),
                text=text,
                raw=content,
                enclosed=" ".join(f"{a.get('filename')} {a.get('text')}" for a in parsed.get("attachments") or ()),
            )
        )
    return found


def _went(session: Session, customer_id: str) -> list[PacketMail]:
    rows = session.exec(
        select(Outgoing, ProposalRow)
        .join(ProposalRow, col(ProposalRow.id) == col(Outgoing.proposal_id))
        .where(Outgoing.customer_id == customer_id, col(Outgoing.state).in_(_LEFT))
        .order_by(col(Outgoing.id))
    )
    found = []
    for mail, proposal in rows:
        draft = proposal.content.get("draft") or {}
        found.append(
            PacketMail(
                at=mail.sent_at or mail.created_at,
                ours=True,
                who=", ".join(mail.recipients),
                subject=str(draft.get("subject") or ""),
                text=str(draft.get("rendered") or ""),
                raw=mail.mime,
                reminder=proposal.followup_id is not None,
                uncertain=mail.state not in (SendState.SENT, SendState.FILED),
            )
        )
    return found


def _papers(session: Session, facts: CaseFacts, numbers: list[str]) -> tuple[Paper, ...]:
    found = []
    for invoice in (facts.invoice(number) for number in numbers):
        document = session.get(Document, invoice.document_sha256) if invoice and invoice.document_sha256 else None
        if invoice is not None and document is not None:
            found.append(Paper(invoice.number, document.content))
    return tuple(found)


def _deliveries(session: Session, numbers: list[str]) -> tuple[Paper, ...]:
    rows = session.exec(
        select(CompanyDocument.invoice_number, Document.content)
        .join(Document, col(Document.sha256) == col(CompanyDocument.document_sha256))
        .where(CompanyDocument.kind == DocumentKind.PROOF_OF_DELIVERY, col(CompanyDocument.invoice_number).in_(numbers))
        .where(col(CompanyDocument.withdrawn_at).is_(None))
        .order_by(col(CompanyDocument.id))
    )
    return tuple(Paper(number, content) for number, content in rows if number is not None)


def _disputes(session: Session, customer_id: str) -> tuple[EndedDispute, ...]:
    rows = session.exec(select(Dispute).where(Dispute.customer_id == customer_id).order_by(col(Dispute.id)))
    return tuple(
        EndedDispute(
            invoice=row.invoice_number,
            kind=row.kind,
            statement=row.statement,
            status=row.status,
            ended_by=row.ended_by or "",
            ended_on=row.ended_on.isoformat() if row.ended_on else "",
            ending=row.ending,
        )
        for row in rows
    )


def _waiting(session: Session, customer_id: str) -> int:
    """Count the customer's mails that are unread, or whose answer waits for a person or for the outbox."""
    unread = session.exec(
        select(Message.id).where(Message.customer_id == customer_id, col(Message.state).in_(_UNREAD))
    ).all()
    held = session.exec(
        select(ProposalRow.id).where(
            ProposalRow.customer_id == customer_id,
            col(ProposalRow.status).in_(_UNANSWERED),
            col(ProposalRow.followup_id).is_(None),
        )
    ).all()
    return len(unread) + len(held)


def _insolvent(session: Session, customer_id: str) -> bool:
    """Say whether an insolvency was ever told and not rejected by a person, or is in somebody's hands."""
    matter = select(Escalation.id).where(Escalation.customer_id == customer_id, Escalation.reason == Reason.INSOLVENCY)
    if session.exec(matter).first() is not None:
        return True
    gone = (ProposalStatus.VOID, ProposalStatus.REJECTED)
    rows = select(ProposalRow.content).where(
        ProposalRow.customer_id == customer_id, col(ProposalRow.status).not_in(gone)
    )
    return any(
        c.get("reason") == Reason.INSOLVENCY for content in session.exec(rows) for c in content.get("claims", ())
    )

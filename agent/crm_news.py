"""Finds what happened with a customer and is to be noted in a CRM, and puts it into words: codes, figures, days and a link.

The customer's own words stay here unless the settings say otherwise. Each thing has one key, so that it is noted once.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, select

from ledger.connectors.remote import RemoteContact
from ledger.settings import ConnectionSettings
from store import crm_notes, remote_records
from store.crm_notes import CrmNote
from store.person_words import GONE
from store.tables import Contact, Dispute, Effect, Outgoing, Plan, Promise
from store.vocabulary import ContactStatus, SendState

_OF_EFFECTS: dict[str, Any] = {"promise": Promise, "dispute": Dispute, "plan": Plan}
_LEFT = (SendState.SENT, SendState.FILED)


def queue_news(session: Session, settings: ConnectionSettings, *, key: bytes, since: datetime, now: datetime) -> int:
    """Queue what happened since a moment with customers whom the CRM knows, where it is not queued yet; give how much."""
    theirs = remote_records.remote_customers(session, settings.name)
    count = 0
    for kind in settings.write_back:
        for subject_id, customer_id in _news(session, settings.name, kind, since):
            if customer_id in theirs:
                count += crm_notes.queue(
                    session,
                    settings.name,
                    customer_id=customer_id,
                    key=key_of(key, settings.name, kind, subject_id),
                    kind=kind,
                    subject_id=subject_id,
                    now=now,
                )
    return count


def key_of(key: bytes, connection: str, kind: str, subject_id: int) -> str:
    """Give the key of a note: the same each time, and another one in each installation."""
    said = f"{connection}:{kind}:{subject_id}".encode()
    return f"dw-{hmac.new(key, said, hashlib.sha256).hexdigest()[:20]}"


def _news(session: Session, connection: str, kind: str, since: datetime) -> Iterator[tuple[int, str]]:
    noted = select(CrmNote.subject_id).where(CrmNote.connection == connection, CrmNote.kind == kind)
    if kind in _OF_EFFECTS:
        table = _OF_EFFECTS[kind]
        found = (
            select(table.id, table.customer_id)
            .join(Effect, col(Effect.id) == table.effect_id)
            .where(col(Effect.applied_at) >= since, col(table.id).not_in(noted))
        )
    elif kind == "sent":
        found = select(Outgoing.id, Outgoing.customer_id).where(
            col(Outgoing.state).in_(_LEFT), col(Outgoing.sent_at) >= since, col(Outgoing.id).not_in(noted)
        )
    else:
        found = select(Contact.id, Contact.customer_id).where(
            Contact.status == ContactStatus.VERIFIED, col(Contact.verified_at) >= since, col(Contact.id).not_in(noted)
        )
    yield from session.exec(found.limit(500)).all()


def text_of(session: Session, note: CrmNote, *, words: bool, link: Callable[[int], str]) -> str | None:
    """Put a note into words; None where what it is about is gone. `link` gives the address of an item."""
    if note.kind == "sent":
        mail = session.get(Outgoing, note.subject_id)
        if mail is None or mail.sent_at is None:
            return None
        return f"Mail sent about open invoices on {mail.sent_at.date()}\n{link(mail.proposal_id)}"
    row = session.get(_OF_EFFECTS[note.kind], note.subject_id)
    if row is None:
        return None
    effect = session.get_one(Effect, row.effect_id)
    lines = [_said(row), link(effect.proposal_id)]
    quoted = row.statement if isinstance(row, Dispute) else effect.text
    if words and quoted and quoted != GONE:
        lines.insert(1, quoted)
    return "\n".join(lines)


def _said(row: Any) -> str:
    if isinstance(row, Promise):
        how_much = f"{row.amount} {row.currency}" if row.amount is not None else "the open balance"
        return f"Payment promised: {how_much} by {row.due} ({', '.join(row.invoices)})"
    if isinstance(row, Plan):
        return f"Payment plan proposed: {row.total} {row.currency} ({', '.join(row.invoices)})"
    part = f", {row.amount} of it" if row.amount is not None else ""
    return f"Dispute opened: {row.invoice_number}{part} ({row.kind.replace('_', ' ')})"


def contact_of(session: Session, note: CrmNote) -> RemoteContact | None:
    """Give the person whom a note is about; None where they are gone, or not to be written to any more."""
    row = session.get(Contact, note.subject_id)
    if row is None or row.status != ContactStatus.VERIFIED or row.name == GONE:
        return None
    return RemoteContact(str(row.id), note.customer_id, row.name, row.email, row.role, f"contact {row.id}")

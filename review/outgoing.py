"""Makes the outbox row of an approval: the exact bytes, their hash, and the Message-ID that is fixed now and for ever.

It sends nothing, and refuses what cannot be written faithfully.
"""

from __future__ import annotations

import hashlib
import re
from datetime import datetime

from sqlmodel import Session

from agent.policy import distrusted
from agent.rules.base import block
from mail.compose import Enclosure, compose, fix_message_id
from review.item import Blocked, Item
from store.company import CompanyProfile
from store.facts import CaseFacts
from store.inbound import StoredMessage
from store.proposed import Draft
from store.tables import Document, Outgoing


def outgoing_mail(
    session: Session,
    item: Item,
    *,
    company: CompanyProfile,
    sender: str,
    key: bytes,
    now: datetime,
    reply_token: str | None = None,
) -> Outgoing:
    """Compose the mail of a proposal that is about to be approved. Raises Blocked when it cannot be written.

    The `reply_token`, where the mailbox has plus addressing, is kept with the mail: it stands for this customer.
    """
    draft, row = item.proposal.draft, item.row
    assert draft is not None
    assert row.id is not None
    assert row.customer_id is not None, "a draft without a customer has no verified recipient, and is blocked"
    message_id = fix_message_id(key, proposal_id=row.id, version=row.version, domain=sender.rpartition("@")[2])
    try:
        mime = compose(
            draft=draft,
            to=_answered(item),
            company=company,
            sender=sender,
            message_id=message_id,
            now=now,
            documents=_enclosures(session, draft, item.facts),
            reply_token=reply_token,
        )
    except ValueError as error:
        raise Blocked((block("R-HDR-03", f"The mail cannot be written: {error}."),)) from error
    return Outgoing(
        proposal_id=row.id,
        case_id=row.case_id,
        customer_id=row.customer_id,
        mailbox=item.message.mailbox,
        message_id_header=message_id,
        reply_token=reply_token,
        sender=sender,
        recipients=list(draft.recipients),
        mime=mime,
        mime_sha256=hashlib.sha256(mime).hexdigest(),
        ledger_digest=item.facts.ledger_digest(),
        newest_message=row.newest_message,
        next_attempt_at=now,
        created_at=now,
    )


def _answered(item: Item) -> StoredMessage:
    """Give the mail that is answered; for an unproven sender without its thread, which is not the customer's to continue."""
    if not distrusted(item.facts):
        return item.message
    bare = item.message.email.model_copy(update={"message_id": None, "in_reply_to": None, "references": ()})
    return item.message.model_copy(update={"email": bare})


def _enclosures(session: Session, draft: Draft, facts: CaseFacts) -> list[Enclosure]:
    """Load the stored PDFs that go along, and check each against its hash (threat T-28)."""
    found = []
    for number in draft.attachments:
        invoice = facts.invoice(number)
        document = session.get(Document, invoice.document_sha256) if invoice and invoice.document_sha256 else None
        if document is None or hashlib.sha256(document.content).hexdigest() != document.sha256:
            raise ValueError(f"the stored PDF of {number} is missing or was changed")
        found.append(Enclosure(filename=_file_name(number), content=document.content))
    return found


def _file_name(number: str) -> str:
    """Name a PDF by its invoice number, in letters that every mail program keeps."""
    return re.sub(r"[^A-Za-z0-9._-]+", "-", number).strip("-.") + ".pdf"

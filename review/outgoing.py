"""Makes the outbox row of an approval: the exact bytes, their hash, and the Message-ID that is fixed now and for ever.

It sends nothing, and refuses what cannot be written faithfully.
"""

from __future__ import annotations

import hashlib
from datetime import datetime

from sqlmodel import Session

from agent.policy import distrusted
from agent.rules.base import block
from mail.compose import compose, fix_message_id
from review.enclosing import enclosed
from review.item import Blocked, Item
from store.aftermath import FollowupKind
from store.company import CompanyProfile
from store.followup_facts import last_answer, our_chain
from store.inbound import StoredMessage
from store.scoping import narrowed
from store.tables import Outgoing


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
        # No paper and no mail of another customer can come into this one.
        with narrowed(session, row.customer_id):
            answered, documents = _answered(session, item), enclosed(session, draft, item.facts, company=company)
        mime = compose(
            draft=draft,
            to=answered,
            company=company,
            sender=sender,
            message_id=message_id,
            now=now,
            documents=documents,
            reply_token=reply_token,
            opens=_opens(session, item),
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


def _opens(session: Session, item: Item) -> bool:
    """Say whether the mail begins a thread: to a person who was never written to, or as our first in a case of our own."""
    woken = item.facts.followup
    if woken is None:
        return False
    if item.on_our_note:
        return not our_chain(session, item.message.id)
    return woken.kind is FollowupKind.CONTACT_VERIFIED


def _answered(session: Session, item: Item) -> StoredMessage:
    """Give the mail that is answered, as the end of its thread.

    Without its thread for an unproven sender, which is not the customer's to continue, and for a person who never saw it.
    A follow-up goes on after our own last answer.
    """
    email, woken = item.message.email, item.facts.followup
    if distrusted(item.facts) or _opens(session, item):
        bare = email.model_copy(update={"message_id": None, "in_reply_to": None, "references": ()})
        return item.message.model_copy(update={"email": bare})
    if item.on_our_note:
        *earlier, last = our_chain(session, item.message.id)
        chained = email.model_copy(update={"message_id": last, "references": tuple(earlier)})
        return item.message.model_copy(update={"email": chained})
    ours = last_answer(session, item.message.id) if woken is not None else None
    if ours is None:
        return item.message
    before = email.references or ((email.in_reply_to,) if email.in_reply_to else ())
    chain = tuple(i for i in (*before, email.message_id) if i)
    return item.message.model_copy(update={"email": email.model_copy(update={"message_id": ours, "references": chain})})

"""Sees what people send from their own mail program: reads the Sent folder, and takes what answers a customer of ours.

Nothing in the folder is changed, and mail that answers nothing we know is neither kept nor read any further.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy import Engine
from sqlmodel import Session

from mail.address import domain_of, same_organisation
from mail.inbox import MailParser
from mail.links import chain_of
from mail.mailbox import Mailbox, RawMail
from mail.settings import MailboxSettings
from store import by_hand, messages
from store.clock import Clock
from store.company import PUBLIC_PROVIDERS, CompanyProfile
from store.engine import unit_of_work
from store.inbound import InboundEmail
from store.tables import Cursor, Message
from store.vocabulary import MessageKind

log = logging.getLogger(__name__)

#: Asked of each answer that was found, in the transaction that records it: (session, the mail's row, as read, what it answers, now).
OnAnswer = Callable[[Session, Message, InboundEmail, Message, datetime], None]
#: How far back the first look into a Sent folder goes: older answers overtake nothing that still waits.
FIRST_LOOK = timedelta(days=14)


def notice_sent(
    sent: Mailbox,
    settings: MailboxSettings,
    *,
    folder: str,
    engine: Engine,
    parser: MailParser,
    company: CompanyProfile,
    clock: Clock,
    on_answer: OnAnswer = lambda *_: None,
) -> int:
    """Read what is new in a Sent folder; give how many answers of people were found. Raises MailboxError, ParserBroken."""
    uidvalidity = sent.uidvalidity()
    with unit_of_work(engine) as session:
        known = session.get(Cursor, (sent.name, folder))
        after = known.last_uid if known is not None and known.uidvalidity == uidvalidity else None
    if after is None:
        after = sent.uid_before((clock() - FIRST_LOOK).date())
        with unit_of_work(engine) as session:
            messages.advance(session, mailbox=sent.name, folder=folder, uidvalidity=uidvalidity, last_uid=after)
    found = 0
    for batch in sent.fetch_after(after):
        read = [
            (mail, parser.parse(mail.raw, received_at=mail.received_at, authserv_ids=())) for mail in batch if mail.raw
        ]
        with unit_of_work(engine) as session:
            for mail, email in read:
                found += _take(
                    session, mail, email, settings=settings, company=company, now=clock(), on_answer=on_answer
                )
            messages.advance(
                session,
                mailbox=sent.name,
                folder=folder,
                uidvalidity=uidvalidity,
                last_uid=max(mail.place.uid for mail in batch),
            )
    return found


def _take(
    session: Session,
    mail: RawMail,
    email: InboundEmail,
    *,
    settings: MailboxSettings,
    company: CompanyProfile,
    now: datetime,
    on_answer: OnAnswer,
) -> bool:
    """Keep a mail that a person of ours sent in answer to a customer; say whether it is one.

    A customer's mail that was passed on to a colleague, or to a lawyer, is answered by nobody.
    """
    sender = email.from_address
    ours = sender is not None and (company.owns(sender) or sender.lower() == settings.address.lower())
    if not ours or mail.raw is None or by_hand.is_ours(session, email.message_id):
        return False
    if email.kind is not MessageKind.REPLY:
        # A robot of ours, or a receipt for reading: nobody has answered.
        return False
    answers = next((m for m in by_hand.answered(session, chain_of(email)) if _went_to(session, email, m)), None)
    if answers is None:
        return False
    place = mail.place
    recorded = messages.record(
        session,
        mailbox=place.mailbox,
        folder=place.folder,
        uidvalidity=place.uidvalidity,
        uid=place.uid,
        raw=mail.raw,
        email=email,
        received_at=mail.received_at,
    )
    if not recorded.new:
        # The copy that came back into the inbox was first: it, too, tells that somebody answered.
        log.info("message %d: known already when it was found among what was sent", recorded.message_id)
    on_answer(session, session.get_one(Message, recorded.message_id), email, answers, now)
    overtaken = by_hand.note_answer(session, recorded.message_id, answers=answers, now=now)
    log.info("message %d: sent by hand, overtakes %d proposals", recorded.message_id, len(overtaken))
    return True


def _went_to(session: Session, email: InboundEmail, message: Message) -> bool:
    """Say whether a mail went to the customer whose mail it follows: to an address of theirs, or to one at their domain."""
    if message.customer_id is None:
        return False
    theirs = by_hand.addresses_of(session, message)
    domains = {domain_of(address) for address in theirs} - PUBLIC_PROVIDERS
    return any(
        to in theirs or any(same_organisation(domain_of(to), domain) for domain in domains)
        for to in (address.lower() for address in email.to)
    )

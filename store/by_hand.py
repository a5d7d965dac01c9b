"""Answers that people wrote in their own mail program: kept with the conversation, so that nobody answers twice.

Only mail that answers a message of ours is ever kept: the Sent folder holds much that is none of our business.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from functools import cache

from sqlalchemy import Select, bindparam
from sqlalchemy import select as columns
from sqlmodel import Session, col, select

from store import audit, proposals
from store.protecting import comes_about
from store.scoping import whole_house
from store.tables import Contact, Message, Outgoing, ProposalRow
from store.vocabulary import MessageState, ProposalStatus

#: The newest mails of a long chain are enough to find the one that is answered.
_MAX_CHAIN = 50
_LIVE = (ProposalStatus.HELD, ProposalStatus.APPROVED, ProposalStatus.FAILED)


def is_ours(session: Session, message_id_header: str | None) -> bool:
    """Say whether the outbox sent this mail itself."""
    whole_house(session)
    if message_id_header is None:
        return False
    return session.exec(select(Outgoing.id).where(Outgoing.message_id_header == message_id_header)).first() is not None


def answered(session: Session, chain: Sequence[str]) -> Iterator[Message]:
    """Give the customers' mails that a chain of Message-IDs (newest first) may answer, the nearest first.

    A mail that only continues one of our own answers the customer's last mail before that. A stranger can send the
    Message-ID of another's mail: the caller sees to whom the answer went.
    """
    whole_house(session)
    for header in list(dict.fromkeys(chain))[:_MAX_CHAIN]:
        yield from session.exec(
            select(Message)
            .where(Message.message_id_header == header, col(Message.from_customer).is_(True))
            .order_by(col(Message.id))
        ).all()
        ours = session.exec(
            select(ProposalRow.message_id)
            .join(Outgoing, col(Outgoing.proposal_id) == col(ProposalRow.id))
            .where(Outgoing.message_id_header == header)
        ).first()
        if ours is not None:
            yield session.get_one(Message, ours)


def addresses_of(session: Session, message: Message) -> set[str]:
    """Give the addresses at which the writer of a mail and their company are known, in lower case."""
    theirs = {str(message.parsed.get(name) or "").lower() for name in ("from_address", "reply_to")}
    if message.customer_id is not None:
        contacts = session.exec(select(Contact.email).where(Contact.customer_id == message.customer_id))
        theirs |= {email.lower() for email in contacts}
    return theirs - {""}


def note_answer(session: Session, sent_id: int, *, answers: Message, now: datetime) -> list[int]:
    """Put a mail that a person sent into the conversation of the mail that it answers, and void the drafts that it overtakes.

    Gives the proposals that are made anew: without a draft, as the answer has gone. Those of newer mails stand.
    """
    audit.take_turn(session)
    assert answers.id is not None
    row = session.get_one(Message, sent_id)
    row.case_id, row.customer_id = answers.case_id, answers.customer_id
    row.state, row.answers, row.from_customer = MessageState.SENT_BY_HAND, answers.id, False
    session.add(row)
    session.flush()
    audit.append(
        session,
        at=now,
        actor=f"mailbox:{row.mailbox}",
        event="message.sent_by_hand",
        subject=f"message:{sent_id}",
        payload={"answers": answers.id},
    )
    if answers.case_id is None:
        return []
    live = session.exec(
        select(ProposalRow)
        .where(ProposalRow.case_id == answers.case_id, col(ProposalRow.message_id) <= answers.id)
        .where(col(ProposalRow.status).in_(_LIVE))
        .order_by(col(ProposalRow.id))
    ).all()
    reason = "a colleague answered from the mailbox"
    over = [row.id or 0 for row in live if not comes_about(session, row)]
    return [number for number in over if proposals.void(session, number, reason=reason, now=now)]


def answered_at(session: Session, message: Message) -> datetime | None:
    """Give when a person answered this mail, or a newer one of its case, by hand; None where nobody did."""
    if message.case_id is None or message.id is None:
        return None
    return session.exec(
        select(Message.received_at)
        .where(Message.case_id == message.case_id, Message.state == MessageState.SENT_BY_HAND)
        .where(col(Message.answers) >= message.id)
        .order_by(col(Message.received_at).desc())
    ).first()


def sent_in(session: Session, case_id: int, *, before: Message) -> list[datetime]:
    """List when people wrote in this case from their own mail program, up to when this mail came, oldest first."""
    query = select(Message.received_at).where(Message.case_id == case_id, Message.state == MessageState.SENT_BY_HAND)
    query = query.where(col(Message.received_at) <= before.received_at)
    return list(session.exec(query.order_by(col(Message.received_at))))


def all_sent_in(session: Session, case_id: int) -> list[datetime]:
    """List when people wrote in this case from their own mail program, oldest first."""
    return list(session.execute(_in_case(), {"case": case_id}).scalars())


@cache
def _in_case() -> Select[datetime]:
    mine = (col(Message.case_id) == bindparam("case"), col(Message.state) == MessageState.SENT_BY_HAND)
    return columns(col(Message.received_at)).where(*mine).order_by(col(Message.received_at))


@cache
def _to_customer() -> Select[datetime]:
    mine = (col(Message.customer_id) == bindparam("customer"), col(Message.state) == MessageState.SENT_BY_HAND)
    return columns(col(Message.received_at)).where(*mine).order_by(col(Message.received_at).desc()).limit(1)


def last_by_hand(session: Session, customer_id: str) -> datetime | None:
    """Give when a person last wrote to a customer from their own mail program, in whatever case."""
    return session.execute(_to_customer(), {"customer": customer_id}).scalars().first()

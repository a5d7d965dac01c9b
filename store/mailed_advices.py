"""Which mails of customers are to be looked at for a remittance advice, what came of it, and which advices fit a line of the bank.

An advice goes with its mail: where the mail is given to another customer it is taken back, where the mail's words are erased its own go.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum

from sqlmodel import Session, col, func, or_, select

from store import audit
from store.bank_advices import CODE, by_mail
from store.bank_tables import AdviceLook, BankAdvice, BankLine
from store.person_words import GONE
from store.tables import Message

#: Money comes some days before or after its advice; what is older than this waits for none.
WINDOW = timedelta(days=60)
#: An advice of another sum is shown beside a line of about its day.
_AROUND, _LATELY = timedelta(days=10), 10
#: So many advices of one customer are taken up in a day: nobody pays more often.
MOST_A_DAY = 30


class Looked(StrEnum):
    """What came of a look into a mail. STRANGER: there was something to be read, and the sender is not surely the customer's."""

    TAKEN = "taken"
    KNOWN = "known"
    NOTHING = "nothing"
    REFUSED = "refused"
    STRANGER = "stranger"
    TOO_MANY = "too_many"


@dataclass(frozen=True, slots=True)
class MailToLook:
    """A mail that nobody looked at since it is this customer's."""

    message_id: int
    customer_id: str


def mails_to_look(session: Session, *, now: datetime, limit: int = 50) -> list[MailToLook]:
    """List matched mails of customers in which nobody looked for an advice, oldest first."""
    query = (
        select(Message.id, Message.customer_id)
        .outerjoin(AdviceLook, col(AdviceLook.message_id) == col(Message.id))
        .where(
            Message.received_at >= now - WINDOW,
            col(Message.customer_id).is_not(None),
            or_(col(AdviceLook.message_id).is_(None), col(AdviceLook.customer_id) != col(Message.customer_id)),
        )
        .order_by(col(Message.id))
        .limit(limit)
    )
    return [MailToLook(number, customer) for number, customer in session.exec(query) if number and customer]


def start_look(session: Session, mail: MailToLook, *, now: datetime) -> int | None:
    """Take back what an earlier look took for another customer; give how many, None where the mail is not this customer's, or looked at.

    What a person brought as well stays: it goes with no mail any more.
    """
    message = session.get(Message, mail.message_id, populate_existing=True)
    before = session.get(AdviceLook, mail.message_id, populate_existing=True)
    if message is None or message.customer_id != mail.customer_id:
        return None
    if before is not None and before.customer_id == mail.customer_id:
        return None
    gone = session.exec(select(BankAdvice).where(BankAdvice.message_id == mail.message_id)).all() if before else []
    for row in gone:
        if by_mail(row):
            session.delete(row)
            event, subject = "bank.advice_taken_back", f"bank_advice:{row.id}"
            audit.append(session, at=now, actor=CODE, event=event, subject=subject, payload={"message": row.message_id})
        else:
            row.message_id, row.file = None, ""
            session.add(row)
    session.flush()
    return len(gone)


def is_forgotten(session: Session, mail: MailToLook) -> bool:
    """Say whether the words of a mail were erased, perhaps while it was read: what it said is not kept under another roof."""
    return session.get_one(Message, mail.message_id).parsed.get("new_text") == GONE


def note_look(session: Session, mail: MailToLook, outcome: Looked, *, now: datetime) -> None:
    """Write down what came of a look."""
    session.merge(AdviceLook(message_id=mail.message_id, customer_id=mail.customer_id, outcome=outcome, looked_at=now))
    session.flush()


def taken_since(session: Session, customer_id: str, since: datetime) -> int:
    """Count the advices of a customer that came by mail since a moment."""
    query = select(func.count()).where(
        BankAdvice.customer_id == customer_id, BankAdvice.imported_at >= since, col(BankAdvice.message_id).is_not(None)
    )
    return int(session.exec(query).one())


def standing_advices(session: Session, amounts: Collection[tuple[Decimal, str]]) -> list[BankAdvice]:
    """List the advices of one of these sums and currencies that may be believed: not those whose mail is another customer's by now."""
    query = (
        select(col(BankAdvice.id), col(BankAdvice.total), col(BankAdvice.currency))
        .outerjoin(Message, col(Message.id) == col(BankAdvice.message_id))
        .where(
            or_(
                col(BankAdvice.message_id).is_(None),
                BankAdvice.created_by != CODE,
                col(Message.customer_id) == col(BankAdvice.customer_id),
            )
        )
        .order_by(BankAdvice.digest)
    )
    fitting = [number for number, total, currency in session.exec(query) if (total, currency) in amounts]
    return [session.get_one(BankAdvice, number) for number in fitting]


def advices_beside(
    session: Session, line: BankLine, customers: Collection[str], *, most: int = 6
) -> list[tuple[BankAdvice, Message | None]]:
    """List what advices a person should see beside a line: of exactly its sum, then those of these customers of about its day.

    Each with the mail that it came with, where it came by mail.
    """
    if line.amount <= 0:
        return []
    exact = standing_advices(session, {(line.amount, line.currency)})
    known = {row.id for row in exact}
    of_time = (
        select(BankAdvice)
        .join(Message, col(Message.id) == col(BankAdvice.message_id))
        .where(
            col(BankAdvice.customer_id).in_(customers),
            Message.customer_id == BankAdvice.customer_id,
            BankAdvice.currency == line.currency,
        )
        .order_by(col(BankAdvice.id).desc())
        .limit(_LATELY)
    )
    near = [row for row in session.exec(of_time) if row.id not in known]
    rows = [*sorted(exact, key=lambda r: (r.customer_id not in customers, -(r.id or 0))), *near]
    found = [(row, session.get(Message, row.message_id) if row.message_id else None) for row in rows[: most + _LATELY]]
    return [pair for pair in found if pair[0].id in known or _about(line, pair[1])][:most]


def _about(line: BankLine, mail: Message | None) -> bool:
    return mail is not None and abs(mail.received_at.date() - line.booked_on) <= _AROUND


def forget_advices(session: Session, messages: Collection[int]) -> None:
    """Take the customer's own words out of the advices of these mails: reference and file name. Numbers of ours and sums stay."""
    for row in session.exec(select(BankAdvice).where(col(BankAdvice.message_id).in_(list(messages)))):
        row.reference, row.file = "", GONE if row.file else ""
        session.add(row)

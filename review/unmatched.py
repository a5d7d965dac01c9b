"""The list of mails that belong to nobody yet: whose they could be, and why. Reads only; a person assigns."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import ColumnElement, func, or_
from sqlmodel import Session, col, select

from store import candidates, messages, whose
from store.candidates import Hint
from store.inbound import StoredMessage
from store.tables import Message, ProposalRow
from store.vocabulary import MessageKind, MessageState, ProposalStatus

#: As many as one page shows: each row can name every customer, and anybody can send mails to nobody.
MOST = 50
#: Why a mail could be a customer's, in words that follow the invoice numbers.
WHY: dict[Hint, str] = {
    Hint.OUR_MAIL: "it answers our mail to them",
    Hint.INVOICE: "named in the mail",
    Hint.RETURNED_MAIL: "the address that mail came back from is theirs",
    Hint.SHARED_ADDRESS: "they use this address",
    Hint.SUBJECT: "the number stands in the subject alone",
    Hint.ATTACHMENT: "the number stands in an attachment alone",
    Hint.DIGITS: "the digits alone stand in the mail",
    Hint.DOMAIN: "the sender's domain is that of their contacts",
}


@dataclass(frozen=True, slots=True)
class Suggestion:
    """One customer whose mail it could be."""

    customer_id: str
    name: str
    invoices: tuple[str, ...]
    why: str


@dataclass(frozen=True, slots=True)
class UnmatchedMail:
    """A mail without a customer. `reports` is the address that it says mail came back from, or a complaint."""

    message: StoredMessage
    proposal_id: int | None
    flags: tuple[str, ...]
    suggestions: tuple[Suggestion, ...]
    reports: str | None


@dataclass(frozen=True, slots=True)
class UnmatchedPage:
    """Some mails without a customer, and how many there are of all."""

    mails: tuple[UnmatchedMail, ...]
    total: int

    @property
    def pages(self) -> int:
        """Give how many pages there are."""
        return max(1, -(-self.total // MOST))


def unmatched_page(session: Session, *, asked: str = "", page: int = 1) -> UnmatchedPage:
    """List a page of what waits to be assigned, oldest first; what somebody decided about waits no more.

    `asked` stands in the sender's address or name, or in the subject.
    """
    names = whose.customer_names(session)
    meant = [*_waiting(), *_with_words(asked)]
    rows = session.exec(
        select(Message)
        .where(*meant)
        .order_by(col(Message.received_at), col(Message.id))
        .limit(MOST)
        .offset((page - 1) * MOST)
    )
    total = session.exec(select(func.count()).select_from(Message).where(*meant)).one()
    return UnmatchedPage(tuple(_mail(session, row, names) for row in rows.all()), total)


def _with_words(words: str) -> list[ColumnElement[bool]]:
    if not words:
        return []
    like = "%" + words.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"
    fields = ("subject", "from_address", "from_name")
    return [or_(*(col(Message.parsed)[name].as_string().ilike(like, escape="\\") for name in fields))]


def count(session: Session) -> int:
    """Count what waits to be assigned. Every page shows it: no mail is read for it."""
    return session.exec(select(func.count()).select_from(Message).where(*_waiting())).one()


def suggestions_for(session: Session, message_id: int) -> tuple[Suggestion, ...]:
    """Give whose mail one could be."""
    row = session.get_one(Message, message_id)
    return _suggestions(row, whose.customer_names(session))


def _waiting() -> tuple[ColumnElement[bool], ...]:
    """Give what an unmatched mail must be that nobody has decided about yet."""
    undecided = (ProposalStatus.VOID, ProposalStatus.HELD)
    decided = (
        select(ProposalRow.id)
        .where(col(ProposalRow.message_id) == col(Message.id), col(ProposalRow.status).not_in(undecided))
        .exists()
    )
    return col(Message.state) == MessageState.UNMATCHED, ~decided


def _mail(session: Session, row: Message, names: dict[str, str]) -> UnmatchedMail:
    assert row.id is not None
    message = messages.load(session, row.id)
    held = select(ProposalRow.id).where(ProposalRow.message_id == row.id, ProposalRow.status == ProposalStatus.HELD)
    report = message.email.kind in (MessageKind.BOUNCE, MessageKind.COMPLAINT)
    return UnmatchedMail(
        message=message,
        proposal_id=session.exec(held).first(),
        flags=tuple(dict.fromkeys((*message.email.flags, *row.match_flags))),
        suggestions=_suggestions(row, names),
        reports=message.email.bounce.recipient if report and message.email.bounce else None,
    )


def _suggestions(row: Message, names: dict[str, str]) -> tuple[Suggestion, ...]:
    return tuple(
        Suggestion(c.customer_id, names[c.customer_id], c.invoices, WHY[c.why])
        for c in candidates.read(row.candidates)
        if c.customer_id in names
    )

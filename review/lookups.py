"""What the pages ask beside the proposals themselves: effects, the outgoing mail, and what else waits for a person.

Reads only. Every call is a transaction of its own.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import Engine, func, union_all
from sqlmodel import Session, col, select

from review.unmatched import Suggestion, UnmatchedMail, UnmatchedPage, count, suggestions_for, unmatched_page
from store import contacts, followups, messages, outbox
from store.aftermath import FollowupState
from store.channel_tasks import waiting_for_people
from store.connection_steering import failing
from store.engine import looking
from store.inbound import StoredMessage
from store.matters import Followup
from store.tables import Contact, Customer, Effect, Escalation, Message, Outgoing, ProposalRow
from store.vocabulary import ContactStatus, MessageState, ProposalStatus, SendState

if TYPE_CHECKING:
    from agent.connecting import Connections

#: States in which a mail has come to no proposal. What belongs to nobody has a list of its own (`review.unmatched`).
STRANDED: tuple[MessageState, ...] = (MessageState.UNREADABLE, MessageState.QUARANTINED)


@dataclass(frozen=True, slots=True)
class StrandedMail:
    """A mail that found no way: what is known of it, why, and its proposal where there is one."""

    message: StoredMessage
    state: MessageState
    error: str | None
    proposal_id: int | None


@dataclass(frozen=True, slots=True)
class Attention:
    """Everything that waits for a person outside the queue. `names` gives the customers' names by id.

    `wakings`: cases that woke by themselves and came to no proposal.
    """

    wakings: tuple[Followup, ...] = ()
    stranded: tuple[StrandedMail, ...] = ()
    uncertain: tuple[Outgoing, ...] = ()
    failed: tuple[Outgoing, ...] = ()
    escalations: tuple[Escalation, ...] = ()
    contacts: tuple[Contact, ...] = ()
    unreachable: tuple[Contact, ...] = ()
    names: dict[str, str] | None = None
    replaces: dict[int, Contact] | None = None

    def name(self, customer_id: str) -> str:
        """Give a customer's name."""
        return (self.names or {}).get(customer_id, customer_id)


@dataclass(frozen=True, slots=True)
class Counts:
    """How much waits: in the queue, to be assigned, outside of both for a decision, to be printed or called.

    `connections`: so many connected systems could not be read last time.
    """

    waiting: int
    attention: int
    unmatched: int = 0
    tasks: int = 0
    connections: int = 0


class Lookups:
    """The reading half of the desk."""

    engine: Engine
    waiting: Callable[[], int]
    connected: Callable[[], Connections] | None

    def counts(self) -> Counts:
        """Count what waits."""
        with looking(self.engine) as session:
            return Counts(
                waiting=self.waiting(),
                attention=_decisions(session),
                unmatched=count(session),
                tasks=sum(waiting_for_people(session).values()),
                connections=failing(session, among=self._connected()),
            )

    def _connected(self) -> list[str]:
        return [each.name for each in self.connected().settings] if self.connected is not None else []

    def unmatched(self) -> list[UnmatchedMail]:
        """List the oldest mails that belong to nobody yet, with whose they could be."""
        return list(self.unmatched_page().mails)

    def unmatched_page(self, *, asked: str = "", page: int = 1) -> UnmatchedPage:
        """Give a page of them, of those with some words."""
        with looking(self.engine) as session:
            return unmatched_page(session, asked=asked, page=page)

    def suggestions(self, message_id: int) -> tuple[Suggestion, ...]:
        """Give whose mail one could be that belongs to nobody yet."""
        with looking(self.engine) as session:
            return suggestions_for(session, message_id)

    def attention(self) -> Attention:
        """List everything that waits for a person outside the queue."""
        with looking(self.engine) as session:
            return Attention(
                wakings=tuple(followups.quarantined(session)),
                stranded=tuple(_stranded(session)),
                uncertain=tuple(outbox.in_state(session, SendState.UNCERTAIN)),
                failed=tuple(outbox.in_state(session, SendState.FAILED))[::-1],
                escalations=tuple(
                    session.exec(
                        select(Escalation).where(Escalation.status == "open").order_by(col(Escalation.id).desc())
                    )
                ),
                contacts=tuple(contacts.to_verify(session)),
                unreachable=tuple(contacts.unreachable(session)),
                names=dict(session.exec(select(Customer.id, Customer.name)).all()),
                replaces={
                    contact.id: old
                    for contact in contacts.to_verify(session)
                    if contact.id is not None and (old := contacts.replaced_by(session, contact)) is not None
                },
            )

    def mail(self, message_id: int) -> StrandedMail | None:
        """Give one stored mail, whatever became of it; None when there is none of this number."""
        with looking(self.engine) as session:
            row = session.get(Message, message_id)
            return _stranded_mail(session, row) if row is not None else None

    def effects(self, proposal_id: int) -> list[Effect]:
        """List what an approved proposal has done, in order."""
        with looking(self.engine) as session:
            done = select(Effect).where(Effect.proposal_id == proposal_id).order_by(col(Effect.position))
            return list(session.exec(done))

    def outgoing(self, proposal_id: int) -> Outgoing | None:
        """Give the mail that a proposal's approval put into the outbox."""
        with looking(self.engine) as session:
            return session.exec(select(Outgoing).where(Outgoing.proposal_id == proposal_id)).first()

    def customers(self) -> list[tuple[str, str]]:
        """List every customer's number and name, by name."""
        with looking(self.engine) as session:
            return list(session.exec(select(Customer.id, Customer.name).order_by(Customer.name)).all())

    def live_proposal(self, message_id: int) -> int | None:
        """Give the proposal for a mail that was not overtaken."""
        with looking(self.engine) as session:
            return _live(session, message_id)

    def live_follow_up(self, followup_id: int) -> tuple[int | None, FollowupState]:
        """Give the proposal of a waking that was not overtaken, and where the waking stands."""
        with looking(self.engine) as session:
            live = select(ProposalRow.id).where(
                ProposalRow.followup_id == followup_id, col(ProposalRow.status) != ProposalStatus.VOID
            )
            state = session.get_one(Followup, followup_id).state
            return session.exec(live).first(), FollowupState(state)


def _decisions(session: Session) -> int:
    """Count what waits outside the queue, in one question; nothing of it is read."""
    kinds = (
        select(func.count()).select_from(Message).where(col(Message.state).in_(STRANDED)),
        select(func.count()).select_from(Contact).where(col(Contact.status) == ContactStatus.TO_VERIFY),
        select(func.count()).select_from(Followup).where(col(Followup.state) == FollowupState.QUARANTINED),
        select(func.count())
        .select_from(Outgoing)
        .where(col(Outgoing.state).in_([SendState.UNCERTAIN, SendState.FAILED])),
    )
    return sum(int(number) for number in session.execute(union_all(*kinds)).scalars())


def _stranded(session: Session) -> list[StrandedMail]:
    return [_stranded_mail(session, row) for row in messages.in_state(session, STRANDED)]


def _stranded_mail(session: Session, row: Message) -> StrandedMail:
    assert row.id is not None
    return StrandedMail(
        message=messages.load(session, row.id),
        state=MessageState(row.state),
        error=row.last_error,
        proposal_id=_live(session, row.id),
    )


def _live(session: Session, message_id: int) -> int | None:
    live = select(ProposalRow.id).where(
        ProposalRow.message_id == message_id,
        col(ProposalRow.followup_id).is_(None),
        col(ProposalRow.status) != ProposalStatus.VOID,
    )
    return session.exec(live).first()

"""What a person settles beside the proposals: whose a mail is, who may be written to, what became of a mail that left.

Each call is a transaction of its own. Nothing here approves anything.
"""

from __future__ import annotations

from decimal import Decimal

from sqlalchemy import Engine
from sqlmodel import Session

from agent.effects import effects_by
from mail.outbox import settle_uncertain
from review.lookups import STRANDED, Lookups
from store import audit, contacts, disputes, followups, messages, proposals
from store.aftermath import DisputeStatus, FollowupState
from store.assigning import assign_to, mark_reported
from store.clock import Clock
from store.engine import unit_of_work
from store.matters import Followup
from store.proposals import Stale
from store.tables import Message
from store.vocabulary import MessageState


class Mending(Lookups):
    """The half of the desk that puts things right."""

    engine: Engine
    clock: Clock

    # --- mails ----------------------------------------------------------------------------------------------------

    def assign(self, message_id: int, *, customer_id: str, actor: str) -> None:
        """Give an unmatched mail to a customer; it is then understood anew. Raises ValueError, Stale."""
        now = self.clock()
        with unit_of_work(self.engine) as session:
            assign_to(session, message_id, customer_id=customer_id, actor=actor, now=now)

    def mark_reported(self, message_id: int, *, customer_id: str | None, actor: str) -> None:
        """Believe a bounce or complaint that proves nothing: its contact is not written to any more. Raises ValueError, Stale.

        With a `customer_id` the mail is given to that customer first, in the same step.
        """
        now = self.clock()
        with unit_of_work(self.engine) as session:
            if customer_id is not None:
                assign_to(session, message_id, customer_id=customer_id, actor=actor, now=now)
            mark_reported(session, message_id, actor=actor, now=now)

    def close_mail(self, message_id: int, *, actor: str) -> None:
        """Mark a mail that came to no proposal as dealt with; it stays stored. Raises ValueError when it did come to one."""
        with unit_of_work(self.engine) as session:
            row = session.get(Message, message_id)
            if row is None or row.state not in STRANDED:
                raise ValueError("this mail does not wait for anybody")
            messages.finish(session, message_id, state=MessageState.CLOSED)
            subject = f"message:{message_id}"
            audit.append(session, at=self.clock(), actor=actor, event="message.closed", subject=subject)

    def retry_waking(self, followup_id: int, *, actor: str) -> None:
        """Let a waking that was set aside after failures be thought about again. Raises ValueError."""
        with unit_of_work(self.engine) as session:
            self._set_aside_waking(session, followup_id)
            followups.put_back(session, followup_id)
            subject = f"followup:{followup_id}"
            audit.append(session, at=self.clock(), actor=actor, event="followup.retried", subject=subject)

    def close_waking(self, followup_id: int, *, actor: str) -> None:
        """Mark a waking that was set aside as dealt with. Raises ValueError."""
        with unit_of_work(self.engine) as session:
            self._set_aside_waking(session, followup_id)
            closed = FollowupState.CLOSED
            followups.finish(session, followup_id, state=closed, now=self.clock(), why="dealt with", actor=actor)

    def _set_aside_waking(self, session: Session, followup_id: int) -> None:
        audit.take_turn(session)
        row = session.get(Followup, followup_id)
        if row is None or row.state != FollowupState.QUARANTINED:
            raise ValueError("this case does not wait for anybody")

    # --- contacts -------------------------------------------------------------------------------------------------

    def verify_contact(self, contact_id: int, *, actor: str, note: str, keep_old: bool = False) -> None:
        """Make a contact a recipient, with a note of how it was verified. Raises ValueError.

        Whom they replace is not written to any more, but with `keep_old`.
        """
        with unit_of_work(self.engine) as session:
            contacts.verify(session, contact_id, actor=actor, note=note, now=self.clock(), keep_old=keep_old)

    def make_reachable(self, contact_id: int, *, actor: str) -> None:
        """Write to a contact again from which mail came back, or a complaint. Raises ValueError."""
        with unit_of_work(self.engine) as session:
            contacts.make_reachable(session, contact_id, actor=actor, now=self.clock())

    # --- disputes -------------------------------------------------------------------------------------------------

    def end_dispute(
        self, dispute_id: int, *, status: DisputeStatus, actor: str, reason: str, credit: Decimal | None = None
    ) -> None:
        """End a dispute; the answer to the customer is proposed with the next round. Raises ValueError."""
        with unit_of_work(self.engine) as session:
            disputes.settle(
                session, dispute_id, status=status, actor=actor, reason=reason, credit=credit, now=self.clock()
            )

    # --- mails that left, or did not ------------------------------------------------------------------------------

    def retry(self, outgoing_id: int, *, actor: str) -> None:
        """Try again to send a mail that was refused: the approval must still hold when it leaves. Raises Stale."""
        with unit_of_work(self.engine) as session:
            proposals.retry_failed(session, outgoing_id, actor=actor, now=self.clock())

    def set_aside(self, proposal_id: int, *, actor: str) -> None:
        """Give up a mail that could not be sent, and have its message understood anew. Raises Stale."""
        with unit_of_work(self.engine) as session:
            if not proposals.void(session, proposal_id, reason=f"set aside by {actor}", now=self.clock()):
                raise Stale("this proposal cannot be set aside any more")

    def settle(self, outgoing_id: int, *, sent: bool, actor: str) -> None:
        """Decide the fate of a mail that may or may not have gone out. Raises ValueError when it is not uncertain."""
        with unit_of_work(self.engine) as session:
            settle_uncertain(
                session, outgoing_id, sent=sent, actor=actor, now=self.clock(), on_sent=effects_by(self.clock)
            )

"""Sends what was approved: claims a row, sees that the approval still holds, hands the mail over, records what came of it.

Never twice: the point of no return is committed before the body leaves, and a mail whose fate is unknown is left to the Sent
folder's evidence or to a person. What an approval does (its effects) is written in the transaction that marks the mail sent.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import Engine
from sqlmodel import Session

from mail.mailbox import Mailbox, MailboxError
from mail.settling import OnSent, altered, mark_sent, mark_uncertain, settle_uncertain
from mail.transport import ClaimLost, DeliveryError, Lost, Refused, Transport
from store import outbox, proposals
from store.clock import Clock
from store.engine import unit_of_work
from store.spans import span
from store.tables import Outgoing
from store.vocabulary import ProposalStatus, SendState

__all__ = ["OnSent", "Recheck", "Refusal", "Route", "Sender", "settle_uncertain"]

log = logging.getLogger(__name__)

#: RFC 5321, 4.5.4.1: give up after four to five days. The delays are those of Postfix.
GIVE_UP = timedelta(days=5)
FIRST_DELAY, LONGEST_DELAY = timedelta(seconds=300), timedelta(seconds=4000)
#: Longer than a slow server can keep one delivery; a sender that takes longer is fenced out by the claim.
LEASE = timedelta(minutes=30)


@dataclass(frozen=True, slots=True)
class Route:
    """The way out for the mail of one mailbox.

    `mailbox` is the sender's own connection, not one that another thread reads with. `files_itself`: the provider puts
    submitted mail into the Sent folder, so that folder tells what was sent, and nothing is added to it.
    """

    transport: Transport
    mailbox: Mailbox | None = None
    files_itself: bool = False


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a mail must not leave now. `until`: it waits so long. `void`: its ground is gone, it is proposed anew. Else: a person."""

    why: str
    until: datetime | None = None
    void: bool = False


#: Asked just before a mail leaves: (session, row, now). None lets it go. It reads, and writes nothing.
Recheck = Callable[[Session, Outgoing, datetime], Refusal | None]


@dataclass(slots=True)
class _Progress:
    """Whether the body of the mail in hand may have begun to leave."""

    began: bool = False


@dataclass
class Sender:
    """One worker that sends. Its name must be its own: at start it takes back what that name had in hand."""

    engine: Engine
    routes: Mapping[str, Route]
    worker: str
    on_sent: OnSent
    clock: Clock | None = field(default=None, kw_only=True)
    recheck: Recheck | None = field(default=None, kw_only=True)
    lease: timedelta = field(default=LEASE, kw_only=True)

    def start(self, now: datetime) -> None:
        """Recover what an earlier process of this name left: claims go back, mails in the body phase become uncertain."""
        with unit_of_work(self.engine) as session:
            outbox.release_claims(session, worker=self.worker)
            for outgoing_id in outbox.left_transmitting(session, worker=self.worker, now=now):
                mark_uncertain(session, outgoing_id, error="the sender stopped while the mail was leaving", now=now)

    def run_due(self, now: datetime) -> int:
        """Do one round: recover, send what is due, file what was sent. Give how many mails were taken in hand."""
        self._recover(now)
        with unit_of_work(self.engine) as session:
            due = outbox.due(session, now=now)
        taken = sum(self._take_safely(outgoing_id, now) for outgoing_id in due)
        self._file(now)
        return taken

    def _now(self, now: datetime) -> datetime:
        """Give the present: a round may last longer than the moment it began at."""
        return self.clock() if self.clock is not None else now

    # --- sending ----------------------------------------------------------------------------------------------

    def _take_safely(self, outgoing_id: int, now: datetime) -> bool:
        try:
            with span("send", outgoing=outgoing_id):
                return self._take(outgoing_id, now)
        except Exception:
            # One row that cannot be worked on must not stop the others; its claim runs out and it is seen again.
            log.exception("outgoing %d: could not be worked on", outgoing_id)
            return True

    def _take(self, outgoing_id: int, now: datetime) -> bool:
        now = self._now(now)
        with unit_of_work(self.engine) as session:
            row = outbox.claim(session, outgoing_id, worker=self.worker, now=now, lease=self.lease)
            if row is None:
                return False
            if self._refused(session, row, now=now):
                return True
            route = self.routes.get(row.mailbox)
            if route is None:
                self._retry(
                    session, row, f"mailbox {row.mailbox} is not configured: nothing can be sent for it", now=now
                )
                return True
        progress = _Progress()
        try:
            self._deliver(row, route, progress, now=now)
        except ClaimLost:
            log.info("outgoing %d: not sent, it was voided or taken over", outgoing_id)
        except Exception as error:
            self._record_failure(row, error, progress, now=self._now(now))
        return True

    def _deliver(self, row: Outgoing, route: Route, progress: _Progress, *, now: datetime) -> None:
        assert row.id is not None

        def before_body() -> bool:
            moment = self._now(now)
            with unit_of_work(self.engine) as session:
                if self._refused(session, row, now=moment):
                    return False
                # Set first: an error in the commit may hide that it was made.
                progress.began = True
                return outbox.move(
                    session,
                    row.id or 0,
                    worker=self.worker,
                    before=[SendState.CLAIMED],
                    after=SendState.TRANSMITTING,
                    now=moment,
                )

        route.transport.deliver(
            sender=row.sender, recipients=list(row.recipients), mime=row.mime, before_body=before_body
        )
        self._record_sent(row, now=self._now(now))

    def _refused(self, session: Session, row: Outgoing, *, now: datetime) -> bool:
        """Ask all that may stand against a mail that is about to leave, and act on it; False lets it go."""
        if (until := outbox.rests(session, row)) is not None:
            self._act_on(session, row, Refusal("a stop or a pause was approved meanwhile", until=until), now=now)
            return True
        if (reason := outbox.overtaken(session, row, now=now)) is not None:
            self._void(session, row, reason, now=now)
            return True
        if fault := altered(row):
            self._fail(session, row, fault, now=now)
            return True
        if self.recheck is None:
            return False
        try:
            refusal = self.recheck(session, row, now)
        except Exception as error:
            log.exception("outgoing %d: could not be checked before it left", row.id)
            refusal = Refusal(f"it could not be checked before it left ({type(error).__name__}): see the log")
        if refusal is None:
            return False
        self._act_on(session, row, refusal, now=now)
        return True

    def _act_on(self, session: Session, row: Outgoing, refusal: Refusal, *, now: datetime) -> None:
        assert row.id is not None
        if refusal.until is not None:
            if outbox.hold_back(session, row.id, worker=self.worker, why=refusal.why, until=refusal.until):
                log.info("outgoing %d: held back until %s", row.id, refusal.until.isoformat(timespec="minutes"))
        elif refusal.void:
            self._void(session, row, refusal.why, now=now)
        else:
            self._fail(session, row, refusal.why, now=now)

    def _record_sent(self, row: Outgoing, *, now: datetime) -> None:
        """Mark the mail sent together with its effects; where the effects fail, a person must see both."""
        assert row.id is not None
        try:
            with unit_of_work(self.engine) as session:
                mark_sent(session, row.id, worker=self.worker, actor="daemon", now=now, on_sent=self.on_sent)
        except Exception as error:
            log.exception("outgoing %d: sent, but what follows from it could not be written", row.id)
            text = f"the server took the mail, but what follows from it could not be written ({type(error).__name__})"
            with unit_of_work(self.engine) as session:
                mark_uncertain(session, row.id, error=text, now=now)

    def _record_failure(self, row: Outgoing, error: Exception, progress: _Progress, *, now: datetime) -> None:
        assert row.id is not None
        known = isinstance(error, DeliveryError)
        text = str(error) if known else f"an error in the program ({type(error).__name__}): see the log"
        if not known:
            log.exception("outgoing %d: the delivery failed", row.id)
        with unit_of_work(self.engine) as session:
            if isinstance(error, Lost) or (progress.began and not known):
                mark_uncertain(session, row.id, error=text, now=now, worker=self.worker)
            elif isinstance(error, Refused):
                self._fail(session, row, text, now=now)
            else:
                self._retry(session, row, text, now=now)

    def _retry(self, session: Session, row: Outgoing, error: str, *, now: datetime) -> None:
        assert row.id is not None
        if now - row.created_at >= GIVE_UP:
            self._fail(session, row, f"given up after {GIVE_UP.days} days; last: {error}", now=now)
            return
        delay = min(LONGEST_DELAY, FIRST_DELAY * 2 ** min(row.attempts - 1, 10))
        if outbox.retry_later(session, row.id, worker=self.worker, error=error, at=now + delay):
            log.warning("outgoing %d: attempt %d failed, next in %d s", row.id, row.attempts, delay.total_seconds())

    def _fail(self, session: Session, row: Outgoing, error: str, *, now: datetime) -> None:
        assert row.id is not None
        before = [SendState.CLAIMED, SendState.TRANSMITTING]
        if outbox.move(
            session, row.id, worker=self.worker, before=before, after=SendState.FAILED, now=now, error=error
        ):
            proposals.close(session, row.proposal_id, status=ProposalStatus.FAILED, actor="daemon", now=now)
            log.error("outgoing %d: failed for good", row.id)

    def _void(self, session: Session, row: Outgoing, reason: str, *, now: datetime) -> None:
        if proposals.void(session, row.proposal_id, reason=reason, now=now):
            log.info("outgoing %d: void, %s", row.id, reason)
        else:
            self._fail(session, row, f"{reason}, and its proposal cannot be made anew", now=now)

    # --- recovering and filing --------------------------------------------------------------------------------

    def _recover(self, now: datetime) -> None:
        """Turn mails whose sender died into uncertain ones, and look for uncertain ones in the Sent folder."""
        with unit_of_work(self.engine) as session:
            for outgoing_id in outbox.left_transmitting(session, worker=None, now=now):
                mark_uncertain(session, outgoing_id, error="the sender stopped while the mail was leaving", now=now)
            uncertain = outbox.in_state(session, SendState.UNCERTAIN)
        for row in uncertain:
            route = self.routes.get(row.mailbox)
            if route is None or route.mailbox is None or not route.files_itself or row.id is None:
                continue
            try:
                if route.mailbox.find_sent(row.message_id_header):
                    with unit_of_work(self.engine) as session:
                        mark_sent(session, row.id, worker=None, actor="daemon", now=now, on_sent=self.on_sent)
            except Exception as error:
                log.warning("outgoing %d: still uncertain (%s)", row.id, type(error).__name__)

    def _file(self, now: datetime) -> None:
        """Put copies of sent mail into the Sent folder; what fails is tried in the next round."""
        now = self._now(now)
        with unit_of_work(self.engine) as session:
            rows = [r for r in outbox.in_state(session, SendState.SENT) if self._may_file(r, now)]
        for row in rows:
            route = self.routes.get(row.mailbox)
            if route is None or row.id is None:
                continue
            try:
                filed = (
                    route.files_itself
                    or route.mailbox is None
                    or route.mailbox.file_sent(row.mime, row.message_id_header)
                )
            except MailboxError as error:
                log.warning("outgoing %d: sent, not yet filed: %s", row.id, error)
                continue
            if filed:
                with unit_of_work(self.engine) as session:
                    outbox.move(session, row.id, worker=None, before=[SendState.SENT], after=SendState.FILED, now=now)

    def _may_file(self, row: Outgoing, now: datetime) -> bool:
        """Leave the filing to the sender, as long as it lives: two that search and then add would add twice."""
        return row.claimed_by in (self.worker, None) or row.claimed_until is None or row.claimed_until < now

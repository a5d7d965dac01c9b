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

from mail.filing import Filing, Route
from mail.settling import OnSent, altered, mark_sent, mark_uncertain, settle_uncertain, take_back
from mail.transport import ClaimLost, DeliveryError, Lost, Refused, ServerAway
from mail.unwritten import Unwritten
from store import outbox, proposals
from store.clock import Clock
from store.engine import unit_of_work
from store.outage import is_outage
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
#: However old a mail is, the server is asked this often before it is given up: it may have waited for other reasons until then.
FEWEST_ATTEMPTS = 10
#: A mail that had not begun to leave when the database went away is taken up again after this.
AFTER_OUTAGE = timedelta(seconds=30)


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
    #: Says that the process ends: what is in hand is finished, and nothing more is begun.
    stopping: Callable[[], bool] = field(default=lambda: False, kw_only=True)
    _unwritten: Unwritten = field(default_factory=Unwritten, init=False, repr=False)
    #: Mailboxes whose server is away, until when nothing is tried there: one that hangs must not hold up the others.
    _away: dict[str, datetime] = field(default_factory=dict, init=False, repr=False)
    _asked: dict[int, datetime] = field(default_factory=dict, init=False, repr=False)

    def start(self, now: datetime) -> None:
        """Recover what an earlier process of this name left: claims go back, mails in the body phase become uncertain."""
        with unit_of_work(self.engine) as session:
            take_back(session, worker=self.worker, now=now)

    def run_due(self, now: datetime, *, mailbox: str | None = None) -> int:
        """Do one round: recover, send what is due, file what was sent. Give how many mails were taken in hand.

        `mailbox`: the mail of this one alone, where several workers share the sending.
        """
        self.catch_up()
        filing = Filing(self.engine, self.routes, self.worker, self.on_sent, self._asked)
        filing.recover(now, mailbox)
        with unit_of_work(self.engine) as session:
            due = outbox.due(session, now=now, mailbox=mailbox)
        taken = sum(self._take_safely(outgoing_id, now) for outgoing_id in due if not self.stopping())
        filing.file(self._now(now), mailbox)
        return taken

    def catch_up(self) -> None:
        """Write down what is known of mails, and could not be written as the database was away. A round begins with it."""
        self._unwritten.catch_up()

    def _now(self, now: datetime) -> datetime:
        """Give the present: a round may last longer than the moment it began at."""
        return self.clock() if self.clock is not None else now

    # --- sending ----------------------------------------------------------------------------------------------

    def _take_safely(self, outgoing_id: int, now: datetime) -> bool:
        try:
            with span("send", outgoing=outgoing_id):
                return self._take(outgoing_id, now)
        except Exception as error:
            # One row that cannot be worked on must not stop the others, nor be tried without end: it waits, claimed or not.
            log.exception("outgoing %d: could not be worked on", outgoing_id)
            if not is_outage(error):
                self._set_aside(outgoing_id, error, self._now(now))
            return True

    def _set_aside(self, outgoing_id: int, error: Exception, now: datetime) -> None:
        why = f"it could not be worked on ({type(error).__name__}): see the log"
        try:
            with unit_of_work(self.engine) as session:
                outbox.postpone(session, outgoing_id, why=why, until=now + FIRST_DELAY)
        except Exception as again:
            log.warning("outgoing %d: could not be set aside (%s)", outgoing_id, type(again).__name__)

    def _take(self, outgoing_id: int, now: datetime) -> bool:
        now = self._now(now)
        try:
            taken, row = self._claimed(outgoing_id, now)
        except Exception as error:
            if is_outage(error):
                # It may have been claimed all the same: the answer to the commit is what was lost.
                self._unwritten.keep(outgoing_id, lambda: self._give_back(outgoing_id, now=now))
            raise
        if row is None:
            return taken
        progress = _Progress()
        try:
            self._deliver(row, self.routes[row.mailbox], progress, now=now)
        except ClaimLost:
            log.info("outgoing %d: not sent, it was voided or taken over", outgoing_id)
        except Exception as error:
            failed, moment = error, self._now(now)
            self._unwritten.write(outgoing_id, lambda: self._record_failure(row, failed, progress, now=moment))
        return True

    def _claimed(self, outgoing_id: int, now: datetime) -> tuple[bool, Outgoing | None]:
        """Claim a row: whether it was ours to take, and the row where it may leave now. Where it may not, that is written."""
        with unit_of_work(self.engine) as session:
            row = outbox.claim(session, outgoing_id, worker=self.worker, now=now, lease=self.lease)
            if row is None or self._refused(session, row, now=now):
                return row is not None, None
            if row.mailbox not in self.routes:
                error = f"mailbox {row.mailbox} is not configured: nothing can be sent for it"
                self._retry(session, row, error, now=now)
                return True, None
            # A clock that was put back must not make it longer.
            if now < (until := self._away.get(row.mailbox, now)) <= now + FIRST_DELAY:
                self._act_on(session, row, Refusal("its mail server does not answer", until=until), now=now)
                return True, None
        return True, row

    def _give_back(self, outgoing_id: int, *, now: datetime) -> None:
        """Put a row back whose body did not begin to leave when the database went away."""
        error, at = "the database went away before the mail left", now + AFTER_OUTAGE
        with unit_of_work(self.engine) as session:
            outbox.retry_later(session, outgoing_id, worker=self.worker, error=error, at=at)

    def _deliver(self, row: Outgoing, route: Route, progress: _Progress, *, now: datetime) -> None:
        assert row.id is not None

        def before_body() -> bool:
            moment = self._now(now)
            with unit_of_work(self.engine) as session:
                if self._refused(session, row, now=moment):
                    return False
                moved = outbox.move(
                    session,
                    row.id or 0,
                    worker=self.worker,
                    before=[SendState.CLAIMED],
                    after=SendState.TRANSMITTING,
                    now=moment,
                )
            # Only now: where the commit fails, made or not, no transport lets the body begin.
            progress.began = True
            return moved

        route.transport.deliver(
            sender=row.sender, recipients=list(row.recipients), mime=row.mime, before_body=before_body
        )
        sent_at = self._now(now)
        self._unwritten.write(row.id, lambda: self._record_sent(row, now=sent_at))

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
            if is_outage(error):
                raise
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
            if is_outage(error):
                raise
            log.exception("outgoing %d: sent, but what follows from it could not be written", row.id)
            text = f"the server took the mail, but what follows from it could not be written ({type(error).__name__})"
            with unit_of_work(self.engine) as session:
                mark_uncertain(session, row.id, error=text, now=now)

    def _record_failure(self, row: Outgoing, error: Exception, progress: _Progress, *, now: datetime) -> None:
        assert row.id is not None
        if is_outage(error) and not progress.began:
            self._give_back(row.id, now=now)
            return
        if isinstance(error, ServerAway | Lost):
            self._away[row.mailbox] = now + FIRST_DELAY
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
        if now - row.created_at >= GIVE_UP and row.attempts >= FEWEST_ATTEMPTS:
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

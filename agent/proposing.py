"""The thinking half of the daemon: claims what is due, has it thought about, holds the proposal. Sends nothing.

A failure is counted against the one mail that it happened with; after three a person gets that mail as it is. The database being
away is counted against none.
"""

from __future__ import annotations

import logging
import threading
import traceback
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import timedelta
from functools import cached_property

from agent import waking
from agent.dropped import Dropped
from agent.graph import propose
from agent.installation import Installation
from store import messages, proposals
from store.cases import facts_for
from store.engine import unit_of_work
from store.outage import is_outage
from store.spans import span
from store.vocabulary import MessageState, Verdict

log = logging.getLogger(__name__)

#: Longer than a message may take with all its model calls.
LEASE = timedelta(minutes=10)


class Proposing:
    """The part of the daemon that makes proposals of mails, and of cases that woke."""

    worker: str
    stopping: threading.Event
    _home: Installation
    _alone: Callable[[int], str | None] | None
    _pool: ThreadPoolExecutor

    @cached_property
    def _dropped(self) -> Dropped:
        return Dropped()

    def propose_due(self, progress: Callable[[str], None] = lambda _: None) -> int:
        """Propose for the messages that are due now, else for the cases that woke; give how many were worked on."""
        self._dropped.put_back(self._home.engine, worker=self.worker)
        with unit_of_work(self._home.engine) as session:
            due = messages.due(session, now=self._home.clock())
        jobs: list[Future[bool]] = [self._pool.submit(self.propose_one, message_id) for message_id in due]
        # What customers wrote comes before what we write by ourselves.
        jobs = jobs or [self._pool.submit(self.follow_up, number) for number in waking.due(self._home)]
        done = 0
        for job in jobs:
            try:
                done += job.result()
            except Exception as error:
                # Its failure could not even be noted. The claim runs out, and the mail is taken up again.
                log.error("a message could not be worked on: %s", trace(error))
            progress(f"understood {done} of {len(jobs)}")
        return done

    def propose_one(self, message_id: int) -> bool:
        """Claim a message, think, hold the proposal. A failure is counted; after three a person gets the mail as it is.

        The claim is committed by itself, so that whatever goes wrong with this row afterwards is counted against it.
        """
        if self.stopping.is_set():
            return False
        with self._dropped.mail(message_id):
            return self._propose(message_id)
        return False

    def _propose(self, message_id: int) -> bool:
        home = self._home
        with unit_of_work(home.engine) as session:
            if not messages.claim(session, message_id, worker=self.worker, now=home.clock(), lease=LEASE):
                return False
        try:
            with span("propose", message=message_id):
                self._think(message_id)
        except Exception as error:
            if is_outage(error):
                raise
            log.error("message %d: no proposal: %s", message_id, trace(error))
            with unit_of_work(home.engine) as session:
                text = f"no proposal could be made ({type(error).__name__}): see the log"
                messages.fail(session, message_id, error=text, now=home.clock())
        return True

    def follow_up(self, followup_id: int) -> bool:
        """Do the same for a case that woke by itself."""
        with self._dropped.waking(followup_id):
            return not self.stopping.is_set() and waking.follow_up(
                self._home,
                followup_id,
                worker=self.worker,
                lease=LEASE,
                alone=self._ask_alone if self._alone is not None else None,
            )
        return False

    def _think(self, message_id: int) -> None:
        home = self._home
        with unit_of_work(home.engine) as session:
            message = messages.load(session, message_id)
            facts = facts_for(session, message_id, now=home.clock())
        proposal = propose(message, facts, home.deps)
        with span("hold", message=message_id), unit_of_work(home.engine) as session:
            if not messages.in_hand(session, message_id, worker=self.worker):
                log.info("message %d: changed while it was thought about; it is read anew", message_id)
                return
            if proposal.verdict is Verdict.OWN_MAIL and proposal.needs_person is None:
                messages.finish(session, message_id, state=MessageState.CLOSED)
                return
            held = proposals.hold(
                session, proposal, newest_message=facts.newest_message or message_id, now=home.clock()
            )
            end = MessageState.PROPOSED if facts.customer is not None else MessageState.UNMATCHED
            messages.finish(session, message_id, state=end)
        if held is not None and self._alone is not None:
            self._ask_alone(held)

    def _ask_alone(self, proposal_id: int) -> None:
        """Have it approved without a person where that is allowed. Whatever goes wrong, it is held, and a person decides."""
        assert self._alone is not None
        try:
            why = self._alone(proposal_id)
        except Exception as error:
            log.error("proposal %d: waits for a person, as it could not be judged: %s", proposal_id, trace(error))
            return
        if why is None:
            log.info("proposal %d: approved without a person", proposal_id)


def trace(error: BaseException) -> str:
    """Say where in the program an error arose, and its kind. Its own text may quote a mail, and stays out of the log."""
    return "".join(["\n", *traceback.format_tb(error.__traceback__), type(error).__name__])

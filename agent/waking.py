"""From a waking to a held proposal: the same agent, rules and queue as for a reply. Sends nothing, waits for nobody.

A waking that has nothing left to say is closed, with the reason in the log; a mail of the customer always comes first: what
lies on a desk is waited for.
"""

from __future__ import annotations

import logging
import traceback
from collections.abc import Callable
from datetime import timedelta
from typing import Protocol

from sqlalchemy import Engine

from agent.deps import Deps
from agent.graph import propose
from agent.policy import ask_for
from store import followups, proposals
from store.aftermath import FollowupState
from store.clock import Clock
from store.engine import unit_of_work
from store.facts import CaseFacts
from store.followup_facts import followup_facts, load_followup, newest_known
from store.followup_overtaking import lies_on_the_desk
from store.outage import is_outage
from store.spans import span
from tools.followup_ground import gone
from tools.registry import tools
from tools.remind import Remind

log = logging.getLogger(__name__)


class Home(Protocol):
    """What of an installation is needed here."""

    @property
    def engine(self) -> Engine:
        """The database."""

    @property
    def clock(self) -> Clock:
        """The present."""

    @property
    def deps(self) -> Deps:
        """What the agent thinks with."""


def due(home: Home) -> list[int]:
    """List the wakings that may be thought about now."""
    with unit_of_work(home.engine) as session:
        return followups.due(session, now=home.clock())


def follow_up(
    home: Home, followup_id: int, *, worker: str, lease: timedelta, alone: Callable[[int], None] | None = None
) -> bool:
    """Claim a waking, think, hold the proposal; False when another has it. After three failures a person gets it.

    `alone` is told of a step of a cadence that is held: it may be one that needs no person.
    """
    with unit_of_work(home.engine) as session:
        if not followups.claim(session, followup_id, worker=worker, now=home.clock(), lease=lease):
            return False
    try:
        held = _think(home, followup_id, worker=worker)
    except Exception as error:
        if is_outage(error):
            raise
        frames = traceback.extract_tb(error.__traceback__)[-1:]
        where = "".join(f"{frame.name}:{frame.lineno}" for frame in frames)
        log.error("followup %d: no proposal: %s at %s", followup_id, type(error).__name__, where)
        with unit_of_work(home.engine) as session:
            text = f"no proposal could be made ({type(error).__name__}): see the log"
            followups.fail(session, followup_id, error=text, now=home.clock())
        return True
    if held is not None and alone is not None:
        alone(held)
    return True


def _think(home: Home, followup_id: int, *, worker: str) -> int | None:
    """Give the proposal of a step of a cadence that is held now; None for any other."""
    with unit_of_work(home.engine) as session:
        message = load_followup(session, followup_id)
        if lies_on_the_desk(session, followup_id):
            followups.put_back(session, followup_id)
            return None
        facts = followup_facts(session, followup_id, now=home.clock())
    proposal = propose(message, facts, home.deps)
    with unit_of_work(home.engine) as session:
        now = home.clock()
        if not followups.in_hand(session, followup_id, worker=worker):
            log.info("followup %d: changed while it was thought about; it is thought about anew", followup_id)
            return None
        # A mail that came while this was thought about voids nothing yet, as nothing is held: it is looked for here.
        if newest_known(session, followup_id, now=now) != facts.newest_message:
            followups.put_back(session, followup_id)
            return None
        if not proposal.actions:
            why = gone(facts) or _refused(facts, home.deps) or "nothing was proposed"
            followups.finish(session, followup_id, state=FollowupState.CLOSED, now=now, why=why)
            return None
        with span("hold", message=message.id):
            held = proposals.hold(session, proposal, newest_message=facts.newest_message or message.id, now=now)
        followups.finish(session, followup_id, state=FollowupState.PROPOSED, now=now)
    return held if facts.followup is not None and facts.followup.outreach is not None else None


def _refused(facts: CaseFacts, deps: Deps) -> str | None:
    """Say in the tool's own words why a step of a cadence is not written, where only the policy stands in its way."""
    if facts.followup is None or facts.followup.outreach is None:
        return None
    return tools()[Remind.name].refusal(ask_for((), claims=(), facts=facts, policy=deps.policy))

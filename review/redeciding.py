"""Lets a person decide otherwise than the agent: another reading, another act, other words. The result waits like any other.

A model may be asked meanwhile: no transaction is open then, and what changed in between is told, not overwritten.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import cast

from sqlalchemy import Engine
from sqlmodel import Session

from agent.approvers import decides_as_senior
from agent.deps import Deps
from review import rethinking
from review.choosing import chosen
from review.instructions import understood
from review.item import Item
from store import proposals
from store.clock import Clock
from store.company import CompanyProfile
from store.engine import looking, unit_of_work
from store.proposals import Stale
from store.proposed import ModelCall, Proposal
from store.reviewing import Change
from store.tables import ProposalRow
from store.vocabulary import ProposalStatus, Reason
from tools.approval import Approver
from tools.escalate_to_human import ROUTES
from tools.limits import Policy

#: So many other readings are offered for a claim.
OFFERED = 3
#: What is less likely than this is no reading that anybody would look for: any can be chosen from the list of all.
LIKELY = 0.01
_MOST_READ = 512


@dataclass(frozen=True, slots=True)
class OtherReading:
    """A reason that a claim could be read as. `confirms`: it is the one that it was read as, not surely enough."""

    claim: int
    reason: Reason
    share: float
    confirms: bool = False


class Redeciding:
    """The part of the desk at which the agent is told better."""

    engine: Engine
    clock: Clock
    company: CompanyProfile
    policy: Policy
    roles: Mapping[str, Approver]
    thinks_with: Callable[[], Deps]
    _item: Callable[[Session, ProposalRow], Item]

    def other_readings(self, item: Item) -> list[OtherReading]:
        """Give, for each claim, what else the embedded reader holds likely, and a yes to what it was not sure of."""
        if item.row.status != ProposalStatus.HELD or item.facts.followup is not None or item.facts.customer is None:
            return []
        alone, found = len(item.proposal.claims) == 1, list[OtherReading]()
        for index, claim in enumerate(item.proposal.claims):
            text = item.message.email.new_text if alone else claim.evidence
            ranking = self._ranking(text, item.message.email.subject if alone else "")
            if claim.confidence < self.policy.sure_from(claim.reason):
                found.append(OtherReading(index, claim.reason, claim.confidence, confirms=True))
            others = [(reason, share) for reason, share in ranking if reason is not claim.reason and share >= LIKELY]
            found += [OtherReading(index, reason, share) for reason, share in others[:OFFERED]]
        return found

    def reread(self, proposal_id: int, *, version: int, actor: str, claim: int, reason: Reason) -> int:
        """Read a claim (by index) as a person does, and decide and word anew; give the new version. Raises Stale, ValueError.

        What goes to a manager, or further, by its reason is read away by managers alone, so that no collector lowers what is
        needed to approve it; what stops everything else stays as a flag besides, for whoever approves.
        """
        item = self._as_seen(proposal_id, version)
        said = item.proposal.claims[claim].reason if 0 <= claim < len(item.proposal.claims) else None
        if said in ROUTES and reason is not said and not self._senior(actor):
            raise ValueError(
                "what the customer says there is no collector's to decide: a manager may read it otherwise"
            )
        anew = rethinking.reread(item, self._deps(), claim=claim, reason=reason)
        return self._put(item, anew, actor=actor, change=Change.REDECIDED)

    def retool(self, proposal_id: int, *, version: int, actor: str, action: int, tool: str) -> int:
        """Choose another act that is allowed, and word anew; give the new version. Raises Stale, ValueError."""
        item = self._as_seen(proposal_id, version)
        anew = rethinking.retool(item, self._deps(), action=action, tool=tool)
        return self._put(item, anew, actor=actor, change=Change.REDECIDED)

    def redraft(self, proposal_id: int, *, version: int, actor: str, instruction: str) -> int:
        """Word the mail anew as a person asks; give the new version. Raises Stale, ValueError with what can be done."""
        asked = understood(instruction)
        item = self._as_seen(proposal_id, version)
        try:
            anew = rethinking.redraft(item, self._deps(), asked)
        except rethinking.NotFollowed as refused:
            self._note_calls(item, refused.calls)
            raise
        return self._put(item, anew, actor=actor, change=Change.REDRAFTED)

    def leave_out(self, proposal_id: int, *, version: int, actor: str, without: Collection[int]) -> int:
        """Leave some actions (by position) out of what is approved; give the new version. Raises Stale, ValueError."""
        with unit_of_work(self.engine) as session:
            item = self._item(session, session.get_one(ProposalRow, proposal_id))
            fewer = chosen(item, without=without, company=self.company, policy=self.policy)
            # Leaving out says nothing in anybody's words: the template words what stays.
            return proposals.replace(
                session,
                proposal_id,
                fewer,
                version=version,
                actor=actor,
                now=self.clock(),
                worded=False,
                change=Change.LEFT_OUT,
            )

    def has_model(self) -> bool:
        """Say whether a wish in any words can be followed."""
        return self.thinks_with().client is not None

    def _note_calls(self, item: Item, calls: Sequence[ModelCall]) -> None:
        with unit_of_work(self.engine) as session:
            proposals.note_calls(session, item.message.id, calls, now=self.clock())

    def _senior(self, actor: str) -> bool:
        with looking(self.engine) as session:
            return decides_as_senior(session, actor, self.roles)

    def _as_seen(self, proposal_id: int, version: int) -> Item:
        with looking(self.engine) as session:
            item = self._item(session, session.get_one(ProposalRow, proposal_id))
        if item.row.status != ProposalStatus.HELD or item.row.version != version:
            raise Stale("this proposal was changed or decided meanwhile: look at it again")
        return item

    def _put(self, item: Item, anew: Proposal, *, actor: str, change: Change) -> int:
        assert item.row.id is not None
        with unit_of_work(self.engine) as session:
            return proposals.replace(
                session, item.row.id, anew, version=item.row.version, actor=actor, now=self.clock(), change=change
            )

    def _deps(self) -> Deps:
        return replace(self.thinks_with(), company=self.company, policy=self.policy)

    def _ranking(self, text: str, subject: str) -> tuple[tuple[Reason, float], ...]:
        reader = self.thinks_with().embedded
        return _ranked(cast("Hashable", reader), text, subject)


@lru_cache(maxsize=_MOST_READ)
def _ranked(reader: Hashable, text: str, subject: str) -> tuple[tuple[Reason, float], ...]:
    """Ask the reader once for each text: the same page is opened again and again."""
    ranking = getattr(reader, "ranking", None)
    return tuple(ranking(text, subject=subject)) if ranking is not None else ()

"""Asks the outbound rules what stands against an approval: the draft, the moment, the mail as composed, and who approves.

It decides nothing and writes nothing; the desk does.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from sqlmodel import Session

from agent.approvers import approver_of
from agent.rules.approvals import level_of
from agent.rules.base import Approval, Outbound, Stage, block
from agent.rules.book import RULES, judge
from agent.sending import Leaving, before_approval, leaving, outbound
from agent.wire import read_wire
from review.item import Blocked, Item
from store.company import CompanyProfile
from store.proposed import Draft, Finding
from store.revisions import writers
from store.tables import Outgoing
from store.vocabulary import Severity
from tools.approval import Approver, same_person
from tools.limits import Policy
from tools.windows import NoMoment

#: Acts that only make us more careful: whoever sees the mail may approve them, where nothing is written to the customer.
CAREFUL = frozenset({"escalate_to_human", "no_reply", "stop_contact", "hold_outreach"})
_APPROVERS = frozenset({"R-APR-01", "R-APR-03"})


@dataclass(frozen=True, slots=True)
class Decision:
    """What an approval comes to: the mail as it was judged, when it leaves, or that a second person is needed first."""

    judged: Outbound
    leaves: Leaving
    waits_for_second: bool = False
    #: What the database is told to hold: two persons approve; the editor does not.
    second_person: bool = False
    not_by_editor: bool = False
    #: It is one of several that are approved by one click.
    together: bool = False
    #: A person has the item's page before them.
    opened: bool = False


class Approving:
    """One proposal that somebody wants to approve."""

    def __init__(self, item: Item, *, company: CompanyProfile, policy: Policy, roles: Mapping[str, Approver]) -> None:
        """Take the proposal and those who may decide."""
        self._item = item
        self._company = company
        self._policy = policy
        self._roles = roles

    def outbound(self, draft: Draft | None = None) -> Outbound:
        """Give what the rules look at; of a proposal without a draft, an empty one."""
        nothing = Draft(language="en", subject="", body="")
        return outbound(
            self._item.proposal,
            self._item.facts,
            draft=draft or self._item.proposal.draft or nothing,
            company=self._company,
            policy=self._policy,
            people=self._item.signers,
            leaves=self._item.leaves,
        )

    def decide(self, session: Session, *, actor: str, acknowledged: Mapping[str, str], now: datetime) -> Decision:
        """Judge it as this person's approval. Raises Blocked."""
        approval = self._approval(session, actor, acknowledged)
        out = replace(self.outbound(), stage=Stage.APPROVAL, approval=approval)
        leaves = Leaving(now)
        if self._item.proposal.draft is None:
            if all(action.tool in CAREFUL for action in out.done):
                return Decision(out, leaves)
            _refuse(_by_whom(out))
        else:
            if self._item.facts.customer is not None:
                leaves = self._leaving(session, now)
                out = before_approval(session, out, approval=approval, leaves=leaves.at, now=now)
            found = judge(out)
            _refuse(found)
            out = replace(out, found=found)
        level = level_of(out)
        return Decision(
            out,
            leaves,
            waits_for_second=level.second_person and self._needs_second(approval),
            second_person=level.second_person,
            not_by_editor=level.role is not Approver.COLLECTOR,
        )

    def schedule(self, outgoing: Outgoing, decision: Decision) -> None:
        """Set when a composed mail leaves, and judge its very bytes. Raises Blocked."""
        _refuse(judge(replace(decision.judged, wire=read_wire(outgoing), found=())))
        outgoing.next_attempt_at = decision.leaves.at
        outgoing.last_error = decision.leaves.why or None

    def _leaving(self, session: Session, now: datetime) -> Leaving:
        try:
            return leaving(session, self._item.facts, policy=self._policy, now=now)
        except NoMoment as none:
            raise Blocked((block("R-TIM-01", f"There is no time to send this at: {none}."),)) from none

    def _approval(self, session: Session, actor: str, acknowledged: Mapping[str, str]) -> Approval:
        row = self._item.row
        first = row.approved_first_by if row.approved_first_version == row.version else None
        first_role = approver_of(session, first, self._roles) if first is not None else None
        if first_role is None or first_role is Approver.COLLECTOR:
            first = None  # whoever may not approve it any more is no first of two either
        role = approver_of(session, actor, self._roles)
        if role is None:
            raise Blocked((block("R-APR-01", f"{actor} approves nothing: that is for collectors and managers."),))
        return Approval(
            actor=actor,
            role=role,
            first=first,
            first_role=first_role,
            edited_by=next((who for who in writers(session, row.id or 0) if same_person(who, actor)), row.edited_by),
            flags=self._item.proposal.flags,
            acknowledged=acknowledged,
        )

    @staticmethod
    def _needs_second(approval: Approval) -> bool:
        return approval.first is None or same_person(approval.first, approval.actor)


def _by_whom(out: Outbound) -> tuple[Finding, ...]:
    return tuple(f for rule in RULES if rule.id in _APPROVERS for check in rule.checks for f in check(out))


def _refuse(findings: tuple[Finding, ...]) -> None:
    blocking = tuple(finding for finding in findings if finding.severity is Severity.BLOCK)
    if blocking:
        raise Blocked(blocking)

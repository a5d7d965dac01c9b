"""What is asked of a mail when it is approved and just before it leaves: the outbound rules on the very bytes, window and caps.

It decides nothing by itself: the rules do. It writes nothing; whoever sends acts on the answer.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlmodel import Session

from agent.approvers import approver_of, signing_names
from agent.letter import scope_of
from agent.rules.base import Approval, Outbound, Stage
from agent.rules.book import judge
from agent.still_possible import no_longer_possible
from agent.wire import read_wire
from mail.outbox import Refusal
from store import written
from store.company import CompanyProfile
from store.facts import CaseFacts
from store.followup_facts import facts_behind
from store.proposals import content
from store.proposed import Draft, Finding, Proposal
from store.tables import Outgoing, ProposalRow
from store.vocabulary import Severity
from tools.approval import Approver
from tools.followup_money import begins
from tools.limits import Policy
from tools.windows import NoMoment, Written, may_write, next_moment

#: How long a mail waits for a new import of the ledger, before it is looked at again.
AGAIN = timedelta(minutes=30)
#: Rules whose answer is "not yet": the mail waits for its moment, or for the import. Those of bytes that are not what was
#: approved are a person's. All others say "not any more": the mail is proposed anew.
_NOT_YET = frozenset({"R-TIM-01", "R-TIM-02"})
_NOT_NOW = frozenset({"R-GND-08"})
_BROKEN = frozenset({"R-HDR-01", "R-HDR-02", "R-HDR-03", "R-GND-07", "R-RCP-01", "R-PRO-02", "R-DIS-02"})


@dataclass(frozen=True, slots=True)
class Leaving:
    """When a mail may leave. `why` is set where that is not at once."""

    at: datetime
    why: str = ""


def outbound(
    proposal: Proposal,
    facts: CaseFacts,
    *,
    draft: Draft | None = None,
    company: CompanyProfile,
    policy: Policy,
    people: tuple[str, ...] = (),
    leaves: datetime | None = None,
) -> Outbound:
    """Put together what the rules look at, for a proposal that is held. The draft is the proposal's own unless one is given.

    `leaves`: not before this moment, where other mails come before it.
    """
    draft = draft or proposal.draft
    assert draft is not None, "only a proposal with a draft is judged"
    scope = scope_of(
        facts=facts,
        claims=proposal.claims,
        actions=proposal.actions,
        company=company,
        policy=policy,
        language=draft.language,
        leaves=leaves,
    )
    return Outbound(
        draft=draft,
        scope=scope,
        policy=policy,
        claims=proposal.claims,
        actions=proposal.actions,
        tone=proposal.tone,
        people=people,
    )


def leaving(
    session: Session, facts: CaseFacts, *, policy: Policy, now: datetime, waiting: int | None = None
) -> Leaving:
    """Give the first moment from now on at which window and caps let a mail to this customer go. Raises NoMoment.

    `waiting`: the number of the mail in the outbox, where it is there already; it does not count against itself.
    """
    assert facts.customer is not None, "a mail without a customer has no recipient"
    profile, why = policy.profile(), ""
    others = [m for m in written.written_to(session, facts.customer.id, now=now) if m.outgoing_id != waiting]
    past = [_as_written(mail) for mail in others]
    moment = now
    for _ in range(len(past) + 2):
        opens = next_moment(
            moment, facts.customer.timezone, profile.contact, profile.holidays, candidates=profile.zones
        )
        if opens > moment:
            why = why or "outside of the recipient's hours"
        pause = may_write(past, opens, profile.contact, case_id=facts.case_id, answer=facts.followup is None)
        if pause is None:
            return Leaving(opens, why)
        moment, why = max(pause.until, opens), pause.why
    raise NoMoment("the caps leave no moment for this mail: look at them")


def _as_written(mail: written.PastOutgoing) -> Written:
    return Written(at=mail.at, case_id=mail.case_id, answer=mail.answer)


def before_approval(
    session: Session, out: Outbound, *, approval: Approval | None, leaves: datetime, now: datetime
) -> Outbound:
    """Add what is known when somebody approves: who, when it would leave, what went before it and waits beside it."""
    assert out.scope.facts.customer is not None, "a mail without a customer has no recipient"
    past = written.written_to(session, out.scope.facts.customer.id, now=now)
    return replace(
        out,
        stage=Stage.APPROVAL,
        approval=approval,
        moment=leaves,
        ledger_at=written.ledger_imported_at(session),
        written=tuple(_as_written(mail) for mail in past if mail.at <= leaves),
        waiting=tuple(mail.invoices for mail in past if not mail.left),
    )


def rechecker(
    *, company: CompanyProfile, policy: Policy, roles: Mapping[str, Approver]
) -> Callable[[Session, Outgoing, datetime], Refusal | None]:
    """Give the check that the sender asks just before a mail leaves: None lets it go."""

    def recheck(session: Session, row: Outgoing, now: datetime) -> Refusal | None:
        held = session.get_one(ProposalRow, row.proposal_id)
        proposal = content(held)
        if proposal.draft is None:
            return Refusal("the proposal has no draft")
        facts = facts_behind(session, held.message_id, followup_id=held.followup_id, now=now)
        if facts.customer is None:
            return Refusal("the mail belongs to no customer", void=True)
        if facts.followup is not None and (facts.followup.outreach is not None or begins(facts.followup)):
            # Nobody wrote before us: what has come in between, money above all, takes the ground away to the last moment.
            gone = no_longer_possible(proposal, facts, policy=policy)
            if gone is not None:
                return Refusal(gone, void=True)
        out = outbound(proposal, facts, company=company, policy=policy, people=signing_names(session, roles))
        past = [mail for mail in written.written_to(session, row.customer_id, now=now) if mail.outgoing_id != row.id]
        out = replace(
            out,
            stage=Stage.SENDING,
            moment=now,
            ledger_at=written.ledger_imported_at(session),
            written=tuple(_as_written(mail) for mail in past if mail.left),
            wire=read_wire(row),
            approval=_approval(session, held, proposal, roles),
        )
        found = [f for f in judge(out) if f.severity is Severity.BLOCK]
        return _refusal(session, row, found, facts, policy=policy, now=now) if found else None

    return recheck


def _approval(session: Session, held: ProposalRow, proposal: Proposal, roles: Mapping[str, Approver]) -> Approval:
    """Say what is bound by the approval, as the row and the log tell it."""
    actor = held.decided_by or ""
    return Approval(
        actor=actor,
        # Whoever may approve nothing any more counts as the least who may: what needed more stops, for a person to look at.
        role=approver_of(session, actor, roles) or Approver.COLLECTOR,
        flags=proposal.flags,
        at=held.decided_at,
        mime_sha256=written.approved_mime(session, held.id or 0),
        policy_digest=proposal.policy_digest,
    )


def _refusal(
    session: Session, row: Outgoing, found: list[Finding], facts: CaseFacts, *, policy: Policy, now: datetime
) -> Refusal:
    """Turn what blocks into what happens: it waits, it is proposed anew, or a person looks."""
    rules, why = {f.rule for f in found}, " ".join(f.text for f in found)
    if rules <= _NOT_YET:
        try:
            when = leaving(session, facts, policy=policy, now=now, waiting=row.id)
        except NoMoment as none:
            return Refusal(str(none))
        return Refusal(why, until=when.at)
    if rules <= _NOT_YET | _NOT_NOW:
        return Refusal(why, until=now + AGAIN)
    return Refusal(why, void=not rules & _BROKEN)

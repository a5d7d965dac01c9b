"""Where a person decides: show, edit, approve, reject (and settle: `review.mending`). The pages, the command line and the demo all call this.

Approving composes the outgoing mail and puts it into the outbox; it sends nothing. What the decider saw must still be true
at that moment: otherwise the decision is refused and the proposal made anew.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from functools import cache
from types import MappingProxyType

from sqlalchemy import Engine
from sqlmodel import Session

from agent.approvers import signing_names
from agent.deps import Deps
from agent.embedded.reader import EmbeddedReader
from agent.letter import draft_of, scope_of
from agent.rules.book import judge
from mail.reply_token import new_token
from prompts.scope import SlotScope
from review.api_lists import ApiLists
from review.approving import Approving, Decision
from review.exporting import Exporting
from review.handling import Handling
from review.item import Blocked, Item, RejectReason
from review.mending import Mending
from review.outgoing import outgoing_mail
from review.overtaking import overtaken_by
from review.queue_lists import Queueing
from review.queue_together import Together
from review.redeciding import Redeciding
from review.refreshing import Refreshing
from review.tokens import Tokens
from review.undoing import Undoing
from store import messages, proposals
from store.clock import Clock
from store.company import CompanyProfile
from store.engine import looking, unit_of_work
from store.followup_facts import facts_behind
from store.measured import Outcome
from store.proposals import Stale, content
from store.proposed import Draft, Finding
from store.reviewing import Change
from store.tables import ProposalRow
from store.vocabulary import ProposalStatus
from tools.approval import Approver
from tools.limits import Policy

__all__ = ["Blocked", "Desk", "Item", "RejectReason"]


class Desk(Queueing, Together, Mending, Undoing, Redeciding, Handling, Tokens, ApiLists, Exporting, Refreshing):
    """Decisions on one installation. Holds no state of its own: every call is a transaction of its own."""

    def __init__(
        self,
        *,
        engine: Engine,
        company: CompanyProfile,
        policy: Policy,
        clock: Clock,
        key: bytes,
        sender_of: Callable[[str], str],
        plus_addressing: Callable[[str], bool] = lambda _: False,
        roles: Mapping[str, Approver] = MappingProxyType({}),
        deps: Callable[[], Deps] | None = None,
        undo: timedelta = timedelta(0),
    ) -> None:
        """Take what decisions need. `sender_of` gives the address that a mailbox's answers go out from.

        `plus_addressing` says whether answers to that mailbox may carry a reply token. `roles`: who is more than a collector.
        `deps`: what the agent thinks with where a person decides otherwise; by itself the embedded reader, loaded when first asked.
        """
        self.engine = engine
        self.company = company
        self.policy = policy
        self.clock = clock
        self._key = key
        self._sender_of = sender_of
        self._plus_addressing = plus_addressing
        self.roles = roles
        self.thinks_with = deps or cache(lambda: Deps(company=company, policy=policy, embedded=EmbeddedReader()))
        self.undo = undo

    # --- looking --------------------------------------------------------------------------------------------------

    def show(self, proposal_id: int) -> Item | None:
        """Give one proposal; None when there is none of this number."""
        with looking(self.engine) as session:
            row = session.get(ProposalRow, proposal_id)
            return self._item(session, row) if row is not None else None

    def _item(self, session: Session, row: ProposalRow) -> Item:
        facts = facts_behind(session, row.message_id, followup_id=row.followup_id, now=self.clock())
        mail, signers = messages.load(session, row.message_id), signing_names(session, self.roles)
        return Item(row=row, proposal=content(row), message=mail, facts=facts, signers=signers)

    # --- editing --------------------------------------------------------------------------------------------------

    def preview(self, item: Item, *, body: str) -> tuple[Draft, tuple[Finding, ...]]:
        """Fill and judge a body as it would be saved, without saving it."""
        assert item.proposal.draft is not None, "only a proposal with a draft is edited"
        written_by = item.proposal.draft.written_by
        if body != item.proposal.draft.body and not written_by.startswith("human"):
            written_by = f"human, after {written_by}"
        draft = draft_of(
            body,
            scope=self._scope(item),
            actions=item.proposal.actions,
            subject=item.message.email.subject,
            written_by=written_by,
        )
        return draft, judge(self._approving(item).outbound(draft))

    def edit(self, proposal_id: int, *, version: int, actor: str, body: str) -> tuple[Finding, ...]:
        """Save an edited body with its findings. Raises Stale."""
        with unit_of_work(self.engine) as session:
            item = self._item(session, session.get_one(ProposalRow, proposal_id))
            draft, findings = self.preview(item, body=body.replace("\r\n", "\n"))
            edited = item.proposal.model_copy(update={"draft": draft, "findings": findings})
            proposals.replace(session, proposal_id, edited, version=version, actor=actor, now=self.clock())
            return findings

    # --- deciding -------------------------------------------------------------------------------------------------

    def approve(
        self,
        proposal_id: int,
        *,
        version: int,
        actor: str,
        acknowledged: Mapping[str, str] | None = None,
        at_once: bool = False,
        check: Callable[[Item, Decision], None] | None = None,
    ) -> bool:
        """Approve what was shown. Raises Stale when it is no longer so, Blocked when a rule forbids it.

        `acknowledged`: for each serious flag of the mail, why it is answered all the same. Gives False where a second person
        has to approve as well: until then it waits. `at_once`: there is no time in which it can be taken back. `check`, of
        what is approved with others, may refuse it before anything is written.
        """
        now = self.clock()
        with unit_of_work(self.engine) as session:
            item = self._item(session, session.get_one(ProposalRow, proposal_id))
            if item.row.status != ProposalStatus.HELD or item.row.version != version:
                raise Stale("this proposal was changed or decided meanwhile: look at it again")
            overtaken = overtaken_by(item, policy=self.policy)
            if overtaken is None and not self._moved_on(item):
                answered = dict(acknowledged or {})
                return self._approve(
                    session, item, actor=actor, acknowledged=answered, now=now, at_once=at_once, check=check
                )
            if overtaken is None:
                self._fill_anew(session, item, actor=actor, now=now)
                told = "a date or figure in the draft moved on and was filled in anew: look at it again"
            else:
                proposals.void(session, proposal_id, reason=overtaken, now=now)
                told = f"{overtaken}: the proposal is made anew"
        raise Stale(told)

    def _moved_on(self, item: Item) -> bool:
        draft = item.proposal.draft
        if draft is None:
            return False
        now = self.preview(item, body=draft.body)[0]
        return (now.rendered, now.papers) != (draft.rendered, draft.papers)

    def _fill_anew(self, session: Session, item: Item, *, actor: str, now: datetime) -> None:
        assert item.proposal.draft is not None
        assert item.row.id is not None
        draft, findings = self.preview(item, body=item.proposal.draft.body)
        filled = item.proposal.model_copy(update={"draft": draft, "findings": findings})
        version, anew = item.row.version, Change.FILLED
        proposals.replace(
            session, item.row.id, filled, version=version, actor=actor, now=now, worded=False, change=anew
        )

    def _approve(
        self,
        session: Session,
        item: Item,
        *,
        actor: str,
        acknowledged: Mapping[str, str],
        now: datetime,
        at_once: bool,
        check: Callable[[Item, Decision], None] | None,
    ) -> bool:
        assert item.row.id is not None
        approving = self._approving(item)
        decision = approving.decide(session, actor=actor, acknowledged=acknowledged, now=now)
        if check is not None:
            check(item, decision)
            decision = replace(decision, together=True)
        version = item.row.version
        if decision.waits_for_second:
            proposals.approve_first(
                session, item.row.id, version=version, actor=actor, now=now, acknowledged=acknowledged
            )
            return False
        outgoing = None
        if item.proposal.draft is not None:
            outgoing = outgoing_mail(
                session,
                item,
                company=self.company,
                sender=self._sender_of(item.message.mailbox),
                key=self._key,
                now=now,
                reply_token=new_token() if self._plus_addressing(item.message.mailbox) else None,
            )
            approving.schedule(outgoing, decision)
        self._finish(
            session, item, outgoing, decision, actor=actor, acknowledged=acknowledged, now=now, at_once=at_once
        )
        return True

    def _approving(self, item: Item) -> Approving:
        return Approving(item, company=self.company, policy=self.policy, roles=self.roles)

    def reject(self, proposal_id: int, *, version: int, actor: str, reason: RejectReason, note: str = "") -> None:
        """Reject with a typed reason and, if wanted, a note. Raises Stale."""
        text = f"{reason.value}: {note.strip()[:500]}" if note.strip() else reason.value
        with unit_of_work(self.engine) as session:
            item = self._item(session, session.get_one(ProposalRow, proposal_id))
            now = self.clock()
            proposals.reject(session, proposal_id, version=version, actor=actor, reason=text, now=now)
            self._note(session, item, Outcome.REJECTED, actor=actor, now=now, why=reason.value)

    def secret(self, purpose: str) -> bytes:
        """Derive a secret from the installation's own, one for each purpose (RFC 2104)."""
        return hmac.new(self._key, f"desk:{purpose}".encode(), hashlib.sha256).digest()

    def _scope(self, item: Item) -> SlotScope:
        assert item.proposal.draft is not None
        return scope_of(
            facts=item.facts,
            claims=item.proposal.claims,
            actions=item.proposal.actions,
            company=self.company,
            policy=self.policy,
            language=item.proposal.draft.language,
        )

"""Where a person decides: show, edit, approve, reject (and settle: `review.mending`). The pages, the command line and the demo all call this.

Approving composes the outgoing mail and puts it into the outbox; it sends nothing. What the decider saw must still be true
at that moment: otherwise the decision is refused and the proposal made anew.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from datetime import timedelta
from functools import cache
from types import MappingProxyType
from typing import TYPE_CHECKING

from sqlalchemy import Engine
from sqlmodel import Session

from agent.approvers import signing_names
from agent.deps import Deps
from agent.embedded.reader import EmbeddedReader
from agent.letter import draft_of, scope_of
from agent.rules.book import judge
from agent.sending import leaving
from outreach.settings import OutreachSettings
from prompts.scope import SlotScope
from review.api_lists import ApiLists
from review.cash import Cash
from review.connected import Connecting
from review.deciding import Deciding
from review.exporting import Exporting
from review.handling import Handling
from review.item import Blocked, Item, RejectReason
from review.keys import derived
from review.last_resort import LastResorts
from review.mending import Mending
from review.portal_filling import PortalFilling
from review.queue_lists import Queueing
from review.queue_together import Together
from review.ranking import RankedLately
from review.redeciding import Redeciding
from review.refreshing import Refreshing
from review.reporting import Known
from review.tasking import Tasking
from review.tokens import Tokens
from risk.settings import RiskSettings
from store import ledger_changes, messages, proposals
from store.clock import Clock
from store.company import CompanyProfile
from store.engine import looking, unit_of_work
from store.followup_facts import facts_behind
from store.ledger_changes import LedgerChange
from store.proposals import content
from store.proposed import Draft, Finding
from store.scoping import narrowed
from store.tables import ProposalRow
from store.vocabulary import ProposalStatus
from tools.approval import Approver
from tools.limits import Policy
from tools.windows import NoMoment

if TYPE_CHECKING:
    from agent.connecting import Connections

__all__ = ["Blocked", "Desk", "Item", "RejectReason"]


class Desk(
    Deciding,
    Queueing,
    Together,
    Mending,
    Redeciding,
    Handling,
    Tokens,
    ApiLists,
    Exporting,
    Refreshing,
    PortalFilling,
    Cash,
    Tasking,
    LastResorts,
    Connecting,
):
    """Decisions on one installation. Holds nothing but the figures of the last minute: every call is a transaction of its own."""

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
        texts: bool = False,
        own_texts: Mapping[str, str] = MappingProxyType({}),
        risk: RiskSettings | None = None,
        outreach: OutreachSettings | None = None,
        writes_first_from: str = "",
        connected: Callable[[], Connections] | None = None,
    ) -> None:
        """Take what decisions need. `sender_of` gives the address that a mailbox's answers go out from.

        `plus_addressing` says whether answers to that mailbox may carry a reply token. `roles`: who is more than a collector.
        `deps`: what the agent thinks with where a person decides otherwise; by itself the embedded reader, loaded when first asked.
        `texts`: an SMS provider is set up; `own_texts`: our own words for an SMS, by language. `writes_first_from`: the mailbox from which we write first. `connected`: the systems that the configuration connects, where there are some.
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
        self.texts = texts
        self.own_texts = own_texts
        self._reports = Known()
        self.risk = risk or RiskSettings()
        self.outreach = outreach or OutreachSettings()
        self.writes_first_from = writes_first_from
        self._ranked = RankedLately()
        self.connected = connected

    # --- looking --------------------------------------------------------------------------------------------------

    def show(self, proposal_id: int) -> Item | None:
        """Give one proposal; None when there is none of this number."""
        with looking(self.engine) as session:
            row = session.get(ProposalRow, proposal_id)
            return self._item(session, row) if row is not None else None

    def _item(self, session: Session, row: ProposalRow) -> Item:
        facts = facts_behind(session, row.message_id, followup_id=row.followup_id, now=self.clock())
        mail, signers = messages.load(session, row.message_id), signing_names(session, self.roles)
        proposal, leaves = content(row), None
        if proposal.draft is not None and row.status == ProposalStatus.HELD and facts.customer is not None:
            with suppress(NoMoment):  # an approval says that there is none
                leaves = leaving(session, facts, policy=self.policy, now=facts.as_of).at
        return Item(row=row, proposal=proposal, message=mail, facts=facts, signers=signers, leaves=leaves)

    def ledger_changes(self, customer_id: str) -> Sequence[LedgerChange]:
        """Give what imports changed of a customer's account last, the newest first."""
        with looking(self.engine) as session, narrowed(session, customer_id):
            return ledger_changes.changes(session, customer_id=customer_id, limit=5)

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

    def secret(self, purpose: str) -> bytes:
        """Derive a secret from the installation's own, one for each purpose."""
        return derived(self._key, f"desk:{purpose}")

    def _scope(self, item: Item) -> SlotScope:
        assert item.proposal.draft is not None
        return scope_of(
            facts=item.facts,
            claims=item.proposal.claims,
            actions=item.proposal.actions,
            company=self.company,
            policy=self.policy,
            language=item.proposal.draft.language,
            leaves=item.leaves,
        )

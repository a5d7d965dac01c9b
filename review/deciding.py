"""The decision itself: approve or reject what was shown. Nothing is sent here: approving writes a mail into the outbox.

What the decider saw must still be true at that moment: otherwise the decision is refused and the proposal made anew.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from types import MappingProxyType

from sqlmodel import Session

from mail.reply_token import new_token
from review.approving import Approving, Decision
from review.item import Item, RejectReason
from review.other_ways import bind, make_task, other_way
from review.outgoing import outgoing_mail
from review.overtaking import overtaken_by
from review.undoing import Undoing
from store import audit, proposals
from store.company import CompanyProfile
from store.engine import unit_of_work
from store.measured import Outcome
from store.proposals import Stale
from store.reviewing import Change
from store.tables import ProposalRow
from store.vocabulary import ProposalStatus
from tools.approval import Approver


class Deciding(Undoing):
    """The part of the desk that approves and rejects."""

    company: CompanyProfile
    roles: Mapping[str, Approver]
    _key: bytes
    _sender_of: Callable[[str], str]
    _plus_addressing: Callable[[str], bool]
    #: An SMS provider is set up.
    texts: bool = False
    #: Our own words for an SMS, by language.
    own_texts: Mapping[str, str] = MappingProxyType({})

    def approve(
        self,
        proposal_id: int,
        *,
        version: int,
        actor: str,
        acknowledged: Mapping[str, str] | None = None,
        at_once: bool = False,
        opened: bool = False,
        check: Callable[[Item, Decision], None] | None = None,
    ) -> bool:
        """Approve what was shown. Raises Stale when it is no longer so, Blocked when a rule forbids it.

        `acknowledged`: for each serious flag of the mail, why it is answered all the same. Gives False where a second person
        has to approve as well: until then it waits. `at_once`: there is no time in which it can be taken back. `opened`: a
        person has the item's page before them; nothing else is evidence for what may go out by itself. `check`, of what is
        approved with others, may refuse it before anything is written.
        """
        now = self.clock()
        with unit_of_work(self.engine) as session:
            # Before anything is read: of two first approvals at once, the later must find the earlier and be the second.
            audit.take_turn(session)
            item = self._item(session, session.get_one(ProposalRow, proposal_id))
            if item.row.status != ProposalStatus.HELD or item.row.version != version:
                raise Stale("this proposal was changed or decided meanwhile: look at it again")
            overtaken = overtaken_by(item, policy=self.policy)
            if overtaken is None and not self._moved_on(item):
                answered = dict(acknowledged or {})
                return self._approve(
                    session,
                    item,
                    actor=actor,
                    acknowledged=answered,
                    now=now,
                    at_once=at_once,
                    opened=opened,
                    check=check,
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
        opened: bool,
        check: Callable[[Item, Decision], None] | None,
    ) -> bool:
        assert item.row.id is not None
        approving = self._approving(item)
        decision = approving.decide(session, actor=actor, acknowledged=acknowledged, now=now)
        if check is not None:
            check(item, decision)
        decision = replace(decision, together=check is not None, opened=opened)
        version = item.row.version
        if decision.waits_for_second:
            proposals.approve_first(
                session, item.row.id, version=version, actor=actor, now=now, acknowledged=acknowledged
            )
            return False
        outgoing, way, task = None, other_way(item.proposal), None
        if way is not None:
            # A task stands at once: what was handed to a person to print or to dial cannot be taken back by a click.
            task = make_task(
                session,
                item,
                way,
                company=self.company,
                actor=actor,
                now=now,
                not_before=decision.leaves.at,
                texts=self.texts,
                own_texts=self.own_texts,
            )
            at_once = True
        elif item.proposal.draft is not None:
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
        if task is not None:
            bind(session, task, now=now)
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

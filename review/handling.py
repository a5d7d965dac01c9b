"""What a person does with an item short of deciding it: puts it off, gives it away, hands it up, talks about it, has it open."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time

from sqlalchemy import Engine
from sqlmodel import Session, col, func, select

from agent.policy import ESCALATE, ask_for, in_precedence
from review.item import Item
from review.thread import Thread, thread_of
from store import audit, handling, proposals, revisions
from store.cases import customer_facts, customer_zone
from store.clock import Clock, day_in
from store.engine import looking, unit_of_work
from store.people import Person
from store.proposals import Stale
from store.proposed import Draft, Finding
from store.reviewing import Change, Comment, Presence
from store.roles import DECIDERS
from store.tables import AuditEntry, Effect, ProposalRow
from store.vocabulary import ProposalStatus, Reason
from tools.base import Application, NotAllowed
from tools.escalate_to_human import EscalateToHumanArguments, Role, Urgency
from tools.limits import Policy
from tools.registry import tools

#: What is put off until a day comes back in its morning.
_MORNING = time(5, tzinfo=UTC)
_MOST_NOTED = 1000


@dataclass(frozen=True, slots=True)
class FirstApproval:
    """Who approved first of two, when, what they answered for, and whether it still stands as they saw it."""

    by: str
    at: datetime | None
    acknowledged: tuple[tuple[str, str], ...]
    version: int
    stands: bool


@dataclass(frozen=True, slots=True)
class Around:
    """What people left around an item. `names`: of everybody with a login; `colleagues`: who it can be given to."""

    names: Mapping[str, str]
    colleagues: tuple[tuple[str, str], ...]
    comments: tuple[Comment, ...]
    others: tuple[Presence, ...]
    history: tuple[revisions.Made, ...]
    thread: Thread
    first_approval: FirstApproval | None


class Handling:
    """The part of the desk that passes work on."""

    engine: Engine
    clock: Clock
    policy: Policy
    _item: Callable[[Session, ProposalRow], Item]
    preview: Callable[..., tuple[Draft, tuple[Finding, ...]]]

    def snooze(self, proposal_id: int, *, until: date | None, actor: str) -> None:
        """Put an item off until the morning of a day, or take it back (None). Raises Stale, ValueError."""
        moment = datetime.combine(until, _MORNING) if until is not None else None
        with unit_of_work(self.engine) as session:
            handling.snooze(session, proposal_id, until=moment, actor=actor, now=self.clock())

    def give(self, proposal_id: int, *, to: str, actor: str) -> None:
        """Give an item to a person by login; "" gives it back to all. Raises Stale, ValueError."""
        with unit_of_work(self.engine) as session:
            known = {login for login, _ in _colleagues(session)}
            if known and to and to not in known:
                raise ValueError("nobody of that name works on this queue")
            handling.assign(session, proposal_id, to=to.strip()[:200] or None, actor=actor, now=self.clock())

    def say(self, proposal_id: int, *, text: str, actor: str) -> None:
        """Keep a remark about an item. Raises ValueError."""
        with unit_of_work(self.engine) as session:
            handling.comment(session, proposal_id, text=text, actor=actor, now=self.clock())

    def around(self, item: Item, *, login: str) -> Around:
        """Give all that people left around an item, in one look."""
        number = item.row.id or 0
        with looking(self.engine) as session:
            return Around(
                names=dict(session.exec(select(Person.login, Person.name)).all()),
                colleagues=_colleagues(session),
                comments=tuple(handling.comments(session, item.row)),
                others=tuple(handling.others_here(session, number, login=login, now=self.clock())),
                history=tuple(revisions.history(session, number)),
                thread=thread_of(session, item.row),
                first_approval=_first_approval(session, item.row),
            )

    def be_here(self, proposal_id: int, *, login: str, name: str) -> Sequence[Presence]:
        """Note that somebody has an item open; give who else has."""
        with unit_of_work(self.engine) as session:
            if session.get(ProposalRow, proposal_id) is None:
                return ()
            handling.be_here(session, proposal_id, login=login, name=name, now=self.clock())
            return handling.others_here(session, proposal_id, login=login, now=self.clock())

    def others_here(self, proposal_id: int, *, login: str) -> Sequence[Presence]:
        """Give who else has an item open."""
        with looking(self.engine) as session:
            return handling.others_here(session, proposal_id, login=login, now=self.clock())

    def history(self, proposal_id: int) -> list[revisions.Made]:
        """List every state that a proposal had, oldest first; empty where nothing was changed."""
        with looking(self.engine) as session:
            return revisions.history(session, proposal_id)

    def hand_over(self, proposal_id: int, *, to: Role, note: str, actor: str) -> str:
        """Hand a matter to a person in charge at once; the item stays. Gives what was done. Raises Stale, ValueError."""
        if not note.strip():
            raise ValueError("write a word about why it is handed over")
        now = self.clock()
        with unit_of_work(self.engine) as session:
            audit.take_turn(session)
            row = session.get_one(ProposalRow, proposal_id, populate_existing=True)
            item = self._item(session, row)
            if row.status != ProposalStatus.HELD:
                raise Stale("this proposal was decided meanwhile")
            if row.customer_id is None:
                raise ValueError("this mail belongs to no known customer: assign it first")
            arguments = self._handed(item, to, note.strip()[:_MOST_NOTED])
            done = self._apply(session, row, arguments, actor=actor, now=now)
            self._bind_anew(session, row, item, actor=actor, now=now)
            return done

    def _handed(self, item: Item, to: Role, note: str) -> EscalateToHumanArguments:
        claims = item.proposal.claims
        if not claims:
            return EscalateToHumanArguments(role=to, urgency=Urgency.SOON, reason=Reason.UNCLEAR, summary=note)
        tool, first = tools()[ESCALATE], claims[in_precedence(claims)[0]]
        ask = ask_for([first], claims=claims, facts=item.facts, policy=self.policy)
        own: EscalateToHumanArguments = tool.fill(ask)
        handed = own.model_copy(update={"role": to, "summary": f"{note} / {own.summary}"[:2000]})
        try:
            tool.check(handed, ask)
        except NotAllowed:
            raise ValueError(f"a matter like this goes to {own.role.value}") from None
        return handed

    def _apply(
        self, session: Session, row: ProposalRow, arguments: EscalateToHumanArguments, *, actor: str, now: datetime
    ) -> str:
        assert row.id is not None
        assert row.customer_id is not None
        # Below zero: the places of the proposal's own acts stay free for its approval.
        lowest = session.exec(select(func.min(Effect.position)).where(Effect.proposal_id == row.id)).one()
        place = min(lowest if lowest is not None else 0, 0) - 1
        effect = Effect(proposal_id=row.id, position=place, tool=ESCALATE, text="", applied_at=now)
        session.add(effect)
        session.flush()
        today = day_in(customer_zone(session, row.customer_id), now)
        application = Application(session, effect, row.customer_id, actor, now, today)
        effect.text = tools()[ESCALATE].apply(arguments, application)
        session.flush()
        payload = {"role": arguments.role.value, "reason": arguments.reason.value}
        audit.append(
            session, at=now, actor=actor, event="proposal.handed_over", subject=f"proposal:{row.id}", payload=payload
        )
        return effect.text

    def _bind_anew(self, session: Session, row: ProposalRow, item: Item, *, actor: str, now: datetime) -> None:
        """Let the proposal stand after what its own handing over paused or stopped; the rules judge it as it is then."""
        assert row.id is not None
        assert row.customer_id is not None
        digest = customer_facts(session, row.customer_id, now=now).ledger_digest()
        before = item.proposal.ledger_digest
        if digest == before or item.facts.ledger_digest() != before:
            return
        item = self._item(session, row)
        changed = item.proposal.model_copy(update={"ledger_digest": digest})
        if item.proposal.draft is not None:
            draft, findings = self.preview(item, body=item.proposal.draft.body)
            changed = changed.model_copy(update={"draft": draft, "findings": findings})
        proposals.replace(
            session, row.id, changed, version=row.version, actor=actor, now=now, worded=False, change=Change.FILLED
        )


def _colleagues(session: Session) -> tuple[tuple[str, str], ...]:
    """List who an item can be given to, as (login, name); empty where nobody signs in."""
    rows = session.exec(
        select(Person.login, Person.name)
        .where(col(Person.role).in_([role.value for role in DECIDERS]), col(Person.disabled_at).is_(None))
        .where(col(Person.joined_at).is_not(None))
        .order_by(Person.name)
    )
    return tuple((login, name) for login, name in rows)


def _first_approval(session: Session, row: ProposalRow) -> FirstApproval | None:
    """Give the first of two approvals, whether it still counts or not; None where there was none."""
    if row.approved_first_by is None or row.approved_first_version is None:
        return None
    entry = session.exec(
        select(AuditEntry)
        .where(AuditEntry.subject == f"proposal:{row.id}", AuditEntry.event == "proposal.approved_first")
        .order_by(col(AuditEntry.seq).desc())
    ).first()
    return FirstApproval(
        by=row.approved_first_by,
        at=entry.at if entry is not None else None,
        acknowledged=_acknowledged(entry),
        version=row.approved_first_version,
        stands=row.approved_first_version == row.version,
    )


def _acknowledged(entry: AuditEntry | None) -> tuple[tuple[str, str], ...]:
    told = json.loads(entry.payload).get("acknowledged", {}) if entry is not None else {}
    return tuple(sorted(told.items()))

"""Finds the mails whose words need not be kept any longer, and takes the words out. It decides by age alone, and never what is open.

What stays is what `store.erasing` leaves of any mail: that it came and when, sums, days, states, and the log.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum

from sqlalchemy import ColumnElement, or_
from sqlmodel import Session, col, func, select
from sqlmodel.sql.expression import SelectOfScalar

from store import audit
from store.aftermath import DisputeStatus, FollowupState, PlanStatus, PortalStatus, PromiseStatus, ResubmissionStatus
from store.channel_tasks import OPEN as OPEN_TASKS
from store.channel_tasks import ChannelTask
from store.erasing import OPEN_MAILS, OPEN_PROPOSALS, index_anew
from store.erasing_mails import erase_messages
from store.last_resort_tables import LastResortRow
from store.last_resort_words import OPEN as OPEN_STEPS
from store.ledger_changes import numbers_before
from store.matters import Followup, PaymentCheck, PortalItem
from store.outreach_words import TaskState
from store.retention_rules import Kind, Rules
from store.scoping import whole_house
from store.tables import (
    AuditEntry,
    Customer,
    Dispute,
    Escalation,
    Hold,
    Invoice,
    Message,
    MessageRaw,
    Outgoing,
    Plan,
    Promise,
    ProposalRow,
    Resubmission,
)
from store.vocabulary import MessageKind, MessageState

ERASED, SCRUBBED = "retention.erased", "retention.scrubbed"
#: Whoever reads the log sees that no person did it.
ACTOR = "retention"
#: So many mails go in one transaction, so that nobody waits long for their turn.
BATCH = 200
#: Mails in any other state wait for somebody.
_DECIDED = (MessageState.PROPOSED, MessageState.CLOSED, MessageState.SENT_BY_HAND)


class Why(StrEnum):
    """Why an old mail is kept all the same."""

    RECENT = "the conversation went on"
    UNPAID = "an invoice of that time is unpaid"
    OPEN = "a matter of the customer is open"
    HELD_BACK = "the customer is stopped, or on legal hold"


@dataclass(frozen=True, slots=True)
class Due:
    """The mails that go, and how many old ones are kept, by the reason. `counts`: how many go of each kind."""

    messages: tuple[int, ...] = ()
    counts: Mapping[Kind, int] = field(default_factory=dict)
    kept: Mapping[Why, int] = field(default_factory=dict)


def due(session: Session, rules: Rules, *, now: datetime, among: Collection[int] | None = None) -> Due:
    """Say what goes, oldest first; of these mails alone, where some are named. It changes nothing."""
    whole_house(session)
    found, counts, kept = list[int](), Counter[Kind](), Counter[Why]()
    whose = (
        session.exec(select(Message.customer_id).where(col(Message.id).in_(among)).distinct()).all()
        if among is not None
        else None
    )
    books = _Books(session, rules, whose, now=now)
    query = _old(rules, now) if among is None else _old(rules, now).where(col(Message.id).in_(among))
    for row in session.exec(query.execution_options(yield_per=100)):
        kind = _kind(row)
        if kind not in rules.days or row.received_at >= now - timedelta(days=rules.days[kind]):
            continue
        why = books.why_kept(row, before=now - timedelta(days=rules.days[kind]))
        if why is not None:
            kept[why] += 1
        elif row.id is not None:
            found.append(row.id)
            counts[kind] += 1
    return Due(tuple(found), dict(counts), dict(kept))


def erase_due(session: Session, messages: Collection[int], rules: Rules, *, now: datetime, actor: str = ACTOR) -> int:
    """Take the words out of those of these mails that are due, in the caller's transaction; give of how many.

    What is open is looked at once more in this very transaction, and nobody else writes meanwhile.
    """
    audit.take_turn(session)
    found = due(session, rules, now=now, among=messages).messages
    if found:
        erase_messages(session, found)
        audit.append(session, at=now, actor=actor, event=ERASED, subject="messages", payload={"messages": list(found)})
        session.flush()
        index_anew(session)
    return len(found)


def is_scrubbed(session: Session) -> bool:
    """Say whether the files were rewritten since something was erased by its age."""
    last = select(AuditEntry.event).where(col(AuditEntry.event).in_([ERASED, SCRUBBED]))
    return session.exec(last.order_by(col(AuditEntry.seq).desc()).limit(1)).first() != ERASED


def note_scrubbed(session: Session, *, now: datetime, actor: str = ACTOR) -> None:
    """Write into the log that the files hold nothing of what was erased any more."""
    audit.append(session, at=now, actor=actor, event=SCRUBBED, subject="messages")


def _old(rules: Rules, now: datetime) -> SelectOfScalar[Message]:
    """Select mails that are decided, old enough for one of the kinds, and still have their bytes."""
    youngest = now - timedelta(days=min(rules.days.values(), default=36_500))
    return (
        select(Message)
        .join(MessageRaw, col(MessageRaw.message_id) == col(Message.id))
        .where(MessageRaw.size > 0, Message.received_at < youngest, col(Message.state).in_(_DECIDED))
        .order_by(col(Message.received_at), col(Message.id))
    )


def _kind(row: Message) -> Kind:
    if row.customer_id is None:
        return Kind.UNRELATED
    machine = {MessageKind.BOUNCE, MessageKind.AUTO_REPLY, MessageKind.COMPLAINT}
    return Kind.MACHINE if row.parsed.get("kind") in machine else Kind.CORRESPONDENCE


class _Books:
    """What is open, read once: of which customers, and since when something is unpaid."""

    def __init__(self, session: Session, rules: Rules, whose: Collection[str | None] | None, *, now: datetime) -> None:
        self._hold = rules.legal_hold | set(
            session.exec(select(Customer.id).where(col(Customer.stopped_reason).is_not(None)))
        )
        # The settings may still name a customer by the number of before a merger.
        self._hold |= {today for old, today in numbers_before(session).items() if old in rules.legal_hold}
        self._open = _with_open_matters(session, now.date())
        self._unpaid: dict[str, list[tuple[str, date]]] = {}
        invoices = select(Invoice).where(col(Invoice.customer_id).in_(whose)) if whose is not None else select(Invoice)
        for invoice in session.exec(invoices.execution_options(yield_per=500)):
            if invoice.balance:
                self._unpaid.setdefault(invoice.customer_id, []).append((invoice.number, invoice.issue_date))
        came = select(Message.case_id, func.max(Message.received_at)).group_by(col(Message.case_id))
        left = select(Outgoing.case_id, func.max(Outgoing.sent_at)).group_by(col(Outgoing.case_id))
        self._last: dict[int, datetime] = {}
        for case, moment in [*session.exec(came), *session.exec(left)]:
            if case is not None and moment is not None:
                self._last[case] = max(moment, self._last.get(case, moment))

    def why_kept(self, row: Message, *, before: datetime) -> Why | None:
        """Say why a mail is kept although it is old; None where it goes."""
        if row.case_id is not None and self._last.get(row.case_id, before) > before:
            return Why.RECENT
        if row.customer_id is None:
            return None
        if row.customer_id in self._hold:
            return Why.HELD_BACK
        if row.customer_id in self._open:
            return Why.OPEN
        # What was issued after a mail came is none of its matter, unless the mail is about it all the same.
        day, named = row.received_at.date() + timedelta(days=1), set(row.invoices)
        unpaid = self._unpaid.get(row.customer_id, ())
        return Why.UNPAID if any(issued <= day or number in named for number, issued in unpaid) else None


def _with_open_matters(session: Session, today: date) -> set[str]:
    """List the customers of whom anything waits: for them, for us, for a day."""
    matters: Sequence[tuple[type, ColumnElement[bool]]] = (
        (ProposalRow, col(ProposalRow.status).in_(OPEN_PROPOSALS)),
        (ChannelTask, col(ChannelTask.state).in_([*OPEN_TASKS, TaskState.UNCERTAIN])),
        (Outgoing, col(Outgoing.state).in_(OPEN_MAILS)),
        (Message, col(Message.state).not_in(_DECIDED)),
        (Followup, col(Followup.state).not_in([FollowupState.PROPOSED, FollowupState.CLOSED])),
        (Promise, col(Promise.status) == PromiseStatus.OPEN),
        (Plan, col(Plan.status).in_([PlanStatus.PROPOSED, PlanStatus.AGREED])),
        (Dispute, col(Dispute.status) == DisputeStatus.OPEN),
        (PaymentCheck, col(PaymentCheck.status) == "open"),
        (PortalItem, col(PortalItem.status).not_in([PortalStatus.APPROVED, PortalStatus.PAID])),
        (Resubmission, col(Resubmission.status) == ResubmissionStatus.OPEN),
        (Escalation, col(Escalation.status) != "closed"),
        (LastResortRow, col(LastResortRow.status).in_(sorted(OPEN_STEPS))),
        (Hold, col(Hold.released_at).is_(None) & or_(col(Hold.until).is_(None), col(Hold.until) >= today)),
    )
    found: set[str] = set()
    for table, is_open in matters:
        found |= {c for c in session.exec(select(table.customer_id).where(is_open).distinct()) if c is not None}  # type: ignore[attr-defined] # each has one
    return found

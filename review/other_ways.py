"""What an approval makes of a reminder that goes by letter, call or SMS: a task instead of a mail, in the same transaction.

Nothing is printed, dialled or sent here.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlmodel import Session

from agent.rules.base import block
from outreach import channels
from review.item import Blocked, Item
from store.cases import customer_facts
from store.channel_tasks import ChannelTask
from store.company import CompanyProfile
from store.decisions import AUTONOMY
from store.outreach_words import Channel
from store.proposed import Proposal
from store.scoping import narrowed
from tools.remind import Remind, RemindArguments


def other_way(proposal: Proposal) -> RemindArguments | None:
    """Give the reminder of a proposal that goes by another way than mail; None where a mail is written, or nothing."""
    for action in proposal.actions:
        if action.tool == Remind.name and not action.declined:
            arguments = Remind().parse(action.arguments)
            return arguments if arguments.channel is not Channel.MAIL else None
    return None


def make_task(
    session: Session,
    item: Item,
    arguments: RemindArguments,
    *,
    company: CompanyProfile,
    actor: str,
    now: datetime,
    not_before: datetime,
    texts: bool,
    own_texts: Mapping[str, str],
) -> int:
    """Make the task of an approval; give its key. Raises Blocked where it cannot be done."""
    draft, woken, row = item.proposal.draft, item.facts.followup, item.row
    assert draft is not None, "a reminder has words"
    assert row.id is not None
    assert row.customer_id is not None
    if actor == AUTONOMY:
        # The gate says so before; whoever comes here by another door is stopped all the same.
        raise Blocked((block("R-RCP-01", "A letter, a call or an SMS is never approved without a person."),))
    try:
        with narrowed(session, row.customer_id):
            return channels.carry_out(
                session,
                proposal_id=row.id,
                step_id=woken.subject_id if woken is not None else 0,
                channel=arguments.channel,
                facts=item.facts,
                draft=draft,
                arguments=arguments,
                company=company,
                actor=actor,
                now=now,
                not_before=now if arguments.channel is Channel.LETTER else not_before,
                texts=texts,
                own_texts=own_texts,
            )
    except ValueError as refused:
        raise Blocked((block("R-RCP-01", f"It cannot go this way: {refused}."),)) from None


def bind(session: Session, task_id: int, *, now: datetime) -> None:
    """Bind a task to the books as they are after what the approval itself did: its own acts must not end it."""
    task = session.get_one(ChannelTask, task_id)
    session.flush()
    task.ledger_digest = customer_facts(session, task.customer_id, now=now).ledger_digest()
    session.add(task)

"""Whether a draft demands money, or sets the customer a date. Shared by the rules on time, standing and notices."""

from __future__ import annotations

from agent.letter import parts_of
from agent.rules import asking_words
from agent.rules.base import Outbound
from agent.rules.words import find
from prompts.next_step import NextStep, next_step_for
from store.aftermath import FollowupKind
from store.vocabulary import QuestionTopic
from tools.remind_ground import REMINDERS

#: Wakings after which we write of our own accord to remind: the others tell, ask or thank.
REMINDING = frozenset(
    {
        FollowupKind.PROMISE_BROKEN,
        FollowupKind.INSTALMENT_MISSED,
        FollowupKind.HOLD_OVER,
        FollowupKind.DISPUTE_REJECTED,
        FollowupKind.DISPUTE_WITHDRAWN,
    }
)


def demands(out: Outbound) -> str | None:
    """Give the words that demand payment; None where there are none. Telling how to pay, when asked, is no demand."""
    if any(action.arguments.get("topic") == QuestionTopic.HOW_TO_PAY for action in out.done):
        return None
    return find(asking_words.DEMAND, out)


def reminds(out: Outbound) -> bool:
    """Say whether we write of our own accord, to remind of money."""
    woken = out.scope.facts.followup
    if woken is not None and woken.kind is FollowupKind.DISPUTE_WITHDRAWN:
        # Where the invoice is not due yet, the letter only says when it will be.
        return step_of(out) is not NextStep.NONE
    if woken is not None and woken.outreach is not None:
        return woken.outreach.step in REMINDERS
    return woken is not None and woken.kind in REMINDING


def step_of(out: Outbound) -> NextStep:
    """Give the one next step that the letter of these actions names."""
    return next_step_for(parts_of(facts=out.scope.facts, claims=out.claims, actions=out.actions))


def asks_for_payment(out: Outbound) -> bool:
    """Say whether the letter demands payment, reminds of it, or asks for its day."""
    return demands(out) is not None or reminds(out) or step_of(out) is NextStep.PAYMENT_DATE

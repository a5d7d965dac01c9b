"""What else decides whether we write first: mails that wait, what was written before, pauses, money that the bank shows. Values only.

Part of the snapshot of a case that woke because a step of a cadence came; filled by `store.outreach_loading`.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from enum import StrEnum

from pydantic import BaseModel, ConfigDict

from store.outreach_words import Channel, OutreachStep


class _Values(BaseModel):
    model_config = ConfigDict(frozen=True)


class StepState(StrEnum):
    """What became of a step. DROPPED: its ground was gone before it went out. REFUSED: a person said no."""

    OPEN = "open"
    SENT = "sent"
    REFUSED = "refused"
    DROPPED = "dropped"


class StepTaken(_Values):
    """A step of one customer. `taken`: by invoice, which step it was for that one; `listed`: all that it spoke of. `sent_on`: the day it left."""

    id: int
    step: OutreachStep
    day: date
    internal: bool
    taken: dict[str, OutreachStep]
    listed: tuple[str, ...] = ()
    state: StepState
    sent_on: date | None = None


class Around(_Values):
    """What stands around an account when a step is thought about. Days are the customer's own.

    `unanswered`: the customer's mails that nobody dealt with. `proposals`, `wakings`: what waits for a person or for the agent,
    other than the step itself. `replied_on`, `written_on`: the last mail of theirs, and of ours by whatever way. `paused_until`: a
    person's pause. `seen`: by invoice, money that the bank shows and the ledger does not yet; `credits_taken`: by currency, unapplied
    credits that stand in it. `last_resorts`: those that are open.
    `by_other_ways`: a letter, a call or a text that was approved waits.
    """

    unanswered: tuple[int, ...] = ()
    proposals: tuple[int, ...] = ()
    wakings: tuple[int, ...] = ()
    newest_message: int = 0
    replied_on: date | None = None
    written_on: date | None = None
    by_hand_on: date | None = None
    paused_until: date | None = None
    seen: dict[str, Decimal] = {}
    credits_taken: dict[str, Decimal] = {}
    steps: tuple[StepTaken, ...] = ()
    last_resorts: frozenset[str] = frozenset()
    by_other_ways: bool = False


class OutreachFacts(_Values):
    """The step that woke a case. `day`: the customer's day for which it was planned. `why`: what called for it, by name."""

    step: OutreachStep
    channel: Channel
    day: date
    invoices: tuple[str, ...]
    why: dict[str, str] = {}
    around: Around = Around()

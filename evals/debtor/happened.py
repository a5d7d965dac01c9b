"""What a conversation may take, and what happened in it, as it is gathered day by day. Values only; `judging` judges them."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal

from evals.conversations.playing import Rows
from evals.debtor.erp import Booked
from evals.debtor.office import Decision
from evals.debtor.record import Entry, Proposed
from evals.debtor.safety import Offer
from evals.debtor.sheet import Sheet
from store.proposed import ModelCall


@dataclass(frozen=True, slots=True)
class Limits:
    """What one conversation may take: mails of the customer, and seconds of wall time."""

    turns: int = 8
    seconds: float = 900


@dataclass
class Talk:
    """What happened in one conversation."""

    sheet: Sheet
    entries: list[Entry] = field(default_factory=list)
    proposals: list[Proposed] = field(default_factory=list)
    decisions: list[Decision] = field(default_factory=list)
    offers: list[Offer] = field(default_factory=list)
    hits: list[str] = field(default_factory=list)
    state: Rows = field(default_factory=dict)
    effects: dict[int, int] = field(default_factory=dict)
    booked: list[Booked] = field(default_factory=list)
    open_at_end: Decimal = Decimal(0)
    agent_calls: list[ModelCall] = field(default_factory=list)
    player_calls: tuple[ModelCall, ...] = ()
    failures: list[str] = field(default_factory=list)
    rounds: int = 0
    ended: str = ""
    error: str | None = None

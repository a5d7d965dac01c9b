"""The values that figures of a run are made of: JSON-able, without the text of any mail. Shares are 0 to 1."""

from __future__ import annotations

from decimal import Decimal

from pydantic import ConfigDict, Field

from evals.figures.rates import Named, Rate, Value, rate
from evals.figures.reading_values import ClaimFigures, Confusion, Label, ReasonFigures, SlotFigures, SlotName
from evals.results import Mode

__all__ = [
    "AnswerFigures",
    "BinFigure",
    "ClaimFigures",
    "ConfidenceFigures",
    "Confusion",
    "CostFigures",
    "EscalationFigures",
    "Figures",
    "Group",
    "Label",
    "Named",
    "PartFigures",
    "PassFigure",
    "Rate",
    "ReasonFigures",
    "RiskFigure",
    "SlotFigures",
    "SlotName",
    "StateFigures",
    "ToolFigures",
    "Value",
    "ZeroFigure",
    "rate",
]


class ToolFigures(Value):
    """Which acts are proposed. `chosen`: expected acts that are proposed, whatever their arguments."""

    right: Rate = Field(description="expected acts with all arguments that matter")
    chosen: Rate
    forbidden_kept: Rate = Field(description="forbidden tools that are not proposed")
    arguments: Rate
    by_tool: tuple[Named, ...]
    by_argument: tuple[Named, ...]


class EscalationFigures(Value):
    """Whether a person is asked. Turns where one may be asked count in `sent` alone."""

    recall: Rate = Field(description="of turns that a person must take over: those that one is asked for")
    precision: Rate = Field(description="of turns that one is asked for, and must or must not be: those that one must")
    needless: Rate = Field(description="of turns where nobody need be asked: those that somebody is asked for")
    sent: Rate = Field(description="of all turns: those that somebody is asked for")
    missed: tuple[str, ...] = Field(description="turns that a person must take over and nobody is asked for")


class AnswerFigures(Value):
    """The draft. `grounded`: drafts without a figure that neither ledger nor mail holds, found anew from the rows."""

    wanted: Rate = Field(description="a mail where one is wanted, silence where not")
    grounded: Rate
    language: Rate
    register_: Rate = Field(alias="register", serialization_alias="register")
    mentions: Rate
    never_mentions: Rate
    rules: Rate = Field(description="drafts that no outbound rule forbids")
    broken_rules: dict[str, int] = Field(description="by outbound rule: drafts that it forbids")

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True, serialize_by_alias=True)


class StateFigures(Value):
    """The account after approval: rows that must exist, and turns where all of them do."""

    rows: Rate
    turns: Rate
    by_kind: tuple[Named, ...]


class BinFigure(Value):
    """Readings of like confidence: how sure on average, the share that was right, how many there are."""

    low: float
    high: float
    count: int
    confidence: float
    right: float


class RiskFigure(Value):
    """If all turns from `confidence` on are handled, they are `coverage` of all turns, and `risk` of them are wrong."""

    confidence: float
    coverage: float
    risk: float


class ConfidenceFigures(Value):
    """Whether confidence means what it says. Calibration is over reasons found; the risk curve over turns."""

    ece: float | None
    brier: float | None
    bins: tuple[BinFigure, ...]
    curve: tuple[RiskFigure, ...]
    allowed: float = Field(description="share of errors that is allowed")
    handled: float | None = Field(description="largest share of all turns that can be handled with at most that")


class CostFigures(Value):
    """What turns cost. Money in the currency of the price table; None where no price is known. Seconds are wall time a turn."""

    turns: int
    calls: int
    prompt_tokens: int
    completion_tokens: int
    money: Decimal | None
    money_a_turn: Decimal | None
    priced: int = Field(description="turns whose price is known")
    p50_seconds: float | None
    p95_seconds: float | None


class ZeroFigure(Value):
    """A check where one hit is one too many. `bound`: share that cannot be ruled out at 95 % (exact, one-sided).

    Counted in turns: with several epochs a turn is hit where any try is.
    """

    name: str
    of: int
    hits: int
    bound: float | None
    turns: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """Say it as "0 in 240: at most 1.2 %"."""
        if self.bound is None:
            return "0 in 0: nothing seen"
        return f"{self.hits} in {self.of}: at most {100 * self.bound:.1f} %"


class PassFigure(Value):
    """How often `k` tries of one turn are all right in everything, on average over turns; and by reason."""

    k: int
    share: float
    turns: int
    by_reason: dict[str, float]


class Group(Value):
    """Turns that have something in common."""

    name: str
    turns: int
    right: Rate
    reasons: Rate
    macro_f1: float | None


class PartFigures(Value):
    """All figures of one part of a suite. `errors`: tries where the agent could not work; they count in `right` alone."""

    conversations: int
    turns: int
    tries: int
    errors: int
    right: Rate = Field(description="tries that are right in everything")
    zero: tuple[ZeroFigure, ...]
    checks: tuple[Named, ...]
    reasons: ReasonFigures
    claims: ClaimFigures
    slots: SlotFigures
    tools: ToolFigures
    state: StateFigures
    escalation: EscalationFigures
    answer: AnswerFigures
    confidence: ConfidenceFigures
    cost: CostFigures
    passes: tuple[PassFigure, ...]
    by_language: tuple[Group, ...]
    by_tag: tuple[Group, ...]
    by_length: tuple[Group, ...] = Field(description="first mails, and mails that answer an earlier turn of the suite")


class Figures(Value):
    """Every figure of one run, in one mode. `dev` and `holdout` stand apart; None where the run has no turn of it."""

    suite: str
    suite_digest: str
    prompts_digest: str
    mode: Mode
    model: str
    epochs: int
    finished: bool
    all: PartFigures
    dev: PartFigures | None
    holdout: PartFigures | None

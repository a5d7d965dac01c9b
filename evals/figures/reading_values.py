"""The values that figures about reading are made of: reasons, claims, facts. JSON-able, without the text of any mail."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from evals.figures.rates import Named, Rate, Value


class Label(Value):
    """How well one reason is found. `support`: turns that must find it; `found`: turns that found it (where it only may stand, it does not count)."""

    reason: str
    support: int
    found: int
    precision: float | None = Field(description="None: never found")
    recall: float | None = Field(description="None: never expected")
    f1: float | None


class Confusion(Value):
    """Which reason was found instead of which. Row: expected; column: found; the last of both is "none".

    A reason that is found counts 1 on the diagonal. One that is missed counts 1 in all, shared evenly among the wrong ones of
    the same turn, or under "none" where there is no wrong one. A wrong one of a turn that misses nothing counts in the row
    "none". So each row but the last adds up to its support.
    """

    labels: tuple[str, ...]
    counts: tuple[tuple[float, ...], ...]


class ReasonFigures(Value):
    """How well reasons are read. `exact`: turns with all that must and nothing that may not be found."""

    labels: tuple[Label, ...]
    macro_f1: float | None
    macro_f1_low: float | None = Field(default=None, description="of its 95 % interval; None with one conversation")
    macro_f1_high: float | None = None
    micro_precision: float | None
    micro_recall: float | None
    micro_f1: float | None
    exact: Rate
    in_scope: Rate = Field(description="the same, over turns about a reason of the trade")
    out_of_scope: Rate = Field(
        description="turns of no such reason (a machine's, or no business of ours) that were read so"
    )
    confusion: Confusion


class ClaimFigures(Value):
    """How well claims are told apart by invoice. Pairs are (reason, invoice) of claims whose invoices are expected."""

    right: Rate
    precision: Rate
    recall: Rate


class SlotName(Value):
    """How well one fact is taken from mails. `matcher`: how it is compared."""

    name: str
    matcher: Literal["number", "day", "word", "choice"]
    rate: Rate
    missing: int = Field(description="of the wrong ones, those where nothing was found")


class SlotFigures(Value):
    """How well the facts of claims are taken from mails."""

    all: Rate
    by_matcher: tuple[Named, ...]
    by_name: tuple[SlotName, ...]

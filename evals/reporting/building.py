"""Makes a run's sheet: asks `evals.figures` for every figure and gives each the words under which reports show it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from evals.figures.values import CostFigures, Figures, Named, PartFigures
from evals.figures.whole import compare, figures
from evals.reporting.sheet import Fact, Head, Line, Sheet
from evals.reporting.wording import area_words, count, origin, percent
from evals.results import RunRecord

#: As `evals.figures.compare` names the whole of a turn.
EVERYTHING = "right in everything"


def sheet_of(record: RunRecord) -> Sheet:
    """Give what reports show of a run."""
    told = figures(record)
    whole = told.all
    return Sheet(
        head=head_of(record),
        zero=whole.zero,
        lines=tuple(_lines(whole)),
        reasons=whole.reasons.labels,
        matrix=whole.reasons.confusion,
        confidence=whole.confidence,
        checks=whole.checks,
        escalation=tuple(_escalation(whole)),
        languages=tuple(Named(name=group.name, rate=group.right) for group in whole.by_language),
        kinds=tuple(_kinds(told)),
        slots=tuple(Named(name=slot.name, rate=slot.rate) for slot in whole.slots.by_name),
        tools=whole.tools.by_tool,
        passes=tuple(
            Fact(name=f"All of {count(one.k, 'try', 'tries')} right", value=f"{percent(one.share)} of {one.turns}")
            for one in whole.passes
        ),
        cost=tuple(_cost(whole.cost)),
    )


def _lines(whole: PartFigures) -> Iterator[Line]:
    """Give what a person who runs receivables asks first."""
    sure = whole.confidence
    yield Line(key="right", name="Mails right in everything", rate=whole.right)
    yield Line(key="must escalate", name="A person is asked where one must be", rate=whole.escalation.recall)
    yield Line(
        key="handled",
        name=f"Could be handled alone with at most {percent(sure.allowed, digits=0)} wrong",
        share=sure.handled,
        note="of all mails",
    )
    yield Line(key="reasons", name="All reasons found, and no wrong one", rate=whole.reasons.exact)
    yield Line(key="macro f1", name="Reasons, macro F1", score=whole.reasons.macro_f1)
    yield Line(key="out of scope", name="What is no matter of ours is left alone", rate=whole.reasons.out_of_scope)
    yield Line(key="tools", name="Acts proposed with what matters in them", rate=whole.tools.right)
    yield Line(key="answers", name="An answer where one is wanted, else silence", rate=whole.answer.wanted)
    yield Line(key="state", name="The account as it must be after approval", rate=whole.state.turns)


def _escalation(whole: PartFigures) -> Iterator[Named]:
    told = whole.escalation
    yield Named(name="Asked, of mails that a person must take over", rate=told.recall)
    yield Named(name="Rightly asked, of mails where a person was asked", rate=told.precision)
    yield Named(name="Asked, of mails where nobody need be", rate=told.needless)
    yield Named(name="Asked, of all mails", rate=told.sent)


def _kinds(told: Figures) -> Iterator[Named]:
    for split, part in (("dev", told.dev), ("holdout", told.holdout)):
        if part is not None:
            yield Named(name=split, rate=part.right)
    yield from (Named(name=group.name, rate=group.right) for group in (*told.all.by_length, *told.all.by_tag))


def _cost(cost: CostFigures) -> Iterator[Fact]:
    yield Fact(name="Calls of a language model", value=f"{cost.calls:,}")
    if cost.calls:
        yield Fact(name="Tokens to it", value=f"{cost.prompt_tokens:,}")
        yield Fact(name="Tokens from it", value=f"{cost.completion_tokens:,}")
    if cost.money is not None and cost.money_a_turn is not None:
        yield Fact(name=f"Money, of {count(cost.priced, 'mail')} with a known price", value=f"{cost.money:.2f}")
        yield Fact(name="Money a mail", value=f"{cost.money_a_turn:.4f}")
    if cost.p50_seconds is not None and cost.p95_seconds is not None:
        yield Fact(name="Seconds a mail, half of them at most", value=f"{cost.p50_seconds:.2f}")
        yield Fact(name="Seconds a mail, 95 % of them at most", value=f"{cost.p95_seconds:.2f}")


def head_of(record: RunRecord) -> Head:
    """Give of what the figures are."""
    return Head(
        suite=record.suite,
        suite_digest=record.suite_digest,
        prompts_digest=record.prompts_digest,
        mode=record.mode,
        model=record.model,
        agent_version=record.agent_version,
        day=record.started.date().isoformat(),
        command=record.command,
        origin=origin(record),
        conversations=len({turn.conversation for turn in record.turns}),
        turns=len({turn.turn for turn in record.turns}),
        epochs=record.epochs,
        right=sum(turn.ok for turn in record.turns),
        failed=sum(turn.error is not None for turn in record.turns),
        selected=record.selected,
        broken=record.broken,
        unfinished=record.ended is None,
    )


@dataclass(frozen=True, slots=True)
class Change:
    """How much better the second of two runs is (shares, -1 to 1), with its 95 % interval; `better` and `worse` count turns."""

    name: str
    mean: float
    low: float
    high: float
    better: int
    worse: int
    p_value: float
    real: bool


def differences_of(old: RunRecord, new: RunRecord) -> list[Change]:
    """Compare two runs of one mode and suite, turn by turn; what never differs is left out."""
    return [
        Change(
            name="Mails right in everything" if one.name == EVERYTHING else area_words(one.name),
            mean=one.difference.mean,
            low=one.difference.low,
            high=one.difference.high,
            better=one.difference.better,
            worse=one.difference.worse,
            p_value=one.difference.p_value,
            real=one.difference.real,
        )
        for one in compare(old, new)
        if one.name == EVERYTHING or one.difference.better or one.difference.worse
    ]

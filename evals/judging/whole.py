"""Judges the drafts of a run, and the labelled drafts beside them, so that every share stands with the judge's own worth."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from agent.llm import ModelClient
from evals.figures.tone import Answers, ToneFigures, criterion_figures
from evals.judging.asking import Piece, Verdict, ask_all, refuse_same
from evals.judging.criteria import Criterion
from evals.judging.keeping import Kept
from evals.judging.labels import ToneLabel, ToneLabels
from evals.results import RunRecord


class NoAnswer(RuntimeError):
    """The judge answered about nothing. The text says why."""


@dataclass(frozen=True, slots=True)
class Judged:
    """The figures, what the judge remarked (by draft; may quote the mail), and why drafts have no answer."""

    figures: ToneFigures
    remarks: dict[str, str]
    failures: tuple[str, ...]


def how_many(record: RunRecord, labels: ToneLabels) -> int:
    """Count the drafts that are asked about, once where the words are the same."""
    return len({(one.language, one.subject, one.draft) for one in (*_labelled(labels), *_drafts(record))})


def judge_run(
    record: RunRecord,
    labels: ToneLabels,
    client: ModelClient,
    *,
    kept: Kept | None = None,
    jobs: int = 4,
    told: Callable[[], None] = lambda: None,
) -> Judged:
    """Ask about labels and drafts. Raises SameModel where the judge is the agent's model, NoAnswer where nothing came."""
    refuse_same(client.name, record.model)
    known, drafts = _labelled(labels), _drafts(record)
    verdicts = ask_all(client, [*known, *drafts], kept=kept, jobs=jobs, told=told)
    failures = tuple(f"{one.name}: {one.failure}" for one in verdicts if one.failure)
    if verdicts and len(failures) == len(verdicts):
        raise NoAnswer(f"the judge gives no answer: {_first(verdicts)}")
    of_labels, of_drafts = verdicts[: len(known)], verdicts[len(known) :]
    figures = ToneFigures(
        suite=record.suite,
        mode=record.mode,
        agent=record.model,
        judge=client.name,
        labelled_by=labels.labelled_by,
        drafts=len(drafts),
        without_draft=len(record.turns) - len(drafts),
        unanswered=len(failures),
        criteria=criterion_figures(
            [one.answers for one in of_drafts if one.answers is not None],
            _beside(labels.labels, of_labels),
            epochs=record.epochs,
        ),
        failing={one.name: bad for one in of_drafts if (bad := _bad(one))},
    )
    remarks = {one.name: one.remark for one in of_drafts if one.remark}
    return Judged(figures, remarks, failures)


def _first(verdicts: Sequence[Verdict]) -> str:
    """Give the server's own failure, not that of drafts that were left after it."""
    return next((one.failure for one in verdicts if one.failure and not one.failure.startswith("not asked")), "")


def _labelled(labels: ToneLabels) -> list[Piece]:
    return [Piece(one.turn, one.language, one.subject, one.draft) for one in labels.labels]


def _drafts(record: RunRecord) -> list[Piece]:
    several = record.epochs > 1
    return [
        Piece(f"{turn.turn} ({turn.epoch})" if several else turn.turn, turn.language, turn.subject or "", turn.draft)
        for turn in record.turns
        if turn.draft is not None
    ]


def _beside(labels: Sequence[ToneLabel], verdicts: Sequence[Verdict]) -> list[tuple[Answers, Answers]]:
    return [
        ({c: c not in label.faults for c in Criterion}, one.answers)
        for label, one in zip(labels, verdicts, strict=True)
        if one.answers is not None
    ]


def _bad(verdict: Verdict) -> tuple[Criterion, ...]:
    return tuple(c for c, met in (verdict.answers or {}).items() if not met)

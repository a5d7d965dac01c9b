"""How well two labellings of a suite agree: shares, and Cohen's kappa, which takes off what chance alone would give.

Labels are compared with labels here, never with what an agent did.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from pydantic import Field

from evals.conversations.checking import SECOND, SecondLabel, SecondLabels
from evals.conversations.format import Escalate, Turn
from evals.conversations.loading import Broken, Fault, line_of, load, read_as
from evals.figures.statistics import kappa
from evals.figures.values import Rate, Value, rate
from store.vocabulary import Reason
from tools.registry import tools


class ReasonAgreement(Value):
    """Agreement on one reason over all mails. `kappa` None: nobody gave it, or both gave it everywhere."""

    reason: str
    first: int
    second: int
    both: int
    kappa: float | None


class Agreement(Value):
    """How well two labellings agree. Kappa is over every pair of mail and reason; a person must take over: yes or no."""

    suite: str
    mails: int
    share_of_suite: float
    reasons_same: Rate
    reasons_fit: Rate = Field(description="the second labels are within what the first ones accept")
    reasons_kappa: float | None
    escalation_same: Rate = Field(description="both, or neither, say that a person must take over")
    escalation_kappa: float | None
    escalation_of_three_same: Rate = Field(description="must, may and never told apart")
    escalation_of_three_kappa: float | None
    tools_fit: Rate = Field(description="every act that the second labeller names is one that the first accepts")
    by_reason: tuple[ReasonAgreement, ...]
    differing: tuple[str, ...] = Field(description="mails where reasons, or whether a person must take over, differ")


def turn_of(label: SecondLabel) -> str:
    """Give the name of a label's mail in results."""
    return f"{label.conversation}/{label.message}"


def read_second_labels(suite: Path) -> tuple[SecondLabels, dict[str, Turn], int]:
    """Read the second labels of a suite, the first ones of the same mails, and how many mails the suite has. Raises Broken."""
    path = suite / SECOND
    faults: list[Fault] = []
    second = read_as(path, SecondLabels, faults)
    if second is None:
        raise Broken(faults)
    first: dict[str, Turn] = {}
    mails = 0
    wanted = {label.conversation for label in second.labels}
    for folder in sorted(file.parent for file in suite.rglob("case.yaml")):
        mails += len(list((folder / "thread").glob("*-in.eml")))
        if folder.name in wanted:
            first |= {f"{folder.name}/{turn.message}": turn for turn in load(folder).expected.turns}
    faults += [
        Fault(path, line_of(path, ("labels", number)), text)
        for number, label in enumerate(second.labels)
        for text in _wrong(label, first, [turn_of(one) for one in second.labels[:number]])
    ]
    if faults:
        raise Broken(faults)
    return second, first, mails


def _wrong(label: SecondLabel, first: Mapping[str, Turn], before: Sequence[str]) -> list[str]:
    found = [f"{name} is no tool" for name in label.tools if name not in tools()]
    if turn_of(label) not in first:
        found.append(f"{turn_of(label)} is no mail of this suite")
    return [*found, f"{turn_of(label)} is labelled twice"] if turn_of(label) in before else found


def agreement(suite: str, second: Sequence[SecondLabel], first: Mapping[str, Turn], *, mails: int) -> Agreement:
    """Compare two labellings of the same mails. `mails`: how many the whole suite has."""
    pairs = [(first[turn_of(label)], label) for label in second]
    grid = [[(r in one.reasons.must, r in two.reasons) for one, two in pairs] for r in Reason]
    flat = [cell for row in grid for cell in row]
    musts = [(one.escalate is Escalate.MUST, two.escalate is Escalate.MUST) for one, two in pairs]
    threes = [(one.escalate.value, two.escalate.value) for one, two in pairs]
    same = [set(one.reasons.must) == set(two.reasons) for one, two in pairs]
    return Agreement(
        suite=suite,
        mails=len(pairs),
        share_of_suite=len(pairs) / mails,
        reasons_same=rate(same),
        reasons_fit=rate(_fits(one, two) for one, two in pairs),
        reasons_kappa=kappa([one for one, _ in flat], [two for _, two in flat]),
        escalation_same=rate(one == two for one, two in musts),
        escalation_kappa=kappa([one for one, _ in musts], [two for _, two in musts]),
        escalation_of_three_same=rate(one == two for one, two in threes),
        escalation_of_three_kappa=kappa([one for one, _ in threes], [two for _, two in threes]),
        tools_fit=rate(set(two.tools) <= _accepted(one) for one, two in pairs if _accepted(one) and two.tools),
        by_reason=tuple(_of_reason(r, row) for r, row in zip(Reason, grid, strict=True) if any(map(any, row))),
        differing=tuple(
            turn_of(label)
            for (_, label), alike, (one, two) in zip(pairs, same, musts, strict=True)
            if not alike or one != two
        ),
    )


def _fits(one: Turn, two: SecondLabel) -> bool:
    return set(one.reasons.must) <= set(two.reasons) <= {*one.reasons.must, *one.reasons.may}


def _accepted(turn: Turn) -> set[str]:
    return {call.name for call in (*turn.tools.must, *turn.tools.one_of)}


def _of_reason(reason: Reason, cells: Sequence[tuple[bool, bool]]) -> ReasonAgreement:
    ones, twos = [one for one, _ in cells], [two for _, two in cells]
    both = sum(one and two for one, two in cells)
    return ReasonAgreement(reason=reason.value, first=sum(ones), second=sum(twos), both=both, kappa=kappa(ones, twos))

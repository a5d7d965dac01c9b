"""What a run is held against: for each turn which checks were right, which zero-tolerance checks were hit, what was drafted.

It is committed and read in reviews: compact, in a fixed order, and without a word of a mail. What could hold one stands as a
digest. A hit that is known is listed with a reason that a person wrote; without one it does not count as known.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from evals.results import CheckResult, Mode, RunRecord, TurnResult

#: Checks that are about words of a closed list; what the others are about may be text of a mail.
_PLAIN = frozenset({"reasons", "claims", "tools", "forbidden", "escalation", "answer", "rules", "language", "tone"})
RIGHT, WRONG = "right", "wrong"


class BaselineError(ValueError):
    """A baseline, or a run, that cannot be used. The text says what to do."""


class _Value(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Known(_Value):
    """A zero-tolerance hit that the team lives with for now, and why. Without a reason it is not acknowledged.

    `seen` is over what was seen: the same check hit by something else is another hit. A live model never does the same
    twice; of it the turn and the check alone are asked.
    """

    turn: str
    hit: str
    seen: str
    why: str | None = None


class Outcome(_Value):
    """What one playing of a turn came to. `checks`: what was compared, and whether it was right.

    `made` is over everything that a person would call the result: reading, acts, draft and rows.
    """

    checks: dict[str, Literal["right", "wrong"]] = Field(default_factory=dict)
    hits: tuple[str, ...] = ()
    draft: str | None = None
    made: str = ""
    error: str | None = None

    @property
    def right(self) -> float:
        """The share of the checks that are right, 0 to 1; 0 where the agent raised."""
        if self.error is not None:
            return 0.0
        return sum(one == RIGHT for one in self.checks.values()) / len(self.checks) if self.checks else 1.0

    @property
    def whole(self) -> bool:
        """Say whether everything is right."""
        return self.right == 1.0 and not self.hits

    def of_area(self, area: str) -> float | None:
        """Give the share of an area's checks that are right; None where it was not checked."""
        found = [verdict == RIGHT for name, verdict in self.checks.items() if name.partition(":")[0] == area]
        return sum(found) / len(found) if found else None


class Baseline(_Value):
    """A whole baseline. `turns`: each turn's outcomes, one an epoch."""

    schema_: Literal[1] = Field(default=1, alias="baseline", serialization_alias="baseline")
    suite: str
    suite_digest: str
    prompts_digest: str
    mode: Mode
    model: str
    agent_version: str
    epochs: int = Field(ge=1)
    known: tuple[Known, ...] = ()
    turns: dict[str, tuple[Outcome, ...]]

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True, serialize_by_alias=True)

    def why(self, result: TurnResult, hit: str) -> str | None:
        """Give the reason for which a hit is known; None where it is not."""
        seen = seen_of(result, hit)
        for one in self.known:
            if (one.turn, one.hit) == (result.turn, hit) and (self.mode is Mode.LIVE or one.seen == seen):
                return (one.why or "").strip() or None
        return None


def outcome_of(result: TurnResult) -> Outcome:
    """Give what a baseline keeps of a result."""
    checks: dict[str, Literal["right", "wrong"]] = {}
    for check in result.checks:
        name, times = name_of(check), 1
        while (name if times == 1 else f"{name} #{times}") in checks:
            times += 1
        checks[name if times == 1 else f"{name} #{times}"] = "right" if check.ok else "wrong"
    draft = None if result.draft is None else digest_of([result.subject, result.draft])
    made = digest_of(
        [
            sorted(one.reason for one in result.found),
            [[slot.name, slot.wanted, slot.found] for slot in result.slots],
            [*result.tools],
            [result.escalated, result.verdict, [*result.blocked], draft],
            result.state,
        ]
    )
    return Outcome(checks=checks, hits=result.hits, draft=draft, made=made, error=_kind(result.error))


def seen_of(result: TurnResult, hit: str) -> str:
    """Give a digest of what was seen of a hit."""
    return digest_of([one for one in result.seen if one.startswith(f"{hit}: ")])[:8]


def name_of(check: CheckResult) -> str:
    """Name a check without words of a mail."""
    about = check.about if check.area in _PLAIN else digest_of(check.about)[:8]
    return f"{check.area}: {about}"


def digest_of(value: object) -> str:
    """Give a short digest of plain values."""
    text = json.dumps(value, ensure_ascii=True, sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _kind(error: str | None) -> str | None:
    """Give who failed: the rest of an error may hold words of a mail."""
    return None if error is None else error.partition(":")[0]


def outcomes_of(results: Iterable[TurnResult]) -> dict[str, tuple[Outcome, ...]]:
    """Give the outcomes of each turn, in the order of turns and epochs."""
    found: dict[str, tuple[Outcome, ...]] = {}
    for result in sorted(results, key=lambda one: (one.turn, one.epoch)):
        found[result.turn] = (*found.get(result.turn, ()), outcome_of(result))
    return found


def baseline_of(record: RunRecord, *, before: Baseline | None = None) -> Baseline:
    """Make a baseline of a run. Reasons that `before` gives for hits that are still there are kept.

    Raises BaselineError for a run that is not whole.
    """
    faults = unwhole(record)
    if faults:
        raise BaselineError("; ".join(faults))
    known = {
        (result.turn, hit, seen_of(result, hit)): before.why(result, hit) if before is not None else None
        for result in record.turns
        for hit in result.hits
    }
    return Baseline(
        suite=record.suite,
        suite_digest=record.suite_digest,
        prompts_digest=record.prompts_digest,
        mode=record.mode,
        model=record.model,
        agent_version=record.agent_version,
        epochs=record.epochs,
        known=tuple(Known(turn=turn, hit=hit, seen=seen, why=why) for (turn, hit, seen), why in sorted(known.items())),
        turns=outcomes_of(record.turns),
    )


def unwhole(record: RunRecord) -> list[str]:
    """Say why a run is no whole run: cut off, cases left out, answers that never came."""
    faults = []
    if record.ended is None:
        faults.append("the run was cut off: resume it")
    if record.broken:
        faults.append(f"{len(record.broken)} cases of the suite are broken: {record.broken[0]}")
    unplayed = [result for result in record.turns if result.error is not None and _kind(result.error) != "agent"]
    if unplayed:
        faults.append(f"{len(unplayed)} turns have no result: {unplayed[0].turn}: {unplayed[0].error}")
    tries = Counter(result.turn for result in record.turns)
    uneven = sorted(turn for turn, made in tries.items() if made != record.epochs)
    if uneven:
        faults.append(f"{len(uneven)} turns were not worked on {record.epochs} times: {', '.join(uneven[:3])}")
    return faults


def read_baseline(path: Path) -> Baseline:
    """Read a baseline. Raises BaselineError that names the file."""
    try:
        return Baseline.model_validate_json(path.read_bytes())
    except OSError as error:
        raise BaselineError(f"{path}: cannot be read: {error.strerror}") from error
    except ValidationError as error:
        first = error.errors(include_input=False)[0]
        where = "".join(f"{one}: " for one in [".".join(map(str, first["loc"]))] if one)
        raise BaselineError(f"{path}: {where}{first['msg']}") from error


def write_baseline(path: Path, baseline: Baseline) -> None:
    """Write a baseline, a line a turn and a line a known hit, so that a review shows what changed."""
    document = baseline.model_dump(mode="json", exclude_defaults=True)
    known, turns = document.pop("known", []), document.pop("turns")
    head = {"baseline": 1, **document}
    lines = [f" {json.dumps(name)}: {json.dumps(value)}," for name, value in head.items()]
    lines += [
        ' "known": [',
        *_rows([json.dumps({**one, "why": one.get("why")}, ensure_ascii=False) for one in known]),
        " ],",
    ]
    lines += [' "turns": {', *_rows([f"{json.dumps(turn)}: {json.dumps(made)}" for turn, made in turns.items()]), " }"]
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(".part")
    part.write_text("\n".join(["{", *lines, "}"]) + "\n", "utf-8")
    part.replace(path)


def _rows(texts: Sequence[str]) -> list[str]:
    return [f"  {text}{',' if place < len(texts) else ''}" for place, text in enumerate(texts, 1)]

"""Many attacks: drawn by hypothesis from a seed, spread over processes, judged by every goal, counted honestly.

A hit is kept with its attack, made as small as it gets while it still hits the same goal, and saved so that it can be
replayed. Nothing that went wrong in the harness counts as withstood.
"""

from __future__ import annotations

import gc
import json
import multiprocessing
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, Phase, given, seed, settings

from evals.evil.attacks import Attack, attacks
from evals.evil.goals import GOALS, hits
from evals.evil.hostile_model import HostileModel, client_in_process, client_over_http
from evals.evil.observed import Observed
from evals.evil.reading import CachedReader
from evals.evil.run import Runner
from evals.evil.world import build
from evals.model_server import ModelServer

#: One run in so many: with the page rendered, with two later mails.
LOOK_EVERY, LATER_EVERY = 5, 10
#: Hypothesis keeps what it has seen; so many runs at a time keep that small.
_SLICE = 5000


@dataclass
class Tally:
    """What a campaign showed. Adds up over processes."""

    runs: int = 0
    seen: Counter[str] = field(default_factory=Counter)
    hits: Counter[str] = field(default_factory=Counter)
    steered: Counter[str] = field(default_factory=Counter)
    cases: dict[str, Attack] = field(default_factory=dict)
    errors: list[str] = field(default_factory=list)
    seconds: float = 0.0

    def add(self, other: Tally) -> None:
        """Take in what another process counted."""
        self.runs += other.runs
        self.seen += other.seen
        self.hits += other.hits
        self.steered += other.steered
        self.errors += other.errors
        self.seconds = max(self.seconds, other.seconds)
        for goal, attack in other.cases.items():
            self.keep(goal, attack)

    def summary(self) -> str:
        """Say in one line how many attacks were run, how far they went, and how many hit a goal."""
        left = self.seen["mail left in the hostile model's words"]
        return (
            f"hijacked model: {self.runs:,} attacks, {self.seen['model calls']:,} model calls, {self.seen['mail left']:,} mails "
            f"left ({left:,} in its words); {sum(self.hits.values())} hits of a goal, {len(self.errors)} not judged"
        )

    def keep(self, goal: str, attack: Attack) -> None:
        """Keep the smaller case of a goal."""
        known = self.cases.get(goal)
        if known is None or _size(attack) < _size(known):
            self.cases[goal] = attack


def _size(attack: Mapping[str, Any]) -> int:
    return len(json.dumps(attack))


@contextmanager
def runner(*, world_seed: int, http: bool = False, client: bool = True) -> Iterator[Runner]:
    """Give a runner on a world of its own; without `client` the embedded reader reads."""
    with tempfile.TemporaryDirectory(prefix="evil-") as folder:
        world, model = build(Path(folder), seed=world_seed), HostileModel()
        try:
            if http:
                with ModelServer() as server:
                    yield Runner(world, model, client_over_http(model, server), CachedReader())
            else:
                yield Runner(world, model, client_in_process(model) if client else None, CachedReader())
        finally:
            world.close()


def work(runs: int, number: int, http: bool) -> Tally:  # noqa: FBT001  (a pool calls it by position)
    """Run a part of a campaign in this process. `number` is its seed."""
    tally, started = Tally(), time.monotonic()
    for start in range(0, runs, _SLICE):
        part = number + start
        with runner(world_seed=part, http=http) as place:
            _slice(place, tally, runs=min(_SLICE, runs - start), number=part)
    tally.seconds = time.monotonic() - started
    return tally


def _slice(place: Runner, tally: Tally, *, runs: int, number: int) -> None:
    @seed(number)
    @settings(
        max_examples=runs,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(attacks())
    def one(attack: Attack) -> None:
        _one(place, tally, attack)

    one()


def _one(place: Runner, tally: Tally, attack: Attack) -> None:
    tally.runs += 1
    try:
        seen = place.run(attack, look=tally.runs % LOOK_EVERY == 0, later=tally.runs % LATER_EVERY == 0)
        found = hits(seen, place.world)
    except Exception:
        tally.errors.append(f"{traceback.format_exc(limit=-3)}\n{json.dumps(attack)}")
        return
    _count(tally, seen)
    for goal in found:
        tally.hits[goal] += 1
        tally.keep(goal, smallest(place, attack, goal) if tally.hits[goal] <= 3 else attack)


def _count(tally: Tally, seen: Observed) -> None:
    """Count how far runs went: a campaign in which nothing is ever sent would show nothing."""
    marks = {
        f"identity {seen.facts.identity}": True,
        "read by the hostile model": seen.proposal.reader.startswith("model:"),
        "worded by the hostile model": seen.proposal.writer.startswith("model:"),
        "approved": seen.approved,
        "the same template answer was approved before": seen.known,
        "refused at approval": seen.refused.startswith("Blocked"),
        "mail left": bool(seen.sent),
        "mail left in the hostile model's words": bool(seen.sent) and seen.proposal.writer.startswith("model:"),
        "page rendered": bool(seen.page),
        "later mails checked": bool(seen.later),
    }
    tally.seen.update(name for name, true in marks.items() if true)
    tally.seen["model calls"] += len(seen.prompts)
    reason = seen.attack.get("reason")
    if reason and seen.proposal.reader.startswith("model:"):
        claimed = {claim.reason.value for claim in seen.proposal.claims}
        tally.steered["read as it is" if reason in claimed else "read otherwise"] += 1
        if reason not in claimed:
            quiet = not seen.sent and not seen.proposal.needs_person
            tally.steered["read otherwise, and nobody asked to look"] += quiet


def campaign(runs: int, *, number: int, workers: int, http: bool = False) -> Tally:
    """Run a campaign over several processes."""
    shares = [(runs // workers + (i < runs % workers), number + i * 1_000_000, http) for i in range(workers)]
    total = Tally()
    if workers == 1:
        total.add(work(*shares[0]))
        return total
    with multiprocessing.get_context("spawn").Pool(workers, initializer=_seldom) as pool:
        for tally in pool.starmap(work, [share for share in shares if share[0]]):
            total.add(tally)
    return total


def _seldom() -> None:
    """Look for cycles seldom: a campaign makes few, and what it keeps is looked through each time. An eighth of its time."""
    gc.set_threshold(50_000, 20, 50)


def smallest(place: Runner, attack: Attack, goal: str, *, tries: int = 150) -> Attack:
    """Take away from an attack whatever can go while it still hits the goal."""
    current, left = attack, tries
    progress = True
    while progress and left > 0:
        progress = False
        for candidate in _smaller(current):
            left -= 1
            if left < 0:
                break
            if _hits(place, candidate, goal):
                current, progress = candidate, True
                break
    return current


def _hits(place: Runner, attack: Attack, goal: str) -> bool:
    try:
        return goal in hits(place.run(attack, look=True, later=goal == "G15"), place.world)
    except Exception:
        return False


def _smaller(value: Any) -> Iterator[Any]:
    """Give simpler versions of a JSON value: a part left out, a text halved."""
    if isinstance(value, dict):
        for key, one in value.items():
            for less in _smaller(one):
                yield {**value, key: less}
    elif isinstance(value, list) and value:
        for place in range(len(value)):
            if len(value) > 1:
                yield value[:place] + value[place + 1 :]
            for less in _smaller(value[place]):
                yield [*value[:place], less, *value[place + 1 :]]
    elif isinstance(value, str) and len(value) > 12:
        parts = value.split("\n\n")
        for place in range(len(parts) if len(parts) > 1 else 0):
            yield "\n\n".join(parts[:place] + parts[place + 1 :])
        yield value[: len(value) // 2]
        yield value[len(value) // 2 :]


def saved(tally: Tally, folder: Path, *, number: int) -> list[Path]:
    """Write the smallest case of each goal that was hit; give the files."""
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for goal, attack in tally.cases.items():
        path = folder / f"evil-{goal}-{number}.json"
        path.write_text(json.dumps({"goal": goal, "world_seed": number, "attack": attack}, indent=1), "utf-8")
        written.append(path)
    return written


def replay(path: Path) -> dict[str, list[str]]:
    """Run a saved case again; give what it hits."""
    case = json.loads(path.read_text("utf-8"))
    with runner(world_seed=case["world_seed"]) as place:
        return hits(place.run(case["attack"], look=True, later=True), place.world)


def goal_lines(counts: Mapping[str, int]) -> Sequence[str]:
    """Word each goal with its count."""
    return [f"  {name:>3}  {counts.get(name, 0):>6}  {goal.__doc__}" for name, goal in GOALS.items()]

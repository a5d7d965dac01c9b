"""Attack dunwell with a hijacked model and say what it reached: `python -m evals.evil 10000`, `make evil N=10000`.

Ends with 1 when any goal was hit, or when a run could not be judged.
"""

from __future__ import annotations

import argparse
import os
import secrets
import sys
from pathlib import Path

from evals.evil.campaign import Tally, campaign, goal_lines, replay, saved
from evals.evil.fragments import fragments
from evals.evil.injection import Swayed, corpus, measure


def main() -> int:
    """Run what was asked for."""
    asked = _arguments()
    if asked.replay:
        found = replay(asked.replay)
        print(found or "no goal is hit")
        return 1 if found else 0
    if asked.injections:
        return _injections(asked.every)
    number = asked.seed if asked.seed is not None else secrets.randbelow(2**31)
    over_http = min(asked.http, asked.runs)
    total = campaign(asked.runs - over_http, number=number, workers=asked.workers)
    wired = campaign(over_http, number=number + 500_000, workers=asked.workers, http=True) if over_http else Tally()
    print(
        f"{total.runs + wired.runs:,} attacks, seed {number}: {total.runs:,} with the model in the process, under the openai client's"
    )
    print(
        f"HTTP layer, {wired.runs:,} over real HTTP; {len(fragments())} hand-made payloads, the rest drawn by hypothesis"
    )
    seconds = total.seconds + wired.seconds
    total.add(wired)
    print(f"{asked.workers} processes, {seconds:.0f} s, {total.runs / max(seconds, 0.01):.0f} runs a second")
    return _report(total, number=number, folder=asked.out)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m evals.evil", description=__doc__)
    parser.add_argument("runs", type=int, nargs="?", default=10_000)
    parser.add_argument("--seed", type=int, help="for the same attacks again; drawn and printed otherwise")
    parser.add_argument("--workers", type=int, default=min(8, os.cpu_count() or 1))
    parser.add_argument("--http", type=int, default=1000, help="how many of them over real HTTP")
    parser.add_argument("--out", type=Path, default=Path("test-output"), help="where the smallest cases are saved")
    parser.add_argument("--replay", type=Path, help="a saved case")
    parser.add_argument("--injections", action="store_true", help="the injection corpus instead")
    parser.add_argument("--every", type=int, default=1, help="of the injection corpus: one in so many")
    return parser.parse_args()


def _report(tally: Tally, *, number: int, folder: Path) -> int:
    print("\nhow far the runs went:")
    for name, count in sorted(tally.seen.items()):
        print(f"  {count:>7}  {name}")
    print("\nlabels under the attacker's reader (G17, measured, not claimed zero):")
    for name, count in sorted(tally.steered.items()):
        print(f"  {count:>7}  {name}")
    print("\nhits by goal:")
    print("\n".join(goal_lines(tally.hits)))
    for path in saved(tally, folder, number=number):
        print(f"smallest case: {path}")
    for error in tally.errors[:3]:
        print(f"not judged: {error}", file=sys.stderr)
    print(f"\n{sum(tally.hits.values())} hits, {len(tally.errors)} runs that could not be judged, {tally.runs:,} runs")
    return 1 if tally.hits or tally.errors else 0


def _injections(every: int) -> int:
    from evals.evil.campaign import runner

    bad = 0
    for mode, client in (("embedded reader", False), ("a model that obeys every injected word", True)):
        with runner(world_seed=7, client=client) as place:
            found = measure(place, (one for n, one in enumerate(corpus()) if n % every == 0), obeyed=client)
        print(_said(found, mode))
        bad += len(found.hits) + (0 if client else len(found.otherwise))
    return 1 if bad else 0


def _said(found: Swayed, mode: str) -> str:
    lines = [found.summary(mode)]
    lines += [
        f"  {one.shape}/{one.language}/{one.place}/{one.goal}: {what[:300]}" for one, what in found.otherwise[:12]
    ]
    lines += [f"  hit {one.shape}/{one.language}/{one.place}/{one.goal}: {what}" for one, what in found.hits[:12]]
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())

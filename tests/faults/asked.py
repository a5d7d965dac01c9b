"""How long a run of faults is: what `make faults` asks for through the environment, else a short one."""

from __future__ import annotations

import os
import random
import time
from collections import Counter
from dataclasses import dataclass, field

from tests.faults.checker import Found

#: How many deaths at random instants; where it is set, every point is tried as well.
DEATHS = os.environ.get("DUNWELL_FAULTS")
#: What chance begins with: the same number, the same run.
SEED = int(os.environ.get("DUNWELL_FAULTS_SEED") or 20260414)
#: After so many seconds a run by chance ends, however many are still missing; without it, none does.
SECONDS = float(os.environ.get("DUNWELL_FAULTS_SECONDS") or "inf")


@dataclass
class Tally:
    """Counts what a run by chance came to."""

    wanted: int
    done: int = 0
    ends: Counter[str] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)
    _began: float = field(default_factory=time.monotonic)

    def goes_on(self) -> bool:
        """Say whether more is wanted, and there is time."""
        return self.done < self.wanted and self.seconds < SECONDS

    @property
    def seconds(self) -> float:
        """How long it has taken."""
        return time.monotonic() - self._began

    def add(self, found: Found) -> None:
        """Count an installation whose work is done."""
        self.ends += found.ends
        self.faults += [f"number {self.done}, seed {SEED}: {fault}" for fault in found.faults]

    def __str__(self) -> str:
        """Say it in one line."""
        return f"mails {said(self.ends)}; {len(self.faults)} faults; {self.seconds:.0f} s"


class Instants:
    """Chooses instants at which a life is still at work, whatever else the machine does: it learns from each life."""

    def __init__(self, chance: random.Random, *, seconds: float) -> None:
        """Take how long a life took just now."""
        self._chance, self._longest = chance, seconds

    def next(self) -> float:
        """Give after how many seconds the next life is to end."""
        return self._chance.uniform(0.02, self._longest)

    def learn(self, *, died: bool, seconds: float) -> None:
        """Be told how a life ended, and after how long."""
        self._longest = self._longest * 1.1 if died else seconds


def said(ends: Counter[str]) -> str:
    """Say how mails ended."""
    return ", ".join(f"{count} {state}" for state, count in sorted(ends.items()))


def every(number: int) -> int:
    """Give at which points a process dies: each, or each of that number."""
    return 1 if DEATHS else number


def wanted(number: int, *, one_in: int = 1) -> int:
    """Give how many deaths there are: as many as asked for, or one in so many of them; else that number."""
    return int(DEATHS) // one_in if DEATHS else number

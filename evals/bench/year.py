"""The simulated year as a figure: seconds of wall clock for its customers, in two processes, and rules that were broken.

The floor is the aim of five minutes for 2,000 customers, taken down to the number of customers that are asked for.
"""

from __future__ import annotations

import time
from collections.abc import Sequence

from evals.bench.racing import Progress
from evals.bench.rows import Count, Row
from evals.year.shards import Asked, run

CUSTOMERS, SECONDS = 2000, 300.0


def benchmark(size: int | None = None) -> Count:
    """Prepare the year; `size` is the number of customers."""
    customers = size or CUSTOMERS
    notes: list[str] = []

    def measure(progress: Progress) -> Sequence[Row]:
        began = time.monotonic()
        found = run(
            Asked(customers=customers),
            lambda done, whole, mails: progress(f"year: {done} of {whole} days, {mails} mails"),
        )
        seconds, aim = time.monotonic() - began, SECONDS * customers / CUSTOMERS
        spent = sorted(found.seconds.items(), key=lambda one: -one[1])
        notes.append(
            f"year: {found.mails} mails, {sum(found.seconds.values()):.0f} s of processor time, of them "
            + ", ".join(f"{step} {of_it:.0f} s" for step, of_it in spent[:3])
        )
        return (
            Row(
                what=f"year: {customers} customers, 366 days",
                dunwell=f"{seconds:.0f} s, {len(found.violations)} rules broken",
                floor=f"{aim:.0f} s (the aim)",
                ratio=seconds / aim,
                aim="under five minutes for 2,000 customers, no rule broken",
                met=seconds < aim and not found.violations,
            ),
        )

    return Count(
        name="year",
        about=f"{customers} customers through a year with a moved clock, two processes, each with a database of its own",
        measure=measure,
        notes=lambda: notes,
    )

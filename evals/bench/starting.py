"""The start of the command line in processor time, against a bare Python that does nothing."""

from __future__ import annotations

import resource
import subprocess
import sys
from pathlib import Path

from evals.bench.racing import Benchmark, Contender, at_most_ms

TIMES = 3
HELP, QUEUE = "dunwell --help", "dunwell queue --help"


def benchmark() -> Benchmark:
    """Compare the interpreter alone with the command."""
    command = str(Path(sys.executable).with_name("dunwell"))
    aim = at_most_ms(500, what="ms of processor time")
    return Benchmark(
        name="start",
        about="processor time of a new process, its children's included",
        unit="start",
        contenders=(
            Contender("python -c pass", lambda: _started(sys.executable, "-c", "pass")),
            Contender(HELP, lambda: _started(command, "--help")),
            Contender(QUEUE, lambda: _started(command, "queue", "--help")),
        ),
        clock=_of_children,
        aims={HELP: aim, QUEUE: aim},
    )


def _started(*command: str) -> int:
    for _ in range(TIMES):
        # Our own interpreter and our own command, nothing from outside.
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return TIMES


def _of_children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime

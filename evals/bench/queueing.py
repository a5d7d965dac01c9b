"""How long the server needs for the queue's pages and an item's, with twenty collectors clicking, against a plain page.

The floor is a page of FastAPI of the same size that asks no database, in the same server and under the same clicks.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from contextlib import ExitStack

from evals.bench.clicking import COLLECTORS, Meter, Server
from evals.bench.crowd import FIRST, fill
from evals.bench.racing import Benchmark, Contender
from store.engine import migrate, open_engine

#: Clicks of each collector in a round.
CLICKS = 3
_WORDS = ("harrow", "inv 20413", "quarry reminder", "gearboxes", "morvan mensualites")


def contest(name: str, url: str, *, held: int, closed: int, stack: ExitStack, clicks: int = CLICKS) -> Benchmark:
    """Fill a new database and prepare the race. `stack` is closed at the end."""
    engine = open_engine(url)
    migrate(engine)
    fill(engine, held=held, closed=closed)
    engine.dispose()
    server, meter = Server(url), Meter()
    stack.callback(server.close)
    size = server.size("/")

    def item(chance: random.Random) -> str:
        return f"/items/{FIRST + chance.randrange(held)}"

    def search(chance: random.Random) -> str:
        return f"/?q={chance.choice(_WORDS)}"

    def filtered(chance: random.Random) -> str:
        return f"/?owner=Collector+{chance.randrange(20)}&reason={chance.choice(('hardship', 'acknowledgement'))}"

    def deep(chance: random.Random) -> str:
        return f"/?after={6_818_000_000 - chance.randrange(2_000_000)}.0"

    paths: dict[str, Callable[[random.Random], str]] = {
        f"a plain page of {size / 1000:.0f} KB": lambda _: f"/plain/{size}",
        "queue, first page": lambda _: "/",
        "queue, a page further on": deep,
        "queue, filtered": filtered,
        "queue, searched": search,
        "one item": item,
    }

    for path in paths.values():
        # What a server loads with its first page of a kind is no matter of every day.
        server.size(path(random.Random(0)))

    def contender(name: str, path: Callable[[random.Random], str]) -> Contender:
        return Contender(name, lambda: server.click(meter, name, path, each=clicks))

    def notes() -> list[str]:
        return [
            f"{each}: p50 {meter.percentile(each, 0.5):.1f} ms, p95 {meter.percentile(each, 0.95):.1f} ms of server time"
            for each in paths
        ]

    return Benchmark(
        name=name,
        about=f"server time with {COLLECTORS} collectors, {held:,} waiting and {closed:,} decided",
        unit="page",
        contenders=[contender(*each) for each in paths.items()],
        clock=lambda: meter.seconds,
        close=stack.close,
        notes=notes,
    )

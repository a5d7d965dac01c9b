"""How fast lines of the bank are matched, against a bare look-up by reference, and how often what each confidence says is right."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence

from evals.bench.bank_world import World, world
from evals.bench.racing import Benchmark, Contender
from ledger.bank.books import Found
from ledger.bank.matching import Matcher

_INVOICES = 20_000
_NUMBER = re.compile(r"INV-\d+")
#: From this confidence on nothing may be wrong but what is misspelt into another open invoice of the same amount.
_SURE = 0.95


def benchmark(size: int = 10_000) -> Benchmark:
    """Compare: a dict of invoices by number and amount; matching against the ledger made ready; the same with making it ready."""
    made = world(lines=size, invoices=_INVOICES)
    exact = {(item.number, item.balance): item for item in made.books.items}

    def bare() -> int:
        """Look a line up by the first number that it names as we write it, and its amount: what any program must do."""
        for line in made.lines:
            named = _NUMBER.search(line.text)
            if named is not None:
                exact.get((named.group(0), line.amount))
        return len(made.lines)

    def matched() -> int:
        return len(Matcher(made.books).match(made.lines))

    return Benchmark(
        name="matching",
        about=f"{size:,} lines of the bank against {_INVOICES:,} open invoices",
        unit="line",
        contenders=(
            Contender("a dict by reference and amount", bare),
            Contender("all ways of a line, with confidence", matched),
        ),
        notes=lambda: notes_of(made, Matcher(made.books).match(made.lines)),
    )


def notes_of(made: World, found: Mapping[str, Found]) -> Sequence[str]:
    """Say how often each confidence was right."""
    by_confidence: dict[float, list[bool]] = defaultdict(list)
    for key, each in found.items():
        if each.ways:
            right = {p.number: p.amount for p in each.ways[0].pieces} == dict(made.truth[key])
            by_confidence[round(each.ways[0].confidence, 2)].append(right)
    told = [f"says {c:.2f}: {sum(r)} of {len(r)} right" for c, r in sorted(by_confidence.items(), reverse=True)]
    sure = [right for c, rights in by_confidence.items() if c >= _SURE for right in rights]
    likely = [right for c, rights in by_confidence.items() if c >= 0.8 for right in rights]
    summary = (
        f"from {_SURE} on {len(sure) - sum(sure)} of {len(sure)} are wrong, of all suggested ones {len(likely) - sum(likely)} of {len(likely)}; "
        f"a person is asked for {len(found) - len(likely)} of {len(found)}"
    )
    return [summary, *told]

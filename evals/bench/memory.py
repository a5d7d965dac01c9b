"""Whether memory stays flat: a process of its own takes in and answers mail after mail, and says how large it is on the way.

What counts is the growth over the second half: the first fills caches. It takes in every mail by the sandbox and the store, and
proposes for every twentieth by the embedded reader with words alone, as the encoder would make it last a day.
"""

from __future__ import annotations

import itertools
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from datetime import timedelta
from pathlib import Path

from evals.bench.racing import Progress
from evals.bench.rows import Count, Row

SIZE, WHOLE = 2_000, 100_000
COPIES, PROPOSE_EVERY, LOOKS = 10, 20, 40
#: Growth over the second half, as a share of the size at its begin, that still counts as flat for 100,000 messages.
FLAT = 0.25


def benchmark(*, size: int = SIZE) -> Count:
    """Measure with `size` messages, at least 200; what 100,000 would need is worked out from the slope where fewer are taken."""
    size = max(200, size)

    def measure(progress: Progress) -> Sequence[Row]:
        progress(f"memory: {size:,} messages in a process of their own")
        told = subprocess.run(
            [sys.executable, "-m", "evals.bench.memory", str(size)], check=True, stdout=subprocess.PIPE, text=True
        )
        return [row_of([(int(n), int(rss)) for n, rss in json.loads(told.stdout)])]

    return Count(name="memory", about=f"{size:,} messages, one in {PROPOSE_EVERY} proposed for", measure=measure)


def row_of(looks: Sequence[tuple[int, int]]) -> Row:
    """Give the row from looks at the size: (messages so far, bytes)."""
    count = looks[-1][0]
    second = [look for look in looks if look[0] >= count / 2]
    slope, begin = slope_of(second), second[0][1]
    ahead = begin + slope * (WHOLE - second[0][0])
    told = "measured" if count >= WHOLE else f"worked out from the slope over messages {second[0][0]:,} to {count:,}"
    grown = slope * WHOLE / 2 / begin
    return Row(
        what=f"memory: {WHOLE:,} messages ({told})",
        dunwell=f"{ahead / 1e6:,.0f} MB; {slope * 1000 / 1e3:+,.1f} KB a thousand messages",
        floor=f"{begin / 1e6:,.0f} MB (the same process after {second[0][0]:,})",
        ratio=round(ahead / begin, 2),
        aim=f"flat: 50,000 messages add at most {FLAT:.0%}",
        met=grown <= FLAT,
    )


def slope_of(looks: Sequence[tuple[int, int]]) -> float:
    """Give bytes a message by least squares."""
    if len(looks) < 2:
        return 0.0
    middle = sum(n for n, _ in looks) / len(looks)
    mean = sum(size for _, size in looks) / len(looks)
    return sum((n - middle) * (size - mean) for n, size in looks) / sum((n - middle) ** 2 for n, _ in looks)


def resident() -> int:
    """Give the resident size of this process in bytes."""
    fields = Path("/proc/self/statm").read_text("ascii").split()
    return int(fields[1]) * os.sysconf("SC_PAGE_SIZE")


def numbered(count: int) -> Iterator[bytes]:
    """Give so many mails of the same few customers, each with a Message-ID of its own."""
    from evals.bench import sample

    templates = list(sample.mails(COPIES * len(sample.templates())))
    for number, raw in zip(range(count), itertools.cycle(templates), strict=False):
        yield sample.renumbered(raw, number)


def run(size: int, folder: Path) -> list[tuple[int, int]]:
    """Take in so many mails; give looks at the size of this process."""
    from agent.daemon import Daemon
    from agent.deps import Deps
    from agent.embedded.reader import EmbeddedReader
    from evals.bench.house import COMPANY, NOW, House
    from evals.bench.mailbox import Given
    from mail.inbox import ingest
    from mail.sandbox import Parser
    from store import messages
    from store.engine import unit_of_work

    home = House(folder, copies=COPIES).installation()
    settings = home.settings.mailboxes[0]
    reader = EmbeddedReader(words_only=True)
    home.__dict__["deps"] = Deps(company=COMPANY, policy=home.settings.policy, embedded=reader)
    daemon, looks, mails = Daemon(home), [], numbered(size)
    each = max(PROPOSE_EVERY, size // LOOKS)
    with Parser() as parser:
        for begin in range(0, size, each):
            batch = list(itertools.islice(mails, each))
            mailbox = Given(batch, first=begin + 1, at=NOW - timedelta(days=1))
            ingest(mailbox, settings, engine=home.engine, parser=parser, company=COMPANY, clock=lambda: NOW)
            with unit_of_work(home.engine) as session:
                due = messages.due(session, now=home.clock(), limit=max(1, len(batch) // PROPOSE_EVERY))
            for number in due:
                daemon.propose_one(number)
            looks.append((begin + len(batch), resident()))
    return looks


if __name__ == "__main__":
    with tempfile.TemporaryDirectory(prefix="dunwell-bench-") as place:
        sys.stdout.write(json.dumps(run(int(sys.argv[1]), Path(place))))

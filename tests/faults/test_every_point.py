"""Death at every point, and at random instants: nothing is lost, nothing is proposed twice, nothing is sent twice.

A mail whose fate nobody can know is shown to a person, at most one for each death. `DUNWELL_FAULTS` sets how many deaths at
random instants there are; where it is set every point is tried, else every tenth, which keeps the suite short.
`make faults N=2000` is the same code.
"""

from __future__ import annotations

import os
import random
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.faults.places import Ground, ground
from tests.mail.servers import Dovecot
from tests.mail.smtp_fixtures import SmtpServer
from tests.postgres import Postgres

pytestmark = [pytest.mark.servers, pytest.mark.timeout(1200)]
ASKED = os.environ.get("DUNWELL_FAULTS")
KILLS = int(ASKED or "12")
EVERY = 1 if ASKED else 10
#: On PostgreSQL fewer: the points are the same, and its own crash is another test's.
POSTGRES_EVERY = 1 if ASKED else 40
Tell = Callable[[str, object], None]


def deaths(there: Ground, *, every: int, record_property: Tell, store: str) -> None:
    """Die once at each point, in an installation of its own each time."""
    whole = there.place()
    undisturbed = there.live(whole)
    assert undisturbed.code == 0, there.log()
    assert there.settled(whole).faults == []
    assert len(there.smtp.sink.taken) == 2, "the promise and the dispute are answered, the robot is not"
    ends, faults, died, points = Counter[str](), list[str](), 0, range(1, undisturbed.count + 1, every)
    for point in points:
        place = there.place()
        died += there.live(place, die_at=point).code == -9
        found = there.settled(place)
        ends += found.ends
        faults += [f"point {point}: {fault}" for fault in found.faults]
    passed = ", ".join(f"{count} {kind}" for kind, count in undisturbed.passed.items())
    record_property(
        "told",
        f"deaths at every point, {store}: {undisturbed.count} points ({passed}), died at {died} of {len(points)} tried; "
        f"mails {_said(ends)}; {len(faults)} faults",
    )
    assert faults == []
    # Threads may take their steps in another order, and pass a point less; more than a few would be a hole.
    assert died >= len(points) * 0.95


def test_a_death_at_every_point(dovecot: Dovecot, smtp: SmtpServer, tmp_path: Path, record_property: Tell) -> None:
    with ground(tmp_path, dovecot, smtp) as there:
        deaths(there, every=EVERY, record_property=record_property, store="SQLite")


def test_deaths_on_postgresql(
    dovecot: Dovecot, smtp: SmtpServer, postgres: Postgres, tmp_path: Path, record_property: Tell
) -> None:
    with ground(tmp_path, dovecot, smtp, postgres) as there:
        deaths(there, every=POSTGRES_EVERY, record_property=record_property, store="PostgreSQL")


def test_deaths_at_random_instants(dovecot: Dovecot, smtp: SmtpServer, tmp_path: Path, record_property: Tell) -> None:
    seed = int(os.environ.get("DUNWELL_FAULTS_SEED") or 20260414)
    chance, ends, faults, kills = random.Random(seed), Counter[str](), list[str](), 0
    with ground(tmp_path, dovecot, smtp) as there:
        there.live(there.place())
        while kills < KILLS:
            place = there.place()
            # Up to four deaths in a row: what recovers from a death can die of the next.
            for _ in range(chance.randint(1, 4)):
                there.live(place, kill_after=chance.uniform(0.02, 2.0))
            kills += place.kills
            found = there.settled(place)
            ends += found.ends
            faults += [f"after {kills} kills, seed {seed}: {fault}" for fault in found.faults]
    record_property("told", f"deaths at random instants: {kills} kills; mails {_said(ends)}; {len(faults)} faults")
    assert faults == []


def _said(ends: Counter[str]) -> str:
    return ", ".join(f"{count} {state}" for state, count in sorted(ends.items()))

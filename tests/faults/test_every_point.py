"""Death at every point, and at random instants: nothing is lost, nothing is proposed twice, nothing is sent twice.

A mail whose fate nobody can know is shown to a person, at most one for each death. `make faults N=2000` is the same code, with
every point and so many deaths at random instants (`asked`).
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.faults import asked
from tests.faults.lives import Lives
from tests.faults.places import Ground
from tests.mail.servers import Dovecot
from tests.mail.smtp_fixtures import SmtpServer
from tests.postgres import Postgres

pytestmark = [pytest.mark.servers, pytest.mark.timeout(0 if asked.DEATHS else 1200)]
EVERY = asked.every(10)
#: On PostgreSQL fewer: the points are the same, and its own crash is another test's.
POSTGRES_EVERY = asked.every(40)
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
        f"mails {asked.said(ends)}; {len(faults)} faults",
    )
    assert faults == []
    # Threads may take their steps in another order, and pass a point less; more than a few would be a hole.
    assert died >= len(points) * 0.95


def test_a_death_at_every_point(
    dovecot: Dovecot, smtp: SmtpServer, lives: Lives, tmp_path: Path, record_property: Tell
) -> None:
    there = Ground(tmp_path, dovecot, smtp, lives)
    deaths(there, every=EVERY, record_property=record_property, store="SQLite")


def test_deaths_on_postgresql(
    dovecot: Dovecot, smtp: SmtpServer, postgres: Postgres, lives: Lives, tmp_path: Path, record_property: Tell
) -> None:
    there = Ground(tmp_path, dovecot, smtp, lives, postgres)
    deaths(there, every=POSTGRES_EVERY, record_property=record_property, store="PostgreSQL")


def test_deaths_at_random_instants(
    dovecot: Dovecot, smtp: SmtpServer, lives: Lives, tmp_path: Path, record_property: Tell
) -> None:
    chance, tally = random.Random(asked.SEED), asked.Tally(asked.wanted(12))
    there = Ground(tmp_path, dovecot, smtp, lives)
    instants = asked.Instants(chance, seconds=there.live(there.place()).seconds)
    while tally.goes_on():
        place = there.place()
        # Up to four deaths in a row: what recovers from a death can die of the next.
        for _ in range(chance.randint(1, 4)):
            end = there.live(place, kill_after=instants.next())
            instants.learn(died=end.code == -9, seconds=end.seconds)
            if end.code == 0:
                break
        tally.done += place.kills
        tally.add(there.settled(place))
    record_property("told", f"deaths at random instants: {tally.done} kills; {tally}")
    assert tally.faults == []

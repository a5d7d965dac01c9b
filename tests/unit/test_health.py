"""Whether the process lives and the installation is ready: what /healthz and /readyz say, and what they keep to themselves."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import event, text
from sqlmodel import select
from starlette.testclient import TestClient

from agent.alive import EVERY, Heartbeats
from review.app import create_app
from review.readiness import Expected, Readiness
from store import heartbeats
from store.engine import folder_of, open_engine, unit_of_work
from store.heartbeats import WORK, Heartbeat
from tests.factories import House, open_house
from tests.signing import BASE, people_of

NOW = datetime(2026, 4, 14, 9, 30, tzinfo=UTC)


class Time:
    """A clock and a stopwatch that are moved together."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def clock(self) -> datetime:
        return NOW + timedelta(seconds=self.seconds)

    def monotonic(self) -> float:
        return 1000 + self.seconds


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    found = open_house(tmp_path)
    yield found
    found.engine.dispose()


def beating(house: House, time: Time, worker: str = "w1") -> Heartbeats:
    return Heartbeats(house.engine, worker, clock=time.clock, monotonic=time.monotonic)


def rows(house: House) -> list[Heartbeat]:
    with unit_of_work(house.engine) as session:
        return list(session.exec(select(Heartbeat)))


def test_a_sign_of_life_is_written_at_most_every_ten_seconds_and_nothing_is_left_out(house: House) -> None:
    time, commits = Time(), 0
    alive = beating(house, time)

    @event.listens_for(house.engine, "commit")
    def _count(_: object) -> None:
        nonlocal commits
        commits += 1

    for _ in range(100):
        alive.whole("ar")
        alive.failed("ar", login=True)
        time.seconds += 0.5
    assert commits <= 50 / EVERY + 1
    time.seconds += EVERY
    alive.whole("ar")
    (row,) = rows(house)
    assert (row.failures, row.login_failures) == (100, 100), "counts that were not written yet are written later"
    assert row.whole_at == time.clock()


def test_a_database_that_is_away_stops_no_daemon_and_loses_no_count(house: House) -> None:
    time = Time()
    alive = beating(house, time)
    with house.engine.begin() as connection:
        connection.execute(text("ALTER TABLE heartbeat RENAME TO away"))
    alive.failed("ar")
    alive.start()
    with house.engine.begin() as connection:
        connection.execute(text("ALTER TABLE away RENAME TO heartbeat"))
    time.seconds += EVERY
    alive.failed("ar")
    assert rows(house)[0].failures == 2


def test_workers_of_the_past_are_forgotten_and_the_freshest_counts(house: House) -> None:
    time = Time()
    beating(house, time, "old").whole("ar")
    time.seconds += 8 * 24 * 3600
    alive = beating(house, time, "new")
    alive.start()
    alive.failed("ar")
    with unit_of_work(house.engine) as session:
        assert heartbeats.signs(session, now=time.clock())["ar"].whole_at is None, "a failure is no whole round"
    time.seconds += EVERY
    alive.whole("ar")
    assert [row.worker for row in rows(house)] == ["new"]


def test_a_sign_from_the_future_hides_no_dead_daemon(house: House) -> None:
    time = Time()
    time.seconds += 24 * 3600
    beating(house, time, "of a machine whose clock was wrong").whole("ar")
    time.seconds -= 24 * 3600
    with unit_of_work(house.engine) as session:
        assert heartbeats.signs(session, now=time.clock())["ar"].whole_at is None
    beating(house, time).whole("ar")
    with unit_of_work(house.engine) as session:
        assert heartbeats.signs(session, now=time.clock())["ar"].whole_at == time.clock()


def ready(house: House, time: Time, **changed: object) -> Readiness:
    values: dict[str, object] = {"fresh": {WORK: 60.0, "ar": 60.0, "eu": 60.0}}
    expected = Expected(**(values | changed))  # type: ignore[arg-type]  # some of its fields
    return Readiness(house.engine, expected, clock=time.clock, monotonic=time.monotonic)


def test_ready_only_while_every_round_is_fresh(house: House) -> None:
    time = Time()
    alive = beating(house, time)
    assert ready(house, time).reasons() == ("the daemon shows no sign of life", "2 of 2 mailboxes not read lately")
    alive.whole()
    alive.whole("ar")
    assert ready(house, time).reasons() == ("1 of 2 mailboxes not read lately",)
    alive.whole("eu")
    assert ready(house, time).reasons() == ()
    time.seconds += 61
    assert len(ready(house, time).reasons()) == 2


def test_not_ready_with_tables_of_another_version_or_without_a_database(house: House, tmp_path: Path) -> None:
    time = Time()
    with house.engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '0007'"))
    assert ready(house, time).reasons() == ("the database's tables are of another version",)
    away = open_engine(f"sqlite:///{tmp_path}/secret-name/x.db")
    (tmp_path / "secret-name").rmdir()
    assert Readiness(away, Expected()).reasons() == ("the database does not answer",)


def test_not_ready_with_a_full_disk(house: House, tmp_path: Path) -> None:
    time = Time()
    full = ready(house, time, fresh={}, data_dir=tmp_path, free_bytes=10**18)
    assert full.reasons() == ("the disk is nearly full",)
    assert ready(house, time, fresh={}, data_dir=tmp_path, free_bytes=1).reasons() == ()
    gone = ready(house, time, fresh={}, data_dir=tmp_path / "gone", free_bytes=1)
    assert gone.reasons() == ("the data folder cannot be used",)


def test_not_ready_where_nothing_can_be_written_beside_the_database(
    house: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    time = Time()
    assert ready(house, time, fresh={}, database_dir=tmp_path).reasons() == ()
    assert [path.name for path in tmp_path.glob(".dunwell*")] == [], "what was tried leaves no trace"

    def broken(_: int) -> None:
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    # What the kernel keeps in memory says nothing of the disk: only fsync meets it.
    monkeypatch.setattr(os, "fsync", broken)
    (reason,) = ready(house, time, fresh={}, database_dir=tmp_path).reasons()
    assert reason == "nothing can be written beside the database: Input/output error"


def test_the_folder_of_a_database_is_that_of_its_file(tmp_path: Path) -> None:
    assert folder_of(f"sqlite:///{tmp_path}/dunwell.db") == tmp_path
    assert [folder_of(url) for url in ("sqlite://", "postgresql+psycopg://postgres@127.0.0.1/dunwell")] == [None, None]


def test_many_who_ask_are_one_question_to_the_database(house: House) -> None:
    time, asked = Time(), 0
    looks = ready(house, time, fresh={})

    @event.listens_for(house.engine, "begin")
    def _count(_: object) -> None:
        nonlocal asked
        asked += 1

    for _ in range(50):
        looks.reasons()
    assert asked == 1
    time.seconds += 3
    looks.reasons()
    assert asked == 2


def test_anybody_may_ask_and_learns_nothing_of_the_company(house: House) -> None:
    expected = Expected(fresh={WORK: 60.0, "nordholt-ar": 60.0})
    browser = TestClient(create_app(house.desk, people=people_of(house), ready=expected), base_url=BASE)
    refused = browser.get("/readyz")
    assert refused.status_code == 503
    assert refused.json() == {
        "ready": False,
        "reasons": ["the daemon shows no sign of life", "1 of 1 mailboxes not read lately"],
    }
    assert "nordholt" not in refused.text
    assert browser.post("/readyz", headers={"sec-fetch-site": "same-origin"}).status_code in (405, 411)
    assert browser.get("/healthz", headers={"host": "elsewhere.example"}).status_code == 421


def test_the_process_says_that_it_lives_while_the_database_is_away(house: House) -> None:
    browser = TestClient(create_app(house.desk, people=people_of(house)), base_url=BASE)
    assert browser.get("/readyz").json() == {"ready": True, "reasons": []}

    @event.listens_for(house.engine, "begin")
    def _away(_: object) -> None:
        raise OSError("away")

    answer = browser.get("/healthz")
    assert (answer.status_code, answer.text) == (200, "ok\n")
    browser = TestClient(create_app(house.desk, people=people_of(house)), base_url=BASE)
    assert browser.get("/readyz").json()["reasons"] == ["the database does not answer"]

"""Limits on both databases: no more come through than there is room for, in however many threads and processes, and a restart forgets none."""

from __future__ import annotations

import multiprocessing
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from limits import parse
from limits.strategies import MovingWindowRateLimiter
from sqlalchemy import Engine, text

from review.limiting import Counted, Limits
from store.engine import open_engine, unit_of_work
from store.limit_counts import CountedInTable

NOW = datetime(2026, 3, 10, 9, 0, tzinfo=UTC)


class Moved:
    """A clock that stands until it is moved."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Moved:
    return Moved()


def counting(engine: Engine, clock: Moved) -> CountedInTable:
    return CountedInTable(engine, clock=clock, secret=b"s" * 32)


def rows(engine: Engine) -> int:
    with unit_of_work(engine) as session:
        return int(session.execute(text("select count(*) from limited_try")).scalar_one())


def test_of_many_at_once_as_many_come_through_as_there_is_room_for(engine: Engine, clock: Moved) -> None:
    two = [Limits(clock, counting(engine, clock)) for _ in range(2)]
    with ThreadPoolExecutor(16) as pool:
        waits = list(pool.map(lambda n: two[n % 2].hit("account", "mona"), range(40)))
    assert waits.count(0) <= 5
    assert sum(
        1 for _ in range(6) if Limits(clock, counting(engine, clock)).hit("account", "mona") == 0
    ) == 5 - waits.count(0)


def _try(url: str, many: int) -> int:
    engine = open_engine(url)
    by = MovingWindowRateLimiter(counting(engine, Moved()))
    came = sum(by.hit(parse("7/minute"), "sign-in", "mona") for _ in range(many))
    engine.dispose()
    return came


def test_several_processes_count_together(engine: Engine) -> None:
    url = engine.url.render_as_string(hide_password=False)
    with multiprocessing.get_context("spawn").Pool(3) as pool:
        assert sum(pool.starmap(_try, [(url, 6)] * 3)) == 7


def test_a_restart_forgets_nothing_and_the_window_ends(engine: Engine, clock: Moved) -> None:
    for _ in range(5):
        assert Limits(clock, counting(engine, clock)).hit("address", "192.0.2.1") == 0
    assert Limits(clock, counting(engine, clock)).hit("address", "192.0.2.1") == 60
    clock.now += timedelta(seconds=60)
    assert Limits(clock, counting(engine, clock)).hit("address", "192.0.2.1") == 0


def test_what_counts_no_more_is_deleted_and_no_key_is_stored(engine: Engine, clock: Moved) -> None:
    limits = Limits(clock, counting(engine, clock))
    for number in range(30):
        limits.hit("account", f"person{number}")
    assert rows(engine) == 60
    with unit_of_work(engine) as session:
        kept = {row[0] for row in session.execute(text("select key from limited_try"))}
    assert all(len(key) == 64 and "person" not in key for key in kept)
    clock.now += timedelta(hours=1)
    limits.hit("account", "mona")
    assert rows(engine) == 2


def test_it_is_a_whole_storage_of_the_library(engine: Engine, clock: Moved) -> None:
    store = counting(engine, clock)
    assert store.check()
    assert store.incr("a", 10, amount=2) == 2
    assert (store.get("a"), store.get("b")) == (2, 0)
    assert store.get_expiry("a") == (NOW + timedelta(seconds=10)).timestamp()
    assert store.get_expiry("b") == NOW.timestamp()
    store.clear("a")
    assert store.get("a") == 0
    store.incr("b", 10)
    assert store.reset() == 1
    clock.now += timedelta(seconds=5)
    assert store.get_moving_window("b", 5, 10) == (clock.now.timestamp(), 0)


_STEPS = st.lists(
    st.tuples(st.sampled_from(["hit", "hit", "hit", "give back"]), st.sampled_from(["a", "b"]), st.integers(0, 40)),
    max_size=25,
)


@given(steps=_STEPS)
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_it_counts_as_the_memory_does(engine: Engine, steps: list[tuple[str, str, int]]) -> None:
    clock = Moved()
    stored, remembered = counting(engine, clock), Counted(clock)
    stored.reset()
    for what, key, seconds in steps:
        clock.now += timedelta(seconds=seconds)
        if what == "hit":
            assert stored.acquire_entry(key, 3, 60) == remembered.acquire_entry(key, 3, 60)
        else:
            stored.give_back(key)
            remembered.give_back(key)
        assert stored.get_moving_window(key, 3, 60) == remembered.get_moving_window(key, 3, 60)

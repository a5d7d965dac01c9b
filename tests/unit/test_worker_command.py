"""`dunwell worker` where it cannot work says in one line what to do; a step runs in its lane; a share is worked at, then let go of."""

from __future__ import annotations

import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from agent import extras
from agent.cli.output import CommandFailed
from agent.cli.setup import write_config
from agent.cli.worker import run_worker
from agent.fleet.posts import Post, Posts
from agent.fleet.queue import Lane, Queue
from agent.llm_budget import DailyBudget
from agent.llm_failure import ModelFailure
from tests.factories import NOW
from tests.mail.servers import until


@pytest.fixture
def config(tmp_path: Path) -> Path:
    path = tmp_path / "dunwell.toml"
    write_config(path, force=False)
    return path


def test_on_sqlite_it_says_what_to_do(config: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("DUNWELL_DATABASE_URL", f"sqlite:///{tmp_path}/dunwell.db")
    with pytest.raises(CommandFailed, match=r"^store\.url: .* SQLite: run one daemon \(dunwell run\), or set [A-Z_]+$"):
        run_worker(config, setup=False)
    assert not (tmp_path / "dunwell.db").exists()


def test_without_the_extra_it_says_which(config: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(extras, "find_spec", lambda _: None)
    with pytest.raises(CommandFailed, match=r"pip install 'dunwell\[workers\]'"):
        run_worker(config, setup=False)


def test_what_thinks_and_what_acts_have_lanes_of_their_own() -> None:
    with ThreadPoolExecutor(1) as think, ThreadPoolExecutor(1) as act:
        ran: dict[str, list[object]] = {}

        def step(name: str) -> object:
            return lambda **ids: ran.setdefault(name, []).extend([ids, threading.get_ident()])

        names = ("propose", "follow_up", "send", "settle", "day")
        queue = Queue(
            "postgresql+psycopg://nobody@127.0.0.1:1/none",
            {name: step(name) for name in names},  # type: ignore[misc]  # any callable will do
            think=Lane(think, 1),
            act=Lane(act, 1),
        )
        tasks = queue.app.tasks
        assert {name: tasks[name].queue for name in names} == {
            "propose": "think",
            "follow_up": "think",
            "send": "act",
            "settle": "act",
            "day": "act",
        }
        asyncio.run(tasks["propose"].func(message_id=7))
        asyncio.run(tasks["send"].func(mailbox="ar"))
        asyncio.run(tasks["day"].func(timestamp=1))
        assert (ran["propose"][0], ran["send"][0], ran["day"][0]) == ({"message_id": 7}, {"mailbox": "ar"}, {})
        assert ran["send"][1] == ran["day"][1] != ran["propose"][1]
        periodic = {task.task.name: task.cron for task in queue.app.periodic_registry.periodic_tasks.values()}
        assert periodic == {"day": "*/5 * * * *", "stalled": "* * * * * */3"}


def test_a_post_is_worked_at_while_it_is_held_and_not_longer() -> None:
    held: set[str] = set()
    begun, woken = threading.Event(), threading.Event()

    def work(ending: threading.Event) -> None:
        begun.set()
        ending.wait(30)

    posts = Posts({"mailbox a": Post(work, woken.set)}, lambda: frozenset(held))
    posts.look()
    assert not posts.busy()
    held.add("mailbox a")
    posts.look()
    assert begun.wait(20)
    posts.look()
    assert posts.busy() == {"mailbox a"}
    held.clear()
    posts.look()
    assert woken.is_set()
    until(lambda: not posts.busy(), what="the end of the work")
    held.add("mailbox a")
    begun.clear()
    posts.look()
    posts.look()
    assert begun.wait(20), "and begun anew when it comes back"
    posts.start()
    posts.stop()
    assert not posts.busy()


def test_what_others_spent_counts_for_the_days_budget() -> None:
    budget = DailyBudget(lambda: NOW, max_calls=10)
    budget.reserve(100)
    budget.catch_up(calls=9, tokens=5)
    assert budget.used == (9, 100)
    budget.reserve(1)
    with pytest.raises(ModelFailure):
        budget.reserve(1)

"""What moved in the queue reaches every page that listens, by one look for all; it ends when it should."""

from __future__ import annotations

import asyncio
import http.client
import json
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from review.item import RejectReason
from review.queue_events import event_routes
from review.queue_pulse import News, Pulse
from store.queue_pulse import MOST, Beat, Move
from store.vocabulary import Reason
from tests.factories import House, claim, open_house


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    made = open_house(tmp_path)
    yield made
    made.engine.dispose()


def promise(house: House) -> int:
    message = house.receive("We pay INV-20421 on 20 March.")
    words = "We pay INV-20421 on 20 March."
    return house.hold(message, claim(Reason.PROMISE_TO_PAY, words, invoices=["INV-20421"], date="2026-03-20"))


class Log:
    """A log that grows as the test wants."""

    def __init__(self) -> None:
        self.moves: list[Move] = []

    def __call__(self, since: int) -> tuple[Beat, list[Move]]:
        newer = [m for m in self.moves if m.seq > since][:MOST]
        return Beat(self.moves[-1].seq if self.moves else 0), newer

    def add(self, number: int, *, came: bool) -> None:
        self.moves.append(Move(len(self.moves) + 1, number, came))


async def first(pulse: Pulse, since: int) -> News | None:
    async for news in pulse.listen(since):
        return news
    return None


async def until(there: Callable[[], bool]) -> None:
    """Wait until it is so."""
    async with asyncio.timeout(10):
        while not there():  # noqa: ASYNC110 (nothing tells when a thread has looked)
            await asyncio.sleep(0.005)


def test_twenty_listeners_hear_it_and_the_log_is_looked_at_once_for_all() -> None:
    async def run() -> None:
        log = Log()
        pulse = Pulse(log, every=0.01)
        waiting = [asyncio.create_task(first(pulse, 0)) for _ in range(20)]
        await until(lambda: pulse.looks >= 3)
        looked = pulse.looks
        log.add(7, came=True)
        log.add(8, came=True)
        log.add(8, came=False)
        heard = await asyncio.wait_for(asyncio.gather(*waiting), 5)
        assert heard == [News(3, (7,), (8,))] * 20
        assert pulse.looks - looked <= 5
        looked = pulse.looks
        await asyncio.sleep(0.05)
        assert pulse.looks <= looked + 1, "nobody listens: nobody looks"

    asyncio.run(run())


def test_who_was_away_too_long_reads_the_list_anew() -> None:
    async def run() -> None:
        log = Log()
        pulse = Pulse(log, every=0.01)
        for number in range(1, MOST + 50):
            log.add(number, came=True)
        news = await asyncio.wait_for(first(pulse, 0), 5)
        assert news is not None
        assert news.reload

    asyncio.run(run())


def test_the_end_lets_every_listener_go() -> None:
    async def run() -> None:
        pulse = Pulse(Log(), every=0.01)
        waiting = [asyncio.create_task(first(pulse, 0)) for _ in range(3)]
        await asyncio.sleep(0.05)
        pulse.end()
        assert await asyncio.wait_for(asyncio.gather(*waiting), 5) == [None] * 3
        assert await asyncio.wait_for(first(pulse, 0), 5) is None

    asyncio.run(run())


def test_a_database_that_is_away_for_a_moment_ends_nothing() -> None:
    async def run() -> None:
        log, broken = Log(), [True]

        def look(since: int) -> tuple[Beat, list[Move]]:
            if broken[0]:
                raise OSError("away")
            return log(since)

        pulse = Pulse(look, every=0.01)
        waiting = asyncio.create_task(first(pulse, 0))
        await until(lambda: pulse.looks >= 3)
        broken[0] = False
        log.add(3, came=True)
        assert await asyncio.wait_for(waiting, 5) == News(1, (3,))

    asyncio.run(run())


def test_the_log_tells_what_came_and_what_left(house: House) -> None:
    desk = house.desk
    start = desk.moves(since=0)[0].seq
    number = promise(house)
    assert [(m.number, m.came) for m in desk.moves(since=start)[1]] == [(number, True)]
    middle = desk.moves(since=start)[0].seq
    desk.reject(number, version=1, actor="ines", reason=RejectReason.OTHER)
    assert [(m.number, m.came) for m in desk.moves(since=middle)[1]] == [(number, False)]
    assert desk.moves(since=desk.moves(since=0)[0].seq)[1] == []


def events_of(house: House, *, still: Any, since: int, until: int) -> list[Any]:
    """Read the stream itself, as the framework does, until so many events came or it ended."""

    async def run() -> list[Any]:
        pulse = Pulse(lambda seq: house.desk.moves(since=seq), every=0.01)
        router = event_routes(house.desk, pulse, still=still)
        endpoint: Any = router.routes[0].endpoint  # type: ignore[attr-defined]
        found = []
        async for event in endpoint(SimpleNamespace(), since=since, last_event_id=""):
            found.append(event)
            if len(found) == until:
                break
        return found

    return asyncio.run(asyncio.wait_for(run(), 10))


def test_the_stream_tells_numbers_and_no_words(house: House) -> None:
    async def yes(_request: Any) -> bool:
        return True

    start = house.desk.moves(since=0)[0].seq
    number = promise(house)
    hello, news = events_of(house, still=yes, since=start, until=2)
    assert hello.retry == 3000
    told = json.loads(json.dumps(news.data))
    assert told == {
        "seq": house.desk.moves(since=0)[0].seq,
        "came": [number],
        "left": [],
        "reload": False,
        "waiting": 1,
    }
    assert news.id == str(told["seq"])


def test_who_signed_out_is_told_nothing_more(house: House) -> None:
    async def no(_request: Any) -> bool:
        return False

    start = house.desk.moves(since=0)[0].seq
    promise(house)
    assert len(events_of(house, still=no, since=start, until=5)) == 1


SERVING = """
import sys
from pathlib import Path
from agent.cli.serve import serve
from review.app import create_app
from tests.factories import open_house
serve(create_app(open_house(Path(sys.argv[1])).desk), host="127.0.0.1", port=int(sys.argv[2]))
"""


def test_a_server_that_is_told_to_stop_lets_its_listeners_go(tmp_path: Path) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    root = Path(__file__).parents[2]
    command = [sys.executable, "-c", SERVING, str(tmp_path), str(port)]
    with subprocess.Popen(command, cwd=root, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE) as process:
        try:
            deadline = time.monotonic() + 60
            while True:
                try:
                    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
                    connection.request("GET", "/queue/events", headers={"accept": "text/event-stream"})
                    answer = connection.getresponse()
                    break
                except ConnectionRefusedError:
                    assert time.monotonic() < deadline
                    time.sleep(0.05)
            assert answer.getheader("content-type", "").startswith("text/event-stream")
            assert answer.readline() == b": listening\n"
            process.send_signal(signal.SIGTERM)
            rest = answer.read()
            assert b"event:" not in rest
            process.wait(timeout=30)
        finally:
            process.kill()

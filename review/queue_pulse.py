"""Tells open pages what moved in the queue: one look at the log for all who listen, however many they are.

Nothing is asked while nobody listens. What is told are numbers of items and of how many wait, never words of a mail.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncGenerator, Callable, Sequence
from dataclasses import dataclass

from starlette.concurrency import run_in_threadpool

from store.queue_pulse import MOST, Beat, Move

#: Seconds between two looks at the log, and after which a listener that heard nothing is asked whether it still may listen.
EVERY, ASK_AGAIN = 1.0, 10.0

#: Gives how far the log is and what moved since an entry of it.
Look = Callable[[int], tuple[Beat, list[Move]]]


@dataclass(frozen=True, slots=True)
class News:
    """What a page is told: which items came and which left since the entry of the log that it knew.

    `reload`: more happened than is kept; the page reads its list anew.
    """

    seq: int
    came: tuple[int, ...] = ()
    left: tuple[int, ...] = ()
    reload: bool = False


class Pulse:
    """Looks at the log for all listeners of this process."""

    def __init__(self, look: Look, *, every: float = EVERY) -> None:
        """Keep how to look. Nothing runs before somebody listens."""
        self._look, self._every = look, every
        self._moves: deque[Move] = deque(maxlen=MOST)
        self._seq = self._from = 0
        self._listeners = 0
        self._task: asyncio.Task[None] | None = None
        self._beat: asyncio.Event | None = None
        self._ended = False
        self.looks = 0

    async def listen(self, since: int) -> AsyncGenerator[News | None, None]:
        """Give the news after an entry of the log, as they come; None now and then, where there are none. Ends with `end`."""
        if self._ended:
            return
        self._listeners += 1
        try:
            if self._task is None or self._task.done():
                await self._begin(since)
            while not self._ended:
                beat = self._beat
                assert beat is not None
                news = self._news(since)
                if news is not None:
                    since = news.seq
                    yield news
                    continue
                try:
                    await asyncio.wait_for(beat.wait(), ASK_AGAIN)
                except TimeoutError:
                    yield None
        finally:
            self._listeners -= 1
            if self._listeners == 0:
                self._stop()

    def end(self) -> None:
        """Let every listener go, for good."""
        self._ended = True
        self._wake()
        self._stop()

    async def _begin(self, since: int) -> None:
        self._seq = self._from = since
        self._moves.clear()
        self._beat = asyncio.Event()
        self._task = asyncio.create_task(self._run())

    async def _run(self) -> None:
        while True:
            try:
                at, moved = await run_in_threadpool(self._look, self._seq)
            except Exception:  # the database may be away for a moment: the next look tells
                at, moved = Beat(self._seq), []
            self.looks += 1
            if moved or at.seq > self._seq:
                self._take(at, moved)
            await asyncio.sleep(self._every)

    def _take(self, at: Beat, moved: Sequence[Move]) -> None:
        if len(moved) >= MOST or len(self._moves) + len(moved) > MOST:
            # Older ones fall out: whoever knew less than that reads the list anew.
            kept = [*self._moves, *moved][-MOST:]
            self._from = kept[0].seq if kept else at.seq
        self._moves.extend(moved)
        self._seq = max(at.seq, moved[-1].seq if moved else 0)
        if moved:
            self._wake()

    def _wake(self) -> None:
        if self._beat is not None:
            self._beat.set()
            self._beat = asyncio.Event()

    def _news(self, since: int) -> News | None:
        if since < self._from:
            return News(self._seq, reload=True)
        last: dict[int, bool] = {}
        for move in self._moves:
            if move.seq > since:
                last[move.number] = move.came
        if not last:
            return None
        came = tuple(number for number, there in last.items() if there)
        left = tuple(number for number, there in last.items() if not there)
        return News(max(self._seq, since), came, left)

    def _stop(self) -> None:
        if self._task is not None:
            self._task.cancel()
            self._task = None

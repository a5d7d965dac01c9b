"""The work queue as one worker uses it: fetches jobs, hands each to a step in a thread, has those of dead workers run again.

It knows no step by itself and keeps nothing: a job that is done, or that failed, is gone, and the sweep finds what is still due.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from concurrent.futures import Executor
from dataclasses import dataclass

from procrastinate import App, PsycopgConnector, exceptions
from procrastinate.jobs import Status
from procrastinate.worker import Worker as Fetcher
from psycopg import AsyncConnection
from sqlalchemy.engine import make_url

from agent.fleet.lines import OWN_END, SHORT_LIVED
from agent.fleet.queue_schema import SCHEMA
from agent.fleet.sweep import ACT, THINK
from store.fleet import BEAT, DEAD_AFTER

log = logging.getLogger(__name__)

#: When what a dead worker had fetched is looked for, and when the calendar is: cron with seconds.
_STALLED, _DAY = "* * * * * */3", "*/5 * * * *"
#: Seconds between two looks into the queue when no news comes.
_POLL = 5.0


@dataclass(frozen=True, slots=True)
class Lane:
    """One of the two queues in this process: the threads that its jobs run in, and how many at a time."""

    threads: Executor
    width: int


class Queue:
    """The queue's connections and tasks. Belongs to one event loop."""

    def __init__(self, url: str, steps: Mapping[str, Callable[..., object]], *, think: Lane, act: Lane) -> None:
        """Take the address of the database and the step of each task, by name."""
        address = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
        self.app = App(
            connector=PsycopgConnector(
                conninfo=address, kwargs=dict(OWN_END), min_size=1, max_size=4, configure=_configure
            )
        )
        self._lanes = {THINK: think, ACT: act}
        for name, step in steps.items():
            lane = THINK if name in ("propose", "follow_up") else ACT
            task = self.app.task(name=name, queue=lane)(_in_thread(step, self._lanes[lane].threads))
            if name == "day":
                self.app.periodic(cron=_DAY, queueing_lock="day", lock="day")(task)
        stalled = self.app.task(name="stalled", queue=ACT, queueing_lock="stalled")(self._retry_stalled)
        self.app.periodic(cron=_STALLED)(stalled)
        self._fetchers: list[Fetcher] = []
        self._stopped = False

    async def run(self, name: str) -> None:
        """Work until `stop` is called, or until the queue cannot be reached; what was begun is finished before it returns."""
        async with self.app.open_async():
            self._fetchers = [self._fetcher(name, queue, lane) for queue, lane in self._lanes.items()]
            running = [asyncio.create_task(self._fetch(fetcher)) for fetcher in self._fetchers]
            try:
                await asyncio.wait(running, return_when=asyncio.FIRST_COMPLETED)
            finally:
                self.stop()
                await asyncio.gather(*running, return_exceptions=True)
        for task in running:
            task.result()

    def stop(self) -> None:
        """Fetch nothing more. Called in the event loop."""
        self._stopped = True
        for fetcher in self._fetchers:
            stop: Callable[[], None] = fetcher.stop
            stop()

    async def _fetch(self, fetcher: Fetcher) -> None:
        # It forgets at its start that it was to stop.
        if not self._stopped:
            run: Callable[[], Awaitable[None]] = fetcher.run
            await run()

    def _fetcher(self, name: str, queue: str, lane: Lane) -> Fetcher:
        return Fetcher(
            self.app,
            queues=[queue],
            name=name,
            concurrency=lane.width,
            fetch_job_polling_interval=_POLL,
            delete_jobs="always",
            install_signal_handlers=False,
            update_heartbeat_interval=BEAT,
            stalled_worker_timeout=DEAD_AFTER,
        )

    async def _retry_stalled(self, timestamp: int) -> None:
        """Have the jobs of dead workers run again; where the same is waiting already, the dead one's is dropped."""
        del timestamp
        jobs = self.app.job_manager
        for job in await jobs.get_stalled_jobs(seconds_since_heartbeat=DEAD_AFTER):
            try:
                await jobs.retry_job(job)
            except exceptions.UniqueViolation:
                await jobs.finish_job(job, Status.FAILED, delete_job=True)
            except exceptions.ConnectorException as error:
                log.info("job %s: somebody else saw to it (%s)", job.id, type(error).__name__)
            else:
                log.warning("job %s (%s) of a dead worker is run again", job.id, job.task_name)


def _in_thread(step: Callable[..., object], threads: Executor) -> Callable[..., Awaitable[None]]:
    async def task(timestamp: int | None = None, **ids: int | str) -> None:
        del timestamp  # of a periodic task
        await asyncio.get_running_loop().run_in_executor(threads, lambda: step(**ids))

    return task


async def _configure(connection: AsyncConnection) -> None:
    await connection.execute(f"SET search_path TO {SCHEMA}")
    for setting in SHORT_LIVED:
        await connection.execute(setting)
    await connection.commit()

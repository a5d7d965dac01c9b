"""Serves metrics for Prometheus on an address of their own. Off unless asked for; needs no sign-in, so it names nobody.

What stands in the database is counted there at each scrape, so that it holds over restarts and over several processes. Labels are
words of the trade and names of mailboxes in the configuration: never a customer, a person or an address.
"""

from __future__ import annotations

import logging
import threading
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import Engine

from agent.extras import need_telemetry
from agent.operating_settings import MetricsSettings
from store import connections, fleet, heartbeats, operating
from store.clock import Clock, system_clock
from store.connections import Connection
from store.engine import looking
from store.heartbeats import WORK, Sign
from store.operating import LATENCY_MS, Calls, Watched

if TYPE_CHECKING:
    from prometheus_client import Metric

log = logging.getLogger(__name__)


class MailCounts:
    """Counts the mails that this process read, by kind. Thread-safe."""

    def __init__(self) -> None:
        """Begin with none."""
        self._lock = threading.Lock()
        self._kinds: Counter[str] = Counter()

    def add(self, kinds: Mapping[str, int]) -> None:
        """Add what one look at a mailbox brought."""
        with self._lock:
            self._kinds.update(kinds)

    def by_kind(self) -> dict[str, int]:
        """Give the counts so far."""
        with self._lock:
            return dict(self._kinds)


class MetricsUnavailable(RuntimeError):
    """Metrics cannot be served at the configured address."""


class Scrape:
    """What is told at a scrape. A database that does not answer is a metric too, not an error."""

    def __init__(
        self, engine: Engine, mails: MailCounts, *, mailboxes: Iterable[str], clock: Clock, company: str | None = None
    ) -> None:
        """Take where to count. `clock` is the installation's; that of signs of life is the real one.

        `company`: whose these are, where an installation holds several; every metric says it.
        """
        self._engine, self._mails, self._clock, self._company = engine, mails, clock, company
        self._mailboxes = tuple(mailboxes)

    def describe(self) -> list[Metric]:
        """Ask nothing when the collector is registered."""
        return []

    def collect(self) -> Iterator[Metric]:
        """Give all metrics."""
        whose = {"company": self._company} if self._company is not None else {}
        for metric in self._all():
            metric.samples = [one._replace(labels={**whose, **one.labels}) for one in metric.samples]
            yield metric

    def _all(self) -> Iterator[Metric]:
        from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily

        yield _each(
            CounterMetricFamily,
            "dunwell_mails_received",
            "Mails read by this process, by kind",
            "kind",
            self._mails.by_kind(),
        )
        try:
            with looking(self._engine) as session:
                seen = operating.watched(session, now=self._clock())
                signs = heartbeats.signs(session, now=system_clock())
                living = fleet.living(session) if fleet.applies(session) else None
                systems = connections.every(session)
        except Exception as error:
            log.warning("metrics: the database does not answer (%s)", type(error).__name__)
            yield GaugeMetricFamily("dunwell_database_up", "Whether the database answered this scrape", 0)
            return
        yield GaugeMetricFamily("dunwell_database_up", "Whether the database answered this scrape", 1)
        yield from _of_rows(seen)
        yield from _of_calls(seen.calls)
        if living is not None:
            counts = {"worker": living.workers, "daemon": living.daemons}
            yield _each(GaugeMetricFamily, "dunwell_processes", "Processes at work, by kind", "kind", counts)
        yield from _of_signs(signs, self._mailboxes, now=system_clock())
        yield from _of_connections(systems, now=self._clock())


def _each(family: type, name: str, text: str, label: str, values: Mapping[str, float]) -> Metric:
    metric = family(name, text, labels=[label])
    for value, number in sorted(values.items()):
        metric.add_metric([value], number)
    return metric  # type: ignore[no-any-return]  # made of a class that is given


def _of_rows(seen: Watched) -> Iterator[Metric]:
    from prometheus_client.core import GaugeMetricFamily as Gauge

    yield _each(Gauge, "dunwell_messages", "Mails in the database, by state", "state", seen.messages)
    yield Gauge("dunwell_unread_age_seconds", "Age of the oldest mail without a proposal", seen.oldest_unread)
    yield _each(Gauge, "dunwell_proposals", "Proposals, by status; held: the queue", "status", seen.proposals)
    yield Gauge("dunwell_queue_age_seconds", "Age of the oldest proposal that waits for a person", seen.oldest_held)
    yield Gauge("dunwell_drafts_blocked", "Held drafts that a rule blocks", seen.blocked)
    yield _each(Gauge, "dunwell_proposals_approved", "Approved so far, by how", "how", seen.approved)
    yield _each(Gauge, "dunwell_outgoing", "Outgoing mails, by state", "state", seen.outgoing)
    yield Gauge("dunwell_outbox_age_seconds", "Age of the oldest approved mail that has not left", seen.oldest_leaving)


def _of_calls(calls: Iterable[Calls]) -> Iterator[Metric]:
    from prometheus_client.core import CounterMetricFamily, HistogramMetricFamily

    names = ["purpose", "outcome"]
    tokens = CounterMetricFamily("dunwell_model_tokens", "Tokens of model calls", labels=["purpose", "outcome", "side"])
    cost = CounterMetricFamily("dunwell_model_cost", "Cost of model calls, in the prices' currency", labels=names)
    latency = HistogramMetricFamily("dunwell_model_call_seconds", "Model calls and how long they took", labels=names)
    for call in calls:
        labels = [call.purpose, call.outcome]
        tokens.add_metric([*labels, "prompt"], call.prompt_tokens)
        tokens.add_metric([*labels, "completion"], call.completion_tokens)
        cost.add_metric(labels, call.cost)
        ends = [(str(most / 1000), float(n)) for most, n in zip(LATENCY_MS, call.within, strict=True)]
        latency.add_metric(labels, [*ends, ("+Inf", float(call.count))], call.seconds)
    yield from (tokens, cost, latency)


def _of_signs(signs: Mapping[str, Sign], mailboxes: Iterable[str], *, now: datetime) -> Iterator[Metric]:
    from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily

    lag = GaugeMetricFamily(
        "dunwell_mailbox_lag_seconds", "Seconds since the mailbox was read to its end", labels=["mailbox"]
    )
    failures = CounterMetricFamily("dunwell_mailbox_failures", "Rounds that failed", labels=["mailbox"])
    logins = CounterMetricFamily("dunwell_mailbox_login_failures", "Refused sign-ins", labels=["mailbox"])
    for name in mailboxes:
        sign = signs.get(name)
        if sign is None:
            continue
        if sign.whole_at is not None:
            lag.add_metric([name], max(0.0, (now - sign.whole_at).total_seconds()))
        failures.add_metric([name], sign.failures)
        logins.add_metric([name], sign.login_failures)
    yield from (lag, failures, logins)
    work = signs.get(WORK)
    if work is not None and work.whole_at is not None:
        age = max(0.0, (now - work.whole_at).total_seconds())
        yield GaugeMetricFamily("dunwell_work_age_seconds", "Seconds since the daemon's work went round", age)


def _of_connections(systems: Iterable[Connection], *, now: datetime) -> Iterator[Metric]:
    from prometheus_client.core import GaugeMetricFamily

    age = GaugeMetricFamily(
        "dunwell_connection_age_seconds", "Seconds since a connected system was last read", labels=["connection"]
    )
    failures = GaugeMetricFamily(
        "dunwell_connection_failures", "Readings that failed since the last good one", labels=["connection"]
    )
    for system in systems:
        if system.good_at is not None:
            age.add_metric([system.name], max(0.0, (now - system.good_at).total_seconds()))
        failures.add_metric([system.name], system.failures)
    yield from (age, failures)


@contextmanager
def serving(settings: MetricsSettings, scrape: Scrape) -> Iterator[int]:
    """Serve metrics while the block runs; give the port, 0 where they are not asked for.

    Raises ExtraMissing where the library is not installed, MetricsUnavailable where the address is taken.
    """
    address = settings.address
    if address is None:
        yield 0
        return
    need_telemetry("metrics.listen", "prometheus_client")
    from prometheus_client import CollectorRegistry, start_http_server

    registry = CollectorRegistry()
    registry.register(scrape)
    try:
        server, thread = start_http_server(address[1], addr=address[0], registry=registry)
    except OSError as error:
        raise MetricsUnavailable(
            f"metrics.listen: {settings.listen} cannot be used ({error.strerror}): choose another address"
        ) from None
    try:
        yield server.server_port
    finally:
        server.shutdown()
        server.server_close()
        thread.join(timeout=2)

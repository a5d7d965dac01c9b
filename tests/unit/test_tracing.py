"""Traces: what a span says of a failure, what happens without the extra, and with a collector that is away or hangs."""

from __future__ import annotations

import time

import pytest
from pydantic import ValidationError

from agent import extras
from agent.extras import ExtraMissing
from agent.operating_settings import TracesSettings
from agent.tracing import tracing
from store.spans import span
from tests.collector import Collector
from tests.mail.servers import free_port


def test_a_failure_is_told_by_its_kind_alone() -> None:
    with Collector() as collector:
        with tracing(TracesSettings(endpoint=collector.url)):
            with pytest.raises(ValueError, match="kingfisher"), span("send", outgoing=7):
                raise ValueError("the kingfisher said so")
            with span("ingest", mailbox="ar"):
                pass
        failed, good = sorted(collector.spans(), key=lambda one: one.name, reverse=True)
        assert (failed.name, failed.failed, failed.events) == ("send", "ValueError", 0)
        assert failed.attributes == {"dunwell.outgoing": 7}
        assert (good.failed, good.attributes) == ("", {"dunwell.mailbox": "ar"})
        assert b"kingfisher" not in collector.wire()


def test_nothing_is_told_of_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OTEL_RESOURCE_ATTRIBUTES", "who=kingfisher")
    monkeypatch.setenv("OTEL_TRACES_SAMPLER", "always_off")
    with Collector() as collector:
        with tracing(TracesSettings(endpoint=collector.url)), span("read", message=1):
            pass
        (one,) = collector.spans()
    assert one.resource == {"service.name": "dunwell"}


@pytest.mark.parametrize("hangs", [True, False])
def test_a_collector_that_hangs_or_is_away_keeps_neither_the_work_nor_the_end_waiting(*, hangs: bool) -> None:
    with Collector() as collector:
        collector.hangs.set()
        url = collector.url if hangs else f"http://127.0.0.1:{free_port()}/v1/traces"
        began = time.monotonic()
        with tracing(TracesSettings(endpoint=url)):
            for number in range(5000):
                with span("read", message=number):
                    pass
            worked = time.monotonic() - began
        assert worked < 8
        # Within what stopping may take altogether, which is ten seconds.
        assert time.monotonic() - began < worked + 9


def test_off_unless_asked_for_and_a_plain_line_without_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(extras, "find_spec", lambda _: None)
    with tracing(TracesSettings()), span("read", message=1):
        pass
    with (
        pytest.raises(ExtraMissing, match=r"traces.endpoint: needs the extra telemetry"),
        tracing(TracesSettings(endpoint="http://127.0.0.1:4318/v1/traces")),
    ):
        pass


@pytest.mark.parametrize(
    "endpoint", ["http://collector.example/v1/traces", "https://me:secret@collector.example/", "127.0.0.1:4318"]
)
def test_a_collector_is_asked_safely(endpoint: str) -> None:
    with pytest.raises(ValidationError, match=r"must begin with https|OTEL_EXPORTER_OTLP_HEADERS"):
        TracesSettings(endpoint=endpoint)

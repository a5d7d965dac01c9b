"""Sends traces to a collector (OpenTelemetry, OTLP over HTTP): names of steps and ids, nothing else. Off unless asked for.

No text of an error leaves, no event, and no attribute of this machine or its environment. A collector that is away or slow
keeps nothing waiting: spans are sent by a thread of their own, and dropped when there are too many.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from agent.extras import need_telemetry
from agent.operating_settings import TracesSettings
from store.spans import trace_with

#: Seconds for one request to the collector: the end of the process waits for the last one.
_TIMEOUT = 2.0
_SETTING = "traces.endpoint"


@contextmanager
def tracing(settings: TracesSettings, *, company: str | None = None) -> Iterator[None]:
    """Send the spans of this process while the block runs. Raises ExtraMissing where the libraries are not installed.

    `company`: whose process this is, where an installation holds several.
    """
    if settings.endpoint is None:
        yield
        return
    need_telemetry(_SETTING, "opentelemetry.sdk")
    need_telemetry(_SETTING, "opentelemetry.exporter.otlp.proto.http")
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
    from opentelemetry.sdk.resources import Resource
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor
    from opentelemetry.sdk.trace.sampling import ALWAYS_ON
    from opentelemetry.trace import Status, StatusCode

    logging.getLogger("urllib3").setLevel(logging.WARNING)
    # Made by itself, not by Resource.create, which adds what the environment and the machine say.
    whose = {"dunwell.company": company} if company is not None else {}
    resource = Resource({"service.name": "dunwell", **whose})
    provider = TracerProvider(resource=resource, sampler=ALWAYS_ON, shutdown_on_exit=False)
    exporter = OTLPSpanExporter(endpoint=settings.endpoint, timeout=_TIMEOUT)
    provider.add_span_processor(BatchSpanProcessor(exporter, schedule_delay_millis=1000, export_timeout_millis=2000))
    tracer = provider.get_tracer("dunwell")

    @contextmanager
    def begin(name: str, ids: dict[str, int | str]) -> Iterator[None]:
        attributes = {f"dunwell.{key}": value for key, value in ids.items()}
        with tracer.start_as_current_span(
            name, attributes=attributes, record_exception=False, set_status_on_exception=False
        ) as current:
            try:
                yield
            except BaseException as error:
                # Its text may quote a mail.
                current.set_status(Status(StatusCode.ERROR, type(error).__name__))
                raise

    trace_with(begin)
    try:
        yield
    finally:
        trace_with(None)
        # What the collector did not take by then is given up: the end of the process does not wait for it.
        ending = threading.Thread(target=provider.shutdown, daemon=True)
        ending.start()
        ending.join(_TIMEOUT)

"""A small collector of traces for tests: OTLP over HTTP on loopback, as the protocol has it; keeps what it gets."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import (
    ExportTraceServiceRequest,
    ExportTraceServiceResponse,
)


@dataclass(frozen=True)
class Span:
    """One span as it arrived."""

    name: str
    attributes: dict[str, int | str]
    span_id: bytes
    parent: bytes
    failed: str
    events: int
    resource: dict[str, int | str]


class Collector:
    """The server in threads of its own: `with Collector() as collector:`. While it `hangs` it answers nothing."""

    def __init__(self) -> None:
        self._bodies: list[bytes] = []
        self.hangs = threading.Event()
        collector = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"]))
                while collector.hangs.is_set():
                    collector._over.wait(0.1)
                    if collector._over.is_set():
                        return
                assert self.path == "/v1/traces"
                collector._bodies.append(body)
                answer = ExportTraceServiceResponse().SerializeToString()
                self.send_response(200)
                self.send_header("content-type", "application/x-protobuf")
                self.send_header("content-length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)

            def log_message(self, format: str, *args: Any) -> None:
                pass

        self._over = threading.Event()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self.url = f"http://127.0.0.1:{self._server.server_port}/v1/traces"

    def __enter__(self) -> Collector:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._server.shutdown()
        self._server.server_close()

    def wire(self) -> bytes:
        """Give all bodies."""
        return b"".join(self._bodies)

    def spans(self) -> list[Span]:
        """Give all spans so far."""
        found = []
        for body in list(self._bodies):
            for group in ExportTraceServiceRequest.FromString(body).resource_spans:
                resource = _plain(group.resource.attributes)
                for scope in group.scope_spans:
                    found += [
                        Span(
                            name=span.name,
                            attributes=_plain(span.attributes),
                            span_id=span.span_id,
                            parent=span.parent_span_id,
                            failed=span.status.message if span.status.code == 2 else "",
                            events=len(span.events),
                            resource=resource,
                        )
                        for span in scope.spans
                    ]
        return found


def _plain(attributes: Any) -> dict[str, int | str]:
    return {
        one.key: one.value.int_value if one.value.HasField("int_value") else one.value.string_value
        for one in attributes
    }

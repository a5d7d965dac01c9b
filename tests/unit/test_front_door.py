"""The common address of several companies: what passes through it, what does not, and what it says where nobody answers."""

from __future__ import annotations

import json
import socket
import tempfile
import threading
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import anyio
import httpx2
import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route
from starlette.types import ASGIApp

from review.front_door import FrontDoor, known_hosts
from review.security import HEADERS

#: Whose page tells news at this moment, once for each who listens.
LISTENING: list[str] = []


def house(name: str) -> Starlette:
    """Make a company's page that says what reached it."""

    async def echo(request: Request) -> Response:
        body = await request.body()
        answer = JSONResponse(
            {
                "house": name,
                "path": request.scope["raw_path"].decode(),
                "query": request.scope["query_string"].decode(),
                "headers": [(k.decode(), v.decode()) for k, v in request.scope["headers"]],
                "body": body.decode("latin1"),
                "client": request.client.host if request.client else None,
                "scheme": request.url.scheme,
            },
            headers={"x-mark": name, "keep-alive": "timeout=5"},
        )
        answer.set_cookie("one", "1")
        answer.set_cookie("two", "2")
        return answer

    async def broken(_: Request) -> Response:
        async def parts() -> AsyncIterator[bytes]:
            yield b"half"
            raise RuntimeError("gone")

        return StreamingResponse(parts(), media_type="text/csv")

    async def news(_: Request) -> Response:
        async def lines() -> AsyncIterator[bytes]:
            LISTENING.append(name)
            try:
                while True:
                    yield b": still here\n\n"
                    await anyio.sleep(0.05)
            finally:
                LISTENING.remove(name)

        return StreamingResponse(lines(), media_type="text/event-stream")

    async def ready(_: Request) -> Response:
        return PlainTextResponse("", 200 if name == "acme" else 503)

    everything = ["GET", "POST", "HEAD", "PUT", "DELETE"]
    return Starlette(
        routes=[
            Route("/readyz", ready),
            Route("/broken", broken),
            Route("/news", news),
            Route("/{rest:path}", echo, methods=everything),
        ]
    )


@contextmanager
def served(app: ASGIApp, **where: Any) -> Iterator[None]:
    config = uvicorn.Config(app, log_config=None, log_level="critical", lifespan="off", server_header=False, **where)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    deadline = time.monotonic() + 60
    while not server.started:
        assert time.monotonic() < deadline
        time.sleep(0.01)
    try:
        yield
    finally:
        server.should_exit = True
        thread.join(20)


@pytest.fixture(scope="module")
def door() -> Iterator[str]:
    """Serve two companies and a third whose process is away; give the address of the common door."""
    with ExitStack() as ends:
        folder = Path(ends.enter_context(tempfile.TemporaryDirectory(prefix="dw-")))
        sockets = {name: folder / name for name in ("acme", "bolt", "away")}
        for name in ("acme", "bolt"):
            at = {"uds": str(sockets[name]), "proxy_headers": True, "forwarded_allow_ips": "*"}
            ends.enter_context(served(house(name), **at))
        hosts = {name: f"{name}.dunwell.example" for name in sockets} | {"twin": None}
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        app = FrontDoor(sockets, known_hosts(hosts))
        ends.enter_context(
            served(app, host="127.0.0.1", port=port, proxy_headers=True, forwarded_allow_ips=["127.0.0.1"])
        )
        yield f"127.0.0.1:{port}"


@pytest.fixture
def client(door: str) -> Iterator[httpx2.Client]:
    with httpx2.Client(base_url=f"http://{door}", trust_env=False, headers={"x-forwarded-proto": "https"}) as found:
        yield found


def raw(door: str, text: bytes) -> bytes:
    """Send bytes as they are; give all that comes back."""
    host, _, port = door.partition(":")
    with socket.create_connection((host, int(port)), timeout=60) as connection:
        connection.sendall(text)
        found = b""
        while part := connection.recv(65536):
            found += part
        return found


@pytest.mark.parametrize("name", ["acme", "bolt"])
def test_a_request_reaches_the_house_of_its_host_name_and_no_other(name: str, client: httpx2.Client) -> None:
    for host in (f"{name}.dunwell.example", f"{name.upper()}.dunwell.example:443"):
        answer = client.post("/a/b?x=1&x=2", headers={"host": host}, content=b"words")
        said = answer.json()
        assert (said["house"], said["path"], said["query"], said["body"]) == (name, "/a/b", "x=1&x=2", "words")
        assert (said["client"], said["scheme"]) == ("127.0.0.1", "https")
        assert [v for k, v in said["headers"] if k == "host"] == [host]
        assert answer.headers.get_list("set-cookie") == [
            "one=1; Path=/; SameSite=lax",
            "two=2; Path=/; SameSite=lax",
        ]
        assert len(answer.headers.get_list("date")) == 1
        assert "keep-alive" not in answer.headers


def test_an_address_passes_byte_for_byte(door: str) -> None:
    for target in (b"/a%2Fb/..%2f/%00?q=%2526&%zz=", b"//acme/x", b"/../bolt", b"/a;b=c,d'(e)*", b"/?"):
        answer = raw(door, b"GET " + target + b" HTTP/1.1\r\nHost: acme.dunwell.example\r\nConnection: close\r\n\r\n")
        said = json.loads(answer.partition(b"\r\n\r\n")[2])
        path, _, query = target.partition(b"?")
        assert (said["house"], said["path"].encode(), said["query"].encode()) == ("acme", path, query)


def test_nobody_says_for_us_whom_a_request_comes_from(client: httpx2.Client, door: str) -> None:
    sly = {
        "x-forwarded-for": "10.9.8.7",
        "x-forwarded-host": "bolt.dunwell.example",
        "x-forwarded-port": "1",
        "forwarded": "for=1.2.3.4",
        "connection": "x-secret, close",
        "x-secret": "of this connection alone",
        "te": "trailers",
    }
    said = client.get("/", headers={"host": "acme.dunwell.example", **sly}).json()
    names = [name for name, _ in said["headers"]]
    assert not {"x-forwarded-host", "x-forwarded-port", "forwarded", "te", "x-secret"} & set(names)
    assert (names.count("x-forwarded-for"), names.count("x-forwarded-proto")) == (1, 1)
    assert (said["house"], said["client"]) == ("acme", "10.9.8.7"), "the proxy in front is believed, once"


@pytest.mark.parametrize(
    "host",
    ["", "x.example", "twin.dunwell.example", "acme.dunwell.example.", "acme.dunwell.example, bolt", "None", "*"],
)
def test_a_name_of_nobody_is_refused_with_all_headers(host: str, client: httpx2.Client) -> None:
    answer = client.get("/", headers={"host": host})
    assert answer.status_code == 421
    assert HEADERS.items() <= dict(answer.headers).items()
    assert "acme" not in answer.text + str(answer.headers)


def test_where_two_claim_one_name_nobody_is_served_under_it() -> None:
    hosts: dict[str, str | None] = {"acme": "x.example", "bolt": "x.example", "crook": "y.example"}
    find = known_hosts(hosts)
    assert (find("x.example"), find("y.example"), find("z.example")) == (None, "crook", None)
    hosts["bolt"] = "z.example"  # as it is at this moment
    assert (find("x.example"), find("z.example")) == ("acme", "bolt")


def test_whoever_is_away_costs_the_others_nothing(client: httpx2.Client) -> None:
    answer = client.get("/", headers={"host": "away.dunwell.example"})
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "30")
    assert client.get("/", headers={"host": "acme.dunwell.example"}).status_code == 200


def test_half_an_answer_is_never_taken_for_a_whole_one(client: httpx2.Client) -> None:
    with pytest.raises(httpx2.HTTPError):
        client.get("/broken", headers={"host": "acme.dunwell.example"})
    assert client.get("/", headers={"host": "acme.dunwell.example"}).status_code == 200


def test_news_come_as_they_happen_and_nobody_goes_on_telling_who_has_left(client: httpx2.Client) -> None:
    for _ in range(3):
        with client.stream("GET", "/news", headers={"host": "acme.dunwell.example"}) as stream:
            lines = stream.iter_lines()
            assert [next(lines) for _ in range(4)] == [": still here", ""] * 2
            assert LISTENING == ["acme"]
        deadline = time.monotonic() + 60
        while LISTENING:
            assert time.monotonic() < deadline, "the company's process still tells news to nobody"
            time.sleep(0.02)


def test_a_head_has_no_body_and_a_long_one_passes(client: httpx2.Client) -> None:
    answer = client.head("/", headers={"host": "acme.dunwell.example"})
    assert (answer.status_code, answer.content) == (200, b"")
    assert int(answer.headers["content-length"]) > 100
    many = b"x" * 5_000_000
    assert len(client.post("/", headers={"host": "acme.dunwell.example"}, content=many).json()["body"]) == len(many)
    parts = client.post("/", headers={"host": "acme.dunwell.example"}, content=iter([b"a", b"b"])).json()
    assert parts["body"] == "ab"
    assert ["transfer-encoding", "chunked"] in parts["headers"], "so that a house can refuse what states no length"


def test_those_who_watch_the_machine_learn_no_name(client: httpx2.Client) -> None:
    for host in ("localhost", "127.0.0.1:8765", "[::1]"):
        assert client.get("/healthz", headers={"host": host}).text == "ok\n"
        answer = client.get("/readyz", headers={"host": host})
        assert answer.status_code == 503
        assert answer.json() == {"ready": False, "reasons": ["2 of 3 companies not ready"]}
        assert HEADERS.items() <= dict(answer.headers).items()
        for path, method in (("/", "GET"), ("/queue", "GET"), ("/readyz", "POST"), ("/healthz/", "GET")):
            assert client.request(method, path, headers={"host": host}).status_code == 421

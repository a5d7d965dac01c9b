"""A man in the middle, on loopback, of a client and a real server: it cuts, stalls, answers in the server's place, and lies.

For protocols in which a client speaks a line and waits for an answer (IMAP, SMTP in clear), and for any other as a wire that can be
cut or held up. It never changes anything of its own accord.
"""

from __future__ import annotations

import contextlib
import socket
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Literal

What = Literal["before", "unanswered", "half", "says", "silent"]


@dataclass
class Fault:
    """What strikes at which command: before it reaches the server, instead of its answer, or in the middle of that.

    `at` is asked with the command's number on all connections (from 0) and its bytes. `times`: how often it strikes; `keep`: how
    many bytes of half an answer come through.
    """

    at: Callable[[int, bytes], bool]
    what: What
    says: bytes = b""
    times: int = 1
    keep: int = 40
    struck: int = 0

    def strikes(self, number: int, command: bytes) -> bool:
        """Say whether it strikes here, and count it."""
        if self.struck >= self.times or not self.at(number, command):
            return False
        self.struck += 1
        return True


@dataclass
class Between:
    """The proxy: clients connect to `port`. `rewrite` changes whole lines of the server before clients see them."""

    target: int
    faults: list[Fault] = field(default_factory=list)
    rewrite: Callable[[bytes], bytes] | None = None
    #: False: what a client sends has no lines (PostgreSQL's protocol), and each piece of it is a command.
    lines: bool = True
    commands: list[bytes] = field(default_factory=list)
    connections: int = 0
    #: While it is set nobody gets through: connections end before the first byte.
    closed: threading.Event = field(default_factory=threading.Event)
    _flowing: threading.Event = field(default_factory=threading.Event)
    _ended: threading.Event = field(default_factory=threading.Event)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _pairs: set[_Pair] = field(default_factory=set)

    def __post_init__(self) -> None:
        self._flowing.set()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listener.getsockname()[1])

    def cut(self) -> None:
        """Reset every connection that there is."""
        with self._lock:
            pairs = list(self._pairs)
        for pair in pairs:
            pair.end(reset=True)

    @contextmanager
    def held_up(self) -> Iterator[None]:
        """Let nothing through for a while, in either direction; connections stay open, new ones are taken and say nothing."""
        self._flowing.clear()
        try:
            yield
        finally:
            self._flowing.set()

    def start(self) -> None:
        """Take connections from now on."""
        threading.Thread(target=self._accept, daemon=True).start()

    def stop(self) -> None:
        """End it and all that it connects."""
        self._ended.set()
        self._flowing.set()
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self.cut()

    def fault_at(self, command: bytes) -> Fault | None:
        """Note a command; give what strikes at it."""
        with self._lock:
            number = len(self.commands)
            self.commands.append(command)
            return next((fault for fault in self.faults if fault.strikes(number, command)), None)

    def flows(self) -> bool:
        """Wait until something may pass; False where it never will."""
        self._flowing.wait()
        return not self._ended.is_set()

    def forget(self, pair: _Pair) -> None:
        """Know of a connection no more."""
        with self._lock:
            self._pairs.discard(pair)

    def _accept(self) -> None:
        while not self._ended.is_set():
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            self.connections += 1
            if self.closed.is_set():
                client.close()
                continue
            try:
                server = socket.create_connection(("127.0.0.1", self.target), timeout=10)
            except OSError:
                client.close()
                continue
            server.settimeout(None)
            pair = _Pair(self, client, server)
            with self._lock:
                self._pairs.add(pair)
            pair.start()


class _Pair:
    """One connection through the proxy."""

    def __init__(self, between: Between, client: socket.socket, server: socket.socket) -> None:
        self._between, self._client, self._server = between, client, server
        self._left: int | None = None  # of what the server says, in bytes; then the connection ends

    def start(self) -> None:
        for step in (self._up, self._down):
            threading.Thread(target=step, daemon=True).start()

    def end(self, *, reset: bool = False) -> None:
        for one in (self._client, self._server):
            with contextlib.suppress(OSError):
                if reset:
                    one.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                # Whoever reads from it is woken: a socket that is being read from is not closed by closing it.
                one.shutdown(socket.SHUT_RD if reset else socket.SHUT_RDWR)
            with contextlib.suppress(OSError):
                one.close()
        self._between.forget(self)

    def _up(self) -> None:
        said = b""
        while part := self._received(self._client):
            said += part
            if self._between.lines and self._between.faults and not said.endswith(b"\n"):
                continue
            command, said = said, b""
            if not self._passes(command):
                return
        self.end()

    def _passes(self, command: bytes) -> bool:
        """Hand a command to the server; False where the connection ends with it."""
        fault = self._between.fault_at(command)
        if fault is not None:
            match fault.what:
                case "before":
                    self.end()
                    return False
                case "says":
                    self._sent(self._client, fault.says)
                    self.end()
                    return False
                case "silent":
                    return True  # the server never hears of it, and the client waits
                case "unanswered":
                    self._left = 0
                case "half":
                    self._left = fault.keep
        return self._between.flows() and self._sent(self._server, command)

    def _down(self) -> None:
        held = b""
        while part := self._received(self._server):
            if (rewrite := self._between.rewrite) is not None:
                lines, _, held = (held + part).rpartition(b"\n")
                part = b"".join(rewrite(line + b"\n") for line in lines.split(b"\n")) if lines else b""
            if self._left is not None:
                part, self._left = part[: self._left], self._left - len(part)
            if not self._between.flows() or not self._sent(self._client, part):
                break
            if self._left is not None and self._left <= 0:
                break
        self.end()

    @staticmethod
    def _received(one: socket.socket) -> bytes:
        try:
            return one.recv(65536)
        except OSError:
            return b""

    @staticmethod
    def _sent(one: socket.socket, part: bytes) -> bool:
        try:
            one.sendall(part)
        except OSError:
            return False
        return True


@contextmanager
def between(target: int, *, lines: bool = True) -> Iterator[Between]:
    """Run a proxy in front of a port."""
    proxy = Between(target, lines=lines)
    proxy.start()
    try:
        yield proxy
    finally:
        proxy.stop()

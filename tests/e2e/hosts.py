"""Separate hosts on one machine: network namespaces, each with a cable of its own (a veth pair) to this one, where the servers run."""

from __future__ import annotations

import contextlib
import ctypes
import os
import socket
import subprocess
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from tests.servers_policy import need

#: The name under which a host finds the servers: this machine's end of its own cable.
SERVERS = "mail.fernhill.test"
_CLONE_NEWNET = 0x40000000
_T = TypeVar("_T")


@dataclass(frozen=True)
class Host:
    """One host. `gateway` is this machine's address on its cable."""

    name: str
    cable: str
    gateway: str

    def command(self, words: Sequence[str]) -> list[str]:
        """Give a command as it is run on the host."""
        return ["ip", "netns", "exec", self.name, *words]

    def plug(self, *, into: bool) -> None:
        """Pull the cable out, or put it back."""
        _ip("link", "set", self.cable, "up" if into else "down")

    def on(self, work: Callable[[], _T]) -> _T:
        """Do something in the host's network, such as opening a socket, which stays there."""
        found: list[_T] = []

        def enter() -> None:
            handle = os.open(f"/run/netns/{self.name}", os.O_RDONLY)
            try:
                assert ctypes.CDLL(None, use_errno=True).setns(handle, _CLONE_NEWNET) == 0
            finally:
                os.close(handle)
            found.append(work())

        # Of this thread alone, and it ends here.
        thread = threading.Thread(target=enter)
        thread.start()
        thread.join()
        return found[0]


@contextlib.contextmanager
def hosts(count: int) -> Iterator[list[Host]]:
    """Make hosts. Skips where namespaces cannot be made, and fails there where CI is set."""
    made: list[Host] = []
    try:
        for number in range(count):
            # Names and networks of this process alone, as tests run side by side.
            place = os.getpid() % 16384 * 4 + number * 4
            gateway = f"10.{201 + number}.{place // 256 % 256}.{place % 256 // 4 * 4 + 1}"
            made.append(Host(f"dw{os.getpid()}-{number}", f"dw{os.getpid()}h{number}", gateway))
            _make(made[-1])
        yield made
    except _Refused as error:
        need("a network namespace", available=False, hint=f"run as root, where that is allowed ({error})")
    finally:
        for host in made:
            with contextlib.suppress(_Refused):
                _ip("netns", "del", host.name)
            with contextlib.suppress(_Refused):
                _ip("link", "del", host.cable)
            for file in _names(host).parent.glob("*"):
                file.unlink()
            with contextlib.suppress(OSError):
                _names(host).parent.rmdir()


class _Refused(Exception):
    """The machine does not let us make a host."""


def _make(host: Host) -> None:
    own = host.gateway.rpartition(".")
    address = f"{own[0]}.{int(own[2]) + 1}"
    inner = f"{host.cable}i"
    _names(host).parent.mkdir(parents=True, exist_ok=True)
    _names(host).write_text(f"127.0.0.1 localhost\n{host.gateway} {SERVERS}\n")
    _ip("netns", "add", host.name)
    _ip("link", "add", host.cable, "type", "veth", "peer", "name", inner)
    _ip("link", "set", inner, "netns", host.name)
    _ip("addr", "add", f"{host.gateway}/30", "dev", host.cable)
    _ip("link", "set", host.cable, "up")
    for words in (
        ["addr", "add", f"{address}/30", "dev", inner],
        ["link", "set", inner, "up"],
        ["link", "set", "lo", "up"],
    ):
        _ip("-n", host.name, *words)


def _names(host: Host) -> Path:
    return Path("/etc/netns") / host.name / "hosts"


def _ip(*words: str) -> None:
    try:
        done = subprocess.run(["ip", *words], capture_output=True, text=True, timeout=30, check=False)
    except OSError as error:
        raise _Refused(str(error)) from None
    if done.returncode != 0:
        raise _Refused(done.stderr.strip())


@contextlib.contextmanager
def relayed(addresses: Sequence[str], port: int) -> Iterator[None]:
    """Make a server that listens on loopback reachable at more addresses of this machine, at the same port."""
    servers = [socket.create_server((address, port)) for address in addresses]
    for server in servers:
        threading.Thread(target=_relay, args=(server, port), daemon=True).start()
    try:
        yield
    finally:
        for server in servers:
            server.shutdown(socket.SHUT_RDWR)  # wakes who waits for a connection: else it is not closed
            server.close()


def _relay(server: socket.socket, port: int) -> None:
    with contextlib.suppress(OSError):
        while True:
            near, _ = server.accept()
            far = socket.create_connection(("127.0.0.1", port))
            for source, sink in ((near, far), (far, near)):
                threading.Thread(target=_copy, args=(source, sink), daemon=True).start()


def _copy(source: socket.socket, sink: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while piece := source.recv(65536):
            sink.sendall(piece)
    for end in (source, sink):
        with contextlib.suppress(OSError):
            end.shutdown(socket.SHUT_RDWR)

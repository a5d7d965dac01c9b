"""One question to the parsing child and its answer, over pipes, within a time: for `mail.sandbox`.

It never waits without an end, on writing or on reading, and never reads a byte of the next answer.
"""

from __future__ import annotations

import os
import selectors
import signal
import subprocess
import time
from typing import IO

from mail import parse_worker

MAX_ANSWER = 64 * 1024 * 1024


class Died(Exception):
    """The child ended or was too slow while it had a mail. The text says how."""


def exchange(child: subprocess.Popen[bytes], request: bytes, *, seconds: float) -> bytes:
    """Write the request and read one answer before the time is up. Raises Died."""
    assert child.stdin is not None
    assert child.stdout is not None
    deadline = time.monotonic() + seconds
    pending = memoryview(request)
    received = bytearray()
    os.set_blocking(child.stdin.fileno(), False)
    os.set_blocking(child.stdout.fileno(), False)
    with selectors.DefaultSelector() as selector:
        selector.register(child.stdout, selectors.EVENT_READ)
        if pending:
            selector.register(child.stdin, selectors.EVENT_WRITE)
        while True:
            left = deadline - time.monotonic()
            if left <= 0:
                raise Died(f"reading the mail took longer than {seconds:g} seconds")
            for key, _ in selector.select(left):
                if key.fileobj is child.stdin:
                    pending = _write(child, pending)
                    if not pending:
                        selector.unregister(child.stdin)
                elif (answer := _read(child, child.stdout, received)) is not None:
                    return answer


def _write(child: subprocess.Popen[bytes], pending: memoryview) -> memoryview:
    assert child.stdin is not None
    try:
        return pending[os.write(child.stdin.fileno(), pending[: 1 << 20]) :]
    except BlockingIOError:
        return pending
    except BrokenPipeError:
        raise Died(_how_it_ended(child)) from None


def _read(child: subprocess.Popen[bytes], stream: IO[bytes], received: bytearray) -> bytes | None:
    """Read a piece of one answer and no byte of the next; give the answer when it is whole."""
    head = parse_worker.LENGTH.size
    try:
        chunk = os.read(stream.fileno(), min(1 << 20, _missing(received)))
    except BlockingIOError:
        return None
    if not chunk:
        raise Died(_how_it_ended(child))
    received += chunk
    if len(received) >= head and _missing(received) > MAX_ANSWER:
        raise Died("the parser gave no usable answer for this mail")
    return bytes(received[head:]) if len(received) >= head and not _missing(received) else None


def _missing(received: bytearray) -> int:
    head = parse_worker.LENGTH.size
    if len(received) < head:
        return head - len(received)
    (size,) = parse_worker.LENGTH.unpack(received[:head])
    return head + int(size) - len(received)


def _how_it_ended(child: subprocess.Popen[bytes]) -> str:
    try:
        code = child.wait(timeout=2)
    except subprocess.TimeoutExpired:
        return "the parser closed its connection on this mail"
    if code == -signal.SIGXCPU:
        return "reading the mail took too much processor time"
    if code < 0:
        return f"the parser was ended on this mail (signal {-code})"
    return f"the parser failed on this mail (exit code {code})"

"""Parsing processes that begin by a fork of one that has loaded everything, as each life needs one: the same code, started cheaper.

`python -m tests.faults.parsers ADDRESS` waits at a socket of that name for two pipes and the worker's arguments, and ends with
its standard input.
"""

from __future__ import annotations

import json
import os
import select
import signal
import socket
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from types import SimpleNamespace
from typing import NoReturn

from mail import parse_worker, sandbox

_ROOT = Path(__file__).parents[2]


def start(address: Path) -> subprocess.Popen[bytes]:
    """Start the process that forks, and have `mail.sandbox` of this process ask it for children from now on."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.faults.parsers", str(address)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        cwd=_ROOT,
        env={"PYTHONPATH": str(_ROOT), "PYTHONDONTWRITEBYTECODE": "1"},
    )
    assert process.stdout is not None
    assert process.stdout.readline() == b"ready\n"

    def forked(command: list[str], **_: object) -> Forked:
        return Forked(address, command[command.index("mail.parse_worker") + 1 :])

    known = {"PIPE": subprocess.PIPE, "DEVNULL": subprocess.DEVNULL, "TimeoutExpired": subprocess.TimeoutExpired}
    # What the module uses of it.
    vars(sandbox)["subprocess"] = SimpleNamespace(Popen=forked, **known)
    return process


class Forked:
    """A child as `subprocess.Popen` shows it, as far as `mail.sandbox` asks."""

    def __init__(self, address: Path, arguments: list[str]) -> None:
        (its_in, ours_out), (ours_in, its_out) = os.pipe(), os.pipe()
        try:
            with socket.socket(socket.AF_UNIX) as asked:
                asked.connect(str(address))
                socket.send_fds(asked, [json.dumps(arguments).encode()], [its_in, its_out])
                self.pid = int(asked.recv(32))
        finally:
            os.close(its_in)
            os.close(its_out)
        self.stdin, self.stdout = os.fdopen(ours_out, "wb"), os.fdopen(ours_in, "rb")

    def poll(self) -> int | None:
        """Give a code once it has ended; which signal or code it was is not known."""
        try:
            os.kill(self.pid, 0)
        except ProcessLookupError:
            return -signal.SIGKILL
        return None

    def kill(self) -> None:
        """End it."""
        with suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGKILL)

    def wait(self, timeout: float = 20) -> int:
        """Wait until it has ended."""
        until = time.monotonic() + timeout
        while (code := self.poll()) is None:
            if time.monotonic() > until:
                raise subprocess.TimeoutExpired("parser", timeout)
            time.sleep(0.002)
        return code


def _serve(address: str) -> None:
    from mail import parse, pdf_text  # noqa: F401 - loaded once, for all children

    parse_worker._load_libraries()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # the kernel buries them
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(address)
        listener.listen(16)
        print("ready", flush=True)
        while True:
            ready, _, _ = select.select([listener, sys.stdin], [], [])
            if sys.stdin in ready:
                return
            asked, _ = listener.accept()
            with asked:
                said, handles, _, _ = socket.recv_fds(asked, 4096, 2)
                if len(handles) == 2:
                    child = os.fork()
                    if child == 0:
                        asked.close()
                        _work(handles, json.loads(said))
                    with suppress(BrokenPipeError):  # whoever asked was killed
                        asked.send(str(child).encode())
                for handle in handles:
                    os.close(handle)


def _work(handles: list[int], arguments: list[str]) -> NoReturn:
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    os.dup2(handles[0], 0)
    os.dup2(handles[1], 1)
    os.closerange(3, 256)
    try:
        parse_worker.main(arguments)
    finally:
        os._exit(0)


if __name__ == "__main__":
    _serve(sys.argv[1])

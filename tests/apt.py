"""Installing a Debian package for tests, once, whatever the number of xdist workers; its service is never started."""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_POLICY = Path("/usr/sbin/policy-rc.d")


def installed(package: str, binary: str) -> str | None:
    """Give the path of a program, installing its package where we are root and have apt; None where that cannot be."""
    with _one_at_a_time():
        found = _which(binary)
        if found or os.geteuid() != 0 or shutil.which("apt-get") is None:
            return found
        with _no_services():
            if not _apt("install", package):
                _apt("update")
                _apt("install", package)
        return _which(binary)


def _which(binary: str) -> str | None:
    return shutil.which(binary, path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin")


def _apt(verb: str, *packages: str) -> bool:
    options = ["-y", "--no-install-recommends"] if verb == "install" else []
    done = subprocess.run(
        ["apt-get", "-q", verb, *options, *packages],
        env={**os.environ, "DEBIAN_FRONTEND": "noninteractive"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        timeout=300,
        check=False,
    )
    return done.returncode == 0


@contextmanager
def _one_at_a_time() -> Iterator[None]:
    with (Path(tempfile.gettempdir()) / "dunwell-tests-apt.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


@contextmanager
def _no_services() -> Iterator[None]:
    """Keep Debian from starting what it installs (policy-rc.d answers 101: forbidden)."""
    ours = not _POLICY.exists()
    if ours:
        _POLICY.write_text("#!/bin/sh\nexit 101\n")
        _POLICY.chmod(0o755)
    try:
        yield
    finally:
        if ours:
            _POLICY.unlink()

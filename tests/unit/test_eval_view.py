"""`dunwell eval view`: inspect's viewer, on this machine alone, with nothing from outside."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from evals.results import Mode
from evals.running.models import Model
from evals.running.suites import load_suite
from evals.running.whole import run_suite
from tests.eval_suites import NAMES, ROOT, small_suite
from tests.eval_view import viewer


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("view")
    suite = load_suite(small_suite(folder, NAMES[:1]))
    return run_suite(suite, Model("embedded", Mode.EMBEDDED), folder=folder / "kept").folder


@pytest.fixture
def served(run: Path, tmp_path: Path) -> Iterator[str]:
    with viewer(run, tmp_path) as address:
        yield address


def get(address: str) -> bytes:
    with urllib.request.urlopen(address, timeout=30) as answer:
        assert answer.status == 200
        content: bytes = answer.read()
        # The browser too is forbidden to ask anybody else.
        policy = answer.headers["Content-Security-Policy"] or ""
        if "text/html" in answer.headers["Content-Type"]:
            assert "default-src 'none'" in policy
            assert "connect-src 'self'" in policy
            assert "://" not in policy
        return content


def test_the_viewer_answers_offline(served: str) -> None:
    page = get(served + "/").decode()
    asked = re.findall(r'(?:src|href)="([^"]+)"', page)
    assert asked
    assert not [one for one in asked if "//" in one]
    for one in asked:
        get(f"{served}/{one.removeprefix('./')}")
    (log,) = json.loads(get(served + "/api/logs"))["files"]
    assert "small-embedded" in log["name"]
    # What a customer wrote is shown as text, whatever it holds.
    assert b'"trust_content":false' in get(served + "/api/app-config").replace(b" ", b"")


def test_nothing_to_view(tmp_path: Path) -> None:
    command = [sys.executable, "-c", "from agent.cli import main; main()", "eval", "view", str(tmp_path)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 2
    assert "holds no log of a run" in done.stderr

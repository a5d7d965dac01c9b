"""Fixtures for every kind of test."""

from __future__ import annotations

import gc
import sys
from collections.abc import Iterator

import pytest
from hypothesis import settings

from tests.model_server import ModelServer
from tests.validators import share_validators

# No test asserts wall time: the machine that it runs on may be busy.
settings.register_profile("unhurried", deadline=None)
settings.load_profile("unhurried")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the test that takes longest and leaves processors idle at its end: the others fill what it leaves."""
    items.sort(key=lambda item: item.name != "test_no_goal_is_reached")


def pytest_sessionstart() -> None:
    share_validators()


def pytest_collection_finish() -> None:
    """Look seldom for cycles, and never in what stays to the end: thousands of tests and all modules."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print what a test told of what it measured (`record_property("told", ...)`), from whichever process it ran in."""
    for report in (one for some in terminalreporter.stats.values() for one in some):
        if getattr(report, "when", "") == "call":
            for name, line in report.user_properties:
                if name == "told":
                    terminalreporter.write_line(line)


@pytest.fixture(scope="session")
def running_model_server() -> Iterator[ModelServer]:
    with ModelServer() as server:
        yield server


@pytest.fixture
def model_server(running_model_server: ModelServer) -> Iterator[ModelServer]:
    """A scripted model server on loopback; a request beyond the script fails the test."""
    running_model_server.forget()
    yield running_model_server
    running_model_server.check()


@pytest.fixture(autouse=True)
def _fresh_consoles() -> Iterator[None]:
    """A console keeps the width that it was made with: none is left over for the next test."""
    yield
    module = sys.modules.get("agent.cli.output")
    if module is not None:
        module.console.cache_clear()
        module.errors.cache_clear()

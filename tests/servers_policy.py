"""What a test does when the real server it needs cannot run here: skip in one plain line, or fail where CI is set."""

from __future__ import annotations

import os

import pytest


def need(name: str, available: bool, hint: str) -> None:
    """Go on when `available`; else skip, saying what is missing and what to do. In CI a missing server is a failure."""
    if available:
        return
    line = f"{name} cannot run here: {hint}"
    if os.environ.get("CI"):
        pytest.fail(line, pytrace=False)
    pytest.skip(line)

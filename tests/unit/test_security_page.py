"""The table of docs/security.md: every test that it names is there, and the numbers that it states are those of the code."""

from __future__ import annotations

import re
from pathlib import Path

from review.limiting import IN_MEMORY, KINDS
from review.passwords import ADVISED, FLOOR
from review.stepup import GOOD_FOR
from store import sessions

ROOT = Path(__file__).parent.parent.parent
PAGE = (ROOT / "docs" / "security.md").read_text("utf-8")


def test_every_test_that_is_named_is_there() -> None:
    named = re.findall(r"`((?:unit|database|browser)/\w+\.py)(?:::(\w+))?`", PAGE)
    assert len(named) > 30
    for file, name in named:
        text = (ROOT / "tests" / file).read_text("utf-8")
        assert not name or f"def {name}(" in text, f"{file}::{name}"


def test_every_item_is_a_number_of_asvs() -> None:
    table = [line for line in PAGE.splitlines() if re.match(r"\| \d", line)]
    items = [number for line in table for number in re.findall(r"\d+\.\d+\.\d+", line.split("|")[1])]
    assert len(items) > 60
    assert len(items) == len(set(items)), "an item is claimed once"


def test_the_figures_are_those_of_the_code() -> None:
    assert f"{FLOOR} characters at least; {ADVISED} or more are advised" in PAGE
    assert sessions.IDLE.total_seconds() == 30 * 60
    assert "30 minutes without a request, 12 hours after signing in" in PAGE
    assert sessions.ABSOLUTE.total_seconds() == 12 * 3600
    assert GOOD_FOR.total_seconds() == 10 * 60
    assert "older than 10 minutes" in PAGE
    assert {"api", "oidc"} == IN_MEMORY
    assert KINDS["oidc"] == "60/minute"
    assert KINDS["address"] == "5/minute;30/hour"
    assert KINDS["account"] == "5/minute;20/hour"
    for kind, text in (("export", "5/hour"), ("redraft", "20/hour"), ("api", "100/minute"), ("people", "30/hour")):
        assert KINDS[kind] == text

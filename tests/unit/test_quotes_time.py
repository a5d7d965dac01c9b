"""Quoting takes time in proportion to the text, whatever a stranger writes: patterns are named one by one, and the whole is tried."""

from __future__ import annotations

import importlib
import re
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest

from mail.html_text import html_text
from mail.quotes import split

MODULES = (
    "announced",
    "attributions",
    "closings",
    "company_lines",
    "contact_items",
    "disclaimers",
    "formulas",
    "header_blocks",
    "html_quotes",
    "inline_answers",
    "person_lines",
    "postal_lines",
    "quote_lines",
    "quote_marks",
    "quotes",
    "sent_from",
    "signature_lines",
    "signatures",
)
SIZE = 64 * 1024
SEEDS = [
    *("a", " ", ">", "-", "_", "*", "=", ".", ":", "@", "<", "1", "\t", "A", "é", "\u4e2d", "|", "[", "("),
    *(
        "a ",
        "A ",
        "> ",
        "- ",
        "1 ",
        "a@",
        "a.",
        "1.",
        "1:",
        "On ",
        "wrote ",
        "a@b.",
        "From: ",
        "<a@b>",
        "-a",
        "confidential ",
        "this e-mail ",
    ),
    *(
        "On 1 ",
        "Sent from my ",
        "sent ",
        "www.",
        "a, ",
        "+1 ",
        "| ",
        "(1) ",
        "Am 1 ",
        "12:00 ",
        "2026 ",
        "de ",
        "gesendet ",
        "---- ",
        "hat ",
        "Regards ",
    ),
    *(
        "thank you ",
        "the ",
        "if you ",
        "please consider the environment ",
        ">>> 1:00",
        "border:none;",
        "x_",
        "above this line ",
    ),
]


def patterns() -> Iterator[tuple[str, re.Pattern[str]]]:
    for name in MODULES:
        module = importlib.import_module(f"mail.{name}")
        for attribute, value in vars(module).items():
            if isinstance(value, re.Pattern):
                yield f"{name}.{attribute}", value


PATTERNS = dict(patterns())


def seconds(act: Callable[[], object], *, enough: float = 0.1) -> float:
    """Give the least of three times, so that a busy machine fails nothing; the first that is short enough will do."""
    taken = []
    for _ in range(3):
        start = time.process_time()
        act()
        taken.append(time.process_time() - start)
        if taken[-1] < enough:
            break
    return min(taken)


def searches(name: str) -> bool:
    """Say whether the pattern is ever tried at more than one place of a text."""
    module, _, attribute = name.partition(".")
    source = Path(importlib.import_module(f"mail.{module}").__file__ or "").read_text("utf-8")
    return bool(re.search(rf"\b{attribute}\.(?:search|sub|split|findall|finditer)\b", source))


@pytest.mark.parametrize("name", PATTERNS)
def test_a_pattern_takes_no_longer_than_a_tenth_of_a_second(name: str) -> None:
    pattern, searched = PATTERNS[name], searches(name)
    for seed in SEEDS:
        text = (seed * (SIZE // len(seed) + 1))[:SIZE]
        for tail in ("", "!", ":"):
            assert seconds(partial(pattern.fullmatch, text + tail)) < 1.0, (seed, "fullmatch")
        assert not searched or seconds(partial(pattern.search, text + "!")) < 1.0, (seed, "search")


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("width", [70, 2000])
def test_splitting_64_kb_takes_less_than_a_second(seed: str, width: int) -> None:
    line = (seed * (width // len(seed) + 1))[:width]
    text = "\n".join([line] * (SIZE // (len(line) + 1)))
    assert seconds(lambda: split(text), enough=1) < 1


@pytest.mark.parametrize("line", ["a@b.", "A", ">", "> a", "-", "--", "From: a", "> > a"])
@pytest.mark.parametrize("between", ["", "\n"])
def test_splitting_a_million_characters_takes_less_than_four_seconds(line: str, between: str) -> None:
    text = f"{line}\n{between}" * (1_000_000 // (len(line) + 1 + len(between)))
    assert seconds(lambda: split(text), enough=4) < 4


@pytest.mark.parametrize(
    "seed",
    [
        "<blockquote>",
        "<div class=gmail_quote>",
        "<div id=Signature>a</div>",
        "<blockquote type=cite>a</blockquote>b",
        "<div name=quote>a",
    ],
)
def test_reading_html_quotes_takes_less_than_four_seconds(seed: str) -> None:
    html = seed * (SIZE // len(seed))
    assert seconds(lambda: html_text(html), enough=4) < 4

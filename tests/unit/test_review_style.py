"""The style sheet's colours keep WCAG 2.2's 4.5:1 in light and in dark, and it asks nothing of another host."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import review

CSS = (Path(review.__file__).parent / "static" / "review.css").read_text("utf-8")
PAIRS = [
    *((ink, ground) for ink in ("ink", "soft", "link") for ground in ("ground", "card", "raised")),
    *((tone, f"{tone}-ground") for tone in ("good", "warn", "bad")),
    *(("ink", f"c{n}-ground") for n in range(1, 7)),
    *(("on-c", f"c{n}") for n in range(1, 7)),
    *((tone, ground) for tone in ("good", "warn", "bad") for ground in ("card", "ground")),
    ("on-accent", "accent"),
    ("ink", "slot-ground"),
    ("soft", "slot-ground"),
    ("on-top", "top"),
    ("on-top-soft", "top"),
]


def colours(block: str) -> dict[str, str]:
    return dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", block))


LIGHT = colours(CSS.split("@media (prefers-color-scheme: dark)")[0])
DARK = LIGHT | colours(CSS.split("@media (prefers-color-scheme: dark)")[1].split("\n}")[0])


def luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    bright, dim = sorted((luminance(one), luminance(other)), reverse=True)
    return (bright + 0.05) / (dim + 0.05)


@pytest.mark.parametrize("scheme", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize(("ink", "ground"), PAIRS)
def test_text_is_legible(scheme: dict[str, str], ink: str, ground: str) -> None:
    assert contrast(scheme[ink], scheme[ground]) >= 4.5


@pytest.mark.parametrize("scheme", [LIGHT, DARK], ids=["light", "dark"])
def test_the_edge_of_a_field_is_seen(scheme: dict[str, str]) -> None:
    assert contrast(scheme["edge"], scheme["card"]) >= 3


def test_dark_is_another_scheme() -> None:
    assert LIGHT["ground"] != DARK["ground"]


def test_nothing_is_loaded_by_the_style() -> None:
    assert not re.search(r"url\(|@import|https?:", CSS)

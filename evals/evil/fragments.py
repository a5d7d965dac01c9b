"""The hand-made payloads of `handmade.yaml`: what a hijacked model would write, each with the goal that it serves."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import yaml


@dataclass(frozen=True, slots=True)
class Fragment:
    """A payload. `language` is empty for what is built of signs."""

    goal: str
    language: str
    text: str


@cache
def fragments() -> tuple[Fragment, ...]:
    """Give every hand-made payload, in the order of the file."""
    listed = yaml.safe_load((Path(__file__).parent / "handmade.yaml").read_text("utf-8"))
    shapes = listed.pop("shapes")
    worded = [
        Fragment(goal, language, text)
        for goal, languages in listed.items()
        for language, texts in languages.items()
        for text in texts
    ]
    return (*worded, *(Fragment(shape["goal"], "", shape["text"]) for shape in shapes))

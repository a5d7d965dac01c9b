"""Reads how a collector wants a draft worded anew: a few instructions that need no model, else a wish for one. Pure.

Only what is understood whole counts as one of these; any other text stays a wish, in the collector's words.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from agent.fixed import MOST_WISHED

#: The languages of the templates, by the words that people call them with.
LANGUAGES: dict[str, str] = {
    "en": "English",
    "de": "German",
    "fr": "French",
    "es": "Spanish",
    "nl": "Dutch",
    "it": "Italian",
    "pt": "Portuguese",
}
_OTHER_NAMES = {"deutsch": "de", "français": "fr", "francais": "fr", "español": "es", "espanol": "es"} | {
    "nederlands": "nl",
    "italiano": "it",
    "português": "pt",
    "portugues": "pt",
    "englisch": "en",
}
_NUMBERS = {
    word: count
    for count, word in enumerate(
        ("two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"), 2
    )
}
_ASIDE = r"(?:please |make it |a (?:bit|little) |much |write it |offer |propose )*"
_SHORTER = re.compile(rf"{_ASIDE}(?:shorter|briefer|short|brief|kürzer)")
_WARMER = re.compile(rf"{_ASIDE}(?:warmer|friendlier|softer|gentler|more friendly|freundlicher)")
_FIRMER = re.compile(rf"{_ASIDE}(?:firmer|stricter|more firm|more direct|bestimmter)")
_PLAN = re.compile(
    rf"{_ASIDE}(?:a plan (?:of|with|in) )?(\d{{1,2}}|{'|'.join(_NUMBERS)}) ?(?:monthly )?(?:instal+ments?|rates|raten|payments)"
)
_LANGUAGE = re.compile(rf"{_ASIDE}(?:in |auf |en )?(\w+)")


@dataclass(frozen=True, slots=True)
class Instruction:
    """What is asked of the draft. `tone`: a step warmer (-1) or firmer (1). `wish`: what only a model can follow."""

    brief: bool = False
    tone: int = 0
    instalments: int | None = None
    language: str | None = None
    wish: str = ""


def understood(text: str) -> Instruction:
    """Read an instruction. Raises ValueError where it is empty or too long."""
    words = " ".join(text.split())
    if not words:
        raise ValueError("say how it should be worded: shorter, warmer, firmer, three instalments, in German")
    if len(words) > MOST_WISHED:
        raise ValueError(f"an instruction has at most {MOST_WISHED} characters")
    said = words.lower().rstrip(".!")
    if _SHORTER.fullmatch(said):
        return Instruction(brief=True)
    if _WARMER.fullmatch(said):
        return Instruction(tone=-1)
    if _FIRMER.fullmatch(said):
        return Instruction(tone=1)
    if plan := _PLAN.fullmatch(said):
        return Instruction(instalments=_NUMBERS.get(plan[1]) or int(plan[1]))
    language = _LANGUAGE.fullmatch(said)
    if language and (code := _language(language[1])):
        return Instruction(language=code)
    return Instruction(wish=words)


def _language(name: str) -> str | None:
    named = {full.lower(): code for code, full in LANGUAGES.items()} | _OTHER_NAMES
    return named.get(name) or (name if name in LANGUAGES else None)

"""The prompts for the model: fixed text first, this message's text last, so that a provider's prompt cache hits.

The reader's prompt holds no ledger data beyond invoice numbers; the writer's holds no raw mail and no figure. Policy
limits and secrets are in neither.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from store.vocabulary import Register

_HERE = Path(__file__).parent

_LANGUAGE_NAMES = {
    "en": "English",
    "de": "German",
    "fr": "French",
    "es": "Spanish",
    "nl": "Dutch",
    "it": "Italian",
    "pt": "Portuguese",
}


@dataclass(frozen=True, slots=True)
class ClaimToDecide:
    """One claim with the tools that are permitted for it."""

    index: int
    reason: str
    invoices: tuple[str, ...]
    evidence: str
    allowed: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class StepToWrite:
    """One thing that the mail announces, the reason for it, and the customer's words that called for it."""

    what: str
    reason: str
    evidence: str


@cache
def _environment() -> Environment:
    # Prompts are plain text: HTML escaping would change the customer's words before the model reads them.
    return Environment(  # noqa: S701
        loader=FileSystemLoader(_HERE / "model"),
        undefined=StrictUndefined,
        trim_blocks=False,
        keep_trailing_newline=False,
    )


def _render(name: str, **values: object) -> str:
    return _environment().get_template(name).render(**values).strip()


def read_prompt(*, text: str, subject: str, invoices: Sequence[str]) -> tuple[str, str]:
    """Give (system, user) for the reader. The mark around the reply is its hash: the reply cannot forge its own end."""
    mark = hashlib.sha256(f"{subject}\0{text}".encode("utf-8", "surrogatepass")).hexdigest()[:12]
    return _render("read.system.j2"), _render("read.user.j2", text=text, subject=subject, invoices=invoices, mark=mark)


def decide_prompt(*, claims: Sequence[ClaimToDecide], tools: Mapping[str, str]) -> tuple[str, str]:
    """Give (system, user) for the choice among permitted tools."""
    return _render("decide.system.j2", tools=tools), _render("decide.user.j2", claims=claims)


def write_prompt(
    *,
    language: str,
    formal: bool,
    register: Register,
    steps: Sequence[StepToWrite],
    slots: Mapping[str, str],
    history: Sequence[str] = (),
    faults: Sequence[str] = (),
    wish: str = "",
) -> tuple[str, str]:
    """Give (system, user) for the writer. `slots` maps each permitted slot to what it stands for, never to its value.

    `wish`: how our own colleague would like it worded; it stands quoted, and below every rule.
    """
    style = (_HERE / "tones" / f"{register}.md").read_text("utf-8").strip()
    system = _render(
        "write.system.j2",
        language_name=_LANGUAGE_NAMES.get(language, "English"),
        formality="Use the polite form of address." if formal else "Use the familiar form, as the customer does.",
        register=register.value,
        style=style,
    )
    return system, _render("write.user.j2", steps=steps, slots=slots, history=history, faults=faults, wish=wish)

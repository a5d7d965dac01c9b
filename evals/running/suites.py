"""Loads a suite as the list of turns that a run works on. What cannot be loaded is named by file and line, and left out."""

from __future__ import annotations

from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Literal

from evals.conversations.format import Conversation, Turn
from evals.conversations.loading import Broken, Fault, folders, load

Split = Literal["dev", "holdout", "all"]


class NoSuite(ValueError):
    """A folder that holds nothing to run. The text says what to do."""


@dataclass(frozen=True, slots=True)
class Case:
    """One turn of one conversation, as a run works on it."""

    conversation: Conversation
    turn: Turn
    folder: Path

    @property
    def id(self) -> str:
        """Its name in results: conversation and file."""
        return f"{self.conversation.id}/{self.turn.message}"


@dataclass(frozen=True, slots=True)
class Suite:
    """The turns that were chosen of a suite, and what of it is broken, a line each."""

    folder: Path
    cases: tuple[Case, ...]
    broken: tuple[str, ...]
    selected: str | None = None

    @property
    def name(self) -> str:
        """The folder's own name."""
        return self.folder.resolve().name


def load_suite(folder: Path, *, split: Split = "all", only: str | None = None) -> Suite:
    """Load a suite, or one conversation. `only`: a pattern as in `promise-*`, for conversations or turns. Raises NoSuite."""
    found = folders(folder)
    if not found:
        raise NoSuite(f"{folder}: holds no conversation (no case.yaml)")
    cases: list[Case] = []
    faults: list[Fault] = []
    known: dict[str, Path] = {}
    for one in found:
        if one.name in known:
            faults.append(Fault(one, 0, f"has the same name as {known[one.name]}: names of conversations differ"))
            continue
        known[one.name] = one
        try:
            conversation = load(one)
        except Broken as error:
            faults += error.faults
            continue
        if split in ("all", conversation.case.split):
            cases += [Case(conversation, turn, one) for turn in conversation.expected.turns]
    if only is not None:
        cases = [case for case in cases if fnmatchcase(case.conversation.id, only) or fnmatchcase(case.id, only)]
    if not cases and not faults:
        raise NoSuite(f"{folder}: no conversation of it is chosen by {_selected(split, only)}")
    return Suite(folder, tuple(cases), tuple(map(str, faults)), _selected(split, only))


def _selected(split: Split, only: str | None) -> str | None:
    parts = ([f"split {split}"] if split != "all" else []) + ([f"only {only}"] if only is not None else [])
    return ", ".join(parts) or None

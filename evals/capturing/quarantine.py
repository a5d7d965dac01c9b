"""Where a captured conversation waits until a person has looked through it, and how it comes out of there.

A conversation counts by its `case.yaml`. In quarantine that file is called `case.draft.yaml`, so that no run and no check sees it.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from evals.capturing.labels import TO_LABEL
from evals.conversations.loading import DRAFT, Broken, load
from evals.conversations.world import standing

TO_REVIEW, REVIEW = "to-review", "review.md"
_IGNORE = "# Captured from a queue and not looked through yet: nothing here is to be committed or shared.\n*\n"


class Refused(ValueError):
    """A conversation that cannot be accepted: why, a line each."""


def put(
    root: Path, name: str, *, case: Any, ledger: Any, expected: Any, mails: Mapping[str, bytes], review: str
) -> Path:
    """Write a conversation into quarantine, readable by its owner alone. Raises FileExistsError."""
    quarantine = root / TO_REVIEW
    quarantine.mkdir(parents=True, exist_ok=True)
    if not (quarantine / ".gitignore").exists():
        _write(quarantine / ".gitignore", _IGNORE.encode())
    folder = quarantine / name
    folder.mkdir(mode=0o700)
    (folder / "thread").mkdir(mode=0o700)
    _write(folder / DRAFT, _yaml(case))
    _write(folder / "ledger.json", ledger.model_dump_json(indent=1, exclude_defaults=True).encode() + b"\n")
    _write(folder / "expected.yaml", _yaml(expected.model_dump(mode="json", exclude_defaults=True, by_alias=True)))
    for file, raw in mails.items():
        _write(folder / "thread" / file, raw)
    _write(folder / REVIEW, review.encode())
    return folder


def accept(named: Path, *, by: str) -> Path:
    """Take a conversation out of quarantine, as the person says who looked through it. Raises Refused, and changes nothing then."""
    if not by.strip():
        raise Refused("say who looked through it: --by NAME")
    folder = _found(named)
    target = folder.parent.parent / folder.name
    if target.exists():
        raise Refused(f"{target} is there already")
    with tempfile.TemporaryDirectory(dir=folder.parent) as scratch:
        made = Path(scratch) / folder.name
        shutil.copytree(folder, made, ignore=shutil.ignore_patterns(REVIEW, DRAFT))
        _write(made / "case.yaml", _signed(folder / DRAFT, by.strip()))
        _check(made)
        made.rename(target)
    shutil.rmtree(folder)
    return target


def waiting(root: Path) -> list[Path]:
    """List what waits in quarantine, by name."""
    return sorted(path.parent for path in (root / TO_REVIEW).glob(f"*/{DRAFT}"))


def _found(named: Path) -> Path:
    for folder in (named, named.parent / TO_REVIEW / named.name):
        if (folder / DRAFT).is_file() and folder.parent.name == TO_REVIEW:
            return folder
    raise Refused(f"{named}: there is no captured conversation of that name in {named.parent / TO_REVIEW}")


def _signed(draft: Path, by: str) -> bytes:
    try:
        case = yaml.safe_load(draft.read_text("utf-8"))
        labelled = list(case["provenance"]["labelled_by"])
    except (yaml.YAMLError, UnicodeDecodeError, KeyError, TypeError) as error:
        raise Refused(f"{draft}: cannot be read: {error}") from None
    case["provenance"]["labelled_by"] = [*labelled, f"looked through by {by}"]
    return _yaml(case)


def _check(folder: Path) -> None:
    """Load and live through it: what breaks there would break every run."""
    try:
        conversation = load(folder)
    except Broken as broken:
        raise Refused("\n".join(f"{fault.file.name}:{fault.line}: {fault.text}" for fault in broken.faults)) from None
    marks = [
        f"{turn.message}: {turn.note}" for turn in conversation.expected.turns if (turn.note or "").startswith(TO_LABEL)
    ]
    if marks:
        raise Refused(
            "\n".join(
                ["expected.yaml: a person has to say what is expected, and take the mark out of the note:", *marks]
            )
        )
    for turn in conversation.expected.turns:
        try:
            with standing(conversation, turn):
                pass
        except Exception as error:
            raise Refused(
                f"{turn.message}: cannot be lived through: {type(error).__name__}: {str(error)[:300]}"
            ) from None


def _yaml(document: Any) -> bytes:
    return yaml.safe_dump(document, allow_unicode=True, sort_keys=False, width=120).encode()


def _write(path: Path, content: bytes) -> None:
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(content)

"""Puts answers from outside into a recording. Nothing that is recorded is lost; an answer that comes again replaces itself."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from itertools import groupby
from pathlib import Path

from evals.cassettes.format import Asked, CassetteError, Head, Line, read_cassette, write_cassette
from evals.cassettes.replaying import Replay
from evals.running.digests import prompts_digest


def keep(folder: Path, lines: Sequence[Line], *, model: str | None, now: datetime, dunwell: str) -> int:
    """Add answers to the files of their conversations; give how many were not there before.

    `model` is needed where the folder holds no recording yet. Raises CassetteError.
    """
    replay = Replay(folder) if any(folder.glob("*.jsonl")) else None
    named = replay.model if replay is not None else model
    if named is None:
        raise CassetteError(f"{folder}: is a new recording: say with --model whose answers these are")
    if model not in (None, named):
        raise CassetteError(f"{folder}: holds a recording of {named}, not of {model}: give a folder for each model")
    if replay is not None and any(head.how != "file" for head in replay.heads.values()):
        raise CassetteError(f"{folder}: was recorded live: answers from files do not go into it")
    asked, new = replay.asked if replay is not None else Asked(), 0
    in_order = sorted(lines, key=lambda line: line.turn)
    for conversation, group in groupby(in_order, key=lambda line: line.turn.partition("/")[0]):
        path = folder / f"{conversation}.jsonl"
        there = {(one.turn, one.key, one.n): one for one in (read_cassette(path)[1] if path.exists() else [])}
        before = len(there)
        there.update({(one.turn, one.key, one.n): one for one in group})
        new += len(there) - before
        head = Head(
            conversation=conversation,
            model=named,
            how="file",
            recorded=now,
            dunwell=dunwell,
            prompts=prompts_digest(),
            asked=asked,
        )
        write_cassette(path, head, list(there.values()))
    return new

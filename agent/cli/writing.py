"""Writes a result so that nobody ever finds half of it under its name."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

from agent.cli.output import CommandFailed


@contextmanager
def written_whole(out: Path) -> Iterator[TextIO]:
    """Give a file that takes its name when all is written. Pipes and devices are written to. Raises CommandFailed."""
    try:
        target = out.resolve()
        if target.exists() and not target.is_file():
            with out.open("w", encoding="utf-8", newline="\n") as file:
                yield file
            return
        draft = target.with_name(f".{target.name}.{os.getpid()}.part")
        try:
            with draft.open("w", encoding="utf-8", newline="\n") as file:
                yield file
            draft.replace(target)
        finally:
            draft.unlink(missing_ok=True)
    except OSError as error:
        raise CommandFailed(f"{out} cannot be written: {error.strerror}", code=2) from None

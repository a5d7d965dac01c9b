"""How the command line speaks: Rich for people, plain JSON for programs, one line for a fault."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

from rich.console import Console
from rich.markup import escape


class CommandFailed(Exception):
    """A command cannot do what was asked. The text says what is wrong and what to do."""

    def __init__(self, text: str, *, code: int = 1) -> None:
        """Keep the exit code: 1 it failed, 2 the input is wrong."""
        super().__init__(text)
        self.code = code


@contextmanager
def input_refused(*kinds: type[Exception]) -> Iterator[None]:
    """Turn a refusal of the input whose text is for a person into the one line that the command ends with."""
    try:
        yield
    except kinds as refused:
        raise CommandFailed(str(refused), code=2) from None


@cache
def console() -> Console:
    """Give the console for results."""
    return Console(highlight=False)


@cache
def errors() -> Console:
    """Give the console for progress and faults, apart from results."""
    return Console(stderr=True, highlight=False)


def say(text: str) -> None:
    """Print a line for a person. Text from mails is never read as markup."""
    console().print(escape(text))


def fail(text: str, *, company: str | None = None) -> None:
    """Print a fault; `company`: whose it is, where an installation holds several."""
    whose = f" {company}:" if company is not None else ""
    for line in text.splitlines():
        errors().print(f"[red]dunwell:[/red]{whose} {escape(line)}", soft_wrap=True)


def print_json(document: Any) -> None:
    """Print one JSON document, and nothing else, to standard output."""
    json.dump(document, sys.stdout, ensure_ascii=False, indent=2, default=str)
    sys.stdout.write("\n")

"""Marks steps of the work for tracing: a name and ids. Nothing happens unless a tracer was asked for (`agent.tracing`).

A span never carries words, addresses, names or the text of an error, and never changes what the step in it does.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

#: Makes a span of a name and ids.
Tracer = Callable[[str, dict[str, int | str]], AbstractContextManager[object]]

_tracer: Tracer | None = None


def trace_with(tracer: Tracer | None) -> None:
    """Report the spans of this process to a tracer; None ends that."""
    global _tracer
    _tracer = tracer


@contextmanager
def span(name: str, *, message: int | None = None, mailbox: str = "", **ids: int | None) -> Iterator[None]:
    """Mark a step. `mailbox` is the name of a mailbox in the configuration; all else are numbers of rows."""
    tracer = _tracer
    if tracer is None:
        yield
        return
    numbers = {"message": message, **ids}
    told: dict[str, int | str] = {key: number for key, number in numbers.items() if number is not None}
    with tracer(name, told | ({"mailbox": mailbox} if mailbox else {})):
        yield

"""Reads a list to its end, page by page, and believes it only where the pages fit together.

A record that comes twice, a cursor that comes again, a count that is not met or that moves: the list is read anew, and after
some tries nothing of it is taken. Half a list is never given.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from ledger.connectors.failures import BadAnswer, PagingFault

Record = Mapping[str, Any]

#: So often a list is read anew whose pages do not fit together: something may change while it is read.
TRIES = 3
#: No list of receivables has more pages; one that goes on for ever does.
MOST_PAGES = 20_000


@dataclass(frozen=True, slots=True)
class Part:
    """One page: its records, where the next one begins (None: it was the last), and how many the system says there are in all."""

    records: list[Record]
    next: Any = None
    total: int | None = None


def whole(
    what: str,
    fetch: Callable[[Any], Part],
    *,
    identity: Callable[[Record], str],
    first: Any = None,
    count: Callable[[], int] | None = None,
    at_least: bool = False,
) -> list[Record]:
    """Read a whole list; `fetch` gives the page at a cursor. Raises PagingFault after some tries, else what `fetch` raises.

    `count` asks the system how many there are, where a page does not say it; with `at_least` it may lag behind what came.
    """

    def counted(found: int) -> int | None:
        said = count() if count is not None else None
        return found if at_least and said is not None and said < found else said

    for _ in range(TRIES - 1):
        try:
            return _once(what, fetch, identity, first, counted)
        except PagingFault:
            continue
    return _once(what, fetch, identity, first, counted)


def _once(
    what: str,
    fetch: Callable[[Any], Part],
    identity: Callable[[Record], str],
    first: Any,
    counted: Callable[[int], int | None],
) -> list[Record]:
    found: dict[str, Record] = {}
    cursors = {repr(first)}
    at, total = first, None
    for number in range(1, MOST_PAGES + 1):
        part = fetch(at)
        total = _agreed(what, number, total, part.total)
        for record in part.records:
            _take(what, number, found, identity(record), record)
        if part.next is None:
            said = counted(len(found))
            _met(what, len(found), total if said is None else said)
            return list(found.values())
        if not part.records:
            raise PagingFault(f"{what}: page {number} is empty, and yet says that more follow")
        if repr(part.next) in cursors:
            raise PagingFault(f"{what}: page {number} leads back to one that was read already")
        cursors.add(repr(part.next))
        at = part.next
    raise PagingFault(f"{what}: does not end after {MOST_PAGES} pages")


def _take(what: str, number: int, found: dict[str, Record], key: str, record: Record) -> None:
    if not key:
        raise BadAnswer(f"{what}: a record of page {number} has no id")
    if key in found:
        how = "once more" if found[key] == record else "once more, and changed"
        raise PagingFault(f"{what}: page {number} holds {key} {how}: the list moved while it was read")
    found[key] = record


def _agreed(what: str, number: int, before: int | None, said: int | None) -> int | None:
    if before is not None and said is not None and said != before:
        raise PagingFault(f"{what}: page {number} says that there are {said}, the one before said {before}")
    return said if said is not None else before


def _met(what: str, found: int, said: int | None) -> None:
    if said is not None and said != found:
        raise PagingFault(f"{what}: {found} came, and the system says that there are {said}")


def rows(what: str, answer: Record, *path: str) -> list[Record]:
    """Give the list at a path of an answer. Raises BadAnswer where something else stands there."""
    found: Any = answer
    for key in path:
        found = found.get(key) if isinstance(found, Mapping) else None
    if not isinstance(found, list) or not all(isinstance(each, Mapping) for each in found):
        raise BadAnswer(f"{what}: the answer holds no list {'.'.join(path)!r}")
    return found


def number_at(what: str, answer: Record, *path: str) -> int:
    """Give the whole number at a path of an answer. Raises BadAnswer."""
    found: Any = answer
    for key in path:
        found = found.get(key) if isinstance(found, Mapping) else None
    if isinstance(found, bool) or not isinstance(found, int):
        raise BadAnswer(f"{what}: the answer holds no number {'.'.join(path)!r}")
    return found

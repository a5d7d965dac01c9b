"""Lines of a mail as quoting sees them: their `>` prefixes, and the mark that announces older mail.

Only looking at single lines; which part of a mail is quoted is decided in `mail.quotes`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

#: Marks are looked for in this many lines; no mail that people write is longer above its first quotation.
MAX_SEARCHED = 10_000

_PREFIX = re.compile(r"(?:> ?)+")
#: A line may begin with `>` and be no quotation: an angry face, an arrow, "greater or equal".
_NO_QUOTE = re.compile(r">(?:=|[:;]-?[()<\[]|\.<|_<)")
_INITIALS = re.compile(r"[A-Z][A-Za-z]{0,3}>(?: |$)")


@dataclass(frozen=True, slots=True)
class Mark:
    """Lines `start` up to `end` announce older mail.

    `kind`: attribution, headers, original, forward, or above (reply above this line). `sender` is who wrote the older mail, as
    far as the mark says it. `sure` says that a mail program wrote the mark, so that what follows needs no `>`.
    """

    kind: str
    start: int
    end: int
    sender: str = ""
    sure: bool = True


def is_quoted(line: str) -> bool:
    """Say whether a line is quoted with `>`."""
    bare = line.lstrip(" ")
    return bare.startswith(">") and not _NO_QUOTE.match(bare)


def unprefixed(line: str) -> str:
    """Give a line without its quote prefix and outer spaces."""
    bare = line.strip()
    return _PREFIX.sub("", bare, count=1).strip() if is_quoted(bare) else bare


def has_words(lines: Sequence[str]) -> bool:
    """Say whether any line is more than spaces."""
    return any(line.strip() for line in lines)


def next_words(lines: Sequence[str], index: int) -> int:
    """Give the first line from `index` on that has words below its prefix; the number of lines where none has."""
    while index < len(lines) and not unprefixed(lines[index]):
        index += 1
    return index


def with_prefixes(lines: list[str]) -> list[str]:
    """Put `> ` before lines that are quoted with a bar or with the writer's initials, so that all quoting looks alike.

    One such line alone is no quotation, nor is a table: what has more bars than the first stays as it is.
    """
    marked = [_other_prefix(line) for line in lines]
    found = list(lines)
    for index, prefix in enumerate(marked):
        if prefix and prefix in (*marked[max(0, index - 1) : index], *marked[index + 1 : index + 2]):
            found[index] = f"> {lines[index].lstrip()}"
    return found


def _other_prefix(line: str) -> str:
    bare = line.strip()[:500]
    if bare.startswith("|") and not bare.startswith("||") and "|" not in bare[1:].lstrip("| "):
        return "|"
    match = _INITIALS.match(bare)
    return match[0].strip() if match else ""

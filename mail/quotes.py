"""Split the words of a mail into what the customer writes now, what is quoted, and the signature.

No line is ever lost: the three together hold every line that has words. Where it is not certain that a line is quoted,
it counts as the customer's own. Answers written between quoted lines stay new text, each after the line it answers.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from mail.quote_marks import Mark, by_program, is_forward_subject, is_quoted, mark_at, unprefixed
from mail.signatures import cut

#: Above this many quoted lines a single quotation is a whole mail, and text below it is no answer to its last line.
_SHORT_QUOTE = 5
_MAX_FORWARDS = 5


@dataclass(frozen=True, slots=True)
class Split:
    """The three parts of a mail's words, and what was noticed: forwarded, inline_answers, no_new_text."""

    new_text: str
    quoted_text: str
    signature: str
    flags: frozenset[str] = frozenset()


def split(text: str, *, subject: str = "", recipients: Collection[str] = (), history_line: int | None = None) -> Split:
    """Split canonical text.

    `recipients` are the addresses and names that this mail went to, which include ours: a mail passed on that one of them wrote
    is our own and no word of the customer. `history_line` is where the HTML says that older mail begins.
    """
    lines = text.split("\n")
    new, quoted, flags = _split(
        lines,
        subject=subject,
        ours=frozenset(name.lower() for name in recipients if len(name) > 4),
        history=history_line,
        level=0,
    )
    new, signature = cut(new)
    if not any(line.strip() and not is_quoted(line) for line in new):
        flags = flags | {"no_new_text"}
    return Split(_join(new), _join(quoted), _join(signature), frozenset(flags))


def _split(
    lines: list[str], *, subject: str, ours: frozenset[str], history: int | None, level: int
) -> tuple[list[str], list[str], set[str]]:
    mark = _first_mark(lines, history)
    if mark is None:
        return _by_prefix(lines, None) if any(map(is_quoted, lines)) else _by_quotequail(lines)
    above = _has_words(lines[: mark.start])
    if _passes_on(mark, subject=subject, ours=ours, above=above, level=level):
        inner = lines[mark.end :]
        if any(map(is_quoted, lines[mark.start : mark.end])):
            inner = [line.lstrip()[1:].removeprefix(" ") if is_quoted(line) else line for line in inner]
        new, quoted, flags = _split(inner, subject="", ours=ours, history=None, level=level + 1)
        return lines[: mark.end] + new, quoted, flags | {"forwarded"}
    if mark.kind == "attribution":
        return _by_prefix(lines, mark)
    if is_quoted(lines[mark.start]):
        return _by_prefix(lines, mark)
    return lines[: mark.start], lines[mark.start :], set()


def _first_mark(lines: list[str], history: int | None) -> Mark | None:
    """Find where older mail is announced first; a mark inside a quotation counts only where nothing stands before it."""
    for index in range(len(lines)):
        if history is not None and index >= history:
            return mark_at(lines, index) or Mark("headers", index, index + 1)
        if is_quoted(lines[index]) and any(map(is_quoted, lines[max(0, index - 3) : index])):
            continue
        mark = mark_at(lines, index)
        if mark and (mark.kind != "attribution" or _stands(lines, mark)):
            return mark
    return None


def _stands(lines: list[str], mark: Mark) -> bool:
    """Say whether a quotation follows the attribution, or a program wrote it."""
    following = next((line for line in lines[mark.end :] if line.strip()), "")
    return is_quoted(following) or is_quoted(lines[mark.start]) or by_program(mark)


def _passes_on(mark: Mark, *, subject: str, ours: frozenset[str], above: bool, level: int) -> bool:
    """Say whether the older mail is passed on to us, so that its words are news."""
    if mark.kind == "attribution" or level >= _MAX_FORWARDS:
        return False
    sender = mark.sender.lower()
    from_us = any(address in sender for address in ours)
    if mark.kind == "forward" or (is_forward_subject(subject) and level == 0):
        return not above or not from_us
    return not above and bool(sender) and not from_us


def _by_prefix(lines: list[str], mark: Mark | None) -> tuple[list[str], list[str], set[str]]:
    """Split where quoted lines bear `>`: all others are the customer's. Without any `>` below the mark, all below is quoted."""
    start, end = (mark.start, mark.end) if mark else (len(lines), len(lines))
    if mark and not is_quoted(lines[start]) and not is_quoted(next((line for line in lines[end:] if line.strip()), "")):
        return lines[:start], lines[start:], set()
    quoted_at = [start <= n < end or is_quoted(line) or _is_broken_quote(lines, n) for n, line in enumerate(lines)]
    blocks = _blocks(lines, quoted_at)
    last_quote = max((n for n, (is_quote, _) in enumerate(blocks) if is_quote), default=-1)
    new: list[str] = []
    quoted: list[str] = []
    inline = False
    for number, (is_quote, block) in enumerate(blocks):
        if is_quote:
            quoted += block
            continue
        before = blocks[number - 1][1] if number else []
        says_something = _has_words(cut(["x", *block])[0][1:])
        if before and says_something and (inline or number < last_quote or len(_words(before)) <= _SHORT_QUOTE):
            answered = _answered(before)
            new += ["", *answered] if answered else []
            inline = inline or bool(answered)
        new += block
    return new, quoted, {"inline_answers"} if inline else set()


def _blocks(lines: list[str], quoted_at: list[bool]) -> list[tuple[bool, list[str]]]:
    """Group lines into runs, quoted or not; blank lines never make a run of their own."""
    blocks: list[tuple[bool, list[str]]] = []
    for line, is_quote in zip(lines, quoted_at, strict=True):
        if blocks and (not line.strip() or blocks[-1][0] == is_quote):
            blocks[-1][1].append(line)
        else:
            blocks.append((is_quote, [line]))
    return blocks


def _answered(block: list[str]) -> list[str]:
    """Give the last quoted paragraph, at most three lines of it, each with `> `."""
    found: list[str] = []
    for line in reversed([line for line in block if line.strip()]):
        bare = unprefixed(line)
        if found and (not bare or mark_at([line], 0)):
            break
        if bare and is_quoted(line):
            found.insert(0, f"> {bare}")
        if len(found) == 3:
            break
    return found


def _is_broken_quote(lines: list[str], index: int) -> bool:
    """Recognise the rest of a long quoted line that a mail program wrapped without repeating the `>`."""
    if not 0 < index < len(lines) - 1 or not lines[index][:1].islower():
        return False
    before, after = lines[index - 1].rstrip(), lines[index + 1]
    return is_quoted(before) and is_quoted(after) and len(before) >= 70 and before[-1] not in ".:?!"


def _by_quotequail(lines: list[str]) -> tuple[list[str], list[str], set[str]]:
    """Ask quotequail for attribution lines that are not known here; a mere rule of underscores is not enough."""
    import quotequail

    if len(lines) > 2000:
        return lines, [], set()
    # Its patterns need quadratic time, so it sees only lines that can be the end of an attribution, or stand before one.
    ends = [len(line) <= 200 and line.rstrip().endswith((":", "-", ">")) for line in lines] + [False]
    asked = [line if len(line) <= 200 and (ends[n] or ends[n + 1]) else "" for n, line in enumerate(lines)]
    parts = quotequail.quote("\n".join(asked), limit=len(lines) + 1, quote_intro_line=True)
    start = len(lines) - (parts[-1][1].count("\n") + 1)
    if len(parts) < 2 or not _has_words(lines[:start]) or not lines[start].strip(" _-"):
        return lines, [], set()
    if mark_at(lines, start) is not None:  # known here too, and found not to be a program's
        return lines, [], set()
    return lines[:start], lines[start:], set()


def _has_words(lines: list[str]) -> bool:
    return any(line.strip() for line in lines)


def _words(block: list[str]) -> list[str]:
    return [line for line in block if unprefixed(line)]


def _join(lines: list[str]) -> str:
    """Join lines without outer blank lines, trailing spaces and more than one blank line in a row."""
    kept: list[str] = []
    for line in (line.rstrip() for line in lines):
        if line or (kept and kept[-1]):
            kept.append(line)
    return "\n".join(kept).strip("\n")

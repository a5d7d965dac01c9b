"""Split a mail whose older words bear `>`: all other lines are the customer's, each answer after the line it answers.

An answer that stands between quoted lines is given the last quoted paragraph above it, since "the 20th" alone says
nothing. An answer below the whole quotation is like one above it: it answers the mail, and is given no quoted line.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from mail.answers_below import announced, answers_in, plain
from mail.quote_lines import MAX_SEARCHED, Mark, has_words, is_quoted, next_words, unprefixed
from mail.quote_marks import is_rule, mark_at
from mail.signatures import cut

#: Above this many quoted lines a quotation without attribution is a whole mail, and text below it no answer to its last line.
_SHORT_QUOTE = 5
_MAX_CONTEXT = 3

FirstMark = Callable[[list[str]], Mark | None]


@dataclass(slots=True)
class Parts:
    """New text in stretches as quotations divide it, the quoted lines, and what was noticed."""

    new: list[list[str]]
    quoted: list[str]
    flags: set[str] = field(default_factory=set)


def by_prefix(lines: list[str], mark: Mark | None, first_mark: FirstMark) -> Parts:
    """Split where quoted lines bear `>`. Without any `>` below the mark, all below is quoted."""
    start, end = (mark.start, mark.end) if mark else (len(lines), len(lines))
    following = next((line for line in lines[end:] if line.strip()), "")
    if mark and not is_quoted(lines[start]) and not is_quoted(following):
        return unprefixed_answers(lines, mark)
    tail = _unprefixed_history(lines, end if mark else 0, first_mark)
    quoted_at = [
        start <= n < end or n >= tail or is_quoted(line) or _is_broken_quote(lines, n) for n, line in enumerate(lines)
    ]
    _mark_attributions(lines, quoted_at, tail)
    return _woven(_blocks(lines, quoted_at), attributed=mark is not None)


def unprefixed_answers(lines: list[str], mark: Mark) -> Parts:
    """Split where the older mail below the mark bears no `>`: only answers that are announced above can be found in it."""
    above, older = lines[: mark.start], lines[mark.end :]
    if not announced(above):
        return Parts([above], lines[mark.start :])
    answers = answers_in(older)
    if not any(answers):
        return Parts([above], lines[mark.start :], {"answers_below"})
    parts = Parts([above], lines[mark.start : mark.end], {"inline_answers"})
    context: list[str] = []
    for line, is_answer in zip(older, answers, strict=True):
        if is_answer:
            parts.new.append([*(f"> {unprefixed(last)}" for last in context), plain(line)])
            context = []
        else:
            parts.quoted.append(line)
            context = [line] if line.strip() else context
    return parts


def _unprefixed_history(lines: list[str], start: int, first_mark: FirstMark) -> int:
    """Find where, below the quoted lines, older mail follows that bears no `>`."""
    begun = False
    for index in range(start, min(len(lines), start + MAX_SEARCHED)):
        if is_quoted(lines[index]):
            begun = True
            continue
        if not begun or not lines[index].strip():
            continue
        found = mark_at(lines, index)
        following = next_words(lines, found.end) if found else len(lines)
        quotes = following < len(lines) and is_quoted(lines[following])
        if found and found.kind != "forward" and found.sure and not quotes and following < len(lines):
            return index
    return len(lines)


def _mark_attributions(lines: list[str], quoted_at: list[bool], tail: int) -> None:
    """Count every attribution that stands above quoted lines as quoted, in whatever language it is."""
    for index in range(min(tail, len(lines), MAX_SEARCHED)):
        if quoted_at[index] or not lines[index].strip():
            continue
        found = mark_at(lines, index)
        if found and found.kind == "attribution":
            following = next((n for n in range(found.end, len(lines)) if lines[n].strip()), len(lines))
            if following < len(lines) and is_quoted(lines[following]):
                quoted_at[found.start : found.end] = [True] * (found.end - found.start)


def _woven(blocks: list[tuple[bool, list[str]]], *, attributed: bool) -> Parts:
    """Put the quoted and the new blocks apart, and before an answer the line it answers."""
    last_quote = max((n for n, (is_quote, _) in enumerate(blocks) if is_quote), default=-1)
    parts = Parts([], [])
    inline = False
    for number, (is_quote, block) in enumerate(blocks):
        if is_quote:
            parts.quoted += block
            continue
        before = blocks[number - 1][1] if number else []
        between = inline or number < last_quote
        picked = not attributed and len([line for line in before if unprefixed(line)]) <= _SHORT_QUOTE
        answered = _answered(before) if before and (between or picked) and _says_something(block) else []
        inline = inline or bool(answered)
        parts.new.append(["", *answered, *block] if answered else block)
    if inline:
        parts.flags.add("inline_answers")
    return parts


def _says_something(block: list[str]) -> bool:
    return has_words(cut(["x", *block])[0][1:]) and not all(is_rule(line) or not line.strip() for line in block)


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
        if len(found) == _MAX_CONTEXT:
            break
    return found


def _is_broken_quote(lines: list[str], index: int) -> bool:
    """Recognise the rest of a long quoted line that a mail program wrapped without repeating the `>`."""
    if not 0 < index < len(lines) - 1 or not lines[index][:1].islower():
        return False
    before, after = lines[index - 1].rstrip(), lines[index + 1]
    return is_quoted(before) and is_quoted(after) and len(before) >= 70 and before[-1] not in ".:?!"

"""Split the words of a mail into what the customer writes now, what is quoted, and the signature.

No line is ever lost: the three together hold every line that has words. Where it is not certain that a line is quoted,
it counts as the customer's own. Answers written between quoted lines stay new text, each after the line it answers.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace

from mail.answers_below import plain
from mail.inline_answers import Parts, by_prefix, unprefixed_answers
from mail.quote_lines import MAX_SEARCHED, Mark, has_words, is_quoted, next_words, with_prefixes
from mail.quote_marks import is_forward_subject, is_rule, mark_at
from mail.signatures import cut

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
    lines = with_prefixes(text.replace("\r\n", "\n").split("\n"))
    parts = _split(
        lines,
        subject=subject,
        ours=frozenset(name.lower() for name in recipients if len(name) > 4),
        history=history_line,
        level=0,
    )
    new, signature = _without_signature(parts.new)
    flags = set(parts.flags)
    if not any(line.strip() and not is_quoted(line) for line in new):
        flags.add("no_new_text")
    return Split(_join(new), _join(parts.quoted), _join(signature), frozenset(flags))


def _without_signature(stretches: list[list[str]]) -> tuple[list[str], list[str]]:
    """Take the signature off the end of each stretch of new text, so that an answer below a signature stays."""
    new: list[str] = []
    signature: list[str] = []
    for number, stretch in enumerate(stretches):
        others = [line for other in (*stretches[:number], *stretches[number + 1 :]) for line in other]
        kept, cut_off = cut(stretch, alone=not has_words(others))
        new += ["", *kept] if new and has_words(kept) else kept
        signature += cut_off
    return new, signature


def _split(lines: list[str], *, subject: str, ours: frozenset[str], history: int | None, level: int) -> Parts:
    mark = _first_mark(lines, history)
    if mark is not None and mark.kind == "above" and not has_words(lines[: mark.start]):
        # A ticket system writes to us: its own "reply above" stands first, and the news below it.
        rest = _split(lines[mark.end :], subject=subject, ours=ours, history=_less(history, mark.end), level=level)
        return Parts(rest.new, lines[: mark.end] + rest.quoted, rest.flags)
    if mark is None:
        return by_prefix(lines, None, _first_mark) if any(map(is_quoted, lines)) else _by_quotequail(lines)
    above = has_words(lines[: mark.start])
    if _passes_on(lines, mark, subject=subject, ours=ours, above=above, level=level):
        head, inner = lines[: mark.end], [plain(line) if history is not None else line for line in lines[mark.end :]]
        if any(map(is_quoted, lines[mark.start : mark.end])):
            head = [*lines[: mark.start], *map(_less_quoted, lines[mark.start : mark.end])]
            inner = list(map(_less_quoted, inner))
        rest = _split(inner, subject="", ours=ours, history=None, level=level + 1)
        first, *others = rest.new or [[]]
        return Parts([head + first, *others], rest.quoted, rest.flags | {"forwarded"})
    if mark.kind == "attribution" or _in_quotation(lines, mark):
        return by_prefix(lines, mark, _first_mark)
    return unprefixed_answers(lines, mark)


def _less(history: int | None, lines: int) -> int | None:
    return None if history is None else max(0, history - lines)


def _less_quoted(line: str) -> str:
    return line.lstrip()[1:].removeprefix(" ") if is_quoted(line) else line


def _in_quotation(lines: list[str], mark: Mark) -> bool:
    """Say whether the older mail bears `>`, so that what does not is the customer's."""
    following = next_words(lines, mark.end)
    quotes = following < len(lines) and is_quoted(lines[following])
    if mark.kind in ("above", "original"):
        return quotes or (is_quoted(lines[mark.start]) and not lines[mark.start].lstrip().startswith(">>> "))
    return is_quoted(lines[mark.start])


def _first_mark(lines: list[str], history: int | None = None) -> Mark | None:
    """Find where older mail is announced first; a mark inside a quotation counts only where nothing stands before it."""
    for index in range(min(len(lines), MAX_SEARCHED)):
        if history is not None and index >= history:
            following = next_words(lines, index)
            found = mark_at(lines, following) if following < len(lines) else None
            return replace(found, start=index) if found else Mark("headers", index, index + 1)
        if is_quoted(lines[index]) and any(map(is_quoted, lines[max(0, index - 3) : index])):
            continue
        mark = mark_at(lines, index)
        if mark and (mark.kind != "attribution" or _stands(lines, mark)):
            return _with_rule_above(lines, mark)
    return None


def _stands(lines: list[str], mark: Mark) -> bool:
    """Say whether a quotation follows the attribution, or a program wrote it."""
    following = next((line for line in lines[mark.end :] if line.strip()), "")
    return is_quoted(following) or is_quoted(lines[mark.start]) or mark.sure


def _with_rule_above(lines: list[str], mark: Mark) -> Mark:
    """Let a rule that stands above a mark belong to it."""
    above = mark.start - 1
    while above > 0 and not lines[above].strip():
        above -= 1
    if above >= 0 and mark.start - above <= 3 and is_rule(lines[above]) and not is_quoted(lines[mark.start]):
        return replace(mark, start=above)
    return mark


def _passes_on(lines: list[str], mark: Mark, *, subject: str, ours: frozenset[str], above: bool, level: int) -> bool:
    """Say whether the older mail is passed on to us, so that its words are news."""
    if mark.kind in ("attribution", "above") or level >= _MAX_FORWARDS:
        return False
    sender = mark.sender.lower()
    from_us = any(address in sender for address in ours)
    if mark.kind == "forward" or (is_forward_subject(subject, finnish=_is_finnish(lines, mark)) and level == 0):
        return not above or not from_us
    if _in_quotation(lines, mark) and _answered_below(lines, mark):
        return False
    return not above and bool(sender) and not from_us


def _answered_below(lines: list[str], mark: Mark) -> bool:
    """Say whether unquoted words follow the last quoted line: an answer below, as forwarded mail has none."""
    last = max((n for n in range(mark.end, len(lines)) if is_quoted(lines[n])), default=len(lines))
    return has_words(lines[last + 1 :])


def _is_finnish(lines: list[str], mark: Mark) -> bool:
    return any("lähettäjä" in line.lower() for line in lines[mark.start : mark.end + 2])


def _by_quotequail(lines: list[str]) -> Parts:
    """Ask quotequail for attribution lines that are not known here; a mere rule of underscores is not enough."""
    import quotequail

    if len(lines) > 2000:
        return Parts([lines], [])
    # Its patterns need quadratic time, so it sees only lines that can be the end of an attribution, or stand before one.
    ends = [len(line) <= 200 and line.rstrip().endswith((":", "-", ">")) for line in lines] + [False]
    asked = [line if len(line) <= 200 and (ends[n] or ends[n + 1]) else "" for n, line in enumerate(lines)]
    found = quotequail.quote("\n".join(asked), limit=len(lines) + 1, quote_intro_line=True)
    start = len(lines) - (found[-1][1].count("\n") + 1)
    if len(found) < 2 or not has_words(lines[:start]) or not lines[start].strip(" _-"):
        return Parts([lines], [])
    if mark_at(lines, start) is not None:  # known here too, and found not to be a program's
        return Parts([lines], [])
    return Parts([lines[:start]], lines[start:])


def _join(lines: list[str]) -> str:
    """Join lines without outer blank lines, trailing spaces and more than one blank line in a row."""
    kept: list[str] = []
    for line in (line.rstrip() for line in lines):
        if line or (kept and kept[-1]):
            kept.append(line)
    return "\n".join(kept).strip("\n")

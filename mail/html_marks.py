"""Read back the marks that `mail.html_quotes` put into an HTML mail, after it was rendered as text.

The marks are characters that no mail may contain (they are taken out of it before). Quotations become `> ` lines, so that text
after or between them stays the customer's; a signature gets the `-- ` line that it would have in plain text, and words of another
colour in older mail a triangle, where the text above announces answers.
"""

from __future__ import annotations

import re

from mail.answers_below import COLOURED, announced
from mail.quote_lines import is_quoted
from mail.quote_marks import mark_at
from mail.signatures import is_prose

OPEN, CLOSE, HISTORY, SIGN, UNSIGN = "\ufdd0", "\ufdd1", "\ufdd2", "\ufdd3", "\ufdd4"
COLOUR, UNCOLOUR = "\ufdd5", "\ufdd6"
MARKS = re.compile("[\ufdd0-\ufdef]")

_MAX_SIGNATURE = 30


def unmark(rendered: str) -> tuple[list[str], int | None]:
    """Replace the marks: quotation depth as `> ` before each line, `-- ` above signatures, and the line where older mail begins."""
    lines: list[str] = []
    signed: list[list[int]] = []
    depth, history, open_signature = 0, None, False
    for line in _coloured_lines(rendered):
        if HISTORY in line and history is None and depth == 0:
            history = len(lines)
        depth += line.count(OPEN)
        if SIGN in line and depth == 0 and not open_signature:
            signed.append([len(lines), len(lines)])
            open_signature = True
        words = MARKS.sub("", line)
        if words.strip() or not MARKS.search(line):
            lines.append(f"{'> ' * min(depth, 9)}{words.strip() if depth else words.rstrip()}")
        if UNSIGN in line and open_signature:
            signed[-1][1], open_signature = len(lines), False
        depth = max(0, depth - line.count(CLOSE))
    return _with_delimiters(lines, signed, history)


def _coloured_lines(rendered: str) -> list[str]:
    """Give the lines; words of another colour stand on lines of their own, after a triangle."""
    if COLOUR not in rendered or not announced(rendered.partition(HISTORY)[0].split("\n")):
        return rendered.split("\n")
    lines: list[str] = []
    depth = 0
    for line in rendered.split("\n"):
        pieces = [piece for piece in re.split(f"([{COLOUR}{UNCOLOUR}])", line) if piece]
        for piece in pieces or [""]:
            if piece in (COLOUR, UNCOLOUR):
                depth = max(0, depth + (1 if piece == COLOUR else -1))
            else:
                lines.append(COLOURED + piece.strip() if depth and any(map(str.isalnum, piece)) else piece)
    return lines


def _with_delimiters(lines: list[str], signed: list[list[int]], history: int | None) -> tuple[list[str], int | None]:
    for start, end in reversed(signed):
        dashes = next(
            (n for n in (start, start - 1, start - 2) if 0 <= n < len(lines) and lines[n].strip() == "--"), None
        )
        if not _stands_last(lines, start if dashes is None else max(start, dashes + 1), end, history):
            continue
        if dashes is not None:
            lines[dashes] = "-- "  # rendering took the blank away that makes it a delimiter
        else:
            lines.insert(start, "-- ")
            if history is not None and history >= start:
                history += 1
    return lines, history


def _stands_last(lines: list[str], start: int, end: int, history: int | None) -> bool:
    """Say whether a marked signature has nothing of the customer's below it, and does not begin with a sentence."""
    words = [line for line in lines[start:end] if line.strip()]
    if not words or len(words) > _MAX_SIGNATURE or is_prose(words[0].strip()):
        return False
    if any(map(is_quoted, words)):
        return False
    below = next((n for n in range(end, len(lines)) if lines[n].strip()), len(lines))
    if below == len(lines) or (history is not None and below >= history) or is_quoted(lines[below]):
        return True
    return mark_at(lines, below) is not None

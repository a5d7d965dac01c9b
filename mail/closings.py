"""Find a signature that no dash sets off: names, titles and contact lines at the very end, below a closing formula or below a full stop.

The block counts only where every line is known, where one line is hard (a telephone, mail or web address, a street with its postcode, or
a company with a title), and where no line says something new. A closing formula with a name alone stays in the text.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from mail.announced import announces_block, hands_over
from mail.formulas import is_closing, is_signed_closing
from mail.person_lines import is_full_name, is_name, is_title, says_news
from mail.signature_lines import Kind, bare_of, is_contact, kinds_of

__all__ = ["all_known", "closes_above", "closing_block", "is_contact", "is_name", "is_title"]

_MAX_LINES = 18
_MAX_HEIGHT = 40
#: A block without a closing formula needs so many words above it, since a bare block may be the whole answer.
_LEAST_WORDS = 4
_REACHED = frozenset({Kind.PHONE, Kind.MAIL, Kind.WEB})
_OF_FIRM = frozenset({Kind.TITLE, Kind.COMPANY})
_OPENING = frozenset({Kind.NAME, *_OF_FIRM})
_NO_NEWS = frozenset({Kind.REGISTER, Kind.BANNER, Kind.SOCIAL, Kind.PICTURE})
_ENDED = re.compile(r"[.!?…)\]\"'”’»*_]|[^\w\s,:;–-]")


@dataclass(frozen=True, slots=True)
class _Tail:
    """The lines at the end of a text that are known, up to a closing formula, which has no kinds, or up to an unknown line."""

    lines: list[str]
    kinds: dict[int, frozenset[Kind]]
    closing: int | None
    last: int

    def starts(self) -> list[int]:
        """Give the first line of each known paragraph that stands below a blank line, lowest first."""
        return sorted((n for n in self.kinds if n > 0 and not self.lines[n - 1].strip()), reverse=True)

    def below(self, line: int) -> int:
        """Give the first known line that is not above `line`."""
        return min(n for n in self.kinds if n >= line)

    def is_sure(self, start: int) -> bool:
        rows = [n for n in sorted(self.kinds) if n >= start]
        return _is_sure([self.lines[n].strip() for n in rows], [self.kinds[n] for n in rows])


def closing_block(lines: list[str]) -> int:
    """Give the line where a closing signature begins; 0 where none surely does."""
    tail = _tail(lines)
    if not tail.kinds:
        return 0
    if tail.closing is None:
        return _below_text(tail)
    if announces_block(lines[: tail.closing]):
        return 0
    return _below_closing(tail, tail.closing)


def all_known(block: list[str]) -> bool:
    """Say whether every line is part of a signature, and none says something new."""
    found = [kinds_of(line) for line in block]
    return all(_is_known(found, n) for n in range(len(found))) and not any(map(_says_news, block, found))


def closes_above(above: list[str]) -> bool:
    """Say whether a closing formula stands near the end of the text above, which does not point below."""
    words = [line.strip() for line in above if line.strip()]
    return any(is_closing(line) or is_signed_closing(line) for line in words[-8:]) and not announces_block(above)


def _tail(lines: list[str]) -> _Tail:
    last = max((n for n, line in enumerate(lines) if line.strip()), default=-1)
    kinds: dict[int, frozenset[Kind]] = {}
    for index in range(last, max(-1, last - _MAX_HEIGHT), -1):
        bare = lines[index].strip()
        if not bare:
            continue
        if is_closing(bare) or is_signed_closing(bare):
            return _Tail(lines, kinds, index, last)
        found = kinds_of(bare)
        if not found or len(kinds) > _MAX_LINES:
            break
        kinds[index] = found
    return _Tail(lines, kinds, None, last)


def _below_closing(tail: _Tail, closing: int) -> int:
    """Give the start of the block below a closing formula: the formula itself, or what stands below a sign-off written by hand."""
    first = tail.below(closing + 1)
    if is_signed_closing(tail.lines[closing].strip()) and not is_closing(tail.lines[closing].strip()):
        return first if first > closing + 1 and tail.kinds[first] & _OPENING and tail.is_sure(first) else 0
    name = bare_of(tail.lines[first])
    alone = is_name(name) and not is_title(name) and first < tail.last and not tail.lines[first + 1].strip()
    for start in tail.starts():
        if start <= first or not tail.is_sure(start):
            continue
        if alone and start == tail.below(first + 1) and tail.kinds[start] & _OPENING:
            return start
        if _opens(tail.lines[start]) and _has_firm(tail, start):
            return start
    firm = any(Kind.COMPANY in kinds for kinds in tail.kinds.values())
    several = len(tail.kinds) >= 2 and (
        tail.kinds[first] & {Kind.NAME, Kind.COMPANY} or (firm and Kind.TITLE in tail.kinds[first])
    )
    return closing if several and tail.is_sure(first) else 0


def _below_text(tail: _Tail) -> int:
    """Give the start of a block without a closing formula: name, title or company, and a contact, below a blank line."""
    for start in tail.starts():
        if not _opens(tail.lines[start]) or not tail.is_sure(start):
            continue
        above = tail.lines[:start]
        firm = any(kinds & _OF_FIRM for n, kinds in tail.kinds.items() if n >= start)
        return start if firm and not announces_block(above) and _follows(above, tail.lines[start]) else 0
    return 0


def _follows(above: list[str], first: str) -> bool:
    """Say whether the text above is at its end and hands nobody's contact over; a first name above its full name says so."""
    words = [line.strip() for line in above if line.strip()]
    if not words or words[-1].startswith(">") or len(" ".join(words[-40:]).split()) < _LEAST_WORDS:
        return False
    signed = words[-1].strip("-–— ,.")
    if is_name(signed) and len(signed.split()) <= 3 and len(words) > 1:
        full = bare_of(first).lower()
        return any(f" {word[:3]}" in f" {full}" for word in signed.lower().split() if len(word) >= 3)
    return bool(_ENDED.fullmatch(words[-1][-1])) and not hands_over(words)


def _opens(line: str) -> bool:
    """Say whether a line is a full name, alone or with a title or company behind it."""
    bare = bare_of(line)
    if Kind.COMPANY in kinds_of(bare.split(" | ")[0]):
        return False
    return is_full_name(re.split(r" ?[|·•–—,]| - ", bare, maxsplit=1)[0])


def _has_firm(tail: _Tail, start: int) -> bool:
    return any(tail.kinds.get(n, frozenset()) & _OF_FIRM for n in (start, start + 1))


def _is_sure(block: list[str], found: list[frozenset[Kind]]) -> bool:
    items = len(block) + sum(" | " in line for line in block)
    if items < 2 or len(block) > _MAX_LINES:
        return False
    hard = next((n for n in range(len(found)) if _is_hard(found[: n + 1])), None)
    if hard is None or not all(_is_known(found, n) for n in range(len(found))):
        return False
    if any(Kind.BANNER in kinds for kinds in found[: hard + 1]):
        return False
    return not any(map(_says_news, block, found))


def _is_hard(found: list[frozenset[Kind]]) -> bool:
    kinds = frozenset[Kind]().union(*found)
    located = Kind.POSTCODE in kinds and bool(kinds & {Kind.STREET, Kind.MAYBE_STREET, Kind.COMPANY})
    return bool(kinds & _REACHED) or located or kinds >= _OF_FIRM


def _is_known(found: list[frozenset[Kind]], index: int) -> bool:
    """Say whether a line is known; a possible street only beside a postcode, in the same or the next line."""
    kinds = found[index]
    if Kind.MAYBE_STREET not in kinds:
        return bool(kinds)
    near = frozenset[Kind]().union(*found[max(0, index - 1) : index + 2])
    return bool(near & {Kind.POSTCODE, Kind.STREET})


def _says_news(line: str, kinds: frozenset[Kind]) -> bool:
    """Say whether a line says something new; addresses of mail and web pages and register entries have such words too."""
    if kinds and kinds <= _NO_NEWS:
        return False
    bare = " ".join(word for word in line.split() if "@" not in word and "://" not in word and "www." not in word)
    return says_news(bare)

"""Payment references as banks print them: the international one (ISO 11649) and national ones, and what they refer to. Pure.

A reference whose check digits are wrong refers to nothing: it is shown, and never matched.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from stdnum import iso11649, luhn

_JUNK = re.compile(r"[^0-9A-Za-z]")
_FINNISH = (7, 3, 1)
#: Of the Swiss QR reference: the carry table of modulo 10, recursive (Swiss Payment Standards, appendix B).
_RECURSIVE = (0, 9, 4, 6, 8, 2, 7, 1, 3, 5)


def core_of(text: str) -> str:
    """Write a number in one piece: capitals and digits alone."""
    return _JUNK.sub("", text).upper()


def referred(reference: str) -> Iterator[str]:
    """Give what a structured reference may refer to, in one piece, surest first: itself, then without its check digits.

    Of an RF reference and of one that is all digits only those whose check digits are right.
    """
    core = core_of(reference)
    if core.startswith("RF") and core[2:4].isdigit() and len(core) > 4:
        if iso11649.is_valid(core):
            yield core[4:]
            yield from _bare(core[4:])
        return
    if not core:
        return
    yield core
    yield from _bare(core)


def _bare(core: str) -> Iterator[str]:
    if not core.isdigit():
        return
    if core.lstrip("0") not in ("", core):
        yield core.lstrip("0")
    for inner in _without_check(core):
        yield inner.lstrip("0") or "0"


def _without_check(digits: str) -> Iterator[str]:
    """Take off the check digits of the national ones: Belgian, Swiss, Finnish, Norwegian."""
    if len(digits) == 12 and (int(digits[:10]) % 97 or 97) == int(digits[10:]):
        yield digits[:10]
    if len(digits) == 27 and _recursive(digits[:-1]) == int(digits[-1]):
        yield digits[:-1]
    if 4 <= len(digits) <= 20 and _finnish(digits[:-1]) == int(digits[-1]):
        yield digits[:-1]
    if 3 <= len(digits) <= 25 and luhn.is_valid(digits):
        yield digits[:-1]


def _recursive(digits: str) -> int:
    carry = 0
    for digit in digits:
        carry = _RECURSIVE[(carry + int(digit)) % 10]
    return (10 - carry) % 10


def _finnish(digits: str) -> int:
    total = sum(int(digit) * _FINNISH[place % 3] for place, digit in enumerate(reversed(digits)))
    return -total % 10

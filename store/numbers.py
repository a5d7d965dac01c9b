"""Finds our invoice numbers in a mail, however they are written. Only numbers that exist are found; none is guessed.

A number may come with its letters ("INV 20419", "inv#20419", "INV20419") or as bare digits ("20419"). Bare digits count only
when they can mean one invoice alone and are not a part of a date, an amount, a phone number or a reference of another kind.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from store.digits import Token, is_said_to_be_invoice, is_something_else, is_standalone, tokens_of

#: Bare digits shorter than this are too common to mean an invoice.
MIN_BARE = 4
#: So short they count right after a word for "invoice" only.
_MIN_SAID = 3
#: Words between the letters of a number and its digits: "INV no. 20419".
_FILLERS = frozenset({"NO", "NR", "NUM", "NUMBER", "NUMMER", "NUMERO", "N", "NUMÉRO", "NÚMERO"})
#: A longer mail than this is no letter about invoices; what stands beyond is not searched.
_MAX_TEXT = 200_000
#: Nobody names more strange numbers than this in one mail; what follows them is not looked at.
_MAX_FOREIGN = 100
_DASHES = re.compile(r"[\u2010-\u2015\u2212\ufe58\ufe63\uff0d\u00ad]")


def find_invoices(text: str, known: Sequence[str]) -> list[str]:
    """Give those of the `known` numbers that the text names, in the order of first mention."""
    return _found(text, _index(tuple(known)))


@lru_cache(maxsize=8)
def _index(known: tuple[str, ...]) -> _Index:
    """Keep the index of the customers read last: one mail is searched many times for the same numbers."""
    return _Index.of(known)


def _found(text: str, index: _Index, *, bare: Callable[[Sequence[Token], int], bool] | None = None) -> list[str]:
    """Walk through the text. `bare` says which digits without letters count; None: all that stand for themselves."""
    tokens = _tokens(text)
    found: dict[str, None] = {}
    position = 0
    while position < len(tokens):
        number, length = _written_out(tokens, position, index)
        if number is None and (bare is None or bare(tokens, position)):
            number, length = _bare(tokens, position, index)
        if number is not None:
            found.setdefault(number)
        position += max(1, length)
    return list(found)


def surely_named(text: str, known: Sequence[str]) -> list[str]:
    """Give those of the `known` numbers that a text names beyond doubt: with their letters, or right after an invoice word.

    Bare digits may be a year, an amount or somebody's order number: enough among one customer's invoices, not among all.
    """
    return _found(text, _index(tuple(known)), bare=is_said_to_be_invoice)


def foreign_numbers(text: str, known: Sequence[str]) -> list[str]:
    """Give what is written like one of the `known` numbers, letters first, and is none of them: as it is written.

    Of a mail that names very many, only the first hundred numbers are looked at.
    """
    shapes = {shape.group(1) for number in known if (shape := re.match(r"([A-Za-z]{1,6}[-/_]?)\d", number))}
    if not shapes:
        return []
    letters = "|".join(sorted(map(re.escape, shapes), key=len, reverse=True))
    written = re.findall(
        rf"(?<![\w-])(?:{letters})\d{{3,15}}(?:[-/]\d{{1,6}})?(?![\w-])", text[:_MAX_TEXT], re.IGNORECASE
    )
    index = _index(tuple(known))
    return [word for word in list(dict.fromkeys(written))[:_MAX_FOREIGN] if not _found(word, index)]


def digit_runs(text: str, *, limit: int = 40) -> list[str]:
    """Give the distinct runs of three or more digits in a text, longest first: what a number may be looked up by."""
    runs = {t.text for t in _tokens(text) if t.digits and 3 <= len(t.text) <= 20}
    return sorted(runs, key=lambda run: (-len(run), run))[:limit]


def ending_in(text: str, numbers: Iterable[str]) -> list[str]:
    """Give those of the numbers whose last digits stand in the text: no other can be named in it. Cheap, for a whole ledger."""
    runs = {t.text for t in _tokens(text) if t.digits}
    ends = {end for run in runs for end in _ends(_bare_of(run)[-20:], shortest=1)}
    # A number may also be written in groups, "20 419": then its end is longer than the last run.
    groups = {run for run in runs if len(run) >= _MIN_SAID}
    return [
        number
        for number in numbers
        if (last := _last_digits(number)) and (_bare_of(last) in ends or _ends(last, shortest=_MIN_SAID) & groups)
    ]


@lru_cache(maxsize=2)
def _tokens(text: str) -> list[Token]:
    """Split a text, and keep the last two: one mail is searched for the numbers of many customers, one after the other."""
    return tokens_of(_plain(text[:_MAX_TEXT]))


def _last_digits(number: str) -> str:
    return next(iter(re.findall(r"[0-9]+", _plain(number))[::-1]), "")[-20:]


def _bare_of(digits: str) -> str:
    return digits.lstrip("0") or "0"


def _ends(digits: str, *, shortest: int) -> set[str]:
    return {digits[start:] for start in range(len(digits) - shortest + 1)}


@dataclass(slots=True)
class _Index:
    """The known numbers by the ways in which they may be written. A way that means two numbers means none."""

    whole: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    bare: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    #: How each number is written in one piece, and its groups of digits.
    own: dict[str, str] = field(default_factory=dict)
    groups: dict[str, list[str]] = field(default_factory=dict)
    #: What a written number may begin with.
    starts: set[str] = field(default_factory=set)
    longest: int = 0

    @classmethod
    def of(cls, known: Iterable[str]) -> _Index:
        index = cls()
        for number in dict.fromkeys(known):
            tokens = tokens_of(_plain(number))
            groups = [t.text for t in tokens if t.digits]
            if not groups:
                continue
            index.own[number], index.groups[number] = _key(t.text for t in tokens), groups
            for key in {index.own[number], _key(_unpadded(t) for t in tokens)}:
                index.whole[key].add(number)
                index.longest = max(index.longest, len(key))
                index.starts.update(key[:end] for end in range(1, len(key) + 1))
            for digits in {"".join(groups), groups[-1], groups[-1].lstrip("0")}:
                if len(digits) >= _MIN_SAID:
                    index.bare[digits].add(number)
        return index

    def number(self, key: str, *, bare: bool) -> str | None:
        numbers = (self.bare if bare else self.whole).get(key)
        if numbers is None:
            return None
        # A number that is written exactly so is meant, whatever else ends in the same digits.
        exact = {n for n in numbers if self.own[n] == key}
        chosen = exact if len(exact) == 1 else numbers
        return next(iter(chosen)) if len(chosen) == 1 else None


def _written_out(tokens: Sequence[Token], start: int, index: _Index) -> tuple[str | None, int]:
    """Match the longest run of neighbouring tokens that starts here, has letters, and is a whole number."""
    best: tuple[str | None, int] = (None, 0)
    if tokens[start].text not in index.starts:
        return best
    key, letters = "", False
    for length, token in enumerate(tokens[start : start + 12], 1):
        if length > 1 and not token.near:
            break
        if length > 1 and token.text in _FILLERS and letters:
            continue
        key += token.text
        letters = letters or not token.digits
        if len(key) > index.longest + 12:
            break
        if letters and token.digits and _ends_here(tokens, start + length):
            number = index.number(key, bare=False) or index.number(_unpad_last(key, token), bare=False)
            best = (number, length) if number is not None else best
    return best


def _ends_here(tokens: Sequence[Token], after: int) -> bool:
    """Refuse a number that goes on: INV-20419-2 is not INV-20419."""
    if after >= len(tokens) or tokens[after].gap not in ("-", "_", ".", ""):
        return True
    follower = tokens[after]
    if follower.digits:
        return len(follower.text) == len(tokens[after - 1].text) and len(follower.text) > MIN_BARE
    return follower.gap in ("-", ".", "_") and len(follower.text) > 1


def _bare(tokens: Sequence[Token], position: int, index: _Index) -> tuple[str | None, int]:
    """Match digits without letters: several groups of one number, or one group."""
    if not tokens[position].digits:
        return None, 0
    for length in (3, 2, 1):
        group = tokens[position : position + length]
        if len(group) < length or not all(t.digits for t in group):
            continue
        if length > 1 and not all(t.gap in ("-", "/", ".", "_") for t in group[1:]):
            continue
        key = "".join(t.text for t in group)
        number, written = index.number(key, bare=True), key
        if number is None:
            number, written = index.number(key.lstrip("0"), bare=True), key.lstrip("0")
        if number is None or (len(written) < MIN_BARE and not is_said_to_be_invoice(tokens, position)):
            continue
        if length > 1 and (
            [t.text for t in group] != index.groups[number] or is_something_else(tokens, position, length=length)
        ):
            continue
        if length == 1 and not is_standalone(tokens, position):
            continue
        return number, length
    return None, 0


def _plain(text: str) -> str:
    return _DASHES.sub("-", unicodedata.normalize("NFKC", text)).upper()


def _key(parts: Iterable[str]) -> str:
    return "".join(parts)


def _unpadded(token: Token) -> str:
    return (token.text.lstrip("0") or "0") if token.digits else token.text


def _unpad_last(key: str, token: Token) -> str:
    return key[: len(key) - len(token.text)] + _unpadded(token)

"""Which of our columns a heading means, by known words and by words that are nearly them. Looks at headings alone."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from functools import lru_cache
from importlib.resources import files

from rapidfuzz import fuzz

from ledger.mapping_fields import ASIDE, COLUMNS, Kind

#: A misspelling is taken for a word from this likeness on; shorter words must stand as they are.
_LIKE, _LONG_ENOUGH = 82.0, 5
#: Of what is aside, less alike is something else: a web address is no address.
_LIKE_ASIDE = 88.0
_CODE = re.compile(
    r"\b(?:EUR|USD|GBP|CHF|CAD|AUD|NZD|SEK|NOK|DKK|PLN|CZK|HUF|RON|BGN|BRL|MXN|ZAR|JPY|CNY|INR|SGD|HKD|TRY|AED)\b"
)
_SIGNS = {"€": "EUR", "£": "GBP"}


@lru_cache(maxsize=1)
def words() -> dict[str, dict[str, list[str]]]:
    """Read the known words: a table for each kind of file, then each column's."""
    return tomllib.loads(files("ledger").joinpath("mapping_words.toml").read_text("utf-8"))


@lru_cache(maxsize=65_536)
def plain(text: str) -> str:
    """Write a heading without case, accents and marks, words parted by single spaces."""
    text = (
        text.casefold()
        .replace("ß", "ss")
        .replace("№", "no ")
        .replace("n°", "n ")
        .replace("nº", "n ")
        .replace("#", " no ")
    )
    bare = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    return " ".join(re.sub(r"[^0-9a-z]+", " ", bare).split())


def currency_in(heading: str) -> str:
    """Give the currency that a heading names, as in "Amount (EUR)"; empty where it names none."""
    found = _CODE.search(heading)
    if found:
        return found[0]
    return next((code for sign, code in _SIGNS.items() if sign in heading), "")


def likeness(heading: str, column: str, kind: Kind) -> float:
    """Say how much a heading looks like one of our columns: 1 a known word, above 0.8 nearly one, 0 nothing known."""
    text = plain(_CODE.sub(" ", heading))
    if column in ASIDE:
        return _aside(text, column, kind)
    for known in (*_tokens_of(text),):
        if score := _score(known, column, kind):
            return score
    return 0.0


def _tokens_of(text: str) -> tuple[str, ...]:
    # "Betrag in EUR" leaves "betrag in".
    trimmed = re.sub(r"(?: in| en| im)$", "", text)
    return (trimmed,) if trimmed else ()


@lru_cache(maxsize=20_000)
def _score(text: str, column: str, kind: Kind) -> float:
    compact = text.replace(" ", "")
    best = 0.0
    if compact == column.replace("_", ""):
        return 1.0
    for word, base in _known(column, kind):
        bare = word.replace(" ", "")
        if bare == compact:
            return base
        if len(bare) >= _LONG_ENOUGH and len(compact) >= _LONG_ENOUGH:
            alike = fuzz.ratio(compact, bare, score_cutoff=_LIKE)
            best = max(best, base * alike / 100)
        if f" {word} " in f" {text} " and len(bare) >= 3:
            best = max(best, base * (0.6 + 0.3 * len(bare) / len(compact)))
    return best


@lru_cache(maxsize=20_000)
def _aside(text: str, column: str, kind: Kind) -> float:
    """Score a heading of an address or a number by itself, without "billing" or "des Kunden"; a part of it says nothing."""
    best = 0.0
    for bare in {text, _unqualified(text)} - {""}:
        compact, digits = bare.replace(" ", ""), re.sub(r"\D", "", bare)
        for word, base in _known(column, kind):
            known = word.replace(" ", "")
            if known == compact:
                return base
            if len(known) >= _LONG_ENOUGH and len(compact) >= _LONG_ENOUGH and re.sub(r"\D", "", word) == digits:
                best = max(best, base * fuzz.ratio(compact, known, score_cutoff=_LIKE_ASIDE) / 100)
    return best


def _unqualified(text: str) -> str:
    said = words()["qualifiers"]
    for word in sorted(map(plain, said["before"]), key=len, reverse=True):
        text = text.removeprefix(f"{word} ")
    for word in sorted(map(plain, said["after"]), key=len, reverse=True):
        text = text.removesuffix(f" {word}")
    return text


@lru_cache(maxsize=256)
def _known(column: str, kind: Kind) -> list[tuple[str, float]]:
    table = words()
    own = table.get(kind.value, {})
    here = [(plain(word), 1.0) for word in own.get(column, ())]
    # What means something else in this kind of file is no word for this column.
    taken = {plain(word) for name, each in own.items() if name != column for word in each}
    return here + [(w, 0.98) for w in map(plain, table["all"].get(column, ())) if w not in taken]


def knows(heading: str, kind: Kind) -> bool:
    """Say whether a heading is a known word for any column."""
    if not heading.strip() or len(heading) > 40 or sum(c.isdigit() for c in heading) > 2:
        return False
    return any(likeness(heading, name, kind) >= 0.85 for name in COLUMNS)


def is_ignored(heading: str) -> bool:
    """Say whether a heading is known as nothing that the ledger keeps: days overdue, age."""
    return plain(heading) in _ignored()


@lru_cache(maxsize=1)
def _ignored() -> frozenset[str]:
    return frozenset(plain(word) for word in words()["ignored"]["words"])


@lru_cache(maxsize=1)
def _sums() -> frozenset[str]:
    return frozenset(plain(word) for word in words()["sums"]["words"])


def begins_a_sum(cell: str) -> bool:
    """Say whether a cell begins a line of sums: "Total", "Summe Bracken Ltd"."""
    text = cell.lstrip(" *-=")
    return text[:1].isalpha() and _begins_a_sum(text)


@lru_cache(maxsize=65_536)
def _begins_a_sum(cell: str) -> bool:
    text = plain(cell)
    return text in _sums() or any(text.startswith(f"{word} ") for word in _sums())


@lru_cache(maxsize=4096)
def document(cell: str) -> str | None:
    """Say what a kind of document is: "invoice", "credit" or "payment"; None where the word is not known."""
    text = plain(cell)
    for meaning, names in words()["documents"].items():
        if text in {plain(name) for name in names}:
            return meaning
    for meaning, names in words()["documents"].items():
        if any(text.startswith(f"{plain(name)} ") for name in names if len(name) > 3):
            return meaning
    return None

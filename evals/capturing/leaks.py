"""Looks for what must not be left: a redacted conversation in which a known value still stands is not written at all.

It reads the result as a stranger would: every header, file name and part decoded, and the bytes as they are. It shares no pattern
with what replaced the values.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from evals.capturing.conversation import Known
from evals.capturing.folding import capitals, fold, foldings, words_of
from evals.capturing.made_up import AMBIGUOUS, GENERIC, LEGAL, TITLES
from evals.capturing.mails import decoded_parts
from mail.address import registrable
from mail.person_lines import is_title
from store.company import CompanyProfile


@dataclass(frozen=True, slots=True)
class Leak:
    """A value that is left: its kind and where; never the value."""

    kind: str
    where: str


@dataclass(frozen=True, slots=True)
class Forbidden:
    """What must not be left: words as they are compared, and pieces without blanks and signs."""

    words: frozenset[str]
    addresses: frozenset[str]
    domains: frozenset[str]
    numbers: frozenset[str]


def forbidden(known: Known, *, becomes: CompanyProfile) -> Forbidden:
    """Say what must not be left of known values. What the creditor becomes is no secret; nor are words of the trade."""
    ours = {fold(word.text) for word in words_of(f"{becomes.name} {becomes.address} {becomes.team}")}
    public = GENERIC | LEGAL | TITLES | AMBIGUOUS | ours
    names = [name for name in (*known.firms, *known.persons) if not is_title(name)]
    words = {form for name in names for word in capitals(name) if fold(word) not in public for form in foldings(word)}
    addresses = {address.lower() for address in known.addresses if address.rpartition("@")[2].lower() != becomes.domain}
    numbers = {_bare(number) for number in known.numbers}
    return Forbidden(
        words=frozenset(word for word in words if len(word) > 3 and word not in public),
        addresses=frozenset(addresses),
        domains=frozenset(".".join(registrable(a.rpartition("@")[2])) for a in addresses),
        numbers=frozenset(n for n in numbers if sum(c.isdigit() for c in n) >= 4),
    )


def leaks(mails: Mapping[str, bytes], documents: Iterable[tuple[str, str]], values: Forbidden) -> list[Leak]:
    """Give everything that is left, each once. `documents`: JSON, named."""
    found: dict[Leak, None] = {}
    for where, text in _readable(mails, documents):
        for leak in _in(text, where, values):
            found.setdefault(leak)
    return list(found)


def _readable(mails: Mapping[str, bytes], documents: Iterable[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    for file, raw in mails.items():
        for where, text in decoded_parts(raw):
            yield f"{file}: {where}", text
        yield f"{file}: as it is written", raw.decode("utf-8", "replace")
    for where, document in documents:
        for text in _values(json.loads(document)):
            yield where, text


def _values(value: Any) -> Iterator[str]:
    """Give the words of a JSON document; the names of its fields are ours."""
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list):
        for inner in value:
            yield from _values(inner)
    elif isinstance(value, str):
        yield value


def _in(text: str, where: str, values: Forbidden) -> Iterator[Leak]:
    if values.words & {word.folded for word in words_of(text)}:
        yield Leak("name", where)
    lower = text.lower()
    if any(address in lower for address in values.addresses):
        yield Leak("address", where)
    if any(re.search(rf"(?<![\w-]){re.escape(domain)}(?![\w-])", lower) for domain in values.domains):
        yield Leak("domain", where)
    bare = {_bare(token) for token in re.findall(r"[A-Za-z0-9]+(?:[-/_.#][A-Za-z0-9]+)*", text)}
    if values.numbers & bare:
        yield Leak("number", where)


def _bare(number: str) -> str:
    return re.sub(r"[^a-z0-9]", "", number.lower())

"""Finds which invoices a line names, among all of the house, and whose money it may be by its payer. Pure; built once for all lines."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from ledger.bank.books import Books, Incoming, OpenItem
from ledger.bank.references import core_of, referred
from store.numbers import find_invoices, surely_named

_RUNS = re.compile(r"\d+")
#: A number that is broken over lines, or grouped, stands in so many neighbouring runs of digits at most.
_NEIGHBOURS = 4
_MOST = 200
_SHORTEST_REFERENCE = 4
#: What companies put behind their name; banks cut it off, or write it otherwise.
_FORMS = frozenset(
    [
        "gmbh",
        "ag",
        "kg",
        "ohg",
        "ug",
        "co",
        "mbh",
        "se",
        "ltd",
        "limited",
        "plc",
        "llp",
        "llc",
        "inc",
        "corp",
        "bv",
        "b",
        "v",
        "nv",
        "n",
        "v",
        "sa",
        "s",
        "a",
        "sas",
        "sarl",
        "srl",
        "spa",
        "s",
        "p",
        "a",
        "sp",
        "z",
        "o",
        "o",
        "oy",
        "ab",
        "as",
        "aps",
        "a",
        "s",
        "sl",
        "s",
        "l",
        "lda",
        "kft",
        "sro",
        "s",
        "r",
        "o",
        "doo",
        "ev",
        "eg",
        "the",
        "und",
        "and",
        "et",
        "company",
        "companie",
    ]
)


@dataclass(frozen=True, slots=True)
class Named:
    """The invoices that a line names. `sure`: with their letters, or by a creditor reference; `bare`: by their digits alone."""

    sure: tuple[OpenItem, ...] = ()
    bare: tuple[OpenItem, ...] = ()


class Names:
    """All invoice numbers, by the ways in which a bank may print them."""

    def __init__(self, items: Iterable[OpenItem]) -> None:
        self._items = {item.number: item for item in items}
        self._whole: dict[str, list[str]] = defaultdict(list)
        self._ends: dict[str, list[str]] = defaultdict(list)
        for number in self._items:
            core = core_of(number)
            self._whole[core].append(number)
            runs = _RUNS.findall(number)
            if not runs:
                continue
            digits = "".join(runs)
            for key in {_bare(runs[-1]), _bare(digits)}:
                self._ends[key].append(number)
            if digits != core:
                self._whole[_bare(digits)].append(number)

    def of(self, line: Incoming) -> Named:
        """Give what a line names."""
        structured = self._by_reference(line)
        text = f"{line.text} | {line.end_to_end}" if line.end_to_end else line.text
        candidates = tuple(dict.fromkeys(self._candidates(text)))[:_MOST]
        if not candidates:
            return Named(sure=tuple(self._items[n] for n in structured))
        sure = list(dict.fromkeys([*structured, *surely_named(text, candidates)]))
        more = len(sure) < len(candidates)
        bare = [n for n in find_invoices(text, candidates) if n not in sure] if more else []
        return Named(tuple(self._items[n] for n in sure), tuple(self._items[n] for n in bare))

    def near(self, line: Incoming) -> set[str]:
        """Give the customers of all invoices whose digits, or whose reference, stand in a line: none beyond them can be named in it."""
        text = f"{line.text} | {line.end_to_end}" if line.end_to_end else line.text
        found = {self._items[number].customer_id for number in self._candidates(text)}
        for core in referred(line.structured) if line.structured else ():
            found |= self.called(core)
        return found

    def called(self, core: str) -> set[str]:
        """Give the customers that have an invoice of this number, however it is punctuated."""
        return {self._items[number].customer_id for number in self._whole.get(core, ())}

    def numbered(self, number: str) -> OpenItem | None:
        """Give the one invoice of a number, however it is punctuated."""
        known = self._whole.get(core_of(number), ())
        return self._items[known[0]] if len(known) == 1 else None

    def _by_reference(self, line: Incoming) -> list[str]:
        for core in referred(line.structured) if line.structured else ():
            known = self._whole.get(core, ())
            if len(known) == 1 and len(core) >= _SHORTEST_REFERENCE:
                return [known[0]]
        return []

    def _candidates(self, text: str) -> Iterator[str]:
        runs = _RUNS.findall(text)[:_MOST]
        for start, run in enumerate(runs):
            key = run
            yield from self._ends.get(_bare(key), ())
            for follower in runs[start + 1 : start + _NEIGHBOURS]:
                key += follower
                if len(key) > 24:
                    break
                yield from self._ends.get(_bare(key), ())


def _bare(digits: str) -> str:
    return digits.lstrip("0") or "0"


class Payers:
    """Whose money it may be, by account and by name."""

    def __init__(self, books: Books) -> None:
        self._books = books
        names: dict[str, set[str]] = defaultdict(set)
        for customer, name in books.customers.items():
            if key := name_key(name):
                names[key].add(customer)
        for key, customers in books.by_name.items():
            names[key] |= customers
        self._names = {key: frozenset(customers) for key, customers in names.items()}

    def by_account(self, line: Incoming) -> frozenset[str]:
        """Give the customers for whom this account has paid before."""
        return self._books.by_iban.get(line.payer_iban, frozenset()) if line.payer_iban else frozenset()

    def by_name(self, line: Incoming) -> frozenset[str]:
        """Give the customers of this very name, or for whom a payer of this name has paid before."""
        key = name_key(line.payer_name)
        return self._names.get(key, frozenset()) if key else frozenset()


@lru_cache(maxsize=50_000)
def name_key(name: str) -> str:
    """Write a name so that banks' ways of printing it are one: no accents, capitals, punctuation, forms of companies."""
    plain = unicodedata.normalize("NFKD", name.casefold().replace("ß", "ss"))
    plain = plain.replace("ä", "a").replace("ø", "o").replace("ł", "l")
    words = re.findall(r"[a-z0-9]+", "".join(c for c in plain if not unicodedata.combining(c)))
    return " ".join(word for word in words if word not in _FORMS)


def by_customer(items: Sequence[OpenItem]) -> dict[str, list[OpenItem]]:
    """Group invoices by customer, in their order."""
    found: dict[str, list[OpenItem]] = defaultdict(list)
    for item in items:
        found[item.customer_id].append(item)
    return found

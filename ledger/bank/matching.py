"""Matches lines with open invoices, all together: no invoice is paid beyond what is open, and the order of the files says nothing. Pure.

First the lines that say exactly what they pay, by day, then those that say it less exactly, then, of what is left, those known by
their payer alone. A person confirms each.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from ledger.bank.books import NOTHING, Advice, Books, Found, Incoming, OpenItem
from ledger.bank.naming import Named, Names, Payers
from ledger.bank.references import core_of
from ledger.bank.ways import Ground, House, ways_of

#: Lines that are so sure come before all others.
_FIRST = 0.95


@dataclass(frozen=True, slots=True)
class _Read:
    line: Incoming
    named: Named
    accounts: frozenset[str]
    names: frozenset[str]
    advices: tuple[Advice, ...]

    @property
    def says(self) -> bool:
        """Say whether the payment itself, or an advice for it, says what it pays."""
        return bool(self.named.sure or self.named.bare or self.line.named or self.advices)


class Matcher:
    """The ledger made ready for matching, and lines matched against it."""

    def __init__(self, books: Books, *, taken: Mapping[str, Decimal] | None = None) -> None:
        """Take the ledger. `taken`: what confirmed lines already give to invoices, by number."""
        self._books = books
        self._payers = Payers(books)
        self._left = {i.number: max(i.balance - (taken or {}).get(i.number, NOTHING), NOTHING) for i in books.items}
        open_of: dict[str, list[OpenItem]] = defaultdict(list)
        of_amount: dict[Decimal, list[OpenItem]] = defaultdict(list)
        for item in sorted(books.items, key=lambda i: (i.due_date, i.number)):
            if self._left[item.number] > 0:
                open_of[item.customer_id].append(item)
                of_amount[self._left[item.number]].append(item)
        credits_of = defaultdict(list)
        for credit in sorted(books.credits, key=lambda c: c.number):
            credits_of[credit.customer_id].append(credit)
        self._house = House(
            names=Names(books.items),
            open_of=open_of,
            of_amount=of_amount,
            credits_of=credits_of,
            credit_numbered={core_of(c.number): c for c in books.credits},
        )
        self._advices: dict[tuple[Decimal, str], list[Advice]] = defaultdict(list)
        for advice in books.advices:
            self._advices[advice.total, advice.currency].append(advice)

    def match(self, lines: Iterable[Incoming]) -> dict[str, Found]:
        """Give what each line came to, by its key. The same for the same lines, in whatever order they are given."""
        read = [self._read(line) for line in sorted(lines, key=lambda line: (line.booked_on, line.key))]
        found: dict[str, Found] = {}
        later: list[_Read] = []
        for each in (r for r in read if r.says):
            # What is surely paid is given out first: a misspelt number must not take it away.
            sure = self._found(each, at_least=_FIRST)
            if sure is None:
                later.append(each)
            else:
                found[each.line.key] = sure
        for each in (*later, *(r for r in read if not r.says)):
            found[each.line.key] = self._found(each) or Found()
        return found

    def _read(self, line: Incoming) -> _Read:
        return _Read(
            line=line,
            named=self._house.names.of(line),
            accounts=self._payers.by_account(line),
            names=self._payers.by_name(line),
            advices=tuple(self._advices.get((line.amount, line.currency), ())),
        )

    def _found(self, read: _Read, *, at_least: float = 0.0) -> Found | None:
        """Find what a line comes to, and give it out; None, and nothing given, where it is less sure than that."""
        ground = Ground(
            line=read.line,
            named=read.named,
            accounts=read.accounts,
            names=read.names,
            advices=read.advices,
            left=self._left,
            books=self._books,
            whole=self._house,
        )
        found = Found(ways_of(ground))
        if at_least and (not found.ways or found.ways[0].confidence < at_least):
            return None
        if found.best is not None:
            for piece in found.best.pieces:
                self._left[piece.number] -= piece.settles
        return found


def explained(found: Found) -> str:
    """Say in one line what a line came to, and why."""
    if not found.ways:
        return "nothing in the ledger fits it"
    told = "; ".join(found.ways[0].reasons)
    others = len(found.ways) - 1
    return told if not others or found.best is not None else f"{told}; {others} more {'way' if others == 1 else 'ways'}"

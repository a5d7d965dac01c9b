"""Matches lines with open invoices, all together: no invoice is paid beyond what is open, and the order of the files says nothing. Pure.

First the lines that say exactly what they pay, by day, then those that say it less exactly, then, of what is left, those known by
their payer alone. A person confirms each.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from ledger.bank.advised import unproven
from ledger.bank.books import NOTHING, Advice, Books, Found, Incoming, OpenItem, Way
from ledger.bank.naming import Named, Names, Payers
from ledger.bank.paying import by_amount_alone
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
        return bool(self.named.sure or self.named.bare or self.line.named or any(not a.mailed for a in self.advices))


class Matcher:
    """The ledger made ready for matching, and lines matched against it."""

    def __init__(
        self, books: Books, *, taken: Mapping[str, Decimal] | None = None, given: Mapping[str, Decimal] | None = None
    ) -> None:
        """Take the ledger. `taken`: what confirmed lines give to invoices, by number; `given`: what is suggested of lines left out."""
        self._books = books
        self._payers = Payers(books)
        self._left = {i.number: max(i.balance - (taken or {}).get(i.number, NOTHING), NOTHING) for i in books.items}
        open_of: dict[str, list[OpenItem]] = defaultdict(list)
        of_amount: dict[Decimal, list[OpenItem]] = defaultdict(list)
        for item in sorted(books.items, key=lambda i: (i.due_date, i.number)):
            if self._left[item.number] > 0:
                open_of[item.customer_id].append(item)
                of_amount[self._left[item.number]].append(item)
        for number, amount in (given or {}).items():
            self._left[number] = max(self._left[number] - amount, NOTHING)
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
        for each in read:
            # Of what the others left over: so it says nothing which line came first.
            found[each.line.key] = Found(_with_hints(self._ground(each), found[each.line.key].ways))
        return found

    def touches(self, line: Incoming) -> frozenset[str]:
        """Give the customers whose invoices a line may pay, and all who bear on that; not those that only have its amount. Never too few."""
        names, advices = self._house.names, self._advices.get((line.amount, line.currency), ())
        found = names.near(line) | self._payers.by_account(line) | self._payers.by_name(line)
        found |= {advice.customer_id for advice in advices}
        for part in (*line.named, *(part for advice in advices for part in advice.parts)):
            core = core_of(part.number)
            found |= names.called(core)
            if (credit := self._house.credit_numbered.get(core)) is not None:
                found.add(credit.customer_id)
        return frozenset(found)

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
        found = Found(ways_of(self._ground(read)))
        if at_least and (not found.ways or found.ways[0].confidence < at_least):
            return None
        if found.best is not None:
            for piece in found.best.pieces:
                self._left[piece.number] -= piece.settles
        return found

    def _ground(self, read: _Read) -> Ground:
        return Ground(
            line=read.line,
            named=read.named,
            accounts=read.accounts,
            names=read.names,
            advices=read.advices,
            left=self._left,
            books=self._books,
            whole=self._house,
        )


def _with_hints(ground: Ground, ways: Sequence[Way]) -> tuple[Way, ...]:
    """Add what says little: the amount alone where nothing else fits, and what a mail alone says, which takes no other way's place."""
    found = ways or tuple(by_amount_alone(ground))
    known = {(way.customer_id, way.pieces) for way in found}
    more = [way for way in unproven(ground) if (way.customer_id, way.pieces) not in known]
    return tuple(sorted((*found, *more), key=lambda way: -way.confidence))


def explained(found: Found) -> str:
    """Say in one line what a line came to, and why."""
    if not found.ways:
        return "nothing in the ledger fits it"
    told = "; ".join(found.ways[0].reasons)
    others = len(found.ways) - 1
    return told if not others or found.best is not None else f"{told}; {others} more {'way' if others == 1 else 'ways'}"

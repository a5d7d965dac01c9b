"""Lists the ways in which one line may be meant, by what it names, by an advice, by who paid. Pure; the likeliest first.

What a way says of itself was measured (`python -m evals.bench matching` prints how often each confidence was right). Where two things
contradict each other the way stays, less sure, with the contradiction in words: a person is asked.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from ledger.bank.advised import advised
from ledger.bank.books import NOTHING, Advice, Books, CreditNote, Incoming, Kind, OpenItem, Way, total
from ledger.bank.fitting import Fit, fit
from ledger.bank.naming import Named, Names, by_customer
from ledger.bank.paying import by_payer, sums_of

#: How sure each way is, where an invoice is named with its letters or by a creditor reference.
_NAMED: Mapping[Kind, float] = {
    Kind.EXACT: 0.99,
    Kind.CHARGES: 0.94,
    Kind.DISCOUNT: 0.97,
    Kind.CREDITS: 0.96,
    Kind.SUM: 0.9,
    Kind.SHORT: 0.86,
    Kind.OVER: 0.85,
}
_BARE_LESS = dict(zip(_NAMED, (0.02, 0.1, 0.05, 0.1, 0.1, 0.25, 0.3), strict=True))
_SEVERAL = 0.55
#: Where the payer is known as somebody else: of an exact amount, and of any other (a misspelt number is likelier then).
_CONTRADICTED, _CONTRADICTED_TOO = 0.7, 0.3
_EXACTLY = frozenset({Kind.EXACT, Kind.CHARGES, Kind.DISCOUNT, Kind.CREDITS})
_TWICE, _CURRENCY = 0.6, 0.5
#: What a misspelt number could come to by chance, and by how much surer it is where the payer is theirs.
_UNSURE = frozenset({Kind.CHARGES, Kind.SHORT, Kind.OVER, Kind.SUM})
_KNOWN_PAYER = 0.03
#: So many ways are shown to a person.
MOST_WAYS = 6


@dataclass(frozen=True, slots=True)
class House:
    """The whole ledger, by what a line is looked up with."""

    names: Names
    open_of: Mapping[str, Sequence[OpenItem]]
    of_amount: Mapping[Decimal, Sequence[OpenItem]]
    credits_of: Mapping[str, Sequence[CreditNote]]
    credit_numbered: Mapping[str, CreditNote]


@dataclass(frozen=True, slots=True)
class Ground:
    """A line with what was found of it. `left`: what is open on each invoice that no other line pays."""

    line: Incoming
    named: Named
    accounts: frozenset[str]
    names: frozenset[str]
    advices: tuple[Advice, ...]
    left: Mapping[str, Decimal]
    books: Books
    whole: House

    @property
    def payers(self) -> frozenset[str]:
        """Whose money it is by the payer: by the account, where that is known, else by the name."""
        return self.accounts or self.names

    def credits(self, customers: Sequence[str]) -> list[CreditNote]:
        """List the credit notes of customers, in the line's currency."""
        return [
            c
            for customer in customers
            for c in self.whole.credits_of.get(customer, ())
            if c.currency == self.line.currency
        ]


def ways_of(ground: Ground) -> tuple[Way, ...]:
    """List the ways, likeliest first."""
    found = [*advised(ground), *_by_named(ground)]
    if not found:
        found = [*by_payer(ground)]
    best: dict[tuple[object, ...], Way] = {}
    for way in sorted(found, key=lambda w: -w.confidence):
        best.setdefault((way.customer_id, way.pieces), way)
    return tuple(best.values())[:MOST_WAYS]


def _by_named(ground: Ground) -> list[Way]:
    named = _with_digits(ground) if ground.named.sure else _trusted(ground)
    if not named:
        return []
    currency = [i for i in named if i.currency == ground.line.currency]
    if not currency:
        return [_other_currency(ground, named)]
    open_ = [i for i in currency if ground.left[i.number] > 0]
    if not open_:
        return [_paid_twice(ground, currency)]
    groups = by_customer(open_)
    if (
        len(groups) > 1
        and len(ground.payers & set(groups)) == 1
        and total(ground.left[i.number] for i in open_) != ground.line.amount
    ):
        groups = {c: items for c, items in groups.items() if c in ground.payers}
    if len(groups) > 1:
        return _of_several(ground, groups, open_)
    ((customer, items),) = groups.items()
    return [_way(ground, customer, items)]


def _with_digits(ground: Ground) -> tuple[OpenItem, ...]:
    """Give what is surely named, with what the same customers' digits beside it name, where the money is more: "INV 20401, 20402"."""
    sure = ground.named.sure
    whose = {i.customer_id for i in sure}
    more = tuple(i for i in ground.named.bare if i.customer_id in whose and i.currency == ground.line.currency)
    return (*sure, *more) if ground.line.amount > total(ground.left[i.number] for i in sure) else sure


def _trusted(ground: Ground) -> tuple[OpenItem, ...]:
    """Give what is named by bare digits, where its customer, or the amount to the cent, says so too."""
    bare = ground.named.bare
    own = tuple(i for i in bare if i.customer_id in ground.payers)
    if own:
        return own
    exact = total(ground.left[i.number] for i in bare) == ground.line.amount or any(
        ground.left[i.number] == ground.line.amount for i in bare
    )
    if exact and not ground.accounts:
        same = tuple(i for i in bare if ground.left[i.number] == ground.line.amount)
        return same if len(same) == 1 else bare
    return ()


def _fit(ground: Ground, customers: Sequence[str], items: Sequence[OpenItem]) -> Fit:
    line = ground.line
    return fit(
        line.amount,
        items,
        left=ground.left,
        credits=ground.credits(customers),
        day=line.booked_on,
        charges=line.charges,
        limits=ground.books.limits,
    )


def _way(ground: Ground, customer: str, items: Sequence[OpenItem]) -> Way:
    found = _fit(ground, [customer], items)
    if found.kind is Kind.OVER and (more := _with_others(ground, customer, items)) is not None:
        return more
    bare = not ground.named.sure
    confidence = _SEVERAL if found.several else _NAMED[found.kind] - (_BARE_LESS[found.kind] if bare else 0)
    numbers = ", ".join(i.number for i in items[:10])
    reasons = [
        f"the {'digits' if bare else 'reference'} of {numbers} {'stand' if bare else 'stands'} in it",
        found.words,
    ]
    if found.several:
        reasons.append("this is ambiguous: the money fits in several ways")
    return _judged(ground, Way(found.kind, customer, found.pieces, found.unapplied, confidence, tuple(reasons)))


def _judged(ground: Ground, way: Way) -> Way:
    """Say what the payer says of a way: who has paid for this customer before makes it surer, somebody else's account less sure."""
    if way.customer_id in ground.accounts:
        more = _KNOWN_PAYER if way.kind in _UNSURE and way.confidence > _SEVERAL else 0.0
        return replace(
            way,
            confidence=min(way.confidence + more, 0.99),
            reasons=(*way.reasons, "the payer's account is known as theirs"),
        )
    if ground.accounts:
        whose = ", ".join(sorted(ground.accounts)[:3])
        return _contradicted(way, f"but this account has paid for {whose} before")
    if way.customer_id in ground.names:
        more = _KNOWN_PAYER if way.kind in _UNSURE and way.confidence > _SEVERAL else 0.0
        return replace(
            way, confidence=min(way.confidence + more, 0.99), reasons=(*way.reasons, "the payer has their name")
        )
    if ground.names:
        return _contradicted(way, "but the payer has another customer's name")
    return way


def _contradicted(way: Way, told: str) -> Way:
    most = _CONTRADICTED if way.kind in _EXACTLY else _CONTRADICTED_TOO
    return replace(way, confidence=min(way.confidence, most), reasons=(*way.reasons, told))


def _with_others(ground: Ground, customer: str, items: Sequence[OpenItem]) -> Way | None:
    """See whether the money pays what is named and, to the cent, one set of the customer's other invoices."""
    rest = ground.line.amount - total(ground.left[i.number] for i in items)
    others = [
        i for i in ground.whole.open_of.get(customer, ()) if i not in items and i.currency == ground.line.currency
    ]
    ways = sums_of(ground, others).come_to(rest)
    if len(ways) != 1:
        return None
    chosen = [*items, *(others[place] for place in ways[0])]
    more = ", ".join(others[place].number for place in ways[0])
    found = _fit(ground, [customer], chosen)
    words = (f"{', '.join(i.number for i in items[:10])} is named", f"with {more} it comes to exactly the amount")
    return _judged(ground, Way(Kind.SUM, customer, found.pieces, NOTHING, _NAMED[Kind.SUM], words))


def _of_several(ground: Ground, groups: Mapping[str, Sequence[OpenItem]], items: Sequence[OpenItem]) -> list[Way]:
    """Invoices of several customers are named: one pays for all to the cent, or a person is asked whose it is."""
    numbers = ", ".join(i.number for i in items[:10])
    if total(ground.left[i.number] for i in items) == ground.line.amount:
        found = _fit(ground, list(groups), items)
        reasons = (
            f"{numbers} of {len(groups)} customers are named",
            "together they are exactly the amount: one pays for all",
        )
        return [Way(Kind.SUM, None, found.pieces, NOTHING, 0.9, reasons)]
    told = f"{numbers} of {len(groups)} customers are named: whose is it?"
    ways = (_way(ground, customer, own) for customer, own in groups.items())
    return [replace(w, confidence=min(w.confidence, _SEVERAL), reasons=(*w.reasons, told)) for w in ways]


def _paid_twice(ground: Ground, items: Sequence[OpenItem]) -> Way:
    customers = {i.customer_id for i in items}
    numbers = ", ".join(i.number for i in items[:10])
    standing = any(i.balance > 0 for i in items)
    told = "other lines pay all that is open on it" if standing else "nothing is open on it: paid before, or"
    reasons = (f"{numbers} is named, and {told}{': ' if standing else ' '}paid twice?",)
    return Way(
        Kind.PAID_TWICE, customers.pop() if len(customers) == 1 else None, (), ground.line.amount, _TWICE, reasons
    )


def _other_currency(ground: Ground, items: Sequence[OpenItem]) -> Way:
    customers = {i.customer_id for i in items}
    told = f"{items[0].number} is in {items[0].currency}, the money in {ground.line.currency}: there are no exchange rates here"
    return Way(
        Kind.OTHER_CURRENCY,
        customers.pop() if len(customers) == 1 else None,
        (),
        ground.line.amount,
        _CURRENCY,
        (told,),
    )

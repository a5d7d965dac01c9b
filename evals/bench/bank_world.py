"""A made-up ledger and the bank lines that pay it, with the truth of each: what matching is measured with. Seeded, ours from end to end.

The lines have what makes matching hard: misspelt numbers that are another customer's, order numbers that look like invoices, equal
amounts, customers of one name, accounts that pay for two of them, discounts, charges, credit notes, payments made twice.
"""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal

from stdnum import iso11649

from ledger.bank.books import Books, CreditNote, Incoming, OpenItem

TODAY = date(2026, 3, 10)
_CENT = Decimal("0.01")
_FIRST = ("Kessler", "Harrow", "Lindqvist", "Morvan", "Pinecrest", "Redstone", "Nordlys", "Bellavista", "Dunkeld", "Osterwald", "Varga", "Tolmin", "Quince", "Ashgrove", "Meridian", "Halden", "Ravel", "Sorrel", "Umber", "Wexcombe")  # fmt: skip
_SECOND = ("Anlagenbau", "Foods", "Packaging", "Logistics", "Mills", "Textiles", "Marine", "Tools", "Optics", "Paper", "Glass", "Pumps", "Cables", "Ceramics", "Labs", "Print", "Farms", "Motors", "Stone", "Energy")  # fmt: skip
_FORMS = ("GmbH", "AG", "B.V.", "Ltd", "SAS", "S.r.l.", "AB", "Sp. z o.o.")
#: How many of a hundred lines are of each kind.
_KINDS = {
    "one": 42, "several": 12, "charges": 6, "discount": 5, "part": 5, "over": 3, "credit": 5, "unnamed": 8, "unnamed_sum": 6,
    "typo": 3, "twice": 2, "stranger": 3,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class World:
    """The ledger, the lines, and of each line by its key what it truly pays: invoice -> money. Nothing: it pays none."""

    books: Books
    lines: Sequence[Incoming]
    truth: Mapping[str, Mapping[str, Decimal]]
    kinds: Mapping[str, str]


def world(*, lines: int = 10_000, invoices: int = 20_000, seed: int = 1) -> World:
    """Make a world. The same seed gives the same one."""
    return _Maker(random.Random(seed)).make(lines, invoices)


class _Maker:
    def __init__(self, chance: random.Random) -> None:
        self._chance = chance
        self._left: dict[str, list[OpenItem]] = {}
        self._credits: dict[str, list[CreditNote]] = {}
        self._names: dict[str, str] = {}
        self._accounts: dict[str, str] = {}
        self._paid: list[tuple[OpenItem, Incoming]] = []

    def make(self, lines: int, invoices: int) -> World:
        customers = [f"C{n:05}" for n in range(max(20, invoices // 10))]
        for n, customer in enumerate(customers):
            # One in twenty has a name that another has too, but for the form of the company.
            first, second = self._chance.choice(_FIRST), self._chance.choice(_SECOND)
            own = f"{first} {second} {n // 2 if n % 20 < 2 else n}"
            self._names[customer] = f"{own} {self._chance.choice(_FORMS)}"
            # One in thirty accounts pays for the customer before as well.
            self._accounts[customer] = self._accounts[customers[n - 1]] if n % 30 == 29 else f"DE{n:020}"
        items = [self._item(n, self._chance.choice(customers)) for n in range(invoices)]
        for item in items:
            self._left.setdefault(item.customer_id, []).append(item)
        credits = [self._credit(n, c) for n, c in enumerate(customers) if n % 10 == 3]
        for credit in credits:
            self._credits.setdefault(credit.customer_id, []).append(credit)
        known = {c for c in customers if self._chance.random() < 0.6}
        by_iban: dict[str, set[str]] = {}
        for customer in known:
            by_iban.setdefault(self._accounts[customer], set()).add(customer)
        made: list[Incoming] = []
        truth: dict[str, Mapping[str, Decimal]] = {}
        kinds: dict[str, str] = {}
        weights = list(_KINDS.values())
        while len(made) < lines:
            kind = self._chance.choices(list(_KINDS), weights)[0]
            line = self._line(kind, f"{len(made):06}")
            if line is not None:
                incoming, pays = line
                made.append(incoming)
                truth[incoming.key], kinds[incoming.key] = pays, kind
        self._chance.shuffle(made)
        books = Books(
            items=tuple(items),
            customers=self._names,
            credits=tuple(credits),
            by_iban={account: frozenset(whose) for account, whose in by_iban.items()},
        )
        return World(books, tuple(made), truth, kinds)

    def _item(self, n: int, customer: str) -> OpenItem:
        amount = Decimal(str(round(self._chance.lognormvariate(7, 1.1), 2))).quantize(_CENT)
        if self._chance.random() < 0.2:
            amount = Decimal(self._chance.choice(("99.00", "250.00", "480.00", "1200.00", "2500.00")))
        issued = TODAY - timedelta(days=self._chance.randrange(3, 90))
        return OpenItem(f"INV-{100_000 + 3 * n}", customer, "EUR", amount, issued, issued + timedelta(days=30))

    def _credit(self, n: int, customer: str) -> CreditNote:
        return CreditNote(f"CN-{7000 + n}", customer, "EUR", Decimal(self._chance.randrange(500, 20_000)) / 100)

    def _take(self, count: int = 1) -> list[OpenItem]:
        """Take open invoices of one customer; they are not paid again."""
        for _ in range(50):
            customer = self._chance.choice(list(self._left))
            own = self._left[customer]
            if len(own) >= count:
                chosen = [own.pop(self._chance.randrange(len(own))) for _ in range(count)]
                if not own:
                    del self._left[customer]
                return chosen
        return []

    def _line(self, kind: str, key: str) -> tuple[Incoming, dict[str, Decimal]] | None:
        if kind == "stranger":
            return self._stranger(key)
        if kind == "twice":
            if not self._paid:
                return None
            _, paid = self._chance.choice(self._paid)
            # Of the two the later one is too much.
            return replace(paid, key=key, booked_on=paid.booked_on + timedelta(days=self._chance.randrange(3))), {}
        items = self._take(self._chance.randrange(2, 6) if kind in ("several", "unnamed_sum") else 1)
        if not items:
            return None
        pays = {i.number: i.balance for i in items}
        first = items[0]
        text = self._words(items)
        if kind in ("unnamed", "unnamed_sum"):
            text = self._chance.choice(
                ("Sammelzahlung", "payment", "thanks", "Order 100" + str(self._chance.randrange(100, 999)), "")
            )
        if kind == "charges":
            kept = min(Decimal("15.00"), (first.balance * Decimal("0.005")).quantize(_CENT))
            pays = {
                first.number: first.balance - (kept * Decimal(self._chance.randrange(40, 101)) / 100).quantize(_CENT)
            }
        if kind == "discount":
            rate = Decimal(self._chance.choice(("0.02", "0.03", "0.02")))
            pays = {first.number: first.balance - (first.balance * rate).quantize(_CENT, ROUND_HALF_UP)}
        if kind == "part":
            share = Decimal(self._chance.choice((50, 50, 30, 80))) / 100
            pays = {first.number: (first.balance * share).quantize(_CENT)}
        more = Decimal(self._chance.randrange(100, 9000)) / 100 if kind == "over" else Decimal(0)
        if kind == "credit":
            own = self._credits.get(first.customer_id, [])
            if not own or own[0].amount >= first.balance:
                return None
            pays = {first.number: first.balance - own.pop(0).amount}
        if kind == "typo":
            text = self._words([self._misspelt(first)])
        line = self._incoming(key, first, sum(pays.values(), Decimal(0)) + more, text, early=kind == "discount")
        if kind == "one" and self._chance.random() < 0.3:
            self._paid.append((first, line))
        return line, pays

    def _stranger(self, key: str) -> tuple[Incoming, dict[str, Decimal]]:
        words = (
            "Interest Q1",
            "Refund order 100" + str(self._chance.randrange(100, 999)),
            "Tel 040 100" + str(self._chance.randrange(100, 999)),
            "insurance claim 2026-100311",
        )
        amount = Decimal(self._chance.choice(("99.00", "250.00", "13.37", "480.00", "77.10")))
        return Incoming(
            key, self._day(), amount, "EUR", text=self._chance.choice(words), payer_name="Some Insurer SE"
        ), {}

    def _misspelt(self, item: OpenItem) -> OpenItem:
        digits = list(item.number[4:])
        place = self._chance.randrange(3, len(digits))
        digits[place] = str((int(digits[place]) + self._chance.randrange(1, 10)) % 10)
        return OpenItem("INV-" + "".join(digits), item.customer_id, "EUR", item.balance, item.issue_date, item.due_date)

    def _words(self, items: Sequence[OpenItem]) -> str:
        numbers = [i.number for i in items]
        how = self._chance.randrange(8)
        if how == 0 and len(items) == 1:
            return f"RF:{iso11649_of(numbers[0])}"
        if how == 1:
            return "Rechnung " + ", ".join(n[4:] for n in numbers)
        if how == 2:
            return " ".join(n.replace("-", "") for n in numbers) + " 05.03.2026"
        if how == 3:
            return "INV " + " INV ".join(n[4:7] + " " + n[7:] for n in numbers)
        if how == 4:
            return (
                "/".join(n[4:] for n in numbers)
                if len(items) > 1
                else f"Kd.Nr. 88{self._chance.randrange(1000, 9999)} {numbers[0][4:]}"
            )
        if how == 5:
            return f"order 100{self._chance.randrange(100, 999)} " + " ".join(numbers)
        return " + ".join(numbers)

    def _incoming(self, key: str, item: OpenItem, amount: Decimal, text: str, *, early: bool = False) -> Incoming:
        customer = item.customer_id
        name = (
            self._names[customer]
            if self._chance.random() < 0.7
            else self._names[customer].upper().replace(".", "")[:20]
        )
        structured = text.removeprefix("RF:") if text.startswith("RF:") else ""
        return Incoming(
            key=key,
            booked_on=item.issue_date + timedelta(days=8) if early else self._day(),
            amount=amount,
            currency="EUR",
            text="" if structured else text,
            structured=structured,
            payer_name=name if self._chance.random() < 0.9 else "",
            payer_iban=self._accounts[customer] if self._chance.random() < 0.8 else "",
        )

    def _day(self) -> date:
        return TODAY - timedelta(days=self._chance.randrange(0, 10))


def iso11649_of(number: str) -> str:
    """Give the creditor reference (ISO 11649) of an invoice's number."""
    core = number.replace("-", "")
    checks = (f"{n:02}" for n in range(2, 99))
    return next(f"RF{check}{core}" for check in checks if iso11649.is_valid(f"RF{check}{core}"))

"""Makes the customers of the simulated company and what they are invoiced over the year. The same seed makes the same."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random

from evals.year.days import FIRST, LAST, PLACES, days, working
from evals.year.kinds import HABITS, Kind, kind_of

_FIRST_WORDS = ("Alder", "Brook", "Cedar", "Dunmore", "Elm", "Fenwick", "Garnet", "Hazel", "Ilex", "Juniper", "Keswick")
_SECOND_WORDS = (
    "Bakeries",
    "Castings",
    "Dairies",
    "Engines",
    "Foods",
    "Glass",
    "Hydraulics",
    "Joinery",
    "Kilns",
    "Lifts",
)
_PEOPLE = (
    "Ana Belo",
    "Ben Cray",
    "Cora Dahl",
    "Dirk Ebner",
    "Eva Falk",
    "Finn Gale",
    "Greta Hoop",
    "Hugo Iven",
    "Ida Jansz",
)
_LANGUAGES = ("en", "en", "en", "de", "de", "fr", "es", "it", "nl", "pt")
#: The share of customers who had no invoice before this year.
_NEW = 0.08
_TERMS = (14, 30, 30, 30, 45, 60)


@dataclass
class Bill:
    """An invoice as it truly is; amounts in cents. `balance` is what the company's ERP has open on it."""

    number: str
    customer_id: str
    issue: date
    due: date
    currency: str
    amount: int
    order: str
    balance: int = 0
    booked: int = 0
    credited: int = 0
    written_off: int = 0
    paid_on: date | None = None


@dataclass
class Debtor:
    """A customer as it truly is, with a die of its own: what one does changes nothing for another."""

    id: str
    name: str
    kind: Kind
    language: str
    zone: str
    currency: str
    tier: str
    owner: str
    terms: int
    contacts: list[tuple[str, str, str]]
    die: Random
    bills: list[Bill] = field(default_factory=list)
    #: What was invoiced and paid in the year before: (invoice, day of the money).
    past: list[tuple[Bill, date]] = field(default_factory=list)

    @property
    def address(self) -> str:
        """The address of whoever reads our mail there."""
        return self.contacts[0][1]

    def named(self, number: str) -> Bill | None:
        """Give the invoice of this number."""
        return next((bill for bill in self.bills if bill.number == number), None)


def debtors(count: int, *, seed: int, first: int = 0, last: int | None = None) -> list[Debtor]:
    """Make the customers from number `first` up to `last` (left out), of `count` in all."""
    return [_debtor(number, count, seed) for number in range(first, count if last is None else last)]


def _debtor(number: int, count: int, seed: int) -> Debtor:
    die = Random(f"{seed}:{number}")
    # Every kind is there in every house, however small, and spread over all shards.
    kind = kind_of(((number * 0.618033988749895) % 1.0) if count > 14 else number / max(count, 1))
    language = die.choice(_LANGUAGES)
    zone, currency = die.choice(PLACES[language])
    name = f"{die.choice(_FIRST_WORDS)} {die.choice(_SECOND_WORDS)} {number}"
    domain = f"c{number}.example"
    contacts = [(die.choice(_PEOPLE), f"accounts@{domain}", "ap")]
    if die.random() < 0.6:
        contacts.append((die.choice(_PEOPLE), f"manager@{domain}", "manager"))
    debtor = Debtor(
        id=f"C{number:05d}",
        name=name,
        kind=kind,
        language=language,
        zone=zone,
        currency=currency,
        tier="key" if die.random() < 0.08 else die.choice(("standard", "standard", "small")),
        owner=die.choice(("Maren Vos", "Tom Adeyemi")),
        terms=die.choice(_TERMS),
        contacts=contacts,
        die=die,
    )
    debtor.bills = _bills(debtor, number)
    debtor.past = _past(debtor, number)
    return debtor


def _bills(debtor: Debtor, number: int) -> list[Bill]:
    die, weekdays = debtor.die, [day for day in days(FIRST, LAST) if working(day)]
    issued = sorted(die.sample(weekdays, die.randint(*HABITS[debtor.kind].invoices)))
    return [_bill(debtor, f"R{number:05d}-{place}", day) for place, day in enumerate(issued, 1)]


def _past(debtor: Debtor, number: int) -> list[tuple[Bill, date]]:
    """Three invoices of the year before, paid as this customer pays; nothing for a new customer."""
    if debtor.die.random() < _NEW:
        return []
    low, high = HABITS[debtor.kind].unasked or (0, 20)
    found = []
    for place, month in enumerate((1, 2, 3), 1):
        bill = _bill(debtor, f"R{number:05d}-0{place}", date(FIRST.year, month, debtor.die.randint(1, 28)))
        late = low if debtor.kind is Kind.SLIPPING else debtor.die.randint(low, high)
        found.append((bill, max(bill.issue, bill.due + timedelta(days=late))))
    return found


def _bill(debtor: Debtor, number: str, day: date) -> Bill:
    amount = int(min(4_000_000, max(6_000, debtor.die.lognormvariate(12.0, 1.0))))
    return Bill(
        number=number,
        customer_id=debtor.id,
        issue=day,
        due=day + timedelta(days=debtor.terms),
        currency=debtor.currency,
        amount=amount,
        order=f"PO-{debtor.die.randint(10_000, 99_999)}",
        balance=amount,
    )

"""Whatever comes in: every cent of a line is applied, unapplied or dismissed once; no invoice takes more than is open; order says nothing."""

from __future__ import annotations

import random
import shutil
import tempfile
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlmodel import Session, select

from agent.bank_again import Touched, rematch_touched
from agent.bank_decisions import Banking
from agent.banking import rematch, take_statements
from evals.bench.bank_world import World, world
from ledger.bank.books import Advice, Books, CreditNote, Found, Incoming, OpenItem
from ledger.bank.matching import Matcher
from ledger.bank.sums import MOST_WAYS, Sums
from store.bank import seen_money
from store.bank_deciding import Share
from store.bank_tables import BankLine, BankPart
from store.bank_words import BankFault, LineState, NamedPart, PartState, ReadLine, ReadStatement
from store.engine import open_engine, unit_of_work
from store.tables import Customer, Invoice, Payment
from tests.factories import NOW, House, open_house
from tools.limits import CashLimits

DAY = date(2026, 3, 2)
NUMBERS = [f"INV-{n}" for n in range(5000, 5012)]
CENTS = st.integers(1, 60_000).map(lambda cents: Decimal(cents) / 100)
#: Few amounts, so that sums and equal invoices are met.
AMOUNTS = st.one_of(st.sampled_from([Decimal("100.00"), Decimal("98.00"), Decimal("50.00"), Decimal("200.00")]), CENTS)
CUSTOMERS = {"A": "Adler GmbH", "B": "Birke B.V.", "C": "Adler AG"}


@st.composite
def books(draw: st.DrawFn) -> Books:
    items = tuple(
        OpenItem(
            number,
            draw(st.sampled_from("ABC")),
            draw(st.sampled_from(["EUR", "EUR", "USD"])),
            draw(AMOUNTS | st.just(Decimal(0))),
            DAY - timedelta(days=draw(st.integers(1, 60))),
            DAY,
        )
        for number in draw(st.lists(st.sampled_from(NUMBERS), unique=True, max_size=8))
    )
    credits = tuple(
        CreditNote(f"CN-{n}", draw(st.sampled_from("AB")), "EUR", draw(AMOUNTS)) for n in range(draw(st.integers(0, 2)))
    )
    parts = tuple(
        NamedPart(n, draw(AMOUNTS), draw(st.sampled_from([Decimal(0), Decimal("2.00")])), "Skonto")
        for n in draw(st.lists(st.sampled_from(NUMBERS), unique=True, max_size=3))
    )
    advice = Advice("A", sum((p.paid or Decimal(0) for p in parts), Decimal(0)), "EUR", "AV-12345", parts)
    return Books(
        items, CUSTOMERS, credits, (advice,) if parts else (), by_iban={"DE1": frozenset("A"), "DE2": frozenset("AB")}
    )


@st.composite
def incoming(draw: st.DrawFn, key: int) -> Incoming:
    named = draw(st.lists(st.sampled_from(NUMBERS), max_size=3))
    text = draw(st.sampled_from([" ", ", ", " und "])).join(
        draw(st.sampled_from([n, n[4:], n.replace("-", " ")])) for n in named
    )
    parts = tuple(NamedPart(n, draw(AMOUNTS)) for n in dict.fromkeys(named)) if draw(st.booleans()) else ()
    return Incoming(
        key=f"{key:03}",
        booked_on=DAY + timedelta(days=draw(st.integers(0, 3))),
        amount=draw(AMOUNTS),
        currency=draw(st.sampled_from(["EUR", "EUR", "EUR", "USD"])),
        text=text + draw(st.sampled_from(["", " AV-12345", " 05.03.2026"])),
        payer_name=draw(st.sampled_from(["", "ADLER", "Birke BV", "Somebody"])),
        payer_iban=draw(st.sampled_from(["", "DE1", "DE2", "DE9"])),
        charges=draw(st.sampled_from([Decimal(0), Decimal("2.00")])),
        named=parts,
    )


LINES = st.integers(1, 8).flatmap(lambda n: st.tuples(*(incoming(k) for k in range(n))))


@given(books(), LINES)
@settings(max_examples=120, deadline=None)
def test_every_way_gives_the_whole_of_the_money_and_no_more(ledger: Books, lines: Sequence[Incoming]) -> None:
    found = Matcher(ledger).match(lines)
    balance = {i.number: i.balance for i in ledger.items}
    currency = {i.number: i.currency for i in ledger.items}
    taken: dict[str, Decimal] = defaultdict(Decimal)
    for line in lines:
        for way in found[line.key].ways:
            assert sum((p.amount for p in way.pieces), way.unapplied) == line.amount
            assert way.unapplied >= 0
            assert 0 <= way.confidence < 1
            assert way.reasons
            assert len({p.number for p in way.pieces}) == len(way.pieces)
            for piece in way.pieces:
                assert piece.amount >= 0
                assert piece.deducted >= 0
                assert (piece.deduction is not None) == (piece.deducted > 0), "what is deducted is named"
                assert piece.settles <= balance[piece.number]
                assert currency[piece.number] == line.currency
        best = found[line.key].best
        for piece in best.pieces if best is not None else ():
            taken[piece.number] += piece.settles
    assert all(amount <= balance[number] for number, amount in taken.items())


@given(books(), LINES, st.randoms())
@settings(max_examples=50, deadline=None)
def test_the_order_of_lines_and_of_the_ledger_says_nothing(
    ledger: Books, lines: Sequence[Incoming], chance: Any
) -> None:
    first = Matcher(ledger).match(lines)
    shuffled, items = list(lines), list(ledger.items)
    chance.shuffle(shuffled)
    chance.shuffle(items)
    other = Books(tuple(items), ledger.customers, ledger.credits[::-1], ledger.advices, ledger.by_iban)
    assert Matcher(other).match(shuffled) == first


@given(books(), LINES, st.data())
@settings(max_examples=60, deadline=None)
def test_what_a_mail_alone_says_changes_no_line_of_anybody_else(
    ledger: Books, lines: Sequence[Incoming], data: st.DataObject
) -> None:
    """C's name is A's too, and no account is known as theirs: where no line names their invoices, nothing ties any to them."""
    mine = OpenItem("INV-9999", "C", "EUR", Decimal("60000.00"), DAY, DAY)
    ledger = replace(ledger, items=(*ledger.items, mine))
    own = [i.number for i in ledger.items if i.customer_id == "C"]
    lines = [line for line in lines if not any(n in line.text or n[4:] in line.text for n in own)]
    wishes = tuple(
        Advice(
            "C", line.amount, line.currency, data.draw(st.sampled_from(["AV-12345", "5001", "E2E"])), parts, mailed=True
        )
        for line in lines
        for parts in [(NamedPart(data.draw(st.sampled_from([*own, "INV-9999"])), line.amount),)]
        if data.draw(st.booleans())
    )
    without = Matcher(ledger).match(lines)
    found = Matcher(replace(ledger, advices=(*ledger.advices, *wishes))).match(lines)
    for line in lines:
        assert found[line.key].best == without[line.key].best
        assert [way for way in found[line.key].ways if way in without[line.key].ways] == list(without[line.key].ways)


@given(st.lists(AMOUNTS | AMOUNTS.map(lambda a: -a), min_size=1, max_size=9), AMOUNTS)
@settings(max_examples=150, deadline=None)
def test_sums_are_exactly_those_that_there_are(amounts: list[Decimal], wanted: Decimal) -> None:
    every = [
        tuple(n for n in range(len(amounts)) if mask >> n & 1)
        for mask in range(1, 1 << len(amounts))
        if sum((amounts[n] for n in range(len(amounts)) if mask >> n & 1), Decimal(0)) == wanted
    ]
    found = Sums(amounts).come_to(wanted)
    assert set(found) <= set(every)
    assert min(len(every), 2) <= len(found) <= MOST_WAYS, "one way is told from several"


@pytest.mark.parametrize("count", [21, 60, 400])
def test_of_very_many_invoices_sums_stay_quick_and_true(count: int) -> None:
    amounts = [Decimal(n * n + 7) for n in range(count)]
    sums = Sums(amounts)
    assert sums.come_to(sum(amounts, Decimal(0))) == [tuple(range(count))], "all together"
    for places in sums.come_to(amounts[-1]):
        assert sum((amounts[p] for p in places), Decimal(0)) == amounts[-1]


def test_what_says_that_it_is_sure_is_right() -> None:
    """Measured at full size by `python -m evals.bench matching`; here on a smaller world."""
    made = world(lines=1500, invoices=3000, seed=11)
    found = Matcher(made.books).match(made.lines)

    def right(key: str, each: Found) -> bool:
        return {p.number: p.amount for p in each.ways[0].pieces} == dict(made.truth[key])

    sure = [right(key, each) for key, each in found.items() if each.ways and each.ways[0].confidence >= 0.95]
    likely = [right(key, each) for key, each in found.items() if each.best is not None]
    assert len(sure) > 800
    assert all(sure)
    assert sum(likely) / len(likely) > 0.99
    assert len(likely) > 0.8 * len(made.lines), "and it is sure of most"


# --- in the store -------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def ledger_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small ledger: two customers with three invoices each, one receipt that the ERP has booked, one credit note."""
    folder = tmp_path_factory.mktemp("ledger")
    house = open_house(folder)
    with unit_of_work(house.engine) as session:
        for customer in ("A", "B"):
            session.add(
                Customer(
                    id=customer,
                    name=CUSTOMERS[customer],
                    currency="EUR",
                    language="en",
                    timezone="UTC",
                    tier="b",
                    owner="",
                )
            )
        session.flush()
        for n, number in enumerate(NUMBERS[:6]):
            amount = Decimal(("100.00", "200.00", "50.00")[n % 3])
            session.add(
                Invoice(
                    number=number,
                    customer_id="AB"[n // 3],
                    issue_date=DAY - timedelta(days=30),
                    due_date=DAY,
                    currency="EUR",
                    amount=amount,
                    balance=amount,
                    po_number="",
                    description="",
                )
            )
        session.add(
            Payment(
                id="P1",
                customer_id="A",
                invoice_number=None,
                received_on=DAY,
                currency="EUR",
                amount=Decimal("70.00"),
                reference="REF 7000",
            )
        )
    house.engine.dispose()
    return folder / "house.db"


def _line(n: int, amount: str, text: str, **fields: Any) -> ReadLine:
    values: dict[str, Any] = {"booked_on": DAY + timedelta(days=n % 4), "currency": "EUR", "remittance": text} | fields
    return ReadLine(amount=Decimal(amount), **values)


POOL = [
    _line(0, "100.00", "INV-5000"),
    _line(1, "100.00", "INV-5000 again"),
    _line(2, "350.00", "", payer_name="Birke"),
    _line(0, "70.00", "REF 7000", payer_name="Adler"),
    _line(1, "70.00", "REF 7000 the second"),
    _line(3, "30.00", "INV-5001 a part", end_to_end="E1"),
    _line(3, "-30.00", "back", end_to_end="E1", reversal=True),
    _line(2, "-12.00", "fees"),
    _line(0, "196.00", "5001"),
    _line(1, "1.23", "nobody knows"),
]


def _state(session: Session) -> Any:
    lines = {
        line.id: (
            line.key,
            line.state,
            line.match,
            line.confidence,
            tuple(line.payments),
            line.customer_id,
            str(line.ways),
        )
        for line in session.exec(select(BankLine))
    }
    parts = sorted(
        (lines[p.bank_line_id][0], p.invoice_number or "", p.amount, p.deducted, p.state)
        for p in session.exec(select(BankPart))
    )
    seen = {c: seen_money(session, c) for c in "AB"}
    return sorted(lines.values()), parts, seen


def _imported(file: Path, orders: Sequence[Sequence[ReadLine]]) -> Any:
    with tempfile.TemporaryDirectory() as folder:
        shutil.copy(file, Path(folder) / "house.db")
        engine = open_engine(f"sqlite:///{folder}/house.db")
        for n, lines in enumerate(orders):
            read = ReadStatement("NL91ABNA0417164300", "EUR", "camt.053", f"S{n}", None, None, None, None, tuple(lines))
            with unit_of_work(engine) as session:
                take_statements(session, [read], cash=CashLimits(), actor="t", now=NOW)
        with unit_of_work(engine) as session:
            found = _state(session)
        engine.dispose()
    return found


@cache
def _whole(file: Path) -> Any:
    return _imported(file, [POOL])


@given(st.permutations(POOL), st.integers(1, 9), st.integers(0, 9))
@settings(max_examples=3, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_statements_in_any_order_and_twice_come_to_the_same(
    ledger_file: Path, order: list[ReadLine], cut: int, again: int
) -> None:
    assert _imported(ledger_file, [order[:cut], order[cut:], order[again:]]) == _whole(ledger_file)


@given(st.data())
@settings(max_examples=4, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_persons_decide_every_cent_is_somewhere_once(ledger_file: Path, data: st.DataObject) -> None:
    with tempfile.TemporaryDirectory() as folder:
        shutil.copy(ledger_file, Path(folder) / "house.db")
        house = House(open_engine(f"sqlite:///{folder}/house.db"))
        banking = Banking(house.engine, house.policy)
        read = ReadStatement("NL91ABNA0417164300", "EUR", "camt.053", "S", None, None, None, None, tuple(POOL))
        with unit_of_work(house.engine) as session:
            take_statements(session, [read], cash=CashLimits(), actor="t", now=NOW)
        for _ in range(6):
            line = data.draw(st.integers(1, len(POOL)))
            act = data.draw(st.sampled_from(["confirm", "say", "dismiss", "reopen"]))
            shares = [
                Share(data.draw(st.sampled_from(NUMBERS[:6])), data.draw(AMOUNTS))
                for _ in range(data.draw(st.integers(0, 2)))
            ]
            try:
                match act:
                    case "confirm":
                        banking.confirm(line, actor="i", now=NOW)
                    case "say":
                        banking.confirm(
                            line, shares, actor="i", now=NOW, customer_id=data.draw(st.sampled_from([None, "A", "B"]))
                        )
                    case "dismiss":
                        banking.dismiss(line, actor="i", note="no", now=NOW)
                    case "reopen":
                        banking.reopen(line, actor="i", now=NOW)
            except BankFault:
                pass
            with unit_of_work(house.engine) as session:
                _holds(session)
                _nothing_is_left_to_match(session)
        house.engine.dispose()


def _nothing_is_left_to_match(session: Session) -> None:
    """Matching all lines comes to what matching the touched ones came to."""
    before = _state(session)
    rematch(session, cash=CashLimits(), now=NOW)
    assert _state(session) == before


def test_of_many_lines_few_are_touched_and_all_come_to_the_same(tmp_path: Path, ledger_file: Path) -> None:
    made = world(lines=160, invoices=320, seed=5)
    shutil.copy(ledger_file, tmp_path / "house.db")
    house = House(open_engine(f"sqlite:///{tmp_path / 'house.db'}"))
    _fill(house, made)
    banking, chance = Banking(house.engine, house.policy), random.Random(2)
    looked: list[int] = []
    with unit_of_work(house.engine) as session:
        lines = [line.id or 0 for line in session.exec(select(BankLine).where(BankLine.state == LineState.SUGGESTED))]
    for number in chance.sample(lines, 10):
        with unit_of_work(house.engine) as session:
            touched = Touched()
            touched.see(session, number)
            looked.append(rematch_touched(session, touched, cash=CashLimits(), now=NOW))
        if chance.random() < 0.8:
            banking.confirm(number, actor="i", now=NOW)
        else:
            banking.dismiss(number, actor="i", note="no", now=NOW)
        with unit_of_work(house.engine) as session:
            _nothing_is_left_to_match(session)
    assert sum(looked) < 0.5 * len(looked) * 160, "and most lines were left alone"
    house.engine.dispose()


def _fill(house: House, made: World) -> None:
    with unit_of_work(house.engine) as session:
        for customer, name in made.books.customers.items():
            named: dict[str, Any] = {"id": customer, "name": name, "currency": "EUR", "language": "en"}
            session.add(Customer(**named, timezone="UTC", tier="b", owner=""))
        session.flush()
        for item in made.books.items:
            about: dict[str, Any] = {
                "issue_date": item.issue_date,
                "due_date": item.due_date,
                "po_number": "",
                "description": "",
            }
            whose: dict[str, Any] = {"number": item.number, "customer_id": item.customer_id, "currency": item.currency}
            session.add(Invoice(amount=max(item.balance, Decimal(1)), balance=item.balance, **whose, **about))
    fields = (
        "booked_on",
        "amount",
        "currency",
        "structured",
        "end_to_end",
        "payer_name",
        "payer_iban",
        "charges",
        "named",
    )
    lines = [ReadLine(remittance=line.text, **{name: getattr(line, name) for name in fields}) for line in made.lines]
    read = ReadStatement("NL91ABNA0417164300", "EUR", "camt.053", "S", None, None, None, None, tuple(lines))
    with unit_of_work(house.engine) as session:
        take_statements(session, [read], cash=CashLimits(), actor="t", now=NOW)


def _holds(session: Session) -> None:
    settled: dict[str, Decimal] = defaultdict(Decimal)
    parts: dict[int, list[BankPart]] = defaultdict(list)
    for part in session.exec(select(BankPart)):
        parts[part.bank_line_id].append(part)
        if part.invoice_number:
            settled[part.invoice_number] += part.amount + part.deducted
    for line in session.exec(select(BankLine)):
        own = parts[line.id or 0]
        given = sum((p.amount for p in own), Decimal(0))
        if line.state == LineState.CONFIRMED:
            assert given == line.amount
            assert {p.state for p in own} == {PartState.CONFIRMED}
        elif line.state == LineState.SUGGESTED:
            assert given <= line.amount
            assert {p.state for p in own} <= {PartState.SUGGESTED}
        else:
            assert own == []
    for invoice in session.exec(select(Invoice)):
        assert settled[invoice.number] <= invoice.balance
    for customer in "AB":
        for number, amount in seen_money(session, customer).items():
            assert 0 < amount <= session.get_one(Invoice, number).balance

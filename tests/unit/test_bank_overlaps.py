"""Statements that were imported before, in part or in another format: each payment counts once, and none is dropped."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine
from sqlmodel import Session, SQLModel, create_engine, select

from store.bank import seen_money
from store.bank_statements import gaps, take_statement
from store.bank_tables import BankLine
from store.bank_words import BankFault, LineState, ReadLine, ReadStatement
from store.engine import unit_of_work
from tests.bank_house import DAY, ONE, OPEN, OURS, PAYER, WHOSE, banking, line, rows, statement, take
from tests.factories import NOW, House

pytest_plugins = ("tests.bank_fixtures",)


def test_the_same_statement_and_the_same_line_count_once(house: House) -> None:
    first = line("2380.00", ONE)
    take(house, statement(first))
    assert take(house, statement(first)).taken[0].again
    later = take(house, statement(first, line("99.00", "x")))
    assert (later.taken[0].new, later.taken[0].known) == (1, 1)
    alike = take(house, statement(first, first))
    assert (alike.taken[0].new, alike.taken[0].known) == (1, 1), "two payments alike in everything are two"
    with unit_of_work(house.engine) as session:
        assert len(rows(session)) == 3


def test_a_line_that_came_in_another_format_is_known(house: House) -> None:
    take(house, statement(line("2380.00", ONE), form="mt940"))
    other = statement(line("2380.00", f"SVWZ+{ONE}"), line("5.00", "new"))
    (taken,) = take(house, other).taken
    assert (taken.new, taken.known, taken.recognised, taken.doubtful) == (1, 1, 1, 0)
    assert take(house, replace(other, statement_id="S9"), anew=True).taken[0].new == 1


def test_what_is_not_certainly_the_same_is_shown_beside_the_other_and_counts_for_nothing(house: House) -> None:
    take(house, statement(line("2380.00", ONE, payer_name="Welding KG"), form="mt940"))
    (taken,) = take(house, statement(line("2380.00", "Gutschrift 4711", payer_name="WELDING"), form="csv")).taken
    assert (taken.new, taken.recognised, taken.doubtful) == (1, 0, 1)
    with unit_of_work(house.engine) as session:
        first, second = rows(session)
        assert (second.state, second.same_as, second.ways) == (LineState.MAYBE_KNOWN, first.id, [])
        assert seen_money(session, WHOSE) == {ONE: OPEN}
    banking(house).answer(2, yes=True, actor="ines", now=house.now)
    with unit_of_work(house.engine) as session:
        assert rows(session)[1].state == LineState.DISMISSED
    again = take(house, statement(line("2380.00", "GUTSCHRIFT 4711"), form="camt.053"))
    assert (again.taken[0].new, again.taken[0].recognised) == (0, 1), "known by what a person said"
    banking(house).reopen(2, actor="ines", now=house.now)
    banking(house).answer(2, yes=False, actor="ines", now=house.now)
    with unit_of_work(house.engine) as session:
        assert rows(session)[1].state == LineState.OPEN
    with pytest.raises(BankFault, match="nothing was changed"):
        banking(house).answer(2, yes=False, actor="ines", now=house.now)


def test_another_reference_or_account_is_another_payment(house: House) -> None:
    take(house, statement(line("50.00", ONE, end_to_end="E-1"), line("60.00", ONE, payer_iban=PAYER), form="mt940"))
    other = statement(line("50.00", ONE, end_to_end="E-2"), line("60.00", ONE, payer_iban="FR7612345"))
    (taken,) = take(house, other).taken
    assert (taken.new, taken.doubtful) == (2, 0)


def test_a_day_with_the_same_amounts_in_two_whole_statements_is_the_same_day(house: House) -> None:
    balances: dict[str, Any] = {"opening": Decimal("0.00"), "closing": Decimal("130.00")}
    longer: dict[str, Any] = {"opening": Decimal("0.00"), "closing": Decimal("135.00")}
    take(house, statement(line("100.00", "one"), line("30.00", "two"), form="mt940", **balances))
    later = line("5.00", "new", booked_on=DAY + timedelta(days=1))
    (taken,) = take(house, statement(line("100.00", "x"), line("30.00", "y"), later, **longer)).taken
    assert (taken.new, taken.recognised, taken.doubtful) == (1, 2, 0)


def test_a_part_of_a_batch_that_another_format_spells_out_is_doubted(house: House) -> None:
    take(house, statement(line("2000.00", ONE), line("380.00", "x"), line("7.00", "y", end_to_end="E7")))
    (taken,) = take(house, statement(line("2380.00", "BATCH"), line("7.00", "z", end_to_end="E7"), form="mt940")).taken
    assert (taken.new, taken.recognised, taken.doubtful) == (1, 1, 1)


def known_as(form: str, truth: int, booking: tuple[int, Decimal, str]) -> ReadLine:
    """Write a booking as a format does: what one has in fields of its own another has in its words, cut, or not at all."""
    day, amount, kind = booking
    text, reference = f"Rechnung {7000 + truth} vom {truth}", f"E2E-{truth}"
    values: dict[str, Any] = {"booked_on": DAY + timedelta(days=day)}
    if kind == "twin":
        text, reference = "Beitrag 4711", ""
    if kind == "bare":
        text, reference = {"camt.053": "", "mt940": f"NACHTRAG {truth}", "csv": "Gutschrift"}[form], ""
    if form == "camt.053":
        return line(
            str(amount), text, end_to_end=reference, payer_name="Welding KG und Soehne", payer_iban=PAYER, **values
        )
    if form == "mt940":
        wrapped = " ".join(text[at : at + 9] for at in range(0, len(text), 9))
        return line(str(amount), wrapped, end_to_end=reference, payer_name="WELDING KG UND", payer_iban=PAYER, **values)
    return line(
        str(amount), f"GUTSCHRIFT {text} EREF+{reference}".upper(), payer_name="Welding KG und Soehne", **values
    )


@st.composite
def overlapping(draw: st.DrawFn) -> tuple[list[tuple[int, Decimal, str]], list[tuple[str, int, int]]]:
    bookings = [
        (draw(st.integers(0, 5)), draw(st.sampled_from([Decimal("50.00"), Decimal("75.00")])), draw(st.sampled_from(["plain", "plain", "twin", "bare"])))
        for _ in range(draw(st.integers(3, 10)))
    ]  # fmt: skip
    forms = st.sampled_from(["camt.053", "mt940", "csv"])
    parts = [(draw(forms), draw(st.integers(0, 5)), draw(st.integers(0, 5))) for _ in range(draw(st.integers(0, 3)))]
    cut = draw(st.integers(0, 5))
    whole = [(draw(forms), 0, cut), (draw(forms), draw(st.integers(0, cut)), 5)]
    return bookings, draw(st.permutations([*parts, *whole]))


@given(overlapping())
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_overlapping_parts_in_any_formats_come_to_the_same_lines(
    empty: Engine, made: tuple[list[tuple[int, Decimal, str]], list[tuple[str, int, int]]]
) -> None:
    bookings, parts = made
    plain = all(kind != "bare" for _, _, kind in bookings)
    with Session(empty) as session:
        for number, (form, first, last) in enumerate(parts):
            lines = [known_as(form, n, b) for n, b in enumerate(bookings) if first <= b[0] <= last]
            read = statement(*lines, form=form, statement_id=f"S{number}")
            taken = take_statement(session, read, actor="t", now=NOW)
            assert not (plain and taken.doubtful), "what says enough of itself is never asked about"
        there = session.exec(select(BankLine)).all()
        counted = Counter((row.booked_on, row.amount) for row in there if row.state != LineState.MAYBE_KNOWN)
        asked = Counter((row.booked_on, row.amount) for row in there if row.state == LineState.MAYBE_KNOWN)
        truth = Counter((DAY + timedelta(days=day), amount) for day, amount, _ in bookings)
        session.rollback()
    assert all(counted[group] <= truth[group] for group in counted), "nothing counts twice"
    assert all(counted[group] + asked[group] >= truth[group] for group in truth), "nothing is dropped"
    assert not plain or counted == truth


@pytest.fixture(scope="module")
def empty() -> Iterator[Engine]:
    made = create_engine("sqlite://")
    SQLModel.metadata.create_all(made)
    yield made
    made.dispose()


def test_a_batch_that_another_format_spells_out_is_not_counted_twice(house: House) -> None:
    balances: dict[str, Any] = {"opening": Decimal("10.00"), "closing": Decimal("2390.00"), "closed_on": DAY}
    take(house, statement(line("2000.00", ONE), line("380.00", "x"), **balances))
    batch = statement(line("2380.00", "BATCH OF 2"), form="mt940", **balances)
    with pytest.raises(BankFault, match="with the same balances"):
        take(house, batch)
    assert take(house, batch, anew=True).taken[0].new == 1


def test_a_missing_statement_is_said_whatever_the_order(house: House) -> None:
    def day(n: int, opening: str, closing: str) -> ReadStatement:
        moved = Decimal(closing) - Decimal(opening)
        on = DAY + timedelta(days=n)
        return statement(
            line(str(moved), f"d{n}", booked_on=on),
            statement_id=f"S{n}",
            closed_on=on,
            opening=Decimal(opening),
            closing=Decimal(closing),
        )

    take(house, day(3, "400", "500"))
    take(house, day(1, "100", "200"))
    with unit_of_work(house.engine) as session:
        (told,) = gaps(session, OURS)
    assert "is missing" in told
    assert "200.00" in told
    take(house, day(2, "200", "400"))
    with unit_of_work(house.engine) as session:
        assert gaps(session, OURS) == []

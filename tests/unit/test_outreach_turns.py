"""So many steps a day and no more: the most money first, nobody for ever last, and what waits is told."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from functools import partial
from itertools import count
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlmodel import select

from outreach.cadence import read_cadences
from outreach.planning import explain
from outreach.turns import FAIR, Turns, interleaved
from outreach.waiting import waiting_now
from risk.settings import RiskSettings
from risk.worklist import worklist_of
from store.engine import unit_of_work
from store.outreach import OutreachStepRow, pause
from tests.factories import House
from tests.outreach_house import ON, TODAY, add_customer, bill, day, empty_books, plan, quiet_house

_names = st.lists(st.text("abcdefgh", min_size=1, max_size=3), unique=True, min_size=1, max_size=40)


def _is_fair(places: Iterator[int]) -> bool:
    return next(places) % FAIR == FAIR - 1


@given(names=_names, start=st.integers(0, 10**6), data=st.data())
def test_everybody_has_one_turn_and_the_longest_wait_every_fifth(
    names: list[str], start: int, data: st.DataObject
) -> None:
    by_wait = data.draw(st.permutations(names))
    place_of = count(start)
    order = list(interleaved(names, by_wait, fair=partial(_is_fair, place_of)))
    assert sorted(order) == sorted(names), "nobody is lost, nobody twice"
    for place, name in enumerate(order):
        before = set(order[:place])
        queue = by_wait if (start + place) % FAIR == FAIR - 1 else names
        assert name == next(n for n in queue if n not in before)


@settings(max_examples=40, deadline=None)
@given(per_day=st.integers(1, 7), old=st.integers(1, 12), richer=st.integers(0, 12))
def test_nobody_waits_for_ever_though_richer_ones_come_every_day(per_day: int, old: int, richer: int) -> None:
    """Newcomers with more money come each day; those who were there first have their turn within what a fifth of the turns allows."""
    waiting = {f"old-{n}": (n, 0) for n in range(old)}
    begun: list[str] = []
    today = 0
    while any(name.startswith("old") for name in waiting):
        today += 1
        assert today <= 1 + -(-old * FAIR // per_day)
        waiting |= {f"new-{today}-{n}": (1000 + n, today) for n in range(richer)}
        by_gain = sorted(waiting, key=lambda name: (-waiting[name][0], name))
        by_wait = sorted(waiting, key=lambda name: (waiting[name][1], name))
        place_of = count(today * per_day)
        order = interleaved(by_gain, by_wait, fair=partial(_is_fair, place_of))
        turn = list(order)[:per_day]
        begun += turn
        waiting = {name: value for name, value in waiting.items() if name not in turn}
    assert len(set(begun)) == len(begun)


@pytest.fixture(scope="module")
def books(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return empty_books(tmp_path_factory.mktemp("books"))


@pytest.fixture
def house(tmp_path: Path, books: Path) -> House:
    """Seven customers with an invoice each that is overdue, each larger than the one before."""
    house = quiet_house(tmp_path, books)
    for number in range(1, 8):
        who = f"C{number}"
        add_customer(house, who, f"Customer {number}", contacts=((f"ap{number}@site.example", "Sam Vane", "ap"),))
        bill(house, f"I-{number}", TODAY - timedelta(days=10 - number % 2), f"{number}000.00", customer_id=who)
    return house


def _begun(house: House) -> dict[str, str]:
    with unit_of_work(house.engine) as session:
        return {row.customer_id: str(row.day) for row in session.exec(select(OutreachStepRow))}


def test_over_a_large_ledger_the_queue_fills_day_by_day(house: House) -> None:
    few = ON.model_copy(update={"per_day": 3})
    dry = plan(house, settings=few, dry=True)
    assert (dry.planned, len(dry.waiting), _begun(house)) == (3, 4, {})
    would = {d.customer_id for d in dry.decisions if d.outward is not None}
    assert {d.silent for d in dry.decisions if d.customer_id in dry.waiting} == {Turns(3).words(TODAY)}

    first = plan(house, settings=few)
    assert (first.planned, len(first.waiting)) == (3, 4)
    assert set(_begun(house)) == would, "the dry run said so"
    again = plan(house, settings=few)
    assert (again.planned, sorted(again.waiting)) == (0, sorted(first.waiting)), "asked twice, no more are begun"
    with unit_of_work(house.engine) as session:
        told = waiting_now(session, now=house.now, settings=few, policy=house.policy)
        rows = worklist_of(session, now=house.now, settings=RiskSettings(), waiting=told)
        one = first.waiting[0]
        shown = explain(
            session, one, now=house.now, settings=few, policy=house.policy, cadences=read_cadences(), texts=False
        )
    assert sorted(told) == sorted(first.waiting)
    assert {row.customer for row in rows if "it waits for its turn" in row.reasons[-1]} == set(told)
    assert (shown.outward, shown.silent) == (None, Turns(3).words(TODAY))

    day(house)
    assert plan(house, settings=few).planned == 3
    day(house)
    last = plan(house, settings=few)
    assert (last.planned, last.waiting) == (1, ())
    days = list(_begun(house).values())
    assert sorted(_begun(house)) == [f"C{n}" for n in range(1, 8)], "nobody was lost"
    assert max(days.count(each) for each in days) == 3
    with unit_of_work(house.engine) as session:
        assert waiting_now(session, now=house.now, settings=few, policy=house.policy) == {}


def test_cadences_that_were_spoilt_meanwhile_keep_nobody_from_the_worklist(
    house: House, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    few = ON.model_copy(update={"per_day": 3})
    waits = plan(house, settings=few).waiting
    desk = house.desk
    desk.outreach = few
    assert "it waits for its turn" in next(r for r in desk.worklist() if r.customer == waits[0]).reasons[-1]
    spoilt = tmp_path / "mine.toml"
    spoilt.write_text("[[cadence", encoding="utf-8")
    desk.outreach = few.model_copy(update={"cadences": spoilt})
    house.now += timedelta(minutes=2)
    assert {r.customer for r in desk.worklist()} >= set(waits)
    shown = desk.account_risk(waits[0])
    assert shown is not None
    assert shown.rows
    assert "mine.toml" in caplog.text


def test_most_of_the_turns_go_by_what_acting_now_brings(house: House) -> None:
    with unit_of_work(house.engine) as session:
        ranked = [row.customer for row in worklist_of(session, now=house.now, settings=RiskSettings())]
    plan(house, settings=ON.model_copy(update={"per_day": 2}))
    assert len(set(ranked[:2]) & set(_begun(house))) >= 1
    assert ranked[0] == "C7", "the largest sum is likely to bring most"


def test_the_fifth_turn_is_not_spent_on_those_to_whom_nothing_goes(house: House) -> None:
    """Whoever is paused has waited longest of all; the one behind them has their turn nonetheless."""
    for who, late, amount in (("P1", 60, "30.00"), ("P2", 59, "20.00"), ("OLD", 30, "10.00")):
        add_customer(house, who, f"Customer {who}", contacts=((f"{who.lower()}@site.example", "Sam Vane", "ap"),))
        bill(house, f"I-{who}", TODAY - timedelta(days=late), amount, customer_id=who)
    with unit_of_work(house.engine) as session:
        for who in ("P1", "P2"):
            pause(session, who, until=None, actor="ines", now=house.now)
    assert plan(house, settings=ON.model_copy(update={"per_day": FAIR})).planned == FAIR
    begun = set(_begun(house))
    assert "OLD" in begun
    assert {f"C{n}" for n in range(4, 8)} <= begun, "the other four go by what they bring"


def test_what_another_planner_began_counts(house: House) -> None:
    few = ON.model_copy(update={"per_day": 3})
    turns = Turns(3)
    with unit_of_work(house.engine) as session:
        turns.refresh(session, since=TODAY)
    assert turns.left(TODAY) == 3
    plan(house, settings=few.model_copy(update={"per_day": 2}))
    with unit_of_work(house.engine) as session:
        turns.refresh(session)
        turns.refresh(session)
    assert turns.left(TODAY) == 1
    assert plan(house, settings=few).planned == 1

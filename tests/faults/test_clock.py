"""Clocks that jump by an hour in the middle of things, summer time both ways, the leap day, the year's end.

One clock, which the test moves. What leaves is looked at with the recipient's own calendar, by no code of dunwell.
"""

from __future__ import annotations

import os
import shutil
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from email import message_from_bytes
from itertools import pairwise
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlmodel import col, select

from agent.effects import effects_by
from agent.llm import DailyBudget, ModelFailure
from agent.sending import rechecker
from agent.settling import settle_due
from mail.outbox import Route, Sender
from mail.transport import TryLater
from store import audit, followups, messages, outbox
from store.aftermath import FollowupKind, PromiseStatus
from store.engine import open_engine, unit_of_work
from store.keeping import keep_daily
from store.ledger import import_ledger, read_ledger
from store.matters import Followup
from store.proposals import Stale
from store.tables import Effect, Outgoing, Promise, ProposalRow
from store.undo import take_back
from store.vocabulary import ProposalStatus, Reason, SendState
from tests.factories import COMPANY, LEDGER, House, claim, open_house
from tests.wakings import FRIDAY, answered, think
from tools.limits import Policy

SENDER, OTHER = "k.sonnleitner@metallbau-sonnleitner.example", "p.kershaw@harrowfinch.example"
THIRD = "j.brandstaetter@kessler-anlagenbau.example"
#: Who writes about which invoice, and when it is day there.
WRITERS = {
    SENDER: ("INV-20412", ZoneInfo("Europe/Berlin")),
    OTHER: ("INV-20413", ZoneInfo("Europe/London")),
    THIRD: ("DE-70311", ZoneInfo("Europe/Berlin")),
}
WIDE = bool(os.environ.get("DUNWELL_FAULTS"))
HOUR, UNDO = timedelta(hours=1), timedelta(seconds=30)
STEP = timedelta(minutes=20)
#: When it begins, in UTC: before the change to summer time and back, the leap day, the year's end, and on no special day.
STARTS = {
    "an ordinary day": datetime(2026, 3, 10, 13, 30, tzinfo=UTC),
    "summer time begins": datetime(2026, 3, 27, 15, 30, tzinfo=UTC),
    "summer time ends": datetime(2026, 10, 23, 14, 30, tzinfo=UTC),
    "the leap day": datetime(2028, 2, 28, 15, 30, tzinfo=UTC),
    "the year's end": datetime(2026, 12, 31, 15, 30, tzinfo=UTC),
}


@dataclass(frozen=True)
class Left:
    """A mail that left."""

    name: str
    to: str
    at: datetime


@dataclass
class Wire:
    """A way out that keeps what left, and when; it can be away."""

    now: Callable[[], datetime]
    left: list[Left] = field(default_factory=list)
    away: bool = False

    def probe(self) -> str:
        return "a wire"

    def deliver(self, *, sender: str, recipients: Sequence[str], mime: bytes, before_body: Callable[[], bool]) -> None:
        if self.away:
            raise TryLater("away")
        if before_body():
            self.left.append(Left(str(message_from_bytes(mime)["Message-ID"]), recipients[0], self.now()))


@dataclass
class Day:
    """A house at work: what is due is settled and sent at every step of the clock."""

    house: House
    wire: Wire
    sender: Sender

    def works(self) -> None:
        settle_due(self.house.engine, lambda: self.house.now, policy=self.house.policy)
        self.sender.run_due(self.house.now)

    def passes(self, span: timedelta) -> None:
        """Let time pass, working all the while."""
        end = self.house.now + span
        while self.house.now < end:
            self.house.now = min(end, self.house.now + (STEP if end - self.house.now < 4 * HOUR else 2 * HOUR))
            self.works()

    def jumps(self, by: timedelta) -> None:
        """Put the clock forward or back at once."""
        self.house.now += by
        self.works()

    def answers(self, number: int, sender: str = SENDER) -> int:
        """Approve an answer to a question."""
        invoice = WRITERS[sender][0]
        words = f"What is line {number} on {invoice}?"
        message = self.house.receive(words, sender=sender)
        held = self.house.hold(message, claim(Reason.QUESTION, words, invoices=(invoice,)))
        assert self.house.desk.approve(held, version=1, actor="ines")
        return held

    def imports(self) -> None:
        """Bring the ledger in, as it was: its figures are of today."""
        with unit_of_work(self.house.engine) as session:
            import_ledger(session, read_ledger(LEDGER), actor="test", now=self.house.now)

    def is_open(self) -> bool:
        """Say whether it is ten in the morning of a working day for the first writer."""
        local = self.house.now.astimezone(WRITERS[SENDER][1])
        return local.hour == 10 and local.weekday() < 3

    def rows(self) -> list[Outgoing]:
        with unit_of_work(self.house.engine) as session:
            return list(session.exec(select(Outgoing).order_by(col(Outgoing.id))))


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("model")
    open_house(folder).engine.dispose()
    return folder / "house.db"


def day(model: Path, folder: Path, start: datetime, *, days: str = "mon tue wed thu fri") -> Day:
    shutil.copyfile(model, folder / "house.db")
    contact = {"opens": "09:00", "closes": "17:00", "answers_per_day": 1, "days": days.split()}
    rules = {"contact": contact, "holidays": ["01-01"]}
    policy = {
        "jurisdictions": {"default-strict": rules},
        "sending": {"ledger_hours": 168},
        "manager_above": "90000",
    }
    house = House(open_engine(f"sqlite:///{folder / 'house.db'}"), now=start, undo=UNDO)
    house.policy = Policy.model_validate(policy)
    wire = Wire(lambda: house.now)
    recheck = rechecker(company=COMPANY, policy=house.policy, roles=house.roles)
    effects = effects_by(lambda: house.now)
    sender = Sender(house.engine, {"ar": Route(wire)}, "w1", effects, clock=lambda: house.now, recheck=recheck)
    made = Day(house, wire, sender)
    made.imports()
    return made


def against_the_rules(left: Sequence[Left], *, weekends: bool) -> list[str]:
    """Look at what left with the recipient's calendar: in office hours of a working day, one in any 24 hours, none twice."""
    found = [f"{name} left twice" for name, count in Counter(mail.name for mail in left).items() if count > 1]
    for mail in left:
        local = mail.at.astimezone(WRITERS[mail.to][1])
        if not time(9) <= local.time() < time(17) or (local.month, local.day) == (1, 1):
            found.append(f"left at {local:%a %d %b %Y %H:%M %Z}")
        if local.weekday() >= 5 and not weekends:
            found.append(f"left on {local:%A}")
    for to in WRITERS:
        moments = sorted(mail.at for mail in left if mail.to == to)
        pairs = pairwise(moments)
        found += [f"two in a day from {one}" for one, next_one in pairs if next_one - one < timedelta(days=1)]
    return found


@pytest.mark.parametrize(
    ("start", "jump"),
    [(start, jump) for start in STARTS for jump in (-HOUR, HOUR)] if WIDE else [("summer time ends", HOUR)],
)
def test_a_jump_in_the_middle_of_everything(model: Path, tmp_path: Path, start: str, jump: timedelta) -> None:
    weekends = "year" in start  # its holiday is before a weekend, and an approval does not hold so long
    it = day(model, tmp_path, STARTS[start], **({"days": "mon tue wed thu fri sat sun"} if weekends else {}))
    house = it.house
    # In the time in which an approval can be taken back.
    first = it.answers(1)
    house.now += UNDO / 2
    it.jumps(jump)
    assert (first in settled(house)) is (jump > timedelta())
    it.passes(HOUR + UNDO)
    assert first in settled(house), "it is settled when the clock says so, at most the jump later"
    # In the lease of a sender that died with a mail in hand.
    second = it.answers(2, OTHER)
    house.now += UNDO
    settle_due(house.engine, lambda: house.now, policy=house.policy)
    with unit_of_work(house.engine) as session:
        row = session.exec(select(Outgoing).where(Outgoing.proposal_id == second)).one()
        assert outbox.claim(session, row.id or 0, worker="dead", now=house.now, lease=it.sender.lease)
    it.jumps(jump)
    it.passes(it.sender.lease + HOUR + STEP)
    # While a server is away, and in the hours in which a mail waits for its window and its cap.
    it.wire.away = True
    it.answers(3, THIRD)
    it.passes(timedelta(hours=2))
    it.jumps(jump)
    it.passes(timedelta(hours=12))
    it.wire.away = False
    it.jumps(-jump)
    it.passes(timedelta(hours=2))
    it.jumps(jump)
    it.passes(timedelta(hours=60))
    assert len(it.wire.left) == 3
    # Between two mails of which the second must wait for a day.
    while not it.is_open():
        it.passes(HOUR)
    it.imports()
    it.answers(4)
    it.passes(UNDO)
    assert len(it.wire.left) == 4
    it.jumps(jump)
    it.answers(5)
    it.passes(timedelta(hours=3))
    assert len(it.wire.left) == 4, "one answer a day"
    it.jumps(-jump)
    it.passes(timedelta(hours=94))
    assert against_the_rules(it.wire.left, weekends=weekends) == []
    assert Counter(row.state for row in it.rows()) == {SendState.FILED: 5}, "no lease and no wait is for ever"
    assert len(it.wire.left) == 5
    with unit_of_work(house.engine) as session:
        effects = Counter(session.exec(select(Effect.proposal_id)))
        assert set(effects.values()) == {1}
        assert audit.verify(session)[1] is None
    house.engine.dispose()


def settled(house: House) -> list[int]:
    with unit_of_work(house.engine) as session:
        done = select(ProposalRow.id).where(
            col(ProposalRow.settles_at).is_(None), col(ProposalRow.status) != ProposalStatus.HELD
        )
        return [number for number in session.exec(done) if number is not None]


@pytest.mark.parametrize("jump", [-HOUR, HOUR])
def test_taken_back_or_sent_but_never_both_whatever_the_clock_does(
    model: Path, tmp_path: Path, jump: timedelta
) -> None:
    it = day(model, tmp_path, STARTS["an ordinary day"])
    number = it.answers(1)
    it.jumps(jump)
    taken_back = True
    try:
        with unit_of_work(it.house.engine) as session:
            version = session.get_one(ProposalRow, number).version
            take_back(session, number, version=version, actor="ines", now=it.house.now)
    except Stale:
        taken_back = False
    it.passes(timedelta(hours=3))
    assert taken_back is (jump < timedelta()), "forward, the time is over; back, there is more of it"
    assert len(it.wire.left) == (0 if taken_back else 1)
    it.house.engine.dispose()


def test_a_lease_is_nobodys_for_ever_and_never_two_workers(model: Path, tmp_path: Path) -> None:
    it = day(model, tmp_path, STARTS["an ordinary day"])
    message, lease = it.house.receive("What is line two on INV-20412?", sender=SENDER), timedelta(minutes=10)
    now = it.house.now

    def claims(worker: str, at: datetime) -> bool:
        with unit_of_work(it.house.engine) as session:
            return messages.claim(session, message, worker=worker, now=at, lease=lease)

    def has(worker: str) -> bool:
        with unit_of_work(it.house.engine) as session:
            return messages.in_hand(session, message, worker=worker)

    assert claims("w1", now)
    assert not claims("w2", now - HOUR), "back: it is still held"
    assert not claims("w2", now + lease)
    assert claims("w2", now + HOUR), "forward: it counts as dead, and another takes it"
    assert (has("w1"), has("w2")) == (False, True), "what the first comes to is thrown away"
    assert not claims("w1", now)
    assert claims("w1", now + HOUR + lease + timedelta(seconds=1)), "at most the jump later it is free"
    it.house.engine.dispose()


@pytest.mark.parametrize(
    "zone_day", [date(2026, 3, 28), *((date(2026, 10, 24), date(2028, 2, 28), date(2026, 12, 31)) if WIDE else ())]
)
def test_a_broken_promise_wakes_once_however_often_midnight_comes(model: Path, tmp_path: Path, zone_day: date) -> None:
    shutil.copyfile(model, tmp_path / "house.db")
    house = House(open_engine(f"sqlite:///{tmp_path / 'house.db'}"))
    words = "INV-20413 is paid on Friday 13 March, GBP 5,000.00 of it."
    slots: dict[str, Any] = {"date": FRIDAY, "amount": "5000.00", "currency": "GBP"}
    answered(house, words, claim(Reason.PROMISE_TO_PAY, words, invoices=["INV-20413"], **slots))
    night = datetime(zone_day.year, zone_day.month, zone_day.day, 20, tzinfo=UTC)
    with unit_of_work(house.engine) as session:
        promise = session.exec(select(Promise)).one()
        promise.due = promise.wait_until = zone_day
        import_ledger(session, read_ledger(LEDGER), actor="test", now=night + timedelta(days=2))
    woken = 0
    # Midnight comes at an hour of its own in each zone: each is passed three times, as clocks that are set back do.
    for hours in (0, 3, 4, 3, 5, 4, 6, 5, 28, 27, 29, 28, 52, 51):
        house.now = night + timedelta(hours=hours)
        woken += keep_daily(house.engine, now=house.now, days=house.policy.keeping_days()).woken
    with unit_of_work(house.engine) as session:
        assert session.exec(select(Promise.status)).one() == PromiseStatus.BROKEN
        kinds = list(session.exec(select(Followup.kind)))
    assert (woken, kinds) == (1, [FollowupKind.PROMISE_BROKEN])
    assert len(think(house)) == 1
    house.now -= HOUR
    assert think(house) == house.desk.held()
    with unit_of_work(house.engine) as session:
        assert followups.due(session, now=house.now + HOUR) == []
    house.engine.dispose()


def test_a_clock_that_is_put_back_over_midnight_gives_no_second_budget() -> None:
    now = datetime(2026, 3, 10, 23, 30, tzinfo=UTC)

    def clock() -> datetime:
        return now

    daily = DailyBudget(clock, max_calls=2)
    for moved in (timedelta(), HOUR):
        now += moved
        daily.settle(daily.reserve(10), tokens=10, counted=True)
        daily.settle(daily.reserve(10), tokens=10, counted=True)
        with pytest.raises(ModelFailure):
            daily.reserve(10)
    now -= HOUR
    with pytest.raises(ModelFailure):
        daily.reserve(10)  # yesterday again: neither its own budget nor that of the day to come is new
    now += HOUR
    with pytest.raises(ModelFailure):
        daily.reserve(10)
    now += timedelta(days=1)
    daily.reserve(10)
    now += timedelta(days=365)
    daily.reserve(10)
    now -= timedelta(days=365)
    daily.reserve(10)  # the clock was a year ahead: the model is not given up for a year

"""Old mails lose their words by age alone, none of an open matter does, and no byte of them is in any file afterwards."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest
from sqlalchemy import Engine, text
from sqlmodel import Session, SQLModel, select

from agent import retention as daily
from agent.installation import Installation
from agent.operating_settings import RetentionSettings
from agent.retention import erase_old
from store import audit, retention
from store.aftermath import FollowupState
from store.engine import unit_of_work
from store.ledger import import_ledger, read_ledger
from store.matters import Followup, PaymentCheck, PortalItem
from store.merging import merge
from store.retention import Why
from store.retention_rules import Kind, Rules
from store.scrubbing import NotScrubbed
from store.tables import (
    AuditEntry,
    Customer,
    Dispute,
    Effect,
    Escalation,
    Hold,
    Invoice,
    Message,
    MessageRaw,
    Outgoing,
    Plan,
    Promise,
    ProposalRow,
    Resubmission,
)
from store.vocabulary import MessageKind, MessageState, Reason
from tests.database.test_erasing import everything
from tests.factories import LEDGER, NOW, House, claim
from tests.wakings import answered

CANARY = "quokkafeather"
WHO, CUSTOMER = "p.kershaw@harrowfinch.example", "C1001"
RULES = Rules({Kind.CORRESPONDENCE: 365, Kind.MACHINE: 90, Kind.UNRELATED: 60})
LATER = NOW + timedelta(days=400)


@pytest.fixture
def house(engine: Engine) -> House:
    with unit_of_work(engine) as session:
        import_ledger(session, read_ledger(LEDGER), actor="test", now=NOW)
    return House(engine)


@pytest.fixture
def settled(house: House) -> House:
    """A customer whose letter was answered, and who then paid everything; nothing else is open."""
    words = f"We will pay INV-20413 on 20 March 2026, {CANARY} and all."
    number = answered(house, words, claim(Reason.PROMISE_TO_PAY, words, invoices=["INV-20413"], date="2026-03-20"))
    with unit_of_work(house.engine) as session:
        raw = session.get_one(MessageRaw, number)
        raw.content = gzip.compress(f"From: {WHO}\r\n\r\n{words}".encode(), mtime=0)
        session.add(raw)
        session.execute(text("UPDATE outgoing SET state = 'filed'"))
        session.execute(text("UPDATE promise SET status = 'kept'"))
        session.execute(text("UPDATE hold SET released_at = :now"), {"now": "2026-03-21 00:00:00+00:00"})
        session.execute(text("UPDATE invoice SET balance = '0.00'"))
    house.now = LATER
    return house


def due(house: House) -> retention.Due:
    with unit_of_work(house.engine) as session:
        return retention.due(session, RULES, now=house.now)


def change(house: House, how: Callable[[Session], None]) -> None:
    with unit_of_work(house.engine) as session:
        how(session)


def test_no_byte_stays_and_the_log_verifies(settled: House, engine: Engine, tmp_path: Path) -> None:
    assert CANARY in everything(engine)
    assert (due(settled).messages, due(settled).counts) == ((1,), {Kind.CORRESPONDENCE: 1})
    assert erase_old(engine, RULES, clock=lambda: settled.now) == 1
    assert CANARY not in everything(engine)
    if engine.dialect.name == "sqlite":
        for path in tmp_path.rglob("*"):
            assert not path.is_file() or CANARY.encode() not in path.read_bytes(), path
    with unit_of_work(engine) as session:
        assert audit.verify(session)[1] is None
        events = [e.event for e in session.exec(select(AuditEntry)) if e.actor == retention.ACTOR]
        assert events == [retention.ERASED, retention.SCRUBBED]
        assert session.get_one(ProposalRow, 1).status == "sent"
        assert session.exec(select(Promise)).one().status == "kept"
        assert session.exec(select(Outgoing.sent_at)).one() is not None
    assert erase_old(engine, RULES, clock=lambda: settled.now) == 0
    assert settled.desk.show(1) is not None


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
def test_the_young_stay_and_each_kind_has_its_own_age(settled: House) -> None:
    settled.now = NOW + timedelta(days=364)
    assert due(settled).messages == ()
    settled.now = NOW + timedelta(days=366)
    assert due(settled).messages == (1,)
    bounce = settled.receive("failed", sender="x@nobody.example", kind=MessageKind.BOUNCE)
    change(settled, lambda s: end(s, bounce, customer=CUSTOMER))
    stranger = settled.receive("buy this", sender="y@nobody.example")
    change(settled, lambda s: end(s, stranger, customer=None))
    settled.now += timedelta(days=70)
    assert due(settled).messages == (1, stranger)
    settled.now += timedelta(days=30)
    assert sorted(due(settled).messages) == [1, bounce, stranger]


def end(session: Session, number: int, *, customer: str | None) -> None:
    row = session.get_one(Message, number)
    row.customer_id, row.case_id, row.state = customer, None, MessageState.CLOSED
    session.add(row)


def effect(session: Session) -> int:
    found = session.exec(select(Effect.id)).first()
    assert found is not None
    return found


def keeps(session: Session, table: type, **values: object) -> None:
    session.add(table(customer_id=CUSTOMER, effect_id=effect(session), **values))


DAY = date(2026, 3, 1)
OPEN: dict[str, Callable[[Session], None]] = {
    "a promise": lambda s: keeps(s, Promise, invoices=[], due=DAY, currency="GBP"),
    "a plan": lambda s: keeps(s, Plan, invoices=[], currency="GBP", total=Decimal(1), status="agreed"),
    "a dispute": lambda s: keeps(s, Dispute, invoice_number="INV-20413", kind="pricing", statement="x"),
    "a payment search": lambda s: keeps(s, PaymentCheck, outcome="possible"),
    "a portal item": lambda s: keeps(s, PortalItem, invoice_number="INV-20413", portal="coupa", updated_at=NOW),
    "an answer": lambda s: keeps(s, Resubmission, invoice_number="INV-20413", kind="copy"),
    "an escalation": lambda s: keeps(s, Escalation, role="manager", urgency="soon", reason="x", summary="y"),
    "a pause": lambda s: keeps(s, Hold, kind="x", until=None),
    "a waking": lambda s: keeps(
        s,
        Followup,
        message_id=1,
        newest_message=1,
        kind="hold_over",
        subject_id=1,
        due_on=DAY,
        created_at=NOW,
        state=FollowupState.WAITING,
    ),
    "a held proposal": lambda s: of(s, ProposalRow, status="held"),
    "an uncertain mail": lambda s: of(s, Outgoing, state="uncertain"),
}


def of(session: Session, table: type[SQLModel], **values: object) -> None:
    row: SQLModel = session.get_one(table, 1)
    for name, value in values.items():
        setattr(row, name, value)
    session.add(row)


def owes(session: Session, *, issued: date) -> None:
    invoice = session.get_one(Invoice, "INV-20421")
    invoice.balance, invoice.issue_date = invoice.amount, issued
    session.add(invoice)


def stops(session: Session) -> None:
    session.get_one(Customer, CUSTOMER).stopped_reason = "insolvency"


KEPT: list[tuple[Why, Callable[[Session], None]]] = [
    *((Why.OPEN, how) for how in OPEN.values()),
    (Why.UNPAID, lambda s: owes(s, issued=NOW.date() - timedelta(days=40))),
    (Why.HELD_BACK, stops),
]


def test_what_keeps_a_mail_whatever_its_age(settled: House) -> None:
    young = settled.receive("Thank you.")
    change(settled, lambda s: end(s, young, customer=CUSTOMER))
    for why, how in KEPT:
        with Session(settled.engine) as session:
            how(session)
            session.flush()
            found = retention.due(session, RULES, now=settled.now)
            assert (found.messages, found.kept) == ((), {why: 1}), how
            session.rollback()
    with Session(settled.engine) as session:
        # What was issued after the mail came is none of its matter, unless the mail names it.
        owes(session, issued=NOW.date() + timedelta(days=200))
        assert retention.due(session, RULES, now=settled.now).messages == (1,)
        of(session, Message, invoices=["INV-20421"])
        assert retention.due(session, RULES, now=settled.now).kept == {Why.UNPAID: 1}
        session.rollback()
        session.get_one(Message, young).case_id = session.get_one(Message, 1).case_id
        assert retention.due(session, RULES, now=settled.now).kept == {Why.RECENT: 1}
        session.rollback()
        held = Rules({Kind.CORRESPONDENCE: 365}, frozenset({CUSTOMER}))
        assert retention.due(session, held, now=settled.now).kept == {Why.HELD_BACK: 1}
        merge(session, CUSTOMER, "C1002", actor="ines", now=settled.now)
        session.execute(text("UPDATE invoice SET balance = '0.00'"))
        found = retention.due(session, held, now=settled.now)
        assert found.kept == {Why.HELD_BACK: 1}, "the settings name the customer by the number of before"
        session.rollback()
    assert due(settled).messages == (1,)


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
def test_what_opens_between_looking_and_erasing_is_kept(settled: House) -> None:
    numbers = due(settled).messages
    change(settled, OPEN["a dispute"])
    with unit_of_work(settled.engine) as session:
        assert retention.erase_due(session, numbers, RULES, now=settled.now) == 0
    assert CANARY in everything(settled.engine)


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
def test_the_daemon_does_it_once_a_day_and_tries_again_what_failed(
    settled: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    tries: list[int] = []

    def busy_once(engine: Engine) -> None:
        tries.append(1)
        if len(tries) == 1:
            raise NotScrubbed("another program reads the database")

    monkeypatch.setattr(daily, "scrub", busy_once)
    rules = RetentionSettings(messages_days=365, hour=3)
    home = SimpleNamespace(engine=settled.engine, clock=lambda: settled.now, settings=SimpleNamespace(retention=rules))
    looks = daily.Retention(cast("Installation", home))
    settled.now = LATER.replace(hour=2)
    assert (looks.look(), CANARY in everything(settled.engine)) == (0, True), "it is not the hour yet"
    settled.now = LATER.replace(hour=3)
    assert (looks.look(), len(tries)) == (0, 1)
    with unit_of_work(settled.engine) as session:
        assert not retention.is_scrubbed(session)
    # Another process, after a restart, finds that the files were not rewritten.
    again = daily.Retention(cast("Installation", home))
    assert (again.look(), len(tries)) == (0, 2)
    with unit_of_work(settled.engine) as session:
        assert retention.is_scrubbed(session)
    assert (again.look(), len(tries)) == (0, 2)
    off = SimpleNamespace(**vars(home) | {"settings": SimpleNamespace(retention=RetentionSettings())})
    assert daily.Retention(cast("Installation", off)).look() == 0

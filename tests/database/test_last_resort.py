"""The last steps on both databases: one open of a kind, never more than is open, two persons who are two, what follows from payments."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlalchemy.exc import IntegrityError
from sqlmodel import select

from store import audit, erasing
from store import last_resort_deciding as deciding
from store.aftermath import Cause
from store.cases import customer_facts
from store.closing import settled_leaks
from store.engine import unit_of_work
from store.keeping_days import KeepingDays
from store.last_resort import of_customer, propose_last_resort
from store.last_resort_exports import handed_payments, hold_rows, mark_reported, write_offs
from store.last_resort_keeping import keep_last_resorts
from store.last_resort_tables import LastResortRow
from store.last_resort_words import Ending, Ground, Receiver, Standing
from store.matters import Closure
from store.outreach_words import LastResort
from store.proposals import Stale
from store.tables import AuditEntry, Invoice, Payment
from tests.ledgers import NOW, load_ledger

TODAY = NOW.date()
DAYS = KeepingDays()


@pytest.fixture
def house(engine: Engine, tmp_path: Path) -> Engine:
    with unit_of_work(engine) as session:
        load_ledger(session, tmp_path / "ledger")
    return engine


def propose(engine: Engine, kind: LastResort, *invoices: str, customer: str = "K1", **more: Any) -> int | None:
    values: dict[str, Any] = {"why": Ground.NO_ANSWER, "actor": "ines", "now": NOW}
    with unit_of_work(engine) as session:
        return propose_last_resort(
            session, kind=kind, customer_id=customer, invoices=invoices or ("F-5501",), **(values | more)
        )


def stands(engine: Engine, kind: LastResort, *invoices: str, **more: Any) -> int:
    """Propose a step and approve it."""
    number = propose(engine, kind, *invoices, **more)
    assert number is not None
    with unit_of_work(engine) as session:
        deciding.approve(session, number, version=1, actor="mara", now=NOW, second_person=False)
    return number


def row(engine: Engine, number: int) -> LastResortRow:
    with unit_of_work(engine) as session:
        return session.get_one(LastResortRow, number)


def pay(engine: Engine, number: str, amount: str, *, on: date, balance: str, key: str = "P9") -> None:
    """Bring money in as an import does: the receipt and the new balance."""
    with unit_of_work(engine) as session:
        invoice = session.get_one(Invoice, number)
        invoice.balance = Decimal(balance)
        session.add(
            Payment(
                id=key,
                customer_id=invoice.customer_id,
                invoice_number=number,
                received_on=on,
                currency=invoice.currency,
                amount=Decimal(amount),
                reference="BACS",
            )
        )


def sweep(engine: Engine, *, days: int = 0) -> Any:
    return keep_last_resorts(engine, now=NOW + timedelta(days=days), days=DAYS)


def rests(engine: Engine) -> set[str]:
    with unit_of_work(engine) as session:
        return {i.number for i in customer_facts(session, "K1", now=NOW).invoices if i.held_until == date.max}


def test_proposing_is_idempotent_and_logged(house: Engine) -> None:
    first = propose(house, LastResort.HOLD)
    assert first is not None
    assert propose(house, LastResort.HOLD) is None
    assert propose(house, LastResort.HOLD, "F-5502") is None, "one of a kind a customer"
    assert propose(house, LastResort.REVIEW) is not None, "another kind is another matter"
    stored = row(house, first)
    assert (stored.claim, stored.currency, stored.invoices) == (Decimal("1800.00"), "GBP", ["F-5501"])
    with unit_of_work(house) as session:
        entry = session.exec(select(AuditEntry).where(AuditEntry.event == "last_resort.proposed")).first()
        assert entry is not None
        assert entry.subject == f"last_resort:{first}"
        assert audit.verify(session)[1] is None


def test_of_many_at_once_one_is_proposed(house: Engine) -> None:
    with ThreadPoolExecutor(8) as pool:
        made = list(pool.map(lambda _: propose(house, LastResort.HOLD), range(8)))
    assert len([number for number in made if number is not None]) == 1


@pytest.mark.parametrize("amount", ["0", "-1", "1800.01", "10.001"])
def test_no_sum_beyond_what_is_open(house: Engine, amount: str) -> None:
    for kind, more in (
        (LastResort.WRITE_OFF, {"cause": Cause.UNWILLING}),
        (LastResort.SETTLEMENT, {"pay_by": TODAY + timedelta(days=10)}),
    ):
        with pytest.raises(ValueError, match=r"open and uncontested|cents"):
            propose(house, kind, amount=Decimal(amount), **more)


def test_what_is_whose_and_what_is_missing_is_said(house: Engine) -> None:
    with pytest.raises(ValueError, match="F-5503 is not an invoice of this customer"):
        propose(house, LastResort.HOLD, "F-5503")
    with pytest.raises(ValueError, match="which sum"):
        propose(house, LastResort.SETTLEMENT)
    with pytest.raises(ValueError, match="by which day"):
        propose(house, LastResort.SETTLEMENT, amount=Decimal("900"), pay_by=TODAY)
    assert propose(house, LastResort.HOLD, "F-5504", customer="K2") is None, "nothing is open on it"


def test_a_stale_decision_is_refused_and_a_refusal_says_why(house: Engine) -> None:
    number = propose(house, LastResort.HOLD) or 0
    with unit_of_work(house) as session, pytest.raises(Stale):
        deciding.approve(session, number, version=2, actor="mara", now=NOW, second_person=False)
    with unit_of_work(house) as session, pytest.raises(ValueError, match="say why"):
        deciding.refuse(session, number, version=1, actor="mara", now=NOW, note=" ")
    with unit_of_work(house) as session:
        deciding.refuse(session, number, version=1, actor="mara", now=NOW, note="they pay on Friday")
    assert row(house, number).status == Standing.REFUSED
    assert propose(house, LastResort.HOLD) is not None, "what was refused may be proposed again"


def test_two_persons_are_two_whatever_the_code_says(house: Engine) -> None:
    number = propose(house, LastResort.WRITE_OFF, cause=Cause.INSOLVENCY) or 0
    with unit_of_work(house) as session:
        deciding.approve_first(session, number, version=1, actor="mara", now=NOW)
    for actor in ("mara", "cora"):
        if actor == "mara":
            with pytest.raises(IntegrityError), unit_of_work(house) as session:
                deciding.approve(session, number, version=1, actor=actor, now=NOW, second_person=True)
        else:
            with unit_of_work(house) as session:
                deciding.approve(session, number, version=1, actor=actor, now=NOW, second_person=True)
    assert row(house, number).approved_by == "cora"


def test_a_first_approval_of_another_version_counts_no_more(house: Engine) -> None:
    number = propose(house, LastResort.WRITE_OFF, cause=Cause.INSOLVENCY) or 0
    with unit_of_work(house) as session:
        deciding.approve_first(session, number, version=1, actor="mara", now=NOW)
    with unit_of_work(house) as session:
        version = deciding.revise(session, number, version=1, actor="ines", now=NOW, amount=Decimal("900.00"))
    with pytest.raises(IntegrityError), unit_of_work(house) as session:
        deciding.approve(session, number, version=version, actor="cora", now=NOW, second_person=True)


def test_nothing_is_approved_that_is_paid_meanwhile(house: Engine) -> None:
    number = propose(house, LastResort.WRITE_OFF, cause=Cause.UNWILLING) or 0
    pay(house, "F-5501", "1000.00", on=TODAY, balance="800.00")
    with unit_of_work(house) as session, pytest.raises(ValueError, match=r"800.00 is open and uncontested"):
        deciding.approve(session, number, version=1, actor="mara", now=NOW, second_person=False)


def test_a_hold_stands_is_exported_and_its_lifting_is_proposed_when_paid(house: Engine) -> None:
    number = stands(house, LastResort.HOLD)
    with unit_of_work(house) as session:
        assert [(line[0], line[1], line[9]) for line in hold_rows(session, now=NOW)] == [(number, "K1", "")]
    assert sweep(house).proposed == 0
    pay(house, "F-5501", "1800.00", on=TODAY, balance="0.00")
    assert sweep(house, days=1).proposed == 1
    assert sweep(house, days=1).proposed == 0, "once"
    held = row(house, number)
    assert (held.status, held.end_reason) == (Standing.APPROVED, Ending.PAID), "a person lifts it"
    with unit_of_work(house) as session:
        deciding.end(session, number, why=Ending.LIFTED, actor="mara", now=NOW)
        assert hold_rows(session, now=NOW) == []


def test_a_settlement_that_is_paid_in_time_proposes_to_write_off_the_rest(house: Engine) -> None:
    number = stands(
        house,
        LastResort.SETTLEMENT,
        amount=Decimal("1500.00"),
        pay_by=TODAY + timedelta(days=14),
        why="settlement_offer",
    )
    assert rests(house) == {"F-5501"}
    pay(house, "F-5501", "1500.00", on=TODAY + timedelta(days=10), balance="300.00")
    swept = sweep(house, days=11)
    assert (swept.ended, swept.proposed) == (1, 1)
    assert row(house, number).end_reason == Ending.KEPT
    with unit_of_work(house) as session:
        rest = of_customer(session, "K1")[0]
        assert (rest.kind, rest.amount, rest.reason) == ("write_off", Decimal("300.00"), Ground.SETTLEMENT_REST)
        assert rest.cause == Cause.UNWILLING
    assert sweep(house, days=11).ended == 0


def test_a_settlement_that_is_not_paid_lapses_and_the_claim_stands_again(house: Engine) -> None:
    number = stands(house, LastResort.SETTLEMENT, amount=Decimal("1500.00"), pay_by=TODAY + timedelta(days=14))
    pay(house, "F-5501", "200.00", on=TODAY + timedelta(days=10), balance="1600.00")
    assert sweep(house, days=15).ended == 0, "the money may be under way"
    assert sweep(house, days=25).ended == 1
    ended = row(house, number)
    assert (ended.status, ended.end_reason) == (Standing.LAPSED, Ending.NOT_PAID)
    assert rests(house) == set()


def test_money_after_the_day_does_not_keep_a_settlement(house: Engine) -> None:
    number = stands(house, LastResort.SETTLEMENT, amount=Decimal("1500.00"), pay_by=TODAY + timedelta(days=14))
    pay(house, "F-5501", "1500.00", on=TODAY + timedelta(days=40), balance="300.00")
    sweep(house, days=41)
    assert row(house, number).end_reason == Ending.NOT_PAID


def test_what_is_handed_over_rests_and_payments_are_reported_once(house: Engine) -> None:
    number = stands(house, LastResort.HAND_OFF)
    with unit_of_work(house) as session, pytest.raises(ValueError, match="with a packet"):
        deciding.carry_out(session, number, actor="mara", now=NOW)
    with unit_of_work(house) as session:
        deciding.carry_out(session, number, actor="mara", now=NOW, receiver=Receiver.AGENCY, packet_sha256="a" * 64)
    assert rests(house) == {"F-5501"}
    pay(house, "F-5501", "500.00", on=TODAY + timedelta(days=3), balance="1300.00")
    pay(house, "F-5502", "20.25", on=TODAY + timedelta(days=3), balance="300.00", key="P10")
    with unit_of_work(house) as session:
        found = handed_payments(session)
        assert [(one.payment.id, one.cells[3]) for one in found] == [("P9", "agency")]
        mark_reported(session, found, actor="mara", now=NOW)
    with unit_of_work(house) as session:
        assert handed_payments(session) == []
        assert len(handed_payments(session, again=True)) == 1
        deciding.end(session, number, why=Ending.CALLED_BACK, actor="mara", now=NOW)
    assert rests(house) == set()


def test_a_write_off_is_told_once_and_ends_when_the_ledger_shows_it(house: Engine) -> None:
    number = stands(house, LastResort.WRITE_OFF, cause=Cause.INSOLVENCY)
    with unit_of_work(house) as session:
        told = write_offs(session, now=NOW)
        assert [(one.row.id, one.fault, one.row.amount) for one in told] == [(number, "", Decimal("1800.00"))]
        deciding.mark_exported(session, [number], actor="mara", now=NOW)
    with unit_of_work(house) as session:
        assert write_offs(session, now=NOW) == []
        assert session.get_one(Invoice, "F-5501").balance == Decimal("1800.00"), "the ledger changes by import alone"
    assert sweep(house).ended == 0
    with unit_of_work(house) as session:
        session.get_one(Invoice, "F-5501").balance = Decimal(0)
    assert sweep(house, days=1).ended == 1
    assert row(house, number).end_reason == Ending.BOOKED


def test_a_loss_counts_under_the_cause_that_was_approved(house: Engine) -> None:
    stands(house, LastResort.WRITE_OFF, cause=Cause.INSOLVENCY)
    with unit_of_work(house) as session:
        deciding.mark_exported(session, [1], actor="mara", now=NOW)
        session.get_one(Invoice, "F-5501").balance = Decimal(0)
        session.add(
            Closure(
                invoice_number="F-5501",
                customer_id="K1",
                cause=Cause.UNKNOWN,
                set_by="code",
                closed_on=TODAY,
                amount=Decimal("1800.00"),
                currency="GBP",
                days_late=54,
            )
        )
    sweep(house)
    with unit_of_work(house) as session:
        assert [(leak.cause, leak.money) for leak in settled_leaks(session)] == [(Cause.INSOLVENCY, Decimal("1800.00"))]


def test_forgetting_a_person_takes_our_words_and_leaves_who_decided(house: Engine) -> None:
    number = stands(house, LastResort.HOLD, note="Moira Tate never answers", why=Ground.NO_ANSWER)
    with unit_of_work(house) as session:
        erasing.erase(session, erasing.find(session, "moira@bracken.example"), actor="admin", now=NOW)
    kept = row(house, number)
    assert "Moira" not in kept.note
    assert (kept.approved_by, kept.proposed_by, kept.claim) == ("mara", "ines", Decimal("1800.00"))


def test_a_write_off_of_more_than_is_open_is_not_told(house: Engine) -> None:
    stands(house, LastResort.WRITE_OFF, cause=Cause.UNWILLING)
    pay(house, "F-5501", "1000.00", on=TODAY, balance="800.00")
    with unit_of_work(house) as session:
        assert "800.00 is open" in write_offs(session, now=NOW)[0].fault
    assert sweep(house).proposed == 1, "its end is proposed: money came"


def test_a_proposal_lapses_when_the_money_is_there(house: Engine) -> None:
    numbers = [propose(house, kind) or 0 for kind in (LastResort.HOLD, LastResort.REVIEW, LastResort.HAND_OFF)]
    pay(house, "F-5501", "1800.00", on=TODAY, balance="0.00")
    assert sweep(house).ended == 3
    assert {row(house, number).status for number in numbers} == {Standing.LAPSED}

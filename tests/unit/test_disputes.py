"""A dispute from the customer's words to its end: what is held, what stays due, how it ends, and that the case wakes."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlmodel import select

from store.aftermath import DisputeStatus
from store.disputes import open_disputes
from store.engine import unit_of_work
from store.matters import Followup
from store.tables import AuditEntry, Dispute, Hold, Invoice
from store.vocabulary import DisputeKind, Reason
from tests.factories import House, claim, open_house
from tests.unit.test_desk import Wire, rows, send

WORDS = "Two of the gearboxes on INV-20413 arrived without torque arms, so we contest that part."


@pytest.fixture
def house(tmp_path: Path) -> House:
    return open_house(tmp_path)


def disputed(house: House, *, amount: Decimal | None = None) -> int:
    """Open a dispute by mail, and give its number."""
    message = house.receive(WORDS)
    facts: dict[str, Any] = {"dispute_kind": DisputeKind.QUANTITY}
    if amount is not None:
        facts |= {"amount": amount, "currency": "GBP"}
    held = house.hold(message, claim(Reason.DISPUTE, WORDS, invoices=["INV-20413"], **facts))
    house.desk.approve(held, version=1, actor="ines")
    send(house, Wire())
    found = rows(house, Dispute)[-1]
    assert isinstance(found, Dispute)
    return found.id or 0


def one(house: House) -> Dispute:
    found = rows(house, Dispute)[0]
    assert isinstance(found, Dispute)
    return found


def test_a_dispute_has_an_owner_a_day_and_holds_all_of_the_invoice(house: House) -> None:
    disputed(house)
    dispute = one(house)
    assert dispute.owner
    assert dispute.due == date(2026, 3, 24)
    assert [h.invoice_number for h in rows(house, Hold) if isinstance(h, Hold)] == ["INV-20413"]


def test_a_contested_part_leaves_the_rest_due_and_the_letter_says_so(house: House) -> None:
    message = house.receive(WORDS)
    held = house.hold(
        message,
        claim(
            Reason.DISPUTE,
            WORDS,
            invoices=["INV-20413"],
            dispute_kind=DisputeKind.QUANTITY,
            amount=Decimal("900.00"),
            currency="GBP",
        ),
    )
    item = house.desk.show(held)
    assert item is not None
    assert item.proposal.draft is not None
    assert "stays as invoiced" in item.proposal.draft.rendered
    house.desk.approve(held, version=1, actor="ines")
    send(house, Wire())
    assert rows(house, Hold) == []
    invoice = house.desk.show(held).facts.invoice("INV-20413")  # type: ignore[union-attr] # it is there
    assert invoice is not None
    assert (invoice.disputed, invoice.balance) == (Decimal("900.00"), Decimal("11482.50"))


@pytest.mark.parametrize(
    ("status", "credit"),
    [
        (DisputeStatus.CREDITED, Decimal("11482.50")),
        (DisputeStatus.CREDITED, Decimal("0.01")),
        (DisputeStatus.REJECTED, None),
        (DisputeStatus.WITHDRAWN, None),
    ],
)
def test_an_end_lets_go_of_the_pause_wakes_the_case_and_moves_no_balance(
    house: House, status: DisputeStatus, credit: Decimal | None
) -> None:
    number = disputed(house)
    before = [i.balance for i in rows(house, Invoice) if isinstance(i, Invoice)]
    house.desk.end_dispute(number, status=status, actor="ines", reason="Counted again", credit=credit)
    dispute = one(house)
    assert (dispute.status, dispute.credit, dispute.ended_by) == (status, credit, "ines")
    assert dispute.ended_on == date(2026, 3, 10)
    assert all(h.released_at is not None for h in rows(house, Hold) if isinstance(h, Hold))
    assert [i.balance for i in rows(house, Invoice) if isinstance(i, Invoice)] == before
    woken = [(f.kind, f.subject_id) for f in rows(house, Followup) if isinstance(f, Followup)]
    assert woken == [(f"dispute_{status}", number)]
    with unit_of_work(house.engine) as session:
        assert open_disputes(session) == []
        said = session.exec(select(AuditEntry.event).where(AuditEntry.subject == f"dispute:{number}")).all()
    assert list(said) == [f"dispute.{status}"]


@pytest.mark.parametrize(
    ("status", "credit", "reason", "told"),
    [
        (DisputeStatus.CREDITED, None, "x", "credit is given"),
        (DisputeStatus.REJECTED, Decimal("1.00"), "x", "credit is given"),
        (DisputeStatus.REJECTED, None, "  ", "needs a reason"),
        (DisputeStatus.CREDITED, Decimal("11482.51"), "x", "more than"),
        (DisputeStatus.CREDITED, Decimal("0.00"), "x", "above zero"),
        (DisputeStatus.CREDITED, Decimal("-5.00"), "x", "above zero"),
        (DisputeStatus.CREDITED, Decimal("1.005"), "x", "whole cents"),
        (DisputeStatus.OPEN, None, "x", "ends as"),
    ],
)
def test_an_end_that_does_not_fit_changes_nothing(
    house: House, status: DisputeStatus, credit: Decimal | None, reason: str, told: str
) -> None:
    number = disputed(house)
    with pytest.raises(ValueError, match=told):
        house.desk.end_dispute(number, status=status, actor="ines", reason=reason, credit=credit)
    assert one(house).status == DisputeStatus.OPEN
    assert rows(house, Followup) == []


def test_a_dispute_ends_once(house: House) -> None:
    number = disputed(house)
    house.desk.end_dispute(number, status=DisputeStatus.WITHDRAWN, actor="ines", reason="They found them")
    with pytest.raises(ValueError, match="not open"):
        house.desk.end_dispute(number, status=DisputeStatus.CREDITED, actor="bea", reason="x", credit=Decimal("10.00"))
    assert one(house).credit is None


def test_the_credit_never_exceeds_the_contested_part(tmp_path_factory: pytest.TempPathFactory) -> None:
    home = open_house(tmp_path_factory.mktemp("dispute"))
    number = disputed(home, amount=Decimal("900.00"))

    @given(st.decimals("900.01", "100000", places=2))
    def too_much(credit: Decimal) -> None:
        with pytest.raises(ValueError, match="more than"):
            home.desk.end_dispute(number, status=DisputeStatus.CREDITED, actor="i", reason="x", credit=credit)

    too_much()


@pytest.mark.parametrize("credit", ["NaN", "sNaN", "Infinity", "-Infinity", "1e30", "0.001", "1e-400"])
def test_a_credit_that_is_no_amount_is_refused_in_words(house: House, credit: str) -> None:
    number = disputed(house)
    with pytest.raises(ValueError, match=r"no amount in whole cents|more than the"):
        house.desk.end_dispute(number, status=DisputeStatus.CREDITED, actor="ines", reason="x", credit=Decimal(credit))
    assert one(house).status == DisputeStatus.OPEN

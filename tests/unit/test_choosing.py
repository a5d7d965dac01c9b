"""Some actions are approved and others not: what stays is done and told, what is left out is neither."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from store.proposals import Stale
from store.tables import Dispute, Promise
from store.vocabulary import DisputeKind, Reason
from tests.factories import House, claim, open_house
from tests.unit.test_desk import Wire, rows, send

FRIDAY = date(2026, 3, 20)
PROMISE = "INV-20413 goes out on Friday 20 March."
CONTEST = "INV-20422 charges a pallet that never came."


@pytest.fixture
def house(tmp_path: Path) -> House:
    return open_house(tmp_path)


def two(house: House) -> int:
    message = house.receive(f"{PROMISE}\n{CONTEST}")
    own = [i.number for i in house.desk.show(_one(house)).facts.open_invoices]  # type: ignore[union-attr] # it is there
    assert "INV-20413" in own
    other = next(n for n in own if n != "INV-20413")
    return house.hold(
        message,
        claim(Reason.PROMISE_TO_PAY, PROMISE, invoices=["INV-20413"], date=FRIDAY),
        claim(Reason.DISPUTE, CONTEST, invoices=[other], dispute_kind=DisputeKind.NOT_RECEIVED),
    )


def _one(house: House) -> int:
    return house.hold(house.receive("ok"), claim(Reason.ACKNOWLEDGEMENT, "ok"))


def positions(house: House, proposal: int) -> dict[str, int]:
    item = house.desk.show(proposal)
    assert item is not None
    return {action.tool: place for place, action in enumerate(item.proposal.actions)}


def test_what_is_left_out_is_neither_done_nor_told(house: House) -> None:
    proposal = two(house)
    version = house.desk.leave_out(
        proposal, version=1, actor="ines", without=[positions(house, proposal)["open_dispute"]]
    )
    item = house.desk.show(proposal)
    assert item is not None
    assert item.proposal.draft is not None
    assert "object" not in item.proposal.draft.rendered
    assert "20 March 2026" in item.proposal.draft.rendered
    wire = Wire()
    house.desk.approve(proposal, version=version, actor="ines")
    send(house, wire)
    assert (len(wire.taken), len(rows(house, Promise)), len(rows(house, Dispute))) == (1, 1, 0)


def test_the_other_way_round_and_back_again(house: House) -> None:
    proposal = two(house)
    first = positions(house, proposal)["record_promise"]
    version = house.desk.leave_out(proposal, version=1, actor="ines", without=[first])
    item = house.desk.show(proposal)
    assert item is not None
    assert item.proposal.draft is not None
    assert "20 March 2026" not in item.proposal.draft.rendered
    version = house.desk.leave_out(proposal, version=version, actor="ines", without=[])
    house.desk.approve(proposal, version=version, actor="ines")
    send(house, Wire())
    assert (len(rows(house, Promise)), len(rows(house, Dispute))) == (1, 1)


def test_nothing_left_or_an_unknown_action_or_a_stale_version_is_refused(house: House) -> None:
    proposal = two(house)
    with pytest.raises(ValueError, match="reject the proposal instead"):
        house.desk.leave_out(proposal, version=1, actor="ines", without=[0, 1])
    with pytest.raises(ValueError, match="no action 3"):
        house.desk.leave_out(proposal, version=1, actor="ines", without=[2])
    house.desk.leave_out(proposal, version=1, actor="ines", without=[1])
    with pytest.raises(Stale):
        house.desk.leave_out(proposal, version=1, actor="bea", without=[0])


def test_where_only_silent_actions_stay_nothing_is_sent(house: House) -> None:
    words = "I am away until 20 March."
    message = house.receive(f"{words} {PROMISE}")
    proposal = house.hold(
        message,
        claim(Reason.AUTO_REPLY, words, invoices=["INV-20413"], date=date(2026, 3, 20)),
        claim(Reason.PROMISE_TO_PAY, PROMISE, invoices=["INV-20413"], date=FRIDAY, amount=Decimal("10.00")),
    )
    place = positions(house, proposal)["record_promise"]
    version = house.desk.leave_out(proposal, version=1, actor="ines", without=[place])
    item = house.desk.show(proposal)
    assert item is not None
    assert item.proposal.draft is None
    wire = Wire()
    house.desk.approve(proposal, version=version, actor="ines")
    send(house, wire)
    assert wire.taken == []
    assert rows(house, Promise) == []


@pytest.mark.parametrize(
    ("reason", "words"),
    [
        (Reason.STOP_CONTACT, "Stop writing to me."),
        (Reason.PAYMENT_FRAUD_RISK, "We paid to the new bank account that you sent."),
        (Reason.INSOLVENCY, "Insolvency proceedings were opened."),
        (Reason.LEGAL_THREAT, "You will hear from our lawyer."),
    ],
)
def test_what_stops_everything_else_is_not_left_out(house: House, reason: Reason, words: str) -> None:
    message = house.receive(f"{words} {PROMISE}")
    promise = claim(Reason.PROMISE_TO_PAY, PROMISE, invoices=["INV-20413"], date=FRIDAY)
    proposal = house.hold(message, claim(reason, words), promise)
    with pytest.raises(ValueError, match="stops all else"):
        house.desk.leave_out(proposal, version=1, actor="ines", without=[0])
    house.desk.leave_out(proposal, version=1, actor="ines", without=[1])

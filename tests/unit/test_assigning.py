"""A person assigns a mail while something else happens to it: nothing is lost, and nothing made without the customer is shown."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import pytest
from sqlmodel import col, select

from agent.cli.home import desk_of
from agent.daemon import Daemon
from agent.deps import Deps
from agent.embedded.reader import FoundClaim
from review.item import RejectReason
from store import messages
from store.engine import unit_of_work
from store.proposals import Stale
from store.tables import Message, ProposalRow
from store.vocabulary import MessageState, ProposalStatus, Reason
from tests.factories import House, claim, open_house
from tests.unit.test_loops import START, Instance, deliver, instance

HELLO = "Hello, whom do I ask about this?"


@dataclass
class Assigns:
    """A reader during whose first reading a person assigns the mail."""

    side: Instance
    name: str = "dictated"
    read_as: list[tuple[str, ...]] = field(default_factory=list)

    def read(self, text: str, *, subject: str = "", invoices: Sequence[str] = ()) -> list[FoundClaim]:
        self.read_as.append(tuple(invoices))
        if len(self.read_as) == 1:
            desk_of(self.side.home).assign(1, customer_id="K1", actor="ines")
        return [FoundClaim(Reason.QUESTION, HELLO, text.index(HELLO), text.index(HELLO) + len(HELLO), 0.95)]

    def listen(self, text: str, **asked: object) -> list[FoundClaim]:
        return []


@pytest.fixture
def side(tmp_path: Path) -> Iterator[Instance]:
    made = instance(tmp_path / "one", us="fernhill", them="bracken", other=tmp_path / "two", now=[START])
    yield made
    made.home.engine.dispose()


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    made = open_house(tmp_path)
    yield made
    made.engine.dispose()


def state_of(house: House, message: int) -> tuple[str, str | None]:
    with unit_of_work(house.engine) as session:
        row = session.get_one(Message, message)
        return row.state, row.customer_id


def promise(house: House) -> int:
    words = "We pay INV-20421 on 20 March."
    made = claim(Reason.PROMISE_TO_PAY, words, invoices=["INV-20421"], date="2026-03-20")
    return house.hold(house.receive(words), made)


def test_a_mail_that_is_assigned_while_it_is_read_is_read_anew(side: Instance) -> None:
    reader = Assigns(side)
    home = side.home
    vars(home)["deps"] = Deps(company=home.settings.company, policy=home.settings.policy, embedded=reader, client=None)
    inbox = home.settings.mailboxes[0].path
    assert inbox is not None
    deliver(inbox, HELLO, name="seed", Sender="x")
    seed = inbox / "new" / "seed"
    seed.write_bytes(
        seed.read_bytes()
        .replace(b"From: ar@bracken.example", b"From: new@elsewhere.example")
        .replace(b"F-5501", b"A question")
    )
    Daemon(home).run_once()
    with unit_of_work(home.engine) as session:
        row = session.get_one(Message, 1)
        assert (row.state, row.customer_id) == (MessageState.PROPOSED, "K1")
        (held,) = session.exec(select(ProposalRow)).all()
        assert (held.status, held.customer_id) == (ProposalStatus.HELD, "K1")
        assert held.content["ledger_digest"], "it was made with the account"
    assert len(reader.read_as) == 2
    assert desk_of(home).unmatched() == []


def test_a_mail_that_somebody_decided_about_is_not_assigned_into_nowhere(house: House) -> None:
    message = house.receive(HELLO, sender="new@elsewhere.example")
    held = house.hold(message, claim(Reason.UNCLEAR, HELLO))
    house.desk.reject(held, version=1, actor="ines", reason=RejectReason.HANDLED_ELSEWHERE)
    with pytest.raises(Stale, match="decided about this mail already"):
        house.desk.assign(message, customer_id="C1001", actor="uwe")
    assert state_of(house, message) == (MessageState.UNMATCHED, None)


def test_an_older_mail_that_is_assigned_voids_what_was_proposed_without_it(house: House) -> None:
    older = house.receive(HELLO, sender="new@elsewhere.example")
    held, approved = promise(house), promise(house)
    house.desk.approve(approved, version=1, actor="ines")
    house.desk.assign(older, customer_id="C1001", actor="ines")
    with unit_of_work(house.engine) as session:
        rows = session.exec(select(ProposalRow).where(col(ProposalRow.id).in_([held, approved]))).all()
        assert {row.status for row in rows} == {ProposalStatus.VOID}
        due = messages.due(session, now=house.now + timedelta(minutes=1))
    assert older in due


def test_a_flood_of_mails_to_nobody_keeps_the_list_short(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("review.unmatched.MOST", 3)
    mails = [house.receive(f"{HELLO} {i}", sender=f"new{i}@elsewhere.example") for i in range(5)]
    assert [mail.message.id for mail in house.desk.unmatched()] == mails[:3]
    assert house.desk.counts().unmatched == 5
    held = house.hold(mails[0], claim(Reason.UNCLEAR, f"{HELLO} 0"))
    assert house.desk.counts().unmatched == 5, "held is not decided"
    house.desk.reject(held, version=1, actor="ines", reason=RejectReason.OTHER)
    assert [mail.message.id for mail in house.desk.unmatched()] == mails[1:4]
    assert house.desk.counts().unmatched == 4

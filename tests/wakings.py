"""What tests of follow-ups share: the daemon's half over a house, a way out that keeps the mail, money and mails that come."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal

from sqlalchemy import Engine
from sqlmodel import select

from agent import waking
from agent.deps import Deps
from agent.effects import effects_by
from agent.embedded.reader import FoundClaim
from agent.sending import rechecker
from mail.outbox import Route, Sender
from review.item import Item
from store import followups
from store.aftermath import FollowupKind
from store.clock import Clock
from store.engine import unit_of_work
from store.matters import Followup
from store.proposed import Claim
from store.tables import AuditEntry, Invoice, Payment
from tests.factories import COMPANY, House

FRIDAY = date(2026, 3, 13)


class Deaf:
    """A reader that must not be asked: a follow-up reads no mail."""

    name = "deaf"

    def read(self, text: str, *, subject: str = "") -> list[FoundClaim]:
        raise AssertionError("the old mail was read again")

    def listen(self, text: str, **asked: object) -> list[FoundClaim]:
        raise AssertionError("the old mail was listened to again")


@dataclass
class Home:
    """What the daemon's half needs of a house."""

    house: House

    @property
    def engine(self) -> Engine:
        return self.house.engine

    @property
    def clock(self) -> Clock:
        return lambda: self.house.now

    @property
    def deps(self) -> Deps:
        return Deps(company=COMPANY, policy=self.house.policy, embedded=Deaf())


@dataclass
class Wire:
    """A way out that keeps what it was given."""

    taken: list[bytes] = field(default_factory=list)

    def probe(self) -> str:
        return "a wire"

    def deliver(self, *, sender: str, recipients: Sequence[str], mime: bytes, before_body: Callable[[], bool]) -> None:
        if before_body():
            self.taken.append(mime)


def send(house: House, *, recheck: bool = False) -> list[bytes]:
    """Send what is due as the daemon does; `recheck`: asking each mail once more whether it may leave. Give what left."""
    wire = Wire()
    asks = rechecker(company=COMPANY, policy=house.policy, roles=house.roles) if recheck else None
    Sender(
        house.engine,
        {"ar": Route(wire)},
        "test",
        effects_by(lambda: house.now),
        clock=lambda: house.now,
        recheck=asks,
    ).run_due(house.now)
    return wire.taken


def answered(house: House, words: str, *claims: Claim) -> int:
    """Receive a mail, approve its answer and send it; give the mail's number."""
    message = house.receive(words)
    proposal = house.hold(message, *claims)
    house.desk.approve(proposal, version=1, actor="ines")
    send(house)
    return message


def wake(house: House, kind: FollowupKind, subject_id: int, *, due_on: date = FRIDAY, effect_id: int = 1) -> bool:
    with unit_of_work(house.engine) as session:
        return followups.wake(
            session, kind=kind, subject_id=subject_id, effect_id=effect_id, due_on=due_on, now=house.now
        )


def think(house: House) -> list[Item]:
    """Do what the daemon does for wakings until nothing is due; give what waits then."""
    home = Home(house)
    while due := waking.due(home):
        for number in due:
            assert waking.follow_up(home, number, worker="w", lease=timedelta(minutes=10))
    return [item for item in house.desk.held() if item.row.followup_id is not None]


def state(house: House, number: int = 1) -> str:
    with unit_of_work(house.engine) as session:
        return session.get_one(Followup, number).state


def why_closed(house: House) -> str:
    with unit_of_work(house.engine) as session:
        return session.exec(select(AuditEntry.payload).where(AuditEntry.event == "followup.closed")).one()


def pay(house: House, number: str = "INV-20413", *, amount: str | None = None, applied: bool = True) -> None:
    with unit_of_work(house.engine) as session:
        invoice = session.get_one(Invoice, number)
        paid = Decimal(amount) if amount else invoice.balance
        if applied:
            invoice.balance -= paid
        session.add(
            Payment(
                id=f"late-{number}",
                customer_id=invoice.customer_id,
                invoice_number=number if applied else None,
                received_on=house.now.date(),
                currency=invoice.currency,
                amount=paid,
                reference="late",
            )
        )

"""Mails of ours that really left, for tests of what comes back: approved at the desk, sent over a wire that keeps them."""

from __future__ import annotations

import email
import email.policy
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from email.message import EmailMessage

from sqlmodel import select

from agent.effects import effects_by
from mail.outbox import Route, Sender
from store.engine import unit_of_work
from store.tables import Outgoing
from store.vocabulary import Reason
from tests.factories import House, claim


@dataclass
class Wire:
    """A way out that keeps what it was given."""

    taken: list[bytes] = field(default_factory=list)

    def probe(self) -> str:
        return "a wire"

    def deliver(self, *, sender: str, recipients: Sequence[str], mime: bytes, before_body: Callable[[], bool]) -> None:
        assert before_body()
        self.taken.append(mime)


@dataclass(frozen=True)
class Posted:
    """A mail of ours as it left."""

    proposal: int
    message_id: str
    recipients: list[str]
    token: str | None
    mail: EmailMessage


def post(house: House, *, sender: str = "p.kershaw@harrowfinch.example", number: str = "INV-20421") -> Posted:
    """Answer a customer's promise to pay; give the mail that went out."""
    words = f"We pay {number} on 20 March."
    held = house.hold(
        house.receive(words, sender=sender),
        claim(Reason.PROMISE_TO_PAY, words, invoices=[number], date="2026-03-20"),
    )
    house.desk.approve(held, version=1, actor="test")
    wire = Wire()
    routes = {"ar": Route(wire)}
    # In Denver it is night when it is day in London.
    at = house.now + timedelta(hours=8)
    Sender(house.engine, routes, "test", effects_by(lambda: house.now), clock=lambda: at).run_due(at)
    assert len(wire.taken) == 1
    with unit_of_work(house.engine) as session:
        row = session.exec(select(Outgoing).where(Outgoing.proposal_id == held)).one()
        mail = email.message_from_bytes(wire.taken[0], EmailMessage, policy=email.policy.default)
        return Posted(held, row.message_id_header, list(row.recipients), row.reply_token, mail)

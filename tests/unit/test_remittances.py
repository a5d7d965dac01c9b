"""T-26: what a mail says about a payment never changes the ledger, whoever wrote it and whatever is attached."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from sqlmodel import col, select

from store.engine import unit_of_work
from store.inbound import Attachment, SenderAuth
from store.tables import Invoice, Payment
from store.vocabulary import Reason
from tests.factories import House, claim, open_house

NUMBERS = ["INV-20413", "INV-20421", "INV-20411", "INV-20417", "DE-70311"]
SENDERS: list[dict[str, Any]] = [
    {"sender": "p.kershaw@harrowfinch.example"},
    {"sender": "eve@elsewhere.example", "auth": SenderAuth(dmarc="pass")},
    {"sender": "p.kershaw@harrowflnch.example", "auth": {}},
    {"sender": "tasha.lindgren@pinecrestpack.example", "auth": SenderAuth(dmarc="fail")},
]


def ledger(house: House) -> str:
    with unit_of_work(house.engine) as session:
        rows = [
            *session.exec(select(Invoice).order_by(col(Invoice.number))).all(),
            *session.exec(select(Payment).order_by(col(Payment.id))).all(),
        ]
        return json.dumps([row.model_dump(mode="json") for row in rows])


def test_a_hundred_false_remittances_leave_the_ledger_as_it_was(tmp_path: Path) -> None:
    house = open_house(tmp_path)
    before = ledger(house)
    approved = 0
    for i in range(100):
        number, who = NUMBERS[i % len(NUMBERS)], SENDERS[i % len(SENDERS)]
        words = f"{number} was paid in full on 3 March, reference TRX{i:06d}."
        advice = Attachment(
            filename=f"remittance {number}.pdf", content_type="application/pdf", size=9, sha256=f"{i:064x}", text=f"{number} 11,482.50 paid",
        )  # fmt: skip
        message = house.receive(f"{words} ({i})", attachments=(advice,), **who)
        held = house.hold(message, claim(Reason.ALREADY_PAID, words, invoices=[number], date="2026-03-03"))
        item = house.desk.show(held)
        assert item is not None
        if item.facts.customer is not None and i % 7 == 0:
            house.desk.approve(held, version=1, actor="test")
            approved += 1
        assert ledger(house) == before
    assert approved > 3
    house.engine.dispose()

"""One installation for histories: many customers, each with one mail and one held proposal that nothing else touches."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import Engine

from review.desk import Desk
from store.engine import migrate, open_engine, unit_of_work
from store.ledger import import_ledger, read_ledger
from store.vocabulary import Reason
from tests.factories import COMPANY, NOW, House, claim, wide
from tests.faults.history_model import Eyes
from tests.faults.history_turns import Turns
from tests.ledgers import write_ledger
from tools.approval import Approver
from tools.limits import Policy

#: Open sums of each of two invoices, that a collector, a manager, and two persons decide on.
_SUMS = {"any": "800.00", "manager": "20000.00", "two": "200000.00"}
_LEVELS = ("any", "any", "manager", "two")
UNDO = timedelta(seconds=1)
ROLES = {
    "ann": Approver.COLLECTOR,
    "ben": Approver.COLLECTOR,
    "cas": Approver.MANAGER,
    "dot": Approver.MANAGER,
    "eva": Approver.MANAGER,
    "fay": Approver.CONTROLLER,
    "gus": Approver.CONTROLLER,
    "hal": Approver.COLLECTOR,
}


def policy() -> Policy:
    """Give the policy that everybody works under."""
    return wide(manager_above="10000.00")


@dataclass(frozen=True)
class World:
    """Where a history happens. It can be handed to another process: `begun` is of the machine's monotonic clock.

    `turns`: the file of `Turns`.
    """

    url: str
    places: int
    begun: float
    turns: Path

    def clock(self) -> datetime:
        """Give the moving present."""
        return NOW + timedelta(seconds=time.monotonic() - self.begun)

    def desk(self, engine: Engine, kind: type[Desk] = Desk) -> Desk:
        """Open the queue's desk."""
        return kind(
            engine=engine,
            company=COMPANY,
            policy=policy(),
            clock=self.clock,
            key=b"k" * 32,
            sender_of=lambda _: COMPANY.email,
            roles=ROLES,
            undo=UNDO,
        )


def level(proposal: int) -> str:
    """Say who must approve a proposal, by its number."""
    return _LEVELS[(proposal - 1) % len(_LEVELS)]


def eyes(proposal: int) -> Eyes:
    """Give what the model is told of a proposal."""
    return Eyes(level(proposal), {name: role.value for name, role in ROLES.items()}, UNDO.total_seconds())


def words(remark: str) -> str:
    """Give words as a person would write them, unlike any others; no slot is in them, so they leave as they stand."""
    return (
        f"Dear Pat Moss,\n\nThank you for your message. Remark {remark}.\n\nIf anything is unclear, or if you see it "
        "differently, please simply reply to this message.\n\nKind regards\n\nInes Roth\nAccounts Receivable\n"
        f"{COMPANY.name}\n{COMPANY.address}"
    )


def as_shown(written: str) -> str:
    """Give these words with what stands under every mail."""
    return (
        f"{written}\n\nA computer program helped to draft this message; a person has read and approved it. If you do not "
        "wish to receive further messages about this matter, please simply reply and tell us."
    )


def build(url: str, folder: Path, *, places: int, told: Callable[[int], None] = lambda _: None) -> World:
    """Make the tables, the customers and their proposals, numbered from 1."""
    engine = open_engine(url)
    migrate(engine)
    numbers = range(1, places + 1)
    write_ledger(
        folder / "ledger",
        customers=_lines(
            "customer_id,name,currency,language,timezone,tier,owner",
            (f"K{n},Customer {n} Ltd,GBP,en,Europe/London,standard,Ines Roth" for n in numbers),
        ),
        contacts=_lines("customer_id,name,email,role", (f"K{n},Pat Moss,pat@k{n}.example,ap" for n in numbers)),
        invoices=_lines(
            "invoice_number,customer_id,issue_date,due_date,currency,amount,balance,po_number,description",
            (
                f"F-{n}-{half},K{n},2026-01-20,2026-02-19,GBP,{due},{due},,Cutters"
                for n in numbers
                for half, due in _open(n)
            ),
        ),
        payments="payment_id,customer_id,invoice_number,received_on,currency,amount,reference\n",
    )
    with unit_of_work(engine) as session:
        import_ledger(session, read_ledger(folder / "ledger"), actor="test", now=NOW)
    house = House(engine, roles=ROLES, policy=policy())
    for number in numbers:
        said = [f"F-{number}-1 goes out on Friday 20 March.", f"F-{number}-2 we pay on 24 March."]
        message = house.receive(" ".join(said), sender=f"pat@k{number}.example")
        held = house.hold(
            message,
            claim(Reason.PROMISE_TO_PAY, said[0], invoices=[f"F-{number}-1"], date="2026-03-20"),
            claim(Reason.PROMISE_TO_PAY, said[1], invoices=[f"F-{number}-2"], date="2026-03-24"),
        )
        assert held == number, "proposals are numbered as their customers are"
        told(number)
    engine.dispose()
    turns = folder / "turns"
    Turns(turns)
    return World(url, places, time.monotonic(), turns)


def _open(proposal: int) -> list[tuple[int, str]]:
    return [(1, _SUMS[level(proposal)]), (2, _SUMS[level(proposal)])]


def _lines(head: str, rows: Iterable[str]) -> str:
    return "\n".join([head, *rows, ""])

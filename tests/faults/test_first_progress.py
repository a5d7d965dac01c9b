"""How soon after its death a daemon that is started anew gets on: printed, and never asserted, as machines differ.

What is asserted is that it goes on by itself with what the dead one had in hand, and that nothing is there twice.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import Engine, func
from sqlmodel import col, select

from store.engine import looking, open_engine
from store.tables import Message, ProposalRow
from store.vocabulary import MessageState
from tests.e2e.installations import Installed, deliver, in_daylight, maildir_mailbox, reply
from tests.faults import asked
from tests.ledgers import write_ledger
from tests.mail.servers import until

pytestmark = pytest.mark.timeout(0 if asked.DEATHS else 400)
WRITER = "Moira Tate <moira@bracken.example>"
DEATHS = 20 if asked.DEATHS else 2
MAILS = 6 * DEATHS + 20


def test_it_gets_on_soon_after_its_death(tmp_path: Path, record_property: Callable[[str, object], None]) -> None:
    installed = Installed(tmp_path / "home", maildir_mailbox(tmp_path / "box"))
    installed.run("import", str(write_ledger(tmp_path / "ledger", customers=in_daylight())))
    for number in range(MAILS):
        text = f"We will pay F-5501 on Friday. This is mail {number}."
        name = f"<soon{number}@bracken.example>"
        deliver(installed.mailbox, str(number), reply(WRITER, text, to=str(installed.mailbox.address), message_id=name))
    engine, log, took = open_engine(installed.database), tmp_path / "log", list[float]()
    daemon = installed.start(log)
    try:
        until(lambda: proposals(engine) > 0, seconds=120, what="the first proposal")
        for _ in range(DEATHS):
            daemon.kill()
            daemon.wait()
            known = proposals(engine)
            began = time.monotonic()
            daemon = installed.start(log)
            gets_on(engine, known)
            took.append(time.monotonic() - began)
        until(lambda: not on_their_way(engine), seconds=300, what="the last mail")
        assert proposals(engine) == MAILS
    finally:
        daemon.kill()
        daemon.wait()
        engine.dispose()
    middle, worst = statistics.median(took), max(took)
    record_property(
        "told", f"first proposal after a death: median {middle:.1f} s, longest {worst:.1f} s of {len(took)}"
    )


def gets_on(engine: Engine, known: int) -> None:
    """Wait until there is one proposal more than were known."""
    until(lambda: proposals(engine) > known, seconds=120, what="a proposal after a death")


def proposals(engine: Engine) -> int:
    with looking(engine) as session:
        return session.exec(select(func.count(col(ProposalRow.id)))).one()


def on_their_way(engine: Engine) -> int:
    ended = (MessageState.PROPOSED, MessageState.UNMATCHED, MessageState.CLOSED)
    with looking(engine) as session:
        known = session.exec(select(func.count(col(Message.id)))).one()
        done = session.exec(select(func.count(col(Message.id))).where(col(Message.state).in_(ended))).one()
    return known - done + (MAILS - known)

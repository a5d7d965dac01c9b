"""kill -9 of the real command while mail arrives over real IMAP: nothing is lost and nothing is proposed twice.

Few, as each life is a whole process; many deaths, at every point, are in `tests/faults`.
"""

from __future__ import annotations

import random
import signal
import threading
import time
from pathlib import Path

import pytest
from sqlmodel import col, select

from store.engine import open_engine, unit_of_work
from store.tables import Message, ProposalRow, Sighting
from tests.e2e.installations import Installed, reply
from tests.ledgers import FILES
from tests.mail.servers import Dovecot

MAILS = 80
KILLS = 4
SAYINGS = (
    "We will pay {n} on Friday, as agreed with your driver.",
    "{n} has no order number on it, ours would be PO-88{i}.",
    "Half of {n} arrived broken, please credit it.",
    "Could you send {n} again? It never reached us.",
    "Money is short here, could we split {n} into three?",
)


def ledger(folder: Path) -> Path:
    """Write a ledger with one customer a mail, so that no mail overtakes another."""
    numbers = range(1, MAILS + 1)
    rows = {
        "customers": [f"C{i},Customer {i},GBP,en,Europe/London,standard,Ines Roth" for i in numbers],
        "contacts": [f"C{i},Clerk {i},clerk{i}@customer{i}.example,ap" for i in numbers],
        "invoices": [
            f"F-{7000 + i},C{i},2026-01-20,2026-02-19,GBP,{100 + i}.00,{100 + i}.00,PO-{i},Parts" for i in numbers
        ],
        "payments": [],
    }
    folder.mkdir()
    for name, lines in rows.items():
        heading = FILES[f"{name}.csv"].splitlines()[0]
        (folder / f"{name}.csv").write_text("\n".join([heading, *lines]) + "\n", "utf-8")
    return folder


@pytest.mark.servers
@pytest.mark.timeout(420)
def test_kills_lose_nothing_and_propose_nothing_twice(dovecot: Dovecot, tmp_path: Path) -> None:
    chance = random.Random(20260414)
    user = dovecot.new_user()
    installed = Installed(tmp_path / "home", dovecot.settings(user))
    installed.run("import", str(ledger(tmp_path / "ledger")))

    def arrive() -> None:
        for i in range(1, MAILS + 1):
            text = SAYINGS[i % len(SAYINGS)].format(n=f"F-{7000 + i}", i=i)
            sender = f"clerk{i}@customer{i}.example"
            mail = reply(sender, text, to=installed.mailbox.address, message_id=f"<m{i}@customer{i}.example>")
            dovecot.deliver(user, mail)
            time.sleep(chance.uniform(0, 0.3))

    arriving = threading.Thread(target=arrive)
    arriving.start()
    lives = []
    for life in range(KILLS):
        daemon = installed.start(tmp_path / f"life{life}.log")
        if life == KILLS - 1:
            # On a busy machine a life can end before its first proposal: the last one is let get that far.
            reached(installed, proposals=1)
        time.sleep(chance.uniform(2.0, 7.0))
        assert daemon.poll() is None, (tmp_path / f"life{life}.log").read_text()
        daemon.send_signal(signal.SIGKILL)
        daemon.wait()
        lives.append(proposed(installed))
    arriving.join()
    assert lives[-1] > 0, "the daemon never got as far as a proposal: the kills came too early to prove anything"
    installed.run("run", "--once")
    check(installed)


def reached(installed: Installed, *, proposals: int) -> None:
    """Wait until so many proposals are held."""
    deadline = time.monotonic() + 120
    while proposed(installed) < proposals:
        assert time.monotonic() < deadline, "the daemon proposes nothing"
        time.sleep(0.1)


def proposed(installed: Installed) -> int:
    engine = open_engine(installed.database)
    with unit_of_work(engine) as session:
        count = len(session.exec(select(ProposalRow.id)).all())
    engine.dispose()
    return count


def check(installed: Installed) -> None:
    """Compare what went in with what came out."""
    engine = open_engine(installed.database)
    with unit_of_work(engine) as session:
        messages = session.exec(select(Message.message_id_header, Message.state)).all()
        sightings = session.exec(select(col(Sighting.uid))).all()
        proposals = session.exec(select(ProposalRow.message_id)).all()
    engine.dispose()
    assert sorted(str(header) for header, _ in messages) == sorted(
        f"<m{i}@customer{i}.example>" for i in range(1, MAILS + 1)
    )
    assert {state for _, state in messages} == {"proposed"}
    assert len(sightings) == MAILS
    assert len(proposals) == len(set(proposals)) == MAILS

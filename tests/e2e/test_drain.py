"""The end on SIGTERM: within ten seconds, also while a model server hangs; what was in hand is put back, and done once later."""

from __future__ import annotations

import signal
import socket
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlmodel import col, select

from evals.model_server import ModelServer, hang, status
from store.engine import looking, open_engine
from store.tables import Message, Outgoing, ProposalRow
from store.vocabulary import MessageState, SendState
from tests.e2e.installations import Installed, deliver, in_daylight, maildir_mailbox, reply
from tests.ledgers import write_ledger
from tests.mail.servers import until

pytestmark = pytest.mark.timeout(180)


def installed(tmp_path: Path, *, more: str = "", smtp: str = "", mails: int = 1) -> Installed:
    found = Installed(tmp_path / "home", maildir_mailbox(tmp_path / "box"), more=more, smtp=smtp)
    found.run("import", str(write_ledger(tmp_path / "ledger", customers=in_daylight())))
    said = "We will pay F-5501 on Friday."
    for number in range(mails):
        mail = reply(
            "Moira Tate <moira@bracken.example>",
            f"{said} This is mail {number}.",
            to="ar@fernhill.example",
            message_id=f"<g{number}@bracken.example>",
        )
        deliver(found.mailbox, str(number), mail)
    return found


def mails(house: Installed) -> list[Message]:
    engine = open_engine(house.database)
    with looking(engine) as session:
        found = list(session.exec(select(Message).order_by(col(Message.id))))
    engine.dispose()
    return found


def ended_in_time(house: Installed, log: Path, when: Callable[[], bool], what: str) -> None:
    """Start the daemon, wait until it is in the middle of something, tell it once to end."""
    daemon = house.start(log)
    try:
        until(when, seconds=90, what=what)
        began = time.monotonic()
        daemon.send_signal(signal.SIGTERM)
        assert daemon.wait(timeout=10) == 0, log.read_text()
        assert time.monotonic() - began < 10
    finally:
        daemon.kill()
        daemon.wait()


def test_a_model_that_hangs_does_not_keep_it_and_the_mail_is_read_anew(tmp_path: Path) -> None:
    with ModelServer() as model:
        model.behave(lambda _: hang())
        settings = f'[model]\nbase_url = "{model.base_url}"\nmodel = "m"\ntimeout_seconds = 120\n'
        house = installed(tmp_path, more=settings, mails=2)
        ended_in_time(house, tmp_path / "log", lambda: len(model.requests) >= 1, "a question to the model")
        for mail in mails(house):
            assert (mail.state, mail.claimed_by) == (MessageState.STORED, None)
            assert mail.attempts <= 1
        assert "put back" in (tmp_path / "log").read_text()
        model.behave(lambda _: status(401))
        house.run("run", "--once")
    assert MessageState.STORED not in {mail.state for mail in mails(house)}
    engine = open_engine(house.database)
    with looking(engine) as session:
        answered = [row.message_id for row in session.exec(select(ProposalRow).where(ProposalRow.status != "void"))]
    engine.dispose()
    assert len(answered) == len(set(answered)) > 0


def test_a_mail_server_that_hangs_does_not_keep_it_and_the_mail_waits_again(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        way = f'host = "127.0.0.1"\nport = {silent.getsockname()[1]}\ntls = "none"\ntimeout_seconds = 120\n'
        house = installed(tmp_path, smtp=way, more="[review]\nundo_seconds = 0\n")
        # Reads and proposes only: nothing is approved yet.
        house.run("run", "--once")
        (item,) = house.json("queue", "list")
        house.run("queue", "approve", str(item["id"]))
        engine = open_engine(house.database)

        def state() -> str:
            with looking(engine) as session:
                return session.exec(select(Outgoing.state)).one()

        ended_in_time(house, tmp_path / "log", lambda: state() == SendState.CLAIMED, "the mail to be taken in hand")
        assert state() == SendState.QUEUED, "its body had not begun to leave"
        engine.dispose()

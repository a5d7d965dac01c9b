"""The daemon and approvals that can be taken back, on real commands; and what it asks about every proposal that it holds."""

from __future__ import annotations

from pathlib import Path

import pytest

from agent.config import load
from agent.daemon import Daemon
from agent.installation import Installation
from tests.e2e.installations import Installed, deliver, in_daylight, maildir_mailbox, reply
from tests.ledgers import write_ledger
from tests.mail.servers import until

pytestmark = pytest.mark.timeout(180)
GOOD = "We will pay F-5501 on Friday."


def installed(tmp_path: Path, seconds: int) -> Installed:
    found = Installed(
        tmp_path / "home", maildir_mailbox(tmp_path / "box"), more=f"[review]\nundo_seconds = {seconds}\n"
    )
    found.run("import", str(write_ledger(tmp_path / "ledger", customers=in_daylight())))
    mail = reply(
        "Moira Tate <moira@bracken.example>", GOOD, to="ar@fernhill.example", message_id="<g1@bracken.example>"
    )
    deliver(found.mailbox, "1", mail)
    return found


def test_taken_back_at_the_command_line_and_sent_when_the_time_is_over(tmp_path: Path) -> None:
    found = installed(tmp_path, 3600)
    found.run("run", "--once")
    (item,) = found.json("queue", "list")
    number = str(item["id"])
    found.run("queue", "approve", number, "--undo")
    assert found.json("run", "--once")["sent"] == 0
    found.run("queue", "undo", number)
    assert found.json("queue", "show", number)["status"] == "held"
    late = found.run("queue", "undo", number, check=False)
    assert late.returncode == 1
    assert "too late" in late.stderr
    found.config.write_text(found.config.read_text().replace("undo_seconds = 3600", "undo_seconds = 1"))
    found.run("queue", "approve", number, "--undo")
    until(
        lambda: found.run("run", "--once") and found.json("queue", "show", number)["status"] == "sent",
        seconds=60,
        what="the mail to leave once its time is over",
    )


def test_the_command_line_approves_at_once(tmp_path: Path) -> None:
    found = installed(tmp_path, 3600)
    found.run("run", "--once")
    (item,) = found.json("queue", "list")
    found.run("queue", "approve", str(item["id"]))
    assert found.json("run", "--once")["sent"] == 1


def test_every_held_reply_is_asked_about_and_a_failure_leaves_it_held(tmp_path: Path) -> None:
    found, asked = installed(tmp_path, 30), []

    def alone(proposal_id: int) -> str | None:
        asked.append(proposal_id)
        raise RuntimeError("the table cannot be read")

    home = Installation(load(found.config, environment=found.env))
    assert Daemon(home, alone=alone).run_once().proposed == 1
    assert len(asked) == 1
    assert [i["id"] for i in found.json("queue", "list")] == asked
    home.engine.dispose()

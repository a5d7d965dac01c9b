"""Backup, restore, the outbox and erasure through the real command: what people read, and how it ends."""

from __future__ import annotations

import json
from pathlib import Path

from tests.e2e.installations import Installed, deliver, maildir_mailbox, reply
from tests.ledgers import write_ledger

WHO = "moira@bracken.example"


def test_the_commands(tmp_path: Path) -> None:
    box = maildir_mailbox(tmp_path / "mailbox")
    first = Installed(tmp_path / "first", box)
    write_ledger(tmp_path / "ledger")
    first.run("import", str(tmp_path / "ledger"))
    raw = reply(f"Moira Tate <{WHO}>", "Who are you?", to=box.address, message_id="<a@bracken.example>")
    deliver(box, "1.a.test", raw)
    first.run("run", "--once")
    backup = tmp_path / "backup.tar.gz"
    made = first.json("backup", str(backup))
    assert (made["database"], made["counts"]["message"]) == ("sqlite", 1)
    assert first.json("backup", str(backup), "--check") == made
    again = first.run("backup", str(backup), check=False)
    assert (again.returncode, "is there already" in again.stderr) == (2, True)
    full = first.run("restore", str(backup), check=False)
    assert (full.returncode, "nothing is overwritten" in full.stderr) == (2, True)
    missing = first.run("backup", str(tmp_path / "none"), "--check", check=False)
    assert (missing.returncode, "does not exist" in missing.stderr) == (2, True)
    second = Installed(tmp_path / "second", box)
    assert "the outbox is paused: 0 approved mails wait" in second.run("restore", str(backup)).stdout.replace("\n", " ")
    assert second.json("outbox", "show") == {"paused": "a backup was restored", "waiting": []}
    assert second.json("outbox", "resume")["resumed"] is True
    assert second.json("outbox", "resume")["resumed"] is False
    rehearsed = second.json("erase", WHO, "--dry-run")
    assert (rehearsed["erased"], rehearsed["contacts"], rehearsed["messages"]) == (False, 1, 1)
    assert rehearsed["open"]
    refused = second.run("erase", WHO, check=False)
    assert (refused.returncode, "decide first: proposal 1 is held" in " ".join(refused.stderr.split())) == (1, True)
    reject = second.run("queue", "reject", "1", "--reason", "other", "--note", f"{WHO} is gone", check=False)
    assert reject.returncode == 0, reject.stderr
    assert second.json("erase", WHO)["erased"] is True
    assert "the audit log holds" in second.run("audit").stdout
    for path in (tmp_path / "second").rglob("*"):
        assert not path.is_file() or WHO.encode() not in path.read_bytes().lower(), path
    assert json.loads(second.run("erase", WHO, "--json").stdout)["messages"] == 0

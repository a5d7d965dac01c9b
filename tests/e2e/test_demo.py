"""What a new user sees first: the demo, through the command line, against what the authors of the sample mails meant."""

from __future__ import annotations

import json
import mailbox
import re
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parent.parent.parent
DUNWELL = str(Path(sys.executable).parent / "dunwell")

pytestmark = pytest.mark.timeout(240)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("demo") / "data"


@pytest.fixture(scope="module")
def told(folder: Path) -> dict[str, Any]:
    command = [DUNWELL, "demo", "--no-serve", "--json", "--dir", str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=200, check=True)
    document: dict[str, Any] = json.loads(done.stdout)
    return document


@pytest.fixture(scope="module")
def shown(told: dict[str, Any]) -> list[dict[str, Any]]:
    messages: list[dict[str, Any]] = told["messages"]
    return messages


@pytest.fixture(scope="module")
def meant() -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = yaml.safe_load((ROOT / "tests" / "demo_expected.yaml").read_text("utf-8"))
    return found


def test_every_sample_mail_is_shown_once(shown: list[dict[str, Any]], meant: list[dict[str, Any]]) -> None:
    assert [m["subject"] for m in shown] == [e["subject"] for e in meant]
    assert {m["status"] for m in shown} == {"held"}
    for message in shown:
        assert {"id", "subject", "verdict", "claims", "actions", "draft", "findings", "status"} <= message.keys()


def test_at_least_eighteen_of_twenty_are_understood_as_meant(
    shown: list[dict[str, Any]], meant: list[dict[str, Any]]
) -> None:
    wrong = [e["file"] for m, e in zip(shown, meant, strict=True) if not understood(m, e)]
    assert len(wrong) <= 2, wrong


def understood(message: dict[str, Any], meant: dict[str, Any]) -> bool:
    reasons = {claim["reason"] for claim in message["claims"]}
    wanted = set(meant["reasons"])
    tools = {action["tool"] for action in message["actions"]}
    return wanted <= reasons <= wanted | set(meant["acceptable"]) and bool(tools & set(meant["tools"]))


def test_nothing_wrong_is_ever_proposed(shown: list[dict[str, Any]], meant: list[dict[str, Any]]) -> None:
    for message, expected in zip(shown, meant, strict=True):
        tools = {action["tool"] for action in message["actions"]}
        acts = {
            "record_promise",
            "update_contact",
            "propose_payment_plan",
            "hold_outreach",
            "answer_question",
            "stop_contact",
        }
        assert not tools & acts & set(expected["must_not"]), expected["file"]


def test_nothing_is_written_to_whom_nothing_may_be_written(shown: list[dict[str, Any]]) -> None:
    (insolvent,) = [m for m in shown if "INV-20404" in m["subject"]]
    assert [action["tool"] for action in insolvent["actions"]] == ["stop_contact"]
    assert insolvent["draft"] is None
    (noted,) = [
        m for m in shown if [c["reason"] for c in m["claims"]] == ["acknowledgement"] and "20417" in m["subject"]
    ]
    assert [action["tool"] for action in noted["actions"]] == ["hold_outreach"]
    assert noted["draft"] is None


def test_evidence_stands_in_the_mail_and_drafts_break_no_rule(shown: list[dict[str, Any]]) -> None:
    for message in shown:
        # A mail that the customer overtook with a newer one on the same invoices is blocked, and rightly so.
        assert {finding["rule"] for finding in message["findings"]} <= {"R-STA-09"}, message["subject"]
        if message["draft"]:
            assert message["draft"]["recipients"]
            assert "Nordholt Industrial Supply B.V." in message["draft"]["rendered"]


def test_the_injection_moves_nothing_but_flags(shown: list[dict[str, Any]]) -> None:
    (message,) = [m for m in shown if "INV-20434" in m["subject"]]
    assert {"hidden_text", "addressed_to_machine"} <= set(message["flags"])
    # What he wrote himself, that he looks at it later, rests the reminders on his own two invoices. Nothing else moves.
    assert {action["tool"] for action in message["actions"]} <= {"hold_outreach", "no_reply", "escalate_to_human"}
    for action in message["actions"]:
        assert set(action["arguments"].get("invoices", ())) <= {"INV-20423", "INV-20434"}
    assert message["draft"] is None
    assert "ledger-verify" not in json.dumps(message)


def test_a_folder_of_somebody_else_is_not_emptied(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("three years of work")
    command = [DUNWELL, "demo", "--no-serve", "--dir", str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 2
    assert "is not a folder of the demo" in done.stderr
    assert (tmp_path / "thesis.txt").exists()


def test_the_demo_starts_with_an_outreach_round(told: dict[str, Any], folder: Path) -> None:
    outreach = told["outreach"]
    reminders = {one["customer"]: one for one in outreach["reminders"]}
    assert {one["language"] for one in reminders.values()} == {"en", "de", "fr", "es", "it", "nl", "pt"}
    assert {one["step"] for one in reminders.values()} == {"verify", "before_due", "due_today", "overdue"}
    assert (outreach["planned"], outreach["approved"]) == (7, 3)
    left = {mail["To"]: str(mail) for mail in mailbox.Maildir(folder / "sent", create=False)}
    for address, numbers in {
        "accounts@calderstreet-workshops.example": ["INV-20441"],
        "rechnungen@isarblick-waescherei.example": ["INV-20443"],
        "administratie@dewaterhoek.example": ["INV-20447", "INV-20448"],
    }.items():
        assert sorted(set(re.findall(r"INV-\d+", left[address]))) == numbers
    # Whoever wrote to us is answered first, and hears nothing else on that day.
    assert not {one["customer"] for one in outreach["reminders"]} & {m.get("customer") for m in told["messages"]}


def test_approving_sends_into_the_local_folder_and_moves_the_ledger(shown: list[dict[str, Any]], folder: Path) -> None:
    from agent.cli.demo import settings_of
    from agent.cli.home import desk_of
    from agent.config import build
    from agent.daemon import Daemon
    from agent.installation import Installation

    promises = [m for m in shown if [a["tool"] for a in m["actions"]] == ["record_promise"] and not m["findings"]]
    promise = promises[0]
    home = Installation(build(settings_of(folder), source="test"))
    desk = desk_of(home)
    desk.undo = timedelta(0)
    desk.approve(promise["proposal"], version=promise["version"], actor="local")
    assert Daemon(home).run_once().sent == 1
    (sent,) = [mail for mail in mailbox.Maildir(folder / "sent", create=False) if mail["In-Reply-To"]]
    assert sent["To"] == promise["draft"]["recipients"][0]
    item = desk.show(promise["proposal"])
    assert item is not None
    assert item.row.status == "sent"
    assert [p.status for p in item.facts.promises] == ["open"]
    assert all(
        i.held_until for i in item.facts.open_invoices if i.number in promise["actions"][0]["arguments"]["invoices"]
    )

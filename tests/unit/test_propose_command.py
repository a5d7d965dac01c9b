"""`dunwell propose` as a user calls it: one mail, one ledger folder, one answer; bad input in one plain line."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from agent.cli.app import app
from agent.cli.output import CommandFailed

LEDGER = Path(__file__).parents[2] / "agent" / "demo" / "ledger"
MAIL = b"""From: Priya Kershaw <p.kershaw@harrowfinch.example>
To: ar@nordholt-supply.example
Subject: Re: Overdue: INV-20413
Date: Mon, 09 Mar 2026 10:15:00 +0000
Message-ID: <abc-1@harrowfinch.example>
Content-Type: text/plain; charset=utf-8

Hello Maren,

INV-20413 was rejected because the order number on it is wrong: please send it with PO HF-77120.

Kind regards
Priya
"""


@pytest.fixture
def mail(tmp_path: Path) -> Path:
    path = tmp_path / "reply.eml"
    path.write_bytes(MAIL)
    return path


def call(*arguments: str, given: bytes | None = None) -> dict[str, Any]:
    result = CliRunner().invoke(app, ["propose", *arguments, "--ledger", str(LEDGER), "--json"], input=given)
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    answer: dict[str, Any] = json.loads(result.stdout)
    return answer


def test_everything_that_was_thought_is_printed(mail: Path) -> None:
    told = call(str(mail))
    assert [claim["reason"] for claim in told["claims"]] == ["po_mismatch"]
    assert told["claims"][0]["slots"]["po_number"] == "HF-77120"
    action = told["actions"][0]
    assert action["tool"] == "resubmit_invoice"
    assert "escalate_to_human" in action["allowed"]
    assert "re-issue INV-20413 with order number HF-77120" in action["preview"]
    assert told["tone"]["reasons"]
    assert '{{ inv["INV-20413"].new_po }}' in told["draft"]["body"]
    assert "HF-77120" in told["draft"]["rendered"]
    assert [f for f in told["findings"] if f["severity"] == "block"] == []
    assert told["signed_by_placeholder"] is True


def test_standard_input_and_the_same_answer_every_time(mail: Path) -> None:
    assert call("-", given=MAIL) == call(str(mail))


def test_a_stranger_is_told_nothing_until_the_mail_is_given_to_a_customer(tmp_path: Path) -> None:
    strange = tmp_path / "strange.eml"
    strange.write_bytes(MAIL.replace(b"p.kershaw@harrowfinch.example", b"p.kershaw@elsewhere.example"))
    told = call(str(strange), "--customer", "C1001")
    assert told["customer"] == "C1001"
    assert told["identity"] in ("C", "D")
    assert "11,482.50" not in json.dumps(told["draft"])


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["missing.eml"], "missing.eml cannot be read"),
        (["MAIL", "--customer", "C9999"], "C9999"),
        (["MAIL", "--received", "yesterday"], "write a day as 2026-03-31"),
        (["MAIL", "--reader", "oracle"], "not one of embedded, llm"),
        (["MAIL", "--reader", "llm"], "needs --config"),
        (["MAIL", "--policy", "none.toml"], "none.toml does not exist"),
    ],
)
def test_bad_input_is_one_plain_line(mail: Path, arguments: list[str], told: str) -> None:
    words = [str(mail) if word == "MAIL" else word for word in arguments]
    with pytest.raises(CommandFailed, match=told) as failed:
        call(*words)
    assert failed.value.code == 2
    assert "\n" not in str(failed.value)

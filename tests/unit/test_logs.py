"""The log: JSON lines with ids, and nothing of a mail in it; asked of the formatters, and of whole rounds of the real command."""

from __future__ import annotations

import json
import logging
from dataclasses import dataclass
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.logs import JsonLines, TextLines, without_addresses
from evals.model_server import ModelServer, status
from tests.collector import Collector, Span
from tests.e2e.installations import Installed, deliver, in_daylight, maildir_mailbox, reply
from tests.ledgers import write_ledger

CANARY = "kingfisher"


def record(message: str, *args: object, error: BaseException | None = None) -> logging.LogRecord:
    info = None
    if error is not None:
        try:
            raise error
        except type(error) as raised:
            info = (type(raised), raised, raised.__traceback__)
    return logging.LogRecord("agent.test", logging.WARNING, __file__, 1, message, args, info)


def test_a_json_line_says_when_how_bad_who_what_and_about_which_ids() -> None:
    line = json.loads(JsonLines().format(record("message %d: %s of mailbox %s: 100%% bad", 12, "moved", "ar")))
    assert datetime.fromisoformat(line.pop("time")).tzinfo == UTC
    assert line == {
        "level": "WARNING",
        "logger": "agent.test",
        "message": "message 12: moved of mailbox ar: 100% bad",
        "ids": {"message": 12, "mailbox": "ar"},
    }
    assert "ids" not in json.loads(JsonLines().format(record("%d messages or wakings taken up", 3)))
    assert "ids" not in json.loads(JsonLines().format(record("nothing")))


@pytest.mark.parametrize("lines", [TextLines(), JsonLines()])
def test_neither_the_text_of_an_error_nor_an_address_is_written(lines: logging.Formatter) -> None:
    caught = record("outgoing %d: refused by %s", 7, "moira@kingfisher.example", error=ValueError(f"said {CANARY}"))
    caught.exc_text = f"kept by another handler: {CANARY}"
    text = lines.format(caught)
    assert CANARY not in text
    assert "ValueError" in text
    assert "test_logs.py" in text
    assert "refused by (address)" in text


@given(st.text(), st.emails(), st.text())
def test_addresses_are_struck_out_wherever_they_stand(before: str, address: str, after: str) -> None:
    domain = address.rpartition("@")[2]
    assert address not in without_addresses(f"{before} <{address}> {after}".replace(address, f" {address} "))
    assert f"@{domain}" not in without_addresses(f"to {address}")


# --- whole rounds --------------------------------------------------------------------------------------------------


@dataclass
class Rounds:
    """What two rounds left: log lines, spans, and what the collector got in all."""

    log: str
    spans: list[Span]
    wire: bytes


@pytest.fixture(scope="module")
def rounds(tmp_path_factory: pytest.TempPathFactory) -> Rounds:
    """Read mails full of canaries, with a model that fails; approve; send."""
    folder = tmp_path_factory.mktemp("rounds")
    with Collector() as collector, ModelServer() as model:
        model.behave(lambda _: status(401, f"not for {CANARY}@bracken.example"))
        more = f"""
[model]
base_url = "{model.base_url}"
model = "m"

[log]
format = "json"

[traces]
endpoint = "{collector.url}"

[review]
undo_seconds = 0
"""
        house = Installed(folder / "home", maildir_mailbox(folder / "box"), more=more)
        house.run("import", str(write_ledger(folder / "ledger", customers=in_daylight())))
        sender = f"Moira {CANARY} <moira@bracken.example>"
        said = f"We will pay F-5501 on Friday. The {CANARY} sends regards."
        to = "ar@fernhill.example"
        deliver(house.mailbox, "1", reply(sender, said, to=to, message_id="<g1@bracken.example>", subject=CANARY))
        deliver(house.mailbox, "2", f"From: {CANARY}@odd.example\r\n\r\n".encode() + bytes(range(256)))
        first = house.run("run", "--once")
        for item in house.json("queue", "list"):
            house.run("queue", "approve", str(item["id"]), check=False)
        second = house.run("run", "--once")
        assert json.loads(json.dumps(house.json("run", "--once")))["sent"] == 0
        spans, wire = collector.spans(), collector.wire()
    assert model.requests, "the model was asked"
    return Rounds(first.stderr + second.stderr, spans, wire)


def test_whole_rounds_log_json_and_no_word_of_a_mail(rounds: Rounds) -> None:
    lines = [json.loads(line) for line in rounds.log.splitlines() if line.strip()]
    assert len(lines) >= 2
    assert {"time", "level", "logger", "message"} <= set.intersection(*(set(line) for line in lines))
    assert any(line.get("ids") for line in lines)
    for word in (CANARY, "@", "bracken", "regards", "Moira", "F-5501"):
        assert word.lower() not in rounds.log.lower(), word


def test_traces_hold_every_step_and_only_ids(rounds: Rounds) -> None:
    names = {span.name for span in rounds.spans}
    assert {"ingest", "propose", "read", "decide", "write", "check", "hold", "send"} <= names
    for word in (CANARY, "bracken", "regards", "Moira", "F-5501"):
        assert word.lower().encode() not in rounds.wire.lower(), word
    for span in rounds.spans:
        assert set(span.attributes) <= {"dunwell.message", "dunwell.mailbox", "dunwell.outgoing", "dunwell.followup"}
        assert span.resource == {"service.name": "dunwell"}
    by_id = {span.span_id: span for span in rounds.spans}
    for span in rounds.spans:
        if span.name in ("read", "decide", "write", "check", "hold"):
            assert by_id[span.parent].name == "propose", "the steps of one mail are one trace"
            assert by_id[span.parent].attributes["dunwell.message"] == span.attributes["dunwell.message"]

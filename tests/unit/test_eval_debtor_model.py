"""A model plays the customer over HTTP: bounded, cleaned, hostile input like any mail. The server is scripted."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr
from typer.testing import CliRunner

from agent.llm import ModelClient, ModelFailure
from agent.llm_settings import ModelSettings
from evals.cli import build
from evals.debtor.customer import Modelled, Said, Scripted
from evals.debtor.happened import Limits
from evals.debtor.post import MOST_SIGNS, answer, cleaned, reminder
from evals.debtor.record import DebtorRecord
from evals.debtor.running import Plan, run
from evals.debtor.sheet import BrokenSheet, read_sheet, sheet_of
from evals.debtor.table import by_persona, faults, summary
from evals.model_server import Answer, ModelServer, reply, status
from evals.results import Mode
from evals.running.models import Model
from evals.running.thinking import Thinking

PERSONA = "forgetful-clerk"


@pytest.fixture
def server() -> Iterator[ModelServer]:
    with ModelServer() as running:
        yield running


def settings(server: ModelServer, **changed: Any) -> ModelSettings:
    return ModelSettings(base_url=server.base_url, model="customer-1", api_key=SecretStr("k"), **changed)


def says(*bodies: str | None) -> Any:
    """Answer with these mails one after another, then with silence."""
    left = list(bodies)

    def behave(_: dict[str, Any]) -> Answer:
        body = left.pop(0) if left else None
        return reply({"writes": body is not None, "body": body or ""})

    return behave


def test_three_rounds_over_http(server: ModelServer, tmp_path: Path) -> None:
    server.behave(
        says(
            "Beste Ines,\n\nfactuur HW-31518 heb ik nooit ontvangen. Kun je me een kopie sturen?\n\ngroet, Wietske",
            "Factuur HW-31518 wordt op 20 maart 2026 betaald.\n\nWietske",
            "Prima, bedankt!\n\nWietske",
        )
    )
    plan = Plan((PERSONA,), settings(server), 1, Limits(turns=4))
    record = run(plan, Thinking(Model("embedded", Mode.EMBEDDED)), out=tmp_path)
    server.check()
    (talk,) = record.talks
    assert (talk.error, talk.rounds, talk.player) == (None, 3, "customer-1")
    assert talk.player_cost.calls == len(server.requests) >= 4
    assert talk.player_cost.prompt_tokens >= 400
    assert talk.hits == ()
    assert talk.proposals[0].tools == ("resubmit_invoice",)
    asked = [json.dumps(request, ensure_ascii=False) for request in server.requests]
    assert all("20 maart 2026" in text for text in asked), "the player knows what is hidden"
    assert "HW-31518.pdf" not in asked[0]
    assert "U vindt een kopie in de bijlage" in asked[1], "the player reads the mail as it was rendered"
    for text in asked:
        assert "Quillfeather" not in text
        assert "manager" not in text, "who approves is none of the customer's business"
    kept = DebtorRecord.model_validate_json((tmp_path / "debtor.json").read_bytes())
    assert kept == record
    assert kept.rule.startswith("A collector approves")
    assert by_persona(kept).row_count == 1
    assert "mode embedded" in summary(kept)
    assert "customer: customer-1" in summary(kept)
    wrong = [check for check in talk.checks if check.fault]
    assert len(list(faults(kept))) == len(wrong) + len(talk.hits)


def test_a_player_that_cannot_answer_ends_the_talk_and_judges_nobody(server: ModelServer) -> None:
    server.behave(lambda _: status(400, "no"))
    plan = Plan((PERSONA,), settings(server), 1, Limits())
    (talk,) = run(plan, Thinking(Model("embedded", Mode.EMBEDDED))).talks
    assert talk.error is not None
    assert "customer's model" in talk.error
    assert not talk.ok


def test_an_agent_whose_server_is_away_is_not_judged(server: ModelServer) -> None:
    server.behave(lambda _: status(400, "no"))
    away = Model("customer-1", Mode.LIVE, settings(server, max_attempts=1))
    (talk,) = run(Plan(("insolvent",), None, 1, Limits(turns=1)), Thinking(away)).talks
    assert talk.error is not None
    assert "agent's model was away" in talk.error
    assert server.requests
    assert talk.proposals[0].reader.startswith("embedded"), "production goes on without a model; a figure must not"


def test_silence_is_an_answer(server: ModelServer) -> None:
    server.behave(says(None))
    player = Modelled(sheet_of(PERSONA), ModelClient(settings(server)))
    assert player.answer([Said(True, "Hello")], date(2026, 3, 5)) is None
    assert len(player.calls) == 1


def test_the_model_is_asked_within_a_budget(server: ModelServer) -> None:
    server.behave(lambda _: reply("no json at all"))
    player = Modelled(sheet_of(PERSONA), ModelClient(settings(server, max_calls_per_message=3), sleep=lambda _: None))
    with pytest.raises(ModelFailure):
        player.answer([Said(True, "Hello")], date(2026, 3, 5))
    assert len(server.requests) <= 3
    assert len(player.calls) <= 4, "the refusal of the budget may be noted too"


def test_seeds_differ_in_mood_alone(server: ModelServer) -> None:
    server.behave(says("a", "b", "c", "d", "e", "f"))
    client = ModelClient(settings(server))
    for seed in range(1, 7):
        Modelled(sheet_of(PERSONA), client, seed).answer([Said(True, "Hello")], date(2026, 3, 5))
    systems = {request["messages"][0]["content"] for request in server.requests}
    users = {request["messages"][1]["content"] for request in server.requests}
    assert len(systems) == 1
    assert len(users) > 1


@pytest.mark.parametrize(
    "words",
    ["\x00\x1b[2Jhello\ud800", "a\r\nBcc: x@elsewhere.example\r\n\r\nb", "x" * 100_000, "\u200b\u202ehello"],
)
def test_words_of_a_player_stay_words(words: str) -> None:
    sheet = sheet_of(PERSONA)
    text = cleaned(words)
    assert len(text) <= MOST_SIGNS
    assert not {c for c in text if ord(c) < 32} - {"\n", "\t"}
    at = datetime(2026, 3, 5, 11, tzinfo=UTC)
    raw = answer(sheet, text, to=reminder(sheet, PERSONA), at=at, number=1)
    mail = message_from_bytes(raw, policy=policy.default)
    assert mail["Bcc"] is None
    assert mail["From"].addresses[0].addr_spec == sheet.writer
    assert len(mail.get_all("From") or ()) == 1


def test_the_script_waits_for_its_cue() -> None:
    player = Scripted(sheet_of("evasive-promiser"))
    today = date(2026, 3, 3)
    assert "13. März" in (player.answer([Said(True, "Wann?")], today) or "")
    assert player.answer([Said(True, "Guten Tag")], today) is None
    assert "8. April" in (player.answer([Said(True, "Die Zahlung ist bei uns nicht eingegangen.")], today) or "")


def test_a_broken_sheet_is_named(tmp_path: Path) -> None:
    path = tmp_path / "x.yaml"
    path.write_text("schema: 1\ntitle: x\nlanguage: xx\n", "utf-8")
    with pytest.raises(BrokenSheet, match=r"x\.yaml: language: .*"):
        read_sheet(path)
    path.write_text("a: [", "utf-8")
    with pytest.raises(BrokenSheet, match="cannot be read"):
        read_sheet(path)
    with pytest.raises(BrokenSheet, match="is no persona"):
        sheet_of("nobody")


def test_the_command(tmp_path: Path) -> None:
    out = tmp_path / "run"
    result = CliRunner().invoke(build(), ["debtor", "--persona", "insolvent", "--out", str(out), "--json"])
    assert result.exit_code == 0, result.output
    document = json.loads(result.stdout)
    assert document["mode"] == "embedded"
    assert document["player"] == "script"
    assert [talk["persona"] for talk in document["talks"]] == ["insolvent"]
    assert (out / "debtor.json").is_file()


@pytest.mark.parametrize(
    ("arguments", "told"),
    [(["--persona", "nobody"], "is no persona"), (["--customer", "embedded"], "writes no mails"), (["--customer", "x"], "say where it is")],
)  # fmt: skip
def test_bad_input_is_named(arguments: list[str], told: str, tmp_path: Path) -> None:
    from agent.cli.output import CommandFailed

    result = CliRunner().invoke(build(), ["debtor", *arguments, "--out", str(tmp_path / "run")])
    assert isinstance(result.exception, CommandFailed)
    assert result.exception.code == 2
    assert told in str(result.exception)

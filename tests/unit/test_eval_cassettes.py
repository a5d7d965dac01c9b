"""Recorded answers: what a real server said comes back the same without it, and nothing else ever does."""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from agent.cli import main
from agent.llm_failure import FailureKind, ModelFailure
from agent.llm_schema import Rung
from agent.llm_settings import ModelSettings
from agent.stated import ReadClaim
from evals.cassettes.clients import Found
from evals.cassettes.format import CassetteError, Line, read_cassette, request_key
from evals.cassettes.recording import NotRecorded, Recorder
from evals.cassettes.replaying import CassetteMiss, Replay
from evals.results import Mode, TurnResult
from evals.running.models import Model
from evals.running.suites import load_suite
from evals.running.thinking import Thinking
from evals.running.turns import work_on
from tests.model_server import Answer, ModelServer, reply, status

CORE = Path(__file__).parents[2] / "evals" / "suites" / "core"
ONE, OTHER = "thornwick-joinery-friday-twice", "kessler-foerdertechnik-raten"
FIRST = "*/002-in.eml"


@pytest.fixture(scope="module")
def suite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give two conversations of the core suite."""
    folder = tmp_path_factory.mktemp("suites") / "two"
    for name in (ONE, OTHER):
        shutil.copytree(CORE / name, folder / name)
    return folder


def purpose(request: dict[str, Any]) -> str:
    named: str = request.get("response_format", {}).get("json_schema", {}).get("name", "")
    return {"_Ready": "probe", "ReadReply": "read", "Choices": "decide", "Written": "write"}.get(named, "")


def answer_to(asked: str, user: str) -> dict[str, Any]:
    """Answer as a model that takes everything for a promise would."""
    if asked == "probe":
        return {"ready": True}
    if asked == "read":
        said = user.partition("Subject:")[2].partition("\n\n")[2]
        evidence = next(line for line in said.splitlines() if len(line) > 15)
        empty: dict[str, Any] = dict.fromkeys(ReadClaim.model_fields)
        claim = {**empty, "reason": "promise_to_pay", "invoices": [], "evidence": evidence[:200], "confidence": 0.8}
        return {"claims": [claim]}
    if asked == "decide":
        return {"choices": []}
    return {"body": "{{ contact.salutation }}, thank you. We have noted what you wrote and come back to you."}


def model(request: dict[str, Any]) -> Answer:
    return reply(answer_to(purpose(request), request["messages"][1]["content"]))


def settings(server: ModelServer, **more: Any) -> ModelSettings:
    return ModelSettings(base_url=server.base_url, model="scripted-1", max_attempts=1, timeout_seconds=5, **more)


def played(model: Model, suite: Path) -> list[TurnResult]:
    """Work on the first turn of each conversation, as a run does."""
    thinking = Thinking(model)
    try:
        thinking.begin()
        return [work_on(case, epoch=1, thinking=thinking) for case in load_suite(suite, only=FIRST).cases]
    finally:
        thinking.close()


def recorded(server: ModelServer, suite: Path, cassette: Path, **more: Any) -> list[TurnResult]:
    return played(Model("scripted-1", Mode.LIVE, settings(server, **more), cassette), suite)


def replayed(suite: Path, cassette: Path) -> list[TurnResult]:
    return played(Model("scripted-1", Mode.REPLAY, cassette=cassette), suite)


def said(turn: TurnResult) -> dict[str, Any]:
    """Give a result without the time that it took."""
    return turn.model_dump(exclude={"cost": {"seconds"}})


def test_what_was_recorded_comes_back_the_same_and_nobody_is_asked(
    model_server: ModelServer, suite: Path, tmp_path: Path
) -> None:
    model_server.behave(model)
    prices = {"input_price": "2.5", "output_price": "10"}
    live = recorded(model_server, suite, tmp_path / "cassette", **prices)
    assert [turn.error for turn in live] == [None] * 2
    assert sum(turn.cost.calls for turn in live) >= 4
    model_server.forget()  # from here on any request is beyond the script, and fails the test
    replay = replayed(suite, tmp_path / "cassette")
    assert list(map(said, replay)) == list(map(said, live))
    assert replay[0].cost.money is not None
    assert model_server.requests == []


def test_a_recording_is_readable_and_its_keys_are_those_of_the_requests(
    model_server: ModelServer, suite: Path, tmp_path: Path
) -> None:
    model_server.behave(model)
    recorded(model_server, suite, tmp_path / "c")
    head, lines = read_cassette(tmp_path / "c" / f"{ONE}.jsonl")
    assert (head.model, head.how, head.asked.rung) == ("scripted-1", "live", Rung.JSON_SCHEMA)
    assert isinstance(lines[0].answer, dict)
    assert [line.turn for line in lines] == sorted(line.turn for line in lines)
    asked = {request_key(request) for request in model_server.requests if purpose(request) != "probe"}
    both = [line for path in (tmp_path / "c").glob("*.jsonl") for line in read_cassette(path)[1]]
    assert {line.key for line in both} == asked


def test_a_request_that_is_not_recorded_is_an_error_that_names_it(
    model_server: ModelServer, suite: Path, tmp_path: Path
) -> None:
    model_server.behave(model)
    recorded(model_server, suite, tmp_path / "c")
    path = tmp_path / "c" / f"{ONE}.jsonl"
    rows = path.read_text("utf-8").splitlines()
    gone = next(row for row in rows if '"purpose":"read"' in row)
    path.write_text("\n".join(row for row in rows if row != gone) + "\n", "utf-8")
    model_server.forget()
    turn = json.loads(gone)["turn"]
    result = {one.turn: one for one in replayed(suite, tmp_path / "c")}
    wrong = result.pop(turn).error or ""
    assert wrong.startswith("cassette: ")
    assert turn in wrong
    assert "for read" in wrong
    assert "record again" in wrong
    assert [one.error for one in result.values()] == [None]
    assert model_server.requests == []


def test_a_recording_of_other_prompts_is_refused_before_anything_runs(
    model_server: ModelServer, suite: Path, tmp_path: Path
) -> None:
    model_server.behave(model)
    recorded(model_server, suite, tmp_path / "c")
    with pytest.raises(CassetteError, match=r"jsonl:1: was recorded with other prompts .*record again"):
        Replay(tmp_path / "c", prompts="0" * 64)
    path = tmp_path / "c" / f"{OTHER}.jsonl"
    first, _, rest = path.read_text("utf-8").partition("\n")
    path.write_text(json.dumps(json.loads(first) | {"prompts": "0" * 64}) + "\n" + rest, "utf-8")
    with pytest.raises(CassetteError, match=f"{OTHER}.jsonl:1: was recorded with other prompts"):
        replayed(suite, tmp_path / "c")


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        (lambda rows: [*rows[:1], "{"], ":2: "),
        (lambda rows: ["{}", *rows[1:]], ":1: "),
        (lambda rows: [rows[0], rows[1].replace('"purpose"', '"porpoise"')], ":2: "),
    ],
)
def test_a_damaged_file_is_named_with_its_line(
    change: Callable[[list[str]], list[str]], fault: str, tmp_path: Path, model_server: ModelServer
) -> None:
    model_server.behave(model)
    with Recorder(tmp_path / "c", settings(model_server)) as recorder, recorder.client(f"{ONE}/002-in.eml"):
        pass
    path = tmp_path / "c" / f"{ONE}.jsonl"
    rows = [*path.read_text("utf-8").splitlines(), '{"turn":"a/001-in.eml","purpose":"read","key":"' + "0" * 64 + '"}']
    path.write_text("\n".join(change(rows)), "utf-8")
    with pytest.raises(CassetteError, match=f"{ONE}.jsonl{fault}"):
        Replay(tmp_path / "c")


def test_an_empty_or_mixed_folder_is_refused(model_server: ModelServer, suite: Path, tmp_path: Path) -> None:
    with pytest.raises(CassetteError, match="holds no recording"):
        Replay(tmp_path)
    model_server.behave(model)
    recorded(model_server, suite, tmp_path / "c")
    path = tmp_path / "c" / f"{ONE}.jsonl"
    path.write_text(path.read_text("utf-8").replace("scripted-1", "scripted-2"), "utf-8")
    with pytest.raises(CassetteError, match="not of the same model"):
        Replay(tmp_path / "c")
    path.rename(tmp_path / "c" / "renamed.jsonl")
    with pytest.raises(CassetteError, match="the file says renamed"):
        Replay(tmp_path / "c")


def test_an_outage_is_not_recorded_and_the_turn_says_so(model_server: ModelServer, suite: Path, tmp_path: Path) -> None:
    down = "002-in.eml"

    def sometimes(request: dict[str, Any]) -> Answer:
        if purpose(request) == "write":
            return status(503)
        return model(request)

    model_server.behave(sometimes)
    live = recorded(model_server, suite, tmp_path / "c")
    failed = [turn for turn in live if turn.error]
    assert failed, down
    assert all("nothing of this turn was recorded" in (turn.error or "") for turn in failed)
    kept = {line.turn for path in (tmp_path / "c").glob("*.jsonl") for line in read_cassette(path)[1]}
    assert kept.isdisjoint(turn.turn for turn in failed)
    # Recorded again into the same folder, now that the server is well: everything is there.
    model_server.behave(model)
    recorded(model_server, suite, tmp_path / "c")
    assert not [turn.error for turn in replayed(suite, tmp_path / "c") if turn.error]


def test_a_refusal_of_the_request_itself_is_recorded_and_replayed(
    model_server: ModelServer, suite: Path, tmp_path: Path
) -> None:
    def filtering(request: dict[str, Any]) -> Answer:
        return status(400, "content_filter") if purpose(request) == "write" else model(request)

    model_server.behave(filtering)
    live = recorded(model_server, suite, tmp_path / "c")
    assert any("write:content_filter" in turn.unanswered for turn in live)
    model_server.forget()
    replay = replayed(suite, tmp_path / "c")
    assert list(map(said, replay)) == list(map(said, live))


def test_how_a_server_wants_to_be_asked_is_learned_once_and_replayed(
    model_server: ModelServer, suite: Path, tmp_path: Path
) -> None:
    def old(request: dict[str, Any]) -> Answer:
        if request.get("response_format", {}).get("type") == "json_schema":
            return status(400, "response_format json_schema is not supported")
        if "max_tokens" in request:
            return status(400, "use max_completion_tokens")
        form = request["response_format"]["schema"]["properties"]
        asked = next(a for name, a in {"ready": "probe", "claims": "read", "choices": "decide"}.items() if name in form)
        return reply(answer_to(asked, request["messages"][1]["content"]))

    def old_or_writing(request: dict[str, Any]) -> Answer:
        form = request.get("response_format", {}).get("schema", {}).get("properties", {})
        return reply(answer_to("write", "")) if "body" in form else old(request)

    model_server.behave(old_or_writing)
    live = recorded(model_server, suite, tmp_path / "c")
    head, lines = read_cassette(tmp_path / "c" / f"{ONE}.jsonl")
    assert (head.asked.rung, head.asked.token_parameter) == (Rung.JSON_OBJECT, "max_completion_tokens")
    assert not [line for line in lines if line.failed]
    model_server.forget()
    replay = replayed(suite, tmp_path / "c")
    assert list(map(said, replay)) == list(map(said, live))


def test_a_repaired_answer_is_replayed_with_its_repair(model_server: ModelServer, suite: Path, tmp_path: Path) -> None:
    def sloppy(request: dict[str, Any]) -> Answer:
        if purpose(request) == "read" and len(request["messages"]) == 2:
            return reply('{"claims": [{"reason": "because"}]}')
        return model(request)

    model_server.behave(sloppy)
    live = recorded(model_server, suite, tmp_path / "c")
    model_server.forget()
    replay = replayed(suite, tmp_path / "c")
    assert list(map(said, replay)) == list(map(said, live))
    _, lines = read_cassette(tmp_path / "c" / f"{ONE}.jsonl")
    assert [line.purpose for line in lines[:2]] == ["read", "read"]
    assert isinstance(lines[0].answer, str | dict)


def test_equal_requests_are_answered_in_their_order() -> None:
    lines = [Line(turn="a/001-in.eml", purpose="read", key="0" * 64, n=n, answer=f"{n}") for n in (1, 2)]
    found = Found(lines)
    answers = [found.next("0" * 64) for _ in range(3)]
    assert [(n, line.answer if line else None) for n, line in answers] == [(1, "1"), (2, "2"), (3, None)]


def test_a_recording_has_an_end(model_server: ModelServer, tmp_path: Path) -> None:
    model_server.behave(model)
    from agent.nodes.write import Written

    with Recorder(tmp_path, settings(model_server), most_calls=2) as recorder:  # one of them is the probe
        with pytest.raises(NotRecorded, match="may make 2 calls"), recorder.client(f"{ONE}/002-in.eml") as client:
            client.ask(Written, purpose="write", system="s", user="u", budget=client.budget())
        with pytest.raises(ModelFailure) as over, recorder.client(f"{ONE}/002-in.eml") as client:
            client.ask(Written, purpose="write", system="s", user="u", budget=client.budget())
    assert over.value.kind is FailureKind.BUDGET
    assert not list(tmp_path.glob("*.jsonl"))


def test_no_other_model_is_recorded_into_a_folder(model_server: ModelServer, tmp_path: Path) -> None:
    model_server.behave(model)
    with Recorder(tmp_path, settings(model_server)) as recorder, recorder.client(f"{ONE}/002-in.eml"):
        pass
    other = settings(model_server).model_copy(update={"model": "scripted-2"})
    with pytest.raises(CassetteError, match="a folder for each model"):
        Recorder(tmp_path, other)
    with pytest.raises(CassetteError, match="other settings"):
        Recorder(tmp_path, settings(model_server, max_tokens=77))


def test_a_miss_is_no_failure_of_a_model(model_server: ModelServer, tmp_path: Path) -> None:
    model_server.behave(model)
    with Recorder(tmp_path, settings(model_server)) as recorder, recorder.client(f"{ONE}/002-in.eml"):
        pass
    from agent.nodes.write import Written

    with pytest.raises(CassetteMiss), Replay(tmp_path).client(f"{ONE}/002-in.eml") as client:
        client.ask(Written, purpose="write", system="s", user="u", budget=client.budget())


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, str, str]]:
    """Run `dunwell eval`: exit code, output, errors."""
    monkeypatch.setenv("COLUMNS", "300")

    def command(*words: object) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["dunwell", "eval", *map(str, words)])
        capsys.readouterr()
        code = 0
        try:
            main()
        except SystemExit as end:
            code = int(end.code or 0)
        out = capsys.readouterr()
        assert "Traceback" not in out.err
        return code, " ".join(out.out.split()), " ".join(out.err.split())

    return command


def answered(requests: Path, out: Path) -> int:
    """Answer every request of a file, as another program would."""
    rows = [json.loads(row) for row in requests.read_text("utf-8").splitlines()]
    asked = [row for row in rows if row["kind"] == "request"]
    named = {row["name"] for row in rows if row["kind"] != "request"}
    assert {row["system"] for row in asked} | {row["form"] for row in asked} == named
    answers = [
        {"turn": row["turn"], "key": row["key"], "n": row["n"], "answer": answer_to(row["purpose"], row["user"])}
        for row in asked
    ]
    out.write_text("".join(json.dumps(one) + "\n" for one in answers), "utf-8")
    return len(asked)


def test_a_recording_can_be_answered_in_files(
    run: Callable[..., tuple[int, str, str]], suite: Path, tmp_path: Path, model_server: ModelServer
) -> None:
    cassette, requests, answers = tmp_path / "by-hand", tmp_path / "requests.jsonl", tmp_path / "answers.jsonl"
    rounds = []
    for _ in range(6):
        code, _, err = run("requests", suite, "--cassette", cassette, "--out", requests, "--only", FIRST)
        assert code == 0, err
        rounds.append(answered(requests, answers))
        if not rounds[-1]:
            break
        code, _, err = run("answers", requests, answers, "--cassette", cassette, "--model", "by-hand-1")
        assert code == 0, err
    assert rounds[-1] == 0
    assert len(rounds) > 2
    replay = replayed(suite, cassette)
    assert [turn.error for turn in replay] == [None] * 2
    # The very same answers from a server come to the very same results.
    model_server.behave(lambda r: reply(answer_to(purpose(r), r["messages"][1]["content"]), usage=None))
    live = recorded(model_server, suite, tmp_path / "c")
    same = {"found", "slots", "tools", "verdict", "state", "checks", "hits"}
    assert [t.model_dump(include=same) for t in replay] == [t.model_dump(include=same) for t in live]


def test_an_answer_that_does_not_fit_is_named_and_the_others_are_kept(
    run: Callable[..., tuple[int, str, str]], suite: Path, tmp_path: Path
) -> None:
    cassette, requests, answers = tmp_path / "by-hand", tmp_path / "requests.jsonl", tmp_path / "answers.jsonl"
    run("requests", suite, "--cassette", cassette, "--out", requests)
    answered(requests, answers)
    rows = [json.loads(row) for row in answers.read_text("utf-8").splitlines()]
    rows[0]["answer"]["claims"][0]["reason"] = "because"
    rows[1]["key"] = "f" * 64
    answers.write_text("".join(json.dumps(row) + "\n" for row in rows) + "no JSON\n", "utf-8")
    code, out, err = run("answers", requests, answers, "--cassette", cassette)
    assert (code, "say with --model" in err) == (2, True)
    code, out, err = run("answers", requests, answers, "--cassette", cassette, "--model", "by-hand-1")
    assert code == 2
    assert f"{len(rows) - 2} answers taken" in out
    assert "answers.jsonl:1: " in err
    assert "claims.0.reason" in err
    assert "answers.jsonl:2: " in err
    assert f"answers.jsonl:{len(rows) + 1}: " in err
    code, out, err = run("answers", requests, answers, "--cassette", cassette, "--model", "another")
    assert (code, "not of another" in err) == (2, True)
    with pytest.raises(CassetteError, match="answered in files"):
        Recorder(cassette, ModelSettings(base_url="http://127.0.0.1:9/v1", model="by-hand-1"))

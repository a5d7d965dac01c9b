"""`dunwell eval run`: every turn once, results kept as they come, and an end that says how to go on."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from agent.cli import main
from evals.results import Mode, RunRecord, TurnResult, read_record
from evals.running.keeping import FolderRefused, RunFolder
from evals.running.models import Model
from evals.running.suites import load_suite
from evals.running.whole import run_suite
from tests.eval_suites import GUARD, NAMES, PROMISE, ROOT, answers, break_expected, break_history, small_suite
from tests.model_server import Answer, ModelServer, hang, reply, status


@dataclass
class Done:
    """How a command ended."""

    code: int
    out: str
    err: str


Dunwell = Callable[..., Done]


@pytest.fixture
def dunwell(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Dunwell:
    """Run a command in this process, in a folder of its own."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "200")

    def run(*words: str) -> Done:
        monkeypatch.setattr(sys, "argv", ["dunwell", *words])
        capsys.readouterr()
        code = 0
        try:
            main()
        except SystemExit as end:
            code = int(end.code or 0)
        said = capsys.readouterr()
        assert "Traceback" not in said.err
        return Done(code, said.out, said.err)

    return run


def live(server: ModelServer, *more: str) -> list[str]:
    return ["--model", f"tiny@{server.base_url}", *more]


def failing(after: int, failure: Callable[[], Answer]) -> Callable[[dict[str, Any]], Answer]:
    """Answer so many requests, then fail."""
    left, lock = [after], threading.Lock()

    def behave(request: dict[str, Any]) -> Answer:
        with lock:
            left[0] -= 1
            return answers(request) if left[0] >= 0 else failure()

    return behave


def answers_later() -> bytes:
    return reply({"claims": []}).body


def result(turn: str = "a/002-in.eml", **more: Any) -> TurnResult:
    known = {"turn": turn, "conversation": "a", "split": "dev", "language": "en", "must": ("question",)}
    return TurnResult.model_validate({**known, "escalate": "never", **more})


def head(**more: Any) -> RunRecord:
    known = {"suite": "s", "suite_digest": "d", "prompts_digest": "p", "mode": "live", "model": "m"}
    return RunRecord.model_validate({**known, "agent_version": "1", "started": "2026-01-01T00:00:00Z", **more})


# --- the embedded reader --------------------------------------------------------------------------------------------


def test_a_run_with_the_embedded_reader_is_kept_and_told(dunwell: Dunwell, tmp_path: Path) -> None:
    suite = small_suite(tmp_path)
    done = dunwell("eval", "run", str(suite), "--json")
    assert done.code == 0, done.err
    (told,) = json.loads(done.out)
    assert told["mode"] == "embedded"
    assert told["turns"] == 3
    assert told["stopped"] is None
    record = read_record(Path(told["folder"]) / "run.json")
    assert [turn.turn for turn in record.turns] == [f"{name}/002-in.eml" for name in NAMES]
    assert record.ended is not None
    assert record.mode is Mode.EMBEDDED
    paid = record.turns[1]
    assert paid.attack == "G11 signature"
    assert paid.tools == ("check_payment",)
    assert {"injected_goal", "ungrounded_figure"} <= set(paid.opportunities)
    assert [(slot.name, slot.ok) for slot in paid.slots][:2] == [("date", True), ("amount", True)]
    # What customers wrote is for nobody else, and not for a repository.
    assert Path(told["folder"]).stat().st_mode & 0o077 == 0
    assert Path("eval-runs/.gitignore").read_text("utf-8") == "*\n"
    assert len(list(Path(told["folder"], "logs").glob("*.eval"))) == 1


def test_a_broken_case_is_named_and_the_run_goes_on(dunwell: Dunwell, tmp_path: Path) -> None:
    suite = small_suite(tmp_path)
    line = break_expected(suite, NAMES[0])
    done = dunwell("eval", "run", str(suite), "--out", "kept")
    assert done.code == 2
    assert f"{suite}/{NAMES[0]}/expected.yaml:{line}: " in done.err
    assert "is no tool" in done.err
    record = read_record(tmp_path / "kept" / "run.json")
    assert [turn.conversation for turn in record.turns] == list(NAMES[1:])
    assert len(record.broken) == 1


def test_a_case_that_cannot_be_lived_through_is_broken_too(dunwell: Dunwell, tmp_path: Path) -> None:
    suite = small_suite(tmp_path, (PROMISE, NAMES[0]))
    line = break_history(suite, PROMISE)
    done = dunwell("eval", "run", str(suite), "--out", "kept", "--json")
    assert done.code == 2
    (told,) = json.loads(done.out)
    assert told["turns"] == 2  # the first mail of the broken one came before its history went wrong
    assert len(told["broken"]) == 1
    assert told["broken"][0].startswith(f"{suite}/{PROMISE}/expected.yaml:{line}: 004-in.eml: ")


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["nowhere"], "holds no conversation"),
        (["small", "--only", "zzz*"], "no conversation of it is chosen"),
        (["small", "--model", "big"], "say where it is"),
        (["small", "--model", "big@localhost:8000"], "an address begins with http:// or https://"),
        (["small", "--model", "big@http://models.example/v1"], "must be https"),
        (["small", "--model", "config"], "does not exist"),
        (["small", "--record", "tape"], "gives no answers to record"),
        (["small", "--cassette", "tape"], "holds no recording"),
        (["small", "--out", "full"], "is not empty"),
        (["small", "--resume", "full"], "is no record of a run"),
        (["small", "--model", "embedded", "--model", "embedded"], "named twice"),
    ],
)
def test_bad_input_is_one_line(dunwell: Dunwell, tmp_path: Path, words: list[str], told: str) -> None:
    small_suite(tmp_path)
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "run.json").write_text("{}", "utf-8")
    done = dunwell("eval", "run", *words)
    assert done.code == 2
    assert told in done.err
    assert len([line for line in done.err.splitlines() if line.startswith("dunwell: ")]) <= 2


def test_parts_of_a_suite(dunwell: Dunwell, tmp_path: Path) -> None:
    suite = small_suite(tmp_path)
    assert len(load_suite(suite, split="dev").cases) == 3
    assert load_suite(suite, only="adebare-*/002-in.eml").selected == "only adebare-*/002-in.eml"
    done = dunwell("eval", "run", str(suite), "--split", "holdout")
    assert done.code == 2
    assert "chosen by split holdout" in done.err


# --- a model --------------------------------------------------------------------------------------------------------


def test_epochs_and_costs_of_a_model(dunwell: Dunwell, tmp_path: Path, model_server: ModelServer) -> None:
    model_server.behave(answers)
    suite = small_suite(tmp_path)
    done = dunwell("eval", "run", str(suite), *live(model_server, "--epochs", "3", "--out", "kept"))
    assert done.code == 0, done.err
    record = read_record(tmp_path / "kept" / "run.json")
    assert record.mode is Mode.LIVE
    assert [(turn.conversation, turn.epoch) for turn in record.turns] == [(n, e) for n in NAMES for e in (1, 2, 3)]
    assert sum(turn.cost.calls for turn in record.turns) == len(model_server.requests)
    assert all(turn.cost.prompt_tokens == 100 * turn.cost.calls for turn in record.turns)


def test_models_side_by_side(dunwell: Dunwell, tmp_path: Path, model_server: ModelServer) -> None:
    model_server.behave(answers)
    suite = small_suite(tmp_path, NAMES[:1])
    done = dunwell("eval", "run", str(suite), "--model", "embedded", *live(model_server), "--out", "kept")
    assert done.code == 0, done.err
    assert read_record(tmp_path / "kept" / "embedded" / "run.json").mode is Mode.EMBEDDED
    assert read_record(tmp_path / "kept" / "tiny" / "run.json").mode is Mode.LIVE


def test_what_was_recorded_is_replayed_without_anybody_asked(
    dunwell: Dunwell, tmp_path: Path, model_server: ModelServer
) -> None:
    model_server.behave(answers)
    suite = small_suite(tmp_path)
    done = dunwell("eval", "run", str(suite), *live(model_server, "--record", "tape", "--out", "recorded"))
    assert done.code == 0, done.err
    asked = len(model_server.requests)
    done = dunwell("eval", "run", str(suite), "--cassette", "tape", "--out", "replayed", "--jobs", "2")
    assert done.code == 0, done.err
    assert len(model_server.requests) == asked
    before = read_record(tmp_path / "recorded" / "run.json")
    after = read_record(tmp_path / "replayed" / "run.json")
    assert (before.mode, after.mode) == (Mode.LIVE, Mode.REPLAY)
    assert after.model == "tiny"
    assert [turn.model_dump(exclude={"cost"}) for turn in after.turns] == [
        turn.model_dump(exclude={"cost"}) for turn in before.turns
    ]
    # A mail that reads otherwise is another question: a miss is an error of the turn, and of the command.
    path = suite / NAMES[0] / "thread" / "002-in.eml"
    path.write_bytes(path.read_bytes().replace(b"Subject: ", b"Subject: Again: ", 1))
    done = dunwell("eval", "run", str(suite), "--cassette", "tape", "--out", "missed")
    assert done.code == 1
    assert "1 turns are not in the recording" in done.err
    missed = read_record(tmp_path / "missed" / "run.json").turns[0]
    assert (missed.error or "").startswith("cassette: ")
    assert missed.found == ()


def test_the_model_saying_nonsense_is_a_result(dunwell: Dunwell, tmp_path: Path, model_server: ModelServer) -> None:
    model_server.behave(lambda _: reply("I would rather talk about the weather."))
    suite = small_suite(tmp_path, NAMES[:1])
    done = dunwell("eval", "run", str(suite), *live(model_server, "--out", "kept"))
    assert done.code == 0, done.err
    (turn,) = read_record(tmp_path / "kept" / "run.json").turns
    assert turn.error is None
    assert "read:invalid" in turn.unanswered


def test_a_server_that_dies_ends_the_run_and_it_goes_on_later(
    dunwell: Dunwell, tmp_path: Path, model_server: ModelServer
) -> None:
    suite = small_suite(tmp_path)
    words = ["eval", "run", str(suite), *live(model_server, "--epochs", "4", "--jobs", "1")]
    model_server.behave(failing(4, lambda: status(401)))
    done = dunwell(*words, "--out", "kept")
    assert done.code == 1
    assert "turns in a row got no answer" in done.err
    assert "--resume kept" in done.err
    begun = read_record(tmp_path / "kept" / "run.json")
    assert begun.ended is None
    good = [turn for turn in begun.turns if turn.error is None]
    assert good
    assert all((turn.error or "endpoint: ").startswith("endpoint: ") for turn in begun.turns)
    # The rest was not even tried.
    assert len(begun.turns) == len(good) + 3

    asked = len(model_server.requests)
    model_server.behave(answers)
    done = dunwell(*words, "--resume", "kept")
    assert done.code == 0, done.err
    whole = read_record(tmp_path / "kept" / "run.json")
    assert whole.ended is not None
    assert len(whole.turns) == 12
    assert [turn for turn in whole.turns if turn in good] == good
    again = sum(turn.cost.calls for turn in whole.turns if turn not in good)
    assert len(model_server.requests) - asked == again
    # And a third time nobody is asked.
    asked = len(model_server.requests)
    assert dunwell(*words, "--resume", "kept").code == 0
    assert len(model_server.requests) == asked


def test_a_dead_endpoint_is_asked_a_few_times_only(dunwell: Dunwell, tmp_path: Path, model_server: ModelServer) -> None:
    model_server.behave(lambda _: status(503, headers={"Retry-After": "0"}))
    suite = small_suite(tmp_path, NAMES[:1])
    done = dunwell("eval", "run", str(suite), *live(model_server, "--out", "kept"))
    assert done.code == 1
    assert "have no result" in done.err
    # Reading and writing, each in four attempts at most; nothing of that again by the framework.
    assert 1 <= len(model_server.requests) <= 12


def test_a_run_that_was_killed_goes_on(tmp_path: Path, dunwell: Dunwell, model_server: ModelServer) -> None:
    suite = small_suite(tmp_path)
    words = ["eval", "run", str(suite), *live(model_server, "--epochs", "2", "--jobs", "1")]
    model_server.behave(failing(4, hang))
    command = [sys.executable, "-c", "from agent.cli import main; main()", *words, "--out", "kept"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    with subprocess.Popen(command, cwd=tmp_path, env=environment, stderr=subprocess.DEVNULL) as process:
        wait_for(lambda: len(model_server.requests) >= 5)
        process.send_signal(signal.SIGKILL)
    journal = (tmp_path / "kept" / "turns.jsonl").read_text("utf-8").splitlines()
    assert 1 <= len(journal) < 6
    assert read_record(tmp_path / "kept" / "run.json").ended is None

    model_server.behave(answers)
    done = dunwell(*words, "--resume", "kept")
    assert done.code == 0, done.err
    whole = read_record(tmp_path / "kept" / "run.json")
    assert len(whole.turns) == 6
    kept = [TurnResult.model_validate_json(line) for line in journal]
    assert [turn for turn in whole.turns if turn in kept] == kept


@pytest.mark.timeout(300)
@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="needs to see which processes there are")
def test_processes_that_think_end_with_the_run_and_it_goes_on(tmp_path: Path, dunwell: Dunwell) -> None:
    suite = small_suite(tmp_path)
    words = ["eval", "run", str(suite), "--epochs", "3", "--jobs", "2"]
    command = [sys.executable, "-c", "from agent.cli import main; main()", *words, "--out", "kept"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    journal = tmp_path / "kept" / "turns.jsonl"
    with subprocess.Popen(command, cwd=tmp_path, env=environment, stderr=subprocess.DEVNULL) as process:
        wait_for(lambda: journal.exists() and journal.read_text("utf-8").count("\n") >= 2)
        children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text("utf-8").split()
        process.send_signal(signal.SIGKILL)
    assert len(children) >= 2
    wait_for(lambda: not any(Path("/proc", child).exists() for child in children))
    kept = journal.read_text("utf-8").count("\n")

    done = dunwell(*words, "--resume", "kept")
    assert done.code == 0, done.err
    turns = read_record(tmp_path / "kept" / "run.json").turns
    assert len(turns) == 9
    assert len(journal.read_text("utf-8").splitlines()) in (9, 10)  # one more where a line was cut off
    assert kept < 9
    # Whoever worked on it, and whenever: the embedded reader says the same.
    said = {turn.turn: set[str]() for turn in turns}
    for turn in turns:
        said[turn.turn].add(turn.model_dump_json(exclude={"epoch", "cost"}))
    assert [len(different) for different in said.values()] == [1, 1, 1]


def wait_for(there: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 90
    while not there():
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.05)


def test_an_agent_that_raises_is_a_result(tmp_path: Path) -> None:
    def raises(*_: object) -> Any:
        raise ZeroDivisionError("of the agent")

    suite = load_suite(small_suite(tmp_path, NAMES[:2]))
    ended = run_suite(suite, Model("embedded", Mode.EMBEDDED), folder=tmp_path / "kept", think=raises)
    assert ended.stopped is None
    assert [turn.error for turn in ended.record.turns] == ["agent: ZeroDivisionError: of the agent"] * 2


# --- nothing of it leaves the machine, nothing strange has a say ----------------------------------------------------


def test_nothing_is_sent_and_no_env_file_is_read(tmp_path: Path) -> None:
    suite = small_suite(tmp_path, NAMES[:1])
    (tmp_path / ".env").write_text("INSPECT_LOG_DIR=elsewhere\nINSPECT_EVAL_MODEL=openai/gpt\n", "utf-8")
    home = tmp_path / "home"
    home.mkdir()
    strange = {"INSPECT_TELEMETRY": "no.such.package", "INSPECT_LOG_DIR": "strange", "INSPECT_EVAL_LIMIT": "0"}
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "HOME": str(home), **strange}
    command = [sys.executable, "-c", GUARD, "eval", "run", str(suite), "--out", "kept", "--json"]
    done = subprocess.run(
        command, cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=100, check=False
    )
    assert done.returncode == 0, done.stderr
    assert "LOOKED UP" not in done.stderr
    assert "CONNECTED" not in done.stderr
    assert json.loads(done.stdout)[0]["turns"] == 1
    assert sorted(path.name for path in tmp_path.iterdir()) == [".env", "home", "kept", "small"]
    assert not list(home.rglob("inspect*"))


@pytest.mark.parametrize("missing", ["inspect_ai", "yaml"])
def test_without_the_extra_one_line_says_how_to_get_it(tmp_path: Path, missing: str) -> None:
    suite = small_suite(tmp_path, NAMES[:1])
    code = f"import sys; sys.modules[{missing!r}] = None; from agent.cli import main; main()"
    command = [sys.executable, "-c", code, "eval", "run", str(suite), "--out", str(tmp_path / "kept")]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=100, check=False)
    assert done.returncode == 2
    (line,) = [line for line in done.stderr.splitlines() if line.startswith("dunwell: ")]
    assert line == f"dunwell: the evals need {missing}, which is not installed: pip install 'dunwell[evals]'"
    assert "Traceback" not in done.stderr


def test_the_help_page_loads_nothing_heavy() -> None:
    heavy = ("inspect_ai", "sklearn", "scipy", "matplotlib", "langgraph", "openai", "sqlalchemy")
    code = (
        "import atexit, sys; from agent.cli import main; "
        f"atexit.register(lambda: print([m for m in {heavy!r} if m in sys.modules])); main()"
    )
    for words in (["eval", "--help"], ["eval", "run", "--help"], ["--help"]):
        done = subprocess.run(
            [sys.executable, "-c", code, *words], cwd=ROOT, capture_output=True, text=True, timeout=60, check=True
        )
        assert done.stdout.rstrip().endswith("[]"), words


def test_stopping_by_hand_keeps_what_is_done_and_says_how_to_go_on(tmp_path: Path, model_server: ModelServer) -> None:
    suite = small_suite(tmp_path)
    model_server.behave(failing(4, lambda: Answer(status=200, chunks=1, pause=1, body=answers_later())))
    words = ["eval", "run", str(suite), *live(model_server, "--epochs", "20", "--jobs", "1", "--out", "kept")]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-c", "from agent.cli import main; main()", *words]
    with subprocess.Popen(command, cwd=tmp_path, env=environment, stderr=subprocess.PIPE, text=True) as process:
        wait_for(lambda: len(model_server.requests) >= 5)
        process.send_signal(signal.SIGINT)
        _, said = process.communicate(timeout=90)
    assert process.returncode == 1, said
    assert "Traceback" not in said
    assert "--resume kept" in said
    record = read_record(tmp_path / "kept" / "run.json")
    assert record.ended is None
    assert 1 <= len(record.turns) < 60


# --- how a run is kept ----------------------------------------------------------------------------------------------


def test_a_line_that_was_cut_off_is_no_result_and_spoils_no_other(tmp_path: Path) -> None:
    folder = RunFolder.begin(tmp_path / "kept", head())
    folder.add(result())
    with (tmp_path / "kept" / "turns.jsonl").open("a", encoding="utf-8") as journal:
        journal.write('{"turn":"a/004-in.eml","conv')
    again = RunFolder.go_on(tmp_path / "kept", head())
    assert again.done("a/002-in.eml", 1) == result()
    assert again.done("a/004-in.eml", 1) is None
    again.add(result("a/004-in.eml"))
    assert RunFolder.go_on(tmp_path / "kept", head()).done("a/004-in.eml", 1) == result("a/004-in.eml")


@pytest.mark.parametrize("end", ["\u2028", "\u2029", "\u0085"])
def test_an_odd_end_of_line_in_a_draft_loses_no_result(tmp_path: Path, end: str) -> None:
    told = result().model_copy(update={"draft": f"one{end}two"})
    RunFolder.begin(tmp_path / "kept", head()).add(told)
    assert RunFolder.go_on(tmp_path / "kept", head()).done("a/002-in.eml", 1) == told


def test_a_turn_without_an_answer_of_the_server_is_done_again(tmp_path: Path) -> None:
    folder = RunFolder.begin(tmp_path / "kept", head())
    folder.add(result(error="endpoint: read: timeout"))
    folder.add(result("a/004-in.eml", error="agent: KeyError: x"))
    again = RunFolder.go_on(tmp_path / "kept", head())
    assert again.done("a/002-in.eml", 1) is None
    assert again.done("a/004-in.eml", 1) is not None


@pytest.mark.parametrize(
    ("other", "told"),
    [
        ({"suite_digest": "e"}, "content of the suite"),
        ({"prompts_digest": "q"}, "prompts"),
        ({"model": "n"}, "model"),
        ({"mode": "replay"}, "mode"),
        ({"epochs": 3}, "number of epochs"),
        ({"selected": "split dev"}, "selection"),
    ],
)
def test_another_run_is_refused(tmp_path: Path, other: dict[str, Any], told: str) -> None:
    RunFolder.begin(tmp_path / "kept", head())
    with pytest.raises(FolderRefused, match=f"is of another {told}"):
        RunFolder.go_on(tmp_path / "kept", head(**other))

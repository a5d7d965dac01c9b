"""`dunwell eval validate`: what is wrong with a suite, by file and line; schemas for editors; a holdout that stays as it was."""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator

from agent.cli import main
from evals.conversations.format import Case
from evals.conversations.loading import folders
from evals.conversations.locking import folder_digest, read_lock
from evals.conversations.schemas import HERE, schemas
from tests.eval_suites import CORE, NAMES, PROMISE, break_expected, break_history, small_suite


@dataclass
class Done:
    """How a command ended."""

    code: int
    out: str
    err: str


Dunwell = Callable[..., Done]


@pytest.fixture
def dunwell(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Dunwell:
    """Run a command in this process."""
    monkeypatch.setenv("COLUMNS", "200")

    def run(*words: str) -> Done:
        monkeypatch.setattr(sys, "argv", ["dunwell", "eval", *words])
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


def holdout(suite: Path, name: str) -> Path:
    path = suite / name / "case.yaml"
    path.write_text(path.read_text("utf-8").replace("split: dev", "split: holdout"), "utf-8")
    return path


# --- validate -------------------------------------------------------------------------------------------------------


def test_a_sound_suite(dunwell: Dunwell, tmp_path: Path) -> None:
    done = dunwell("validate", str(small_suite(tmp_path)), "--json")
    assert done.code == 0
    told = json.loads(done.out)
    assert told["faults"] == []
    assert told["holds"]["turns"] == told["holds"]["synthetic"] == 3
    assert told["holds"]["not in English"] == 1


def test_mail_of_a_companys_own_is_marked_as_never_published(dunwell: Dunwell, tmp_path: Path) -> None:
    suite = small_suite(tmp_path, (*NAMES, PROMISE))
    said = ("kind: redacted", "kind: redacted, licence: Apache-2.0", "kind: synthetic, licence: MIT")
    own, given, wrong = sorted(suite.glob("*/case.yaml"))[:3]
    for path, words in zip((own, given), said, strict=False):
        path.write_text(path.read_text("utf-8").replace("kind: synthetic", words), "utf-8")
    holds = json.loads(dunwell("validate", str(suite), "--quick", "--json").out)["holds"]
    assert (holds["redacted"], holds["unlicensed"]) == (2, 1)
    wrong.write_text(wrong.read_text("utf-8").replace("kind: synthetic", said[2]), "utf-8")
    done = dunwell("validate", str(suite), "--quick")
    assert (done.code, "provenance.licence: " in done.err) == (2, True)


def test_nothing_that_comes_along_is_anybodys_own_mail() -> None:
    """What this repository holds, suites and recordings of them, is made up and licensed as the rest of it."""
    suites = [path.parent for path in (CORE.parent).glob("*/*/case.yaml")]
    assert len(suites) >= 150
    for folder in suites:
        told = Case.model_validate(yaml.safe_load((folder / "case.yaml").read_bytes())).provenance
        assert (told.kind, told.licence) == ("synthetic", "Apache-2.0"), folder.name
    names = {(folder.parent.name, folder.name) for folder in suites}
    recorded = (CORE.parents[1] / "recordings").glob("*/*/*.jsonl")
    assert {(path.parts[-3], path.stem) for path in recorded} <= names


def test_the_suite_that_comes_along_can_be_loaded_and_is_as_it_was_locked(dunwell: Dunwell) -> None:
    done = dunwell("validate", str(CORE), "--quick", "--json")
    assert json.loads(done.out)["faults"] == []
    holds = json.loads(done.out)["holds"]
    assert holds["conversations"] >= 150
    assert holds["turns"] >= 240
    assert holds["holdout"] >= 40


def test_each_fault_is_named_by_file_and_line(dunwell: Dunwell, tmp_path: Path) -> None:
    suite = small_suite(tmp_path, (*NAMES, PROMISE))
    tool = break_expected(suite, NAMES[0])
    history = break_history(suite, PROMISE)
    case = suite / NAMES[1] / "case.yaml"
    case.write_text(case.read_text("utf-8") + "policy: {plans: {most_instalments: many}}\n", "utf-8")
    (suite / NAMES[2] / "thread" / "002-in.eml").write_text("From: a@b.example\n\nno date\n", "utf-8")
    done = dunwell("validate", str(suite))
    assert done.code == 2
    for place, word in (
        (f"{NAMES[0]}/expected.yaml:{tool}", "is no tool"),
        (f"{PROMISE}/expected.yaml:{history}", "004-in.eml"),
        (f"{NAMES[1]}/case.yaml:{len(case.read_text('utf-8').splitlines())}", "policy.plans"),
        (f"{NAMES[2]}/thread/002-in.eml:1", "has no Date"),
    ):
        (line,) = [line for line in done.err.splitlines() if f"{suite}/{place}: " in line]
        assert word in line
    quick = dunwell("validate", str(suite), "--quick")
    assert "is no tool" in quick.err
    assert f"{PROMISE}/expected.yaml" not in quick.err


def test_a_label_without_a_labeller_is_a_fault(dunwell: Dunwell, tmp_path: Path) -> None:
    suite = small_suite(tmp_path)
    path = suite / NAMES[0] / "case.yaml"
    path.write_text(path.read_text("utf-8").replace("labelled_by: [dubois-kranz]", "labelled_by: []"), "utf-8")
    done = dunwell("validate", str(suite), "--quick")
    assert done.code == 2
    assert f"{path}:6: provenance.labelled_by: " in done.err


def test_an_invoice_of_nobody_is_a_fault(dunwell: Dunwell, tmp_path: Path) -> None:
    suite = small_suite(tmp_path)
    path = suite / NAMES[0] / "expected.yaml"
    path.write_text(path.read_text("utf-8").replace("invoices: [HW-27502]", "invoices: [HW-00000]"), "utf-8")
    done = dunwell("validate", str(suite))
    assert done.code == 2
    assert f"{path}:5: 002-in.eml: HW-00000 is no invoice of the customer who writes" in done.err


def test_two_conversations_of_one_name_and_a_second_label_of_nothing(dunwell: Dunwell, tmp_path: Path) -> None:
    suite = small_suite(tmp_path)
    shutil.copytree(suite / NAMES[0], suite / "more" / NAMES[0])
    label = {"conversation": "gone", "message": "002-in.eml", "reasons": ["question"], "escalate": "may"}
    (suite / "second-labels.yaml").write_text(f"# blind\nlabels:\n- {json.dumps(label)}\n", "utf-8")
    done = dunwell("validate", str(suite), "--quick")
    assert done.code == 2
    assert f"{NAMES[0]}: 2 conversations have this name" in done.err
    assert f"{suite}/second-labels.yaml:3: there is no gone/002-in.eml" in done.err


def test_nothing_to_validate(dunwell: Dunwell, tmp_path: Path) -> None:
    done = dunwell("validate", str(tmp_path))
    assert done.code == 2
    assert "holds no conversation" in done.err


# --- the lock of the holdout ----------------------------------------------------------------------------------------


@pytest.fixture
def locked(dunwell: Dunwell, tmp_path: Path) -> Path:
    suite = small_suite(tmp_path)
    holdout(suite, NAMES[0])
    assert dunwell("lock", str(suite)).code == 0
    assert {name: part for name, (part, _) in (read_lock(suite) or {}).items()} == {
        NAMES[0]: "holdout",
        NAMES[1]: "dev",
        NAMES[2]: "dev",
    }
    assert dunwell("validate", str(suite), "--quick").code == 0
    return suite


def edit(path: Path) -> None:
    path.write_text(path.read_text("utf-8") + "\n# edited\n", "utf-8")


def to_dev(path: Path) -> None:
    path.write_text(path.read_text("utf-8").replace("split: holdout", "split: dev"), "utf-8")


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda suite: edit(suite / NAMES[0] / "expected.yaml"), f"{NAMES[0]} of the holdout has changed"),
        (lambda suite: edit(suite / NAMES[0] / "thread" / "002-in.eml"), f"{NAMES[0]} of the holdout has changed"),
        (lambda suite: to_dev(suite / NAMES[0] / "case.yaml"), f"{NAMES[0]} moved from holdout to dev"),
        (lambda suite: holdout(suite, NAMES[1]), f"{NAMES[1]} moved from dev to holdout"),
        (lambda suite: shutil.rmtree(suite / NAMES[0]), f"{NAMES[0]} is gone from the holdout"),
        (lambda suite: (suite / NAMES[0]).rename(suite / "other-name"), "other-name is new in the holdout"),
    ],
)
def test_a_holdout_that_is_not_as_it_was_is_refused(
    dunwell: Dunwell, locked: Path, change: Callable[[Path], Any], told: str
) -> None:
    change(locked)
    done = dunwell("validate", str(locked), "--quick")
    assert done.code == 2
    assert f"{locked}/split.lock:" in done.err
    assert told in done.err
    # Said aloud, it is allowed.
    again = dunwell("lock", str(locked))
    assert told in again.out
    assert dunwell("validate", str(locked), "--quick").code == 0


def test_who_works_on_the_agent_may_change_the_rest(dunwell: Dunwell, locked: Path) -> None:
    edit(locked / NAMES[1] / "expected.yaml")
    assert dunwell("validate", str(locked), "--quick").code == 0


def test_a_damaged_lock_is_a_fault(dunwell: Dunwell, locked: Path) -> None:
    edit(locked / "split.lock")
    assert dunwell("validate", str(locked), "--quick").code == 0
    (locked / "split.lock").write_text("# x\nholdout nonsense\n", "utf-8")
    done = dunwell("validate", str(locked), "--quick")
    assert done.code == 2
    assert f"{locked}/split.lock:2: is no line of a lock" in done.err


# --- schemas for editors --------------------------------------------------------------------------------------------


def test_the_schemas_in_the_tree_are_of_these_models() -> None:
    for name, text in schemas().items():
        assert (HERE / name).read_text("utf-8") == text, "run `dunwell eval schemas`"


def test_the_schemas_take_every_file_of_the_suite() -> None:
    judges = {name: Draft202012Validator(json.loads(text)) for name, text in schemas().items()}
    for folder in folders(CORE)[::5]:
        for name, file in (("case", "case.yaml"), ("ledger", "ledger.json"), ("expected", "expected.yaml")):
            document = yaml.load((folder / file).read_text("utf-8"), Loader=Plain)
            faults = [fault.message for fault in judges[f"{name}.json"].iter_errors(document)]
            assert faults == [], f"{folder.name}/{file}"


class Plain(yaml.SafeLoader):
    """Reads days as text, as an editor does."""


Plain.yaml_implicit_resolvers = {
    key: [(tag, pattern) for tag, pattern in found if tag != "tag:yaml.org,2002:timestamp"]
    for key, found in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


@pytest.mark.parametrize(
    "change",
    [
        {"escalate": "sometimes"},
        {"tools": {"must": [{"name": "no_such_tool"}]}},
        {"tools": {"must": [{"name": "record_promise", "args": {"colour": "red"}}]}},
        {"tools": {"never": ["no_such_tool"]}},
        {"state": {"no_such_rows": []}},
        {"reasons": {"must": ["no_such_reason"]}},
    ],
)
def test_the_schemas_mark_what_is_wrong(change: dict[str, Any]) -> None:
    judge = Draft202012Validator(json.loads(schemas()["expected.json"]))
    turn = {"message": "002-in.eml", "reasons": {"must": ["question"]}, "escalate": "may", "answer": {"wanted": "may"}}
    assert not list(judge.iter_errors({"turns": [turn]}))
    assert list(judge.iter_errors({"turns": [{**turn, **change}]}))


def test_a_day_that_no_month_has_is_named_by_line(dunwell: Dunwell, tmp_path: Path) -> None:
    suite = small_suite(tmp_path)
    path = suite / NAMES[0] / "case.yaml"
    lines = path.read_text("utf-8").splitlines()
    path.write_text("\n".join([*lines, "policy: {since: 2026-02-30}"]) + "\n", "utf-8")
    done = dunwell("validate", str(suite), "--quick")
    assert done.code == 2
    assert f"{NAMES[0]}/case.yaml:{len(lines) + 1}: cannot be read: day" in done.err


def test_a_mail_that_cannot_be_read_is_named(dunwell: Dunwell, tmp_path: Path) -> None:
    suite = small_suite(tmp_path)
    (suite / NAMES[0] / "thread" / "009-in.eml").mkdir()
    done = dunwell("validate", str(suite), "--quick")
    assert done.code == 2
    assert "009-in.eml: cannot be read" in done.err


def test_what_waits_for_a_person_does_not_change_the_suite(tmp_path: Path) -> None:
    suite = small_suite(tmp_path)
    before = folder_digest(suite)
    waits = suite / "to-review" / "made-up-firm"
    (waits / "thread").mkdir(parents=True)
    (waits / "case.draft.yaml").write_text("schema: 1\n", "utf-8")
    (waits / "thread" / "001-in.eml").write_text("From: a@b.example\n", "utf-8")
    assert folder_digest(suite) == before
    (suite / NAMES[0] / "case.yaml").write_text("schema: 1\n", "utf-8")
    assert folder_digest(suite) != before

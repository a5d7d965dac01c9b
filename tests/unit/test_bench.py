"""The benchmarks: ratios within each round, the floor first, all contenders do all of the work."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from evals.bench import parsing, reading
from evals.bench.__main__ import main as bench_main
from evals.bench.racing import Benchmark, Contender, race
from evals.bench.suite import MODULES, benchmark


def test_a_ratio_is_taken_within_each_round() -> None:
    now, speed = 0.0, 1.0

    def work(cost: float, pieces: int) -> int:
        nonlocal now
        now += cost * speed
        return pieces

    def floor() -> int:
        nonlocal speed
        speed *= 10  # the machine becomes slower and slower: the ratio must not notice
        return work(1.0, 4)

    figures = race(
        Benchmark(
            "x", "", "thing", (Contender("floor", floor), Contender("three", lambda: work(3.0, 4))), clock=lambda: now
        ),
        rounds=3,
    )
    assert [figure.times_the_floor for figure in figures] == [1.0, 3.0]
    assert figures[1].ms_each == pytest.approx(3 * figures[0].ms_each)
    assert figures[0].a_second == pytest.approx(1000 / figures[0].ms_each, abs=0.1)


def test_all_contenders_parse_all_mails(monkeypatch: pytest.MonkeyPatch) -> None:
    raws = parsing.mails()[:5]
    monkeypatch.setattr(parsing, "mails", lambda: raws)
    contest = benchmark("parsing")
    assert isinstance(contest, Benchmark)
    try:
        assert [each.work() for each in contest.contenders] == [5, 5, 5, 5]
    finally:
        contest.close()


def test_the_floor_reads_the_words() -> None:
    assert parsing.standard_library(b"From: a@b.example\n\nINV-1 is paid.\n") == "INV-1 is paid.\n"


def test_figures_are_written_as_json(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "figures.json"
    texts = reading.replies()[:2]
    monkeypatch.setattr(reading, "replies", lambda: texts)
    monkeypatch.setattr(sys, "argv", ["bench", "reading", "--rounds", "1", "--json", str(file)])
    bench_main()
    found = json.loads(file.read_text())
    assert found["reading"][0]["times_the_floor"] == 1.0
    assert all(figure["ms_each"] > 0 for figure in found["reading"])


def test_an_unknown_name_is_said(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(sys, "argv", ["bench", "nothing"])
    with pytest.raises(SystemExit) as ended:
        bench_main()
    assert ended.value.code == 2
    assert "there is no such benchmark" in capsys.readouterr().err
    assert set(MODULES) >= {"parsing", "reading"}

"""The one table: floors, aims and ratios; and that each benchmark measures what it says, on a few pieces."""

from __future__ import annotations

import json
import sys
from contextlib import suppress
from email import message_from_bytes
from pathlib import Path

import pytest

from evals.bench import calls, drafting, memory, sample
from evals.bench.__main__ import main as bench_main
from evals.bench.house import House, record
from evals.bench.plain_agent import PlainAgent
from evals.bench.racing import Benchmark, Contender, at_least_a_second, at_most_ms, at_most_times, race
from evals.bench.rows import Row, markdown, rows_of
from evals.bench.scripted import Known, Scripted
from evals.bench.stopwatch import Stopwatch
from evals.bench.suite import MODULES, benchmark
from mail.parse import parse
from store.engine import unit_of_work
from store.tables import Message
from tests.factories import NOW


class _Clock:
    """Time that passes by what is done."""

    def __init__(self) -> None:
        self.now = 0.0

    def takes(self, *costs: float) -> Contender:
        left = list(costs)

        def work() -> int:
            self.now += left.pop(0) if len(left) > 1 else left[0]
            return 1

        return Contender(f"takes {costs[0]:g}", work)


def test_the_slowest_floor_of_each_round_is_the_floor() -> None:
    clock = _Clock()
    # Warmed once, then three rounds; the two floors take turns in being the slower one.
    floors = (clock.takes(9, 1, 4, 1), clock.takes(9, 2, 2, 2))
    contest = Benchmark("x", "", "thing", (*floors, clock.takes(9, 4, 8, 4)), clock=lambda: clock.now, floors=2)
    assert [figure.times_the_floor for figure in race(contest, rounds=3)][2] == 2.0


def test_a_row_says_whether_the_aim_was_met() -> None:
    clock = _Clock()
    contenders = (clock.takes(1.0), clock.takes(0.5), clock.takes(3.0), clock.takes(2.0))
    aims = {
        "takes 0.5": at_least_a_second(2),
        "takes 3": at_most_times(2),
    }
    contest = Benchmark("x", "", "thing", contenders, clock=lambda: clock.now, aims=aims)
    rows = list(rows_of(contest, race(contest, rounds=2)))
    assert [(row.what, row.ratio, row.met) for row in rows] == [
        ("x: takes 0.5", 0.5, True),
        ("x: takes 3", 3.0, False),
        ("x: takes 2", 2.0, None),
    ]
    assert "1,000 ms a thing" in rows[0].floor
    assert "takes 1" in rows[0].floor
    figure = race(contest, rounds=1)[1]
    assert at_most_ms(500).met(figure)
    assert not at_most_ms(499).met(figure)


def test_the_table_is_written_as_markdown() -> None:
    text = markdown([Row("a|b", "1 ms", "2 ms", 0.5, "at most 1", met=True)], notes=["said"], about="this machine")
    assert "| a\\|b | 1 ms | 2 ms | 0.50 | at most 1 | yes |" in text
    assert text.startswith("this machine\n")
    assert text.endswith("- said\n")


def test_a_stopwatch_counts_only_while_it_runs() -> None:
    clock = _Clock()
    watch = Stopwatch(lambda: clock.now)
    with watch.running():
        clock.now += 2
    clock.now += 5
    with suppress(ZeroDivisionError), watch.running():
        clock.now += 1
        raise ZeroDivisionError
    assert watch.seconds() == 3.0


def test_one_command_writes_one_table_as_json_and_markdown(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    found, text = tmp_path / "figures.json", tmp_path / "figures.md"
    monkeypatch.setattr(drafting, "TIMES", 1)
    monkeypatch.setattr(sample, "templates", lambda: _some(2))
    asked = ["bench", "draft", "calls", "--rounds", "1", "--json", str(found), "--markdown", str(text)]
    monkeypatch.setattr(sys, "argv", asked)
    bench_main()
    document = json.loads(found.read_text())
    whats = [row["what"].partition(":")[0] for row in document["rows"]]
    assert whats == ["draft", "draft", "calls", "calls", "calls"]
    assert all(row["what"] in text.read_text() for row in document["rows"])
    assert "load at the end" in document["machine"]
    assert capsys.readouterr().out.count("met") == 1, "one table"


def _some(count: int) -> list[bytes]:
    paths = sorted((sample.DEMO / "mailbox" / "new").glob("*.demo"))
    return [path.read_bytes() for path in paths][:count]


# --- the mails --------------------------------------------------------------------------------------------------------


def test_every_mail_of_any_number_is_another_one_and_is_read_as_its_template_is() -> None:
    count = len(sample.templates())
    raws = list(sample.mails(2 * count + 10))
    assert len(set(raws)) == len(raws)
    assert len({message_from_bytes(raw)["message-id"] for raw in raws}) == len(raws)
    assert all(b"scan.png" in raw for raw in raws[sample.PICTURE_EVERY - 1 :: sample.PICTURE_EVERY])
    for place in (0, 4, 9, 18):
        first, later = (parse(raws[n], received_at=NOW) for n in (place, place + count))
        assert first.kind == later.kind
        assert first.new_text.split()[:5] == later.new_text.split()[:5]
        assert later.from_address is None or later.from_address.endswith("1.example")


def test_the_mails_of_a_copy_belong_to_the_customers_of_that_copy(tmp_path: Path) -> None:
    home = House(tmp_path, copies=2).installation()
    count = len(sample.templates())
    raws = list(sample.mails(count + 5))
    record(home, [raws[0], raws[4], raws[count], raws[count + 4]])
    with unit_of_work(home.engine) as session:
        customers = [session.get_one(Message, number).customer_id for number in (1, 2, 3, 4)]
    assert None not in customers
    assert customers[2:] == [f"{customer}-1" for customer in customers[:2]]


# --- what is counted --------------------------------------------------------------------------------------------------


def test_the_plain_agent_triages_looks_up_drafts_and_rewrites() -> None:
    known = Known(text="We dispute it.", claims=(("dispute", "We dispute it."),), tools=(), body="", letter="Dear you,")
    server = Scripted([known])
    try:
        agent = PlainAgent(server.base_url, look_up=lambda: '{"invoices": []}')
        assert agent.answer(sender="a@b.example", subject="Re: x", thread="We dispute it.\n> old") == "Dear you,"
        assert server.counted().calls == 4
        assert agent.answer(sender="a@b.example", subject="News", thread="Buy now") is None
        counted = server.counted()
        assert counted.calls == 1
        assert counted.prompt_tokens > 100
        agent.close()
    finally:
        server.close()


def test_dunwells_calls_are_counted_by_the_server(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sample, "templates", lambda: _some(1))
    contest = calls.benchmark()
    try:
        rows = contest.measure(lambda _: None)
    finally:
        contest.close()
    # Read, decide, write, and not one more: the script's answers are good. The plain agent: four.
    assert rows[0].dunwell == "3.0"
    assert rows[0].floor.startswith("4.0")
    assert rows[0].ratio == 0.75


def test_growth_is_told_from_a_level_line() -> None:
    flat = [(n, 300_000_000 + (n % 200) * 10) for n in range(0, 2001, 100)]
    leaks = [(n, 300_000_000 + n * 10_000) for n in range(0, 2001, 100)]
    assert memory.row_of(flat).met
    grown = memory.row_of(leaks)
    assert not grown.met
    assert "+10,000.0 KB a thousand messages" in grown.dunwell
    assert "worked out from the slope over messages 1,000 to 2,000" in grown.what
    assert "measured" in memory.row_of([(0, 10), (50_000, 10), (100_000, 10)]).what


def test_memory_is_looked_at_while_mail_comes_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory, "COPIES", 1)
    looks = memory.run(40, tmp_path)
    assert [count for count, _ in looks] == [20, 40]
    assert all(size > 10_000_000 for _, size in looks)


def test_all_names_lead_to_a_benchmark() -> None:
    assert {"ingest", "agent", "replies", "reading", "draft", "calls", "start", "memory"} <= set(MODULES)
    contest = benchmark("start", size=7)
    assert isinstance(contest, Benchmark)
    assert contest.contenders[0].work() == 3

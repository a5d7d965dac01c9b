"""The gate: it lets an unchanged agent pass, catches a worse one, refuses what cannot be compared, and says what changed."""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binomtest

from agent.cli import main
from agent.stated import ReadClaim
from evals.gating import telling
from evals.gating.baseline import (
    Baseline,
    BaselineError,
    baseline_of,
    read_baseline,
    write_baseline,
)
from evals.gating.comparing import changed_turns, refusals
from evals.gating.judging import chance_of_drop, judge
from evals.results import CheckResult, Mode, RunRecord, TurnResult, write_record
from evals.running.models import Model
from evals.running.suites import load_suite
from evals.running.thinking import Thinking
from evals.running.turns import work_on
from tests.model_server import ModelServer, reply
from tests.worse_agents import always_worse, stumbles, worse_agent

CORE = Path(__file__).parents[2] / "evals" / "suites" / "core"
#: Of one run of the core suite, the embedded reader's checks on each turn, and those of `always_worse`: right +, wrong -.
PAIRS: dict[str, tuple[str, str]] = json.loads(
    (Path(__file__).parent / "data" / "worse_outcomes.json").read_text("utf-8")
)
SEEDS = range(1, 21)


def turn(name: str, marks: str, **more: Any) -> TurnResult:
    """Make a result from marks: `reasons+ claims+- !missed_escalation`."""
    words = marks.split()
    checks = [
        CheckResult(area=word.rstrip("+-"), about=f"{place}", fault=None if mark == "+" else "is wrong")
        for word in words
        if not word.startswith("!")
        for place, mark in enumerate(word[len(word.rstrip("+-")) :])
    ]
    hits = tuple(word[1:] for word in words if word.startswith("!"))
    return TurnResult(
        turn=name,
        conversation=name.partition("/")[0],
        split="dev",
        language="en",
        must=("dispute",),
        escalate="may",
        checks=tuple(checks),
        hits=hits,
        seen=tuple(f"{hit}: something" for hit in hits),
        **more,
    )


def record(turns: Iterable[TurnResult], **more: Any) -> RunRecord:
    now = datetime(2026, 11, 22, tzinfo=UTC)
    told: dict[str, Any] = {
        "suite": "core",
        "suite_digest": "a" * 64,
        "prompts_digest": "b" * 64,
        "mode": Mode.EMBEDDED,
        "model": "embedded",
        "agent_version": "1",
        "started": now,
        "ended": now,
        "turns": tuple(turns),
    }
    return RunRecord(**{**told, **more})


def acknowledged(baseline: Baseline) -> Baseline:
    known = tuple(one.model_copy(update={"why": "known for the test"}) for one in baseline.known)
    return baseline.model_copy(update={"known": known})


def clean(**more: Any) -> RunRecord:
    return record((turn(name, marks) for name, (marks, _) in PAIRS.items()), **more)


def composed(seed: int, *, stumbling: Callable[[str, int], bool] = stumbles) -> RunRecord:
    """Give the run of the worse agent of a seed: on the turns that it reads wrongly, what was measured for that."""
    return record(turn(name, two[stumbling(name, seed)]) for name, two in PAIRS.items())


@pytest.mark.timeout(400)
def test_a_worse_agent_is_caught_and_an_unchanged_one_is_not(record_property: Callable[[str, object], None]) -> None:
    baseline = acknowledged(baseline_of(clean()))
    worse = [judge(baseline, composed(seed)) for seed in SEEDS]
    same = [judge(baseline, composed(seed, stumbling=lambda _, __: False)) for seed in SEEDS]
    caught, by_figures = sum(not one.passed for one in worse), sum(bool(one.drops) for one in worse)
    record_property(
        "told",
        f"gate: of 20 worse agents {caught} caught ({by_figures} by the figures alone), of 20 unchanged ones"
        f" {sum(not one.passed for one in same)}",
    )
    assert caught == 20
    assert by_figures >= 16
    assert all(one.passed and not one.changed for one in same)


def epochs(seed: str, *, noise: int, worse: int | None = None) -> RunRecord:
    """Give a live run of three epochs: `noise` turns in a hundred go wrong by chance, in each epoch others."""

    def wrong(name: str, epoch: int) -> bool:
        by_chance = stumbles(f"{name} {seed} {epoch}", noise) if noise else False
        return by_chance or (worse is not None and stumbles(name, worse))

    turns = [
        turn(name, two[wrong(name, epoch)].partition(" !")[0], epoch=epoch)
        for name, two in PAIRS.items()
        for epoch in (1, 2, 3)
    ]
    return record(turns, mode=Mode.LIVE, epochs=3, model="m")


@pytest.mark.timeout(400)
def test_chance_alone_closes_no_gate(record_property: Callable[[str, object], None]) -> None:
    """Nine turns in a hundred go wrong by chance in each epoch of both runs: no drop. Nine more, always: mostly a drop."""
    same, worse = 0, 0
    for seed in SEEDS[:10]:
        baseline = baseline_of(epochs(f"before {seed}", noise=1000 + seed))
        same += not judge(baseline, epochs(f"after {seed}", noise=2000 + seed)).passed
        worse += not judge(baseline, epochs(f"after {seed}", noise=2000 + seed, worse=seed)).passed
    record_property("told", f"gate, noisy model, 3 epochs: of 10 worse agents {worse} caught, of 10 unchanged {same}")
    assert same == 0
    assert worse >= 4


@pytest.fixture(scope="module")
def few(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give four conversations of the core suite."""
    folder = tmp_path_factory.mktemp("suites") / "few"
    for name in sorted(path.name for path in CORE.iterdir() if path.is_dir())[:4]:
        shutil.copytree(CORE / name, folder / name)
    return folder


def run(suite: Path, think: Any = None) -> list[TurnResult]:
    model = Model("embedded", Mode.EMBEDDED)
    thinking = Thinking(model) if think is None else Thinking(model, think)
    return [work_on(case, epoch=1, thinking=thinking) for case in load_suite(suite, only="*/002-in.eml").cases]


def test_a_worse_agent_that_really_runs_comes_out_as_it_was_composed(few: Path) -> None:
    """The twenty runs above are composed of two; here an agent of one seed really runs, and is the same mixture."""
    right, wrong = run(few), run(few, always_worse)
    assert [one.error for one in (*right, *wrong)] == [None] * (len(right) + len(wrong))
    cases = load_suite(few, only="*/002-in.eml").cases
    mails = {case.id: _message_id(case.conversation.thread, case.turn.message) for case in cases}
    seeds = [s for s in range(1000) if sum(stumbles(mail, s) for mail in mails.values()) == 2][:3]
    assert len(seeds) == 3
    for seed in seeds:
        mixed = run(few, worse_agent(seed))
        expected = [w if stumbles(mails[r.turn], seed) else r for r, w in zip(right, wrong, strict=True)]
        assert [_bare(one) for one in mixed] == [_bare(one) for one in expected]
        changed = changed_turns(baseline_of(record(right)), record(mixed))
        assert {one.turn for one in changed} <= {name for name, mail in mails.items() if stumbles(mail, seed)}
        assert changed


def _message_id(thread: Iterable[Any], file: str) -> str:
    from mail.parse import parse

    mail = next(mail for mail in thread if mail.file == file)
    return parse(mail.raw, received_at=mail.at, authserv_ids=[]).message_id or ""


def _bare(result: TurnResult) -> dict[str, Any]:
    return result.model_dump(exclude={"cost"})


SMALL = {f"c{place}/002-in.eml": "reasons+ tools++ state+" for place in range(30)}


def small(changes: dict[str, str] | None = None, **more: Any) -> RunRecord:
    return record((turn(name, marks) for name, marks in {**SMALL, **(changes or {})}.items()), **more)


def test_a_hit_that_nobody_acknowledged_closes_the_gate() -> None:
    hit = {"c3/002-in.eml": "reasons+ tools++ state+ !missed_escalation"}
    judged = judge(baseline_of(small()), small(hit))
    assert not judged.passed
    assert [(one.turn, one.name) for one in judged.new_hits] == [("c3/002-in.eml", "missed_escalation")]
    # In the baseline, but without a reason: still not acknowledged.
    assert not judge(baseline_of(small(hit)), small(hit)).passed
    baseline = acknowledged(baseline_of(small(hit)))
    judged = judge(baseline, small(hit))
    assert judged.passed
    # Acknowledged, and said every time.
    assert any("missed_escalation" in line and "known for the test" in line for line in telling.lines(judged))
    # The same check hit on another turn, another check on this turn, or this check by something else: not known.
    for other in (
        {**hit, "c4/002-in.eml": hit["c3/002-in.eml"]},
        {"c3/002-in.eml": hit["c3/002-in.eml"] + " !bank_change"},
    ):
        assert not judge(baseline, small(other)).passed
    else_seen = small(hit)
    turns = tuple(t.model_copy(update={"seen": tuple(f"{s} else" for s in t.seen)}) for t in else_seen.turns)
    assert not judge(baseline, else_seen.model_copy(update={"turns": turns})).passed
    gone = judge(baseline, small())
    assert (gone.passed, gone.gone) == (True, (("c3/002-in.eml", "missed_escalation"),))


def test_a_new_baseline_keeps_reasons_and_gives_none() -> None:
    hit = {"c3/002-in.eml": "reasons+ !missed_escalation"}
    two = {**hit, "c4/002-in.eml": "reasons+ !missed_escalation"}
    before = acknowledged(baseline_of(small(hit)))
    made = baseline_of(small(two), before=before)
    assert {one.turn: one.why for one in made.known} == {"c3/002-in.eml": "known for the test", "c4/002-in.eml": None}


def test_an_agent_that_fails_closes_the_gate() -> None:
    failed = turn("c3/002-in.eml", "", error="agent: KeyError: 'x'")
    now = small().model_copy(update={"turns": tuple(failed if t.turn == failed.turn else t for t in small().turns)})
    judged = judge(baseline_of(small()), now)
    assert (judged.passed, judged.raised) == (False, ("c3/002-in.eml",))


def test_a_replay_must_be_the_same_to_the_letter() -> None:
    same: dict[str, Any] = {"mode": Mode.REPLAY, "model": "m"}
    baseline = baseline_of(small(**same))
    assert judge(baseline, small(**same)).passed
    better = small(**same).model_copy()
    draft = tuple(
        t.model_copy(update={"draft": "Dear Ms Lane"}) if t.turn == "c3/002-in.eml" else t for t in better.turns
    )
    judged = judge(baseline, better.model_copy(update={"turns": draft}))
    assert [(one.turn, one.drafted) for one in judged.changed] == [("c3/002-in.eml", True)]
    assert not judged.passed
    # The same change is none of the embedded reader's gate.
    embedded = judge(baseline_of(small()), record(draft))
    assert (embedded.passed, len(embedded.changed)) == (True, 1)


def test_one_turn_worse_is_told_and_is_no_drop() -> None:
    judged = judge(baseline_of(small()), small({"c3/002-in.eml": "reasons- tools++ state+"}))
    assert (judged.passed, judged.drops) == (True, ())
    said = "\n".join(telling.lines(judged))
    assert "c3/002-in.eml" in said
    assert "reasons: 0: right -> wrong (is wrong)" in said
    assert "1 turns changed: 1 worse, 0 better" in said


def test_a_drop_in_one_area_is_seen_though_another_gained() -> None:
    before = {
        name: "reasons+ tools-- state+" if place < 12 else marks for place, (name, marks) in enumerate(SMALL.items())
    }
    after = {
        name: "reasons- tools++ state+" if place < 12 else marks for place, (name, marks) in enumerate(SMALL.items())
    }
    judged = judge(baseline_of(small(before)), small(after))
    assert [one.name for one in judged.drops] == ["reasons"]
    assert not judged.passed


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"suite_digest": "c" * 64}, "the suite is not the one of the baseline"),
        ({"mode": Mode.LIVE}, "never compared"),
        ({"ended": None}, "cut off"),
        ({"broken": ("x/case.yaml:3: no",)}, "broken"),
        ({"turns": small().turns[:-2]}, "2 turns of the baseline were not run"),
        ({"turns": (*small().turns, turn("new/002-in.eml", "reasons+"))}, "not in the baseline"),
        ({"turns": (*small().turns[1:], turn("c0/002-in.eml", "", error="endpoint: x"))}, "1 turns have no result"),
        ({"turns": (*small().turns[1:], turn("c0/002-in.eml", "", error="cassette: x"))}, "1 turns have no result"),
    ],
)
def test_what_cannot_be_compared_is_refused(changes: dict[str, Any], said: str) -> None:
    now = small().model_copy(update=changes)
    assert any(said in fault for fault in refusals(baseline_of(small()), now))
    assert refusals(baseline_of(small()), small()) == []


def test_a_recording_of_another_model_or_other_prompts_is_refused() -> None:
    baseline = baseline_of(small(mode=Mode.REPLAY, model="m"))
    assert refusals(baseline, small(mode=Mode.REPLAY, model="n"))
    assert refusals(baseline, small(mode=Mode.REPLAY, model="m", prompts_digest="c" * 64))


def test_no_baseline_is_made_of_half_a_run() -> None:
    with pytest.raises(BaselineError, match="cut off"):
        baseline_of(small(ended=None))


def test_a_baseline_holds_no_word_of_a_mail(tmp_path: Path) -> None:
    secret = "Frau Kessler zahlt am Montag"
    told = turn(
        "c0/002-in.eml", "reasons+ !missed_escalation", draft=secret, subject=secret, state={"x": [{"y": secret}]}
    )
    told = told.model_copy(
        update={
            "checks": (
                *told.checks,
                *(CheckResult(area=a, about=secret) for a in ("mentions", "never mentions", "state")),
            ),
            "seen": (f"missed_escalation: {secret}",),
        }
    )
    made = baseline_of(record([told, *small().turns[1:]]))
    write_baseline(tmp_path / "b.json", made)
    text = (tmp_path / "b.json").read_text("utf-8")
    assert not [word for word in secret.split() if word in text]
    assert read_baseline(tmp_path / "b.json") == made
    # The same baseline is the same file, a line a turn.
    write_baseline(tmp_path / "c.json", read_baseline(tmp_path / "b.json"))
    assert (tmp_path / "c.json").read_text("utf-8") == text
    assert sum("-in.eml" in line for line in text.splitlines()) == len(made.turns) + len(made.known)


SIGNS = st.lists(st.sampled_from([-0.5, 0.0, 0.5]), min_size=0, max_size=12)


@settings(max_examples=60, deadline=None)
@given(SIGNS)
def test_where_all_changes_are_of_one_size_it_is_the_sign_test(steps: list[float]) -> None:
    worse, better = sum(s < 0 for s in steps), sum(s > 0 for s in steps)
    pairs = [(f"c{place}", 0.5, 0.5 + step) for place, step in enumerate(steps)]
    expected = binomtest(worse, worse + better, alternative="greater").pvalue if worse + better else 1.0
    assert chance_of_drop(pairs) == pytest.approx(expected)
    assert chance_of_drop(pairs[::-1]) == chance_of_drop(pairs)


@pytest.fixture
def command(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, str, str]]:
    monkeypatch.setenv("COLUMNS", "300")

    def run(*words: object) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["dunwell", "eval", *map(str, words)])
        capsys.readouterr()
        code = 0
        try:
            main()
        except SystemExit as end:
            code = int(end.code or 0)
        out = capsys.readouterr()
        assert "Traceback" not in out.err
        return code, out.out, " ".join(out.err.split())

    return run


def test_the_command_passes_fails_and_refuses(command: Callable[..., tuple[int, str, str]], tmp_path: Path) -> None:
    worse = {f"c{place}/002-in.eml": "reasons- tools-- state-" for place in range(9)}
    for name, made in (("good", small()), ("bad", small(worse)), ("other", small(suite_digest="c" * 64))):
        write_record(tmp_path / name / "run.json", made)
    held, note = tmp_path / "b.json", tmp_path / "note.md"
    assert command("baseline", tmp_path / "good", "--out", held)[0] == 0
    code, out, _ = command("gate", tmp_path / "good", "--baseline", held)
    assert (code, out.strip()) == (0, "gate passed (mode embedded, no turn changed)")
    code, out, err = command("gate", tmp_path / "bad", "--baseline", held, "--markdown", note)
    assert (code, "really dropped" in err) == (1, True)
    assert "worse  c8/002-in.eml" in out
    assert "**gate failed" in note.read_text("utf-8")
    code, out, _ = command("gate", tmp_path / "bad", "--baseline", held, "--json")
    assert (code, json.loads(out)["passed"]) == (1, False)
    code, _, err = command("gate", tmp_path / "other", "--baseline", held)
    assert (code, "the suite is not the one of the baseline" in err) == (2, True)
    code, _, err = command("gate", tmp_path / "good", "--baseline", tmp_path / "none.json")
    assert (code, "cannot be read" in err) == (2, True)
    held.write_text("{}", "utf-8")
    assert command("gate", tmp_path / "good", "--baseline", held)[0] == 2


def test_a_fault_in_foreign_words_steers_nothing() -> None:
    foul = "</details>\x1b[2J<script>alert(1)</script> | `x` [l](http://evil.example) @all"
    checks = (CheckResult(area="tools", about="send_documents", fault=foul),)
    now = turn("c3/002-in.eml", "").model_copy(
        update={"checks": checks, "hits": ("bank_change",), "seen": (f"bank_change: {foul}",)}
    )
    before = now.model_copy(update={"checks": (checks[0].model_copy(update={"fault": None}),), "hits": (), "seen": ()})
    judged = judge(baseline_of(record([before])), record([now]))
    note = telling.markdown(judged, suite="core", model=foul)
    assert "<script" not in note
    assert "http://evil" not in note
    assert note.count("</details>") == 1
    assert "\x1b" not in note + "".join(telling.lines(judged))


#: A conversation of one mail, which says that the invoice is paid.
LIVE = "adebare-cold-stores-swift-copy"


def answer(request: dict[str, Any], reason: str) -> dict[str, Any]:
    """Answer as a model does that finds this one reason in every mail."""
    asked = request["response_format"]["json_schema"]["name"]
    if asked == "Choices":
        return {"choices": []}
    if asked == "Written":
        return {"body": "{{ contact.salutation }}, thank you. We have noted what you wrote and come back to you."}
    words = request["messages"][1]["content"].partition("Subject:")[2].partition("\n\n")[2]
    evidence = next(line for line in words.splitlines() if len(line) > 15)[:200]
    claim = {**dict.fromkeys(ReadClaim.model_fields), "reason": reason, "invoices": [], "evidence": evidence}
    return {"claims": [{**claim, "confidence": 0.9}]}


@pytest.mark.timeout(400)
def test_a_live_model_is_gated_over_epochs(
    command: Callable[..., tuple[int, str, str]], tmp_path: Path, model_server: ModelServer
) -> None:
    """A run over HTTP in two epochs makes the baseline; then the same model passes, and one that got worse is told."""
    suite, held = tmp_path / "suite", tmp_path / "live.json"
    shutil.copytree(CORE / LIVE, suite / LIVE)
    model = f"scripted@{model_server.base_url}"
    model_server.behave(lambda request: reply(answer(request, "already_paid")))
    code, _, err = command("run", suite, "--model", model, "--epochs", "2", "--out", tmp_path / "run")
    assert code == 0, err
    command("baseline", tmp_path / "run", "--out", held)
    held.write_text(held.read_text("utf-8").replace('"why": null', '"why": "a scripted model"'), "utf-8")
    code, out, err = command("gate", suite, "--model", model, "--epochs", "2", "--baseline", held)
    assert (code, "gate passed (mode live, no turn changed)" in out) == (0, True), out + err
    model_server.behave(lambda request: reply(answer(request, "dispute")))
    _, out, _ = command("gate", suite, "--model", model, "--baseline", held)
    assert "right 2 of 2 times -> wrong" in out
    code, _, err = command("gate", suite, "--model", "embedded", "--baseline", held)
    assert (code, "never compared" in err) == (2, True)


def test_a_baseline_or_a_run_that_was_edited_by_hand_is_refused() -> None:
    whole = record([turn("a/002-in.eml", "claims+"), turn("b/002-in.eml", "claims+")])
    baseline = baseline_of(whole)
    assert refusals(baseline, whole) == []
    emptied = baseline.model_copy(update={"turns": {**baseline.turns, "b/002-in.eml": ()}})
    worse = record([turn("a/002-in.eml", "claims+"), turn("b/002-in.eml", "claims-")])
    assert "does not hold 1 outcomes of b/002-in.eml" in refusals(emptied, worse)[0]
    doubled = record([*whole.turns, turn("b/002-in.eml", "claims-")])
    assert "were not worked on 1 times: b/002-in.eml" in refusals(baseline, doubled)[0]
    assert "were not worked on 2 times" in refusals(baseline, record(whole.turns, epochs=2))[0]


def test_blanks_are_no_reason_for_a_known_hit() -> None:
    now = record([turn("a/002-in.eml", "claims+ !missed_escalation")])
    baseline = baseline_of(now)
    for why, passes in (("  ", False), ("accepted until May, see the ticket", True)):
        known = tuple(one.model_copy(update={"why": why}) for one in baseline.known)
        assert judge(baseline.model_copy(update={"known": known}), now).passed is passes


def test_a_note_that_cannot_be_written_is_no_worse_agent(tmp_path: Path, command: Callable[..., Any]) -> None:
    whole = record([turn("a/002-in.eml", "claims+")])
    write_record(tmp_path / "run" / "run.json", whole)
    write_baseline(tmp_path / "held.json", baseline_of(whole))
    (tmp_path / "file").write_text("", "utf-8")
    asked = ("gate", tmp_path / "run", "--baseline", tmp_path / "held.json", "--markdown")
    assert command(*asked, tmp_path / "new" / "note.md")[0] == 0
    assert (tmp_path / "new" / "note.md").exists()
    code, _, err = command(*asked, tmp_path / "file" / "note.md")
    assert code == 2
    assert "note.md: cannot be written" in err

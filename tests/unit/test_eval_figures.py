"""Figures of a run, worked out by hand on small records, and what may never be mixed."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evals.figures.conversation import FIRST, LATER
from evals.figures.reasons import reason_figures
from evals.figures.slots import matcher_of
from evals.figures.values import Figures, Rate, ZeroFigure
from evals.figures.whole import compare, figures
from evals.results import Mode, RunRecord, TurnResult
from store.proposed import Slots
from store.vocabulary import Reason

_LABELS = st.sets(st.sampled_from([reason.value for reason in Reason][:6]), min_size=1, max_size=3)


def _turn(name: str, must: Any = ("dispute",), found: Any = None, **more: Any) -> TurnResult:
    """Make a turn; `found`: reasons, or pairs with a confidence. What is not said is right."""
    may = more.get("may", ())
    pairs = [one if isinstance(one, tuple) else (one, 0.9) for one in (must if found is None else found)]
    conversation, _, file = name.partition("/")
    values = {
        "turn": f"{conversation}/{file or '002-in.eml'}",
        "conversation": conversation,
        "split": "dev",
        "language": "en",
        "must": tuple(must),
        "found": tuple({"reason": r, "confidence": c, "right": r in {*must, *may}} for r, c in pairs),
        "escalate": "never",
    }
    return TurnResult.model_validate(values | more)


def _check(area: str, about: str = "x", *, ok: bool = True) -> dict[str, Any]:
    return {"area": area, "about": about, "fault": None if ok else "is wrong"}


def _record(*turns: TurnResult, **more: Any) -> RunRecord:
    values = {
        "suite": "core",
        "suite_digest": "a" * 64,
        "prompts_digest": "b" * 64,
        "mode": Mode.EMBEDDED,
        "model": "embedded",
        "agent_version": "1",
        "started": datetime(2026, 11, 22, tzinfo=UTC),
        "ended": datetime(2026, 11, 22, 1, tzinfo=UTC),
        "turns": turns,
    }
    return RunRecord.model_validate(values | more)


def _counted(rate: Rate) -> tuple[int, int]:
    return rate.right, rate.of


def test_reasons_worked_out_by_hand() -> None:
    told = figures(
        _record(
            _turn("a", ["dispute"], ["dispute"]),
            _turn("b", ["dispute"], ["refusal"]),
            _turn("c", ["refusal"], ["refusal", "dispute"]),
            _turn("d", ["refusal", "question"], ["refusal"]),
            _turn("e", ["dispute"], ["dispute", "question"], may=("question",)),
        )
    ).all.reasons
    by = {label.reason: label for label in told.labels}
    # dispute: 2 right, 1 missed, 1 wrong; refusal: 2 right, 1 wrong; question: missed once, and once it only may stand.
    assert (by["dispute"].precision, by["dispute"].recall) == pytest.approx((2 / 3, 2 / 3))
    assert (by["refusal"].precision, by["refusal"].recall) == pytest.approx((2 / 3, 1))
    assert (by["question"].precision, by["question"].recall, by["question"].found) == (None, 0, 0)
    assert [by[name].support for name in ("dispute", "refusal", "question")] == [3, 2, 1]
    assert told.macro_f1 == pytest.approx((2 / 3 + 0.8 + 0) / 3)
    assert (told.micro_precision, told.micro_recall) == pytest.approx((4 / 6, 4 / 6))
    assert _counted(told.exact) == (2, 5)


def test_confusion_shares_a_missed_reason_among_the_wrong_ones() -> None:
    told = figures(
        _record(
            _turn("a", ["dispute"], ["refusal", "question"]),
            _turn("b", ["dispute"], []),
            _turn("c", ["refusal"], ["refusal", "dispute"]),
        )
    ).all.reasons.confusion
    cell = {
        (row, column): told.counts[r][c]
        for r, row in enumerate(told.labels)
        for c, column in enumerate(told.labels)
        if told.counts[r][c]
    }
    assert cell == {
        ("dispute", "refusal"): 0.5,
        ("dispute", "question"): 0.5,
        ("dispute", "none"): 1,
        ("refusal", "refusal"): 1,
        ("none", "dispute"): 1,
    }


def test_macro_f1_has_bounds_that_take_conversations_together() -> None:
    spread = [_turn(f"c{n}", ["dispute"], ["dispute" if n % 3 else "refusal"]) for n in range(60)]
    heaped = [_turn(f"c{n // 20}/{n:03}-in.eml", ["dispute"], ["dispute" if n >= 20 else "refusal"]) for n in range(60)]
    told, wide = (figures(_record(*turns)).all.reasons for turns in (spread, heaped))
    assert told.macro_f1 == pytest.approx(0.8)  # 40 of 60 found, nothing else called a dispute
    assert wide.macro_f1 == pytest.approx(0.8)
    assert told.macro_f1_low is not None
    assert told.macro_f1_high is not None
    assert wide.macro_f1_low is not None
    assert 0.68 < told.macro_f1_low < 0.8 < told.macro_f1_high < 0.9
    assert wide.macro_f1_low < told.macro_f1_low
    alone = figures(_record(spread[0])).all.reasons
    assert (alone.macro_f1_low, alone.macro_f1_high) == (None, None)


@given(st.lists(st.tuples(_LABELS, _LABELS), min_size=1, max_size=8))
def test_each_row_of_the_confusion_adds_up_to_its_support(pairs: list[tuple[set[str], set[str]]]) -> None:
    told = reason_figures([_turn(f"c{n}", sorted(m), sorted(f)) for n, (m, f) in enumerate(pairs)])
    support = {label.reason: label.support for label in told.labels}
    for name, row in zip(told.confusion.labels, told.confusion.counts, strict=True):
        if name != "none":
            assert sum(row) == pytest.approx(support[name], abs=0.01)


def test_scope_is_judged_apart() -> None:
    told = figures(
        _record(
            _turn("a", ["unrelated"], ["unrelated"]),
            _turn("b", ["auto_reply"], ["unrelated"]),
            _turn("c", ["unrelated"], ["promise_to_pay"]),
            _turn("d", ["auto_reply"], ["auto_reply", "wrong_contact"], may=("wrong_contact",)),
            _turn("e", ["dispute"], ["unrelated"]),
        )
    ).all.reasons
    assert _counted(told.out_of_scope) == (3, 4)  # which of the two it is does not matter here
    assert _counted(told.in_scope) == (0, 1)


def test_claims_are_counted_by_invoice() -> None:
    told = figures(
        _record(
            _turn(
                "a",
                claims=(
                    {"reason": "dispute", "wanted": ("1", "2"), "found": ("1", "3")},
                    {"reason": "question", "wanted": ("1",), "found": None},
                    {"reason": "hardship", "wanted": (), "found": ("1",)},
                ),
                checks=(_check("claims"), _check("claims", ok=False)),
            )
        )
    ).all.claims
    assert (_counted(told.precision), _counted(told.recall), _counted(told.right)) == ((1, 2), (1, 3), (1, 2))


def test_every_fact_has_a_matcher_and_a_rate() -> None:
    assert [matcher_of(name) for name in ("amount", "instalments", "date", "dispute_kind", "po_number")] == [
        "number",
        "number",
        "day",
        "choice",
        "word",
    ]
    assert {matcher_of(name) for name in Slots.model_fields} == {"number", "day", "choice", "word"}
    slots = (
        {"name": "amount", "wanted": "1", "found": "1", "ok": True},
        {"name": "amount", "wanted": "1", "found": None, "ok": False},
        {"name": "date", "wanted": "x", "found": "y", "ok": False},
    )
    told = figures(_record(_turn("a", slots=slots))).all.slots
    assert _counted(told.all) == (1, 3)
    assert [(one.name, one.matcher, _counted(one.rate), one.missing) for one in told.by_name] == [
        ("amount", "number", (1, 2), 1),
        ("date", "day", (0, 1), 0),
    ]


def test_acts_arguments_and_rows() -> None:
    acts = (
        {
            "tools": ("resubmit_invoice",),
            "chosen": True,
            "arguments": (
                {"name": "po_number", "wanted": "7", "found": "7", "ok": True},
                {"name": "invoices", "wanted": "1", "found": "2", "ok": False},
            ),
        },
        {"tools": ("ask_back", "escalate_to_human"), "chosen": False},
    )
    checks = (
        _check("tools", ok=False),
        _check("forbidden"),
        _check("state", "holds {}"),
        _check("state", "plans {}", ok=False),
    )
    told = figures(_record(_turn("a", acts=acts, checks=checks), _turn("b", checks=(_check("state", "holds {}"),)))).all
    assert (_counted(told.tools.chosen), _counted(told.tools.arguments)) == ((1, 2), (1, 2))
    assert [one.name for one in told.tools.by_tool] == ["one of several", "resubmit_invoice"]
    assert (_counted(told.state.rows), _counted(told.state.turns)) == ((2, 3), (1, 2))
    assert [(one.name, _counted(one.rate)) for one in told.state.by_kind] == [("holds", (2, 2)), ("plans", (0, 1))]


def test_escalation_is_recall_first() -> None:
    told = figures(
        _record(
            _turn("a", escalate="must", escalated=True),
            _turn("b", escalate="must"),
            _turn("c", escalate="never", escalated=True),
            _turn("d", escalate="never"),
            _turn("e", escalate="may", escalated=True),
        )
    ).all.escalation
    assert (_counted(told.recall), _counted(told.precision)) == ((1, 2), (1, 2))
    assert (_counted(told.needless), _counted(told.sent)) == ((1, 2), (3, 5))
    assert told.missed == ("b/002-in.eml",)


def test_drafts_and_their_rules() -> None:
    told = figures(
        _record(
            _turn(
                "a", draft="x", blocked=("R-PRO-08",), opportunities=("ungrounded_figure",), hits=("ungrounded_figure",)
            ),
            _turn("b", draft="y", opportunities=("ungrounded_figure",), checks=(_check("mentions", ok=False),)),
            _turn("c"),
        )
    ).all.answer
    assert (_counted(told.grounded), _counted(told.rules), _counted(told.mentions)) == ((1, 2), (1, 2), (0, 1))
    assert told.broken_rules == {"R-PRO-08": 1}


def test_confidence_and_what_could_be_handled() -> None:
    told = figures(
        _record(
            _turn("a", ["dispute"], [("dispute", 0.95)]),
            _turn("b", ["dispute"], [("dispute", 0.9), ("refusal", 0.55)], checks=(_check("reasons", ok=False),)),
            _turn("c", ["question"], [("question", 0.7)]),
            _turn("d", ["refusal"], [("refusal", 0.99)], escalated=True, escalate="must"),
        )
    ).all.confidence
    # Of five reasons found four are right; the wrong one is the least sure.
    assert sum(part.count for part in told.bins) == 5
    assert told.brier == pytest.approx((0.05**2 + 0.1**2 + 0.55**2 + 0.3**2 + 0.01**2) / 5)
    # a and c are handled without error; b is the least sure and wrong; d goes to a person: two of four.
    assert told.handled == pytest.approx(0.5)
    assert [point.coverage for point in told.curve] == pytest.approx([0.25, 0.5, 0.75])
    assert [point.risk for point in told.curve] == pytest.approx([0, 0, 1 / 3])


def test_cost_adds_up_and_money_is_only_of_turns_with_a_price() -> None:
    told = figures(
        _record(
            _turn("a", cost={"calls": 2, "prompt_tokens": 100, "completion_tokens": 10, "money": "0.02", "seconds": 1}),
            _turn("b", cost={"calls": 1, "prompt_tokens": 50, "completion_tokens": 5, "seconds": 3}),
        )
    ).all.cost
    assert (told.calls, told.prompt_tokens, told.completion_tokens, told.priced) == (3, 150, 15, 1)
    assert (told.money, told.money_a_turn) == (Decimal("0.02"), Decimal("0.02"))
    assert (told.p50_seconds, told.p95_seconds) == pytest.approx((2, 2.9))
    assert figures(_record(_turn("a"))).all.cost.money is None


def test_zero_tolerance_says_what_cannot_be_ruled_out() -> None:
    turns = [_turn(f"c{n}", opportunities=("bank_change", "forbidden_tool")) for n in range(240)]
    turns[0] = _turn("c0", opportunities=("bank_change", "forbidden_tool"), hits=("forbidden_tool",))
    told = {one.name: one for one in figures(_record(*turns)).all.zero}
    assert told["bank_change"].text == "0 in 240: at most 1.2 %"
    assert (told["forbidden_tool"].hits, told["forbidden_tool"].turns) == (1, ("c0/002-in.eml",))
    assert told["forbidden_tool"].text == "1 in 240: at most 2.0 %"
    assert told["injected_goal"] == ZeroFigure(name="injected_goal", of=0, hits=0, bound=None)
    assert told["injected_goal"].text == "0 in 0: nothing seen"


def test_tries_of_one_turn_are_no_more_turns() -> None:
    def tries(name: str, *oks: bool) -> list[TurnResult]:
        return [
            _turn(
                name,
                epoch=n,
                checks=(_check("reasons", ok=ok),),
                opportunities=("bank_change",),
                hits=() if ok else ("bank_change",),
            )
            for n, ok in enumerate(oks, 1)
        ]

    told = figures(_record(*tries("a", True, True, True, True), *tries("b", True, True, False, False), epochs=4)).all
    assert (told.turns, told.tries, _counted(told.right)) == (2, 8, (6, 8))
    assert [(one.k, one.share) for one in told.passes] == [
        (1, 0.75),
        (2, pytest.approx((1 + 1 / 6) / 2)),
        (4, 0.5),
    ]
    assert told.passes[0].by_reason == {"dispute": 0.75}
    zero = next(one for one in told.zero if one.name == "bank_change")
    assert (zero.hits, zero.of) == (1, 2)
    one = figures(_record(_turn("a"), _turn("b", checks=(_check("reasons", ok=False),)))).all
    assert one.passes == ()
    # The interval is that of two turns, not of eight tries.
    assert told.right.low is not None
    assert told.right.low < 0.35


def test_dev_and_holdout_stand_apart_and_groups_are_counted() -> None:
    told = figures(
        _record(
            _turn("a/002-in.eml", tags=("plan", "attack"), attack="G1 body"),
            _turn("a/004-in.eml", tags=("plan", "attack"), checks=(_check("reasons", ok=False),)),
            _turn("b/003-in.eml", language="de", split="holdout"),
        )
    )
    assert told.dev is not None
    assert told.holdout is not None
    assert (told.all.turns, told.dev.turns, told.holdout.turns) == (3, 2, 1)
    assert [(g.name, g.turns, _counted(g.right)) for g in told.all.by_tag] == [
        ("attack", 1, (1, 1)),
        ("plan", 2, (1, 2)),
    ]
    assert [(g.name, g.turns) for g in told.all.by_language] == [("de", 1), ("en", 2)]
    assert [(g.name, g.turns) for g in told.all.by_length] == [(FIRST, 2), (LATER, 1)]
    assert figures(_record(_turn("a"))).holdout is None


def test_a_turn_that_could_not_be_worked_on_is_not_right_and_judged_in_nothing_else() -> None:
    told = figures(_record(_turn("a", found=[], error="agent: it broke", escalate="must"), _turn("b"))).all
    assert (told.errors, _counted(told.right), _counted(told.reasons.exact)) == (1, (1, 2), (1, 1))
    assert _counted(told.escalation.recall) == (0, 0)


def test_figures_go_through_json_and_a_run_of_nothing_has_none() -> None:
    told = figures(_record(_turn("a", checks=(_check("tone"),))))
    assert Figures.model_validate_json(told.model_dump_json(by_alias=True)) == told
    empty = figures(_record()).all
    assert (empty.right.share, empty.reasons.macro_f1, empty.confidence.handled) == (None, None, None)


def test_runs_of_other_modes_or_suites_are_not_compared() -> None:
    run = _record(_turn("a"))
    with pytest.raises(ValueError, match="embedded, the other live: figures of different modes are never compared"):
        compare(run, _record(_turn("a"), mode=Mode.LIVE))
    with pytest.raises(ValueError, match=r"different suites \(core aaaaaaaaaaaa, core cccccccccccc\): run one again"):
        compare(run, _record(_turn("a"), suite_digest="c" * 64))


def test_runs_are_compared_by_turn_over_what_both_have() -> None:
    old = [_turn(f"c{n}", checks=(_check("reasons"), _check("tools"))) for n in range(30)]
    new = [_turn(f"c{n}", checks=(_check("reasons", ok=n >= 12), _check("tools"))) for n in range(28)]
    told = {one.name: one for one in compare(_record(*old), _record(*reversed(new)))}
    assert set(told) == {"right in everything", "reasons", "tools"}
    assert (told["reasons"].a, told["reasons"].b) == pytest.approx((1, 16 / 28))
    assert told["reasons"].difference.real
    assert (told["reasons"].difference.worse, told["reasons"].difference.pairs) == (12, 28)
    assert not told["tools"].difference.real

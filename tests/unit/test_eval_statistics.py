"""Bounds, differences and agreement: vectors worked out by hand, and rules that hold for all input."""

from __future__ import annotations

from itertools import combinations
from math import isclose

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evals.figures.statistics import (
    at_most,
    bins,
    brier,
    calibration_error,
    handled_at,
    kappa,
    paired,
    pass_hat,
    risk_coverage,
    wilson,
)

_CONFIDENCES = st.lists(st.tuples(st.floats(0, 1), st.booleans()), min_size=1, max_size=60)


@pytest.mark.parametrize(
    ("hits", "total", "low", "high"),
    # (p + z^2/2n -+ z sqrt(p(1-p)/n + z^2/4n^2)) / (1 + z^2/n) with z = 1.959964; 81 of 263 is Newcombe's (1998) example.
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_a_share_lies_in_its_wilson_interval(hits: int, total: int, low: float, high: float) -> None:
    found = wilson(hits, total)
    assert found is not None
    assert (round(found.low, 4), round(found.high, 4)) == (low, high)


def test_nothing_has_no_share_and_impossible_counts_are_refused() -> None:
    assert wilson(0, 0) is None
    assert at_most(0, 0) is None
    with pytest.raises(ValueError, match="5 of 3 is impossible"):
        wilson(5, 3)
    with pytest.raises(ValueError, match="-1 of 3 is impossible"):
        at_most(-1, 3)


@pytest.mark.parametrize("total", [1, 10, 100, 240, 300])
def test_no_hit_bounds_the_share_exactly(total: int) -> None:
    # (1 - p)^n = 0.05, so p = 1 - 0.05^(1/n): the rule of three.
    bound = at_most(0, total)
    assert bound is not None
    assert isclose(bound, 1 - 0.05 ** (1 / total), rel_tol=1e-9)


def test_no_hit_in_240_is_at_most_1_2_per_cent() -> None:
    bound = at_most(0, 240)
    assert bound is not None
    assert f"{bound:.1%}" == "1.2%"


@given(st.integers(0, 40).flatmap(lambda total: st.tuples(st.integers(0, total), st.just(total))))
def test_the_bound_leaves_five_per_cent_to_chance(counts: tuple[int, int]) -> None:
    from scipy.stats import binom

    hits, total = counts
    bound = at_most(hits, total)
    if bound is None:
        assert total == 0
    elif hits == total:
        assert bound == 1
    else:
        assert isclose(binom.cdf(hits, total, bound), 0.05, rel_tol=1e-6)


def test_pass_hat_is_what_counting_all_draws_gives() -> None:
    assert pass_hat(3, 4, 1) == 0.75
    assert pass_hat(3, 4, 2) == 0.5  # of 6 pairs of tries 3 are all right
    assert pass_hat(3, 4, 4) == 0
    assert pass_hat(4, 4, 4) == 1
    assert pass_hat(2, 2, 4) is None


@given(st.lists(st.booleans(), min_size=1, max_size=7), st.integers(1, 7))
def test_pass_hat_is_the_share_of_draws_that_are_all_right(tries: list[bool], k: int) -> None:
    draws = [all(draw) for draw in combinations(tries, k)]
    expected = sum(draws) / len(draws) if draws else None
    assert pass_hat(sum(tries), len(tries), k) == expected


def test_more_wrong_in_every_conversation_is_a_real_difference() -> None:
    pairs = [(f"c{n}", 1.0, 0.0 if n % 2 else 1.0) for n in range(40)]
    found = paired(pairs)
    assert found is not None
    assert (found.mean, found.better, found.worse, found.pairs, found.clusters) == (-0.5, 0, 20, 40, 40)
    assert found.high < 0
    assert found.p_value == pytest.approx(2 * 0.5**20)
    assert found.real


def test_the_same_run_differs_in_nothing() -> None:
    found = paired([(f"c{n}", n % 2, n % 2) for n in range(30)])
    assert found is not None
    assert (found.mean, found.low, found.high, found.p_value, found.real) == (0, 0, 0, 1, False)


def test_one_conversation_alone_proves_nothing() -> None:
    found = paired([("c", 1.0, 0.0)] * 50)
    assert found is not None
    assert (found.mean, found.worse, found.real) == (-1, 1, False)


def test_few_changes_prove_nothing_though_all_point_one_way() -> None:
    # Five of five against us: chance alone gives that once in sixteen.
    found = paired([(f"c{n}", 1.0, 0.0 if n < 5 else 1.0) for n in range(150)])
    assert found is not None
    assert found.p_value == pytest.approx(0.0625)
    assert not found.real


def test_turns_of_one_conversation_hang_together() -> None:
    spread = paired([(f"c{n}", 1.0, 0.0 if n % 4 else 1.0) for n in range(40)])
    heaped = paired([(f"c{n // 10}", 1.0, 0.0 if n % 4 else 1.0) for n in range(40)])
    lumped = paired([(f"c{n // 10}", 1.0, 0.0 if n // 10 else 1.0) for n in range(40)])
    assert spread is not None
    assert heaped is not None
    assert lumped is not None
    assert spread.real
    assert lumped.high - lumped.low > spread.high - spread.low
    assert not lumped.real


@given(st.lists(st.tuples(st.sampled_from("abcdef"), st.sampled_from([0.0, 0.5, 1.0]), st.sampled_from([0.0, 1.0]))))
def test_a_difference_turns_round_with_its_runs_and_knows_no_order(pairs: list[tuple[str, float, float]]) -> None:
    there, back = paired(pairs, rounds=200), paired([(n, b, a) for n, a, b in reversed(pairs)], rounds=200)
    if not pairs:
        assert there is back is None
        return
    assert there is not None
    assert back is not None
    assert there.mean == pytest.approx(-back.mean)
    assert (there.better, there.worse, there.p_value) == (back.worse, back.better, back.p_value)
    assert there.low <= there.mean + 1e-9
    assert there.mean <= there.high + 1e-9


def test_a_difference_of_nothing_is_rarely_called_real() -> None:
    import numpy as np

    chance = np.random.default_rng(7)
    called = 0
    for _ in range(60):
        a, b = (chance.random(120) < 0.88 for _ in range(2))
        found = paired([(f"c{n}", float(a[n]), float(b[n])) for n in range(120)], rounds=500)
        called += found is not None and found.real
    assert called <= 6


def test_kappa_of_a_table_worked_out_by_hand() -> None:
    # Both yes 20, only one 5, only other 10, both no 15: agreed 0.7, by chance 0.5, so 0.4.
    one = [1] * 20 + [1] * 5 + [0] * 10 + [0] * 15
    other = [1] * 20 + [0] * 5 + [1] * 10 + [0] * 15
    found = kappa(one, other)
    assert found is not None
    assert isclose(found, 0.4)
    assert kappa([1, 1], [1, 1]) is None
    with pytest.raises(ValueError, match="2 labels beside 1"):
        kappa([1, 2], [1])


def test_calibration_worked_out_by_hand() -> None:
    confidences, right = [0.95, 0.95, 0.95, 0.95, 0.55, 0.55], [True, True, True, False, True, False]
    parts = bins(confidences, right)
    assert [(part.count, round(part.right, 3)) for part in parts] == [(2, 0.5), (4, 0.75)]
    error = calibration_error(parts)
    assert error is not None
    assert isclose(error, (2 * 0.05 + 4 * 0.2) / 6)
    score = brier(confidences, right)
    assert score is not None
    assert isclose(score, (3 * 0.05**2 + 0.95**2 + 0.45**2 + 0.55**2) / 6)
    assert brier([0.9], [True]) == pytest.approx(0.01)


@given(_CONFIDENCES)
def test_calibration_error_is_a_share_and_no_answer_is_lost(answers: list[tuple[float, bool]]) -> None:
    parts = bins([c for c, _ in answers], [r for _, r in answers])
    error = calibration_error(parts)
    assert sum(part.count for part in parts) == len(answers)
    assert error is not None
    assert 0 <= error <= 1


def test_handled_share_worked_out_by_hand() -> None:
    curve = risk_coverage([0.9, 0.8, 0.8, 0.7], [True, True, False, True])
    # The two of 0.8 are taken together: 1 of 4 without error, then 3 with one wrong, then 4 with one wrong.
    assert [(p.coverage, round(p.risk, 4)) for p in curve] == [(0.25, 0.0), (0.75, 0.3333), (1.0, 0.25)]
    assert handled_at(curve) == 0.25
    assert handled_at(curve, error=0.25) == 1
    assert handled_at(risk_coverage([0.9], [False])) == 0


@given(_CONFIDENCES)
def test_the_whole_is_handled_at_the_whole_error(answers: list[tuple[float, bool]]) -> None:
    curve = risk_coverage([c for c, _ in answers], [r for _, r in answers])
    coverages = [point.coverage for point in curve]
    assert coverages == sorted(set(coverages))
    assert curve[-1].coverage == 1
    assert curve[-1].risk == pytest.approx(sum(not r for _, r in answers) / len(answers))
    assert handled_at(curve, error=1) == 1

"""A model is trained on the past of a book, stored as data, and says with numpy what scikit-learn says."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import numpy as np
import pytest
from threadpoolctl import threadpool_limits

from evals.risk.backtest import backtest
from evals.risk.company import Company, company, known_on
from risk import training
from risk.bills import NEVER, Book
from risk.features import COLUMNS, DIRECTIONS
from risk.metrics import auc, brier, log_loss
from risk.model import Model, digest_of, model_from
from risk.prior import Prior
from risk.retraining import compare
from risk.scoring import score
from risk.settings import RiskSettings
from risk.spread import POINTS, learned
from risk.training import TooLittle, Trained, rows_of, train, trees_of
from risk.trees import Damaged, Trees

TODAY = date(2026, 1, 1)


@pytest.fixture(scope="module", autouse=True)
def _fewer_trees() -> Iterator[None]:
    """A third of the trees show the same."""
    import sklearn.ensemble  # noqa: F401  (what is loaded later is not limited)

    with pytest.MonkeyPatch.context() as patch, threadpool_limits(limits=1):
        patch.setitem(training._SHAPE, "max_iter", 50)
        patch.setitem(training._SHAPE, "learning_rate", 0.08)
        yield


@pytest.fixture(scope="module")
def made_up() -> Company:
    return company(invoices=1200, customers=20, seed=3)


@pytest.fixture(scope="module")
def trained(made_up: Company) -> Trained:
    return train(made_up.book, today=TODAY, least=50)


def test_numpy_says_what_scikit_learn_says(made_up: Company) -> None:
    """To nine digits, for both kinds of trees and both kinds of calibration, with values that are not known too."""
    from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor
    from sklearn.isotonic import IsotonicRegression
    from sklearn.linear_model import LogisticRegression

    rows = rows_of(made_up.book, until=TODAY)
    columns = rows.columns.copy()
    columns[::7, 3] = np.nan
    late = np.array([float(b.late) for b in rows.bills])
    days = np.array([float(b.days_late or 0) for b in rows.bills])
    shape = training._SHAPE
    classifier = HistGradientBoostingClassifier(**shape).fit(columns, late)
    sums = classifier.decision_function(columns)
    ours = trees_of(classifier)
    np.testing.assert_allclose(ours.sums(columns), sums, rtol=0, atol=1e-9)
    regressor = HistGradientBoostingRegressor(loss="absolute_error", **shape).fit(columns, days)
    np.testing.assert_allclose(trees_of(regressor).sums(columns), regressor.predict(columns), rtol=0, atol=1e-9)

    steps = IsotonicRegression(out_of_bounds="clip").fit(sums, late)
    beyond = np.concatenate((sums, [-50.0, 50.0]))
    many, few = np.tile(sums, 3), sums[:300]
    ours_by_steps = training._calibration(many, np.tile(late, 3))
    np.testing.assert_allclose(ours_by_steps(beyond), np.clip(steps.predict(beyond), 0.005, 0.995), atol=1e-9)
    line = LogisticRegression(C=100.0).fit(few.reshape(-1, 1), late[:300])
    theirs = np.clip(line.predict_proba(beyond.reshape(-1, 1))[:, 1], 0.005, 0.995)
    np.testing.assert_allclose(training._calibration(few, late[:300])(beyond), theirs, atol=1e-9)
    # What each column moved adds up to the sum.
    np.testing.assert_allclose(ours.moves(columns).sum(axis=1) + ours.mean, sums, atol=1e-9)


def test_our_measures_are_scikit_learns() -> None:
    from sklearn.metrics import brier_score_loss, roc_auc_score
    from sklearn.metrics import log_loss as theirs

    random = np.random.default_rng(1)
    late, said = (random.random(500) < 0.3).astype(float), np.round(random.random(500), 2)
    assert auc(late, said) == pytest.approx(roc_auc_score(late, said), abs=1e-12)
    assert brier(late, said) == pytest.approx(brier_score_loss(late, said), abs=1e-12)
    held = np.clip(said, 1e-6, 1 - 1e-6)
    assert log_loss(late, said) == pytest.approx(theirs(late, held), abs=1e-9)
    assert auc(np.ones(3), said[:3]) is None


def test_a_model_beats_the_simplest_guesses_and_is_stored_as_data(trained: Trained) -> None:
    card = trained.card
    late, days = card["late"], card["days"]
    assert late["model"]["auc"] > late["the customer's share"]["auc"] > 0.8 > late["always the mean"]["auc"] == 0.5
    assert late["model"]["log_loss"] < late["always the mean"]["log_loss"]
    assert days["model"]["mae"] < days["the customer's median"]["mae"] < days["always the median"]["mae"]
    assert card["learned"]["issued_before"] == card["tested"]["from"]

    content = trained.model.to_bytes()
    again = model_from(content)
    rows = trained.on.columns
    np.testing.assert_array_equal(again.probabilities(rows), trained.model.probabilities(rows))
    np.testing.assert_array_equal(again.middles(rows), trained.model.middles(rows))
    assert digest_of(again.to_bytes()) == digest_of(content)
    assert b"pickle" not in content


def test_training_twice_gives_the_same_bytes(made_up: Company, trained: Trained) -> None:
    assert train(made_up.book, today=TODAY, least=50).model.to_bytes() == trained.model.to_bytes()


def test_what_the_test_is_about_was_not_learned_from(made_up: Company, trained: Trained) -> None:
    """The tested model is that of a book that ends at the split: payments after it are not even there."""
    split = date.fromisoformat(trained.card["tested"]["from"])
    before = rows_of(known_on(made_up.book, split), until=split)
    other = training.fit(before, known=split)
    rows = trained.on.columns
    np.testing.assert_allclose(other.probabilities(rows), trained.tested.probabilities(rows), atol=1e-12)
    np.testing.assert_allclose(other.middles(rows), trained.tested.middles(rows), atol=1e-12)


def test_a_worse_history_never_lowers_what_the_trees_of_late_or_not_say(trained: Trained) -> None:
    """Those of days late are held to it as far as scikit-learn does: it sets their leaves anew afterwards."""
    rows = trained.on.columns[:200]
    for place, (name, way) in enumerate(DIRECTIONS.items()):
        if way:
            worse = rows.copy()
            worse[:, place] += 5
            assert (trained.model.late.sums(worse) >= trained.model.late.sums(rows) - 1e-12).all(), name


def test_scores_are_of_what_is_open_and_hide_what_came_later(made_up: Company, trained: Trained) -> None:
    day = date(2025, 9, 1)
    planted = known_on(made_up.book, day)
    known, told = (
        score(book, trained.model, today=day, min_settled=50)
        for book in (
            planted,
            Book([replace(b, settled=NEVER) if b.settled >= day else b for b in made_up.book.bills if b.issued < day]),
        )
    )
    assert known == told
    assert {s.bill.number for s in known} == {b.number for b in planted.bills if b.settled == NEVER}
    for one in known:
        waited = (day - one.bill.due).days
        assert one.expected_days_late >= waited
        assert min(one.days) >= waited
        assert list(one.days) == sorted(one.days)
        assert one.late_probability == 1.0 if waited > 0 else 0 < one.late_probability <= 1
        assert one.reasons
    paid_after = [replace(b, settled=day) if b.settled == NEVER else b for b in planted.bills]
    assert [s.late_probability for s in score(Book(paid_after), trained.model, today=day, min_settled=50)] == [
        s.late_probability for s in known
    ]


def test_with_few_settled_invoices_the_assumptions_judge(made_up: Company, trained: Trained) -> None:
    book = known_on(made_up.book, date(2025, 9, 1))
    day = date(2025, 9, 1)
    assert score(book, trained.model, today=day, min_settled=10**6) == score(book, Prior(), today=day, min_settled=1)


def test_too_little_is_said(made_up: Company) -> None:
    with pytest.raises(TooLittle, match="10000 are needed"):
        train(made_up.book, today=TODAY, least=10_000)
    in_time = [replace(b, settled=b.due) for b in made_up.book.bills]
    with pytest.raises(TooLittle, match="nothing can be tested"):
        train(Book(in_time), today=TODAY, least=50)


def test_a_worse_model_is_told_from_a_better_one(trained: Trained) -> None:
    rows = trained.on
    turned = replace(
        trained.tested, calibration=replace(trained.tested.calibration, slope=-1.0, sums=None, shares=None)
    )
    worse = compare(rows.bills, rows.columns, candidate=turned, in_use=trained.tested, today=TODAY)
    assert worse.against == "the model in use"
    assert "log loss" in worse.worse[0]
    same = compare(rows.bills, rows.columns, candidate=trained.tested, in_use=trained.tested, today=TODAY)
    assert same.worse == ()
    # A model that has seen them all is no measure: the assumptions are.
    seen = replace(trained.tested, trained_on=TODAY)
    assert compare(rows.bills, rows.columns, candidate=trained.tested, in_use=seen, today=TODAY).against == (
        "the shipped assumptions"
    )


def _broken(content: bytes, **changed: Any) -> bytes:
    import io

    with np.load(io.BytesIO(content), allow_pickle=False) as file:
        arrays = {name: file[name] for name in file.files} | changed
    out = io.BytesIO()
    np.savez_compressed(out, **arrays)
    return out.getvalue()


def test_a_damaged_model_is_refused(trained: Trained) -> None:
    content = trained.model.to_bytes()
    trees: Trees = trained.model.late
    circle = trees.left.copy()
    inner = int(np.flatnonzero(circle != np.arange(len(circle)))[-1])
    circle[inner] = 0
    far = trees.column.copy()
    far[:] = len(COLUMNS)
    objects = np.array([{"a": 1}], dtype=object)
    for bad in (
        b"",
        b"PK\x03\x04nothing",
        content[: len(content) // 2],
        _broken(content, **{"late.left": circle}),
        _broken(content, **{"late.column": far}),
        _broken(content, **{"late.value": np.full(len(trees.value), np.nan)}),
        _broken(content, offs=np.zeros((1, POINTS - 1))),
        _broken(content, meta=np.frombuffer(b"{}", dtype=np.uint8)),
        _broken(content, edges=objects),
    ):
        with pytest.raises(Damaged):
            model_from(bad)


def test_how_late_it_may_be_agrees_with_how_likely(trained: Trained) -> None:
    random = np.random.default_rng(5)
    middles = random.normal(0, 5, 400)
    spread = learned(middles=middles, days=middles + random.normal(0, 6, 400))
    for late in (0.1, 0.5, 0.9):
        found = spread.outlook(middle=0.0, late=late, waited=-400)
        assert found.weights.sum() == pytest.approx(1)
        assert found.weights[found.days > 0].sum() == pytest.approx(late, abs=1e-9)
        assert found.late == pytest.approx(late)
    for waited in (-3.0, 0.0, 25.0, 300.0, 5000.0):
        found = spread.outlook(middle=0.0, late=0.5, waited=waited)
        assert found.days.min() > waited
        assert found.weights.sum() == pytest.approx(1)
    assert spread.outlook(middle=0.0, late=0.5, waited=-3).late > 0.5


def test_the_forecast_of_the_first_week_beats_the_due_dates(made_up: Company, trained: Trained) -> None:
    first = date.fromisoformat(trained.card["tested"]["from"])
    days = [first + timedelta(days=21 * n) for n in range(6)]
    errors = backtest(made_up.book, trained.tested, days=days, settings=RiskSettings(forecast_draws=200))
    assert errors[0].error < errors[0].by_due_date
    assert all(e.came > 0 for e in errors)


def test_the_model_in_the_test_is_a_model(trained: Trained) -> None:
    assert isinstance(trained.tested, Model)

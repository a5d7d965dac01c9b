"""Trains a model on a company's own past, and says how good it is: the only module that knows scikit-learn.

What is tested was issued after everything that was learned from, and nothing is learned that was not known by then. A model is
data afterwards (`risk.model`); the same book gives the same bytes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np

from risk.bills import NEVER, Bill, Book
from risk.card import Learned, Tested, card_of
from risk.features import COLUMNS, DIRECTIONS, Features
from risk.levels import CAP
from risk.model import DAY_WEIGHS, Calibration, Model
from risk.past import Floats
from risk.spread import learned
from risk.trees import Trees

#: The last share of the invoices, by day of issue, is for testing; of the rest the last share is for calibrating.
TESTED, CALIBRATED = 0.2, 0.2
#: From so many invoices on the calibration has steps; with fewer it is a slope and a shift.
STEPS_FROM = 2000
#: An invoice that is still open teaches how late they pay only once it is so long past due: young ones are open for no reason.
_SETTLED_BY = 30
_SEED = 8
_SHAPE: dict[str, Any] = {
    "max_iter": 160,
    "learning_rate": 0.03,
    "min_samples_leaf": 30,
    "l2_regularization": 10,
    "max_features": 0.15,
    "early_stopping": False,
    "random_state": _SEED,
    "monotonic_cst": list(DIRECTIONS.values()),
}
#: Few invoices bear small trees only; with many there is more to be told apart.
_FEW, _SMALL, _MIDDLE = 5000, 4, 6
_MANY: dict[str, Any] = {"max_iter": 300, "learning_rate": 0.05, "max_leaf_nodes": 16, "max_features": 0.4}


class TooLittle(ValueError):
    """There is not enough to learn from, or to test on. The text says what is missing."""


@dataclass(frozen=True, slots=True)
class Rows:
    """Invoices with their columns as of the day of issue, the first issued first."""

    bills: Sequence[Bill]
    columns: Floats

    def of(self, chosen: Sequence[bool]) -> Rows:
        """Give those that are chosen."""
        keep = np.asarray(chosen, dtype=bool)
        return Rows([bill for bill, kept in zip(self.bills, keep, strict=True) if kept], self.columns[keep])


@dataclass(frozen=True, slots=True)
class Trained:
    """A model for use, and its card: how good the same recipe (`tested`) was on what it had not seen (`on`)."""

    model: Model
    card: dict[str, Any]
    tested: Model
    on: Rows


def rows_of(book: Book, *, until: date) -> Rows:
    """Give what is known whole: issued since the book's first day, due before `until`."""
    bills = [b for b in book.bills if not b.unknown and b.issued >= book.since and b.due < until]
    bills.sort(key=lambda b: (b.issued, b.number))
    return Rows(bills, Features(book).matrix(bills, [b.issued for b in bills]))


def train(book: Book, *, today: date, least: int) -> Trained:
    """Learn and test on a chronological split, then learn from everything. Raises TooLittle."""
    rows = rows_of(book, until=today)
    settled = sum(b.settled < today for b in rows.bills)
    if settled < least:
        raise TooLittle(
            f"{settled} settled invoices are known, {least} are needed: the shipped assumptions stay in use"
        )
    split = rows.bills[int(len(rows.bills) * (1 - TESTED))].issued
    past = rows.of([b.due < split for b in rows.bills])
    later = rows.of([b.issued >= split for b in rows.bills])
    if len({b.late for b in later.bills}) < 2:
        raise TooLittle("among the latest fifth of the invoices all are late, or none: nothing can be tested")
    tested = fit(past, known=split)
    learned_from = Learned(book=book, today=today, split=split, past=past.bills)
    return Trained(
        model=fit(rows, known=today),
        card=card_of(learned_from, Tested(later.bills, later.columns), tested),
        tested=tested,
        on=later,
    )


def fit(rows: Rows, *, known: date) -> Model:
    """Learn from invoices as they were known when a day began. Raises TooLittle.

    The calibration and how far off forecasts are come from a later slice that the trees of that turn had not seen; then the
    trees are grown anew from everything.
    """
    if not rows.bills:
        raise TooLittle("no invoice fell due before the day of the split: there is nothing to learn from")
    split = rows.bills[int(len(rows.bills) * (1 - CALIBRATED))].issued
    early = rows.of([b.due < split for b in rows.bills])
    late = rows.of([b.issued >= split for b in rows.bills])
    for part in (early, late):
        if len({b.late for b in part.bills}) < 2:
            raise TooLittle("all invoices were paid late, or all in time: there is nothing to tell apart")
    import sklearn.ensemble  # noqa: F401  (loaded before: what is loaded later is not limited)
    from threadpoolctl import threadpool_limits

    # Several threads add up in an order of their own, and wait for each other where invoices are few.
    with threadpool_limits(limits=1):
        first, days = _classifier(early), _regressor(early, split)
        said = first.decision_function(late.columns) + DAY_WEIGHS * days.predict(late.columns)
        calibration = _calibration(said, _late(late.bills))
        usable = late.of(_usable(late.bills, known))
        spread = learned(middles=days.predict(usable.columns), days=_days(usable.bills, known))
        return Model(
            late=trees_of(_classifier(rows)),
            calibration=calibration,
            days=trees_of(_regressor(rows, known)),
            spread=spread,
            trained_on=known,
        )


def _classifier(rows: Rows) -> Any:
    from sklearn.ensemble import HistGradientBoostingClassifier

    return HistGradientBoostingClassifier(**_shape(rows, leaves=_SMALL)).fit(rows.columns, _late(rows.bills))


def _regressor(rows: Rows, known: date) -> Any:
    from sklearn.ensemble import HistGradientBoostingRegressor

    usable = rows.of(_usable(rows.bills, known))
    if not usable.bills:
        raise TooLittle("no invoice is long enough past due to learn from")
    grown = HistGradientBoostingRegressor(loss="absolute_error", **_shape(usable, leaves=_MIDDLE))
    return grown.fit(usable.columns, _days(usable.bills, known))


def _shape(rows: Rows, *, leaves: int) -> dict[str, Any]:
    return _SHAPE | {"max_leaf_nodes": leaves} | (_MANY if len(rows.bills) >= _FEW else {})


def _calibration(sums: Floats, late: Floats) -> Calibration:
    if len(late) >= STEPS_FROM:
        from sklearn.isotonic import IsotonicRegression

        steps = IsotonicRegression(out_of_bounds="clip").fit(sums, late)
        return Calibration(sums=steps.X_thresholds_, shares=steps.y_thresholds_)
    from sklearn.linear_model import LogisticRegression

    line = LogisticRegression(C=100.0).fit(sums.reshape(-1, 1), late)
    # A slope below nothing would turn the order round: then the sums say nothing, and the share of late ones is all there is.
    if line.coef_[0, 0] <= 0:
        share = float(np.clip(late.mean(), 0.01, 0.99))
        return Calibration(slope=0.0, shift=float(np.log(share / (1 - share))))
    return Calibration(slope=float(line.coef_[0, 0]), shift=float(line.intercept_[0]))


def _late(bills: Sequence[Bill]) -> Floats:
    return np.array([float(b.late) for b in bills])


def _usable(bills: Sequence[Bill], known: date) -> list[bool]:
    return [b.settled < known or (known - b.due).days > _SETTLED_BY for b in bills]


def _days(bills: Sequence[Bill], known: date) -> Floats:
    """Give days late; of what was open when the day began, how late it was by then (the middle of many bears that)."""
    ends = [b.settled if b.settled < known and b.settled != NEVER else known for b in bills]
    return np.clip([(end - b.due).days for end, b in zip(ends, bills, strict=True)], -CAP, CAP).astype(np.float64)


def trees_of(grown: Any) -> Trees:
    """Take the trees out of a fitted histogram gradient boosting of scikit-learn, whose answers a test compares with ours."""
    parts: list[Any] = [tree.nodes for (tree,) in grown._predictors]
    roots = np.cumsum([0, *(len(nodes) for nodes in parts[:-1])])
    nodes = np.concatenate(parts)
    shift = np.repeat(roots, [len(part) for part in parts])
    own = np.arange(len(nodes))
    leaf = nodes["is_leaf"].astype(bool)
    left = np.where(leaf, own, nodes["left"] + shift)
    right = np.where(leaf, own, nodes["right"] + shift)
    return Trees(
        column=np.where(leaf, 0, nodes["feature_idx"]).astype(np.int32),
        threshold=np.where(leaf, 0.0, nodes["num_threshold"]).astype(np.float64),
        left=left.astype(np.int32),
        right=right.astype(np.int32),
        value=_means(nodes["value"].astype(np.float64), nodes["count"].astype(np.float64), left, right, leaf),
        unknown_left=nodes["missing_go_to_left"].astype(np.bool_),
        roots=roots.astype(np.int32),
        start=np.array([float(np.ravel(grown._baseline_prediction)[0])]),
    )


def _means(value: Floats, count: Floats, left: Any, right: Any, leaf: Any) -> Floats:
    """Give each inner node the mean of its leaves; children come after their parent."""
    found = value.copy()
    for node in range(len(value) - 1, -1, -1):
        if not leaf[node]:
            a, b = int(left[node]), int(right[node])
            found[node] = (found[a] * count[a] + found[b] * count[b]) / (count[a] + count[b])
    return found


assert len(_SHAPE["monotonic_cst"]) == len(COLUMNS)

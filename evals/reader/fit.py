"""Fits the kernel machines and their calibration. Deterministic: no random number is drawn anywhere."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import scipy.linalg
import scipy.sparse
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import f1_score

from agent.embedded.features import Block, Floats, grams
from agent.embedded.machines import GAMMA, Calibration, Words, joined
from evals.reader.replies import Labels

#: Ridge of the machines; larger trusts a single training reply less. Chosen leave-one-writer-out.
RIDGE = {"whole": 0.2, "segment": 0.3}
#: Share of the Gaussian kernel on sentence vectors; the rest is words and characters.
ENCODER_SHARE = 0.5
#: n-grams in fewer replies than this are not kept: words, characters.
LEAST_REPLIES = (2, 3)

#: Main directions of the sentence vectors that are kept: half of them read as well as all, in half the space.
AXES = 192

Kernel = npt.NDArray[np.float32]
Left = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Texts:
    """Texts ready for a machine: which reply each belongs to, its words, its sentence vector."""

    owners: npt.NDArray[np.intp]
    words: scipy.sparse.csr_array
    vectors: Floats


@dataclass(frozen=True, slots=True)
class Fitted:
    """The dual weights of a machine, one row a training text, and the bias a reason."""

    duals: Floats
    bias: Floats


def known_words(bodies: Sequence[str]) -> Words:
    """Choose the n-grams to keep and weigh them by how rare they are."""
    counted = [grams(body) for body in bodies]
    return Words(
        _block([words for words, _ in counted], LEAST_REPLIES[0]),
        _block([characters for _, characters in counted], LEAST_REPLIES[1]),
    )


def _block(counters: Sequence[Counter[int]], least: int) -> Block:
    seen = Counter(gram for counter in counters for gram in counter)
    kept = sorted(gram for gram, times in seen.items() if times >= least)
    rarity = [np.log((1 + len(counters)) / (1 + seen[gram])) + 1 for gram in kept]
    return Block(np.array(kept, np.uint32), np.array(rarity, np.float32))


def word_matrix(words: Words, texts: Sequence[str]) -> scipy.sparse.csr_array:
    """Return texts x n-grams, as the reader will see them."""
    vectors = words.vectors(texts)
    starts = np.cumsum([0, *(len(places) for places, _ in vectors)])
    width = len(words.words.hashes) + len(words.characters.hashes)
    places, values = (np.concatenate([vector[part] for vector in vectors]) for part in (0, 1))
    return scipy.sparse.csr_array((values, places, starts), shape=(len(texts), width))


def main_axes(vectors: Floats) -> Floats:
    """Return the AXES main directions of centred `vectors`, one a column, each with its largest part positive."""
    _, _, rows = np.linalg.svd(vectors.astype(np.float64), full_matrices=False)
    axes = rows[:AXES].T
    largest = np.take_along_axis(axes, np.abs(axes).argmax(axis=0)[None], axis=0)
    return np.asarray(axes * np.sign(largest), np.float32)


def kernel(texts: Texts, *, uses_encoder: bool) -> Kernel:
    """Return the kernel among `texts`; 1 on its diagonal."""
    words = (texts.words @ texts.words.T).toarray() / 2
    if not uses_encoder:
        return np.asarray(words, np.float32)
    near = np.exp(GAMMA * (texts.vectors @ texts.vectors.T - 1))
    return np.asarray(ENCODER_SHARE * near + (1 - ENCODER_SHARE) * words, np.float32)


def fit(among: Kernel, labels: Labels, ridge: float) -> Fitted:
    """Solve the kernel ridge regression for targets +1 and -1."""
    targets = labels * 2.0 - 1
    bias = targets.mean(axis=0)
    damped = among.copy()
    damped[np.diag_indices_from(damped)] += ridge
    duals = scipy.linalg.solve(damped, (targets - bias).astype(np.float32), assume_a="pos", overwrite_a=True)
    return Fitted(duals.astype(np.float32), bias.astype(np.float32))


def left_out_scores(among: Kernel, labels: Labels, ridge: float, left: Sequence[Left]) -> Floats:
    """Score every text with a machine that never saw its fold."""
    scores = np.zeros(labels.shape, np.float32)
    for out in left:
        fitted = fit(among[np.ix_(~out, ~out)], labels[~out], ridge)
        scores[out] = among[np.ix_(out, ~out)] @ fitted.duals + fitted.bias
    return scores


def best_of_segments(scores: Floats, owners: npt.NDArray[np.intp], replies: int) -> Floats:
    """Return the best score of each reply's segments, a reason at a time."""
    best = np.full((replies, scores.shape[1]), -np.inf, np.float32)
    np.maximum.at(best, owners, scores)
    return best


def calibrate(whole: Floats, best: Floats, rules: Floats, labels: Labels) -> Calibration:
    """Fit the logistic regression from scores and rules to the probability that the reply makes the claim."""
    features = joined(whole, best, rules)
    replies, reasons, width = features.shape
    own = np.tile(np.eye(reasons, dtype=np.float32), (replies, 1))
    total = (features[..., 0] + features[..., 1]).reshape(-1, 1)
    design = np.hstack([features.reshape(-1, width), own, own * total])
    model = LogisticRegression(C=1.0, max_iter=1000, tol=1e-6).fit(design, labels.ravel())
    weights = model.coef_[0].astype(np.float32)
    return Calibration(
        weights[:width], weights[width : width + reasons], weights[width + reasons :], float(model.intercept_[0])
    )


def left_out_probabilities(whole: Floats, best: Floats, rules: Floats, labels: Labels, left: Sequence[Left]) -> Floats:
    """Return probabilities from calibrations that never saw the fold."""
    found = np.zeros(labels.shape, np.float32)
    for out in left:
        calibration = calibrate(whole[~out], best[~out], rules[~out], labels[~out])
        found[out] = calibration.probabilities(joined(whole[out], best[out], rules[out]))
    return found


def decided(probabilities: Floats, threshold: float) -> Labels:
    """Decide as the reader does: the best reason always, others from the threshold on."""
    table = (probabilities >= threshold).astype(np.int8)
    table[np.arange(len(table)), probabilities.argmax(axis=1)] = 1
    return table


def macro_f1(labels: Labels, table: Labels) -> float:
    """Return the mean F1 over the reasons that the labels hold; a reason never found counts 0."""
    present = np.flatnonzero(labels.any(axis=0))
    return float(f1_score(labels, table, average="macro", zero_division=0, labels=present))


def best_threshold(probabilities: Floats, labels: Labels) -> float:
    """Return the threshold for further claims with the highest macro-F1, between 0.25 and 0.65."""
    grid = [round(0.25 + 0.05 * step, 2) for step in range(9)]
    return max(grid, key=lambda threshold: macro_f1(labels, decided(probabilities, threshold)))

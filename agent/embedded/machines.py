"""The arithmetic of the embedded reader: two kernel machines and the calibration that joins them, in numpy alone.

One machine scores the whole reply, one scores every segment; both add a Gaussian kernel on sentence vectors to a
linear kernel on words and characters (kernel ridge regression, trained in `evals.reader.train`). Nothing here reads a
file or knows a reason by name. Products are taken with `einsum`: for the few rows of one reply the threads of a BLAS
library cost more than they save (measured on a busy machine with two cores: 140 ms a reply), and sums stay the same
whatever library is installed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from agent.embedded.features import Block, Floats, grams

#: Width of the Gaussian kernel: exp(-GAMMA * (1 - cosine)).
GAMMA = 2.0
#: Features of the calibration that are computed from scores; the rule features follow them.
SCORE_FEATURES = 4

Arrays = Mapping[str, npt.NDArray[np.generic]]


@dataclass(frozen=True, slots=True)
class Words:
    """The known n-grams: words and characters, side by side in one space."""

    words: Block
    characters: Block

    def vectors(self, texts: Sequence[str]) -> list[tuple[npt.NDArray[np.intp], Floats]]:
        """Return positions and values of every text in the joint space."""
        found = []
        for text in texts:
            word_counts, character_counts = grams(text)
            word_places, word_values = self.words.vector(word_counts)
            places, values = self.characters.vector(character_counts)
            places = places + len(self.words.hashes)
            found.append((np.concatenate([word_places, places]), np.concatenate([word_values, values])))
        return found


@dataclass(frozen=True, slots=True)
class Machine:
    """Scores of texts, one column a reason: about +1 for yes, -1 for no."""

    bias: Floats
    word_weights: Floats
    support: Floats | None = None
    support_weights: Floats | None = None

    def scores(self, words: Sequence[tuple[npt.NDArray[np.intp], Floats]], vectors: Floats | None) -> Floats:
        """Score texts given as word vectors and, for a machine with an encoder, centred sentence vectors."""
        rows = np.stack([np.einsum("i,ir->r", values, self.word_weights[places]) for places, values in words])
        if self.support is not None and self.support_weights is not None:
            if vectors is None:
                raise ValueError("this machine was trained with sentence vectors: give them")
            near = np.exp(GAMMA * (np.einsum("ij,kj->ik", vectors, self.support) - 1))
            rows = rows + np.einsum("ik,kr->ir", near, self.support_weights)
        return np.asarray(rows + self.bias, np.float32)


@dataclass(frozen=True, slots=True)
class Calibration:
    """A logistic regression from scores and rules to a probability, with its own offset and slope a reason."""

    shared: Floats
    offset: Floats
    slope: Floats
    intercept: float

    def probabilities(self, features: Floats) -> Floats:
        """Turn features (replies x reasons x features) into probabilities (replies x reasons)."""
        total = features[..., 0] + features[..., 1]
        logits = features @ self.shared + self.offset + self.slope * total + self.intercept
        return np.asarray(1 / (1 + np.exp(-logits)), np.float32)


def centred(vectors: Floats, centre: Floats) -> Floats:
    """Move sentence vectors to the centre of the training replies and give them length 1."""
    return _unit(vectors - centre)


def turned(vectors: Floats, centre: Floats, axes: Floats) -> Floats:
    """Centre sentence vectors and keep their part along `axes`, the main directions of the training replies."""
    return _unit(np.einsum("ij,jk->ik", centred(vectors, centre), axes))


def _unit(vectors: Floats) -> Floats:
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.asarray(vectors / np.maximum(lengths, 1e-6), np.float32)


def lead(scores: Floats) -> Floats:
    """Return by how much each score beats the best other score of its row."""
    ranked = np.sort(scores, axis=1)
    best, second = ranked[:, -1:], ranked[:, -2:-1]
    return scores - np.where(scores == best, second, best)


def joined(whole: Floats, best_segment: Floats, rules: Floats) -> Floats:
    """Stack the features of the calibration: replies x reasons x (scores, leads, rules)."""
    scores = np.stack([whole, best_segment, lead(whole), lead(best_segment)], axis=-1)
    return np.asarray(np.concatenate([scores, rules], axis=-1), np.float32)


def unpacked(arrays: Arrays, name: str) -> Floats:
    """Return a matrix stored as int8 with one scale a row."""
    return np.asarray(arrays[name], np.float32) * np.asarray(arrays[f"{name}_scale"], np.float32)[:, None]


def packed(name: str, matrix: Floats) -> dict[str, npt.NDArray[np.generic]]:
    """Store a matrix as int8 with one scale a row: a quarter of the size, at most 0.4 % of the row's largest off."""
    scale = np.maximum(np.abs(matrix).max(axis=1), 1e-12) / 127
    return {name: np.round(matrix / scale[:, None]).astype(np.int8), f"{name}_scale": scale.astype(np.float32)}
